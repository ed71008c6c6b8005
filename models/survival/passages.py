"""At which cycles did a cell's loss of capacity pass one level after another, on its way to the end of its life?

A fade is read the other way round: the logarithm of the cycle as a function of the loss, which is a share of the loss
at which the life ends. Cycles are averaged over stretches of equal ratio, and noise of the capacity becomes noise of
the cycle by the slope of the fade. A rise of the capacity in the first cycles has no level and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.models.survival.lifetimes import Floats
from ragone.schemas import CapacityFade
from ragone.schemas.errors import StageError

LEAST_LEVEL = 0.05  # of the loss at the end of life: below it a fade says more of its beginning than of its end
_STRETCH = 0.15  # of the logarithm of the cycle
_READING = 0.01  # standard uncertainty of a logarithm of a cycle that is read off averages
_NORMAL = 1.4826  # standard deviation over median absolute deviation, of a normal distribution
_QUIET = 1e-3  # noise of a loss below which one row beyond the end of life is a death, as in simulations
_ROWS_BEYOND = 3
_LEAST_SLOPE = 0.02  # of the level over the logarithm of the cycle: a fade that stands still


@dataclass(frozen=True)
class Passages:
    """Levels that the loss of one cell has passed, shape (m,), increasing; as shares of the loss at the end of life.

    `log_cycles` are the logarithms of the cycles at which it did, with `variances`. `last_cycle` is the last one done.
    """

    levels: Floats
    log_cycles: Floats
    variances: Floats
    last_cycle: float
    died: bool

    @property
    def reached(self) -> float:
        """The highest level passed; 0 if none was."""
        return float(self.levels[-1]) if len(self.levels) else 0.0

    @classmethod
    def none_yet(cls) -> Passages:
        """The passages of a cell that was not started."""
        return cls(np.zeros(0), np.zeros(0), np.zeros(0), 0.0, died=False)


def passages_of(fade: CapacityFade, *, capacity_share: float) -> Passages:
    """Return the passages of a fade, its capacity compared with that of its first cycle.

    Parameters
    ----------
    fade
        Of one cell.
    capacity_share
        Share of the first capacity at which a life ends [-], below 1.
    """
    capacities = fade.discharging_capacity_ampere_hour
    if not len(capacities):
        return Passages.none_yet()
    if not capacities[0] > 0:
        raise StageError(f"{fade.cell_name!r} delivered {capacities[0]:g} A.h in its first cycle; leave it out.")
    return find_passages(fade.cycle_count.astype(np.float64), (1 - capacities / capacities[0]) / (1 - capacity_share))


def find_passages(cycles: Floats, losses: Floats) -> Passages:
    """Return the passages of losses that were seen at some cycles.

    Parameters
    ----------
    cycles
        From 1, increasing, shape (n,).
    losses
        As shares of the loss at the end of life, shape (n,).
    """
    from scipy.optimize import isotonic_regression

    noise, rising = _noise(losses), np.asarray(isotonic_regression(losses).x)
    beyond = int((rising >= 1.0).sum())
    died = beyond >= (1 if noise < _QUIET else _ROWS_BEYOND)
    kept = slice(0, len(rising) - beyond + 1 if died else None)
    logs, alive = np.log(cycles[kept]), losses[kept] if not died else np.minimum(losses[kept], 1.0)
    number = np.ceil((logs - logs[-1]) / _STRETCH)
    _, place, counts = np.unique(number, return_inverse=True, return_counts=True)
    levels = np.bincount(place, alive) / counts
    means, errors = np.bincount(place, logs) / counts, noise / np.sqrt(counts)
    if died:
        levels, means = np.append(levels, 1.0), np.append(means, _crossing(logs, rising[kept]))
        errors = np.append(errors, noise)
    slopes = np.maximum(np.gradient(levels, means), _LEAST_SLOPE) if len(levels) > 1 else np.ones(len(levels))
    seen = (levels >= np.maximum(LEAST_LEVEL, 3 * errors)) & _is_new_high(levels)
    variances = (errors[seen] / slopes[seen]) ** 2 + _READING**2
    return Passages(levels[seen], means[seen], variances, float(cycles[-1]), died)


def _noise(losses: Floats) -> float:
    """Standard deviation of what a loss jumps from cycle to cycle, apart from its trend."""
    if len(losses) < 3:
        return 0.0
    bends = (losses[:-2] - 2 * losses[1:-1] + losses[2:]) / np.sqrt(6.0)
    return float(_NORMAL * np.median(np.abs(bends)))


def _crossing(logs: Floats, rising: Floats) -> float:
    """Logarithm of the cycle at which a loss that only rises passes 1, interpolated between the last two rows."""
    if len(logs) == 1 or rising[-1] == rising[-2]:
        return float(logs[-1])
    share = (1.0 - rising[-2]) / (rising[-1] - rising[-2])
    return float(logs[-2] + share * (logs[-1] - logs[-2]))


def _is_new_high(levels: Floats) -> NDArray[Any]:
    """Whether each level is above all before it."""
    before = np.concatenate([[-np.inf], np.maximum.accumulate(levels)[:-1]])
    return np.asarray(levels > before)
