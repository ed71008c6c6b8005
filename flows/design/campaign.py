"""A campaign: ask for candidates, evaluate them, tell the optimiser, until the budget is spent.

Everything, suggestions included, goes through the lake, so that starting a campaign again after it was stopped, at
whatever moment, finds what is stored and computes the rest. Only a stage that failed is tried again: its failure may
have been the machine's. A candidate whose evaluation fails is a trial without KPIs, and the campaign goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ragone.dataset import CAMPAIGN, Lake
from ragone.flows.design.evaluation import Design, Evaluated, MeasuredVolumeElement, errors_of, evaluate
from ragone.flows.design.optimiser import Optimiser
from ragone.flows.design.prepared import Measured, Prepared, prepared
from ragone.flows.design.sampling import target_met
from ragone.flows.design.study import Study
from ragone.flows.design.trials import CampaignResult, Trial, TrialOutcome
from ragone.flows.design.volume_elements import Drawing, measure_volume_elements, transport_role
from ragone.flows.errors import StudyError
from ragone.flows.generator.drawer import Drawer, Expectation, drawer_of
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Progress
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.flows.running.workspace import Workspace, open_workspace
from ragone.models.conclusion import conclude
from ragone.schemas import Campaign, Candidate, Kpi, Materials, Recipe

_ROUNDING = 1e-6  # of a budget that is spent in parts of one
_BATCHES_BELOW = 2  # in turn: one alone may be a surrogate that takes a slope for a plateau
TrialWatcher = Callable[[Trial], None]


@job("campaign")
def run_campaign(
    lake: Lake,
    study: Study,
    progress: Progress | None = None,
    *,
    until: str = "",
    finished: TrialWatcher = lambda _: None,
) -> CampaignResult:
    """Run a study, or go on with it.

    Parameters
    ----------
    lake
        Where everything is stored.
    study
        What to do.
    progress
        Receives the progress.
    prefect_api_url
        A Prefect server on which the run shows up; the environment's PREFECT_API_URL if empty. Without either,
        Prefect is not used.
    until
        Moment as ISO 8601 writes it, local unless it names its zone, after which no batch is begun; never if empty.
        Run again without it, the campaign goes on.
    finished
        Receives each trial when it is over.

    Raises
    ------
    CampaignError
        If no further candidate can be suggested.
    ExecutorError
        If the executor cannot be started or one of its workers dies.
    TrackingError
        If the Prefect server does not answer.
    StudyError
        If the generator that draws and its calibration do not belong together.
    """
    with open_workspace(lake, study.execution, progress) as workspace, lake.doing(CAMPAIGN, study.name):
        return _Campaign(workspace, study, finished, _moment(until)).run()


@task("conclude")
def conclude_trials(address: str, given: Mapping[str, Any]) -> str:
    """Return the id of the campaign that the trials make up, wherever the task runs."""
    return lake_at(address).run(conclude, **given).id


def units_of(study: Study) -> int:
    """Return the units of work of a campaign, as far as they are known before it starts."""
    return study.budget.total * (study.resolution.first_volume_elements * len(study.chain.branches) + 1)


def _moment(text: str) -> datetime | None:
    """The moment that a text says, in UTC."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError as cause:
        raise StudyError(
            f"until = {text!r} is no moment. Write it as 2026-12-01T08:00, or 2026-12-01T08:00+01:00."
        ) from cause


