"""Which of several results are on the front: beaten by no other in all objectives."""

from __future__ import annotations

from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]


def unbeaten(gains: Floats) -> list[int]:
    """Rows of gains, shape (n, objectives), that no other row is at least equal to in all, and larger in one.

    Larger is better; rows that are not finite are on no front.
    """
    return [
        number
        for number, one in enumerate(gains)
        if np.isfinite(one).all() and not ((gains >= one).all(axis=1) & (gains > one).any(axis=1)).any()
    ]
