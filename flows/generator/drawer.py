"""What draws the volume elements of a study: a simulator, or a generator whose errors are predicted.

The errors of a generator are predicted before it draws. A recipe that is out of distribution is flagged, or drawn by a
simulator instead, from which the generator learns before the next batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ragone.dataset.errors import StageFailedError
from ragone.flows.design.chain import MANUFACTURE, Step
from ragone.flows.design.evaluation import MeasuredVolumeElement
from ragone.flows.design.study import Study
from ragone.flows.generator.applicability import VolumeElements, domain_of, expect_errors
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
from ragone.models.generator.trust import excluded_volumes
from ragone.schemas import Generator, GeneratorErrors, Materials, Recipe, Transport

GENERATOR = "generator"


@dataclass(frozen=True)
class Expectation:
    """The errors that are expected of a generator for a recipe, before it draws it.

    `outside` says that the recipe is outside of its applicability domain, `simulated` that a simulator draws it
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
    """Draws the volume elements of recipes, batch after batch; recipes are named by their ids."""

    @property
    def generator_id(self) -> str:
        """Return the id of the generator that draws now; empty if a simulator does."""

    def prepare(self, recipes: Sequence[Recipe], materials: Materials) -> Mapping[str, Expectation]:
        """Return what is expected of a generator before it draws the recipes; empty for a simulator."""

    def step_for(self, step: Step, recipe_id: str) -> Step:
        """Return the step that draws the volume elements of a recipe in place of the study's own."""

    def learn(self, elements: Mapping[str, Sequence[MeasuredVolumeElement]]) -> None:
        """Learn from the volume elements of a batch, by recipe."""

    def predicted_id(self, recipe_id: str) -> str:
        """Return the id of the expected errors of a recipe's volume elements; empty if a simulator drew them."""

    def keeps_voxels(self, recipe_id: str) -> bool:
        """Return whether the voxels of a recipe are still needed once they are measured."""


class SimulatorDrawer:
    """The study's own step draws, and nothing is expected of it."""

    generator_id = ""

    def prepare(self, recipes: Sequence[Recipe], materials: Materials) -> Mapping[str, Expectation]:
        """Return nothing."""
        return {}

    def step_for(self, step: Step, recipe_id: str) -> Step:
        """Return the step as it is."""
        return step

    def learn(self, elements: Mapping[str, Sequence[MeasuredVolumeElement]]) -> None:
        """Learn nothing."""

    def predicted_id(self, recipe_id: str) -> str:
        """Return no id."""
        return ""

    def keeps_voxels(self, recipe_id: str) -> bool:
        """Return that they are not needed."""
        return False


@dataclass
class GeneratorDrawer:
    """A generator with its calibration; `trust` says what is done about its errors, `elements` how it draws."""

    workspace: Workspace
    generator: Generator
    errors: GeneratorErrors
    trust: Trust
    elements: VolumeElements
    expected: dict[str, Expectation] = field(default_factory=dict)

    @property
    def generator_id(self) -> str:
        """Return the id of the generator as it is after what it learned."""
        return self.generator.id

    def prepare(self, recipes: Sequence[Recipe], materials: Materials) -> Mapping[str, Expectation]:
        """Return expected errors of the generator as it is now; progress receives what is out of distribution."""
        progress = self.workspace.progress
        progress.step(f"expecting the generator's errors for {len(recipes)} recipes")
        terms = (self.generator.id, self.errors.id, materials.id, self.elements, self.trust)
        calls = [(*terms, recipe.id) for recipe in recipes]
        found = self.workspace.run(expect, calls, lambda *_: None)
        batch = {recipe.id: expectation for recipe, expectation in zip(recipes, found, strict=True)}
        for recipe_id, expectation in batch.items():
            if expectation.outside:
                progress.step(f"{recipe_id[:19]} is {expectation.statement}")
        self.expected |= batch
        return batch

    def step_for(self, step: Step, recipe_id: str) -> Step:
        """Return the step of the generator as it is now, or of the simulator."""
        if self._is_simulated(recipe_id):
            return Step(step.role, stage_named(f"{MANUFACTURE}.{self.trust.simulator}"))
        return replace(step, inputs={**step.inputs, GENERATOR: self.generator.id})

    def learn(self, elements: Mapping[str, Sequence[MeasuredVolumeElement]]) -> None:
        """Fine-tune the generator on what the simulator drew, besides what it was trained on."""
        pairs = [
            (element.ids[self.elements.draw.role], recipe_id)
            for recipe_id, measured in elements.items()
            if self._is_simulated(recipe_id) and self._can_learn(recipe_id)
            for element in measured
            if self.elements.draw.role in element.ids
        ]
        if not pairs:
            return
        lake, progress = self.workspace.lake, StepsOf(self.workspace.progress)
        progress.step(f"learning from {len(pairs)} volumes of recipes outside of the applicability domain")
        before = volumes_of(lake, self.generator, self.trust.training, progress)
        simulated = TrainingVolumes(tuple(volume for volume, _ in pairs), tuple(recipe for _, recipe in pairs))
        plan = TrainingPlan(
            seed=self.elements.seed,
            member_count=len(excluded_volumes(self.generator)),
            trunk_steps=(),
            member_steps=(self.trust.tuning_steps,) * (len(self.generator.phase_names) - 1),
        )
        self.generator = fine_tune_generator(lake, self.generator, before + simulated, plan, progress)

    def predicted_id(self, recipe_id: str) -> str:
        """Return the id of the expected errors, unless the simulator drew."""
        return "" if self._is_simulated(recipe_id) else self.expected[recipe_id].predicted_id

    def keeps_voxels(self, recipe_id: str) -> bool:
        """Return whether the simulator drew: the generator learns from those."""
        return self._is_simulated(recipe_id)

    def _is_simulated(self, recipe_id: str) -> bool:
        return recipe_id in self.expected and self.expected[recipe_id].simulated

    def _can_learn(self, recipe_id: str) -> bool:
        """Return whether every field of the recipe is a condition; no other can be learned by fine-tuning."""
        return not unlearned(self.workspace.lake.get(recipe_id, Recipe), self.generator)


