"""The optimiser's belief in every goal, given the candidates so far: its own surrogates, in the units of the KPIs.

What a suggestion rests on, for whoever asks why; `feasible_improvement` suggests by these surrogates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from ragone.models.acquisition.boundary import fit_boundary
from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.observations import Observations, observe_at
from ragone.models.acquisition.space import Floats
from ragone.models.acquisition.surrogates import scaled_responses, surrogate_of
from ragone.models.goals import Goal, goals_of, is_known, rows_of
from ragone.models.surrogate import GaussianProcess, repeatable
from ragone.schemas import Candidate, Kpi

LEAST_MEASURED = 2  # one value has no spread to standardise by

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Beliefs:
    """A Gaussian process of each goal, and the boundary of what can be evaluated.

    `surrogates` has one for each goal, of values by sign such that larger is better; none of fewer than two measured
    candidates. `boundary` is a BoTorch model of the log odds of success; None if nothing has failed.
    """

    space: ChangedSpace
    goals: tuple[Goal, ...]
    seen: Observations
    surrogates: tuple[GaussianProcess, ...]
    boundary: Any

    @classmethod
    def of(
        cls,
        candidates: Sequence[Candidate],
        kpis: Sequence[Kpi],
        failed: Sequence[Candidate],
        *,
        space: Mapping[str, Any],
        goals: Sequence[Mapping[str, Any]],
        earlier: Mapping[str, Any] | None = None,
        seed: int,
    ) -> Self:
        """The beliefs after these candidates, which `acquisition.feasible_improvement` takes alike."""
        wanted = goals_of(goals)
        changed = ChangedSpace.of(space, [*candidates, *failed], earlier or {})
        measured = measured_of(wanted, candidates, kpis)
        succeeded = np.append(measured, np.zeros(len(failed), dtype=bool))
        with repeatable(seed):
            seen, surrogates = fitted_responses(changed, wanted, candidates, kpis, measured)
            points = changed.points([*candidates, *failed])
            boundary = None if succeeded.all() else fit_boundary(points, succeeded)
        return cls(changed, tuple(wanted), seen, tuple(surrogates), boundary)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means and standard deviations of each KPI without noise, in its unit, shape (n, surrogates) each.

        On a logarithmic scale the medians, and the deviations of the logarithms times them.

        Parameters
        ----------
        points
            Shape (n, axes), of the cube `space.known`; `space.points` makes them of candidates.
        """
        means, deviations = np.zeros((2, len(points), len(self.surrogates)))
        for number, goal in enumerate(self.goals[: len(self.surrogates)]):
            mean, covariances = self.predict_jointly(number, points)
            means[:, number], deviations[:, number] = goal.sign * mean, np.sqrt(np.maximum(covariances.diagonal(), 0))
        return means, deviations

    def predict_jointly(self, number: int, points: Floats) -> tuple[Floats, Floats]:
        """Means, shape (n,), and covariances, shape (n, n), of one goal's KPI by sign, in its unit; see `predict`."""
        goal = self.goals[number]
        means, covariances = self.surrogates[number].predict(points)
        values = goal.gains(means)
        return values, covariances * np.outer(values, values) if goal.is_logarithmic else covariances

    def spread(self, number: int) -> float:
        """The standard deviation of the values seen of one goal, in the unit of its KPI."""
        scale, goal = self.surrogates[number].scale, self.goals[number]
        return scale.spread * (float(abs(goal.gains(np.array(scale.centre)))) if goal.is_logarithmic else 1.0)

    def chance_of_success(self, points: Floats) -> Floats:
        """The probability that a candidate at each of the points can be evaluated at all [-], shape (n,)."""
        import torch

        if self.boundary is None:
            return np.ones(len(points))
        with torch.no_grad():
            odds = self.boundary.posterior(torch.from_numpy(points))
            widened = odds.mean / (1.0 + torch.pi * odds.variance / 8.0).sqrt()
        return np.asarray(torch.sigmoid(widened).squeeze(-1).numpy())


def measured_of(goals: Sequence[Goal], candidates: Sequence[Candidate], kpis: Sequence[Kpi]) -> Mask:
    """Whether each candidate has a value, or a bound of it, for every goal, shape (candidates,)."""
    rows = rows_of(goals, kpis, len(candidates))
    return np.array([all(map(is_known, row)) for row in rows], dtype=bool)


def fitted_responses(
    changed: ChangedSpace,
    goals: Sequence[Goal],
    candidates: Sequence[Candidate],
    kpis: Sequence[Kpi],
    measured: Mask,
) -> tuple[Observations, list[GaussianProcess]]:
    """The candidates to improve on, and a surrogate of each response; none of fewer than two values."""
    width, kept = len(goals), np.flatnonzero(measured).tolist()
    values = [kpi for number in kept for kpi in kpis[number * width : (number + 1) * width]]
    points = changed.points([candidates[number] for number in kept])
    seen = observe_at(points, goals, values)
    if len(points) < LEAST_MEASURED:
        return seen, []
    inside = changed.inside(points)
    surrogates = [surrogate_of(points, response, inside) for response in seen.responses]
    seen = replace(seen, responses=scaled_responses(seen.responses, surrogates))
    own = seen.among(inside) if inside.any() else replace(seen, points=changed.projected(points))
    return own, surrogates
