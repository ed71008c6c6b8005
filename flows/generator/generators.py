"""Trains a generator on volumes of the lake, in stretches that are all stored: a training that was stopped continues.

Stretches that a later one supersedes are dropped; what is kept is the generator, which names its volumes, its seed and
the state of the lake that was queried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.flows.generator.applicability import domain_of
from ragone.flows.generator.training_plan import GeneratorPlan, TrainingPlan
from ragone.flows.generator.training_volumes import TrainingVolumes, chosen_volumes
from ragone.flows.generator.trust import stored_generator
from ragone.flows.running.dropping import drop_present
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Parts, Progress, Silent
from ragone.flows.running.tracking import run_stage
from ragone.models.generator import (
    assemble_generator,
    draw_microstructure,
    left_out,
    take_apart,
    train_slices,
    train_steps,
)
from ragone.models.generator.training import TRUNK
from ragone.models.generator.training_set import TrainingSet
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Generator, Materials, Microstructure, Recipe
from ragone.schemas.materials import NMC_811

SUPERSEDED = "a later stretch of the training is stored"


@dataclass(frozen=True)
class Generated:
    """A volume of a recipe, and where that lies relative to the applicability domain; no statement if simulated."""

    volume: Microstructure
    recipe: Recipe
    outside: bool
    statement: str


def generate_volume(
    lake: Lake,
    recipe: Recipe,
    name: str,
    *,
    edge_voxels: int,
    seed: int,
    materials: Materials = NMC_811,
    simulate: bool = False,
) -> Generated:
    """Draw one volume of a recipe, by a generator (an id, or `default`) or simulate it with its voxel size.

    Raises
    ------
    StageFailedError
        If it cannot be drawn; the message says why.
    """
    generator = stored_generator(lake, name)
    made_of = {"recipe": lake.put(recipe), "materials": lake.put(materials)}
    size = {"edge_voxels": edge_voxels, "voxel_size_metre": generator.voxel_size_metre, "seed": seed}
    if simulate:
        made = lake.run(pack_particles, **made_of, **size)
        return Generated(lake.get(made.id, Microstructure), recipe, False, "")
    made = lake.run(draw_microstructure, **made_of, generator=generator.id, **size)
    domain = domain_of(recipe, materials, generator)
    return Generated(lake.get(made.id, Microstructure), recipe, domain.outside, domain.statement)


@job("generator-training")
def train_by_plan(
    lake: Lake,
    plan: GeneratorPlan,
    progress: Progress | None = None,
    *,
    where: str = "",
    at: str = "",
    crop: int = 0,
    device: str = "cpu",
) -> Generator:
    """Train a generator by a plan, on the volumes that it simulates, or on others that are stored.

    Parameters
    ----------
    lake
        Where everything is stored.
    plan
        How long it is trained, and what is simulated.
    progress
        Receives the progress of every volume and step.
    where
        A condition on the table of microstructures, which finds the volumes instead; the simulated ones if empty.
    at
        The snapshot in which they are sought; the present if empty.
    crop
        Edge [voxel] of cubes that are cut from each volume; 0 takes the volumes whole.
    device
        On which it is trained: cpu or cuda.

    Raises
    ------
    StudyError
        If no volume is found, or one is smaller than the cubes.
    StageFailedError
        If the volumes cannot be learned from; the message says why.
    """
    parts = Parts(progress or Silent())
    volumes = chosen_volumes(lake, plan, parts.part("volumes"), where=where, at=at, crop=crop)
    return train_generator(lake, volumes, plan.training, parts.part("training"), device=device)


def train_generator(
    lake: Lake, volumes: TrainingVolumes, plan: TrainingPlan, progress: Progress | None = None, *, device: str = "cpu"
) -> Generator:
    """Train a generator on those volumes; a stretch that is stored is not trained again.

    Raises
    ------
    StageFailedError
        If the volumes cannot be learned from; the message says why.
    """
    return _Training(lake, volumes, plan, progress or Silent(), device).run()


def fine_tune_generator(
    lake: Lake, start: Generator, volumes: TrainingVolumes, plan: TrainingPlan, progress: Progress | None = None
) -> Generator:
    """Fine-tune the members of a generator on more volumes; none is left out."""
    return _Training(lake, volumes, plan, progress or Silent(), "cpu").fine_tune(start)


class _Training:
    """One training: its volumes, the members' shares of them, and its progress."""

    def __init__(
        self, lake: Lake, volumes: TrainingVolumes, plan: TrainingPlan, progress: Progress, device: str
    ) -> None:
        self._lake, self._volumes, self._plan, self._progress, self._device = lake, volumes, plan, progress, device
        self._inputs = {"volumes": list(volumes.volume_ids), "recipes": list(volumes.recipe_ids)}
        self._set = _training_set(lake, volumes)
        self._superseded: list[str] = []

    def run(self) -> Generator:
        plan = self._plan
        self._progress.started(plan.step_count)
        folds = self._folds()
        members = []
        for phase in self._phases():
            trunk_steps, member_steps = plan.trunk_steps[phase - 1], plan.member_steps[phase - 1]
            falling = {"fall_from": trunk_steps // 3, "fall_to": trunk_steps + member_steps}
            shared = tuple(sorted({index for fold in folds for index in fold}))
            trunk = self._train("", trunk_steps, phase=phase, member=TRUNK, left_out=shared, **falling)
            for member, fold in enumerate(folds):
                members.append(self._train(trunk, member_steps, phase=phase, member=member, left_out=fold, **falling))
            self._superseded.append(trunk)
        return self._assembled(members, folds)

    def fine_tune(self, start: Generator) -> Generator:
        self._progress.started(self._plan.member_count * sum(self._plan.member_steps))
        members = []
        for phase in self._phases():
            steps = self._plan.member_steps[phase - 1]
            for member in range(int(start.settings["member_count"])):
                before = self._lake.run(take_apart, generator=start.id, phase=phase, member=member).id
                members.append(
                    self._train(before, steps, phase=phase, member=member, left_out=(), fall_from=0, fall_to=steps)
                )
                self._superseded.append(before)
        return self._assembled(members, [()] * int(start.settings["member_count"]))

    def _train(self, before: str, step_count: int, **settings: Any) -> str:
        """Train stretch after stretch and return the id of the last one."""
        state, done = before, 0
        whose = "trunk" if settings["member"] == TRUNK else f"member {settings['member'] + 1}"
        while done < step_count:
            steps = min(self._plan.stretch, step_count - done)
            self._progress.step(f"training phase {settings['phase']}, {whose}")
            found = run_stage(
                "train",
                self._lake,
                train_steps,
                **self._inputs,
                **({"before": state} if state else {}),
                step_count=steps,
                seed=self._plan.seed,
                width=self._plan.width,
                device=self._device,
                **settings,
            )
            if state != before:
                self._superseded.append(state)
            state, done = found.id, done + steps
            for _ in range(steps):
                self._progress.advanced()
        return state

    def _assembled(self, members: Sequence[str], folds: Sequence[tuple[int, ...]]) -> Generator:
        made = run_stage(
            "conclude",
            self._lake,
            assemble_generator,
            **self._inputs,
            members=list(members),
            snapshot_id=self._volumes.snapshot_id,
            left_out=[list(fold) for fold in folds],
            seed=self._plan.seed,
        )
        drop_present(self._lake, [*self._superseded, *members], SUPERSEDED)
        return self._lake.get(made.id, Generator)

    def _folds(self) -> tuple[tuple[int, ...], ...]:
        return left_out(self._set.conditions, self._plan.member_count)

    def _phases(self) -> range:
        return range(1, len(self._set.phase_names))


def train_baseline(lake: Lake, volumes: TrainingVolumes, *, step_count: int, seed: int) -> Generator:
    """Train a SliceGAN-style generator on the same volumes, for comparison."""
    made = lake.run(
        train_slices,
        volumes=list(volumes.volume_ids),
        recipes=list(volumes.recipe_ids),
        step_count=step_count,
        seed=seed,
    )
    return lake.get(made.id, Generator)


def _training_set(lake: Lake, volumes: TrainingVolumes) -> TrainingSet:
    return TrainingSet(
        [lake.get(volume_id, Microstructure) for volume_id in volumes.volume_ids],
        [lake.get(recipe_id, Recipe) for recipe_id in volumes.recipe_ids],
    )
