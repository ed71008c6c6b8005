"""What do the first cycles of a fade say? A few numbers, each with a meaning, before a cell has lost much.

Features are read from a stretch of cycles that every cell must have done. The discharge curves of these cycles, whose
change Severson et al. 2019 (doi 10.1038/s41560-019-0356-8) found to say more than capacities, are no part of a fade.
"""

from __future__ import annotations

import numpy as np

from ragone.models.survival.lifetimes import Floats
from ragone.schemas import CapacityFade

_SETTLED = 0.1  # of the stretch: before it a new cell still settles
_FLOOR = 1e-5  # share of the first capacity: a loss below it is none that a cycler sees
LEAST_CYCLES = 20

FEATURES = {
    "log_loss": "logarithm of the share of capacity lost over the stretch",
    "acceleration": "slope of the loss in the second half less that in the first, over the sum of their sizes",
    "initial_rise": "share by which the capacity rose above that of the first cycle",
    "log_scatter": "logarithm of the scatter of the capacity about its smooth course",
    "resistance_growth": "logarithm of the ratio of the resistances at the end and at the start of the stretch",
}


def early_features(fade: CapacityFade, *, cycles: int) -> dict[str, float]:
    """Return features of the first cycles; none where fewer were done, no resistance growth where none was measured.

    Parameters
    ----------
    fade
        From the first cycle on.
    cycles
        Length of the stretch, 20 or more.
    """
    counts, capacities = fade.cycle_count, fade.discharging_capacity_ampere_hour
    stretch = counts <= cycles
    settled = stretch & (counts > _SETTLED * cycles)
    if not len(counts) or counts[0] != 1 or counts[-1] < cycles or settled.sum() < 6 or not capacities[0] > 0:
        return {}
    shares = capacities / capacities[0]
    at, losses = counts[settled].astype(np.float64), 1 - shares[settled]
    half = len(at) // 2
    first, second = _slope(at[:half], losses[:half]), _slope(at[half:], losses[half:])
    lost = _slope(at, losses) * (at[-1] - at[0])
    found = {
        "log_loss": float(np.log(max(lost, _FLOOR))),
        "acceleration": (second - first) / max(abs(first) + abs(second), _FLOOR / cycles),
        "initial_rise": float(max(0.0, shares[stretch].max() - 1.0)),
        "log_scatter": float(np.log(max(_scatter(at, losses), _FLOOR))),
    }
    resistances = fade.internal_resistance_ohm
    if len(resistances):
        ends = np.median(resistances[settled][-3:]) / np.median(resistances[settled][:3])
        found["resistance_growth"] = float(np.log(max(ends, 1e-3)))
    return found


def _slope(at: Floats, losses: Floats) -> float:
    return float(np.polyfit(at, losses, 1)[0])


def _scatter(at: Floats, losses: Floats) -> float:
    """Standard deviation about a parabola."""
    return float(np.std(losses - np.polyval(np.polyfit(at, losses, 2), at), ddof=3))
