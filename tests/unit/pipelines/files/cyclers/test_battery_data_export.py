"""What is written in the Battery Data Format comes back as it was."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.app.tables.battery_data import ExportError, export_battery_data
from ragone.pipelines.files.cyclers import battery_data_table, read_measurement

COLUMNS = ("test_time_second", "voltage_volt", "current_ampere", "step_count", "cycle_count")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("kind", ["measurement", "cycling"])
def test_round_trip(example, tmp_path, kind, ending):
    """Time, voltage, current, steps and cycles are equal to the last bit; temperatures to 1e-9 K."""
    changes = {
        "test_time_second": np.array([0.0, 0.1 + 0.2, 1e5 / 3]),
        "voltage_volt": np.array([4.1, 3.7000000000000006, 2.5]),
        "current_ampere": np.array([0.0, -1e-7, -5.0]),
        "step_count": np.array([1, 1, 2]),
        "temperature_kelvin": np.array([298.15, 298.2, 298.123456789]),
        "ambient_temperature_kelvin": 298.15,
    }
    curve = example(kind, **changes)
    path = tmp_path / f"curve.bdf.{ending}"
    export_battery_data(curve, str(path))
    back = read_measurement(path)
    for column in COLUMNS:
        assert np.array_equal(getattr(back, column), getattr(curve, column)), column
    assert np.allclose(back.temperature_kelvin, curve.temperature_kelvin, rtol=0, atol=1e-9)
    assert back.ambient_temperature_kelvin == 298.15
    assert back.source_format.startswith("Battery Data Format")


def test_a_discharge_has_no_steps(example):
    """A discharge of the loop is written with what it has."""
    assert battery_data_table(example("discharge")).columns == [
        "test_time_second",
        "voltage_volt",
        "current_ampere",
        "ambient_temperature_celsius",
    ]


@pytest.mark.parametrize(("kind", "name", "says"), [("kpi", "x.csv", "is no curve"), ("discharge", "x.xlsx", "ending")])
def test_what_cannot_be_written(example, tmp_path, kind, name, says):
    """Other records and other endings are refused."""
    with pytest.raises(ExportError, match=says):
        export_battery_data(example(kind), str(tmp_path / name))
    assert not (tmp_path / name).exists()
