"""Training in stretches: resumed it gives the same weights; bad volumes are refused; something is learned."""

from __future__ import annotations

import numpy as np
import pytest
from volumes_of_spheres import (
    MIDDLE,
    VOXEL,
    labelled,
    packed,
    small_generator,
    training_volumes,
)

from ragone.models.generator import assemble_generator, left_out, take_apart, train_steps
from ragone.models.generator.errors import TrainingSetError
from ragone.models.generator.fields import distance_field, repeats
from ragone.models.generator.training_set import TrainingSet
from ragone.models.generator.weights import from_bytes
from ragone.schemas import Microstructure, Recipe

HOW = {"phase": 1, "member": -1, "left_out": (), "fall_from": 2, "fall_to": 8, "seed": 11, "width": 8}


@pytest.mark.parametrize("phase", [1, 2])
def test_a_training_in_stretches_gives_the_same_weights(phase):
    """Four steps at once, and two and two with everything stored in between: equal to the last bit."""
    volumes, recipes = training_volumes()
    how = {**HOW, "phase": phase}
    whole = train_steps(volumes, recipes, step_count=4, **how)
    first = train_steps(volumes, recipes, step_count=2, **how)
    second = train_steps(volumes, recipes, first, step_count=2, **how)
    assert second.step == whole.step == 4
    found, expected = (from_bytes(state.weights, "phase_by_phase_training")[0] for state in (second, whole))
    assert found.keys() == expected.keys()
    assert all(bool((found[name] == expected[name]).all()) for name in expected)


def test_another_seed_gives_other_weights():
    """What would make the test above pass for nothing."""
    volumes, recipes = training_volumes()
    first, second = (train_steps(volumes, recipes, step_count=2, **{**HOW, "seed": seed}) for seed in (1, 2))
    assert first.weights != second.weights


@pytest.mark.parametrize("phase", [1, 2])
def test_the_loss_falls(phase):
    """Sixty steps lower it by a good part, warming up included; means over twenty, which crops and noise sway."""
    volumes, recipes = training_volumes()
    how = {**HOW, "phase": phase, "fall_from": 60, "fall_to": 400, "learning_rate": 1e-2, "width": 16}
    first = train_steps(volumes, recipes, step_count=20, **how)
    later = train_steps(volumes, recipes, first, step_count=40, **how)
    last = train_steps(volumes, recipes, later, step_count=20, **how)
    assert last.training_loss[-1] < 0.9 * last.training_loss[0]


def test_members_share_the_trunk_and_differ_in_the_rest():
    """A member's last layers are its own; what it took from the trunk is stored once."""
    tensors, _ = from_bytes(small_generator().weights, "phase_by_phase")
    owners = {name.split(".")[1] for name in tensors}
    assert owners == {"trunk", "member0", "member1"}
    name = "phase1.member{}.up.1.1.first.weight"
    assert not bool((tensors[name.format(0)] == tensors[name.format(1)]).all())


def test_every_corner_is_left_out_by_exactly_one_member():
    """Of the twenty-one recipes the eight corners, opposite ones together."""
    volumes, recipes = training_volumes()
    folds = left_out(TrainingSet(volumes, recipes).conditions, 4)
    out = sorted(index for fold in folds for index in fold)
    corners = [n for n, d in enumerate(recipes) if d.porosity in (0.28, 0.45) and d.binder_adhesion in (0.0, 1.0)]
    corners = [n for n in corners if recipes[n].active_material_weight_fraction in (0.92, 0.97)]
    assert out == corners
    assert all(len(fold) == 2 for fold in folds)
    assert all(recipes[a].binder_adhesion != recipes[b].binder_adhesion for a, b in folds)


def test_with_few_volumes_nothing_is_left_out():
    """Each member then sees all there is."""
    assert left_out(np.array([[0.5], [0.6], [0.7]]), 4) == ((), (), (), ())


def test_a_generator_goes_on_from_itself():
    """Taken apart and trained for no step's time it is what it was, to the rounding of what is stored."""
    volumes, recipes = training_volumes()
    generator = small_generator()
    states = tuple(take_apart(generator, phase=phase, member=member) for phase in (1, 2) for member in (0, 1))
    again = assemble_generator(volumes, recipes, states, left_out=((), ()), seed=0)
    found, expected = (from_bytes(one.weights, "phase_by_phase")[0] for one in (again, generator))
    assert all(bool((found[name] == expected[name]).all()) for name in expected)
    tuned = train_steps(volumes, recipes, states[0], step_count=1, **{**HOW, "member": 0})
    assert tuned.member == 0
    assert tuned.step == 1


class TestRefusals:
    """Volumes that no generator can learn from together."""

    def refused(self, volumes: list[Microstructure], recipes: list[Recipe], message: str) -> None:
        """The training set is refused with that message."""
        with pytest.raises(TrainingSetError, match=message):
            TrainingSet(volumes, recipes)

    def test_one_volume(self):
        """A single volume shows no difference between recipes."""
        self.refused([packed(MIDDLE, 0)], [MIDDLE], "too few")

    def test_other_voxels(self):
        """All volumes have one voxel size."""
        labels = packed(MIDDLE, 0).labels
        names = ("pore", "active_material", "carbon_binder")
        volumes = [labelled(labels, VOXEL, names), labelled(labels, 2 * VOXEL, names)]
        self.refused(volumes, [], "Resample")

    def test_other_phases(self):
        """All volumes have one phase map."""
        labels = packed(MIDDLE, 0).labels
        volumes = [
            labelled(labels, VOXEL, ("pore", "active_material", "carbon_binder")),
            labelled(labels, VOXEL, ("pore", "carbon_binder", "active_material")),
        ]
        self.refused(volumes, [], "one phase map")

    def test_a_constant_volume(self):
        """A volume of one phase shows nothing of the others."""
        self.refused([labelled(np.zeros((16, 16, 16))), labelled(np.ones((16, 16, 16)))], [], "nothing to learn")

    def test_recipes_that_are_too_few(self):
        """Recipes are parallel to volumes."""
        self.refused([packed(MIDDLE, 0), packed(MIDDLE, 1)], [MIDDLE], "a recipe for each")


class TestFields:
    """The signed distance that stands for a phase."""

    def test_a_sphere_has_its_distance(self):
        """Negative outside, positive inside, zero at the surface, to within half a voxel."""
        place = np.stack(np.meshgrid(*[np.arange(32) - 15.5] * 3, indexing="ij"))
        radius = np.sqrt((place**2).sum(axis=0))
        field = distance_field(radius < 10, 4.0, periodic=False)
        near = np.abs(radius - 10) < 6
        assert np.abs(4.0 * np.arctanh(field[near].astype(float)) - (10 - radius[near])).max() < 0.75

    def test_only_a_periodic_volume_goes_on_at_its_faces(self):
        """A packing repeats itself; a part of it does not."""
        labels = packed(MIDDLE, 0, edge=48).labels
        assert repeats(labels)
        assert not repeats(labels[:40, :40, :40])
