"""What was not recorded is told, with what the instrument counted meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.files.cyclers import read_measurement


def _paused(time: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Net charge at each sample [A.h], nothing flowing in the hour after sample 14."""
    hour = np.diff(time) / 3600
    hour[14] = 0.0
    return np.append(0.0, np.cumsum((current[1:] + current[:-1]) / 2 * hour))


@pytest.fixture
def paused(series):
    """An hour's pause in the middle of the discharge; shape (50,)."""
    return series["time"] + np.where(np.arange(50) >= 15, 3600.0, 0.0)


def test_charge_over_a_hole_is_not_known(write, paused):
    """Without a counter a hole has no charge and no energy, rather than zero."""
    (hole,) = read_measurement(write(time=paused)).holes
    assert hole["after_sample"] == 14
    assert all(value is None for name, value in hole.items() if name != "after_sample")


@pytest.mark.parametrize("flip", [False, True])
def test_charge_over_a_hole_by_the_counter(write, series, paused, flip):
    """The counter says that nothing flowed during a pause, within its last digit, whatever sign the file has."""
    net = np.round(_paused(paused, series["current"]), 6)
    current = -series["current"] if flip else series["current"]
    measurement = read_measurement(write(time=paused, current=current, **{"Capacity (Ah)": net}), flip_current=flip)
    (hole,) = measurement.holes
    assert hole["charge_ampere_hour"] == pytest.approx(0.0, abs=2e-6)
    assert 0 < hole["charge_uncertainty_ampere_hour"] < 1e-5
    assert hole["energy_watt_hour"] is None
    assert any("by the file's own counter" in finding for finding in measurement.findings)


def test_charge_that_flowed_in_a_hole(write, series, paused):
    """A discharge that went on unrecorded is counted, by a column for each direction, with its sign."""
    hour = np.diff(paused) / 3600
    mean = (series["current"][1:] + series["current"][:-1]) / 2
    columns = {
        "Charge Capacity (Ah)": np.append(0.0, np.cumsum(np.maximum(mean, 0) * hour)),
        "Discharge Capacity (Ah)": np.append(0.0, np.cumsum(np.maximum(-mean, 0) * hour)),
    }
    (hole,) = read_measurement(write(time=paused, **columns)).holes
    assert hole["charge_ampere_hour"] == pytest.approx(-2.0 * 3601 / 3600)


@pytest.mark.parametrize("last", [9, 19])
def test_counter_set_back_between_steps(write, series, last):
    """A count since the last step says nothing of a hole between two steps, even where it does not fall there."""
    time = series["time"] + np.where(np.arange(50) > last, 3600.0, 0.0)
    current = series["current"]
    steps = np.repeat([1, 2, 3, 4, 5], 10)
    counted = np.concatenate([np.abs(current[s]) * (time[s] - time[s][0]) / 3600 for s in np.split(np.arange(50), 5)])
    (hole,) = read_measurement(write(time=time, **{"Step": steps, "Amp-hr": counted})).holes
    assert (hole["after_sample"], hole["charge_ampere_hour"]) == (last, None)


def test_rests_that_were_not_recorded(write):
    """Rests of which only the end was logged are found between the steps, and told as one finding."""
    pulse, rest = np.arange(11.0), np.array([180.0, 181.0])
    time = np.concatenate([k * 181.001 + part for k in range(4) for part in (pulse, rest)])
    current = np.tile(np.repeat([-1.0, 0.0], [11, 2]), 4)
    step = np.tile(np.repeat([1, 2], [11, 2]), 4)
    voltage = 3.8 - 0.02 * (current < 0)
    measurement = read_measurement(write(time=time, voltage=voltage, current=current, **{"Step Index": step}))
    assert [hole["after_sample"] for hole in measurement.holes] == [10, 23, 36, 49]
    assert (
        "4 gaps of 170 s each, after rows 11, 24, 37, 50, 1 s being usual there; the charge that flowed meanwhile is "
        "not known" in measurement.findings
    )


def test_a_slower_step_is_no_hole(write):
    """A rest recorded each minute after a discharge recorded each second begins with a minute, and that is no hole."""
    intervals = np.concatenate([np.full(20, 1.0), np.full(30, 60.0)])
    current = np.repeat([-1.0, 0.0], [20, 30])
    voltage = np.where(current < 0, 3.6, 3.7)
    assert read_measurement(write(time=np.cumsum(intervals), voltage=voltage, current=current)).holes == []


def test_steps_of_one_sample(write):
    """Where rows were cut out, so that steps have one sample each, the hours between them are holes."""
    current = np.concatenate([np.repeat([0.0, -1.0], 20), np.tile([1.0, -1.0], 5)])
    time = np.concatenate([np.arange(40.0), 40 + 3600.0 * np.arange(1, 11)])
    voltage = 3.7 + 0.05 * current
    holes = read_measurement(write(time=time, voltage=voltage, current=current)).holes
    assert [hole["after_sample"] for hole in holes] == list(range(39, 49))
