"""How far did a campaign come with each trial? The best value so far, or the hypervolume of the front so far.

Every point counts with its measured value: of several designs with errors the one that seems best is, on average,
worse than it seems. The hypervolume is the volume between a reference point and the front (Zitzler and Thiele, 1998,
doi 10.1007/BFb0056872), in the product of the objectives' units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.acquisition.space import Floats
from ragone.models.front import unbeaten
from ragone.models.review.trials import ReviewedTrials, ReviewError
from ragone.models.surrogate import repeatable

MOST_OBJECTIVES = 4  # the time of an exact hypervolume grows with the power of their number
_MARGIN = 0.1  # of the front's extent

Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Progress:
    """The best so far after each trial, shape (trials,), NaN before the first feasible one.

    Of one objective the best value, in its unit, with its standard uncertainty and the number of its trial, -1 before
    there is one; of several the hypervolume over `reference`, shape (objectives,), in the KPIs' units.
    """

    reached: Floats
    deviations: Floats
    trials: Places
    reference: Floats | None = None


def progress_of(trials: ReviewedTrials) -> Progress:
    """Return what a campaign had reached after each trial.

    Raises
    ------
    ReviewError
        If no trial is feasible, or the objectives are too many.
    """
    if not trials.feasible.any():
        raise ReviewError("no design was feasible, so that nothing was reached.")
    gains = np.where(trials.feasible[:, None], trials.gains, -np.inf)
    if len(trials.aims) > 1:
        stated = [trials.goals[place].reference for place in trials.aims]
        inferred = reference_point(gains[trials.feasible])
        reference = np.array(
            [i if r is None else sign * r for r, i, sign in zip(stated, inferred, trials.signs, strict=True)]
        )
        reached = np.where(np.maximum.accumulate(trials.feasible), hypervolumes(gains, reference), np.nan)
        return Progress(reached, np.zeros(len(gains)), np.full(len(gains), -1), trials.signs * reference)
    best = leaders(gains[:, 0])
    found = best >= 0
    values, deviations = trials.values[:, trials.aims[0]], trials.deviations[:, trials.aims[0]]
    return Progress(np.where(found, values[best], np.nan), np.where(found, deviations[best], np.nan), best)


def leaders(gains: Floats) -> Places:
    """The number of the best so far at each place, -1 before the first that is finite; gains have shape (n,)."""
    found, best = np.full(len(gains), -1), -1
    for number, gain in enumerate(gains):
        if np.isfinite(gain) and (best < 0 or gain > gains[best]):
            best = number
        found[number] = best
    return found


def reference_point(gains: Floats) -> Floats:
    """A tenth of the front's extent below its worst ends, shape (objectives,); gains are those of feasible designs.

    Of all of them where the front has no extent; that of the optimiser (`acquisition.improvement`).

    Raises
    ------
    ReviewError
        If the objectives are too many.
    """
    if gains.shape[1] > MOST_OBJECTIVES:
        raise ReviewError(
            f"it has {gains.shape[1]} objectives; a hypervolume is computed of {MOST_OBJECTIVES} at most."
        )
    front = gains[unbeaten(gains)]
    chosen = front if len(front) > 1 else gains
    low, high = chosen.min(axis=0), chosen.max(axis=0)
    extent = np.where(high > low, high - low, np.where(low == 0.0, 1.0, np.abs(low)))
    return np.asarray(low - _MARGIN * extent)


def hypervolumes(gains: Floats, reference: Floats) -> Floats:
    """The hypervolume over a reference point of the first 1, 2, ... n rows of gains, shape (n, objectives)."""
    front, reached, found = np.empty((0, len(reference))), 0.0, np.zeros(len(gains))
    for number, one in enumerate(gains):
        if (one > reference).all() and not (front >= one).all(axis=1).any():
            front = np.vstack([front[~(front <= one).all(axis=1)], one])
            reached = hypervolume(front, reference)
        found[number] = reached
    return found


def hypervolume(points: Floats, reference: Floats) -> float:
    """The volume that points, shape (n, objectives), all above the reference point, dominate together."""
    import torch

    with repeatable(0):  # its warnings stay there
        import botorch.utils.multi_objective.hypervolume as volumes

        return float(volumes.Hypervolume(torch.from_numpy(reference)).compute(torch.from_numpy(points)))
