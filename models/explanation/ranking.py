"""How sure is it that the best design is the best? The chance that each evaluated one is, given noise and surrogate.

The values that the surrogates leave possible are drawn together, at all evaluated designs at once: neighbours rise and
fall together, which an interval of each alone does not say.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.space import Floats
from ragone.models.explanation.objective import only_objective
from ragone.models.goals import Goal

_DRAWS = 2000

Mask = np.ndarray[Any, np.dtype[np.bool_]]


def chances_best(beliefs: Beliefs, points: Floats, seed: int) -> Floats:
    """The probability that each of the points is feasible and not beaten by another feasible one in all objectives.

    Parameters
    ----------
    beliefs
        With a surrogate of each goal.
    points
        Shape (n, axes), distinct, of the cube that the beliefs know.
    seed
        Of the draws.

    Returns
    -------
    Floats
        Shape (n,) [-]; with one objective their sum is the chance that any is feasible.
    """
    random = np.random.default_rng(seed)
    drawn = [_drawn(*one.predict(points), random) for one in beliefs.surrogates]
    feasible = np.ones((_DRAWS, len(points)), dtype=bool)
    for goal, values in zip(beliefs.goals, drawn, strict=True):
        if goal.limit is not None:
            feasible &= values >= goal.response(goal.limit)
    aims = [values for goal, values in zip(beliefs.goals, drawn, strict=True) if goal.is_objective]
    if len(aims) == 1:
        value = np.where(feasible, aims[0], -np.inf)
        first = value.argmax(axis=1)[feasible.any(axis=1)]
        return np.asarray(np.bincount(first, minlength=len(points)) / _DRAWS)
    return np.asarray(
        np.mean([_unbeaten(np.stack(rows), able) for *rows, able in zip(*aims, feasible, strict=True)], axis=0)
    )


def leads(beliefs: Beliefs, points: Floats, place: int) -> tuple[Floats, Floats]:
    """The lead of one point over each in the only objective, in its unit, and its standard deviation, shape (n,).

    Raises
    ------
    UnexplainedError
        If there are several objectives.
    """
    aim = only_objective(beliefs.goals, "there is no one order in which designs are better")
    means, covariances = beliefs.predict_jointly(aim, points)
    own = covariances.diagonal()
    variances = own + own[place] - 2 * covariances[place]
    return means[place] - means, np.sqrt(np.maximum(variances, 0.0))


def rooms(beliefs: Beliefs, point: Floats) -> list[dict[str, Any]]:
    """The room that the mean at a point, shape (axes,), leaves to each limit, in the KPI's unit, and its deviation.

    A negative room says that the limit is expected to be broken.
    """
    means, deviations = beliefs.predict(point[None])
    return [
        {"kpi": goal.kpi, "room": _room(goal, float(means[0, n])), "deviation": float(deviations[0, n])}
        for n, goal in enumerate(beliefs.goals)
        if goal.limit is not None
    ]


def _room(goal: Goal, mean: float) -> float:
    assert goal.limit is not None
    return goal.sign * (mean - goal.limit)


def _drawn(means: Floats, covariances: Floats, random: np.random.Generator) -> Floats:
    """Draws of jointly normal values, shape (draws, n)."""
    values, vectors = np.linalg.eigh(covariances)  # may be singular: designs that the surrogate cannot tell apart
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(means + random.standard_normal((_DRAWS, len(means))) @ root.T)


def _unbeaten(values: Floats, feasible: Mask) -> Mask:
    """Whether each point of a draw is feasible and no feasible one beats it; values of shape (objectives, n)."""
    no_worse = (values[:, :, None] >= values[:, None, :]).all(axis=0)
    better = (values[:, :, None] > values[:, None, :]).any(axis=0)
    return np.asarray(feasible & ~(no_worse & better & feasible[:, None]).any(axis=0))
