"""How much would a candidate improve on what is known? The acquisition that the goals ask for.

One objective: the logarithm of the noisy expected improvement. Several: that of the noisy expected hypervolume
improvement, over a reference point a little below the worst ends of the front so far. Constraints weigh an
improvement by the probability that every limit is kept. Responses are taken as independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.acquisition.observations import Observations, Response
from ragone.models.acquisition.posterior import PredictedModel
from ragone.schemas.protocols import DifferentiableSurrogate, Surrogate

if TYPE_CHECKING:
    import torch

_SAMPLES = 128

Acquisition = Any  # one of BoTorch's: called with points (batch, 1, axes), it gives (batch,)


def improvement(surrogates: Sequence[Surrogate], seen: Observations, seed: int) -> Acquisition:
    """The acquisition over points of the unit cube.

    Parameters
    ----------
    surrogates
        Of each response of `seen`, fitted to it.
    seen
        The candidates so far.
    seed
        Of the samples.

    References
    ----------
    Ament et al., 2023, arXiv 2310.20708 (the logarithm); Letham et al., 2019, doi 10.1214/18-BA1110 (noise,
    constraints); Daulton et al., 2021, arXiv 2105.08195 (several objectives).
    """
    import botorch.acquisition.logei as single
    import botorch.acquisition.multi_objective.logei as multiple
    import botorch.acquisition.multi_objective.objective as several
    import botorch.acquisition.objective as objective
    import botorch.sampling.normal as sampling
    import torch

    model, points = _model(surrogates, seen), torch.from_numpy(seen.points)
    sampler = sampling.SobolQMCNormalSampler(torch.Size([_SAMPLES]), seed=seed)
    constraints = [_excess(n, r) for n, r in enumerate(seen.responses) if r.goal.limit is not None] or None
    aims = [number for number, response in enumerate(seen.responses) if response.goal.is_objective]
    if len(aims) > 1:
        multiple._load_attempted = True  # BoTorch would compile a kernel where it finds a compiler: other last digits
        return multiple.qLogNoisyExpectedHypervolumeImprovement(
            model,
            reference_point(seen),
            points,
            sampler=sampler,
            objective=several.IdentityMCMultiOutputObjective(outcomes=aims),
            constraints=constraints,
            prune_baseline=True,
        )
    aim = objective.GenericMCObjective(lambda values, *_, **__: values[..., aims[0]]) if constraints else None
    return single.qLogNoisyExpectedImprovement(model, points, sampler=sampler, objective=aim, constraints=constraints)


def is_differentiable(surrogates: Sequence[Surrogate]) -> bool:
    """Whether the acquisition over these surrogates has a gradient."""
    return all(isinstance(surrogate, DifferentiableSurrogate) for surrogate in surrogates)


def reference_point(seen: Observations) -> torch.Tensor:
    """The point that improvements of several objectives are measured from, standardised, shape (objectives,).

    A tenth of the front's extent below its worst ends (Ishibuchi et al., 2011, doi 10.1007/978-3-642-25566-3_42: larger
    is better); of all feasible candidates where one of them is the whole front, and has no extent; of all where none
    is feasible.
    """
    import botorch.utils.multi_objective.hypervolume as hypervolume
    import botorch.utils.multi_objective.pareto as pareto
    import torch

    aims = [response for response in seen.responses if response.goal.is_objective]
    values = np.stack([response.scale.standardised(response.values) for response in aims], axis=1)
    feasible = torch.from_numpy(values[seen.feasible] if seen.feasible.any() else values)
    front = feasible[pareto.is_non_dominated(feasible)]
    return hypervolume.infer_reference_point(front if len(front) > 1 else feasible)


def _model(surrogates: Sequence[Surrogate], seen: Observations) -> Any:
    """One BoTorch model of all responses, standardised."""
    import botorch.models.model_list_gp_regression as lists

    if not is_differentiable(surrogates):
        return PredictedModel(surrogates, [response.scale for response in seen.responses])
    models = [surrogate.differentiable for surrogate in surrogates if isinstance(surrogate, DifferentiableSurrogate)]
    return models[0] if len(models) == 1 else lists.ModelListGP(*models)


def _excess(number: int, response: Response) -> Callable[[torch.Tensor], torch.Tensor]:
    """The distance of a response beyond its limit, as BoTorch wants it: positive where the limit is broken."""
    limit = response.scale.standardised(np.array(response.goal.sign * (response.goal.limit or 0.0))).item()

    def beyond(values: torch.Tensor) -> torch.Tensor:
        return limit - values[..., number]

    return beyond
