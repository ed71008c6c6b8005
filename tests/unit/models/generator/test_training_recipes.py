"""Which recipes the simulator draws for a training."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ragone.models.generator.training_recipes import training_recipes
from ragone.schemas import Recipe

SPACE = {
    "active_material_weight_fraction": (0.9, 0.98),
    "porosity": (0.2, 0.6),
    "median_particle_radius_metre": (2e-6, 6e-6),
    "binder_adhesion": (0.3, 0.3),
}
FREE = list(SPACE)[:3]


def places() -> np.ndarray:
    """In the unit cube, corners first; shape (recipes, 3)."""
    low, high = np.array([SPACE[name] for name in FREE]).T
    rows = np.array([[getattr(recipe, name) for name in FREE] for recipe in training_recipes(SPACE)])
    return (rows - low) / (high - low)


def test_all_corners_are_shown_and_thirteen_places_inside():
    """Of three free fields; the first place inside is the centre. What is not free or not named is the same in all."""
    found = places()
    assert {tuple(np.round(row, 9)) for row in found[:8]} == set(itertools.product((0.0, 1.0), repeat=3))
    assert len(found) == 21
    assert found[8] == pytest.approx([0.5] * 3)
    assert {recipe.binder_adhesion for recipe in training_recipes(SPACE)} == {0.3}
    default = Recipe(active_material_weight_fraction=0.9, porosity=0.5).particle_radius_spread
    assert {recipe.particle_radius_spread for recipe in training_recipes(SPACE)} == {default}


def test_inside_every_value_is_another_and_they_cover_the_range():
    """No two share the value of a field; no gap is wider than a fifth of the range, the corners counted."""
    found = places()
    for column in found.T:
        assert len(set(column[8:])) == 13
        assert np.diff(np.sort(column)).max() < 0.2
        assert 0 < column[8:].min() < column[8:].max() < 1


def test_no_two_fields_move_together():
    """So that no response is mistaken for another."""
    related = np.corrcoef(places()[8:].T)
    assert np.abs(related - np.eye(3)).max() < 0.35


@pytest.mark.parametrize(("free", "count"), [(2, 9), (1, 4), (0, 1)])
def test_fixed_fields_have_no_corners(free, count):
    """Fewer free fields, fewer recipes; none leaves one."""
    space = {name: ends if place < free else (ends[0], ends[0]) for place, (name, ends) in enumerate(SPACE.items())}
    assert len(training_recipes(space)) == count
