"""Where a curve holds its voltage while the current decays.

A passage is a run of rows with current of one sign. Its taper is the run's last rows within a few millivolts of their
own median, from where the current has begun to fall; the voltage held must be the highest of a charge, or the lowest of
a discharge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.steps import REST_RATE
from ragone.pipelines.curve.transient import noise_level
from ragone.schemas import Curve

VOLTAGE_BAND = 3e-3  # V, around the voltage held
NOISE_MULTIPLE = 5.0
STEADY_SHARE = 0.3  # of that band: what a voltage that is held may drift by
BEGUN = 0.02  # of the current at first: a taper has begun when the current has fallen by this


@dataclass(frozen=True, slots=True)
class Passage:
    """Rows `start` to `end` - 1, all of one sign of current.

    The voltage is held from row `held`, and the taper begins at row `taper`; either is `end` if there is none.
    """

    start: int
    end: int
    held: int
    taper: int
    sign: int

    @property
    def has_taper(self) -> bool:
        """Whether the current had begun to fall."""
        return self.taper < self.end


def passages(curve: Curve) -> Iterator[Passage]:
    """Passages in order of time."""
    current = curve.current_ampere
    if len(current) == 0:
        return
    resting = REST_RATE * float(np.abs(current).max())
    signs = np.where(np.abs(current) > resting, np.sign(current), 0).astype(int)
    edges = [0, *(np.flatnonzero(np.diff(signs) != 0) + 1).tolist(), len(signs)]
    for start, end in pairwise(edges):
        if signs[start] != 0:
            yield _passage(curve, start, end, int(signs[start]))


def _passage(curve: Curve, start: int, end: int, sign: int) -> Passage:
    time, rows = curve.test_time_second, slice(start, end)
    voltage, current = curve.voltage_volt[rows] * sign, np.abs(curve.current_ampere[rows])
    band = max(VOLTAGE_BAND, NOISE_MULTIPLE * noise_level(time[rows], voltage))
    held = float(np.median(voltage[-max(3, len(voltage) // 50) :]))
    outside = np.flatnonzero(np.abs(voltage - held) > band)
    first = int(outside[-1]) + 1 if len(outside) else 0
    if first >= len(voltage) - 1 or voltage.max() > held + 2 * band:
        return Passage(start, end, end, end, sign)
    steady = _rise(time[rows][first:], voltage[first:]) < STEADY_SHARE * band
    begun = _begun(current, first, noise_level(time[rows], current))
    return Passage(start, end, start + first if steady else end, start + begun, sign)


def _rise(time: NDArray[np.float64], voltage: NDArray[np.float64]) -> float:
    """Rise of a straight line through the samples from the first to the last."""
    centred = time - time.mean()
    spread = float(np.sum(centred**2))
    return abs(float(np.sum(centred * voltage))) / spread * float(np.ptp(time)) if spread > 0 else 0.0


def _begun(current: NDArray[np.float64], first: int, noise: float) -> int:
    """Last row, from the first with the voltage held, that is not yet below the current that it began with."""
    level = float(np.median(current[max(0, first - 3) : first + 1]))
    low = current[first:] < level - max(BEGUN * level, NOISE_MULTIPLE * noise)
    lasting = np.flatnonzero(~low)
    begun = first + (int(lasting[-1]) if len(lasting) else 0)
    return begun if begun < len(current) - 1 else len(current)
