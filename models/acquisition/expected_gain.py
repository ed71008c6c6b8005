"""How much better may a campaign still become? What its next candidates promise, as a share of what it has.

With one objective the expected improvement over the best feasible value, with several the expected gain in hypervolume
over that of the front, both weighed by the probability that limits are kept and that the evaluation succeeds. It is
as good as the surrogate: early on, few values may look flatter than they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.feasible_improvement import acquisition_over
from ragone.models.acquisition.improvement import reference_point
from ragone.models.acquisition.observations import Observations
from ragone.models.acquisition.sources import sources_of
from ragone.models.goals import goals_of
from ragone.models.surrogate import repeatable
from ragone.schemas import Candidate, Kpi, Surrogate


def expected_gain(
    candidates: Sequence[Candidate],
    kpis: Sequence[Kpi],
    failed: Sequence[Candidate],
    suggested: Sequence[Candidate],
    *,
    space: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    seed: int,
    tolerances: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Any] | None = None,
    sources: Sequence[Surrogate] = (),
    context: Mapping[str, Any] | None = None,
    transfer: str = "multi_task",
) -> float | None:
    """The expected gain of evaluating the suggested candidates together [-], of the best value or of the hypervolume.

    Parameters
    ----------
    candidates, kpis, failed, space, goals, seed, tolerances, earlier, sources, context, transfer
        As `acquisition.feasible_improvement` takes them.
    suggested
        Candidates to be evaluated next, in the space.

    Returns
    -------
    float | None
        None as long as no candidate is feasible, or the best value is 0, so that there is nothing to compare with.
    """
    import torch

    wanted = goals_of(goals)
    changed = ChangedSpace.of(space, [*candidates, *failed, *suggested], earlier or {})
    if not candidates:
        return None
    with repeatable(seed):
        learned = sources_of(sources, wanted, changed.known, context or {})
        acquisition, seen = acquisition_over(
            changed, wanted, candidates, kpis, failed, tolerances or {}, seed, learned, transfer
        )
        if seen is None:
            return None
        with torch.no_grad():
            gain = float(acquisition(torch.from_numpy(changed.points(suggested)).unsqueeze(0)).exp().item())
        present = _present(seen)
    return gain / present if present > 0 else None


def _present(seen: Observations) -> float:
    """The size of the best value, or the hypervolume of the front, standardised as the acquisition is."""
    import botorch.utils.multi_objective.hypervolume as hypervolume
    import torch

    aims = [response for response in seen.responses if response.goal.is_objective]
    if len(aims) == 1 and aims[0].goal.is_logarithmic:
        return 1.0 / aims[0].scale.spread  # a gain of logarithms is a share of the value
    if len(aims) == 1:
        return abs(float(aims[0].values[seen.feasible].max())) / aims[0].scale.spread
    values = np.stack([aim.scale.standardised(aim.values) for aim in aims], axis=1)[seen.feasible]
    return float(hypervolume.Hypervolume(reference_point(seen)).compute(torch.from_numpy(values)))
