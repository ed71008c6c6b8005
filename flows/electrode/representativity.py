"""How large a volume element, how many, and how fine a voxel does a material need? A flow over the lake.

Of a recipe, volume elements of several sizes are drawn and measured; smaller volume elements are also cut from the
largest ones, which tells what drawing a small volume element changes in the material; and the same seeds are drawn at
several voxel sizes. Of a volume that was imaged, volume elements are cut and voxels are merged. Every step is cached,
so that a study is resumed, or made larger, by running it again. All voxels that the study makes are dropped once their
metrics are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.design.chain import AVERAGE, CHARACTERISE, MANUFACTURE, Chain
from ragone.flows.design.evaluation import MeasuredVolumeElement, measure_volume_element
from ragone.flows.design.prepared import prepared
from ragone.flows.design.study import Study
from ragone.flows.design.ways import require_simulator, stored_candidate
from ragone.flows.electrode.plan import Plan
from ragone.flows.running.dropping import METRICS_STORED, drop_present
from ragone.flows.running.execution import Execution
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Progress
from ragone.flows.running.seeds import volume_element_seed
from ragone.flows.running.tasks import task
from ragone.flows.running.tracking import run_stage
from ragone.flows.running.workers import lake_at
from ragone.flows.running.workspace import Workspace, open_workspace
from ragone.pipelines.characterise import homogenise_extrapolated
from ragone.pipelines.characterise.representativity import coarsen, corners, cut_cube, estimate_representativity
from ragone.schemas import Candidate, Materials, Microstructure, Recipe, Representativity, Stage

Corner = tuple[int, int, int]
Calls = list[tuple[object, ...]]

_USUAL = Plan()


@dataclass(frozen=True)
class Measuring:
    """The stage that measures a volume, its parameters, and the materials of the volume."""

    stage: Stage[Any, Any]
    parameters: dict[str, Any]
    materials_id: str

    def of(self, lake: Lake, volume_id: str) -> str:
        """The id of the transport of a volume."""
        return lake.run(self.stage, microstructure=volume_id, materials=self.materials_id, **self.parameters).id


@dataclass(frozen=True)
class RepresentativityResult:
    """A finished study: its record, the id of what was studied, and why some volume elements could not be measured."""

    record: Representativity
    subject_id: str
    failures: tuple[str, ...] = ()


@job("representativity")
def study_candidate(
    lake: Lake,
    study: Study,
    candidate: Candidate | None = None,
    plan: Plan = _USUAL,
    progress: Progress | None = None,
) -> RepresentativityResult:
    """Representativity of volume elements of a candidate's recipe, drawn by the study's step at its voxel size.

    Without a candidate it is the one in the middle of the study's space.

    Raises
    ------
    StudyError
        If the plan has fewer than two sizes, or voxel ratios that do not fit.
    StageFailedError
        If the volume elements measured allow no estimate; the message says why.
    ExecutorError
        If the executor cannot be started or one of its workers dies.
    """
    require_simulator(study)
    with open_workspace(lake, study.execution, progress) as workspace:
        run = _Run(workspace, plan, keep_voxels=study.keep_voxels)
        chosen = candidate or stored_candidate(lake, study.middle())
        return run.of_recipe(study, dict(prepared(lake, study, chosen).given))


@job("representativity-of-recipe")
def study_recipe(
    lake: Lake, study: Study, recipe: Recipe, plan: Plan, progress: Progress | None = None
) -> RepresentativityResult:
    """Representativity of volume elements of a stored recipe.

    Raises as `study_candidate`.
    """
    require_simulator(study)
    with open_workspace(lake, study.execution, progress) as workspace:
        given = prepared(lake, study, stored_candidate(lake, study.middle())).given
        return _Run(workspace, plan, keep_voxels=study.keep_voxels).of_recipe(study, {**given, "recipe": recipe.id})


@job("representativity-of-volume")
def study_volume(
    lake: Lake,
    volume: Microstructure,
    materials: Materials,
    plan: Plan,
    progress: Progress | None = None,
    *,
    study: Study | None = None,
) -> RepresentativityResult:
    """Representativity of volume elements cut from a stored volume.

    Parameters
    ----------
    lake
        Holds the volume and the materials.
    volume
        Of cubic voxels.
    materials
        That it is made of.
    plan
        Sizes that do not fit the volume are passed over; the largest volume element that it holds is always measured.
    progress
        Receives the progress.
    study
        Whose step measures the volume elements, and whose executor is used; the default's, in this process, if None.

    Raises
    ------
    StudyError
        If fewer than two sizes fit, or the voxel ratios are no whole numbers.
    StageFailedError, ExecutorError
        As for a candidate.
    """
    measuring = Measuring(homogenise_extrapolated, {}, materials.id)
    if study is not None:
        step = study.chain.step(CHARACTERISE)
        measuring = Measuring(step.stage, dict(step.parameters), materials.id)
    with open_workspace(lake, study.execution if study else Execution(), progress) as workspace:
        return _Run(workspace, plan, keep_voxels=False).of_volume(measuring, volume)


@task("characterise")
def measure_cut(
    address: str, measuring: Measuring, volume_id: str, edge: int, corner: Corner, factor: int = 1
) -> MeasuredVolumeElement:
    """Cut a volume element out of a volume, merge its voxels, and measure it."""
    lake = lake_at(address)
    made: dict[str, str] = {}
    try:
        made[MANUFACTURE] = lake.run(cut_cube, microstructure=volume_id, edge_voxels=edge, corner=list(corner)).id
        if factor > 1:
            made[MANUFACTURE] = lake.run(coarsen, microstructure=made[MANUFACTURE], factor=factor).id
        made[CHARACTERISE] = measuring.of(lake, made[MANUFACTURE])
    except StageFailedError as failure:
        return MeasuredVolumeElement(made, str(failure))
    return MeasuredVolumeElement(made)


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

    def __init__(self, workspace: Workspace, plan: Plan, *, keep_voxels: bool) -> None:
        self._workspace, self._plan, self._keep_voxels = workspace, plan, keep_voxels
        self._lake, self._progress = workspace.lake, workspace.progress
        self._inputs = _Inputs()
        self._failures: list[str] = []

    def of_recipe(self, study: Study, given: dict[str, str]) -> RepresentativityResult:
        plan, voxel = self._plan, study.resolution.voxel_size_metre
        *smaller, largest = plan.sizes()
        places = {edge: corners((largest,) * 3, edge, plan.cuts, overlapping=True) for edge in smaller}
        voxel_edges = plan.voxel_edges()
        cut_count = sum(map(len, places.values()))
        self._progress.started(
            plan.volume_elements * (len(smaller) + 1 + cut_count) + plan.structures * len(voxel_edges) + 1
        )
        chain = study.chain.needed([AVERAGE])
        step = chain.step(CHARACTERISE)
        measuring = Measuring(step.stage, dict(step.parameters), given["materials"])
        for edge in smaller:
            self._keep_drawn(self._draw(study.seed, chain, given, edge, voxel, plan.volume_elements))
        parents = self._keep_drawn(
            self._draw(study.seed, chain, given, largest, voxel, plan.volume_elements, drop=False)
        )
        for edge, found in places.items():
            self._cut_parents(measuring, parents, edge, found)
        self._drop(parents.values())
        self._keep_resolved(
            [
                self._draw(study.seed, chain, given, edge, voxel * ratio, plan.structures)
                for ratio, edge in voxel_edges.items()
            ]
        )
        return self._estimated(given["recipe"])

    def of_volume(self, measuring: Measuring, volume: Microstructure) -> RepresentativityResult:
        plan = self._plan
        volume.require_cubic_voxels("a study of representativity")
        shape = volume.labels.shape
        places = {edge: corners(shape, edge, plan.volume_elements) for edge in plan.sizes(min(shape))}
        structures = corners(shape, plan.voxel_edge, plan.structures)
        factors = plan.merged_voxels() if structures else []
        self._progress.started(sum(map(len, places.values())) + len(structures) * len(factors) + 1)
        # Before the sizes: a volume element that is one of them, too, is still there when its voxels are merged.
        self._keep_resolved(
            [
                self._measure(
                    f"measuring {len(structures)} volume elements with {factor} voxels merged along an edge",
                    measure_cut,
                    [(measuring, volume.id, plan.voxel_edge, corner, factor) for corner in structures],
                )
                for factor in factors
            ]
        )
        for edge, found in places.items():
            elements = self._measure(
                f"measuring {len(found)} volume elements of {edge} voxels, cut",
                measure_cut,
                [(measuring, volume.id, edge, corner) for corner in found],
            )
            self._keep_cut(elements, [0] * len(elements))
        return self._estimated(volume.id)

    def _draw(
        self, seed: int, chain: Chain, given: dict[str, str], edge: int, voxel: float, count: int, *, drop: bool = True
    ) -> list[MeasuredVolumeElement]:
        """Volume elements of the recipe of an edge [voxel] and voxel size [m], numbered from 0 as in a campaign."""
        size = {"edge_voxels": edge, "voxel_size_metre": voxel}
        step = chain.drawing("")
        calls: Calls = [
            (chain, "", step, given, size, volume_element_seed(seed, given["recipe"], element))
            for element in range(count)
        ]
        text = f"measuring {count} volume elements of {edge} voxels of {voxel * 1e6:.3g} um"
        return self._measure(text, measure_volume_element, calls, drop=drop)

    def _cut_parents(
        self, measuring: Measuring, parents: dict[int, MeasuredVolumeElement], edge: int, places: Sequence[Corner]
    ) -> None:
        """Volume elements of one size out of every large volume element."""
        calls: Calls = [
            (measuring, parent.ids[MANUFACTURE], edge, corner) for parent in parents.values() for corner in places
        ]
        elements = self._measure(f"measuring {len(calls)} volume elements of {edge} voxels, cut", measure_cut, calls)
        self._keep_cut(elements, [number for number in parents for _ in places])

    def _measure(
        self,
        text: str,
        task: Callable[..., MeasuredVolumeElement],
        calls: Sequence[tuple[object, ...]],
        *,
        drop: bool = True,
    ) -> list[MeasuredVolumeElement]:
        self._progress.step(text)
        found = self._workspace.run(task, calls)
        self._failures += [element.error for element in found if element.error]
        if drop:
            self._drop(found)
        return found

    def _drop(self, elements: Iterable[MeasuredVolumeElement]) -> None:
        if not self._keep_voxels:
            drop_present(
                self._lake, [element.ids[MANUFACTURE] for element in elements if not element.error], METRICS_STORED
            )

    def _keep_drawn(self, elements: Sequence[MeasuredVolumeElement]) -> dict[int, MeasuredVolumeElement]:
        """Note the volume elements that were measured; by their place among all drawn ones."""
        placed = {}
        for element in elements:
            if not element.error:
                placed[len(self._inputs.drawn)] = element
                self._inputs.drawn.append(element.ids[CHARACTERISE])
        return placed

    def _keep_cut(self, elements: Sequence[MeasuredVolumeElement], origins: Sequence[int]) -> None:
        measured = [(c.ids[CHARACTERISE], o) for c, o in zip(elements, origins, strict=True) if not c.error]
        self._inputs.cut += [transport_id for transport_id, _ in measured]
        self._inputs.cut_from += [origin for _, origin in measured]

    def _keep_resolved(self, by_voxel: Sequence[Sequence[MeasuredVolumeElement]]) -> None:
        """Note the structures that were measured at every voxel size."""
        for number, elements in enumerate(zip(*by_voxel, strict=True)):
            if not any(element.error for element in elements):
                self._inputs.resolved += [element.ids[CHARACTERISE] for element in elements]
                self._inputs.resolved_of += [number] * len(elements)

    def _estimated(self, subject_id: str) -> RepresentativityResult:
        self._progress.step("estimating")
        plan = self._plan
        found = run_stage(
            "conclude",
            self._lake,
            estimate_representativity,
            **vars(self._inputs),
            metric=plan.metric,
            target=plan.target,
            confidence=plan.confidence,
            fit_from_edge_voxels=plan.fit_from,
            cost_exponent=plan.cost_exponent,
        ).id
        record = self._lake.get(found, Representativity)
        self._progress.advanced()
        return RepresentativityResult(record, subject_id, tuple(self._failures))
