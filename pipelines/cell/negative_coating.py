"""What the negative coating is: measured, stated by the cell's design, or the parameter set's.

Of a coating of which no volume was measured the design may state any of its metrics. What it leaves open follows from
the parameter set of the negative electrode: its active material keeps its share of the solids, and tortuosity factor
and conductivity are those of Bruggeman's relation at the porosity stated, with the set's exponents or the one stated
for the pores, an assumption that the cell's record names. Measured graphite is more tortuous, see docs/CELL.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.pipelines.cell.coating import Coating, coating_of
from ragone.pipelines.cell.errors import ContradictionError
from ragone.pipelines.cell.layers import Fallback, negative_solids_density, number
from ragone.pipelines.cell.particle_radius import particle_radius
from ragone.schemas import CellDesign, Materials, Transport
from ragone.schemas.errors import BoundsError

MEASURED = "measured"
_ROUNDING = 1e-9
_METRICS = (
    "negative_porosity",
    "negative_active_material_fraction",
    "negative_pore_tortuosity_factor",
    "negative_effective_conductivity_siemens_per_metre",
)
_TORTUOSITY, _CONDUCTIVITY = _METRICS[2:]
_ERROR, _EXPONENT = f"{_TORTUOSITY}_standard_error", "negative_bruggeman_exponent"
STATED = (*_METRICS, _ERROR, _EXPONENT, "negative_particle_radius_metre")


@dataclass(frozen=True, slots=True)
class NegativeCoating:
    """A negative coating that is not the parameter set's: its metrics, and where they are from.

    The radius [m] is null where it is the parameter set's, the standard error of the tortuosity factor where none was
    stated.
    """

    coating: Coating
    source: str
    particle_radius: float | None
    tortuosity_error: float | None = None

    def fields(self) -> dict[str, Any]:
        """Fields of `CellParameters`, by name."""
        return {
            **self.coating.fields(),
            "negative_particle_radius_metre": self.particle_radius,
            "negative_pore_tortuosity_factor_standard_error": self.tortuosity_error,
            "negative_coating_source": self.source,
        }


def negative_coating(
    measured: tuple[Transport, Materials] | None, design: CellDesign, values: Any, fallback: Fallback
) -> NegativeCoating | None:
    """The negative coating; None if it is the parameter set's as it is.

    Parameters
    ----------
    measured
        Its metrics and materials, if it was measured.
    design
        Of the cell.
    values
        PyBaMM's, of the parameter set of the negative electrode.
    fallback
        For what that set does not give.

    Raises
    ------
    ContradictionError
        If it was measured, and the design states its metrics too, or the tortuosity twice.
    BoundsError
        If the fractions stated exceed one.
    """
    if measured is not None:
        _require_none_stated(design)
        radius = particle_radius("negative", measured[0], design, values)
        coating = coating_of("negative", *measured, radius.metre)
        return NegativeCoating(coating, MEASURED, radius.metre)
    if all(getattr(design, name) is None for name in STATED):
        return None
    return NegativeCoating(
        _stated(design, values, fallback),
        f"cell design{_assumed(design)}",
        design.negative_particle_radius_metre,
        design.negative_pore_tortuosity_factor_standard_error,
    )


def _stated(design: CellDesign, values: Any, fallback: Fallback) -> Coating:
    own = number(values, "Negative electrode porosity")
    porosity = own if design.negative_porosity is None else design.negative_porosity
    share = number(values, "Negative electrode active material volume fraction") / (1 - own)
    active = design.negative_active_material_fraction or share * (1 - porosity)
    _require_room(porosity, active)
    return Coating(
        electrode="negative",
        porosity=porosity,
        active_material_fraction=active,
        pore_tortuosity_factor=_tortuosity(design, values, porosity),
        effective_conductivity=_conductivity(design, values, porosity),
        surface_area_ratio=1.0,
        particle_radius=design.negative_particle_radius_metre or number(values, "Negative particle radius [m]"),
        solids={"negative_solids": (1 - porosity, negative_solids_density(values, fallback))},
        conducts=True,
        raised="",
    )


def _tortuosity(design: CellDesign, values: Any, porosity: float) -> float:
    stated, exponent = design.negative_pore_tortuosity_factor, design.negative_bruggeman_exponent
    if stated is not None and exponent is not None:
        raise ContradictionError(
            f"cell_design.{_TORTUOSITY} = {stated:g} and {_EXPONENT} = {exponent:g} both say how tortuous the negative "
            "coating is. Leave one out."
        )
    own = number(values, "Negative electrode Bruggeman coefficient (electrolyte)")
    return stated or porosity ** (1 - (exponent or own))


def _conductivity(design: CellDesign, values: Any, porosity: float) -> float:
    bulk = number(values, "Negative electrode conductivity [S.m-1]")
    exponent = number(values, "Negative electrode Bruggeman coefficient (electrode)")
    return design.negative_effective_conductivity_siemens_per_metre or bulk * (1 - porosity) ** exponent


def _assumed(design: CellDesign) -> str:
    """The metrics of which the design says nothing, in words."""
    open_ = {_TORTUOSITY: "tortuosity factor", _CONDUCTIVITY: "conductivity"}
    named = [word for name, word in open_.items() if getattr(design, name) is None]
    return f"; {' and '.join(named)} by Bruggeman's relation, assumed" if named else ""


def _require_none_stated(design: CellDesign) -> None:
    for name in (*_METRICS, _ERROR, _EXPONENT):
        if getattr(design, name) is not None:
            raise ContradictionError(
                f"cell_design.{name} = {getattr(design, name):g} is stated, and the negative electrode was measured. "
                "Leave the field out, or give no negative_transport."
            )


def _require_room(porosity: float, active: float) -> None:
    if porosity + active > 1 + _ROUNDING:
        raise BoundsError(
            f"negative_porosity {porosity:g} and negative_active_material_fraction {active:g} add up to "
            f"{porosity + active:g} [-] of the coating. Volume fractions add up to 1 at most."
        )
