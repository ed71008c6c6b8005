"""What draws volume elements: a simulator of which nothing is expected, or a generator whose errors are predicted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import generator_stand_ins
import pytest

from ragone.dataset import Lake
from ragone.flows.design.chain import Step
from ragone.flows.design.evaluation import MeasuredVolumeElement
from ragone.flows.generator import drawer
from ragone.flows.generator.applicability import VolumeElements
from ragone.flows.generator.drawer import GeneratorDrawer, SimulatorDrawer
from ragone.flows.generator.trust import Trust
from ragone.flows.running.seeds import volume_element_seed
from ragone.flows.running.workspace import open_workspace
from ragone.flows.stages import STAGES
from ragone.schemas import Generator, GeneratorErrors, Materials, PredictedErrors, Recipe
from ragone.schemas.materials import NMC_811
from tests.watched import Watched

INSIDE = Recipe(active_material_weight_fraction=0.95, porosity=0.38)
OUTSIDE = Recipe(active_material_weight_fraction=0.95, porosity=0.6, binder_adhesion=0.25)
COARSE = Recipe(active_material_weight_fraction=0.95, porosity=0.38, median_particle_radius_metre=6e-6)
EXTREME = Recipe(active_material_weight_fraction=0.95, porosity=0.95)
SIZE = {"edge_voxels": 8, "voxel_size_metre": 5e-7}

Make = Callable[..., GeneratorDrawer]


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """A lake with some recipes; a stand-in for the simulator, and for fine-tuning."""
    monkeypatch.setitem(STAGES, "manufacture.stand_in", electrode_stand_ins.draw)
    monkeypatch.setattr(drawer, "fine_tune_generator", generator_stand_ins.fine_tune)
    with Lake.open(tmp_path / "lake", create=True) as opened:
        for recipe in (INSIDE, OUTSIDE, COARSE, EXTREME):
            opened.put(recipe)
        yield opened


@pytest.fixture
def watched() -> Watched:
    """What the drawer says while it works."""
    return Watched()


@pytest.fixture
def make(lake: Lake, example: Any, watched: Watched) -> Iterator[Make]:
    """A drawer of the stand-in generator; `out_of_distribution` as in a study."""
    generator_id, errors_id = generator_stand_ins.stored(lake, example("generator"))
    draw = Step("manufacture", generator_stand_ins.generate, inputs={"generator": generator_id})
    elements = VolumeElements(draw, Step("characterise", electrode_stand_ins.measure), **SIZE, seed=7)
    with open_workspace(lake, progress=watched) as workspace:

        def made(**trust: Any) -> GeneratorDrawer:
            errors = lake.get(errors_id, GeneratorErrors)
            generator = lake.get(generator_id, Generator)
            return GeneratorDrawer(workspace, generator, errors, Trust(simulator="stand_in", **trust), elements)

        yield made


def materials(lake: Lake) -> Materials:
    """Return the materials of every recipe here."""
    return lake.get(lake.put(NMC_811), Materials)


def drawn(lake: Lake, step: Step, recipe: Recipe) -> MeasuredVolumeElement:
    """Draw one volume element by a step."""
    seed = volume_element_seed(7, recipe.id, 0)
    made = lake.run(step.stage, recipe=recipe.id, materials=materials(lake).id, **SIZE, seed=seed, **step.inputs)
    return MeasuredVolumeElement({"manufacture": made.id})


def runs(lake: Lake, stage: str = "%") -> int:
    """Completed runs of a stage."""
    found = lake.sql(f"SELECT count(*) AS n FROM runs WHERE outcome = 'completed' AND stage LIKE '{stage}'")
    return int(found["n"].item())


def test_nothing_is_expected_of_a_simulator() -> None:
    """It draws with the study's own step, learns nothing, and its voxels are of no further use."""
    step, simulator = Step("manufacture", electrode_stand_ins.draw), SimulatorDrawer()
    assert simulator.prepare([INSIDE], NMC_811) == {}
    assert simulator.step_for(step, INSIDE.id) is step
    assert simulator.predicted_id(INSIDE.id) == simulator.generator_id == ""
    assert not simulator.keeps_voxels(INSIDE.id)


