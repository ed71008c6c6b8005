import numpy as np
import pytest
from made_curves import columns, measured, step

from ragone.pipelines.curve.transient import (
    Family,
    average,
    fit_relaxations,
    holds_of,
    jumps_of,
    logarithmic_bins,
    noise_level,
)


def test_noise_is_found_beneath_a_bend():
    """White noise of 1 mV on a parabola, uneven samples."""
    random = np.random.default_rng(0)
    time = np.cumsum(random.uniform(0.5, 1.5, 4000))
    signal = 3.0 + 1e-7 * time**2 + 1e-3 * random.standard_normal(4000)
    assert noise_level(time, signal) == pytest.approx(1e-3, rel=0.05)


def test_rounding_is_noise_too():
    """A signal in steps of 1 mV, mostly without change, scatters by 1 mV / sqrt(12) at least."""
    time = np.arange(1000.0)
    signal = np.round(3.0 + 0.03 * np.sin(time / 150), 3)
    assert noise_level(time, signal) == pytest.approx(1e-3 / np.sqrt(12), rel=0.01)


def test_set_points_are_no_rounding():
    """A current that is 0 or -0.5 A, again and again, is without noise."""
    current = np.tile(np.repeat([0.0, -0.5], 50), 6)
    assert noise_level(np.arange(600.0), current) < 1e-6


def test_holds_leave_the_ramp_out():
    """Rest, two rows on the ramp, load; the ramp's rows are of no hold."""
    made = columns(step(10, 0.0, 3.7), step(10, -5.0, 3.6), gap=1.0)
    made["current_ampere"][10:12] = -1.0, -3.0
    holds = holds_of(measured(made))
    assert [(hold.start, hold.end, hold.is_rest) for hold in holds] == [(0, 10, True), (12, 22, False)]


def test_slow_drift_is_one_hold():
    """A current that falls by a tenth in a hundred samples does not jump."""
    curve = measured(columns(step(100, lambda x: -5 + 0.5 * x, 3.6, 101)))
    assert len(holds_of(curve)) == 1
    assert jumps_of(curve) == ()


def test_time_of_the_jump_is_known_to_half_its_gap():
    """Between the last row before and the first after: the middle, give or take half."""
    (jump,) = jumps_of(measured(columns(step(10, 0.0, 3.7, 101), step(10, -5.0, 3.6, 101), gap=0.4)))
    assert jump.rise == pytest.approx(10.2)
    assert jump.half_gap == pytest.approx(0.2)
    assert jump.resolution == pytest.approx(0.4)
    assert jump.answer == pytest.approx(np.full(101, 0.02), rel=1e-6)


def test_bins_keep_every_sample_once():
    """Counts add up; the first samples stand alone, later ones are averaged."""
    time = np.arange(1, 2001) * 0.01
    bins = logarithmic_bins(time)
    assert bins.counts.sum() == 2000
    assert bins.counts[0] == 1
    assert bins.counts[-1] > 100
    assert bins.mean(time) @ bins.counts == pytest.approx(time.sum())


def test_average_of_one_model_is_weighted_least_squares():
    """With one family and one window: intercept and variance of the straight line."""
    x = np.linspace(0, 1, 20)
    basis, deviation = np.stack([np.ones(20), x]), np.full(20, 0.1)
    windows = np.array([[0, 20]])
    line = [Family("line", np.array([[0, 1]]))]
    free = np.zeros(2, bool)
    found = average(basis, 2 + 3 * x, deviation, np.array([1.0, 0.0]), line, windows, free)
    assert found.value == pytest.approx(2.0)
    assert found.variance == pytest.approx(np.linalg.inv(basis @ basis.T)[0, 0] * 0.01)


def test_models_that_disagree_widen_the_result():
    """Two models of like weight: the mean of both, and a variance that holds half their difference squared."""
    x = np.linspace(0, 1, 6)
    basis, deviation, windows = np.stack([np.ones(6), x]), np.full(6, 0.5), np.array([[0, 6]])
    data, free, functional = 1 + x, np.zeros(2, bool), np.array([1.0, 0.0])
    constant, line = Family("constant", np.array([[0]])), Family("line", np.array([[0, 1]]))
    first, second, both = (
        average(basis, data, deviation, functional, families, windows, free)
        for families in ([constant], [line], [constant, line])
    )
    share = both.weights["constant"]
    assert 0.3 < share < 0.7
    assert both.value == pytest.approx(share * first.value + (1 - share) * second.value)
    within = share * first.variance + (1 - share) * second.variance
    between = share * (1 - share) * (first.value - second.value) ** 2
    assert both.variance == pytest.approx(within + between)


def test_window_ends_where_the_model_does():
    """A straight line that bends at the half: the heaviest window ends there, and the intercept is right."""
    x = np.linspace(0, 1, 40)
    data = 1 + x + np.where(x > 0.5, 20 * (x - 0.5) ** 2, 0.0)
    windows = np.array([[0, stop] for stop in range(5, 41)])
    line = [Family("line", np.array([[0, 1]]))]
    basis, free = np.stack([np.ones(40), x]), np.zeros(2, bool)
    found = average(basis, data, np.full(40, 0.02), np.array([1.0, 0.0]), line, windows, free)
    assert 18 <= found.window[1] <= 26
    assert abs(found.value - 1) < 2 * np.sqrt(found.variance)


def test_negative_coefficients_are_left_out():
    """A falling line cannot have a slope that is not negative: no candidate is left."""
    x = np.linspace(0, 1, 20)
    line = [Family("line", np.array([[0, 1]]))]
    windows, basis = np.array([[0, 20]]), np.stack([np.ones(20), x])
    slope = np.array([False, True])
    assert average(basis, 1 - x, np.full(20, 0.1), np.array([1.0, 0.0]), line, windows, slope) is None


def test_number_of_relaxations_is_chosen():
    """None, one and three; amplitudes are never negative."""
    time = np.geomspace(0.01, 300, 120)
    random = np.random.default_rng(1)
    for taus in ((), (2.0,), (0.1, 2.0, 40.0)):
        data = 0.02 + 1e-5 * random.standard_normal(120)
        for tau in taus:
            data -= 0.005 * np.expm1(-time / tau)
        fit = fit_relaxations(time, data, np.full(120, 1e-5), 0.01)
        assert fit.tau == pytest.approx(taus, rel=0.05)
        assert np.all(fit.amplitude >= 0)
