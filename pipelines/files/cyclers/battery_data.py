"""How is a curve written in the Battery Data Format? As a table of its columns, under their machine-readable names.

Temperatures are in degrees Celsius there, to 1e-9; ambient temperature is a column that repeats one number. What the
format has no column for (method, findings, PyBaMM's variables) stays in the record.

References
----------
Battery Data Alliance, Battery Data Format, columns of its ontology (release 1.3.0).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from ragone.schemas import Curve, Cycling, Measurement

_ICE_POINT = 273.15


def battery_data_table(curve: Curve) -> pl.DataFrame:
    """The samples of a curve in the Battery Data Format, a row each; a charging current is positive.

    Time [s], voltage [V] and current [A] always; counts of steps and cycles from 1, and the temperatures of the
    surroundings and of the cell [degC], where the curve has them.
    """
    columns = {
        "test_time_second": curve.test_time_second,
        "voltage_volt": curve.voltage_volt,
        "current_ampere": curve.current_ampere,
    }
    if isinstance(curve, Cycling | Measurement):
        columns |= {"cycle_count": curve.cycle_count, "step_count": curve.step_count}
    ambient = getattr(curve, "ambient_temperature_kelvin", None)
    if ambient is not None:
        columns["ambient_temperature_celsius"] = np.full(len(curve.test_time_second), round(ambient - _ICE_POINT, 9))
    if isinstance(curve, Cycling | Measurement) and len(curve.temperature_kelvin):
        columns["temperature_t1_celsius"] = np.round(curve.temperature_kelvin - _ICE_POINT, 9)
    return pl.DataFrame(columns)
