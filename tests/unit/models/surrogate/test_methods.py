"""Each method learns what it can, is kept as arrays and comes back, and agrees with the library that fitted it."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.surrogate import fit_gaussian_process, repeatable
from ragone.models.surrogate.boosting import Boosting
from ragone.models.surrogate.kriging import Kriging
from ragone.models.surrogate.methods import METHODS
from ragone.models.surrogate.ridge import Ridge

RANDOM = np.random.default_rng(3)
POINTS, NEW = RANDOM.random((60, 3)), RANDOM.random((40, 3))


def response(points):
    """A smooth response with an interaction."""
    return 50 + 8 * np.sin(3 * points[:, 0]) + 6 * points[:, 1] * points[:, 2]


VALUES = response(POINTS) + RANDOM.normal(0, 0.1, len(POINTS))


@pytest.fixture(scope="module")
def fitted():
    """Every method, fitted once."""
    return {name: method.fit(POINTS, VALUES, None, 1) for name, method in METHODS.items()}


@pytest.mark.parametrize(
    ("name", "largest"),
    [
        ("quadratic", 0.2),
        ("gaussian_process", 0.2),
        ("gradient_boosting", 1.0),
        ("neural_network", 0.3),
    ],
)
def test_a_method_predicts_what_it_has_not_seen(fitted, name, largest):
    """Its mean absolute error is a fraction of the spread of the response, 2.5."""
    assert np.abs(fitted[name].predict_means(NEW) - response(NEW)).mean() < largest


@pytest.mark.parametrize("name", METHODS)
def test_a_method_comes_back_from_its_tensors_bit_by_bit(fitted, name):
    """Means, deviations and covariances; and what is predicted at once is what is predicted with covariances."""
    again = METHODS[name].load(fitted[name].tensors())
    assert np.array_equal(again.predict_means(NEW), fitted[name].predict_means(NEW))
    assert np.array_equal(again.predict_deviations(NEW), fitted[name].predict_deviations(NEW))
    means, covariances = again.predict(NEW)
    assert means == pytest.approx(again.predict_means(NEW), rel=1e-12)
    assert np.linalg.eigvalsh(covariances).min() > -1e-8
    assert (again.predict_deviations(NEW) > 0).all()


@pytest.mark.parametrize("variances", [None, np.full(len(POINTS), 0.01)])
def test_kriging_is_the_process_that_botorch_fitted(variances):
    """Means and covariances, to rounding; with noise that is known and with noise that is fitted."""
    ours = Kriging().fit(POINTS, VALUES, variances, 1)
    with repeatable(1):
        theirs = fit_gaussian_process(POINTS, VALUES, variances)
        means, covariances = theirs.predict(NEW)
    assert ours.predict(NEW)[0] == pytest.approx(means, rel=1e-6)
    assert ours.predict(NEW)[1] == pytest.approx(covariances, rel=1e-4, abs=1e-5)


def test_known_noise_is_each_observation_s_own():
    """A process follows what is certain and passes by what is not."""
    points = np.linspace(0, 1, 12)[:, None]
    values = np.sin(4 * points[:, 0])
    wrong = values + np.where(np.arange(12) == 6, 2.0, 0.0)
    variances = np.where(np.arange(12) == 6, 4.0, 1e-6)
    found = Kriging().fit(points, wrong, variances, 1).predict_means(points[6:7])
    assert found[0] == pytest.approx(values[6], abs=0.1)


def test_boosting_is_the_sum_of_scikit_learn_s_trees():
    """Also where a tree is less than full."""
    from sklearn.ensemble import GradientBoostingRegressor

    from ragone.models.surrogate.boosting import _DEPTH, _RATE, _SHARE, _TREES

    few = slice(0, 9)
    theirs = GradientBoostingRegressor(
        n_estimators=_TREES, max_depth=_DEPTH, learning_rate=_RATE, subsample=_SHARE, random_state=7
    ).fit(POINTS[few], VALUES[few])
    ours = Boosting().fit(POINTS[few], VALUES[few], None, 7)
    assert ours.predict_means(NEW) == pytest.approx(theirs.predict(NEW), rel=1e-12)


def test_ridge_of_degree_1_finds_a_linear_response():
    """To the small penalty that leave-one-out leaves."""
    linear = POINTS @ np.array([1.0, -2.0, 3.0]) + 7
    found = Ridge(1).fit(POINTS, linear, None, 1)
    assert found.predict_means(NEW) == pytest.approx(NEW @ np.array([1.0, -2.0, 3.0]) + 7, abs=1e-4)


def test_ridge_of_degree_0_is_the_mean():
    """With the standard deviation of the values about it, as leave-one-out sees it."""
    found = Ridge(0).fit(POINTS, VALUES, None, 1)
    assert found.predict_means(NEW) == pytest.approx(np.full(len(NEW), VALUES.mean()))
    assert found.predict_deviations(NEW)[0] == pytest.approx(VALUES.std(ddof=1), rel=0.05)


def test_the_leave_one_out_residuals_are_those_of_fits_without_each():
    """The closed form, against a fit for each observation left out, at the penalty that was chosen."""
    from ragone.models.surrogate.ridge import _left_out_residuals

    terms = POINTS[:8] - POINTS[:8].mean(axis=0)
    values, penalty = VALUES[:8] - VALUES[:8].mean(), 0.3
    left, singular, _ = np.linalg.svd(terms, full_matrices=False)
    found = _left_out_residuals(left, singular**2 / (singular**2 + penalty), values)
    design = np.hstack([np.ones((8, 1)), terms])
    penalties = np.diag([0.0, *[penalty] * 3])
    for number in range(8):
        kept = np.arange(8) != number
        solved = np.linalg.solve(design[kept].T @ design[kept] + penalties, design[kept].T @ values[kept])
        assert found[number] == pytest.approx(values[number] - design[number] @ solved, rel=1e-9)
