"""Nobody recovers from an export what it promises to keep: the attacks succeed where data are, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from seeded_chance import seeded_below

from ragone.models.sharing.attacks import (
    Advantage,
    is_member_by_loss,
    is_member_by_shadows,
    is_member_by_shadows_of_several,
    is_member_by_sums,
    reconstructed,
    rows_of_kriging,
)
from ragone.models.sharing.discrete_gaussian import with_noise
from ragone.models.sharing.hyper_parameters import hyper_parameters_of
from ragone.models.sharing.moments import Layout
from ragone.models.sharing.privacy import Privacy
from ragone.models.sharing.receiving import surrogate_of_sums
from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.features import Feature, encoded, features_of
from ragone.models.surrogate.kriging import Kriging
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Surrogate

LAYOUT = Layout((Feature("a", "", 0.0, 1.0), Feature("b", "m", 0.0, 1.0)), Feature("t", "W", -3.0, 3.0), 1)
HISTOGRAMS = Layout(LAYOUT.features, LAYOUT.target, 1, histograms=True)
DESIGNS = 40


def response(points):
    """A smooth one, with noise that makes each value its own."""
    noise = np.random.default_rng(9).standard_normal(len(points))
    return np.sin(3 * points[:, 0]) - points[:, 1] + 0.3 * noise


@pytest.fixture(scope="module")
def data():
    """Designs inside, and as many outside: points and values."""
    points = np.random.default_rng(3).random((2 * DESIGNS, 2))
    return points, response(points)


def fitted_kriging(points, values, unit="W") -> Surrogate:
    """A surrogate as `ragone retrain` stores it."""
    columns = {"a": points[:, 0].tolist(), "b": points[:, 1].tolist()}
    features = features_of(columns, {"a": "", "b": "m"})
    coordinates = encoded(features, columns)
    calibration = Calibration(np.ones(9), np.full(9, 1 / 9), 9)
    process = Kriging().fit(coordinates, values, np.full(len(values), 1e-4 * values.var()), 0)
    trained = TrainedSurrogate(features, "gaussian_process", process, Domain.of(coordinates), calibration)
    return Surrogate(
        architecture="gaussian_process",
        weights=trained.weights(),
        settings={},
        trained_on=("kpi-1",),
        target="t",
        target_unit=unit,
        features=[one.plain() for one in features],
    )


@pytest.fixture(scope="module")
def kriging(data):
    """A Gaussian process that learned from the designs inside."""
    return fitted_kriging(data[0][:DESIGNS], data[1][:DESIGNS])


def test_every_row_is_read_out_of_a_gaussian_process(kriging, data):
    """The plain export holds its data: features and values of every training row."""
    columns, values = rows_of_kriging(TrainedSurrogate.load(kriging))
    np.testing.assert_allclose(np.column_stack([columns["a"], columns["b"]]), data[0][:DESIGNS], atol=1e-9)
    np.testing.assert_allclose(values, data[1][:DESIGNS], atol=1e-6)


def test_members_of_a_gaussian_process_are_known_by_its_predictions(kriging, data):
    """Predictions alone tell members of the plain export; those of a private one tell less than its bound."""
    points, values = data
    rows = {"a": points[:, 0].tolist(), "b": points[:, 1].tolist()}
    losses = (TrainedSurrogate.load(kriging).predict_rows(rows).means - values) ** 2
    said = is_member_by_loss(losses, float(np.median(losses)))
    assert Advantage.of(said[:DESIGNS], said[DESIGNS:]).value > 0.8
    promise, below = Privacy(1.0, 1e-5), seeded_below(4)
    exact = LAYOUT.summed(points[:DESIGNS], values[:DESIGNS], np.arange(DESIGNS))
    variance = promise.variance(LAYOUT.sensitivity)
    inside, outside = [], []
    for _ in range(50):
        surrogate = surrogate_of_sums(LAYOUT, with_noise(exact, variance, below), variance)
        losses = (surrogate.predict_points(points).means - values) ** 2
        said = is_member_by_loss(losses, float(np.median(losses)))
        inside += said[:DESIGNS]
        outside += said[DESIGNS:]
    found = Advantage.of(inside, outside)
    assert found.value + 3 * found.standard_error < promise.largest_advantage / 2


@pytest.mark.parametrize("layout", [LAYOUT, HISTOGRAMS])
@pytest.mark.parametrize("epsilon", [0.5, 2.0])
def test_the_most_powerful_test_stays_below_the_bound(data, layout, epsilon):
    """The attacker knows all other designs and the candidate at the corner; with a tenth of the noise, it does not."""
    promise, below = Privacy(epsilon, 1e-5), seeded_below(5)
    candidate = layout.summed(np.array([[1.0, 1.0]]), np.array([3.0]), np.array([0]))
    others = layout.summed(data[0][:DESIGNS], data[1][:DESIGNS], np.arange(DESIGNS))
    everything = [a + b for a, b in zip(others, candidate, strict=True)]
    variance = promise.variance(layout.sensitivity)

    def attacked(noise: int) -> Advantage:
        trials = 400
        inside, outside = (
            [is_member_by_sums(with_noise(exact, noise, below), others, candidate) for _ in range(trials)]
            for exact in (everything, others)
        )
        return Advantage.of(inside, outside)

    found = attacked(variance)
    assert found.value - 3 * found.standard_error <= promise.largest_advantage
    assert found.value + 3 * found.standard_error > promise.largest_advantage / 4  # the attack is not a weak one
    broken = attacked(max(1, variance // 100))
    assert broken.value - 3 * broken.standard_error > promise.largest_advantage or broken.value == 1.0


def test_shadow_surrogates_stay_below_the_bound(data):
    """The likelihood ratio of predictions, with and without a design of unusual value, by shadows with all others."""
    points, values = data
    promise, below = Privacy(1.0, 1e-5), seeded_below(6)
    candidate = np.array([[1.0, 1.0]])
    with_it = (np.vstack([points[:DESIGNS], candidate]), np.append(values[:DESIGNS], 3.0))
    exact = {True: LAYOUT.summed(*with_it, np.arange(DESIGNS + 1))}
    exact[False] = LAYOUT.summed(points[:DESIGNS], values[:DESIGNS], np.arange(DESIGNS))

    def predicted(inside: bool, noise: int) -> float:
        surrogate = surrogate_of_sums(LAYOUT, with_noise(exact[inside], noise, below), noise)
        return float(surrogate.predict_points(candidate).means[0])

    def attacked(noise: int) -> Advantage:
        shadows = {inside: np.array([predicted(inside, noise) for _ in range(200)]) for inside in (True, False)}
        said = {
            inside: [is_member_by_shadows(predicted(inside, noise), shadows[True], shadows[False]) for _ in range(400)]
            for inside in (True, False)
        }
        return Advantage.of(said[True], said[False])

    found = attacked(promise.variance(LAYOUT.sensitivity))
    assert found.value - 3 * found.standard_error <= promise.largest_advantage
    assert attacked(1).value > 0.99


def test_a_design_is_not_reconstructed(data):
    """Without noise the one unknown design is found to rounding; with it the mean of the others is as good."""
    promise, below = Privacy(1.0, 1e-5), seeded_below(7)
    points, values = data
    noise = promise.variance(LAYOUT.sensitivity)
    errors, means, exact = [], [], []
    for unknown in range(DESIGNS):
        kept = np.arange(DESIGNS) != unknown
        released = LAYOUT.summed(points[:DESIGNS], values[:DESIGNS], np.arange(DESIGNS))
        others = LAYOUT.summed(points[:DESIGNS][kept], values[:DESIGNS][kept], np.arange(DESIGNS - 1))
        truth = np.append(2 * points[unknown] - 1, values[unknown] / 3)
        mean = np.append(2 * points[:DESIGNS][kept].mean(axis=0) - 1, values[:DESIGNS][kept].mean() / 3)
        exact.append(np.linalg.norm(reconstructed(LAYOUT, released, others) - truth))
        errors.append(np.linalg.norm(reconstructed(LAYOUT, with_noise(released, noise, below), others) - truth))
        means.append(np.linalg.norm(mean - truth))
    assert max(exact) < 0.01
    assert np.mean(errors) > np.mean(means)


def test_hyper_parameters_are_the_same_for_other_levels_and_ranges(kriging, data):
    """Shifting and stretching the target, and shifting a feature, changes nothing in the file: that is not in it."""
    points, values = data[0][:DESIGNS], data[1][:DESIGNS]
    shifted = fitted_kriging(points + 5.0, 700.0 + 40.0 * values)
    one, other = hyper_parameters_of(kriging), hyper_parameters_of(shifted)
    for first, second in zip(one["features"], other["features"], strict=True):
        assert first["name"] == second["name"]
        np.testing.assert_allclose(first["length_scales"], second["length_scales"], rtol=1e-2)
    assert one["mean_standardised"] == pytest.approx(other["mean_standardised"], abs=1e-2)
    assert set(one) == {"kernel", "features", "noise_variance_standardised", "mean_standardised"}
    assert all(set(each) == {"name", "unit", "length_scales"} for each in one["features"])


def test_hyper_parameters_tell_of_a_design_to_one_who_knows_the_others(data):
    """They promise nothing: an unusual design is found by shadows in most trials, which the words and docs say."""
    random = np.random.default_rng(8)

    def logarithms(inside: bool) -> np.ndarray:
        points, values = data[0][:12], response(data[0][:12]) + 0.05 * random.standard_normal(12)
        if inside:
            points, values = np.vstack([points, [[1.0, 1.0]]]), np.append(values, 9.0)
        found = hyper_parameters_of(fitted_kriging(points, values))
        scales = [scale for one in found["features"] for scale in one["length_scales"]]
        return np.append(np.log([*scales, found["noise_variance_standardised"]]), found["mean_standardised"])

    shadows = [np.array([logarithms(inside) for _ in range(12)]) for inside in (True, False)]
    said = [
        [is_member_by_shadows_of_several(logarithms(inside), *shadows) for _ in range(8)] for inside in (True, False)
    ]
    assert Advantage.of(*said).value > 0.7
