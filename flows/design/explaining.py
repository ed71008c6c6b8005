"""All that is said of one design: what the surrogates say, what limits it and its neighbours, the plateau around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.design.explained import Trial, explain, left_out_of, rows_of, trial_meant
from ragone.flows.design.losses import Losses, losses_of
from ragone.flows.design.plateaus import plateau_of
from ragone.schemas import Campaign, Candidate, Explanation, Plateau

_NEIGHBOURS = 2


@dataclass(frozen=True)
class Explained:
    """A trial with its explanation, losses of it and its neighbours, and the plateau or why there is none.

    The plateau is that of the campaign's best design. `left_out` says what the suggestion rests on besides.
    """

    trial: Trial
    candidate: Candidate
    explanation: Explanation
    losses: tuple[Losses, ...]
    plateau: Plateau | None
    no_plateau: str = ""
    left_out: str = ""


def explain_trial(lake: Lake, name: str) -> Explained:
    """Explain the design that an id means: a campaign's best, `CAMPAIGN#12`, a candidate or a KPI.

    Raises
    ------
    CampaignError
        If the id means no design.
    """
    trial = trial_meant(lake, name)
    found = explain(lake, trial)
    plateau, reason = _plateau(lake, trial)
    return Explained(
        trial,
        lake.get(trial.candidate_id, Candidate),
        found,
        _losses(lake, trial, found),
        plateau,
        reason,
        left_out_of(lake, trial),
    )


def _losses(lake: Lake, trial: Trial, found: Explanation) -> tuple[Losses, ...]:
    """The losses of the design, and of the nearest ones that its prediction rests on."""
    rows = dict(rows_of(trial.campaign))
    resting: list[dict[str, Any]] = next(iter(found.rests_on.values()), [])
    nearest = [row["candidate_id"] for row in sorted(resting, key=lambda row: float(row["distance"]))]
    others = [name for name in nearest if name != trial.candidate_id][:_NEIGHBOURS]
    return tuple(losses_of(lake, name, rows.get(name, ())) for name in (trial.candidate_id, *others))


def _plateau(lake: Lake, trial: Trial) -> tuple[Plateau | None, str]:
    if not isinstance(trial.campaign, Campaign):
        return None, "the campaign has not concluded"
    if not trial.campaign.best_candidate_id:
        return None, "the campaign has no single best design"
    try:
        return plateau_of(lake, trial.campaign), ""
    except StageFailedError as cause:
        return None, str(cause)
