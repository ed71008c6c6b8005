"""How much would a candidate improve on what is known? The acquisition that the goals ask for.

One objective: the logarithm of the noisy expected improvement. Several: that of the noisy expected hypervolume
improvement, over a reference point a little below the worst ends of the front so far. Constraints weigh an
improvement by the probability that every limit is kept. Responses are taken as independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.acquisition.observations import Observations, Response
from ragone.models.acquisition.posterior import PredictedModel
from ragone.schemas.protocols import DifferentiableSurrogate, Surrogate

if TYPE_CHECKING:
    import torch

_SAMPLES = 128
_SHARP = 1e-3  # width of a limit, in standardised units

Acquisition = Any  # one of BoTorch's: called with points (batch, 1, axes), it gives (batch,)
Excess = Callable[["torch.Tensor"], "torch.Tensor"]


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
    return improvement_of(_model(surrogates, seen), seen, seed, limits_of(seen.responses))


@dataclass(frozen=True)
class Limits:
    """The limits of an acquisition as BoTorch takes them; how sharply each is drawn, and whether with heavy tails."""

    excesses: list[Excess] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    heavy: list[bool | None] = field(default_factory=list)

    def given(self) -> dict[str, Any]:
        """The arguments of an acquisition; none without a limit."""
        import torch

        if not self.excesses:
            return {}
        return {"constraints": self.excesses, "eta": torch.tensor(self.widths), "fat": self.heavy}


def limits_of(responses: Sequence[Response], *, boundary: bool = False) -> Limits:
    """The limits of the responses; of a boundary too if one stands after them, whose values are log odds."""
    limited = [_excess(n, r) for n, r in enumerate(responses) if r.goal.limit is not None]
    odds = [_against(len(responses))] if boundary else []
    heavy: list[bool | None] = [*(True for _ in limited), *(False for _ in odds)]
    return Limits([*limited, *odds], [_SHARP] * len(limited) + [1.0] * len(odds), heavy)


def feasibility_of(model: Any, seed: int, limits: Limits) -> Acquisition:
    """The logarithm of the probability that one of the points asked about, or pending, keeps every limit."""
    import botorch.acquisition.logei as single

    return single.qLogProbabilityOfFeasibility(model, sampler=_sampler(seed), **limits.given())


def improvement_of(model: Any, seen: Observations, seed: int, limits: Limits) -> Acquisition:
    """The improvement over what is seen, by a BoTorch model of its responses, standardised; see `improvement`."""
    import botorch.acquisition.logei as single
    import botorch.acquisition.multi_objective.logei as multiple
    import botorch.acquisition.multi_objective.objective as several
    import botorch.acquisition.objective as objective
    import torch

    points, sampler = torch.from_numpy(seen.points), _sampler(seed)
    aims = [number for number, response in enumerate(seen.responses) if response.goal.is_objective]
    if len(aims) > 1:
        multiple._load_attempted = True  # BoTorch would compile a kernel where it finds a compiler: other last digits
        return multiple.qLogNoisyExpectedHypervolumeImprovement(
            model,
            reference_point(seen),
            points,
            sampler=sampler,
            objective=several.IdentityMCMultiOutputObjective(outcomes=aims),
            prune_baseline=True,
            **limits.given(),
        )
    aim = objective.GenericMCObjective(lambda values, *_, **__: values[..., aims[0]]) if limits.excesses else None
    return single.qLogNoisyExpectedImprovement(model, points, sampler=sampler, objective=aim, **limits.given())


def is_differentiable(surrogates: Sequence[Surrogate]) -> bool:
    """Whether the acquisition over these surrogates has a gradient."""
    return all(isinstance(surrogate, DifferentiableSurrogate) for surrogate in surrogates)


def reference_point(seen: Observations) -> torch.Tensor:
    """The point that improvements of several objectives are measured from, standardised, shape (objectives,).

    The references of the goals; where none is stated, a tenth of the front's extent below its worst ends (Ishibuchi et
    al., 2011, doi 10.1007/978-3-642-25566-3_42: larger is better); of all feasible candidates where one of them is the
    whole front, and has no extent; of all where none is feasible.
    """
    import botorch.utils.multi_objective.hypervolume as hypervolume
    import botorch.utils.multi_objective.pareto as pareto
    import torch

    aims = [response for response in seen.responses if response.goal.is_objective]
    values = np.stack([response.scale.standardised(response.values) for response in aims], axis=1)
    feasible = torch.from_numpy(values[seen.feasible] if seen.feasible.any() else values)
    front = feasible[pareto.is_non_dominated(feasible)]
    found = hypervolume.infer_reference_point(front if len(front) > 1 else feasible)
    for number, aim in enumerate(aims):
        if aim.goal.reference is not None:
            found[number] = float(aim.scale.standardised(np.array(aim.goal.response(aim.goal.reference))))
    return found


def _model(surrogates: Sequence[Surrogate], seen: Observations) -> Any:
    """One BoTorch model of all responses, standardised."""
    import botorch.models.model_list_gp_regression as lists

    if not is_differentiable(surrogates):
        return PredictedModel(surrogates, [response.scale for response in seen.responses])
    models = [surrogate.differentiable for surrogate in surrogates if isinstance(surrogate, DifferentiableSurrogate)]
    return models[0] if len(models) == 1 else lists.ModelListGP(*models)


def _sampler(seed: int) -> Any:
    import botorch.sampling.normal as sampling
    import torch

    return sampling.SobolQMCNormalSampler(torch.Size([_SAMPLES]), seed=seed)


def _against(number: int) -> Excess:
    """The log odds against success: of width 1, and with the tails of the logistic function, a probability."""

    def against(values: torch.Tensor) -> torch.Tensor:
        return -values[..., number]

    return against


def _excess(number: int, response: Response) -> Excess:
    """The distance of a response beyond its limit, as BoTorch wants it: positive where the limit is broken."""
    limit = response.scale.standardised(np.array(response.goal.response(response.goal.limit))).item()

    def beyond(values: torch.Tensor) -> torch.Tensor:
        return limit - values[..., number]

    return beyond
