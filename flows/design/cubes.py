"""The cubes of recipes: as many of each as a study wants, or as its target needs, drawn and measured.

Cubes belong to a recipe, not to a design: designs that differ in loading or housing alone share them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ragone.flows.design.chain import Chain, Step
from ragone.flows.design.evaluation import CubeMeasured, measure_cube
from ragone.flows.design.prepared import Prepared
from ragone.flows.design.sampling import sample_size
from ragone.flows.design.study import Study
from ragone.flows.running.dropping import METRICS_STORED, drop_present
from ragone.flows.running.seeds import cube_seed
from ragone.flows.running.workspace import Workspace
from ragone.schemas import Microstructure, Transport


@dataclass(frozen=True)
class Drawing:
    """Whose cubes are drawn, by which step, and whether their voxels are kept."""

    design: Prepared
    step: Step
    keep_voxels: bool


def measure_cubes(
    workspace: Workspace,
    study: Study,
    branch: str,
    drawings: Mapping[str, Drawing],
    further: Callable[[int], None] = lambda _: None,
) -> dict[str, list[CubeMeasured]]:
    """All cubes of one electrode; what is stored is found there.

    Parameters
    ----------
    workspace
        Where.
    study
        How they are measured, and how many.
    branch
        The electrode.
    drawings
        How they are drawn, by what the cubes are the same by.
    further
        Is called with the number of cubes beyond the first ones, before they are measured.
    """
    found: dict[str, list[CubeMeasured]] = {key: [] for key in drawings}
    while due := _due(workspace, study, branch, found):
        more = sum(cube >= study.resolution.first_cubes for _, cube in due)
        if more:
            further(more)
        workspace.progress.step(f"measuring {len(due)} cubes of {len({key for key, _ in due})} recipes")
        calls = [_call(study, branch, drawings[key], cube) for key, cube in due]
        measured = workspace.run(measure_cube, calls)
        for (key, _), cube in zip(due, measured, strict=True):
            found[key].append(cube)
        dropped = [c for (key, _), c in zip(due, measured, strict=True) if not drawings[key].keep_voxels]
        _drop_voxels(workspace, study.chain, branch, dropped)
    return found


def transport_role(chain: Chain, branch: str) -> str:
    """The role of the step that measures the transport of a cube; empty if none does."""
    return chain.last(Transport, branch, chain.repeated)


def _call(study: Study, branch: str, drawing: Drawing, cube: int) -> tuple[Any, ...]:
    """Arguments of `measure_cube`."""
    design = drawing.design
    seed = cube_seed(study.seed, design.recipe_id(branch), cube)
    return study.chain, branch, drawing.step, design.given, study.resolution.size, seed, design.parameters


def _drop_voxels(workspace: Workspace, chain: Chain, branch: str, cubes: Sequence[CubeMeasured]) -> None:
    """Drop the voxels of cubes whose metrics are stored, in one go; those dropped before are passed over."""
    roles = [step.role for step in chain.drawn(branch) if issubclass(step.gives, Microstructure)]
    drop_present(workspace.lake, [c.ids[role] for c in cubes if not c.error for role in roles], METRICS_STORED)


def _due(
    workspace: Workspace, study: Study, branch: str, found: Mapping[str, Sequence[CubeMeasured]]
) -> list[tuple[str, int]]:
    """The cubes to measure next, of every recipe whose sample is not large enough, by what is stored alone."""
    role, size = transport_role(study.chain, branch), study.resolution
    return [
        (key, cube)
        for key, measured in found.items()
        for cube in range(len(measured), sample_size(workspace.lake, size.target, size.cubes, role, measured))
    ]
