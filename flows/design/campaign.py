"""A campaign: ask for candidates, evaluate them, tell the optimiser, until the budget is spent.

Everything, suggestions included, goes through the lake, so that starting a campaign again after it was stopped, at
whatever moment, finds what is stored and computes the rest. Only a stage that failed is tried again: its failure may
have been the machine's. A candidate whose evaluation fails is a trial without KPIs, and the campaign goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dataset import Lake
from flows.design.cubes import Cubes, Drawing, measure_cubes, transport_role
from flows.design.evaluation import CubeMeasured, Design, Evaluated, errors_of, evaluate
from flows.design.optimiser import Optimiser, wanted
from flows.design.sampling import target_met
from flows.design.study import Study
from flows.design.trials import CampaignResult, Trial, TrialOutcome
from flows.design.ways import given_records, measured_ids
from flows.generator.drawer import Drawer, Expectation, drawer_of
from flows.running.progress import Progress
from flows.running.tracking import FlowRun, run_tracked, server_address
from flows.running.workspace import Workspace, open_workspace
from models.conclusion import conclude
from schemas import Campaign, Candidate, Kpi, Materials, Recipe

Told = Callable[[Trial], None]


def run_campaign(
    lake: Lake,
    study: Study,
    progress: Progress | None = None,
    *,
    prefect_api_url: str = "",
    finished: Told = lambda _: None,
) -> CampaignResult:
    """Run a study, or go on with it.

    Parameters
    ----------
    lake
        Where everything is stored.
    study
        What to do.
    progress
        Is told how far it is.
    prefect_api_url
        A Prefect server on which the run shows up; the environment's PREFECT_API_URL if empty. Without either,
        Prefect is not used.
    finished
        Is told of each trial when it is over.

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
    with open_workspace(lake, study.execution, progress) as workspace:
        server = server_address(prefect_api_url)
        if not server:
            return _Campaign(workspace, study, finished).run()
        shown = FlowRun("campaign", study.name, {"lake": workspace.address, "study": study.definition()})
        return run_tracked(
            shown,
            lambda watched: _Campaign(workspace.with_executor(watched), study, finished).run(),
            workspace.executor,
            server,
        )


