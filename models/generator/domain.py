"""Where does a recipe lie relative to the applicability domain of a generator?

The applicability domain is the convex hull of the training conditions, each scaled to its training range; the distance
to it is zero inside. A condition that never varied is measured in its own unit. A hull says that there were training
conditions around, not that there were many: a gap inside it is not noticed.

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

DOMAIN_DISTANCE = 0.05  # of the training range; farther out a recipe is out of distribution
_ROUNDING = 1e-9  # of the training range; less is inside


@dataclass(frozen=True)
class Position:
    """Distance of a condition outside the hull [range], the nearest training condition and the distance to that."""

    distance: float
    nearest: int
    nearest_distance: float


def locate_condition(condition: Floats, conditions: Floats, scale_by: Floats | None = None) -> Position:
    """Locate a condition relative to training conditions.

    Parameters
    ----------
    condition
        Shape (names,).
    conditions
        Shape (volumes, names). At least one.
    scale_by
        Shape (more volumes, names). Whose ranges are the unit; those of `conditions` if None.
    """
    scaled = (conditions - condition) / condition_ranges(conditions if scale_by is None else scale_by)
    apart = np.linalg.norm(scaled, axis=1)
    nearest = int(np.argmin(apart))
    return Position(min(_distance_outside(scaled), float(apart[nearest])), nearest, float(apart[nearest]))


def condition_ranges(conditions: Floats) -> Floats:
    """Return the range of each condition, shape (names,); one where it never varied."""
    span = np.ptp(conditions, axis=0)
    return np.where(span > 0, span, 1.0)


def describe_position(
    position: Position, condition: Floats, conditions: Floats, names: Sequence[str], domain_distance: float
) -> str:
    """Return in words whether a condition is inside, how far out and in which condition, and what is nearest."""
    domain = f"the applicability domain of {len(conditions)} training volumes"
    if position.distance <= domain_distance:
        return f"inside {domain} (distance {position.distance:.3g} of the range)"
    low, high = conditions.min(axis=0), conditions.max(axis=0)
    beyond = [
        f"{name} = {value:.4g}, training range {a:.4g} to {b:.4g}"
        for name, value, a, b in zip(names, condition, low, high, strict=True)
        if not a <= value <= b
    ]
    what = "; ".join(beyond) or "a combination of conditions that no training volumes surround"
    nearest = ", ".join(f"{n} = {v:.4g}" for n, v in zip(names, conditions[position.nearest], strict=True))
    return (
        f"outside {domain} by {position.distance:.3g} of the range ({what}); "
        f"nearest is volume {position.nearest} ({nearest}), {position.nearest_distance:.3g} away"
    )


def _distance_outside(vertices: Floats) -> float:
    """Return the distance of the origin to the convex hull of points, shape (points, axes)."""
    import scipy.optimize

    system = np.vstack([vertices.T, np.ones(len(vertices))])
    wanted = np.zeros(len(system))
    wanted[-1] = 1.0
    weights, _ = scipy.optimize.nnls(system, wanted)
    distance = float(np.linalg.norm(vertices.T @ weights) / weights.sum())
    return distance if distance > _ROUNDING else 0.0
