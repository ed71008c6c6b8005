"""How many volume elements of a size bring the mean within a target, and which size is cheapest?

The error of a mean of n volume elements is its bias, which no number of volume elements lowers, and its confidence
interval: |bias| + t s / sqrt(n), with t the two-sided quantile of Student's distribution for n - 1 degrees of freedom
and s the relative scatter of single volume elements. The cost is n edge^p; p = 3 for a solver whose work grows with the
voxels.

What it does not do: bias from the size of the voxel is not in it, for neither size nor number changes that.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from ragone.pipelines.characterise.representativity.metrics import Floats


def relative_error(bias: float, scatter: float, counts: npt.NDArray[np.int64], confidence: float) -> Floats:
    """Error that a mean of so many volume elements keeps within, at a confidence [-]; shape of `counts`, each >= 2."""
    t = stdtrit(counts - 1, 0.5 + confidence / 2)
    return np.asarray(abs(bias) + t * scatter / np.sqrt(counts))


def volume_elements_needed(bias: float, scatter: float, *, target: float, confidence: float, most: int) -> int:
    """Smallest number of volume elements, from 2 to `most`, that keeps the error within the target; 0 if none does."""
    counts = np.arange(2, most + 1)
    enough = np.flatnonzero(relative_error(bias, scatter, counts, confidence) <= target)
    return int(counts[enough[0]]) if enough.size else 0


def cheapest(edges: Floats, needed: npt.NDArray[np.int64], exponent: float) -> int | None:
    """Row of the least cost, the smaller volume element of equals; None if no row meets the target."""
    rows = [row for row in np.argsort(edges, kind="stable") if needed[row] > 0]
    costs = [float(needed[row]) * float(edges[row]) ** exponent for row in rows]
    return int(rows[int(np.argmin(costs))]) if rows else None
