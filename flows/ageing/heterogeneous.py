"""The parallel regions of a cell: volume elements of its electrodes, or draws of how its coatings vary in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.evaluation import completed
from ragone.flows.errors import CyclingError
from ragone.pipelines.ageing import age_regions, region_of_cell
from ragone.pipelines.uncertainty import collect_tolerances, vary_cell
from ragone.schemas import Priors, Transport

_ELECTRODES = {"positive": ("transport", "materials"), "negative": ("negative_transport", "negative_materials")}


def age_heterogeneous(lake: Lake, regions: tuple[str, ...], settings: Mapping[str, Any]) -> str:
    """Age the regions of a cell at one voltage; the id of the cell's fade.

    Raises
    ------
    CyclingError
        If a setting is none of regions at one voltage.
    StageFailedError
        If they cannot be aged.
    """
    unknown = sorted(set(settings) - set(age_regions.parameters))
    if unknown:
        raise CyclingError(f"regions of a cell are aged without {', '.join(unknown)}. Leave that out, or --regions.")
    run = lake.run(age_regions, regions=list(regions), **settings)
    completed(run)
    return run.id


def regions_of(lake: Lake, cell_id: str, count: int, *, seed: int = 0, stated: Priors | None = None) -> tuple[str, ...]:
    """The ids of the regions of a cell.

    Parameters
    ----------
    lake
        Where the cell is.
    cell_id
        Of the cell.
    count
        Number of regions.
    seed
        Of the draws.
    stated
        How the coatings vary from place to place; if None, region n has the n-th volume element of each electrode that
        was measured in several.

    Raises
    ------
    CyclingError
        If no electrode was measured in so many volume elements and nothing is stated, or there are fewer than two.
    StageFailedError
        If a region cannot be made.
    """
    if count < 2:
        raise CyclingError(f"{count} regions are none that share a current. Give two or more.")
    if stated is not None:
        tolerances = lake.run(collect_tolerances, cell=cell_id, stated=lake.put(stated))
        completed(tolerances)
        return tuple(_completed_id(lake, vary_cell, cell=cell_id, tolerances=tolerances.id, index=n, seed=seed)
                     for n in range(count))  # fmt: skip
    elements = _elements(lake, cell_id)
    if not elements or min(len(names) for names, _ in elements.values()) < count:
        having = {side: len(names) for side, (names, _) in elements.items()}
        raise CyclingError(
            f"{count} regions need as many volume elements of each measured electrode; there are {having or 'none'}. "
            "Measure more, or state with --tolerances how the coatings vary from place to place."
        )
    found = [cell_id] * count
    for side, (names, materials) in elements.items():
        found = [_completed_id(lake, region_of_cell, cell=one, volume_element=name, materials=materials, electrode=side)
                 for one, name in zip(found, names, strict=False)]  # fmt: skip
    return tuple(found)


def _elements(lake: Lake, cell_id: str) -> dict[str, tuple[list[str], str]]:
    """The volume elements of each measured electrode of a cell, and its materials."""
    lineage = lake.lineage(cell_id)
    made_of = {edge.role: edge.parent for edge in lineage.parents_of(cell_id)}
    found = {}
    for side, (transport, materials) in _ELECTRODES.items():
        if transport in made_of and materials in made_of:
            parents = dict.fromkeys(edge.parent for edge in lineage.parents_of(made_of[transport]))
            singles = [name for name in parents if name.startswith(f"{Transport.kind}-")]
            if singles:
                found[side] = singles, made_of[materials]
    return found


def _completed_id(lake: Lake, stage: Any, **given: Any) -> str:
    run = lake.run(stage, **given)
    completed(run)
    return run.id
