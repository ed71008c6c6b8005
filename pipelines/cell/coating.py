"""A measured coating as a cell model sees it, and whether it can be built at all.

A microstructure shows carbon-binder as solid. Where its materials say that it holds nanopores, the solids of the
coating are the dense parts only, and its porosity is all pore volume. The tortuosity factor refers to that porosity
where ions cross the carbon-binder. Where none does, it refers to the resolved pores, and is rescaled: porosity / tau
stays what was solved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ragone.schemas import Materials, Transport
from ragone.schemas.electrode import raised_in
from ragone.schemas.errors import BoundsError, NotFiniteError
from ragone.schemas.field import POSITIVE

_ROUNDING = 1e-6

Solids = dict[str, tuple[float, float]]


def require_finite_positive(**quantities: tuple[float, str]) -> None:
    """Refuse what is not a positive number; each quantity by its name, with its unit.

    Raises
    ------
    NotFiniteError, BoundsError
        If one is infinite or no number, or not positive.
    """
    for name, (value, unit) in quantities.items():
        if not math.isfinite(value):
            raise NotFiniteError(f"{name} = {value} [{'-' if unit == '1' else unit}] is not finite. Give a number > 0.")
        POSITIVE.require(value, name, unit)


@dataclass(frozen=True, slots=True)
class Coating:
    """Metrics of one coating, and its solids: name -> (fraction [-], density [kg/m^3])."""

    electrode: str
    porosity: float
    active_material_fraction: float
    pore_tortuosity_factor: float
    effective_conductivity: float
    surface_area_ratio: float
    particle_radius: float
    solids: Solids
    conducts: bool
    raised: str

    @property
    def density(self) -> float:
        """Solids over the volume of the coating [kg/m^3]."""
        return sum(fraction * density for fraction, density in self.solids.values())

    def fields(self) -> dict[str, Any]:
        """Fields of `CellParameters`, by name."""
        metrics = {
            "porosity": self.porosity,
            "active_material_fraction": self.active_material_fraction,
            "pore_tortuosity_factor": self.pore_tortuosity_factor,
            "effective_conductivity_siemens_per_metre": self.effective_conductivity,
            "surface_area_ratio": self.surface_area_ratio,
        }
        return {f"{self.electrode}_{name}": value for name, value in metrics.items()}


def coating_of(electrode: str, transport: Transport, materials: Materials, radius: float) -> Coating:
    """The coating whose voxels have these metrics.

    Parameters
    ----------
    electrode
        "positive" or "negative".
    transport
        Fractions are of the phases as voxels show them.
    materials
        Of these phases.
    radius
        Of the sphere that stands for the particles [m].

    Raises
    ------
    NotFiniteError, BoundsError
        If there is no active material, the radius is not a positive number, or the fractions of pores, active material
        and carbon-binder exceed one together.
    """
    require_finite_positive(
        **{f"{electrode}_particle_radius_metre": (radius, "m")},
        **{"transport.active_material_fraction": (transport.active_material_fraction, "1")},
    )
    _require_room(transport)
    active, seen = transport.active_material_fraction, transport.carbon_binder_fraction
    dense = materials.dense_carbon_binder(seen)
    porosity = transport.pore_fraction + (seen - dense)
    return Coating(
        electrode=electrode,
        porosity=porosity,
        active_material_fraction=active,
        pore_tortuosity_factor=_rescaled(transport, porosity),
        effective_conductivity=transport.solid_effective_conductivity_siemens_per_metre,
        surface_area_ratio=transport.specific_surface_area_per_metre * radius / (3 * active),
        particle_radius=radius,
        solids={
            f"{electrode}_active_material": (active, materials.active_material_density_kilogram_per_cubic_metre),
            f"{electrode}_carbon_binder": (dense, materials.carbon_binder_density_kilogram_per_cubic_metre),
        },
        conducts=transport.percolates() and transport.solid_effective_conductivity_siemens_per_metre > 0,
        raised=raised_in(transport.method),
    )


def _rescaled(transport: Transport, porosity: float) -> float:
    """The tortuosity factor that gives the diffusivity solved with this porosity [-]."""
    tau, solved = transport.pore_tortuosity_factor, transport.porosity
    return tau if porosity == solved or math.isinf(tau) else tau * (porosity / solved)


def _require_room(transport: Transport) -> None:
    fractions = transport.pore_fraction, transport.active_material_fraction, transport.carbon_binder_fraction
    if sum(fractions) > 1 + _ROUNDING:
        raise BoundsError(
            "transport: pores {:g}, active material {:g} and carbon-binder {:g} add up to {:g} [-] of the coating. "
            "Volume fractions add up to 1 at most; measure the volume again, or divide percentages by 100.".format(
                *fractions, sum(fractions)
            )
        )
