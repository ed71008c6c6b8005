"""Which volumes does each member of an ensemble leave out? Opposite extremes of the conditions, two each.

A member is judged by what it left out: at the corners of the conditions its error is that of extrapolation. Every
extreme is left out by exactly one member, so that the ensemble as a whole was trained on all of them.
"""

from __future__ import annotations

import numpy as np

from ragone.models.generator.recipe import Floats

_SPARE = 2  # at least as many volumes must be left for all to share


def left_out(conditions: Floats, member_count: int) -> tuple[tuple[int, ...], ...]:
    """Return the indices that each member leaves out; empty where there are too few volumes to spare.

    Parameters
    ----------
    conditions
        Shape (volumes, conditions).
    member_count
        Number of members of the ensemble.
    """
    count = 2 * member_count
    if len(conditions) < _SPARE * count or not np.ptp(conditions, axis=0).any():
        return ((),) * member_count
    half = np.ptp(conditions, axis=0) / 2
    scaled = (conditions - conditions.min(axis=0)) / np.where(half > 0, half, 1.0) - 1
    farthest = np.argsort(-np.linalg.norm(scaled, axis=1), kind="stable")[:count].tolist()
    pairs = []
    while farthest:
        first = farthest.pop(0)
        opposite = max(farthest, key=lambda other: float(np.linalg.norm(scaled[first] - scaled[other])))
        farthest.remove(opposite)
        pairs.append(tuple(sorted((first, opposite))))
    return tuple(pairs)
