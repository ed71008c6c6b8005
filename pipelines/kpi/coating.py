"""How thick and how dense is the positive coating? What a line coats and dries, and a calender presses, limits both.

Geometry of the cell as assembled: one coated side, solids alone, pores empty. Limits are those of a study's
constraints; none is known here.
"""

from __future__ import annotations

from collections.abc import Mapping

from ragone.pipelines.kpi.definition import Definition, Window
from ragone.schemas import CellParameters, Kpi, KpiOutcome, kpi_stage

THICKNESS = Definition("coating_thickness", "um", "thickness of one coated side of the positive electrode")
DENSITY = Definition(
    "coating_density", "g/cm^3", "mass of the solids of the positive coating over its volume, pores counted"
)
_SOLIDS = ("positive_active_material", "positive_carbon_binder")
_MICROMETRES = 1e6  # per metre
_AS_ASSEMBLED = Window("the cell as assembled")


@kpi_stage("kpi.coating", gives={"coating_thickness": "um", "coating_density": "g/cm^3"}, unasked=False, complete=True)
def coating(cell: CellParameters) -> Mapping[str, Kpi]:
    """Thickness and density of the positive coating of a cell.

    Parameters
    ----------
    cell
        The cell; the masses in its table of components.

    Returns
    -------
    Mapping
        Name -> KPI: coating_thickness [um], coating_density [g/cm^3]; the latter NOT_APPLICABLE where the cell does not
        list the masses. Nothing is known of their uncertainty: recipe and loading are taken as met.
    """
    thickness = THICKNESS.measured(
        cell.positive_thickness_metre * _MICROMETRES,
        uncertainty=None,
        count=1,
        method="mass loading over the density of the coating",
        window=_AS_ASSEMBLED,
    )
    return {THICKNESS.name: thickness, DENSITY.name: _density(cell)}


def _density(cell: CellParameters) -> Kpi:
    parts = cell.components.get("components", {})
    volume = cell.positive_thickness_metre * cell.electrode_area_square_metre
    if not all(name in parts for name in _SOLIDS) or not volume:
        reason = "the masses of active material and carbon-binder are not known; name cell parameters that list them"
        return DENSITY.missing(reason, KpiOutcome.NOT_APPLICABLE, _AS_ASSEMBLED)
    mass = sum(parts[name]["mass_kilogram"] for name in _SOLIDS)
    return DENSITY.measured(
        mass / volume / 1000,
        uncertainty=None,
        count=1,
        method="masses as the cell lists them over area and thickness",
        window=_AS_ASSEMBLED,
    )
