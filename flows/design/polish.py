"""The best design of a campaign polished: proposed by the beliefs' optimum, evaluated, and compared with the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.design.explained import trial_meant
from ragone.flows.design.proposed import beliefs_as_suggested, evaluate_proposed, require_study_of, trials_of
from ragone.flows.design.study import Study
from ragone.flows.design.trials import Trial, TrialOutcome
from ragone.flows.errors import CampaignError
from ragone.flows.running.progress import Progress
from ragone.flows.running.tracking import run_stage
from ragone.models.acquisition.belief import Beliefs
from ragone.models.goals import goals_of
from ragone.models.polish import polish_design
from ragone.pipelines.kpi import relative_deviation
from ragone.schemas import Campaign, Candidate, Kpi, KpiOutcome

_NOISE = 2.0  # standard uncertainties of a gain, within which it is none
_SAME = 1e-9  # distance in the unit cube below which two designs are one


@dataclass(frozen=True)
class Polished:
    """A polished design beside the one that it is compared with, what is believed of both, and what was found.

    `means` and `standard_deviations` are of the KPIs of the goals by name, of the best design first. `trial` is None
    without an evaluation. `gain` is the relative deviation of the objective from that of the best; positive is not
    better where the objective is made small.
    """

    best: Candidate
    candidate: Candidate
    best_kpi: Kpi
    means: Mapping[str, tuple[float, float]]
    standard_deviations: Mapping[str, tuple[float, float]]
    sign: float
    trial: Trial | None = None
    gain: Kpi | None = None

    @property
    def is_known(self) -> bool:
        """Whether nothing better than the best itself is believed."""
        return self.best.id == self.candidate.id

    @property
    def verdict(self) -> str:
        """The conclusion in a few words."""
        if self.is_known:
            return "nothing better than the best design is believed"
        if self.trial is None:
            return "not evaluated"
        if self.trial.outcome is TrialOutcome.FAILED:
            return f"its evaluation failed: {self.trial.error}"
        if self.gain is None or self.gain.outcome is not KpiOutcome.MEASURED:
            return "it has no value of the objective to compare"
        if self.trial.outcome is TrialOutcome.INFEASIBLE:
            return "it breaks a limit"
        return self._compared(self.sign * self.gain.measured_value, self.gain.standard_uncertainty)

    @property
    def is_gain(self) -> bool:
        """Whether it is better beyond noise."""
        return self.verdict.startswith("a gain")

    @staticmethod
    def _compared(gain: float, uncertainty: float | None) -> str:
        if uncertainty is None:
            return "its uncertainty is not known, so that the gain cannot be judged"
        if abs(gain) <= _NOISE * uncertainty:
            return "no gain beyond noise"
        return "a gain beyond noise" if gain > 0 else "a loss beyond noise"


def polish(
    lake: Lake,
    campaign: Campaign,
    study: Study | None = None,
    progress: Progress | None = None,
    *,
    start: str = "",
    seed: int = 0,
) -> Polished:
    """Polish the best design of a campaign with one objective.

    Parameters
    ----------
    lake
        Where the campaign is, and everything else will be.
    campaign
        Whose trials are learned from, and whose space is searched.
    study
        The study of the campaign, by which the polished design is evaluated; it is only proposed without.
    progress
        Receives the progress.
    start
        Id of the candidate near which the optimum is sought; all candidates and the whole space if empty.
    seed
        Of surrogates and starts.

    Raises
    ------
    CampaignError
        If the campaign names no best design.
    StudyError
        If the study is another than that of the campaign, or a generator draws.
    StageFailedError
        If too little is known.
    """
    best_kpi = _best_kpi(lake, campaign)
    if study is not None:
        require_study_of(study, campaign)
    known, shared = trials_of(campaign), beliefs_as_suggested(campaign)
    starts = {"starts": [_start(lake, start)]} if start else {}
    try:
        run = run_stage("conclude", lake, polish_design, campaign=campaign.id, **known, **starts, seed=seed, **shared)
    except StageFailedError as cause:
        raise CampaignError(f"campaign {campaign.id[:22]} cannot be polished: {cause}") from cause
    best, candidate = (lake.get(one, Candidate) for one in (campaign.best_candidate_id, run.id))
    beliefs = _beliefs(lake, campaign, known, shared.get("earlier"), seed)
    points = beliefs.space.points([best, candidate])
    candidate = best if bool((abs(points[1] - points[0]) < _SAME).all()) else candidate
    means, deviations = beliefs.predict(points)
    names = [goal.kpi for goal in beliefs.goals]
    objective = next(goal for goal in beliefs.goals if goal.is_objective)
    found = Polished(best, candidate, best_kpi, _by_name(names, means), _by_name(names, deviations), objective.sign)
    return found if study is None or found.is_known else _evaluated(lake, study, found, progress)


def _best_kpi(lake: Lake, campaign: Campaign) -> Kpi:
    goals = goals_of(campaign.goals)
    if not campaign.best_candidate_id or not campaign.best_kpi_id:
        several = sum(goal.is_objective for goal in goals) > 1
        why = "has several objectives, and so a front" if several else "has no feasible design"
        raise CampaignError(f"campaign {campaign.id[:22]} {why}: there is no best design to polish.")
    return lake.get(campaign.best_kpi_id, Kpi)


def _start(lake: Lake, name: str) -> str:
    """The candidate that an id means: its own, that of a trial, of a KPI, or the best of a campaign."""
    record = lake.get(name.partition("#")[0])
    return record.id if isinstance(record, Candidate) else trial_meant(lake, name).candidate_id


def _beliefs(lake: Lake, campaign: Campaign, known: Mapping[str, Sequence[str]], earlier: Any, seed: int) -> Beliefs:
    """The beliefs that the stage had."""
    candidates, failed = ([lake.get(one, Candidate) for one in known[role]] for role in ("candidates", "failed"))
    kpis = [lake.get(one, Kpi) for one in known["kpis"]]
    space = campaign.definition["space"]
    return Beliefs.of(candidates, kpis, failed, space=space, goals=campaign.goals, earlier=earlier, seed=seed)


def _by_name(names: Sequence[str], rows: Any) -> dict[str, tuple[float, float]]:
    return {name: (float(rows[0, n]), float(rows[1, n])) for n, name in enumerate(names)}


def _evaluated(lake: Lake, study: Study, found: Polished, progress: Progress | None) -> Polished:
    """The same with its evaluation, and with the gain, which is stored."""
    trial = evaluate_proposed(lake, study, [found.candidate], progress)[0].trial
    gain = None
    if trial.kpis:
        place = next(number for number, goal in enumerate(study.goals) if goal.is_objective)
        stored = lake.run(relative_deviation, subject=trial.kpis[place].id, reference=found.best_kpi.id)
        gain = lake.get(stored.id, Kpi)
    return replace(found, trial=trial, gain=gain)
