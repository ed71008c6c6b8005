"""What is gained per cost by evaluating a design at a fidelity, from surrogates over designs and fidelities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.acquisition.boundary import fit_boundary
from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.fidelities import TARGET, Fidelities, Tried
from ragone.models.acquisition.fidelity_process import FidelityProcess, fit_fidelities
from ragone.models.acquisition.improvement import Acquisition, feasibility_of, improvement_of, limits_of
from ragone.models.acquisition.many_points import fit_to_many
from ragone.models.acquisition.observations import Response, observe_at
from ragone.models.acquisition.space import Floats
from ragone.models.acquisition.surrogates import expected_density, scaled_responses
from ragone.models.goals import Goal

if TYPE_CHECKING:
    import torch

_LEAST_JUDGED = 4  # values at the target by which cheap ones are judged
_SMALLEST = 1e-12


@dataclass(frozen=True)
class Gain:
    """The log gain per cost: an acquisition at the target, and what an evaluation at a fidelity says of the target.

    An evaluation at the target is to improve on those that there are (`at_target`), a cheaper one on what is believed
    of all designs (`cheaper`), so that what looks best cheaply is evaluated at the target soon.

    `fixed` has shape (axes of the wider cube,): the coordinate of an axis on which nothing is searched, NaN of others.
    """

    levels: Fidelities
    at_target: Acquisition
    cheaper: Acquisition
    processes: Sequence[FidelityProcess]
    fixed: Floats

    def await_at(self, points: Floats) -> None:
        """Count points of the wider cube, shape (n, axes), as evaluated at the target."""
        import torch

        if len(points):
            for acquisition in (self.at_target, self.cheaper):
                acquisition.set_X_pending(torch.from_numpy(_at_target(points)))

    def over(self, number: int) -> GainAt:
        """The gain at a fidelity, over the searched cube."""
        return GainAt(self, number)

    def correlation(self, at: torch.Tensor, number: int) -> torch.Tensor:
        """The correlation of an evaluation at a fidelity with the target, over that of one at the target, shape (n,).

        Parameters
        ----------
        at
            Shape (n, axes + 1), of the target.
        number
            Of the fidelity.
        """
        import torch

        found = [process.information(at, number) for process in self.processes]
        cheap, whole = (torch.stack(each).sum(0) for each in zip(*found, strict=True))
        return (cheap / whole).clamp_min(_SMALLEST).sqrt()


@dataclass(frozen=True)
class GainAt:
    """The gain at one fidelity, as BoTorch asks for an acquisition: at points (n, 1, axes) it gives (n,)."""

    gain: Gain
    number: int

    def __call__(self, X: torch.Tensor) -> torch.Tensor:  # noqa: N803 - BoTorch's
        """The log gain per cost."""
        at = self._embedded(X)
        cost = float(np.log(self.gain.levels.costs[self.number]))
        if self.number == TARGET:
            gain: torch.Tensor = self.gain.at_target(at)
        else:
            gain = self.gain.cheaper(at) + self.gain.correlation(at.squeeze(-2), self.number).log()
        return gain - cost

    def at(self, point: Floats) -> float:
        """The value at one point, shape (1, axes)."""
        import torch

        with torch.no_grad():
            return float(self(torch.from_numpy(point).unsqueeze(0)))

    def set_X_pending(self, X: torch.Tensor) -> None:  # noqa: N802, N803 - BoTorch's
        """Nothing: what is pending is known to the gain."""

    def _embedded(self, searched: torch.Tensor) -> torch.Tensor:
        """Points of the searched cube, in the wider one, at the target."""
        import torch

        whole = torch.from_numpy(np.append(self.gain.fixed, float(TARGET)))
        free = torch.isnan(whole)
        whole = whole.expand(*searched.shape[:-1], -1).clone()
        whole[..., free] = searched
        return whole


def gain_of(levels: Fidelities, changed: ChangedSpace, goals: Sequence[Goal], tried: Tried, seed: int) -> Gain | None:
    """The gain, from two designs measured at the target at least; None if cheap evaluations mislead.

    It is None, too, where a KPI is censored: the process over fidelities knows values alone.
    Within `repeatable`.
    """
    kept = np.flatnonzero(tried.measured)
    numbers = tried.numbers[kept]
    points = changed.points([tried.designs[place] for place in kept])
    responses = observe_at(points, goals, tried.rows(kept.tolist())).responses
    if any(response.censored is not None for response in responses):
        return None
    processes = [_fitted(points, numbers, response, len(levels.costs)) for response in responses]
    own = numbers == TARGET
    if any(_misleads(process, points, own, r) for process, r in zip(processes, responses, strict=True)):
        return None
    seen = observe_at(_at_target(points[own]), goals, tried.rows(kept[own].tolist()))
    seen = replace(seen, responses=scaled_responses(seen.responses, [one.process for one in processes]))
    models: list[Any] = [one.process.differentiable for one in processes]
    boundary = _boundary(changed, tried)
    limits = limits_of(seen.responses, boundary=boundary is not None)
    model = _side_by_side([*models, *([] if boundary is None else [boundary])])
    if not seen.feasible.any():
        chance = feasibility_of(model, seed, limits)
        return Gain(levels, chance, chance, processes, changed.fixed)
    believed = replace(seen, points=np.unique(_at_target(points), axis=0))
    over_seen, over_believed = (improvement_of(model, each, seed, limits) for each in (seen, believed))
    return Gain(levels, over_seen, over_believed, processes, changed.fixed)


def _fitted(points: Floats, numbers: Any, response: Response, count: int) -> FidelityProcess:
    return fit_fidelities(points, numbers, response.values, response.variances, count)


def _misleads(process: FidelityProcess, points: Floats, own: Any, response: Response) -> bool:
    """Whether values at the target, each left out in turn, are expected better without the cheaper evaluations."""
    if own.sum() < _LEAST_JUDGED:
        return False
    variances = None if response.variances is None else response.variances[own]
    alone = fit_to_many(points[own], response.values[own], variances)
    return expected_density(alone, np.ones(int(own.sum()), dtype=bool)) > expected_density(process.process, own)


def _boundary(changed: ChangedSpace, tried: Tried) -> Any:
    """The boundary of what can be evaluated, over designs and fidelities; None if everything was measured."""
    succeeded = np.append(tried.measured, np.zeros(len(tried.failed), dtype=bool))
    if succeeded.all():
        return None
    numbers = np.append(tried.numbers, tried.failed_numbers).astype(np.float64)
    return fit_boundary(np.column_stack([changed.points([*tried.designs, *tried.failed]), numbers]), succeeded)


def _side_by_side(models: Sequence[Any]) -> Any:
    import botorch.models.model_list_gp_regression as lists

    return models[0] if len(models) == 1 else lists.ModelListGP(*models)


def _at_target(points: Floats) -> Floats:
    return np.column_stack([points, np.full(len(points), float(TARGET))])
