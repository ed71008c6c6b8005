"""The designs that meet targets: the KPIs are given, and what gives them is sought.

By the optimiser's own surrogates the probability that a design meets every target is known: of each KPI that it lies in
the range wanted, and that the design can be evaluated at all, taken as independent. Its logarithm, which has a slope
also where nothing is met, is raised from many starts. Several designs that differ by a good part of a range are given
where several meet the targets. They are suggestions: only the true chain says whether they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ragone.models.acquisition.ascent import raised_by_trial
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.space import Floats
from ragone.models.surrogate import repeatable
from ragone.models.target_beliefs import TargetBeliefs
from ragone.schemas import Campaign, Candidate, Kpi, Surrogate, stage
from ragone.schemas.errors import ParameterError, StageError, did_you_mean

_POINTS = 2048  # of the space, from which the search starts
_APART = 0.25  # of the range of one variable at least, between two designs that count as different
_SHARE = 0.5  # of the best probability that another design must reach
_LIKELY = 0.5
_TRIES = 4  # searches for each design wanted
_NEVER = -1e300
_TINY = 1e-300
_REACHABLE = 0.01  # probability below which the nearest design is sought instead

Targets = Sequence[Mapping[str, Any]]
Worth = Callable[[Floats], Floats]  # of points of the searched cube, shape (n, axes)


@dataclass(frozen=True)
class Chances:
    """Logarithms of the probability to meet each target, shape (n, targets); that to be evaluated [-], shape (n,)."""

    targets: Floats
    success: Floats

    @property
    def logarithms(self) -> Floats:
        """Logarithm of the probability that all holds, shape (n,)."""
        return np.asarray(self.targets.sum(axis=1) + np.log(np.maximum(self.success, _TINY)))


@stage(
    "campaign.inverse",
    libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy"),
    informed_by=("candidates", "kpis", "failed", "surrogates"),
)
def find_designs_for_targets(
    campaign: Campaign,
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    surrogates: tuple[Surrogate, ...] = (),
    *,
    targets: Sequence[Mapping[str, Any]],
    earlier: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    count: int = 3,
    seed: int,
) -> Mapping[str, Candidate]:
    """Find designs that most probably meet every target.

    Parameters
    ----------
    campaign
        Whose space is searched, and whose goals the targets are of.
    candidates, kpis
        Its candidates with a KPI for every goal, and those KPIs, candidate by candidate.
    failed
        Its other candidates.
    surrogates
        Of quantities that are no goals and of which there are targets.
    targets
        ``{"kpi": ..., "low": ..., "high": ...}`` each, in the KPI's unit; null for an open end.
    earlier
        Path to the value that candidates which do not name it had, in its unit.
    context
        Path to the value that the study fixes beside its space, in its unit; surrogates may need it.
    count
        Largest number of designs.
    seed
        Of surrogates and starts.

    Returns
    -------
    Mapping[str, Candidate]
        Keyed "0", "1", ..., the most probable first; each differs from those before by a quarter of a range or an
        option, and is at least half as probable as the first. Where none reaches a percent, the one whose means are
        nearest.

    Raises
    ------
    ParameterError
        If a target is of nothing that is predicted, its range is empty, or no design is wanted.
    StageError
        If fewer than two candidates have a value.
    """
    known = {"earlier": earlier, "context": context}
    beliefs = TargetBeliefs.of(campaign, candidates, kpis, failed, surrogates, **known, seed=seed)
    if not beliefs.own.surrogates:
        raise StageError("fewer than two designs have a value for every goal: nothing is known. Evaluate more of them.")
    _require_targets(beliefs, targets)
    if count < 1:
        raise ParameterError(f"count = {count} must be 1 or more.")
    with repeatable(seed):
        points = _different(beliefs, partial(_worth, beliefs, targets), count, seed)
        if chances_of(beliefs, points, targets).logarithms.max() < np.log(_REACHABLE):
            points = _different(beliefs, partial(_nearness, beliefs, targets), 1, seed)
    return beliefs.space.searched.candidates(beliefs.space.searched_points(points))


def chances_of(beliefs: TargetBeliefs, points: Floats, targets: Targets) -> Chances:
    """Chances of points of the cube of a belief; those of targets are logarithms.

    Parameters
    ----------
    beliefs
        In every goal, and in whatever else there are targets of.
    points
        Shape (n, axes), of `beliefs.space.known`.
    targets
        As `find_designs_for_targets` takes them.
    """
    from scipy.special import log_ndtr

    means, deviations = beliefs.predict(points)
    names = beliefs.names
    found = np.empty((len(points), len(targets)))
    for number, target in enumerate(targets):
        place = names.index(target["kpi"])
        low, high = (
            np.full(len(points), sign * np.inf)
            if target[end] is None
            else (target[end] - means[:, place]) / np.maximum(deviations[:, place], 1e-12)
            for end, sign in (("low", -1.0), ("high", 1.0))
        )
        upper = np.where(low + high > 0, -low, high)  # the nearer tail, in which a difference keeps its digits
        lower = np.where(low + high > 0, -high, low)
        found[:, number] = log_ndtr(upper) + np.log1p(-np.exp(np.minimum(log_ndtr(lower) - log_ndtr(upper), -1e-16)))
    return Chances(found, beliefs.chance_of_success(points))


def share_likely(beliefs: TargetBeliefs, targets: Targets, seed: int) -> float:
    """The share of the space in which the targets are met more likely than not [-]."""
    chances = chances_of(beliefs, _spread(beliefs, seed), targets).logarithms
    return float((chances >= np.log(_LIKELY)).mean())


def _spread(beliefs: TargetBeliefs, seed: int) -> Floats:
    """Points spread evenly over the present space."""
    cube = beliefs.space.searched
    return beliefs.space.embedded(cube.snapped(sobol_points(cube.axes, skip=0, count=_POINTS, seed=seed)))


def _different(beliefs: TargetBeliefs, worth: Worth, count: int, seed: int) -> Floats:
    """The points of largest worth that lie apart, the best first, each raised from where it was found."""
    starts, random = beliefs.space.searched_points(_spread(beliefs, seed)), np.random.default_rng(seed)
    values = worth(starts)
    chosen: list[Floats] = []
    for _ in range(_TRIES * count):
        raised = raised_by_trial(worth, beliefs.space.searched, starts, values, random)
        near = np.abs(starts - raised).max(axis=1) < _APART
        near[values.argmax()] = True  # in many dimensions no start may be near
        values = np.where(near, _NEVER, values)
        if len(chosen) < count and _keeps(worth, raised, chosen):
            chosen.append(raised)
    ranked = np.argsort(-worth(np.array(chosen)), kind="stable")
    return np.asarray(beliefs.space.embedded(np.array(chosen)[ranked]))


def _keeps(worth: Worth, point: Floats, chosen: Sequence[Floats]) -> bool:
    """Whether a point is apart from those chosen, and good enough beside the first."""
    if not chosen:
        return True
    apart = all(np.abs(point - other).max() >= _APART for other in chosen)
    first, this = worth(np.array([chosen[0], point]))
    return bool(apart and this >= first + np.log(_SHARE))


def _worth(beliefs: TargetBeliefs, targets: Targets, points: Floats) -> Floats:
    """The logarithm of the probability at points of the searched cube."""
    return chances_of(beliefs, beliefs.space.embedded(points), targets).logarithms


def _nearness(beliefs: TargetBeliefs, targets: Targets, points: Floats) -> Floats:
    """Nearness of the means to the targets, in spreads of the values seen, less where success is doubtful.

    Where nothing reaches a target, the probability is largest where least is known.
    """
    known = beliefs.space.embedded(points)
    means, names = beliefs.predict(known)[0], beliefs.names
    missed = np.zeros(len(points))
    for target in targets:
        place = names.index(target["kpi"])
        low = -np.inf if target["low"] is None else target["low"]
        high = np.inf if target["high"] is None else target["high"]
        beyond = np.maximum(low - means[:, place], 0) + np.maximum(means[:, place] - high, 0)
        missed += (beyond / beliefs.spreads[place]) ** 2
    return np.asarray(np.log(np.maximum(beliefs.chance_of_success(known), _TINY)) - missed)


def _require_targets(beliefs: TargetBeliefs, targets: Targets) -> None:
    names = beliefs.names
    if not targets:
        raise ParameterError(f"there is no target. Give one of {', '.join(names)}, with its range.")
    for target in targets:
        if target["kpi"] not in names:
            raise ParameterError(
                f"target {target['kpi']!r} is predicted by nothing here: {did_you_mean(str(target['kpi']), names)}"
            )
        low, high = target["low"], target["high"]
        if (low is None and high is None) or (low is not None and high is not None and not low < high):
            raise ParameterError(f"target {target['kpi']} from {low} to {high} is no range. Give one.")
