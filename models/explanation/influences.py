"""Which inputs matter? Over the whole space by Sobol indices of the surrogate's mean, at the design by its gradient."""

from __future__ import annotations

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.slopes import slopes_of
from ragone.models.acquisition.space import Floats
from ragone.models.explanation.unexplained import UnexplainedError
from ragone.models.sensitivity import sobol_indices
from ragone.schemas import Candidate


def indices_of(beliefs: Beliefs, goal: int, count: int, seed: int) -> dict[str, dict[str, float]]:
    """First and total index of each variable in a goal's mean over the present space, with their standard errors.

    Parameters
    ----------
    beliefs
        With a surrogate of each goal.
    goal
        Its number.
    count, seed
        As `sobol_indices` takes them.

    Raises
    ------
    UnexplainedError
        If the mean is the same everywhere.
    """
    cube = beliefs.space.searched

    def mean(points: Floats) -> Floats:
        means = beliefs.surrogates[goal].predict(beliefs.space.embedded(cube.snapped(points)))[0]
        return beliefs.goals[goal].gains(means)

    found = sobol_indices(mean, [cube.axes_of(path) for path in cube.variables], count=count, seed=seed)
    if found is None:
        raise UnexplainedError("the surrogate expects the same everywhere")
    columns = (found.first, found.first_error, found.total, found.total_error)
    names = ("first", "first_error", "total", "total_error")
    return {
        path: dict(zip(names, map(float, row), strict=True))
        for path, row in zip(cube.variables, zip(*columns, strict=True), strict=True)
    }


def slopes_at(beliefs: Beliefs, candidate: Candidate) -> dict[str, dict[str, dict[str, float]]]:
    """The slope of each goal's mean at a candidate by each number searched, and its standard deviation, by KPI.

    In the KPI's unit per the unit of the path. Options of a choice have none.
    """
    found: dict[str, dict[str, dict[str, float]]] = {goal.kpi: {} for goal in beliefs.goals}
    for slope in slopes_of(beliefs, candidate):
        if slope.path in beliefs.space.searched.variables:
            found[slope.kpi][slope.path] = {"slope": slope.value, "deviation": slope.standard_deviation}
    return found
