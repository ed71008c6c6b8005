"""How flat is the response around a design? How far each variable may go alone, and what a maker's tolerances cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.space import Choice, Floats
from ragone.models.acquisition.tolerances import deviations_of
from ragone.models.explanation.objective import only_objective
from ragone.models.explanation.unexplained import UnexplainedError
from ragone.schemas import Candidate

_STEPS = 201
_DEVIATIONS = 1024  # of the inputs, by a maker's tolerances


def flat_ranges(beliefs: Beliefs, candidate: Candidate, margin: float) -> dict[str, list[Any]]:
    """The values of each variable, outwards from the design's, whose mean is at most a margin worse than the design's.

    The other variables stay. A range is ``[low, high]`` in the unit of the path, of a choice a list of options; limits
    cut it off where the mean breaks one that the design keeps.

    Parameters
    ----------
    beliefs
        With a surrogate of each goal, one of them an objective.
    candidate
        In the present space.
    margin
        In the unit of the objective, >= 0.

    Raises
    ------
    UnexplainedError
        If there are several objectives.
    """
    aim = only_objective(beliefs.goals, "no single margin says what is as good")
    cube = beliefs.space.searched
    found: dict[str, list[Any]] = {}
    for path, variable in cube.variables.items():
        if isinstance(variable, Choice):
            values = list(variable.options)
        else:
            low, high = variable.low, variable.high
            values = [variable.value([each]) for each in np.linspace(0, 1, _STEPS)] if high > low else [low]
            values = sorted({*values, candidate.values[path]})
        others = [Candidate(values={**candidate.values, path: value}) for value in values]
        near = _near(beliefs, beliefs.space.points(others), beliefs.space.points([candidate]), aim, margin)
        if isinstance(variable, Choice):
            found[path] = [value for value, good in zip(values, near, strict=True) if good]
        else:
            start = values.index(candidate.values[path])
            found[path] = [values[_last(near, start, -1)], values[_last(near, start, 1)]]
    return found


def tolerance_cost(
    beliefs: Beliefs, candidate: Candidate, tolerances: Mapping[str, float], seed: int
) -> list[dict[str, Any]]:
    """The distance of each goal's mean over a maker's tolerances from the mean at the design, and the scatter.

    Raises
    ------
    UnexplainedError
        If no tolerances are stated.
    """
    if not tolerances:
        raise UnexplainedError("the study states no tolerances: optimiser.suggest.tolerances")
    point = beliefs.space.points([candidate])
    spread = point + deviations_of(beliefs.space.known, tolerances, seed, _DEVIATIONS)
    at, around = beliefs.predict(point)[0][0], beliefs.predict(spread)[0]
    return [
        {"kpi": goal.kpi, "shift": float(around[:, n].mean() - at[n]), "scatter": float(around[:, n].std())}
        for n, goal in enumerate(beliefs.goals)
    ]


def _near(beliefs: Beliefs, points: Floats, point: Floats, aim: int, margin: float) -> list[bool]:
    """Whether the means at points are at most a margin worse, and break no limit that the mean at the point keeps."""
    means, own = beliefs.predict(points)[0], beliefs.predict(point)[0][0]
    near = beliefs.goals[aim].sign * (means[:, aim] - own[aim]) >= -margin
    for number, goal in enumerate(beliefs.goals):
        if goal.limit is not None and goal.holds(float(own[number])):
            near &= np.array([goal.holds(float(mean)) for mean in means[:, number]])
    return list(near.tolist())


def _last(near: list[bool], start: int, step: int) -> int:
    """Number of the last value that is near without a gap, from the start in one direction."""
    place = start
    while 0 <= place + step < len(near) and near[place + step]:
        place += step
    return place
