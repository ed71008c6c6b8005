"""The voltage of a sweep along the charge that it passed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.kpi.differential.density import Vector

_REACH = 4.0  # widths, beyond which a Gaussian weight is nothing


@dataclass(frozen=True, slots=True)
class Path:
    """Charge passed by a sweep [A.h], increasing, and voltage [V] there, shape (n,); the noise of one voltage [V]."""

    charge: Vector
    voltage: Vector
    noise: float

    def smoothed(self, width: float, step: float) -> Path:
        """Return local straight lines, Gaussian weights of a width [A.h], at equal steps of charge [A.h].

        Both sweeps are smoothed alike, so that what it does to the open-circuit voltage cancels in their difference.
        The noise left is that far from the ends; it is correlated as exp(-(distance / width)^2 / 4).
        """
        at = np.arange(self.charge[0], self.charge[-1], step)
        voltage = np.empty_like(at)
        for row, centre in enumerate(at):
            first, last = np.searchsorted(self.charge, [centre - _REACH * width, centre + _REACH * width])
            place = self.charge[first:last] - centre
            weights = np.exp(-((place / width) ** 2) / 2)
            zeroth, once, twice = (float(np.sum(weights * place**power)) for power in range(3))
            tilted = weights * (twice - once * place)
            voltage[row] = tilted @ self.voltage[first:last] / (zeroth * twice - once**2)
        spacing = float(self.charge[-1] - self.charge[0]) / (len(self.charge) - 1)
        left = math.sqrt(min(1.0, spacing / (2 * math.sqrt(math.pi) * width)))
        return Path(at, voltage, self.noise * left)