def drawer_of(workspace: Workspace, study: Study) -> Drawer:
    """Return what draws the positive electrode's volume elements of a study.

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
    return GeneratorDrawer(workspace, generator, errors, study.trust, _elements_of(study, draw))


@task("characterise")
def expect(
    address: str,
    generator_id: str,
    errors_id: str,
    materials_id: str,
    elements: VolumeElements,
    trust: Trust,
    recipe_id: str,
) -> Expectation:
    """Return, as a task, what is expected of a generator for one recipe."""
    lake = lake_at(address)
    recipe, generator = lake.get(recipe_id, Recipe), lake.get(generator_id, Generator)
    materials, errors = lake.get(materials_id, Materials), lake.get(errors_id, GeneratorErrors)
    simulates = trust.out_of_distribution == SIMULATE
    if unlike := unlearned(recipe, generator):
        what = f"outside the applicability domain: all training recipes had {unlike}"
        error = "" if simulates else f"{recipe_id[:19]} is not drawn: it is {what}"
        return Expectation(outside=True, statement=what, simulated=simulates, error=error)
    try:
        predicted = expect_errors(
            lake, generator, errors, recipe, materials, elements, largest_error=trust.largest_error
        )
    except StageFailedError as failure:
        return Expectation(error=str(failure))
    return Expectation(
        predicted_id=predicted.id,
        outside=predicted.out_of_distribution,
        statement=domain_of(recipe, materials, generator, distance=errors.domain_distance).statement,
        largest_error=float(predicted.relative_standard_error.max()),
        simulated=predicted.out_of_distribution and simulates,
        proposal=proposal(recipe, elements.edge_voxels) if predicted.out_of_distribution else "",
    )


def proposal(recipe: Recipe, edge_voxels: int) -> str:
    """Return the command that simulates a recipe, so that a generator can learn from it."""
    options = [
        (f"--{parameter.short.replace('_', '-')} " if parameter.required else f"--set {parameter.short}=")
        + _written(getattr(recipe, name), parameter.unit)
        for name, parameter in Recipe.parameters().items()
        if parameter.required or getattr(recipe, name) != parameter.default
    ]
    return f"ragone generator draw {' '.join(options)} --edge {edge_voxels} --simulate"


def _written(value: float | str, unit: str) -> str:
    """Return a value as a word of the command line."""
    if isinstance(value, str):
        return value
    return f"{value:.6g}" if unit == "1" else f"'{value:.6g} {unit}'"


def _elements_of(study: Study, draw: Step) -> VolumeElements:
    """Return how the study draws and measures its volume elements."""
    characterise = study.chain.step(study.chain.last(Transport, among=study.chain.repeated))
    return VolumeElements(draw, characterise, **study.resolution.size, seed=study.seed)
