"""How far outside what a generator has seen does a recipe lie?

The envelope is the convex hull of the training conditions, each scaled to its training range; the distance to it is
zero inside. A condition that never varied is measured in its own unit. A hull says where there were volumes around,
not that there were many: a hole inside it is not seen.

References
----------
Lawson and Hanson 1974, Solving Least Squares Problems, chapter 23 (the nearest point of a hull as non-negative least
squares: of minimising |U w|^2 + (1 - sum w)^2 over w >= 0, w over its sum are the weights of the nearest point).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]

BLIND_DISTANCE = 0.05  # of the training range; farther out a recipe is said to be outside the envelope
_ROUNDING = 1e-9  # of the training range; less is inside


@dataclass(frozen=True)
class Place:
    """Where a condition lies: distance outside the hull [range], the nearest training condition and how far it is."""

    distance: float
    nearest: int
    nearest_distance: float


def place(condition: Floats, conditions: Floats, scale_by: Floats | None = None) -> Place:
    """Where a condition lies relative to training conditions.

    Parameters
    ----------
    condition
        Shape (names,).
    conditions
        Shape (volumes, names). At least one.
    scale_by
        Shape (more volumes, names). Whose ranges are the unit; those of `conditions` if None.
    """
    scaled = (conditions - condition) / ranges(conditions if scale_by is None else scale_by)
    apart = np.linalg.norm(scaled, axis=1)
    nearest = int(np.argmin(apart))
    return Place(min(_outside(scaled), float(apart[nearest])), nearest, float(apart[nearest]))


def ranges(conditions: Floats) -> Floats:
    """Of each condition, shape (names,); one where it never varied."""
    span = np.ptp(conditions, axis=0)
    return np.where(span > 0, span, 1.0)


def statement(found: Place, condition: Floats, conditions: Floats, names: Sequence[str], tolerated: float) -> str:
    """In words: inside or outside, how far, in what, and what is nearest."""
    if found.distance <= tolerated:
        return f"inside the envelope of {len(conditions)} training volumes (distance {found.distance:.3g} of the range)"
    low, high = conditions.min(axis=0), conditions.max(axis=0)
    beyond = [
        f"{name} = {value:.4g}, seen {a:.4g} to {b:.4g}"
        for name, value, a, b in zip(names, condition, low, high, strict=True)
        if not a <= value <= b
    ]
    what = "; ".join(beyond) or "a combination of conditions that no training volumes surround"
    nearest = ", ".join(f"{n} = {v:.4g}" for n, v in zip(names, conditions[found.nearest], strict=True))
    return (
        f"outside the envelope of {len(conditions)} training volumes by {found.distance:.3g} of the range ({what}); "
        f"nearest is volume {found.nearest} ({nearest}), {found.nearest_distance:.3g} away"
    )


def _outside(vertices: Floats) -> float:
    """Distance of the origin to the convex hull of points, shape (points, axes)."""
    import scipy.optimize

    system = np.vstack([vertices.T, np.ones(len(vertices))])
    wanted = np.zeros(len(system))
    wanted[-1] = 1.0
    weights, _ = scipy.optimize.nnls(system, wanted)
    distance = float(np.linalg.norm(vertices.T @ weights) / weights.sum())
    return distance if distance > _ROUNDING else 0.0