class _Campaign:
    """One run of a study: the trials so far, and where the next ones are evaluated."""

    def __init__(self, workspace: Workspace, study: Study, finished: TrialWatcher, until: datetime | None) -> None:
        self._workspace, self._study, self._finished, self._until = workspace, study, finished, until
        self._gains: list[float | None] = []
        self._ending = ""
        self._lake, self._progress, self._chain = workspace.lake, workspace.progress, study.chain
        self._optimiser = Optimiser(workspace, study)
        self._drawer: Drawer = drawer_of(workspace, study)
        self._trials: list[Trial] = []
        self._units = units_of(study)

    def run(self) -> CampaignResult:
        budget = self._study.budget
        self._progress.started(self._units)
        while (left := self._optimiser.budget_left()) >= 1 - _ROUNDING:
            count = budget.initial if not self._trials else self._due(int(left + _ROUNDING))
            self._progress.step(f"suggesting {count} designs")
            candidates = self._optimiser.ask(count)
            if self._is_over(candidates):
                break
            found = self._evaluated(candidates)
            self._optimiser.tell(candidates, [trial.kpis for trial in found])
            self._trials += found
        return self._concluded()

    def _due(self, left: int) -> int:
        """The number of candidates to ask for: a batch, but for the last of all where it is to be the best belief."""
        kept = int(self._study.polish is not None and left > 1)
        return min(self._study.budget.batch, left - kept)

    def _is_over(self, candidates: Sequence[Candidate]) -> bool:
        """Whether it ends before its budget is spent: its time is up, or two batches in turn promise too little."""
        if self._until is not None and self._trials and datetime.now(UTC) >= self._until:
            self._ending = f"no batch was begun after {self._until.isoformat()}"
            return True
        least = self._study.budget.stop_below
        if not least:
            return False
        self._gains.append(self._optimiser.expected_gain(candidates))
        lasting = [gain for gain in self._gains[-_BATCHES_BELOW:] if gain is not None and gain < least]
        if len(lasting) < _BATCHES_BELOW:
            return False
        promised = " and ".join(f"{gain:.2g}" for gain in lasting)
        self._ending = f"two batches in turn promised a gain of {promised}, each below {least:g}"
        return True

    def _evaluated(self, candidates: Sequence[Candidate]) -> list[Trial]:
        """All volume elements of all recipes, then what follows: a batch of one design still keeps workers busy."""
        designs = [prepared(self._lake, self._study, candidate) for candidate in candidates]
        expected = self._expectations(designs)
        measured = {branch: self._measured(branch, designs, expected) for branch in self._chain.branches}
        self._progress.step(f"evaluating {len(designs)} designs")
        found = self._judged(designs, measured, expected)
        own = {
            design.recipe_id(""): design.volume_elements(self._chain, measured) for design in designs if "" in measured
        }
        self._drawer.learn(own)
        return found

    def _expectations(self, designs: Sequence[Prepared]) -> Mapping[str, Expectation]:
        """Return the errors expected of the generator that draws, by the id of the recipe; none of a simulator."""
        if self._study.trust is None:
            return {}
        recipes = [self._lake.get(design.recipe_id(""), Recipe) for design in designs]
        return self._drawer.prepare(recipes, self._lake.get(designs[0].given["materials"], Materials))

    def _measured(
        self, branch: str, designs: Sequence[Prepared], expected: Mapping[str, Expectation]
    ) -> dict[str, list[MeasuredVolumeElement]]:
        """The volume elements of one electrode; a recipe of which nothing can be expected has a failed one."""
        drawings, failed = {}, {}
        for design in designs:
            key, recipe_id = design.key(self._chain, branch), design.recipe_id(branch)
            if recipe_id in expected and expected[recipe_id].error:
                failed[key] = [MeasuredVolumeElement(error=expected[recipe_id].error)]
            else:
                drawings[key] = self._drawing(branch, design)
        return {**measure_volume_elements(self._workspace, self._study, branch, drawings, self._further), **failed}

    def _drawing(self, branch: str, design: Prepared) -> Drawing:
        """Return how a design is drawn: by the drawer; of the negative electrode by its own step."""
        step, kept, recipe_id = self._chain.drawing(branch), self._study.keep_voxels, design.recipe_id(branch)
        if branch:
            return Drawing(design, step, kept)
        return Drawing(design, self._drawer.step_for(step, recipe_id), kept or self._drawer.keeps_voxels(recipe_id))

    def _further(self, elements: int) -> None:
        self._units += elements
        self._progress.started(self._units)

    def _judged(
        self, designs: Sequence[Prepared], measured: Measured, expected: Mapping[str, Expectation]
    ) -> list[Trial]:
        """The trials of a batch; a design one of whose volume elements could not be measured is a failed one."""
        first = len(self._trials) + 1
        found: dict[int, Trial] = {}
        whole: list[int] = []

        def over(place: int, trial: Trial) -> None:
            design = designs[place]
            own = measured[""][design.key(self._chain, "")] if "" in measured else []
            found[place] = replace(
                trial,
                volume_element_count=len(own),
                target_met=self._target_met(own) if trial.kpis else None,
                expected=expected.get(design.given.get("recipe", "")),
            )
            self._finished(found[place])
            self._progress.advanced()

        for place, design in enumerate(designs):
            error = errors_of(design.volume_elements(self._chain, measured))
            if error:
                over(place, Trial(first + place, design.candidate, TrialOutcome.FAILED, error=error))
            else:
                whole.append(place)

        def evaluated(call: int, result: Evaluated) -> None:
            over(whole[call], self._trial(first + whole[call], designs[whole[call]].candidate, result))

        calls = [(self._chain, self._study.extractions, self._design(designs[place], measured)) for place in whole]
        self._workspace.run(evaluate, calls, evaluated)
        return [found[place] for place in sorted(found)]

    def _design(self, design: Prepared, measured: Measured) -> Design:
        predicted_id = self._drawer.predicted_id(design.recipe_id("")) if self._study.trust else ""
        return design.design(self._chain, measured, {"": predicted_id} if predicted_id else {}, {})

    def _trial(self, number: int, candidate: Candidate, evaluated: Evaluated) -> Trial:
        if evaluated.error:
            return Trial(number, candidate, TrialOutcome.FAILED, kpi_ids=evaluated.kpi_ids, error=evaluated.error)
        kpis = tuple(self._lake.get(evaluated.kpi_ids[goal.key], Kpi) for goal in self._study.goals)
        return replace(Trial.judged(number, candidate, self._study.goals, kpis), kpi_ids=evaluated.kpi_ids)

    def _target_met(self, elements: Sequence[MeasuredVolumeElement]) -> bool | None:
        role = transport_role(self._chain, "")
        return target_met(self._lake, self._study.resolution.target, role, elements)

    def _concluded(self) -> CampaignResult:
        self._progress.step("concluding")
        learned_from = self._optimiser.weights()
        given = {
            "candidates": [trial.candidate.id for trial in self._trials],
            "kpis": [kpi.id for trial in self._trials for kpi in trial.kpis],
            "name": self._study.name,
            "definition": self._study.definition(),
            "goals": self._goals(),
            "failed_trials": [trial.number - 1 for trial in self._trials if not trial.kpis],
            **({"ending": self._ending} if self._ending else {}),
            **({"learned_from": learned_from} if learned_from else {}),
            **self._study.target(),
        }
        (campaign_id,) = self._workspace.run(conclude_trials, [(given,)], lambda *_: None)
        campaign = self._lake.get(campaign_id, Campaign)
        front = tuple(trial for trial in self._trials if trial.candidate.id in campaign.front_ids)
        best = next((t for t in self._trials if t.candidate.id == campaign.best_candidate_id), None)
        return CampaignResult(
            campaign,
            self._study.goals,
            tuple(self._trials),
            best or next(iter(front), None),
            front,
            self._drawer.generator_id,
        )

    def _goals(self) -> list[dict[str, Any]]:
        """The goals as they are recorded: with the step that a KPI is read off, where several have one name."""
        names = [goal.kpi for goal in self._study.goals]
        return [{**g.wanted(), "kpi": g.name if names.count(g.kpi) > 1 else g.kpi} for g in self._study.goals]
