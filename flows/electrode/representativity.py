"""The study that every material needs: how large a cube, how many, and how fine a voxel? As a flow over the lake.

Of a design, cubes of several sizes are drawn and measured; smaller cubes are also cut from the largest ones, which
tells what drawing a small cube changes in the material; and the same seeds are drawn at several voxel sizes. Of a
volume that was imaged, cubes are cut and voxels are merged. Every step is cached, so that a study is resumed, or made
larger, by running it again. All voxels that the study makes are dropped once their metrics are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

from dataset import Lake
from dataset.errors import StageFailedError
from flows.design.cubes import require_simulator
from flows.design.evaluate import drop_voxels, measure_cube, run_engine
from flows.design.study import Study
from flows.design.trials import CubeMeasured
from flows.electrode.plan import Plan
from flows.engines import Engine, default_engine_name
from flows.errors import StudyError
from flows.running.execution import Execution
from flows.running.executors import open_executor, run_all
from flows.running.progress import Progress, Silent
from flows.running.workers import lake_at, lend
from pipelines.characterise.representativity import coarsen, corners, cut_cube, estimate_representativity
from schemas import Microstructure, Representativity

Corner = tuple[int, int, int]
Calls = list[tuple[object, ...]]


@dataclass(frozen=True)
class RepresentativityResult:
    """A finished study: its record, what was studied, and why cubes that could not be measured could not."""

    representativity_id: str
    record: Representativity
    subject_id: str
    failures: tuple[str, ...] = ()


def study_design(
    lake: Lake, study: Study, design_id: str, plan: Plan, progress: Progress | None = None
) -> RepresentativityResult:
    """Representativity of cubes of a design, drawn by the study's engine at its voxel size.

    Raises
    ------
    StudyError
        If the plan has fewer than two sizes, or voxel ratios that do not fit.
    StageFailedError
        If the cubes measured allow no estimate; the message says why.
    ExecutorError
        If the executor cannot be started or one of its workers dies.
    """
    require_simulator(study)
    with lend(lake) as address, open_executor(study.execution) as executor:
        run = _Run(lake, executor, progress or Silent(), plan, keep_voxels=study.keep_voxels)
        return run.of_design(address, study, lake.resolve(design_id))


def study_volume(
    lake: Lake,
    microstructure_id: str,
    plan: Plan,
    progress: Progress | None = None,
    *,
    engine: Engine | None = None,
    execution: Execution | None = None,
) -> RepresentativityResult:
    """Representativity of cubes cut from a stored volume.

    Parameters
    ----------
    lake
        Holds the volume.
    microstructure_id
        Full or short id.
    plan
        Sizes that do not fit the volume are passed over; the largest cube that it holds is always measured.
    progress
        Is told how far it is.
    engine
        Measures the cubes; the default of its part if None.
    execution
        Where; in this process if None.

    Raises
    ------
    StudyError
        If fewer than two sizes fit, or the voxel ratios are no whole numbers.
    StageFailedError, ExecutorError
        As for a design.
    """
    chosen = engine or Engine("characterise", default_engine_name("characterise"))
    with lend(lake) as address, open_executor(execution or Execution()) as executor:
        run = _Run(lake, executor, progress or Silent(), plan, keep_voxels=False)
        return run.of_volume(address, chosen, lake.resolve(microstructure_id))


def measure_cut(
    address: str, engine: Engine, volume_id: str, edge: int, corner: Corner, factor: int = 1
) -> CubeMeasured:
    """Cut a cube out of a volume, merge its voxels, and measure it."""
    lake = lake_at(address)
    made = ""
    try:
        made = lake.run(cut_cube, microstructure=volume_id, edge_voxels=edge, corner=list(corner)).id
        if factor > 1:
            made = lake.run(coarsen, microstructure=made, factor=factor).id
        return CubeMeasured(made, run_engine(lake, engine, microstructure=made))
    except StageFailedError as failure:
        return CubeMeasured(made, error=str(failure))


@dataclass
class _Inputs:
    """Ids of transports and where they come from, as the estimate takes them."""

    drawn: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    cut_from: list[int] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    resolved_of: list[int] = field(default_factory=list)


class _Run:
    """One study: what was measured so far, and what failed."""

    def __init__(self, lake: Lake, executor: Executor, progress: Progress, plan: Plan, *, keep_voxels: bool) -> None:
        self._lake, self._executor, self._progress, self._plan = lake, executor, progress, plan
        self._keep_voxels = keep_voxels
        self._inputs = _Inputs()
        self._failures: list[str] = []

    def of_design(self, address: str, study: Study, design_id: str) -> RepresentativityResult:
        plan, voxel = self._plan, study.resolution.voxel_size_metre
        *smaller, largest = plan.sizes()
        places = {edge: corners((largest,) * 3, edge, plan.cuts, overlapping=True) for edge in smaller}
        voxel_edges = plan.voxel_edges()
        cut_count = sum(map(len, places.values()))
        self._progress.started(plan.cubes * (len(smaller) + 1 + cut_count) + plan.structures * len(voxel_edges) + 1)
        for edge in smaller:
            self._keep_drawn(self._draw(address, study, design_id, edge, voxel, plan.cubes))
        parents = self._keep_drawn(self._draw(address, study, design_id, largest, voxel, plan.cubes, drop=False))
        for edge, found in places.items():
            self._cut_parents(address, study.engines["characterise"], parents, edge, found)
        self._drop(parents.values())
        self._keep_resolved(
            [
                self._draw(address, study, design_id, edge, voxel * ratio, plan.structures)
                for ratio, edge in voxel_edges.items()
            ]
        )
        return self._estimated(design_id)

    def of_volume(self, address: str, engine: Engine, volume_id: str) -> RepresentativityResult:
        plan, volume = self._plan, self._lake.get(volume_id)
        if not isinstance(volume, Microstructure):
            raise StudyError(f"{volume_id} is no microstructure. Give the id of one, or of a design.")
        volume.require_cubic_voxels("a study of representativity")
        shape = volume.labels.shape
        places = {edge: corners(shape, edge, plan.cubes) for edge in plan.sizes(min(shape))}
        structures = corners(shape, plan.voxel_edge, plan.structures)
        factors = plan.merged_voxels() if structures else []
        self._progress.started(sum(map(len, places.values())) + len(structures) * len(factors) + 1)
        # Before the sizes: a cube that is one of them, too, is still there when its voxels are merged.
        self._keep_resolved(
            [
                self._measure(
                    f"measuring {len(structures)} cubes with {factor} voxels merged along an edge",
                    measure_cut,
                    [(address, engine, volume_id, plan.voxel_edge, corner, factor) for corner in structures],
                )
                for factor in factors
            ]
        )
        for edge, found in places.items():
            cubes = self._measure(
                f"measuring {len(found)} cubes of {edge} voxels, cut",
                measure_cut,
                [(address, engine, volume_id, edge, corner) for corner in found],
            )
            self._keep_cut(cubes, [0] * len(cubes))
        return self._estimated(volume_id)

    def _draw(
        self, address: str, study: Study, design_id: str, edge: int, voxel: float, count: int, *, drop: bool = True
    ) -> list[CubeMeasured]:
        """Cubes of the design at an edge [voxel] and voxel size [m], numbered from 0 as those of a campaign."""
        sized = replace(
            study, resolution=replace(study.resolution, edge_voxels=edge, voxel_size_metre=voxel, cubes=count)
        )
        calls: Calls = [(address, sized, design_id, cube) for cube in range(count)]
        text = f"measuring {count} cubes of {edge} voxels of {voxel * 1e6:.3g} um"
        return self._measure(text, measure_cube, calls, drop=drop)

    def _cut_parents(
        self, address: str, engine: Engine, parents: dict[int, CubeMeasured], edge: int, places: Sequence[Corner]
    ) -> None:
        """Cubes of one size out of every large cube."""
        calls: Calls = [
            (address, engine, parent.microstructure_id, edge, corner)
            for parent in parents.values()
            for corner in places
        ]
        cubes = self._measure(f"measuring {len(calls)} cubes of {edge} voxels, cut", measure_cut, calls)
        self._keep_cut(cubes, [number for number in parents for _ in places])

    def _measure(
        self, text: str, task: Callable[..., CubeMeasured], calls: Sequence[tuple[object, ...]], *, drop: bool = True
    ) -> list[CubeMeasured]:
        self._progress.step(text)
        found = run_all(self._executor, task, calls, lambda *_: self._progress.advanced())
        self._failures += [cube.error for cube in found if cube.error]
        if drop:
            self._drop(found)
        return found

    def _drop(self, cubes: Iterable[CubeMeasured]) -> None:
        if not self._keep_voxels:
            drop_voxels(self._lake, cubes)

    def _keep_drawn(self, cubes: Sequence[CubeMeasured]) -> dict[int, CubeMeasured]:
        """Note the cubes that were measured; by their place among all drawn ones."""
        placed = {}
        for cube in cubes:
            if not cube.error:
                placed[len(self._inputs.drawn)] = cube
                self._inputs.drawn.append(cube.transport_id)
        return placed

    def _keep_cut(self, cubes: Sequence[CubeMeasured], origins: Sequence[int]) -> None:
        measured = [(c.transport_id, o) for c, o in zip(cubes, origins, strict=True) if not c.error]
        self._inputs.cut += [transport_id for transport_id, _ in measured]
        self._inputs.cut_from += [origin for _, origin in measured]

    def _keep_resolved(self, by_voxel: Sequence[Sequence[CubeMeasured]]) -> None:
        """Note the structures that were measured at every voxel size."""
        for number, cubes in enumerate(zip(*by_voxel, strict=True)):
            if not any(cube.error for cube in cubes):
                self._inputs.resolved += [cube.transport_id for cube in cubes]
                self._inputs.resolved_of += [number] * len(cubes)

    def _estimated(self, subject_id: str) -> RepresentativityResult:
        self._progress.step("estimating")
        plan = self._plan
        found = self._lake.run(
            estimate_representativity,
            **vars(self._inputs),
            metric=plan.metric,
            target=plan.target,
            confidence=plan.confidence,
            fit_from_edge_voxels=plan.fit_from,
            cost_exponent=plan.cost_exponent,
        ).id
        record = self._lake.get(found)
        assert isinstance(record, Representativity)
        self._progress.advanced()
        return RepresentativityResult(found, record, subject_id, tuple(self._failures))
