"""The sign is judged where the current is held; held and driven voltages, rests and noise decide nothing."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.files.cyclers import read_measurement
from ragone.pipelines.files.cyclers.errors import CurrentSignError

UNCHECKED = "the sign of the current could not be checked"


def unchecked(measurement) -> bool:
    """Whether the measurement says that its sign was not checked."""
    return any(finding.startswith(UNCHECKED) for finding in measurement.findings)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("decay", [60.0, 120.0, 600.0])
def test_held_voltage(write, sign, decay):
    """At constant voltage the current falls while the voltage creeps up: read as it is, and never advised to flip."""
    time = np.arange(0, 600, 12.0)
    path = write(time=time, voltage=4.2 - 0.006 * np.exp(-time / 60), current=sign * np.exp(-time / decay))
    measurement = read_measurement(path)
    assert unchecked(measurement)
    assert np.sign(measurement.current_ampere).max() == sign


def test_noise_at_rest(write):
    """One sample of some microamperes in a rest is no step of current."""
    current = np.zeros(50)
    current[[0, 20]] = -8e-6
    assert unchecked(read_measurement(write(voltage=3.57 - 1e-5 * np.arange(50), current=current)))


def test_driven_voltage(write):
    """In a sweep the current follows the voltage, and still flows one way after the voltage has turned."""
    time = np.linspace(0, 400, 50)
    voltage = 3.0 + 0.005 * np.where(time < 200, time, 400 - time)
    current = np.exp((voltage - 4) * 8) * (1 + 0.2 * (time > 200))
    assert np.array_equal(read_measurement(write(time=time, voltage=voltage, current=current)).current_ampere, current)


def test_relaxation_after_a_larger_current(write):
    """A charge at a small current after a large one begins with a falling voltage, and is no magnitude."""
    time = np.arange(50.0) * 10
    current = np.repeat([6.6, 0.0, 1.1], [20, 1, 29])
    voltage = np.concatenate(
        [np.linspace(3.5, 3.6, 20), [3.5], 3.4 + 0.1 * np.exp(-np.arange(29) / 3) + 1e-3 * np.arange(29)]
    )
    assert read_measurement(write(time=time, voltage=voltage, current=current)).findings == ()


def test_charge_to_constant_voltage_with_a_wrong_sign(write):
    """The constant current before a held voltage tells a reversed sign."""
    current = -np.concatenate([np.full(30, 1.0), np.exp(-np.arange(20) / 5)])
    voltage = np.minimum(3.6 + 0.02 * np.arange(50), 4.2)
    with pytest.raises(CurrentSignError, match="--flip-current"):
        read_measurement(write(voltage=voltage, current=current))
    with pytest.raises(CurrentSignError, match="Leave --flip-current out"):
        read_measurement(write(voltage=voltage, current=-current), flip_current=True)


@pytest.mark.parametrize("late", [0, 1])
def test_rows_of_a_ramp(write, series, late):
    """A row at half the current, or with the new voltage before the new current, does not turn the judgement."""
    current, voltage = series["current"].copy(), series["voltage"].copy()
    current[9 + late] = -1.0
    voltage[9] = voltage[10]
    assert read_measurement(write(voltage=voltage, current=current)).findings == ()


@pytest.mark.parametrize(("column", "word"), [("State", "D"), ("Step Type", "CC DChg"), ("Status", "DCH"), ("Md", "D")])
def test_magnitude_with_a_state(write, series, column, word):
    """A current without sign takes that of the instrument's word for discharge."""
    words = np.where(series["current"] < 0, word, np.where(series["current"] > 0, "CC Chg", "Rest"))
    measurement = read_measurement(write(current=np.abs(series["current"]), **{column: words}))
    assert np.array_equal(measurement.current_ampere, series["current"])
