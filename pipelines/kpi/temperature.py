"""How warm a cell became. Measured noise lifts the largest of many samples: the largest median of five is taken."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.totals import noise_of
from ragone.pipelines.kpi.definition import Definition, Window, all_missing
from ragone.schemas import Curve, Cycling, Discharge, Kpi, KpiOutcome, Measurement, kpi_stage

_WIDTH = 5
_MEDIAN = math.sqrt(math.pi / 2 / _WIDTH)  # standard error of a median over the noise, many samples
MAXIMUM = Definition("maximum_temperature", "K", "the highest temperature of the cell")
RISE = Definition("temperature_rise", "K", "the highest temperature of the cell over that of its first samples")


@kpi_stage("kpi.temperature", gives={"maximum_temperature": "K", "temperature_rise": "K"}, libraries=("numpy",))
def maximum_temperature(curve: Curve, *, temperature_uncertainty_kelvin: float = 0.0) -> Mapping[str, Kpi]:
    """Highest temperature and rise.

    Parameters
    ----------
    curve
        A simulated protocol or lumped discharge (volume average), or a measurement with a temperature (where its sensor
        is).
    temperature_uncertainty_kelvin
        Standard uncertainty of the sensor [K], the same for all samples; it does not touch the rise.

    Returns
    -------
    Mapping
        Name -> KPI: maximum_temperature [K], temperature_rise [K].
    """
    if not isinstance(curve, Cycling | Discharge | Measurement) or len(curve.temperature_kelvin) == 0:
        reason = f"this {curve.kind} holds no temperature; simulate it lumped, or measure the cell's temperature"
        return all_missing((MAXIMUM, RISE), reason, KpiOutcome.NOT_APPLICABLE)
    values = np.asarray(curve.temperature_kelvin)
    if isinstance(curve, Cycling) and np.ptp(values) == 0:
        reason = f"the simulation was held at {values[0]:g} K; simulate it with a thermal model"
        return all_missing((MAXIMUM, RISE), reason, KpiOutcome.NOT_APPLICABLE)
    noise = noise_of(values) if isinstance(curve, Measurement) else 0.0
    level = _medians(values) if isinstance(curve, Measurement) else values
    row = int(np.argmax(level))
    time = float(curve.test_time_second[row])
    measured = isinstance(curve, Measurement)
    where = f"at the sensor, largest median of {_WIDTH} samples" if measured else "volume average"
    spread = noise * _MEDIAN
    method = f"{where}, reached at {time:g} s; uncertainty: noise of the samples {noise:.2g} K"
    stated = f", sensor as stated {temperature_uncertainty_kelvin:g} K" if temperature_uncertainty_kelvin else ""
    window = Window("the whole curve", float(curve.test_time_second[0]), float(curve.test_time_second[-1]))
    return {
        MAXIMUM.name: MAXIMUM.measured(
            float(level[row]),
            uncertainty=math.hypot(spread, temperature_uncertainty_kelvin) or None,
            count=len(values),
            method=method + stated,
            window=window,
        ),
        RISE.name: RISE.measured(
            float(level[row] - level[0]),
            uncertainty=spread * math.sqrt(2) or None,
            count=len(values),
            method=method,
            window=window,
        ),
    }


def _medians(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running median of five samples; the outermost for those at the ends."""
    if len(values) < _WIDTH:
        return np.full_like(values, np.median(values))
    inner = np.median(np.lib.stride_tricks.sliding_window_view(values, _WIDTH), axis=1)
    return np.pad(inner, _WIDTH // 2, mode="edge")
