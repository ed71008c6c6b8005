"""A cell as it would be if one of its electrodes were everywhere as one volume element of it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.cell.coating import coating_of
from ragone.schemas import CellOutcome, CellParameters, Materials, Transport, stage

_OUTCOMES = {"positive": CellOutcome.NOT_CONDUCTING, "negative": CellOutcome.NEGATIVE_NOT_CONDUCTING}


@stage("ageing.region_of_cell")
def region_of_cell(
    cell: CellParameters,
    volume_element: Transport,
    materials: Materials,
    *,
    electrode: Literal["positive", "negative"] = "positive",
) -> CellParameters:
    """Give one electrode of a cell the metrics of one of its volume elements.

    Parameters
    ----------
    cell
        The cell, of the mean of the volume elements.
    volume_element
        Metrics of one of them.
    materials
        Of that electrode.
    electrode
        The one that it is of.

    Returns
    -------
    CellParameters
        Porosity, share of active material, tortuosity factor, conductivity and area ratio are the volume element's;
        thickness, particle radius and rating stay the cell's, and the N/P ratio follows.

    Raises
    ------
    AgeingError
        If the electrode of the cell was not measured.
    """
    active = getattr(cell, f"{electrode}_active_material_fraction")
    radius = getattr(cell, f"{electrode}_particle_radius_metre")
    if active is None or radius is None:
        raise AgeingError(f"the {electrode} electrode of {cell.id} was not measured: assemble the cell of one.")
    coating = coating_of(electrode, volume_element, materials, radius)
    share = coating.active_material_fraction / active
    changed: dict[str, Any] = {} if coating.conducts else {"outcome": _OUTCOMES[electrode]}
    ratio = cell.negative_to_positive_capacity_ratio * (share if electrode == "negative" else 1 / share)
    return replace(
        cell,
        **coating.fields(),
        **changed,
        negative_to_positive_capacity_ratio=ratio,
        method=f"{cell.method}; region with the {electrode} electrode of one volume element",
    )
