"""What would random and Sobol search have reached with as many designs, if the surrogates were the truth?

Designs are drawn over the whole space and valued by the surrogates' means: no design is evaluated, nothing has an
error, and a design counts as feasible if every limit is kept by the mean and its evaluation succeeds with a
probability of one half at least. The campaign's own designs, valued alike, are what to compare with. Surrogates after
few trials are too smooth: a search on them finds more than it would find in truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import Floats
from ragone.models.review.progress import hypervolumes
from ragone.models.review.trials import ReviewedTrials
from ragone.models.surrogate import repeatable

_MOST_REPEATS, _LEAST_REPEATS, _MOST_POINTS = 200, 20, 10_000
_LEVELS = (0.05, 0.5, 0.95)
_AT_ONCE = 200  # points; their covariances are as many squared
_LIKELY = 0.5


def _random(axes: int, count: int, seed: int) -> Floats:
    return np.random.default_rng(seed).random((count, axes))


def _sobol(axes: int, count: int, seed: int) -> Floats:
    return sobol_points(axes, skip=0, count=count, seed=seed)


_METHODS: Mapping[str, Any] = MappingProxyType({"random": _random, "Sobol": _sobol})


@dataclass(frozen=True)
class Search:
    """A search repeated on the surrogates: the 5th, 50th and 95th percentile of what it reached after each design.

    `band` has shape (3, designs), NaN where nothing feasible was found; in the units of `Progress.reached`. `as_good`
    is the share of the repeats that reached in the end what the campaign's own designs did, by the same surrogates.
    """

    name: str
    repeats: int
    band: Floats
    as_good: float


def searches_of(
    trials: ReviewedTrials, beliefs: Beliefs, reference: Floats | None, *, repeats: int = 0, seed: int = 0
) -> tuple[Floats, tuple[Search, ...]]:
    """Value the campaign's own designs by the surrogates, shape (designs,), and repeat each search on them.

    Parameters
    ----------
    trials
        Of the campaign.
    beliefs
        Its surrogates.
    reference
        Shape (objectives,), in the KPIs' units, if there are several objectives.
    repeats
        Of each search; 0 for 200, or fewer of a long campaign.
    seed
        Of the draws.
    """
    count, cube = len(trials.candidates), beliefs.space.searched
    repeats = repeats or max(min(_MOST_REPEATS, _MOST_POINTS // count), _LEAST_REPEATS)
    found = []
    with repeatable(seed):
        own = _reached(trials, beliefs, beliefs.space.points(trials.candidates)[None], reference)[0]
        for name, drawn in _METHODS.items():
            draws = [drawn(cube.axes, count, seed + number) for number in range(repeats)]
            points = np.array([beliefs.space.embedded(cube.snapped(one)) for one in draws])
            reached = _reached(trials, beliefs, points, reference)
            band = np.quantile(reached, _LEVELS, axis=0, method="lower")
            as_good = float((reached[:, -1] >= own[-1]).mean())
            found.append(Search(name, repeats, _in_units(band, trials), as_good))
    return _in_units(own, trials), tuple(found)


def _in_units(reached: Floats, trials: ReviewedTrials) -> Floats:
    """Return what was reached, of one objective in the KPI's own sense; NaN where nothing was."""
    sign = trials.signs[0] if len(trials.aims) == 1 else 1.0
    return np.where(np.isfinite(reached), sign * reached, np.nan)


def _reached(trials: ReviewedTrials, beliefs: Beliefs, points: Floats, reference: Floats | None) -> Floats:
    """Return what is reached after each of the points, shape (repeats, designs, axes), larger being better."""
    gains = _gains(trials, beliefs, points.reshape(-1, points.shape[-1])).reshape(*points.shape[:2], -1)
    if reference is None:
        return np.asarray(np.maximum.accumulate(gains[..., 0], axis=1))
    found = np.array([hypervolumes(one, trials.signs * reference) for one in gains])
    return np.where(np.maximum.accumulate(np.isfinite(gains[..., 0]), axis=1), found, -np.inf)


def _gains(trials: ReviewedTrials, beliefs: Beliefs, points: Floats) -> Floats:
    """Means of the objectives, larger being better, shape (n, objectives); minus infinity where not feasible."""
    parts = [points[start : start + _AT_ONCE] for start in range(0, len(points), _AT_ONCE)]
    means = np.concatenate([beliefs.predict(part)[0] for part in parts])
    feasible = np.concatenate([beliefs.chance_of_success(part) for part in parts]) >= _LIKELY
    for goal, mean in zip(trials.goals, means.T, strict=True):
        if goal.limit is not None:
            feasible &= goal.sign * mean >= goal.sign * goal.limit
    return np.where(feasible[:, None], trials.signs * means[:, trials.aims], -np.inf)
