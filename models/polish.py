"""The best design of a campaign, polished: the nearest optimum of what its surrogates believe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.best_belief import CONFIDENCE, best_points
from ragone.models.surrogate import repeatable
from ragone.schemas import Campaign, Candidate, Kpi, stage
from ragone.schemas.errors import StageError


@stage(
    "campaign.polish",
    libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy"),
    informed_by=("campaign", "candidates", "kpis", "failed", "starts"),
)
def polish_design(
    campaign: Campaign,
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    starts: tuple[Candidate, ...] = (),
    *,
    tolerances: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Any] | None = None,
    confidence: float = CONFIDENCE,
    seed: int,
) -> Candidate:
    """Find the design that is believed to be the best near those started from.

    Parameters
    ----------
    campaign
        Whose space is searched; it has one objective.
    candidates, kpis
        Its candidates with a KPI for every goal, and those KPIs, candidate by candidate.
    failed
        Its other candidates.
    starts
        Where the search begins; everywhere without any.
    tolerances, earlier, confidence, seed
        As `acquisition.best_belief` takes them.

    Returns
    -------
    Candidate
        One that was evaluated already where nothing better is believed.

    Raises
    ------
    StageError
        If fewer than two candidates have a value.
    ParameterError, BoundsError
        As of `acquisition.best_belief`.
    """
    space = campaign.definition["space"]
    beliefs = Beliefs.of(candidates, kpis, failed, space=space, goals=campaign.goals, earlier=earlier, seed=seed)
    if not beliefs.surrogates:
        raise StageError("fewer than two designs have a value for every goal: nothing is known. Evaluate more of them.")
    with repeatable(seed):
        points = best_points(beliefs, starts, tolerances or {}, confidence, seed)
    return beliefs.space.searched.candidates(points[:1])["0"]
