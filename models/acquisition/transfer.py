"""How much does a campaign rest on each of its sources? Their weights in its surrogates, after the candidates so far.

Of tasks it is the slope by which a source's response enters, of a ranking the share of the ensemble; 0 of a source
that is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragone.models.acquisition.belief import fitted_responses, measured_of
from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.cokriging import Cokriged, cokriged
from ragone.models.acquisition.ranking import ranking_weights
from ragone.models.acquisition.sources import Source, sources_of
from ragone.models.goals import goals_of
from ragone.models.surrogate import GaussianProcess, repeatable
from ragone.schemas import Candidate, Kpi, Surrogate


def weights_of_sources(
    candidates: Sequence[Candidate],
    kpis: Sequence[Kpi],
    failed: Sequence[Candidate],
    sources: Sequence[Surrogate],
    *,
    space: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    seed: int,
    earlier: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    transfer: str = "multi_task",
) -> list[dict[str, Any]]:
    """The goal's KPI, the id and the weight [-] of each source; no weight where nothing is measured.

    Parameters
    ----------
    candidates, kpis, failed, sources, space, goals, seed, earlier, context, transfer
        As `acquisition.feasible_improvement` takes them.
    """
    wanted = goals_of(goals)
    changed = ChangedSpace.of(space, [*candidates, *failed], earlier or {})
    learned = sources_of(sources, wanted, changed.known, context or {})
    measured = measured_of(wanted, candidates, kpis)
    found = []
    with repeatable(seed):
        _, own = fitted_responses(changed, wanted, candidates, kpis, measured)
        for number, (goal, each) in enumerate(zip(wanted, learned, strict=True)):
            weights = _weights(own[number], each, transfer, seed) if own and each else [None] * len(each)
            named = zip(each, weights, strict=True)
            found += [{"kpi": goal.title, "surrogate_id": source.id, "weight": weight} for source, weight in named]
    return found


def _weights(own: GaussianProcess, sources: Sequence[Source], transfer: str, seed: int) -> list[Any]:
    if transfer == "ranking":
        points = own.differentiable.train_inputs[0].numpy()
        return [float(weight) for weight in ranking_weights(points, own, sources, seed)[:-1]]
    model = cokriged(own, sources)
    if not isinstance(model, Cokriged):
        return [0.0] * len(sources)
    kept = dict(zip((source.id for source in model.sources), model.slopes().tolist(), strict=True))
    return [kept.get(source.id, 0.0) for source in sources]
