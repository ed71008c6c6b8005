"""Samples of volumes that are known to be alike, or unlike in one way."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from ragone.pipelines.fidelity import (
    METRIC_NAMES,
    FidelityInputError,
    VolumeMeasures,
    compare_measures,
    compare_volumes,
    measure_labels,
)
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Recipe
from ragone.schemas.materials import NMC_811

VOXEL = 8e-7
EDGE = 40
NAMES = ("active_material_weight_fraction", "porosity", "binder_adhesion")
RECIPES = ((0.93, 0.32, 0.2), (0.96, 0.42, 0.3), (0.955, 0.33, 0.8), (0.935, 0.42, 0.7), (0.945, 0.36, 0.5))
REPEATS = 499
RARE = 2 / (1 + REPEATS)


@cache
def packed(condition: int, seed: int) -> np.ndarray:
    """Labels of a packing; every seed of every condition is its own."""
    recipe = Recipe.build(dict(zip(NAMES, RECIPES[condition], strict=True)))
    made = pack_particles(recipe, NMC_811, edge_voxels=EDGE, voxel_size_metre=VOXEL, seed=1000 * condition + seed)
    return made.labels


@cache
def measured(first: int, count: int = 3) -> list[list[VolumeMeasures]]:
    """Volumes of all recipes, from a seed on."""
    seeds = range(first, first + count)
    return [[measure_labels(packed(c, s), VOXEL) for s in seeds] for c in range(len(RECIPES))]


def compared(sample, real=None):
    """Against the real ones."""
    return compare_measures(real or measured(0), sample, recipe_names=NAMES, recipes=RECIPES, repeats=REPEATS)


def altered(change) -> list[list[VolumeMeasures]]:
    """Real volumes of other seeds, changed."""
    return [[measure_labels(change(packed(c, s)), VOXEL) for s in range(50, 52)] for c in range(len(RECIPES))]


def of(record, field: str, metric: str) -> float:
    """One number of a record."""
    return float(getattr(record, field)[record.metric_names.index(metric)])


def test_an_absent_phase_has_no_percolating_part_and_no_chords():
    """Without carbon-binder its fraction and areas are 0, but what is a part or a mean of it is no number."""
    labels = packed(0, 0)
    numbers = measure_labels(np.where(labels == 2, 0, labels).astype(np.uint8), VOXEL).numbers()
    missing = {name for name, value in numbers.items() if "carbon_binder" in name and np.isnan(value)}
    assert missing == {
        "carbon_binder_percolating_fraction",
        "mean_chord_through_plane_carbon_binder",
        "mean_chord_in_plane_carbon_binder",
    }
    assert numbers["carbon_binder_fraction"] == numbers["pore_carbon_binder_area"] == 0
    assert numbers["pore_percolating_fraction"] > 0.9


def test_real_volumes_beside_real_ones_are_within_noise():
    """No metric and no curve differs by more than chance; spreads and responses are about those of the first set."""
    found = compared(measured(20))
    assert found.chance.min() > RARE
    assert found.curve_chance.min() > RARE
    assert np.median(found.error / np.maximum(found.error_expected, 1e-9)) < 2
    ratios = found.spread_ratios()
    assert 0.7 < np.nanmedian(ratios) < 1.4
    slope, error = found.slope_ratios()
    known = np.abs(found.real_slope) > 6 * found.real_slope_standard_error
    known &= found.real_slope_standard_error > 0
    assert known.sum() > 5
    assert (np.abs(slope - 1)[known] < 5 * error[known]).all()


def test_grown_active_material_is_seen_in_its_rows():
    """A layer of pore turned to active material: fractions, pore area and tortuosity tell."""

    def grow(labels: np.ndarray) -> np.ndarray:
        solid = labels == 1
        grown = np.logical_or.reduce([np.roll(solid, step, axis) for axis in range(3) for step in (1, -1)])
        return np.where(grown & (labels == 0), 1, labels).astype(np.uint8)

    found = compared(altered(grow))
    assert of(found, "chance", "active_material_fraction") <= RARE
    assert of(found, "bias", "active_material_fraction") > 0.03
    assert of(found, "bias", "pore_tortuosity_factor_axis_0") > 0
    assert of(found, "chance", "carbon_binder_fraction") == 1.0


def test_shuffled_blocks_are_seen_although_the_fractions_are_right():
    """Blocks dealt anew keep the fractions; areas, chords and correlations tell."""

    def shuffle(labels: np.ndarray) -> np.ndarray:
        n = EDGE // 8
        blocks = labels.reshape(n, 8, n, 8, n, 8).transpose(0, 2, 4, 1, 3, 5).reshape(n**3, 8, 8, 8)
        dealt = np.random.default_rng(int(labels.sum())).permutation(blocks)
        return np.ascontiguousarray(dealt.reshape(n, n, n, 8, 8, 8).transpose(0, 3, 1, 4, 2, 5).reshape(labels.shape))

    found = compared(altered(shuffle))
    assert of(found, "chance", "pore_fraction") == 1.0
    assert of(found, "chance", "pore_area") <= RARE
    assert of(found, "bias", "pore_area") > 0.1
    assert found.curve_chance[found.curve_names.index("two_point_correlation_active_material")] < 0.01


def test_one_and_the_same_volume_has_no_spread():
    """A generator that draws one volume per recipe: the spread between seeds tells."""
    found = compared([[group[0]] * 3 for group in measured(20)])
    assert np.nanmax(found.spread_ratios()) < 1e-6


def test_a_generator_that_does_not_hear_has_no_response():
    """The volumes of one recipe for all recipes: slopes over real slopes are near zero."""
    deaf = [measured(20)[4] for _ in RECIPES]
    ratio, _ = compared(deaf).slope_ratios()
    place = METRIC_NAMES.index("pore_active_material_area")
    assert abs(ratio[NAMES.index("binder_adhesion"), place]) < 1e-9


def test_no_recipes_no_response():
    """Volumes of one condition: everything but slopes."""
    real, sample = [measured(0)[0]], [measured(20)[0]]
    found = compare_measures(real, sample, repeats=19)
    assert found.response_names == ()
    assert found.slope.shape == (0, len(METRIC_NAMES))
    assert found.recipes.shape == (1, 0)


def test_numbers_that_are_missing_are_counted():
    """Pores that do not cross have no tortuosity factor; the others are compared without them."""
    closed = packed(0, 0).copy()
    closed[20] = 1
    sample = [[measure_labels(closed, VOXEL), *measured(20)[0][1:]]]
    found = compare_measures([measured(0)[0]], sample, repeats=19)
    place = METRIC_NAMES.index("pore_tortuosity_factor_axis_0")
    assert found.count[0, place] == 2
    assert found.volume_count[0] == 3


def test_equal_inputs_give_equal_records():
    """Deals and resampling have a seed."""
    first, again = (compared(measured(20)) for _ in range(2))
    assert np.array_equal(first.curve_chance, again.curve_chance)
    assert np.array_equal(first.curve_error_standard_error, again.curve_error_standard_error)


def test_lists_that_do_not_match_are_refused():
    """Each refusal says what was given."""
    one = measured(0)[0][0]
    parts = [one.tensor], [one.geometry]
    with pytest.raises(FidelityInputError, match="1 tensors, 1 geometries and 2 conditions"):
        compare_volumes(*parts, *parts, real_conditions=(0, 0), conditions=(0,))
    with pytest.raises(FidelityInputError, match="negative"):
        compare_volumes(*parts, *parts, real_conditions=(0,), conditions=(-1,))
    with pytest.raises(FidelityInputError, match="2 recipes for 1 conditions"):
        compare_volumes(
            *parts, *parts, real_conditions=(0,), conditions=(0,), recipe_names=("porosity",), recipes=((0.3,), (0.4,))
        )
    small = measure_labels(packed(0, 0)[:32, :32, :32], VOXEL)
    with pytest.raises(FidelityInputError, match="not alike"):
        compare_measures([[one]], [[small]])
