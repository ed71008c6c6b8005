"""How fast a cell takes a share of its capacity, if its temperature and its plating margin are kept meanwhile.

Read off a simulated charge, whether its protocol knew the limits or not. A charge that passes one of them before the
share is in has no time: it is infeasible, and the reason says what was passed, and when.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.kpi.definition import Definition, Window
from ragone.pipelines.kpi.plating import VARIABLE
from ragone.schemas import Curve, Cycling, Kpi, KpiOutcome, kpi_stage
from ragone.schemas.field import Bounds
from ragone.schemas.parameter import Positive

_SECONDS_PER_HOUR = 3600.0
COUNTER = "Discharge capacity [A.h]"  # PyBaMM's, integrated with the model
_ROUNDING = 1e-9
_SOLVED = 1e-3  # V and K: what a limit that is followed may be passed by between two samples
CHARGE_TIME = Definition(
    "fast_charge_time", "s", "time in which a share of the nominal capacity is charged within limits"
)


@kpi_stage("kpi.charge_time", gives={"fast_charge_time": "s"}, libraries=("numpy",))
def charge_time(
    curve: Curve,
    *,
    charged_share: Annotated[float, Bounds(0, 1, low_open=True)] = 0.7,
    smallest_plating_margin_volt: float = 0.0,
    largest_temperature_kelvin: Positive = 333.15,
) -> Kpi:
    """Time from the beginning of the curve until a share of the nominal capacity has been charged.

    Parameters
    ----------
    curve
        A simulated charge; from 10 % state of charge a share of 0.7 leads to 80 %.
    charged_share
        Net charge over the nominal capacity [-].
    smallest_plating_margin_volt, largest_temperature_kelvin
        Limits that must be kept until then [V, K].

    Returns
    -------
    Kpi
        fast_charge_time [s]; NOT_REACHED if a limit is passed before, or if so much is never charged. The uncertainty
        is that of the interpolation between two samples.
    """
    Bounds(0, 1, low_open=True).require(charged_share, "charged_share", "1")
    if not isinstance(curve, Cycling):
        reason = f"a {curve.kind} holds no plating margin; simulate a charge"
        return CHARGE_TIME.missing(reason, KpiOutcome.NOT_APPLICABLE)
    if not len(curve.test_time_second):
        return CHARGE_TIME.missing(f"the charge never began: {curve.reason}", KpiOutcome.NOT_REACHED)
    if VARIABLE not in curve.variable_names:
        reason = f"{VARIABLE!r} was not recorded, as in a half cell; charge a full cell"
        return CHARGE_TIME.missing(reason, KpiOutcome.NOT_APPLICABLE)
    time, charge = np.asarray(curve.test_time_second), _charge(curve)
    wanted = charged_share * curve.nominal_capacity_ampere_hour
    row = int(np.argmax(charge >= wanted * (1 - 1e-5)))
    passed = _passed(curve, smallest_plating_margin_volt, largest_temperature_kelvin)
    end = row if row else len(time) - 1
    if len(passed) and passed[0] <= end:
        at = int(passed[0])
        reason = (
            f"after {time[at]:g} s the plating margin is {curve.variable(VARIABLE)[at]:.4g} V and the temperature "
            f"{curve.temperature_kelvin[at]:.5g} K; at least {smallest_plating_margin_volt:g} V and at most "
            f"{largest_temperature_kelvin:g} K are asked for"
        )
        return CHARGE_TIME.missing(reason, KpiOutcome.NOT_REACHED)
    if not row:
        reason = f"only {charge.max():.4g} of {wanted:.4g} A.h were charged{': ' * bool(curve.reason)}{curve.reason}"
        return CHARGE_TIME.missing(reason, KpiOutcome.NOT_REACHED)
    found = float(np.interp(wanted, charge[row - 1 : row + 1], time[row - 1 : row + 1]))
    coarse = float(np.interp(wanted, charge[[max(row - 2, 0), row]], time[[max(row - 2, 0), row]]))
    apart, rule = abs(found - coarse), "the counter" if COUNTER in curve.variable_names else "the trapezoidal rule"
    return CHARGE_TIME.measured(
        found,
        uncertainty=apart if apart > _ROUNDING * found else None,
        count=row + 1,
        method=f"{wanted:.5g} A.h by {rule}, linear between two samples; uncertainty: what leaving one out does; that "
        "of the model is not in it",
        window=Window("until the share is charged", float(time[0]), found),
    )


def _charge(curve: Cycling) -> NDArray[np.float64]:
    """Net charge since the beginning [A.h]: the model's own counter if it was recorded, else the trapezoidal rule."""
    if COUNTER in curve.variable_names:
        counted = np.asarray(curve.variable(COUNTER), np.float64)
        return np.asarray(counted[0] - counted)
    time, current = np.asarray(curve.test_time_second), np.asarray(curve.current_ampere)
    steps = np.diff(time) * (current[1:] + current[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(steps)]) / _SECONDS_PER_HOUR


def _passed(curve: Cycling, margin: float, temperature: float) -> NDArray[np.int64]:
    """Rows at which a limit is passed."""
    plated = np.asarray(curve.variable(VARIABLE)) < margin - _SOLVED
    return np.flatnonzero(plated | (np.asarray(curve.temperature_kelvin) > temperature + _SOLVED))
