"""Whether a recipe can be built at all: numbers that are numbers, fractions that leave room for each other."""

from __future__ import annotations

import math

from schemas import Transport
from schemas.errors import BoundsError, NotFiniteError
from schemas.field import POSITIVE

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


def require_recipe(
    transport: Transport, active_density: float, binder_density: float, radius: float
) -> tuple[Transport, Solids]:
    """The metrics and the solids of the positive coating, name -> (fraction [-], density [kg/m^3]).

    Raises
    ------
    NotFiniteError, BoundsError
        If a density or the radius is not a positive number, there is no active material, or the fractions of pores,
        active material and carbon-binder exceed one together.
    """
    require_finite_positive(
        active_material_density=(active_density, "kg/m^3"),
        carbon_binder_density=(binder_density, "kg/m^3"),
        positive_particle_radius_metre=(radius, "m"),
        **{"transport.active_material_fraction": (transport.active_material_fraction, "1")},
    )
    fractions = transport.pore_fraction, transport.active_material_fraction, transport.carbon_binder_fraction
    if sum(fractions) > 1 + _ROUNDING:
        raise BoundsError(
            "transport: pores {:g}, active material {:g} and carbon-binder {:g} add up to {:g} [-] of the coating. "
            "Volume fractions add up to 1 at most; measure the volume again, or divide percentages by 100.".format(
                *fractions, sum(fractions)
            )
        )
    return transport, {
        "positive_active_material": (transport.active_material_fraction, active_density),
        "positive_carbon_binder": (transport.carbon_binder_fraction, binder_density),
    }
