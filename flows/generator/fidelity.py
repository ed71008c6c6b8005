"""What is the fidelity of a generator? Its volumes are compared with real ones of the same conditions, in the lake.

Real volumes are those of the simulator, or held-out ones that are stored (crops of an image). Simulated ones are drawn
twice, from two sets of seeds: the second set is compared with the first like any generator, which gives the errors by
chance alone. Stored ones are dealt into two halves for that. Seeds of one condition are those of no
other, for packings of one seed are alike. Every step is stored: the report is resumed, or made larger, by
running it again. Voxels are dropped once they are measured, but for the first volume of each sample.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.errors import StudyError
from ragone.flows.generator.fidelity_plan import FidelityPlan
from ragone.flows.generator.fidelity_tasks import (
    AGAIN,
    REAL,
    Terms,
    common_edge,
    recipe_tasks,
    samples_of,
    volume_tasks,
)
from ragone.flows.generator.fidelity_volumes import VolumeMeasured, VolumeTask, measure_volume
from ragone.flows.generator.trust import DEFAULT, stored_generator
from ragone.flows.running.dropping import METRICS_STORED, drop_present
from ragone.flows.running.execution import Execution
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Progress, Silent
from ragone.flows.running.tracking import run_stage
from ragone.flows.running.workspace import Workspace, open_workspace
from ragone.pipelines.fidelity import compare_volumes
from ragone.schemas import Fidelity, Generator, Materials
from ragone.schemas.materials import NMC_811

_PHASE_COUNT = 3
_USUAL = FidelityPlan()


@dataclass(frozen=True)
class FidelityResult:
    """A finished report: the record of each sample by the sample's name; the noise is `AGAIN`.

    `slices` holds the id of a volume of each sample whose voxels are kept.
    """

    records: Mapping[str, Fidelity]
    slices: Mapping[str, str]
    failures: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


Measured = Mapping[str, list[tuple[VolumeTask, VolumeMeasured]]]


@job("fidelity")
def compare_with_simulator(
    lake: Lake,
    generator_ids: Sequence[str] = (DEFAULT,),
    plan: FidelityPlan = _USUAL,
    progress: Progress | None = None,
    *,
    execution: Execution | None = None,
) -> FidelityResult:
    """Compare generators with packings of recipes that they were not trained on.

    Parameters
    ----------
    lake
        The lake that holds the generators.
    generator_ids
        Full or short ids; all volumes are searched for the first one's training volumes.
    plan
        Recipes, seeds, size.
    progress
        Receives every volume.
    execution
        Where the volumes are drawn and measured; in this process if None.

    Raises
    ------
    StudyError
        If a generator takes no recipes, or their voxels differ.
    StageFailedError
        If no real volume, or none of a sample, could be measured; the message says why.
    """
    report = _Report(lake, generator_ids, progress or Silent(), execution, plan.materials, raw=plan.raw)
    report.require_conditions(of_recipes=True)
    for recipe in plan.recipes:
        lake.put(recipe)
    tasks = [task for place in range(len(plan.recipes)) for task in recipe_tasks(report.terms, plan, place)]
    return report.of_tasks(tasks, recipe_names=list(plan.varied), recipes=plan.rows())


@job("fidelity-to-volumes")
def compare_with_volumes(
    lake: Lake,
    generator_ids: Sequence[str],
    volume_ids: Sequence[str],
    progress: Progress | None = None,
    *,
    raw: bool = False,
    seed: int = 1,
    execution: Execution | None = None,
) -> FidelityResult:
    """Compare generators with stored volumes: as many, of their size and phase fractions, as one condition.

    Parameters are those of `compare_with_simulator`; `volume_ids` are held-out cubic volumes of one size.

    Raises
    ------
    StudyError
        If a generator takes recipes or was trained on one of the volumes, or the volumes are fewer than four or not
        cubic and of one size.
    StageFailedError
        As in `compare_with_simulator`.
    """
    report = _Report(lake, generator_ids, progress or Silent(), execution, NMC_811, raw=raw)
    report.require_conditions(of_recipes=False)
    edge = common_edge(lake, volume_ids, report.generators)
    tasks = [task for volume_id in volume_ids for task in volume_tasks(report.terms, volume_id, edge, seed)]
    return report.of_tasks(tasks)


class _Report:
    """One report: its samples, its progress, and what failed."""

    def __init__(
        self,
        lake: Lake,
        generator_ids: Sequence[str],
        progress: Progress,
        execution: Execution | None,
        materials: Materials,
        *,
        raw: bool,
    ) -> None:
        self._lake, self._progress, self._execution = lake, progress, execution
        self.generators = [stored_generator(lake, name) for name in dict.fromkeys(generator_ids)]
        training_ids, self.remarks = _training_volumes(lake, self.generators[0])
        samples = samples_of(self.generators, raw=raw)
        self.terms = Terms(samples, lake.put(materials), self.generators[0].voxel_size_metre, training_ids)

    def require_conditions(self, *, of_recipes: bool) -> None:
        """Require that all generators take recipes, or none does, and that their voxels are of one size."""
        voxel_size = self.terms.voxel_size_metre
        for generator in self.generators:
            takes = len(generator.condition_names) > len(generator.phase_names) - 1
            if takes != of_recipes:
                advice = "Leave --volumes out" if takes else "Name held-out volumes with --volumes"
                raise StudyError(f"a generator takes {', '.join(generator.condition_names)}. {advice}.")
            if len(generator.phase_names) != _PHASE_COUNT:
                raise StudyError(f"a generator of {', '.join(generator.phase_names)} does not have three phases.")
            if abs(generator.voxel_size_metre / voxel_size - 1) > 1e-6:
                raise StudyError(
                    f"generators draw voxels of {voxel_size:g} m and {generator.voxel_size_metre:g} m. "
                    "Compare generators of one voxel size."
                )

    def of_tasks(self, tasks: Sequence[VolumeTask], **recipes: object) -> FidelityResult:
        """Measure all volumes, condition after condition, and compare every sample with the real ones."""
        measured = self._measured(tasks)
        failures = [
            f"{name}, condition {task.condition + 1}, seed {task.seed}: {found.error}"
            for name, pairs in measured.items()
            for task, found in pairs
            if found.error
        ]
        real, others = measured[REAL], {name: pairs for name, pairs in measured.items() if name != REAL}
        if AGAIN not in others:
            others = {AGAIN: real[1::2], **others}
        records = {}
        for name, pairs in others.items():
            reference = real[::2] if pairs == real[1::2] else real
            records[name] = self._lake.get(self._compared(name, reference, pairs, recipes), Fidelity)
        return FidelityResult(records, _kept(self._lake, measured), tuple(failures), tuple(self.remarks))

    def _measured(self, tasks: Sequence[VolumeTask]) -> Measured:
        found: dict[str, list[tuple[VolumeTask, VolumeMeasured]]] = defaultdict(list)
        self._progress.started(len(tasks))
        with open_workspace(self._lake, self._execution, self._progress) as workspace:
            for condition in sorted({task.condition for task in tasks}):
                chosen = [task for task in tasks if task.condition == condition]
                self._progress.step(f"condition {condition + 1}: {len(chosen)} volumes")
                for task, one in zip(chosen, self._batch(workspace, chosen), strict=True):
                    found[task.sample].append((task, one))
        return found

    def _batch(self, workspace: Workspace, tasks: Sequence[VolumeTask]) -> list[VolumeMeasured]:
        found = workspace.run(measure_volume, [(task,) for task in tasks])
        first = {task.sample: place for place, task in reversed(list(enumerate(tasks))) if not task.condition}
        superfluous = [
            one.microstructure_id
            for place, (task, one) in enumerate(zip(tasks, found, strict=True))
            if one.geometry_id and task.drawn and place not in first.values()
        ]
        drop_present(self._lake, superfluous, METRICS_STORED)
        return found

    def _compared(
        self,
        name: str,
        real: Sequence[tuple[VolumeTask, VolumeMeasured]],
        sample: Sequence[tuple[VolumeTask, VolumeMeasured]],
        recipes: Mapping[str, object],
    ) -> str:
        first, second = _whole(real), _whole(sample)
        errors = [found.error for _, found in (*real, *sample) if found.error]
        if not first or not second:
            raise StageFailedError(f"no volume of {name if first else REAL} could be measured: {(errors or ['?'])[0]}")
        made = run_stage(
            "conclude",
            self._lake,
            compare_volumes,
            real_tensors=[found.tensor_id for _, found in first],
            real_geometries=[found.geometry_id for _, found in first],
            tensors=[found.tensor_id for _, found in second],
            geometries=[found.geometry_id for _, found in second],
            real_similarities=[found.similarity_id for _, found in first if found.similarity_id],
            similarities=[found.similarity_id for _, found in second if found.similarity_id],
            real_conditions=[task.condition for task, _ in first],
            conditions=[task.condition for task, _ in second],
            sample=name,
            left_out="; ".join(errors),
            seed=0,
            **recipes,
        )
        return made.id


def _whole(pairs: Sequence[tuple[VolumeTask, VolumeMeasured]]) -> list[tuple[VolumeTask, VolumeMeasured]]:
    return [(task, found) for task, found in pairs if not found.error]


def _training_volumes(lake: Lake, generator: Generator) -> tuple[tuple[str, ...], list[str]]:
    """Return the ids of the training volumes, if this lake holds all of them, and a remark if it does not."""
    for name in generator.trained_on:
        if not lake.holds(name):
            remark = f"memorisation is not tested: training volume {name[:27]} is not in this lake. Train the generator"
            return (), [f"{remark} here, or bring the volume back with `ragone reproduce`."]
    return generator.trained_on, []


def _kept(lake: Lake, measured: Measured) -> dict[str, str]:
    """Return the first volume of each sample whose voxels are stored."""
    kept = {}
    for name, pairs in measured.items():
        for _, found in pairs[:1]:
            if found.microstructure_id and lake.holds(found.microstructure_id):
                kept[name] = found.microstructure_id
    return kept
