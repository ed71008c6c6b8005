"""Integrals over steps, and what may be wrong with them."""

import numpy as np
import pytest
from made_curves import columns, measured, step

from ragone.pipelines.curve.accuracy import Accuracy
from ragone.pipelines.curve.steps import steps_of
from ragone.pipelines.curve.totals import Totals, noise_of, totals_of, uncertainty

EXACT = Accuracy()


def totals(curve, accuracy=EXACT):
    """Of all steps of a curve."""
    steps = steps_of(curve)
    return totals_of(steps, steps, accuracy)


def charge(vector):
    """Of a vector of totals [A.h]."""
    return float(vector[1])


def test_constant_current_and_linear_voltage_are_integrated_exactly():
    """2 A for an hour from 4 V to 3 V: 2 A.h, 7 W.h, and no source of error shows."""
    found = totals(measured(columns(step(3600.0, -2.0, lambda s: 4 - s))))
    assert found.values == pytest.approx([-7.0, -2.0, 3600.0], rel=1e-12)
    assert uncertainty(charge, found) is None


def test_truncation_is_what_richardson_says():
    """For a parabola the error of the trapezoidal rule is the estimate, exactly."""
    found = totals(measured(columns(step(3600.0, lambda s: -(s**2), 1.0, count=21))))
    assert abs(found.charge) - 1 / 3 == pytest.approx(uncertainty(charge, found), rel=1e-9)


def test_a_gap_between_steps_is_halved_and_its_moment_uncertain():
    """10 s between a rest and a discharge of 3.6 A: 5 s are counted, with the deviation of a uniform moment."""
    curve = measured(columns(step(100.0, 0.0, 4.0), step(1000.0, -3.6, 3.7), gap=10.0))
    steps = steps_of(curve)
    found = totals_of(steps[1:], steps, EXACT)
    assert found.charge == pytest.approx(-1.005, rel=1e-12)
    assert found.duration == pytest.approx(1005.0)
    assert uncertainty(charge, found) == pytest.approx(0.001 * 10 / np.sqrt(12), rel=1e-9)


def test_steps_add_up_to_the_trapezoidal_rule_over_all_samples():
    """What the halves of the gaps are worth is what the rule gives across them."""
    curve = measured(
        columns(step(50.0, 1.0, 4.0), step(70.0, -2.0, lambda s: 4 - s), step(9.0, 0.0, 3.1, count=4), gap=3.0)
    )
    power = curve.voltage_volt * curve.current_ampere
    assert totals(curve).energy == pytest.approx(np.trapezoid(power, curve.test_time_second) / 3600, rel=1e-12)


def test_what_is_common_to_two_steps_cancels_in_their_ratio():
    """A stated error of the current is one and the same: it leaves a ratio of equal charges alone, not their sum."""
    curve = measured(columns(step(3600.0, -2.0, 3.5), step(60.0, 0.0, 3.5), step(3600.0, -2.0, 3.5)))
    steps = steps_of(curve)
    one, other = (totals_of((steps[n],), steps, Accuracy(ampere=0.01)) for n in (0, 2))
    assert uncertainty(lambda a, b: float(a[1] / b[1]), one, other) is None
    assert uncertainty(charge, one + other) == pytest.approx(0.02, rel=1e-9)


@pytest.mark.parametrize("accuracy", [Accuracy(volt=0.01), Accuracy(ampere=0.02)])
def test_stated_accuracy_moves_energy_as_it_moves_all_samples(accuracy):
    """First order: the same as shifting every sample."""
    made = columns(step(3600.0, -2.0, lambda s: 4 - s))
    shifted = {**made, "voltage_volt": made["voltage_volt"] + accuracy.volt}
    shifted["current_ampere"] = made["current_ampere"] + accuracy.ampere
    expected = totals(measured(shifted)).energy - totals(measured(made)).energy
    found = uncertainty(lambda v: float(v[0]), totals(measured(made), accuracy))
    assert found == pytest.approx(abs(expected), rel=1e-9)


def test_noise_is_found_and_propagated():
    """Energies of many noisy repeats scatter as said, and so do their uncertainties."""
    made = columns(step(3600.0, -2.0, lambda s: 4 - s, count=301))
    generator = np.random.default_rng(3)
    energies, said = [], []
    for _ in range(200):
        noisy = {**made, "voltage_volt": made["voltage_volt"] + 0.01 * generator.standard_normal(301)}
        found = totals(measured(noisy), Accuracy(noisy=True))
        energies.append(found.energy)
        own = {name: effect for name, effect in found.sources.items() if name.startswith("noise")}
        said.append(uncertainty(lambda v: float(v[0]), Totals(found.values, own)))
    assert np.mean(said) == pytest.approx(np.std(energies), rel=0.2)


def test_noise_of_a_smooth_series_with_digits():
    """White noise within a tenth; the last digit of a series without noise; none of a handful of samples."""
    time = np.linspace(0, 1, 4001)
    assert noise_of(np.sin(time) + 1e-3 * np.random.default_rng(0).standard_normal(4001)) == pytest.approx(
        1e-3, rel=0.1
    )
    assert noise_of(np.round(4 - 0.1 * time, 2)) == pytest.approx(0.01 / np.sqrt(12), rel=1e-6)
    assert noise_of(np.array([1.0, 2.0])) == 0.0
