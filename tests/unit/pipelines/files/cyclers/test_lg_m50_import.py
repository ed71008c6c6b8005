"""The measured rate test of an LG M50 comes in whole, with what is odd about it told."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.curve.steps import StepKind, steps_of
from ragone.pipelines.files.cyclers import read_measurement

FILE = "LGM50_5Ah_RateTest_10C_25C.mat"


@pytest.mark.parametrize("temperature", [10, 25])
@pytest.mark.parametrize(("rate", "c_rate"), [("0p1C", 0.1), ("0p5C", 0.5), ("1C", 1.0), ("2C", 2.0)])
def test_every_series(shared_data, temperature, rate, c_rate):
    """Each begins with a sample at rest, then discharge, rest, charge and rest; time increases inside every step."""
    measurement = read_measurement(
        shared_data / FILE,
        inside=f"T{temperature}.cRate_{rate}",
        nominal_capacity_ampere_hour=5.0,
        ambient_temperature_kelvin=temperature + 273.15,
    )
    steps = steps_of(measurement)
    rest, discharge, charge = StepKind.REST, StepKind.DISCHARGE, StepKind.CHARGE
    assert [step.kind for step in steps] == [rest, discharge, rest, charge, rest]
    assert all((np.diff(step.time) > 0).all() for step in steps)
    assert np.median(steps[1].current) == pytest.approx(-5.0 * c_rate, rel=1e-3)
    delivered = -np.trapezoid(steps[1].current, steps[1].time) / 3600
    assert 4.0 < delivered < 5.1
    assert not any("gap" in finding for finding in measurement.findings)


def test_a_doubled_time_at_the_first_step(shared_data):
    """Rows 1 and 2 of one series are both at 0 s: before and after the current step. Both are kept, and it is told."""
    measurement = read_measurement(shared_data / FILE, inside="T25.cRate_0p5C")
    assert list(measurement.test_time_second[:2]) == [0.0, 0.0]
    assert list(measurement.current_ampere[:2]) == [0.0, -2.49857]
    assert any(finding.startswith("1 row (2) has the time of the row before") for finding in measurement.findings)
