"""Who draws the cubes of a study: a simulator, a generator, or a generator whose errors are watched.

Of a watched generator the errors are expected before it draws. A recipe outside of its applicability domain is said to
be so, or drawn by a simulator instead, from which the generator learns before the next batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ragone.dataset.errors import StageFailedError
from ragone.flows.design.chain import MANUFACTURE, Step
from ragone.flows.design.evaluation import CubeMeasured
from ragone.flows.design.study import Study
from ragone.flows.generator.applicability import Cubes, domain_of, expect_errors
from ragone.flows.generator.generators import fine_tune_generator
from ragone.flows.generator.training_plan import TrainingPlan
from ragone.flows.generator.training_volumes import TrainingVolumes, volumes_of
from ragone.flows.generator.trust import SIMULATE, Trust, stored_errors, stored_generator
from ragone.flows.running.progress import StepsOf
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.flows.running.workspace import Workspace
from ragone.flows.stages import stage_named
from ragone.models.generator.recipe import unlearned
from ragone.models.generator.trust import excluded_by
from ragone.schemas import Generator, GeneratorErrors, Materials, Recipe, Transport

GENERATOR = "generator"


@dataclass(frozen=True)
class Expectation:
    """How far a generator is expected to be off for a recipe, before it draws it.

    `outside` says that the recipe lies outside of its applicability domain, `simulated` that a simulator draws it
    instead; `proposal` is the command that simulates it.
    """

    predicted_id: str = ""
    outside: bool = False
    statement: str = ""
    largest_error: float = 0.0
    simulated: bool = False
    proposal: str = ""
    error: str = ""


class Drawer(Protocol):
    """Draws the cubes of recipes, batch after batch; recipes are named by their ids."""

    @property
    def generator_id(self) -> str:
        """Of the generator that draws now; empty if a simulator does."""

    def prepare(self, recipes: Sequence[Recipe], materials: Materials) -> Mapping[str, Expectation]:
        """What is expected of a generator before it draws them; empty of a simulator."""

    def step_for(self, step: Step, recipe_id: str) -> Step:
        """The step that draws the cubes of a recipe in place of the study's own."""

    def learn(self, cubes: Mapping[str, Sequence[CubeMeasured]]) -> None:
        """Go on from the cubes of a batch, by recipe."""

    def predicted_id(self, recipe_id: str) -> str:
        """The errors that the drawn cubes of a recipe are expected to have; empty if a simulator drew them."""

    def keeps_voxels(self, recipe_id: str) -> bool:
        """Whether the cubes of a recipe are still needed once they are measured."""


class SimulatorDrawer:
    """The study's own step draws, and nothing is expected of it."""

    generator_id = ""

    def prepare(self, recipes: Sequence[Recipe], materials: Materials) -> Mapping[str, Expectation]:
        """Nothing."""
        return {}

    def step_for(self, step: Step, recipe_id: str) -> Step:
        """As it is."""
        return step

    def learn(self, cubes: Mapping[str, Sequence[CubeMeasured]]) -> None:
        """Nothing."""

    def predicted_id(self, recipe_id: str) -> str:
        """Of none."""
        return ""

    def keeps_voxels(self, recipe_id: str) -> bool:
        """No."""
        return False


