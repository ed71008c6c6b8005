"""Which recipes the simulator draws for a training."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from flows.generator.training_volumes import training_recipes

LOADING = "mass_loading_kilogram_per_square_metre"
SPACE = {"a": (0.0, 1.0), "b": (2.0, 4.0), "c": (10.0, 50.0), LOADING: (0.1, 0.3)}


def places() -> np.ndarray:
    """In the unit cube, corners first; shape (recipes, 3)."""
    rows = [
        [(recipe[n] - SPACE[n][0]) / (SPACE[n][1] - SPACE[n][0]) for n in "abc"] for recipe in training_recipes(SPACE)
    ]
    return np.array(rows)


def test_all_corners_are_shown_and_thirteen_places_inside():
    """Of three free fields; the first place inside is the centre, the loading stays at its middle."""
    found = places()
    assert {tuple(row) for row in found[:8]} == set(itertools.product((0.0, 1.0), repeat=3))
    assert len(found) == 21
    assert found[8] == pytest.approx([0.5] * 3)
    assert {recipe[LOADING] for recipe in training_recipes(SPACE)} == {0.2}


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


@pytest.mark.parametrize(
    ("space", "count"), [({"a": (0.0, 1.0), "b": (1.0, 2.0)}, 9), ({"a": (0.0, 1.0)}, 4), ({"a": (3.0, 3.0)}, 1)]
)
def test_fixed_fields_have_no_corners(space, count):
    """Fewer free fields, fewer recipes; none leaves one."""
    assert len(training_recipes(space)) == count
