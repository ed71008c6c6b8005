"""The cubes of designs: as many of each as a study wants, or as its target needs, drawn and measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor

from dataset import Lake
from flows.design.evaluate import drop_voxels, measure_cube
from flows.design.sampling import sample_size
from flows.design.study import Study
from flows.design.trials import CubeMeasured
from flows.errors import StudyError
from flows.running.executors import run_all
from flows.running.progress import Progress

Cubes = Mapping[str, Sequence[CubeMeasured]]


def measure_cubes(
    lake: Lake,
    study: Study,
    executor: Executor,
    address: str,
    design_ids: Sequence[str],
    progress: Progress,
    further: Callable[[int], None] = lambda _: None,
) -> Cubes:
    """All cubes of all designs; what is stored is found there.

    Parameters
    ----------
    lake, address
        Where the designs are, and its address for the tasks.
    study
        How they are drawn and measured, and how many.
    executor
        Where the tasks run.
    design_ids
        Full ids.
    progress
        Is told of every cube.
    further
        Is told of cubes beyond the first ones of each design, before they are measured.
    """
    require_simulator(study)
    cubes: dict[str, list[CubeMeasured]] = {design_id: [] for design_id in design_ids}
    while due := _due(lake, study, cubes):
        more = sum(cube >= study.resolution.first_cubes for _, cube in due)
        if more:
            further(more)
        progress.step(f"measuring {len(due)} cubes of {len({design_id for design_id, _ in due})} designs")
        calls = [(address, study, design_id, cube) for design_id, cube in due]
        found = run_all(executor, measure_cube, calls, lambda *_: progress.advanced())
        if not study.keep_voxels:
            drop_voxels(lake, found)
        for (design_id, _), cube in zip(due, found, strict=True):
            cubes[design_id].append(cube)
    return cubes


def require_simulator(study: Study) -> None:
    """Refuse a generator whose errors nobody would carry along.

    Raises
    ------
    StudyError
        If one draws the cubes.
    """
    if study.trust is not None:
        raise StudyError(
            f"study {study.name!r} has its cubes drawn by a generator, whose errors only a campaign carries along. "
            "Name a simulator in stages.manufacture.engine, or use ragone run."
        )


def _due(lake: Lake, study: Study, cubes: Cubes) -> list[tuple[str, int]]:
    """The cubes to measure next, of every design whose sample is not large enough, by what is stored alone."""
    target, fixed = study.resolution.target, study.resolution.cubes
    return [
        (design_id, cube)
        for design_id, measured in cubes.items()
        for cube in range(len(measured), sample_size(lake, target, fixed, measured))
    ]
