"""Which recipes the simulator draws for a training."""

from __future__ import annotations

from collections import Counter

import pytest

from flows.training_volumes import training_recipes

LOADING = "mass_loading_kilogram_per_square_metre"


def test_corners_edges_and_centre_show_five_values_of_each_condition():
    """Of three free fields: 8 corners, 12 edges, the centre; as many from the low end as from the high one."""
    recipes = training_recipes({"a": (0.0, 1.0), "b": (2.0, 4.0), "c": (10.0, 50.0), LOADING: (0.1, 0.3)})
    assert len({tuple(recipe.items()) for recipe in recipes}) == len(recipes) == 21
    for name, low, high in (("a", 0.0, 1.0), ("b", 2.0, 4.0), ("c", 10.0, 50.0)):
        counts = Counter(round((recipe[name] - low) / (high - low), 9) for recipe in recipes)
        assert counts == {0.0: 8, 0.25: 2, 0.5: 1, 0.75: 2, 1.0: 8}
    assert {recipe[LOADING] for recipe in recipes} == {0.2}


def test_the_quarters_are_not_all_on_one_side():
    """Along no pair of conditions do they line up, so that no response is mistaken for another."""
    recipes = training_recipes({"a": (-1.0, 1.0), "b": (-1.0, 1.0), "c": (-1.0, 1.0)})
    for one, other in (("a", "b"), ("a", "c"), ("b", "c")):
        assert sum(recipe[one] * recipe[other] for recipe in recipes) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("space", "count"), [({"a": (0.0, 1.0), "b": (1.0, 2.0)}, 9), ({"a": (0.0, 1.0)}, 4), ({"a": (3.0, 3.0)}, 1)]
)
def test_fixed_fields_are_no_edges(space, count):
    """Fewer free fields have fewer corners; none leaves one recipe."""
    assert len(training_recipes(space)) == count