class _Campaign:
    """One run of a study: the trials so far, and where the next ones are evaluated."""

    def __init__(self, workspace: Workspace, study: Study, finished: Told) -> None:
        self._workspace, self._study, self._finished = workspace, study, finished
        self._lake, self._progress = workspace.lake, workspace.progress
        self._optimiser = Optimiser(workspace, study)
        self._drawer: Drawer = drawer_of(workspace, study)
        self._trials: list[Trial] = []
        self._units = study.budget.total * (study.resolution.first_cubes * len(study.chain.branches) + 1)

    def run(self) -> CampaignResult:
        budget = self._study.budget
        self._progress.started(self._units)
        while len(self._trials) < budget.total:
            count = min(budget.batch if self._trials else budget.initial, budget.total - len(self._trials))
            self._progress.step(f"suggesting {count} designs")
            candidates = self._optimiser.ask(count)
            found = self._evaluated(candidates)
            self._optimiser.tell(candidates, [trial.kpis for trial in found])
            self._trials += found
        return self._concluded()

    def _evaluated(self, candidates: Sequence[Candidate]) -> list[Trial]:
        """All cubes of all recipes, then what follows: a batch of one design still keeps several workers busy."""
        given = [given_records(self._lake, self._study, candidate) for candidate in candidates]
        expected = self._expectations(given)
        cubes = {branch: self._cubes(branch, given, expected) for branch in self._study.chain.branches}
        self._progress.step(f"evaluating {len(candidates)} designs")
        found = self._judged(candidates, given, cubes, expected)
        self._drawer.learn({recipe: measured for of in cubes.values() for recipe, measured in of.items()})
        return found

    def _expectations(self, given: Sequence[Mapping[str, str]]) -> Mapping[str, Expectation]:
        """What is expected of the generator that draws, by the id of the recipe; nothing of a simulator."""
        if not self._study.chain.branches:
            return {}
        recipes = [self._lake.get(ids["recipe"], Recipe) for ids in given]
        return self._drawer.prepare(recipes, self._lake.get(given[0]["materials"], Materials))

    def _cubes(
        self, branch: str, given: Sequence[Mapping[str, str]], expected: Mapping[str, Expectation]
    ) -> dict[str, Sequence[CubeMeasured]]:
        drawings = {ids[f"{branch}recipe"]: self._drawing(branch, ids) for ids in given}
        errors = {
            recipe: expected[recipe].error for recipe in drawings if recipe in expected and expected[recipe].error
        }
        drawn = [drawing for recipe, drawing in drawings.items() if recipe not in errors]
        found: Cubes = measure_cubes(self._workspace, self._study, branch, drawn, self._further)
        return {**found, **{recipe: [CubeMeasured(error=error)] for recipe, error in errors.items()}}

    def _drawing(self, branch: str, ids: Mapping[str, str]) -> Drawing:
        """How the cubes of a design's recipe are drawn: by the drawer, of the negative electrode by its own step."""
        recipe_id = ids[f"{branch}recipe"]
        step = self._study.chain.drawing(branch)
        if branch:
            return Drawing(recipe_id, ids, step, self._study.keep_voxels)
        drawn = self._drawer.step_for(step, recipe_id)
        return Drawing(recipe_id, ids, drawn, self._study.keep_voxels or self._drawer.keeps_voxels(recipe_id))

    def _further(self, cubes: int) -> None:
        self._units += cubes
        self._progress.started(self._units)

    def _judged(
        self,
        candidates: Sequence[Candidate],
        given: Sequence[Mapping[str, str]],
        cubes: Mapping[str, Mapping[str, Sequence[CubeMeasured]]],
        expected: Mapping[str, Expectation],
    ) -> list[Trial]:
        """The trials of a batch; a design one of whose cubes could not be measured is a failed one."""
        first = len(self._trials)
        found: dict[int, Trial] = {}
        whole: list[int] = []

        def over(place: int, trial: Trial) -> None:
            own = cubes.get("", {}).get(given[place].get("recipe", ""), ())
            found[place] = replace(
                trial,
                cube_count=len(own),
                target_met=self._target_met(own) if trial.kpis else None,
                expected=expected.get(given[place].get("recipe", "")),
            )
            self._finished(found[place])
            self._progress.advanced()

        for place, candidate in enumerate(candidates):
            error = errors_of(c for branch, of in cubes.items() for c in of[given[place][f"{branch}recipe"]])
            if error:
                over(place, Trial(first + place, candidate, TrialOutcome.FAILED, error=error))
            else:
                whole.append(place)
        calls = [
            (self._study.chain, self._study.extractions, self._design(candidates[place], given[place], cubes))
            for place in whole
        ]
        self._workspace.run(
            evaluate,
            calls,
            lambda call, evaluated: over(
                whole[call], self._trial(first + whole[call], candidates[whole[call]], evaluated)
            ),
        )
        return [found[place] for place in sorted(found)]

    def _design(
        self,
        candidate: Candidate,
        given: Mapping[str, str],
        cubes: Mapping[str, Mapping[str, Sequence[CubeMeasured]]],
    ) -> Design:
        measured = measured_ids(self._study.chain, given, cubes)
        predicted_id = self._drawer.predicted_id(given["recipe"]) if cubes else ""
        predicted = {"": predicted_id} if predicted_id else {}
        return Design(given, measured, predicted, self._study.parameters(candidate))

    def _trial(self, number: int, candidate: Candidate, evaluated: Evaluated) -> Trial:
        if evaluated.error:
            return Trial(number, candidate, TrialOutcome.FAILED, kpi_ids=evaluated.kpi_ids, error=evaluated.error)
        kpis = tuple(self._lake.get(evaluated.kpi_ids[goal.key], Kpi) for goal in self._study.goals)
        return replace(Trial.judged(number, candidate, self._study.goals, kpis), kpi_ids=evaluated.kpi_ids)

    def _target_met(self, cubes: Sequence[CubeMeasured]) -> bool | None:
        role = transport_role(self._study.chain, "")
        return target_met(self._lake, self._study.resolution.target, role, cubes)

    def _concluded(self) -> CampaignResult:
        self._progress.step("concluding")
        found = self._lake.run(
            conclude,
            candidates=[trial.candidate.id for trial in self._trials],
            kpis=[kpi.id for trial in self._trials for kpi in trial.kpis],
            name=self._study.name,
            definition=self._study.definition(),
            goals=wanted(self._study.goals),
            failed_trials=[trial.number for trial in self._trials if not trial.kpis],
        )
        campaign = self._lake.get(found.id, Campaign)
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
