"""How often do two standard uncertainties of `capacity_beyond_cut_off` hold the truth? 480 made pairs of curves.

A discharge of a cell of known open-circuit voltage whose polarisation grows from 50 mV to two or four times as much
towards its end, and a charge of 50 mV, with noise; by seeds that are used for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.measure import Line, stated, tell
from ragone.pipelines.kpi.differential import capacity_beyond_cut_off
from tests.validation.hysteretic_cell import FULL, charge_below, measured_sweep

_SEEDS = range(5000, 5030)
_ENDS, _NOISES = (0.1, 0.2), (1e-3, 5e-3)  # V
_CUT_OFF, _EMPTY, _START = 3.3, 2.9, 0.05  # V
_GOAL = 0.9
_GROWTHS: Mapping[str, Callable[[Any], Any]] = {
    "in proportion": lambda passed: passed,
    "with the square": lambda passed: passed**2,
    "over the last fifth": lambda passed: np.exp((passed - 1) / 0.2),
    "over the last tenth": lambda passed: np.exp((passed - 1) / 0.1),
}


def lines() -> list[Line]:
    """A line for each growth, with its smallest share over ends and noises, and one for all."""
    found, shares = [], []
    for name, growth in _GROWTHS.items():
        tell(f"polarisation that grows {name}")
        own = [_share(growth, end, noise) for end in _ENDS for noise in _NOISES]
        shares += own
        found.append(stated(f"truth within 2 u, growth {name}", ", ".join(f"{share:.0%}" for share in own)))
    whole = float(np.mean(shares))
    count = len(shares) * len(_SEEDS)
    return [*found, Line(f"... of all {count} pairs", f"{whole:.1%}", "", "", f">= {_GOAL:.0%}", whole >= _GOAL)]


def _share(growth: Callable[[Any], Any], end: float, noise: float) -> float:
    """Share of the repeats whose two standard uncertainties hold what the discharge left."""
    truth = charge_below(_CUT_OFF + end) - charge_below(_CUT_OFF)
    held = []
    for seed in _SEEDS:
        made: dict[str, Any] = {"generator": np.random.default_rng(seed), "noise": noise}
        discharge = measured_sweep(
            FULL, _CUT_OFF + end, _START + (end - _START) * growth(np.linspace(0, 1, 1000)), **made
        )
        charge = measured_sweep(_EMPTY, FULL - _START, _START, **made)
        share = {"discharge_share": end / (end + _START), "discharge_share_uncertainty": 0.0}
        kpi = capacity_beyond_cut_off.function((discharge, charge), **share)["capacity_beyond_cut_off"]
        held.append(kpi.value is not None and abs(kpi.value - truth) < 2 * (kpi.standard_uncertainty or 0.0))
    return float(np.mean(held))
