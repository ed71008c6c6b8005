"""From a stack and its housing to the fields of a cell that are geometry, mass and heat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.pipelines.cell.coating import require_finite_positive
from ragone.pipelines.cell.components import Stack, component_table
from ragone.pipelines.cell.housing import Housing
from ragone.schemas.field import Bounds


def rolled_up(
    stack: Stack, housing: Housing, *, electrolyte_density: float, excess: float, remark: str = ""
) -> dict[str, Any]:
    """Fields of `CellParameters` that follow from the layers and the housing alone.

    Parameters
    ----------
    stack, housing
        What is wound or stacked, and what stands around it.
    electrolyte_density
        [kg/m^3].
    excess
        Electrolyte beyond the pores over that in the pores [-], >= 0.
    remark
        Said at the end of the method.

    Raises
    ------
    BoundsError, NotFiniteError
        If the electrolyte's density is not positive, or its excess negative.
    """
    require_finite_positive(electrolyte_density=(electrolyte_density, "kg/m^3"))
    Bounds(low=0).require(excess, "electrolyte_excess", "1")
    housed = housing.around(stack.thickness)
    filling = f"electrolyte fills the pores and {excess:.3g} of them beyond"
    table = component_table(stack, housed, electrolyte_density=electrolyte_density, electrolyte_excess=excess)
    return {
        "electrode_area_square_metre": stack.sides * housed.face_area,
        "cell_volume_cubic_metre": housed.volume,
        "cell_mass_kilogram": table["with_can"]["mass_kilogram"],
        "cooled_area_square_metre": housed.cooled_area,
        "conduction_length_metre": housed.conduction_length,
        "thermal_conductivity_watt_per_metre_kelvin": stack.conductivity,
        "heat_capacity_joule_per_kelvin": table["with_can"]["heat_capacity_joule_per_kelvin"],
        "components": table,
        "method": "; ".join(part for part in (housed.description, _wound(housed.geometry), filling, remark) if part),
    }


def _wound(geometry: Mapping[str, float]) -> str:
    if "turns" not in geometry:
        return ""
    length, height = geometry["wound_length_metre"], geometry["coated_height_metre"] * 1e3
    return f"{geometry['turns']:.1f} turns, {length:.3f} m long, coated {height:.4g} mm high"
