"""The surrogates along each variable, the others held at those of one design.

The interval is that of the mean response, without the error of a measurement. How near a trial lies to a slice is the
correlation that the surrogate itself sees between the trial and its foot, the point of the slice with the same value of
the variable: 1 on the slice, 0 where the trial says nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.space import Choice, Floats, Real, Variable, Whole
from ragone.models.surrogate import GaussianProcess, repeatable
from ragone.schemas import Candidate

_POINTS = 61
_MOST_OPTIONS = 24  # of a choice


@dataclass(frozen=True)
class Slice:
    """One variable: its values, and of every goal the mean and standard deviation there, in the KPI's unit.

    `means` and `deviations` have shape (values, goals), `nearness` [-] (trials, goals). `discrete` says whether nothing
    lies between the values.
    """

    path: str
    values: tuple[Any, ...]
    means: Floats
    deviations: Floats
    nearness: Floats
    discrete: bool


def slices_of(beliefs: Beliefs, centre: Candidate, trials: Sequence[Candidate]) -> tuple[Slice, ...]:
    """A slice along each variable that is searched.

    Parameters
    ----------
    beliefs
        The surrogates.
    centre
        The design through which they go.
    trials
        Whose nearness is asked for.
    """
    with repeatable(0):
        start, points = beliefs.space.points([centre])[0], beliefs.space.points(trials)
        searched = beliefs.space.searched.variables
        return tuple(_slice(beliefs, path, one, start, points) for path, one in searched.items())


def _slice(beliefs: Beliefs, path: str, variable: Variable, start: Floats, trials: Floats) -> Slice:
    axes, known = beliefs.space.known.axes_of(path), beliefs.space.known.variables[path]
    values = _values(variable)
    points = np.tile(start, (len(values), 1))
    points[:, axes] = [known.coordinates(value, path) for value in values]
    means, deviations = beliefs.predict(points)
    feet = np.tile(start, (len(trials), 1))
    feet[:, axes] = trials[:, axes]
    nearness = np.column_stack([_correlation(one, feet, trials) for one in beliefs.surrogates])
    return Slice(path, values, means, deviations, nearness, variable.discrete)


def _values(variable: Variable) -> tuple[Any, ...]:
    if isinstance(variable, Choice):
        return variable.options[:_MOST_OPTIONS]
    if isinstance(variable, Whole):
        step = -(-(variable.high - variable.low) // _POINTS) or 1
        return tuple(range(variable.low, variable.high + 1, step))
    assert isinstance(variable, Real)
    return tuple(np.linspace(variable.low, variable.high, _POINTS).tolist())


def _correlation(surrogate: GaussianProcess, first: Floats, second: Floats) -> Floats:
    """Prior correlation of the response at points of shape (n, axes) with that at as many others, shape (n,)."""
    import torch

    kernel: Any = surrogate.differentiable.covar_module
    with torch.no_grad():
        a, b = torch.from_numpy(first), torch.from_numpy(second)
        between, own, other = (kernel(x, y, diag=True) for x, y in ((a, b), (a, a), (b, b)))
        return np.asarray((between / (own * other).sqrt()).numpy())
