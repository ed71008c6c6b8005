"""Which candidate is believed to be the best, by what is known, without anything being explored?

The mean of the objective's surrogate is raised by its gradient, within limits that are each kept with a stated
confidence. Suggested last, it spends an evaluation on what is found at once; before, it learns little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.acquisition.ascent import raised_by_trial
from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.constrained import Mask, ascend_within, ranked
from ragone.models.acquisition.sobol import distinct, even_points, sobol_points
from ragone.models.acquisition.space import Floats
from ragone.models.acquisition.tolerances import AveragedModel, deviations_of
from ragone.models.goals import goals_of
from ragone.models.surrogate import repeatable
from ragone.schemas import Candidate, Kpi, stage
from ragone.schemas.errors import BoundsError, ParameterError

_EVEN = 512  # points of the space among which starts are chosen
_STARTS = 8  # of them, and as many candidates
_BROKEN = 100.0  # worth of a margin that is not kept, over that of the objective, where neither has a gradient
CONFIDENCE = 0.8


@stage(
    "acquisition.best_belief",
    libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy"),
    informed_by=("candidates", "kpis", "failed", "pending"),
)
def suggest_by_best_belief(
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    pending: tuple[Candidate, ...] = (),
    *,
    space: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    tolerances: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Any] | None = None,
    confidence: float = CONFIDENCE,
    count: int,
    seed: int,
) -> Mapping[str, Candidate]:
    """The candidates whose objective has the largest mean by the surrogates, limits kept.

    Parameters
    ----------
    candidates, kpis, failed, pending
        As `acquisition.feasible_improvement` takes them.
    space, goals, tolerances, earlier, count, seed
        As `acquisition.feasible_improvement` takes them; the goals hold one objective.
    confidence
        Probability with which each limit is to be kept, and the evaluation to succeed [-], in [0.5, 1).

    Returns
    -------
    Mapping[str, Candidate]
        Keyed "0", "1", ..., the best first; none of those given. Where no candidate keeps the limits with the
        confidence, the one that comes nearest to it.

    Raises
    ------
    ParameterError
        If there are several objectives.
    BoundsError
        If the confidence is out of its bounds.
    """
    beliefs = Beliefs.of(candidates, kpis, failed, space=space, goals=goals, earlier=earlier, seed=seed)
    cube, tried = beliefs.space.searched, beliefs.space.points([*candidates, *failed])
    own = beliefs.space.searched_points(tried[beliefs.space.inside(tried)])
    waiting = cube.points(pending)
    with repeatable(seed):
        if not cube.axes or not beliefs.surrogates:
            goals_of(goals)
            return cube.candidates(even_points(cube, np.vstack([own, waiting]), count, seed))
        chosen = best_points(beliefs, (), tolerances or {}, confidence, seed)[:count]
        missing = even_points(cube, own, count - len(chosen), seed) if len(chosen) < count else chosen[:0]
    return cube.candidates(distinct(cube, np.vstack([chosen, missing]), np.vstack([own, waiting]), seed))


def best_points(
    beliefs: Beliefs, starts: Sequence[Candidate], tolerances: Mapping[str, Any], confidence: float, seed: int
) -> Floats:
    """Optima of the belief in the searched cube, shape (n, axes), the best first; within `repeatable`.

    Parameters
    ----------
    beliefs
        In one objective, and in limits.
    starts
        The candidates near which optima are wanted, whose options and whole numbers are kept. Without any, the
        candidates and points of the whole space are started from.
    tolerances, confidence, seed
        As `suggest_by_best_belief` takes them.
    """
    terms = BelievedTerms.of(beliefs, tolerances, confidence, seed)
    cube = beliefs.space.searched
    if starts:
        begun = beliefs.space.searched_points(beliefs.space.projected(beliefs.space.points(starts)))
    else:
        begun = _starts(beliefs, terms, seed)
    found = cube.snapped(ascend_within(terms, begun, _continuous(beliefs)))
    found = found[ranked(terms(found)[0])]
    apart = [n for n, point in enumerate(found) if not (np.abs(found[:n] - point).max(axis=1, initial=0) < 1e-3).any()]
    return np.asarray(found[apart])


@dataclass(frozen=True)
class BelievedTerms:
    """The mean of the objective and the margins of limits, standardised, with gradients by the searched cube.

    A margin is the distance of the mean from the limit beyond so many standard deviations as the confidence asks; that
    of success is one of log odds.
    """

    beliefs: Beliefs
    model: AveragedModel
    deviates: float
    odds: float

    @classmethod
    def of(cls, beliefs: Beliefs, tolerances: Mapping[str, Any], confidence: float, seed: int) -> BelievedTerms:
        """The terms of a belief; raises as `suggest_by_best_belief`."""
        from scipy.special import logit, ndtri

        if sum(goal.is_objective for goal in beliefs.goals) > 1:
            raise ParameterError(
                "there are several objectives, so that no design is the best. Make all but one limits."
            )
        if not 0.5 <= confidence < 1:
            raise BoundsError(f"confidence = {confidence} [-] must be a probability in [0.5, 1).")
        models = [surrogate.differentiable for surrogate in beliefs.surrogates]
        models += [] if beliefs.boundary is None else [beliefs.boundary]
        deviations = deviations_of(beliefs.space.known, tolerances, seed)
        return cls(beliefs, AveragedModel(models, deviations), float(ndtri(confidence)), float(logit(confidence)))

    def __call__(self, points: Floats) -> tuple[Floats, Floats]:
        """Values, shape (n, 1 + limits), and gradients, shape (n, 1 + limits, axes), at points (n, axes)."""
        import torch

        at = torch.from_numpy(np.array(points)).requires_grad_()
        values = self._values(at)
        gradients = [torch.autograd.grad(column.sum(), at, retain_graph=True)[0] for column in values.unbind(1)]
        return values.detach().numpy(), torch.stack(gradients, dim=1).numpy()

    def _values(self, points: Any) -> Any:
        import torch

        space, goals = self.beliefs.space, self.beliefs.goals
        whole = torch.from_numpy(np.tile(space.fixed, (len(points), 1)))
        whole[:, np.flatnonzero(np.isnan(space.fixed))] = points
        posterior = self.model.posterior(whole.unsqueeze(1))
        means, variances = posterior.mean.squeeze(1), posterior.variance.squeeze(1)
        aims = [means[:, n] for n, goal in enumerate(goals) if goal.is_objective]
        margins = [
            means[:, n] - self.deviates * variances[:, n].sqrt() - self._limit(n)
            for n, goal in enumerate(goals)
            if not goal.is_objective
        ]
        if self.beliefs.boundary is not None:
            margins.append(means[:, -1] / (1.0 + torch.pi * variances[:, -1] / 8.0).sqrt() - self.odds)
        return torch.stack([*aims, *margins], dim=1)

    def _limit(self, number: int) -> float:
        """The limit of a goal, by sign and standardised."""
        goal = self.beliefs.goals[number]
        return float(self.beliefs.surrogates[number].scale.standardised(np.array(goal.response(goal.limit))))


def _starts(beliefs: Beliefs, terms: BelievedTerms, seed: int) -> Floats:
    """The best candidates, the best of an even spread, and what a search by trial finds among options."""
    cube, known = beliefs.space.searched, beliefs.space.projected(beliefs.seen.points)
    seen = beliefs.space.searched_points(known)
    even = cube.snapped(sobol_points(cube.axes, skip=0, count=_EVEN, seed=seed))
    found = [points[ranked(terms(points)[0])[:_STARTS]] for points in (seen, even)]
    if cube.discrete:
        random = np.random.default_rng(seed)
        found.append(raised_by_trial(lambda x: _worth(terms, x), cube, even, _worth(terms, even), random)[None])
    return np.vstack(found)


def _worth(terms: BelievedTerms, points: Floats) -> Floats:
    values = terms(points)[0]
    return np.asarray(values[:, 0] + _BROKEN * np.minimum(values[:, 1:], 0.0).sum(axis=1))


def _continuous(beliefs: Beliefs) -> Mask:
    """Whether each axis of the searched cube is that of a number which varies continuously."""
    cube = beliefs.space.searched
    free = np.zeros(cube.axes, dtype=bool)
    for path, variable in cube.variables.items():
        free[cube.axes_of(path)] = not variable.discrete
    return free
