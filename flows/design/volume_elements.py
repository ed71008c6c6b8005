"""The volume elements of recipes: as many of each as a study wants, or as its target needs, drawn and measured.

Volume elements belong to a recipe, not to a design: designs that differ in loading or housing alone share them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ragone.flows.design.chain import Chain, Step
from ragone.flows.design.evaluation import MeasuredVolumeElement, measure_volume_element
from ragone.flows.design.prepared import Prepared
from ragone.flows.design.sampling import sample_size
from ragone.flows.design.study import Study
from ragone.flows.running.dropping import METRICS_STORED, drop_present
from ragone.flows.running.seeds import volume_element_seed
from ragone.flows.running.workspace import Workspace
from ragone.schemas import Microstructure, Transport


@dataclass(frozen=True)
class Drawing:
    """The design whose volume elements are drawn, the step that draws, and whether their voxels are kept."""

    design: Prepared
    step: Step
    keep_voxels: bool


def measure_volume_elements(
    workspace: Workspace,
    study: Study,
    branch: str,
    drawings: Mapping[str, Drawing],
    further: Callable[[int], None] = lambda _: None,
) -> dict[str, list[MeasuredVolumeElement]]:
    """All volume elements of one electrode; what is stored is found there.

    Parameters
    ----------
    workspace
        Where.
    study
        How they are measured, and how many.
    branch
        The electrode.
    drawings
        How they are drawn, by what the volume elements are the same by.
    further
        Is called with the number of volume elements beyond the first ones, before they are measured.
    """
    found: dict[str, list[MeasuredVolumeElement]] = {key: [] for key in drawings}
    while due := _due(workspace, study, branch, drawings, found):
        first = {key: study.resolution_of(one.design.parameters).first_volume_elements for key, one in drawings.items()}
        more = sum(element >= first[key] for key, element in due)
        if more:
            further(more)
        workspace.progress.step(f"measuring {len(due)} volume elements of {len({key for key, _ in due})} recipes")
        calls = [_call(study, branch, drawings[key], element) for key, element in due]
        measured = workspace.run(measure_volume_element, calls)
        for (key, _), element in zip(due, measured, strict=True):
            found[key].append(element)
        dropped = [c for (key, _), c in zip(due, measured, strict=True) if not drawings[key].keep_voxels]
        _drop_voxels(workspace, study.chain, branch, dropped)
    return found


def transport_role(chain: Chain, branch: str) -> str:
    """The role of the step that measures the transport of a volume element; empty if none does."""
    return chain.last(Transport, branch, chain.repeated)


def _call(study: Study, branch: str, drawing: Drawing, element: int) -> tuple[Any, ...]:
    """Arguments of `measure_volume_element`."""
    design = drawing.design
    seed = volume_element_seed(study.seed, design.recipe_id(branch), element)
    size = study.resolution_of(design.parameters).size
    return study.chain, branch, drawing.step, design.given, size, seed, design.parameters


def _drop_voxels(workspace: Workspace, chain: Chain, branch: str, elements: Sequence[MeasuredVolumeElement]) -> None:
    """Drop the voxels of volume elements whose metrics are stored, in one go; those dropped before are passed over."""
    roles = [step.role for step in chain.drawn(branch) if issubclass(step.gives, Microstructure)]
    drop_present(workspace.lake, [c.ids[role] for c in elements if not c.error for role in roles], METRICS_STORED)


def _due(
    workspace: Workspace,
    study: Study,
    branch: str,
    drawings: Mapping[str, Drawing],
    found: Mapping[str, Sequence[MeasuredVolumeElement]],
) -> list[tuple[str, int]]:
    """The volume elements to measure next, of every recipe whose sample is too small, by what is stored alone."""
    role, lake = transport_role(study.chain, branch), workspace.lake
    sizes = {key: study.resolution_of(one.design.parameters) for key, one in drawings.items()}
    return [
        (key, element)
        for key, measured in found.items()
        for element in range(
            len(measured), sample_size(lake, sizes[key].target, sizes[key].volume_elements, role, measured)
        )
    ]