@dataclass
class WatchedGeneratorDrawer:
    """A generator, the record of its errors, and what is done about them; `cubes` says how it draws."""

    workspace: Workspace
    generator: Generator
    errors: GeneratorErrors
    trust: Trust
    cubes: Cubes
    expected: dict[str, Expectation] = field(default_factory=dict)

    @property
    def generator_id(self) -> str:
        """Of the generator as it is after what it learned."""
        return self.generator.id

    def prepare(self, recipes: Sequence[Recipe], materials: Materials) -> Mapping[str, Expectation]:
        """Expected errors of the generator as it is now; recipes outside of its domain are told as a step."""
        progress = self.workspace.progress
        progress.step(f"expecting the generator's errors for {len(recipes)} recipes")
        watch = (self.generator.id, self.errors.id, materials.id, self.cubes, self.trust)
        calls = [(*watch, recipe.id) for recipe in recipes]
        found = self.workspace.run(expect, calls, lambda *_: None)
        batch = {recipe.id: expectation for recipe, expectation in zip(recipes, found, strict=True)}
        for recipe_id, expectation in batch.items():
            if expectation.outside:
                progress.step(f"{recipe_id[:19]} is {expectation.statement}")
        self.expected |= batch
        return batch

    def step_for(self, step: Step, recipe_id: str) -> Step:
        """The generator as it is now, or the simulator."""
        if self._is_simulated(recipe_id):
            return Step(step.role, stage_named(f"{MANUFACTURE}.{self.trust.oracle}"))
        return replace(step, inputs={**step.inputs, GENERATOR: self.generator.id})

    def learn(self, cubes: Mapping[str, Sequence[CubeMeasured]]) -> None:
        """Fine-tune the generator on what the simulator drew, besides what it was trained on."""
        pairs = [
            (cube.ids[self.cubes.draw.role], recipe_id)
            for recipe_id, measured in cubes.items()
            if self._is_simulated(recipe_id) and self._can_learn(recipe_id)
            for cube in measured
            if self.cubes.draw.role in cube.ids
        ]
        if not pairs:
            return
        lake, progress = self.workspace.lake, StepsOf(self.workspace.progress)
        progress.step(f"learning from {len(pairs)} volumes of recipes outside of the applicability domain")
        before = volumes_of(lake, self.generator, self.trust.training, progress)
        simulated = TrainingVolumes(tuple(volume for volume, _ in pairs), tuple(recipe for _, recipe in pairs))
        plan = TrainingPlan(
            seed=self.cubes.seed,
            member_count=len(excluded_by(self.generator)),
            trunk_steps=(),
            member_steps=(self.trust.tuning_steps,) * (len(self.generator.phase_names) - 1),
        )
        self.generator = fine_tune_generator(lake, self.generator, before + simulated, plan, progress)

    def predicted_id(self, recipe_id: str) -> str:
        """That of the expectation, unless the simulator drew."""
        return "" if self._is_simulated(recipe_id) else self.expected[recipe_id].predicted_id

    def keeps_voxels(self, recipe_id: str) -> bool:
        """Those of the simulator: the generator learns from them."""
        return self._is_simulated(recipe_id)

    def _is_simulated(self, recipe_id: str) -> bool:
        return recipe_id in self.expected and self.expected[recipe_id].simulated

    def _can_learn(self, recipe_id: str) -> bool:
        """A field that no condition stands for cannot be learned by going on."""
        return not unlearned(self.workspace.lake.get(recipe_id, Recipe), self.generator)


def drawer_of(workspace: Workspace, study: Study) -> Drawer:
    """Who draws the positive electrode's cubes of a study.

    Raises
    ------
    StudyError
        If the generator that draws and its calibration do not belong together.
    """
    if study.trust is None:
        return SimulatorDrawer()
    draw = next(step for step in study.chain.drawn("") if step.stage.takes_seed)
    generator = stored_generator(workspace.lake, draw.inputs[GENERATOR])
    errors = stored_errors(workspace.lake, study.trust.errors, generator)
    return WatchedGeneratorDrawer(workspace, generator, errors, study.trust, _cubes_of(study, draw))


@task("characterise")
def expect(
    address: str, generator_id: str, errors_id: str, materials_id: str, cubes: Cubes, trust: Trust, recipe_id: str
) -> Expectation:
    """The task: how far a generator is expected to be off for one recipe."""
    lake = lake_at(address)
    recipe, generator = lake.get(recipe_id, Recipe), lake.get(generator_id, Generator)
    materials, errors = lake.get(materials_id, Materials), lake.get(errors_id, GeneratorErrors)
    simulates = trust.when_blind == SIMULATE
    if unlike := unlearned(recipe, generator):
        what = f"outside the applicability domain: all training recipes had {unlike}"
        error = "" if simulates else f"{recipe_id[:19]} is not drawn: it is {what}"
        return Expectation(outside=True, statement=what, simulated=simulates, error=error)
    try:
        predicted = expect_errors(lake, generator, errors, recipe, materials, cubes, largest_error=trust.largest_error)
    except StageFailedError as failure:
        return Expectation(error=str(failure))
    return Expectation(
        predicted_id=predicted.id,
        outside=predicted.blind,
        statement=domain_of(recipe, materials, generator, tolerated=errors.blind_distance).statement,
        largest_error=float(predicted.relative_standard_error.max()),
        simulated=predicted.blind and simulates,
        proposal=proposal(recipe, cubes.edge_voxels) if predicted.blind else "",
    )


def proposal(recipe: Recipe, edge_voxels: int) -> str:
    """The command that simulates a recipe, so that a generator can learn from it."""
    told = [
        (f"--{parameter.short.replace('_', '-')} " if parameter.required else f"--set {parameter.short}=")
        + _written(getattr(recipe, name), parameter.unit)
        for name, parameter in Recipe.parameters().items()
        if parameter.required or getattr(recipe, name) != parameter.default
    ]
    return f"ragone generate {' '.join(told)} --edge {edge_voxels} --simulate"


def _written(value: float | str, unit: str) -> str:
    """As a word of the command line."""
    if isinstance(value, str):
        return value
    return f"{value:.6g}" if unit == "1" else f"'{value:.6g} {unit}'"


def _cubes_of(study: Study, draw: Step) -> Cubes:
    """How the study draws and measures its cubes."""
    characterise = study.chain.step(study.chain.last(Transport, among=study.chain.repeated))
    return Cubes(draw, characterise, **study.resolution.size, seed=study.seed)
