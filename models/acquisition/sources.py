"""What earlier campaigns and other owners know of a response: their surrogates, as models over the cube of this study.

A source is a surrogate of the same KPI. Its features are found among the variables of the space, and among what the
study fixes, by the last part of their paths; a variable that a source does not know changes nothing in it. Between the
coordinates of the two lies an affine map, so that a Gaussian process keeps its gradient. A source of another method
only predicts, and the acquisition is then climbed by trial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.acquisition.space import Choice, Floats, UnitCube, Variable, Whole
from ragone.models.goals import Goal
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.kriging import FittedKriging
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Surrogate
from ragone.schemas.errors import ParameterError

if TYPE_CHECKING:
    import torch

_SMALLEST_SQUARE = 1e-20  # of a distance: its root has no gradient at 0


@dataclass(frozen=True)
class Source:
    """A surrogate of one response: its features are `points @ slopes + offsets` of points of the cube."""

    id: str
    surrogate: TrainedSurrogate
    slopes: Floats
    offsets: Floats
    sign: float

    @classmethod
    def of(cls, record: Surrogate, goal: Goal, cube: UnitCube, context: Mapping[str, Any]) -> Source:
        """A surrogate as a source of a goal's response, larger being better.

        Parameters
        ----------
        record
            The surrogate.
        goal
            Whose KPI it predicts.
        cube
            Where its values are asked for.
        context
            Value of each path that the study fixes beside its space, in the unit of the path.

        Raises
        ------
        ParameterError
            If it has none of the variables of the space, or needs a value that the study does not give.
        """
        surrogate = TrainedSurrogate.load(record)
        fixed = {**context, **cube.fixed}
        columns = [_column(record, feature, cube, fixed) for feature in surrogate.features]
        slopes, offsets = np.hstack([each[0] for each in columns]), np.concatenate([each[1] for each in columns])
        if not slopes.any():
            named = ", ".join(feature.name for feature in surrogate.features)
            raise ParameterError(
                f"{record.id[:30]} predicts from {named}, none of which the space varies. "
                "Take it out of optimiser.suggest.learn_from."
            )
        return cls(record.id, surrogate, slopes, offsets, goal.sign)

    @property
    def process(self) -> FittedKriging | None:
        """The Gaussian process that it is; None of another method."""
        fitted = self.surrogate.fitted
        return fitted if isinstance(fitted, FittedKriging) else None

    def moments(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Means (..., n) and covariances (..., n, n) without noise at points (..., n, axes), in the KPI's unit."""
        import torch

        features = points @ torch.from_numpy(self.slopes) + torch.from_numpy(self.offsets)
        if self.process is None:
            means, covariances = _predicted(self.surrogate, features)
        else:
            means, covariances = _kriged(self.process, features)
        return self.sign * means, covariances


def sources_of(
    records: Sequence[Surrogate], goals: Sequence[Goal], cube: UnitCube, context: Mapping[str, Any]
) -> list[list[Source]]:
    """The sources of each goal, in the order given.

    Raises
    ------
    ParameterError
        If one predicts no KPI of the goals, or one of logarithmic scale, or nothing matches.
    """
    found: list[list[Source]] = [[] for _ in goals]
    for record in records:
        places = [number for number, goal in enumerate(goals) if _is_of(record.target, goal)]
        if not places:
            raise ParameterError(
                f"{record.id[:30]} predicts {record.target}, the goals are {', '.join(goal.title for goal in goals)}. "
                "Take it out of optimiser.suggest.learn_from."
            )
        logarithmic = [goals[place].title for place in places if goals[place].is_logarithmic]
        if logarithmic:
            raise ParameterError(
                f"{record.id[:30]} predicts values, and the scale of {', '.join(logarithmic)} is logarithmic. Say "
                "'scale: linear' there, or take it out of optimiser.suggest.learn_from."
            )
        for place in places:
            found[place].append(Source.of(record, goals[place], cube, context))
    return found


def _is_of(target: str, goal: Goal) -> bool:
    """Whether a surrogate's target is the KPI of a goal, and of its step where both name one."""
    quantity, _, step = target.partition(" of ")
    return quantity == goal.kpi and (not step or not goal.step or step == goal.step)


def matern(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Correlations by the Matern-5/2 kernel between scaled points (..., n, axes) and (..., m, axes)."""
    squares = (first.unsqueeze(-2) - second.unsqueeze(-3)).square().sum(-1)
    reach = (5.0 * squares.clamp_min(_SMALLEST_SQUARE)).sqrt()
    return (1.0 + reach + reach**2 / 3.0) * (-reach).exp()


def _kriged(process: FittedKriging, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    length_scales = torch.from_numpy(process.length_scales)
    known, asked = torch.from_numpy(process.points) / length_scales, features / length_scales
    across = matern(asked, known)
    solved = torch.linalg.solve_triangular(torch.from_numpy(process.cholesky), across.mT, upper=False)
    means = process.centre + process.spread * (process.mean + across @ torch.from_numpy(process.solution))
    return means, process.spread**2 * (matern(asked, asked) - solved.mT @ solved)


def _predicted(surrogate: TrainedSurrogate, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The same of a method that only predicts; every point is predicted once."""
    import torch

    flat = features.detach().numpy().reshape(-1, features.shape[-1])
    distinct, place = np.unique(flat, axis=0, return_inverse=True)
    at = place.reshape(features.shape[:-1])
    means, covariances = surrogate.predict(distinct)
    return torch.from_numpy(means[at]), torch.from_numpy(covariances[at[..., :, None], at[..., None, :]])


def _column(record: Surrogate, feature: Feature, cube: UnitCube, fixed: Mapping[str, Any]) -> tuple[Floats, Floats]:
    """Slopes, shape (axes, width), and offsets, shape (width,), by which the coordinates of a feature are had."""
    slopes, offsets = np.zeros((cube.axes, feature.width)), np.zeros(feature.width)
    path = next((each for each in cube.variables if is_feature_of(feature.name, each)), None)
    if path is not None:
        slopes[cube.axes_of(path)], offsets = _map(feature, cube.variables[path])
        return slopes, offsets
    path = next((each for each in fixed if is_feature_of(feature.name, each)), None)
    if path is None:
        raise ParameterError(
            f"{record.id[:30]} predicts from {feature.name}, of which the study says nothing. State it in the study, "
            "or take the surrogate out of optimiser.suggest.learn_from."
        )
    return slopes, _coordinates(feature, fixed[path])


def is_feature_of(feature: str, path: str) -> bool:
    """Whether a column of the evaluations shows what a path of a study names."""
    role, _, name = path.partition(".")
    plain, _, of = feature.partition(" of ")
    return plain == name and (of == role if of else not role.startswith("negative_"))


def _map(feature: Feature, variable: Variable) -> tuple[Floats, Floats]:
    if isinstance(variable, Choice):
        return np.array([_coordinates(feature, option) for option in variable.options]), np.zeros(feature.width)
    if feature.options:
        raise ParameterError(f"{feature.name} is a number of the space and one of {list(feature.options)} in a source.")
    span = variable.high - variable.low + (1 if isinstance(variable, Whole) else 0)
    low = variable.low - (0.5 if isinstance(variable, Whole) else 0.0)
    width = feature.high - feature.low
    return np.array([[span / width]]), np.array([(low - feature.low) / width])


def _coordinates(feature: Feature, value: Any) -> Floats:
    """Coordinates of a value, shape (width,); none of an option that the source has never seen."""
    if feature.options:
        return np.array([float(value == option) for option in feature.options])
    return np.asarray(feature.encoded([value])[0])
