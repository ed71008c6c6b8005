"""The cubes of recipes: as many of each as a study wants, or as its target needs, drawn and measured.

Cubes belong to a recipe, not to a design: designs that differ in loading or housing alone share them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flows.design.chain import Chain, Step
from flows.design.evaluation import CubeMeasured, Ids, measure_cube
from flows.design.sampling import sample_size
from flows.design.study import Study
from flows.running.dropping import drop_present
from flows.running.seeds import cube_seed
from flows.running.workspace import Workspace
from schemas import Microstructure, Transport

METRICS_STORED = "its metrics are stored"


@dataclass(frozen=True)
class Drawing:
    """How the cubes of one recipe come about: ids of the given records, the step that draws, and what is kept."""

    recipe_id: str
    given: Ids
    step: Step
    keep_voxels: bool = False


Cubes = Mapping[str, Sequence[CubeMeasured]]  # by the id of the recipe


def measure_cubes(
    workspace: Workspace,
    study: Study,
    branch: str,
    drawings: Sequence[Drawing],
    further: Callable[[int], None] = lambda _: None,
) -> Cubes:
    """All cubes of all recipes of one electrode; what is stored is found there.

    Parameters
    ----------
    workspace
        Where.
    study
        How they are measured, and how many.
    branch
        The electrode.
    drawings
        How each recipe is drawn.
    further
        Is told of cubes beyond the first ones of each recipe, before they are measured.
    """
    found: dict[str, list[CubeMeasured]] = {drawing.recipe_id: [] for drawing in drawings}
    by_recipe = {drawing.recipe_id: drawing for drawing in drawings}
    while due := _due(workspace, study, branch, found):
        more = sum(cube >= study.resolution.first_cubes for _, cube in due)
        if more:
            further(more)
        workspace.progress.step(f"measuring {len(due)} cubes of {len({recipe for recipe, _ in due})} recipes")
        calls = [
            (
                study.chain,
                branch,
                by_recipe[recipe].step,
                by_recipe[recipe].given,
                study.resolution.size,
                cube_seed(study.seed, recipe, cube),
            )
            for recipe, cube in due
        ]
        measured = workspace.run(measure_cube, calls)
        for (recipe, _), cube in zip(due, measured, strict=True):
            found[recipe].append(cube)
        drop_voxels(
            workspace,
            study.chain,
            branch,
            [cube for (recipe, _), cube in zip(due, measured, strict=True) if not by_recipe[recipe].keep_voxels],
        )
    return found


def drop_voxels(workspace: Workspace, chain: Chain, branch: str, cubes: Sequence[CubeMeasured]) -> None:
    """Drop the voxels of cubes whose metrics are stored, in one go; those dropped before are passed over."""
    roles = [step.role for step in chain.drawn(branch) if issubclass(step.gives, Microstructure)]
    drop_present(workspace.lake, [c.ids[role] for c in cubes if not c.error for role in roles], METRICS_STORED)


def transport_role(chain: Chain, branch: str) -> str:
    """The role of the step that measures the transport of a cube; empty if none does."""
    return chain.last(Transport, branch, chain.repeated)


def _due(workspace: Workspace, study: Study, branch: str, found: Cubes) -> list[tuple[str, int]]:
    """The cubes to measure next, of every recipe whose sample is not large enough, by what is stored alone."""
    role = transport_role(study.chain, branch)
    return [
        (recipe, cube)
        for recipe, measured in found.items()
        for cube in range(len(measured), _wanted(workspace, study, role, measured))
    ]


def _wanted(workspace: Workspace, study: Study, role: str, measured: Sequence[CubeMeasured]) -> int:
    return sample_size(workspace.lake, study.resolution.target, study.resolution.cubes, role, measured)
