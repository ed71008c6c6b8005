"""The plateau of a campaign: which of its designs, and which of its space, are as good as the best one."""

from __future__ import annotations

from ragone.dataset import Lake
from ragone.flows.running.tracking import run_stage
from ragone.models.plateau import find_plateau
from ragone.schemas import Campaign, Plateau


def plateau_of(lake: Lake, campaign: Campaign, *, tolerance: float = 0.01, seed: int = 0) -> Plateau:
    """Find the plateau of a campaign with one objective, or what was found before.

    Parameters
    ----------
    lake
        Where the campaign is.
    campaign
        Any with a feasible design.
    tolerance
        Share of the best value that counts as equal [-].
    seed
        Of the points at which the surrogate is asked.

    Raises
    ------
    StageFailedError
        If the campaign has several objectives, or no feasible design.
    """
    run = run_stage(
        "conclude",
        lake,
        find_plateau,
        campaign=campaign.id,
        candidates=list(campaign.candidate_ids),
        kpis=[kpi_id for kpi_id in campaign.kpi_ids if kpi_id],
        tolerance=tolerance,
        seed=seed,
    )
    return lake.get(run.id, Plateau)
