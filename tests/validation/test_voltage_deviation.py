"""How far two discharges lie apart, where that is known; and the cell of Chen et al. beside its own measurements."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows import compare_discharges
from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.protocols import ProtocolError, discharge_alike
from ragone.pipelines.files.cyclers import read_measurement
from ragone.pipelines.kpi import voltage_deviation
from ragone.schemas import KpiOutcome

SHARED = Path(os.environ.get("RAGONE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
LG_M50 = SHARED / "LGM50_5Ah_RateTest_10C_25C.mat"


@pytest.fixture
def curve(example):
    """A discharge at 5 A with a voltage as a function of time, after a rest of 10 s."""

    def build(voltage, duration=1000.0, count=501):
        time = np.linspace(0.0, duration, count)
        rest = np.array([0.0, 5.0])
        return example(
            "measurement",
            test_time_second=np.concatenate([rest, 10.0 + time]),
            voltage_volt=np.concatenate([[4.0, 4.0], voltage(time)]),
            current_ampere=np.concatenate([[0.0, 0.0], np.full(count, -5.0)]),
            step_count=np.concatenate([[1, 1], np.full(count, 2)]),
            cycle_count=np.ones(count + 2, np.int64),
            temperature_kelvin=np.full(count + 2, 298.15),
        )

    return build


def test_a_constant_offset(curve):
    """20 mV more: root mean square, bias and largest deviation are 20 mV, over all of the charge."""
    found = voltage_deviation(curve(lambda t: 4 - t / 1000), curve(lambda t: 4.02 - t / 1000))
    for name in ("voltage_rmse", "voltage_bias", "voltage_largest_deviation"):
        assert found[name].value == pytest.approx(20.0)
        assert found[name].unit == "mV"
    assert found["compared_share"].value == pytest.approx(1.0)
    assert found["voltage_rmse"].window_start_second == 10.0


def test_a_sine_has_no_bias_and_its_root_mean_square(curve):
    """Amplitude over the square root of two, whatever the sampling of the two curves."""
    found = voltage_deviation(
        curve(lambda t: 3.7 + 0 * t, count=401), curve(lambda t: 3.7 + 0.05 * np.sin(2 * np.pi * t / 100), count=5001)
    )
    assert found["voltage_rmse"].value == pytest.approx(50 / math.sqrt(2), rel=1e-3)
    assert found["voltage_bias"].value == pytest.approx(0.0, abs=1e-6)


def test_a_simulation_that_ends_early_is_told(curve):
    """Three quarters of the measured charge are compared, no more is claimed."""
    found = voltage_deviation(curve(lambda t: 4 - t / 1000), curve(lambda t: 4 - t / 1000, duration=750.0))
    assert found["compared_share"].value == pytest.approx(0.75, abs=2e-3)
    assert found["voltage_rmse"].value == pytest.approx(0.0, abs=1e-9)


def test_uneven_samples_do_not_outweigh_time(curve, example):
    """A stretch with many samples counts by its duration."""
    time = np.concatenate([np.linspace(0, 1, 1000, endpoint=False), np.linspace(1, 1000, 1000)])
    dense = example(
        "discharge",
        test_time_second=time,
        voltage_volt=np.where(time < 1, 3.0, 4.0),
        current_ampere=np.full(time.shape, -5.0),
    )
    flat = example(
        "discharge",
        test_time_second=np.linspace(0, 1000, 2001),
        voltage_volt=np.full(2001, 4.0),
        current_ampere=np.full(2001, -5.0),
    )
    assert voltage_deviation(dense, flat)["voltage_rmse"].value == pytest.approx(1e3 * math.sqrt(1e-3), rel=2e-2)


def test_no_discharge_no_number(curve, example):
    """A rest has no discharge to compare; the reason says which curve."""
    rest = example("discharge", current_ampere=np.zeros(3), voltage_volt=np.full(3, 4.0))
    found = voltage_deviation(curve(lambda t: 4 - t / 1000), rest)
    assert found["voltage_rmse"].outcome is KpiOutcome.NOT_APPLICABLE
    assert "the simulated curve holds no discharge" in found["voltage_rmse"].method


def test_the_step_that_does_it_again(curve, example):
    """Mean current and last voltage of the first discharge between two rests; a varying current is refused."""
    steps = discharge_alike(curve(lambda t: 4 - t / 1000))
    assert steps == ("Rest for 10 seconds", "Discharge at 5 A until 3 V", "Rest for 10 seconds")
    varying = curve(lambda t: 4 - t / 1000)
    current = varying.current_ampere.copy()
    current[100:] *= 1.2
    with pytest.raises(ProtocolError, match=r"from row 3 varies by .*%; it must be constant"):
        discharge_alike(
            example("measurement", **{n: getattr(varying, n) for n in varying.fields()} | {"current_ampere": current})
        )
    with pytest.raises(ProtocolError, match="holds no discharge"):
        discharge_alike(example("measurement", current_ampere=np.zeros(3)))


def test_a_row_on_the_ramp_does_not_vary_the_current(curve, example):
    """One row of half the current for 50 ms in a thousand seconds: the mean over time hardly moves."""
    ramped = curve(lambda t: 4 - t / 1000)
    current, time = ramped.current_ampere.copy(), ramped.test_time_second.copy()
    first = int(np.argmax(current < 0))
    current[first], time[first] = current[first] / 2, time[first + 1] - 0.05
    made = {n: getattr(ramped, n) for n in ramped.fields()} | {"current_ampere": current, "test_time_second": time}
    _, discharge, _ = discharge_alike(example("measurement", **made))
    assert float(discharge.split()[2]) == pytest.approx(5.0, rel=1e-4)


@pytest.mark.skipif(not LG_M50.is_file(), reason=f"{LG_M50} is not there")
def test_the_cell_of_chen_2020_beside_its_measurements(tmp_path):
    """The parameter set as shipped at 2C: the starting point that a recalibration must beat."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        cell = lake.run(reference_cell, parameter_set="Chen2020").id
        measured = lake.put(read_measurement(LG_M50, inside="LGM50_5Ah_RateTest.T25.cRate_2C"))
        (found,) = compare_discharges(lake, cell, [measured])
        kpis = {name: lake.get(kpi_id) for name, kpi_id in found.kpi_ids.items()}
        assert str(lake.reproduce(found.kpi_ids["voltage_rmse"]).verdict) == "bitwise equal"
    assert found.step.startswith("Discharge at 9.99986")
    assert 20 < kpis["voltage_rmse"].value < 60
    assert 0.97 < kpis["compared_share"].value <= 1
