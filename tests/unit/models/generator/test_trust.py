"""Measured errors of an ensemble become predictions that grow outside and say what is out of distribution."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from ragone.models.generator.errors import CalibrationError
from ragone.models.generator.reliability import reliabilities
from ragone.models.generator.trust import METRICS, calibration_points, ensemble_spread, fit_errors, predict_errors
from ragone.schemas import Generator, Recipe, Transport
from ragone.schemas.materials import ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY, NMC_811

PAIRS = [[0, 7], [1, 6], [2, 5], [3, 4]]


def asked(porosity: float = 0.36, weight: float = 0.945, adhesion: float = 0.5) -> Recipe:
    """A recipe."""
    return Recipe(active_material_weight_fraction=weight, porosity=porosity, binder_adhesion=adhesion)


def condition(recipe: Recipe) -> list[float]:
    """By mass balance, written once more."""
    active = recipe.active_material_weight_fraction / ACTIVE_MATERIAL_DENSITY
    binder = (1 - recipe.active_material_weight_fraction) / CARBON_BINDER_DENSITY
    solid = 1 - recipe.porosity
    return [solid * active / (active + binder), solid * binder / (active + binder), recipe.binder_adhesion]


@pytest.fixture
def generator(example) -> Generator:
    """Of four members: the corners of a space, two left out by each, and a face's worth of others."""
    corners = [asked(p, w, a) for p, w, a in itertools.product((0.28, 0.45), (0.92, 0.97), (0.0, 1.0))]
    others = [asked(p, 0.945, a) for p, a in itertools.product((0.28, 0.365, 0.45), (0.0, 0.5, 1.0))]
    return replace(
        example("generator"),
        settings={"member_count": 4, "member_excluded": PAIRS},
        training_conditions=np.array([condition(recipe) for recipe in corners + others]),
    )


@pytest.fixture
def volume(example):
    """A transport whose metrics are those of the example, each by a factor."""

    def make(factor: float = 1.0) -> Transport:
        real = example("transport")
        return replace(real, **{name: factor * getattr(real, name) for name in METRICS})

    return make


@pytest.fixture
def errors(generator, volume):
    """3 % off at training recipes, 15 % at left-out ones; members agree."""
    points = calibration_points(generator)
    rng = np.random.default_rng(0)
    left_out = [v in PAIRS[m] for v, m in points]
    drawn = tuple(volume(1 + rng.choice([-1, 1]) * (0.15 if out else 0.03)) for out in left_out)
    return fit_errors(
        generator,
        drawn,
        tuple(volume() for _ in range(4 * len(points))),
        tuple(volume() for _ in points),
        volumes=tuple(v for v, _ in points),
        members=tuple(m for _, m in points),
    )


def test_every_corner_is_judged_by_the_member_that_left_it_out(generator):
    """And every volume by one that was trained on it."""
    points = calibration_points(generator)
    assert points[:8] == [(0, 0), (7, 0), (1, 1), (6, 1), (2, 2), (5, 2), (3, 3), (4, 3)]
    assert [v for v, _ in points[8:]] == list(range(17))
    assert all(v not in PAIRS[m] for v, m in points[8:])
    assert {m for _, m in points[8:]} == {0, 1, 2, 3}


def test_the_error_grows_from_floor_to_what_was_left_out(errors):
    """The floor is that of training recipes, the band at the left-out corners' distance holds theirs, and it covers."""
    assert errors.floor == pytest.approx(0.03, rel=0.3)
    outside = errors.distance > 0
    assert outside.sum() == 8
    assert (np.hypot(errors.floor[0], errors.growth[0] * errors.distance[outside]) > 0.1).all()
    assert (errors.coverage >= 0.9).all()


def test_a_prediction_grows_outside_and_says_so(errors, generator, volume):
    """Inside it is the floor; it grows with the distance outside; beyond a distance it is out of distribution."""
    agreeing = tuple(volume() for _ in range(4))
    found = [predict_errors(asked(p), NMC_811, generator, errors, agreeing) for p in (0.36, 0.5, 0.6)]
    assert found[0].distance == 0
    assert found[0].relative_standard_error == pytest.approx(errors.floor)
    assert [p.out_of_distribution for p in found] == [False, True, True]
    assert found[0].distance < found[1].distance < found[2].distance
    assert (found[2].relative_standard_error > found[1].relative_standard_error).all()
    strict = predict_errors(asked(0.36), NMC_811, generator, errors, agreeing, largest_error=0.01)
    assert strict.out_of_distribution
    assert {(p.generator_id, p.errors_id) for p in found} == {(generator.id, errors.id)}


def test_members_that_disagree_are_trusted_less(errors, generator, volume):
    """The spread at equal noise enters with its weight."""
    weighty = replace(errors, spread_weight=np.ones(3))
    apart = tuple(volume(factor) for factor in (0.9, 1.0, 1.0, 1.1))
    found = predict_errors(asked(), NMC_811, generator, weighty, apart).relative_standard_error
    assert found == pytest.approx(np.hypot(errors.floor, ensemble_spread(apart)))
    assert ensemble_spread(apart)[1] == pytest.approx(np.std([0.9, 1, 1, 1.1], ddof=1))


def test_reliability_has_both_groups(errors, generator):
    """Predictions of left-out corners are larger, and no point judges itself."""
    trained, left_out = reliabilities(errors, generator)
    assert (len(trained.error), len(left_out.error)) == (17, 8)
    assert left_out.sigma.mean() > trained.sigma.mean()
    assert left_out.coverage()[-1].min() >= 0.75
    predicted, actual = trained.binned(0)
    assert predicted.shape == actual.shape == (4,)


def test_a_generator_that_left_nothing_out_cannot_be_calibrated(generator, volume):
    """Nothing would tell how it fares elsewhere; the message says what to do."""
    every = replace(generator, settings={"member_count": 4, "member_excluded": [[], [], [], []]})
    given = {"volumes": (0,), "members": (0,)}
    with pytest.raises(CalibrationError, match="left a training volume out"):
        fit_errors(every, (volume(),), (volume(),), (volume(),), **given)


def test_volumes_that_do_not_percolate_are_named(generator, volume):
    """An infinite tortuosity has no relative error."""
    blocked = replace(volume(), pore_tortuosity_factor=np.inf)
    given = {"volumes": (0,), "members": (0,)}
    with pytest.raises(CalibrationError, match="pore_tortuosity_factor is inf of a drawn volume"):
        fit_errors(generator, (blocked,), (volume(),), (volume(),), **given)
