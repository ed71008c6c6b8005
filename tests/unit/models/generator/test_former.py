"""Stages as earlier versions called them give what they gave: the present ones with a design's recipe and materials."""

from __future__ import annotations

from functools import partial

import pytest
from volumes_of_spheres import MIDDLE, VOXEL, small_generator, training_volumes

import ragone.models.former.generator as former
from ragone.models.generator import assemble_generator, draw_microstructure, take_apart, train_slices, train_steps
from ragone.models.generator.shipped import default_errors, default_generator
from ragone.models.generator.trust import calibration_points, fit_errors, predict_errors
from ragone.schemas import Design, Recipe, Stage
from ragone.schemas.entry_points import present_entry_point
from ragone.schemas.materials import NMC_811

SIZE = {"edge_voxels": 16, "voxel_size_metre": VOXEL, "seed": 5}


def design(recipe: Recipe) -> Design:
    """What a recipe was called."""
    names = ("active_material_weight_fraction", "porosity", "binder_adhesion")
    return Design(**{n: getattr(recipe, n) for n in names}, mass_loading_kilogram_per_square_metre=0.2)


@pytest.mark.parametrize("changes", [{}, {"constrained": False, "member": 1}, {"sampling_steps": 2}])
def test_a_design_is_drawn_as_its_recipe(changes):
    """To the last voxel, and every parameter is handed on."""
    found = former.draw_microstructure(design(MIDDLE), small_generator(), **SIZE, **changes)
    assert found.id == draw_microstructure(MIDDLE, NMC_811, small_generator(), **SIZE, **changes).id
    plain = draw_microstructure(MIDDLE, NMC_811, small_generator(), **SIZE)
    assert (found.id == plain.id) == (not changes)


def test_trainings_on_designs_are_those_on_recipes():
    """Stretches, generators of both kinds; those name the ids that they were given."""
    volumes, recipes = training_volumes()
    designs = tuple(map(design, recipes))
    how = {"phase": 1, "member": -1, "left_out": (), "step_count": 1, "fall_from": 2, "fall_to": 8, "seed": 11}
    now, then = train_steps(volumes, recipes, width=8, **how), former.train_steps(volumes, designs, width=8, **how)
    assert now.id == then.id
    states = tuple(take_apart(small_generator(), phase=phase, member=member) for phase in (1, 2) for member in (0, 1))
    ids = tuple(volume.id for volume in volumes)
    shares = {"left_out": ((), ()), "seed": 0}
    assembled = former.assemble_generator(volumes, designs, states, volume_ids=ids, **shares)
    assert assembled.id == assemble_generator(volumes, recipes, states, **shares).id
    named = former.assemble_generator(volumes, designs, states, volume_ids=("microstructure-ab",), **shares)
    assert named.trained_on == ("microstructure-ab",)


def test_errors_are_predicted_for_a_design_as_for_its_recipe(example):
    """And carry the ids that they were given."""
    generator, errors, transports = default_generator(), default_errors(), (example("transport"),)
    given = {"generator_id": generator.id, "errors_id": errors.id}
    found = former.predict_errors(design(MIDDLE), generator, errors, transports, **given)
    assert found.id == predict_errors(MIDDLE, NMC_811, generator, errors, transports).id
    other = former.predict_errors(design(MIDDLE), generator, errors, transports, generator_id="a", errors_id="b")
    assert (other.generator_id, other.errors_id) == ("a", "b")


def test_errors_are_fitted_as_they_were(example):
    """And carry the id that they were given."""
    generator, transport = default_generator(), example("transport")
    points = calibration_points(generator)
    measured = ((transport,) * len(points),) * 3
    shared = {"volumes": tuple(v for v, _ in points), "members": tuple(m for _, m in points)}
    fitted = fit_errors(generator, *measured, **shared, domain_distance=0.1)
    then = partial(former.fit_errors, generator, *measured, **shared, blind_distance=0.1)
    assert then(generator_id=generator.id).id == then().id == fitted.id
    assert then(generator_id="a").generator_id == "a"


@pytest.mark.parametrize(
    "stage", [draw_microstructure, train_steps, assemble_generator, train_slices, fit_errors, predict_errors]
)
def test_what_a_run_was_given_tells_which_of_the_two_made_it(stage: Stage):
    """Former roles lead to the former stage; present ones to whichever takes them all."""
    then = getattr(former, stage.function.__name__)
    assert present_entry_point(stage.entry_point, [*then.ports, *then.parameters]) == then.entry_point
    given = {*stage.ports, *stage.parameters}
    found = present_entry_point(stage.entry_point, given)
    taken = then if found == then.entry_point else stage
    assert given <= {*taken.ports, *taken.parameters}
