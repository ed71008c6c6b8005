"""Values as surrogates and acquisitions compare them: less their mean, over their sample standard deviation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Scale:
    """The zero and the unit of standardised values, in the unit of the values."""

    centre: float
    spread: float

    @classmethod
    def of(cls, values: Floats) -> Self:
        """The scale of at least two values; equal ones are left as far apart as they are."""
        return cls(values.mean(), float(values.std(ddof=1)) or 1.0)

    def standardised(self, values: Floats) -> Floats:
        """The values in units of the scale."""
        return np.asarray((values - self.centre) / self.spread)
