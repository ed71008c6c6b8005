"""Which candidates are most worth evaluating next, where many cannot be evaluated or break a limit?

As `expected_improvement`, with these differences. Candidates that could not be evaluated form a boundary instead of
entering with a bad value. As long as no candidate keeps every limit, the probability that one does is made large, not
an improvement that nothing is the start of. Pending candidates are counted as evaluated with what is expected of them.
Candidates outside of the present space are kept where they help, and inputs may deviate from what was asked for.

The result is repeatable to the last bit on one machine: float64, one thread, seeded restarts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from ragone.models.acquisition.ascent import ascend_by_gradient, ascend_by_trial
from ragone.models.acquisition.belief import LEAST_MEASURED, fitted_responses, measured_of
from ragone.models.acquisition.boundary import fit_boundary
from ragone.models.acquisition.changed_space import ChangedSpace
from ragone.models.acquisition.cokriging import cokriged
from ragone.models.acquisition.improvement import Acquisition, feasibility_of, improvement_of, limits_of
from ragone.models.acquisition.observations import Observations
from ragone.models.acquisition.promise import promising_points
from ragone.models.acquisition.ranking import ranked_model
from ragone.models.acquisition.sobol import distinct, even_points
from ragone.models.acquisition.sources import Source, sources_of
from ragone.models.acquisition.space import Floats
from ragone.models.acquisition.tolerances import AveragedModel, deviations_of
from ragone.models.goals import Goal, goals_of
from ragone.models.surrogate import GaussianProcess, repeatable
from ragone.schemas import Candidate, Kpi, Surrogate, stage


@stage(
    "acquisition.feasible_improvement",
    libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy"),
    informed_by=("candidates", "kpis", "failed", "pending", "sources"),
)
def suggest_by_feasible_improvement(
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    pending: tuple[Candidate, ...] = (),
    sources: tuple[Surrogate, ...] = (),
    *,
    space: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    tolerances: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    transfer: Literal["multi_task", "ranking"] = "multi_task",
    count: int,
    seed: int,
) -> Mapping[str, Candidate]:
    """The candidates with the largest log expected improvement, weighed by the probability that it can be had.

    Parameters
    ----------
    candidates
        Every candidate so far that was evaluated.
    kpis
        KPI of each goal, for each candidate in turn; a candidate one of whose KPIs is not measured tells where the
        boundary lies, and nothing else.
    failed
        Candidates whose evaluation failed.
    pending
        Candidates that are being evaluated.
    sources
        Surrogates of earlier campaigns, or of other owners, that predict KPIs of the goals.
    space, goals, count, seed
        As `acquisition.expected_improvement` takes them. Candidates may lie outside of the space.
    tolerances
        Path to the standard deviation of what is made from what was asked for, in the unit of the path. The mean over
        these deviations is then what the goals are about.
    earlier
        Path to the value that candidates which do not name it had, in its unit.
    context
        Path to the value that the study fixes beside its space, in its unit; sources may need it.
    transfer
        How sources are used: as tasks beside the own one (`cokriging`), or weighed by how they rank (`ranking`).

    Returns
    -------
    Mapping[str, Candidate]
        Keyed "0", "1", ... in order.

    References
    ----------
    Those of `acquisition.expected_improvement`; Gelbart et al., 2014, arXiv 1403.5607 (unknown constraints, feasibility
    first); Rasmussen and Williams, 2006, ISBN 0-262-18253-X (classification).
    """
    wanted = goals_of(goals)
    changed = ChangedSpace.of(space, [*candidates, *failed, *pending], earlier or {})
    tried = changed.points([*candidates, *failed, *pending])
    measured = measured_of(wanted, candidates, kpis)
    cube = changed.searched
    learned = sources_of(sources, wanted, changed.known, context or {})
    if sources and cube.axes and measured.sum() < LEAST_MEASURED:
        with repeatable(seed):
            chosen = promising_points(changed, wanted, learned, tried, count, seed)
        return cube.candidates(chosen)
    if not cube.axes or (measured.sum() < LEAST_MEASURED and measured.all() and not failed):
        return cube.candidates(even_points(cube, changed.searched_points(tried), count, seed))
    with repeatable(seed):
        acquisition, _ = acquisition_over(
            changed, wanted, candidates, kpis, failed, tolerances or {}, seed, learned, transfer
        )
        smooth = all(one.process for each in learned for one in each) and not cube.discrete
        chosen = _ascended(acquisition, changed, changed.points(pending), count, seed, smooth=smooth)
    own = tried[changed.inside(tried)]
    return cube.candidates(distinct(cube, chosen, changed.searched_points(own), seed))


def acquisition_over(
    changed: ChangedSpace,
    goals: Sequence[Goal],
    candidates: Sequence[Candidate],
    kpis: Sequence[Kpi],
    failed: Sequence[Candidate],
    tolerances: Mapping[str, Any],
    seed: int,
    sources: Sequence[Sequence[Source]] = (),
    transfer: str = "multi_task",
) -> tuple[Acquisition, Observations | None]:
    """The acquisition over the wider cube, without pending points, and what it improves on; within `repeatable`.

    It improves on nothing, and is a probability, as long as no candidate is feasible.
    """
    measured = measured_of(goals, candidates, kpis)
    points = changed.points([*candidates, *failed])
    succeeded = np.append(measured, np.zeros(len(failed), dtype=bool))
    seen, surrogates = fitted_responses(changed, goals, candidates, kpis, measured)
    known = sources if any(sources) else [[] for _ in surrogates]
    models = [_with_sources(own, each, transfer, seed) for own, each in zip(surrogates, known, strict=False)]
    boundary = [] if succeeded.all() else [fit_boundary(points, succeeded)]
    deviations = deviations_of(changed.known, tolerances, seed)
    model = _side_by_side([*models, *boundary], deviations, averaged=any(sources))
    limits = limits_of(seen.responses if models else (), boundary=bool(boundary))
    if models and seen.feasible.any():
        return improvement_of(model, seen, seed, limits), seen
    return feasibility_of(model, seed, limits), None


def _with_sources(own: GaussianProcess, sources: Sequence[Source], transfer: str, seed: int) -> Any:
    """The BoTorch model of a response: the own process, among what is known from elsewhere."""
    if not sources:
        return own.differentiable
    if transfer == "multi_task":
        return cokriged(own, sources)
    return ranked_model(own.differentiable.train_inputs[0].numpy(), own, sources, seed)


def _side_by_side(models: Sequence[Any], deviations: Floats, *, averaged: bool) -> Any:
    """One BoTorch model of independent responses, averaged over the deviations of inputs."""
    import botorch.models.model_list_gp_regression as lists

    if averaged or len(deviations) > 1:
        return AveragedModel(models, deviations)
    return models[0] if len(models) == 1 else lists.ModelListGP(*models)


def _ascended(
    acquisition: Acquisition, changed: ChangedSpace, pending: Floats, count: int, seed: int, *, smooth: bool
) -> Floats:
    """Points of the searched cube, one after the other, each knowing those before and the pending ones."""
    import torch

    cube, known = changed.searched, pending
    for number in range(count):
        if len(known):
            acquisition.set_X_pending(torch.from_numpy(known))
        over = changed.restricted(acquisition)
        if smooth:
            chosen = ascend_by_gradient(over, cube.axes, 1, seed)
        else:
            chosen = ascend_by_trial(over, cube, 1, seed + number)
        known = np.vstack([known, changed.embedded(cube.snapped(chosen))])
    return changed.searched_points(known[len(pending) :])
