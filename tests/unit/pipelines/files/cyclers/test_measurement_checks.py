"""What is noteworthy is kept in the findings with its row; steps and cycles are found where none are given."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ragone.pipelines.curve.steps import StepKind, steps_of
from ragone.pipelines.files.cyclers import read_measurement
from ragone.pipelines.files.cyclers.step_numbers import cycles_from_current, steps_from_current


def test_repeated_times_inside_a_step(write, series):
    """Of samples at one time in one step the first is kept."""
    time = series["time"].copy()
    time[[15, 16]] = time[14]
    measurement = read_measurement(write(time=time))
    assert len(measurement.test_time_second) == 48
    assert measurement.voltage_volt[14] == series["voltage"][14]
    assert measurement.voltage_volt[15] == series["voltage"][17]
    assert measurement.findings == (
        "2 rows (16, 17) have the time of the row before, in the same step; the first of each was kept",
    )


def test_a_repeated_time_where_a_step_begins(write, series):
    """The two sides of the resistive voltage step are both kept, for its height is the resistance."""
    time = series["time"].copy()
    time[10] = time[9]
    measurement = read_measurement(write(time=time))
    assert len(measurement.test_time_second) == 50
    assert np.diff(measurement.voltage_volt[9:11])[0] == pytest.approx(-0.1 - 0.004)
    kept = "1 row (11) has the time of the row before, in the step before; both were kept"
    assert measurement.findings == (
        kept,
        "all times are whole seconds: when a step begins is known to a second at best",
    )
    assert read_measurement(write(time=time + 0.25)).findings == (kept,)


def test_a_voltage_near_zero_is_flagged(write):
    """Volts taken for millivolts pass every other check; a symmetric cell is imported all the same."""
    findings = read_measurement(write(), units={"voltage": "mV"}).findings
    assert any(re.fullmatch(r"the voltage lies within 0\.00\d+ V of zero: check its unit", one) for one in findings)
    assert not any("of zero" in one for one in read_measurement(write()).findings)


def test_a_gap_is_flagged_with_its_length(write, series):
    """A hole in the record is told with its row, its length and what it hides."""
    time = series["time"] + np.where(np.arange(50) >= 15, 3600.0, 0.0)
    assert read_measurement(write(time=time)).findings == (
        "gap of 3601 s after row 15 (test time 14 s), 1 s being usual there; the charge that flowed meanwhile is not "
        "known",
    )


def test_a_change_of_recording_rate_is_no_gap(write):
    """Slower sampling in another step, and sampling that slows down step by step, are no gaps."""
    intervals = np.concatenate([np.full(10, 60.0), np.geomspace(0.1, 30.0, 10), np.full(10, 0.1), np.full(20, 60.0)])
    assert read_measurement(write(time=np.cumsum(intervals))).findings == ()


def test_a_missing_value_is_left_out(write):
    """A single row without a value is left out and told; later findings still name the rows of the file."""
    path = write(old="\n5.0,3.7,", new="\n5.0,,")
    measurement = read_measurement(path)
    assert len(measurement.test_time_second) == 49
    assert measurement.findings == ("time, voltage or current is missing in 1 of 50 rows, first in row 6; left out",)


def test_an_incomplete_temperature_is_left_out(write):
    """A temperature that is not there for every sample is not made up."""
    temperature = ["", *["25.0"] * 49]
    measurement = read_measurement(write(**{"Temperature / degC": temperature}))
    assert len(measurement.temperature_kelvin) == 0
    assert any("temperature is missing in 1 of 50 rows" in finding for finding in measurement.findings)


def test_a_varying_ambient_temperature(write):
    """The chamber's median is kept, and a wide range told; what is given outranks it."""
    path = write(**{"Ambient Temperature / degC": np.linspace(20.0, 30.0, 50)})
    measurement = read_measurement(path)
    assert measurement.ambient_temperature_kelvin == pytest.approx(298.15)
    assert any("varies from 293.15 to 303.15 K" in finding for finding in measurement.findings)
    assert read_measurement(path, ambient_temperature_kelvin=300.0).ambient_temperature_kelvin == 300.0


def test_units_that_were_assumed_are_told(write):
    """A header without a unit is read in SI and reported."""
    findings = read_measurement(write({"time": "time", "voltage": "U", "current": "I"})).findings
    assert findings == ("columns without a unit were read so: 'time' in s, 'U' in V, 'I' in A",)


@pytest.mark.parametrize(("values", "expected"), [(np.full(50, 25.0), 298.15), (np.full(50, 300.0), 300.0)])
def test_a_temperature_without_a_unit(write, values, expected):
    """Without a unit a temperature is in degrees Celsius, unless it can only be in kelvin."""
    assert read_measurement(write(Temperature=values)).temperature_kelvin[0] == expected


def test_a_sign_that_cannot_be_checked(write):
    """A file of rest alone says nothing of the sign, and the measurement says so."""
    path = write(current=np.zeros(50), voltage=np.full(50, 3.7))
    assert read_measurement(path).findings == ("the current is zero in every row; check its column and unit",)


def test_steps_are_found_from_the_current(write):
    """Where the instrument numbers no steps, the KPIs still see rest, discharge, rest, charge and rest."""
    measurement = read_measurement(write())
    kinds = [step.kind for step in steps_of(measurement)]
    rest, discharge, charge = StepKind.REST, StepKind.DISCHARGE, StepKind.CHARGE
    assert kinds == [rest, discharge, rest, charge, rest]
    assert "steps found from the current" in measurement.method


def test_the_instruments_numbers_outrank_the_current(write):
    """Given numbers are kept, shifted so that the first is one."""
    measurement = read_measurement(write(Ns=np.repeat([0, 1], 25), Cycle=np.repeat([3, 4], 25)))
    assert list(np.unique(measurement.step_count)) == [1, 2]
    assert list(np.unique(measurement.cycle_count)) == [3, 4]


def test_levels_of_current_are_steps():
    """A jump between two levels of one sign begins a step; a steady decline, as at constant voltage, does not."""
    levels = np.repeat([-1.0, -2.0], 5)
    assert list(steps_from_current(levels)) == [1] * 5 + [2] * 5
    decline = np.concatenate([np.full(5, 1.0), np.geomspace(1.0, 0.05, 20)])
    assert set(steps_from_current(decline)) == {1}


def test_cycles_are_counted_from_the_current():
    """A cycle ends where discharge follows charge again; a short pulse in between counts for nothing."""
    current = np.repeat([-1.0, 1.0, -1.0, 1.0], 100)
    current[20] = 1.0
    cycles = cycles_from_current(np.arange(400.0), current)
    assert list(cycles) == [1] * 200 + [2] * 200