def test_a_recipe_outside_is_flagged_and_drawn_all_the_same(lake: Lake, make: Make, watched: Watched) -> None:
    """With the statement, the command that simulates it, and the errors that its volumes carry."""
    subject = make()
    found = subject.prepare([INSIDE, OUTSIDE], materials(lake))
    assert [found[recipe.id].outside for recipe in (INSIDE, OUTSIDE)] == [False, True]
    assert found[INSIDE.id].proposal == ""
    assert found[OUTSIDE.id].proposal == (
        "ragone generator draw --active-material-weight-fraction 0.95 --porosity 0.6 --set binder_adhesion=0.25 "
        "--edge 8 --simulate"
    )
    assert "outside" in found[OUTSIDE.id].statement
    assert any(found[OUTSIDE.id].statement in text for text in watched.texts)
    assert found[OUTSIDE.id].largest_error > found[INSIDE.id].largest_error > 0
    for recipe in (INSIDE, OUTSIDE):
        predicted = lake.get(subject.predicted_id(recipe.id), PredictedErrors)
        assert (predicted.generator_id, predicted.errors_id) == (subject.generator_id, subject.errors.id)
        step = subject.step_for(subject.elements.draw, recipe.id)
        assert step.inputs == {"generator": subject.generator_id}
        assert not subject.keeps_voxels(recipe.id)
    before = subject.generator_id
    subject.learn({recipe.id: [drawn(lake, subject.step_for(step, recipe.id), recipe)] for recipe in (INSIDE, OUTSIDE)})
    assert subject.generator_id == before


def test_a_recipe_outside_is_simulated_and_learned_from(lake: Lake, make: Make, watched: Watched) -> None:
    """Its voxels are kept, no generator's error is carried along, and the fine-tuned generator draws from then on."""
    subject = make(out_of_distribution="simulate")
    found = subject.prepare([INSIDE, OUTSIDE], materials(lake))
    assert [found[recipe.id].simulated for recipe in (INSIDE, OUTSIDE)] == [False, True]
    step = subject.step_for(subject.elements.draw, OUTSIDE.id)
    assert step.stage is electrode_stand_ins.draw
    assert subject.predicted_id(OUTSIDE.id) == ""
    assert subject.keeps_voxels(OUTSIDE.id)
    before, element = subject.generator, drawn(lake, step, OUTSIDE)
    inside = drawn(lake, subject.step_for(subject.elements.draw, INSIDE.id), INSIDE)
    subject.learn({OUTSIDE.id: [element, MeasuredVolumeElement(error="could not be drawn")], INSIDE.id: [inside]})
    assert subject.generator.trained_on == (*before.trained_on, element.ids["manufacture"])
    assert "tuning the stand-in" in watched.texts
    assert subject.step_for(subject.elements.draw, INSIDE.id).inputs == {"generator": subject.generator_id}
    assert subject.generator_id != before.id
    again = subject.prepare([OUTSIDE], materials(lake))[OUTSIDE.id]
    assert not again.outside
    assert not subject.keeps_voxels(OUTSIDE.id)


def test_particles_that_were_never_varied_are_outside(lake: Lake, make: Make) -> None:
    """They are no condition of the generator: the simulator draws, without being learned from, or nothing does."""
    flagged = make().prepare([COARSE], materials(lake))[COARSE.id]
    assert flagged.outside
    assert "median_particle_radius_metre = 4e-06" in flagged.error
    subject = make(out_of_distribution="simulate")
    assert subject.prepare([COARSE], materials(lake))[COARSE.id].error == ""
    step = subject.step_for(subject.elements.draw, COARSE.id)
    assert step.stage is electrode_stand_ins.draw
    before = subject.generator_id
    subject.learn({COARSE.id: [drawn(lake, step, COARSE)]})
    assert subject.generator_id == before


def test_a_recipe_that_cannot_be_drawn_says_why(lake: Lake, make: Make) -> None:
    """The other recipes of the batch go on."""
    found = make(out_of_distribution="simulate").prepare([EXTREME, INSIDE], materials(lake))
    assert "next to nothing to draw" in found[EXTREME.id].error
    assert found[INSIDE.id].error == ""


@pytest.mark.parametrize("action", ["flag", "simulate"])
def test_running_again_computes_nothing(lake: Lake, make: Make, action: str) -> None:
    """Expectations and fine-tuning included; the small volumes' voxels are gone by then."""
    kept = []
    for _ in range(2):
        subject = make(out_of_distribution=action)
        subject.prepare([INSIDE, OUTSIDE], materials(lake))
        subject.learn({OUTSIDE.id: [drawn(lake, subject.step_for(subject.elements.draw, OUTSIDE.id), OUTSIDE)]})
        kept.append((runs(lake), subject.generator_id))
    assert kept[0] == kept[1]
    assert runs(lake, "stand_in.tune") == (action == "simulate")
    assert runs(lake, "stand_in.generate") == 8 + (action == "flag")
    held = [i for i in lake.sql("SELECT id FROM microstructures")["id"] if lake.holds(i)]
    assert len(held) == 5


def test_a_stricter_study_trusts_less(lake: Lake, make: Make) -> None:
    """An expected error beyond the largest tolerated counts as outside."""
    found = make(largest_error=0.01).prepare([INSIDE], materials(lake))[INSIDE.id]
    assert found.outside
    assert "inside the applicability domain" in found.statement
