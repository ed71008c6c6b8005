"""A campaign: ask for designs, evaluate them, tell the optimiser, until the budget is spent.

Everything, suggestions included, goes through the lake, so that starting a campaign again after it was stopped, at
whatever moment, finds what is stored and computes the rest. Only a stage that failed is tried again: its failure may
have been the machine's. A design whose evaluation fails is a trial without a KPI, and the campaign goes on.

Where a generator draws, each design is foreseen first. One that the generator is blind to is told as such, or drawn by
the simulator instead, from which the generator learns before the next batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from dataset import Lake
from dataset.errors import StageFailedError
from flows.design.cubes import Cubes, measure_cubes
from flows.design.evaluate import measure_cell, suggest
from flows.design.sampling import target_met
from flows.design.study import Study
from flows.design.trials import CampaignResult, CellMeasured, CubeMeasured, Foreseen, Trial
from flows.engines import GENERATOR
from flows.errors import CampaignError
from flows.generator.foresight import foresee, learn, with_generator, with_oracle, with_records
from flows.generator.training_volumes import TrainingVolumes
from flows.running.executors import open_executor, run_all
from flows.running.progress import Progress, Silent, StepsOf
from flows.running.tracking import FlowRun, run_tracked, server_address
from flows.running.workers import lend
from models.conclusion import conclude
from schemas import Campaign, Design, Kpi


def run_campaign(
    lake: Lake, study: Study, progress: Progress | None = None, *, prefect_api_url: str = ""
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

    Raises
    ------
    CampaignError
        If no further design can be suggested.
    ExecutorError
        If the executor cannot be started or one of its workers dies.
    TrackingError
        If the Prefect server does not answer.
    StudyError
        If the generator that draws and its calibration do not belong together.
    """
    watcher = progress or Silent()
    study = with_records(lake, study)
    with lend(lake) as address, open_executor(study.execution) as executor:
        server = server_address(prefect_api_url)
        if not server:
            return _Campaign(lake, study, watcher, executor, address).run()
        run = FlowRun("campaign", study.name, {"lake": address, "study": study.definition()})
        return run_tracked(
            run, lambda watched: _Campaign(lake, study, watcher, watched, address).run(), executor, server
        )


class _Campaign:
    """One run of a study: the trials so far, and where the next ones are evaluated."""

    def __init__(self, lake: Lake, study: Study, progress: Progress, executor: Executor, address: str) -> None:
        self._lake = lake
        self._study = study
        self._progress = progress
        self._executor = executor
        self._address = address
        self._trials: list[Trial] = []
        self._defined = study
        self._foreseen: dict[str, Foreseen] = {}
        self._units = study.budget.total * (study.resolution.first_cubes + 1 + (study.trust is not None))

    def run(self) -> CampaignResult:
        budget = self._study.budget
        self._progress.started(self._units)
        while len(self._trials) < budget.total:
            wanted = budget.batch if self._trials else budget.initial
            self._evaluate(self._ask(min(wanted, budget.total - len(self._trials))))
        return self._conclude()

    def _ask(self, count: int) -> tuple[str, ...]:
        """Ids of the next designs: evenly spread at first, by the study's engine then."""
        measured = [trial for trial in self._trials if trial.objective_id]
        trials = {
            "designs": [trial.design_id for trial in measured],
            "objectives": [trial.objective_id for trial in measured],
            "failed": [trial.design_id for trial in self._trials if not trial.objective_id],
        }
        self._progress.step(f"suggesting {count} designs")
        engine = self._study.engines["suggest" if self._trials else "start"]
        try:
            return run_all(self._executor, suggest, [(self._address, engine, self._study, trials, count)])[0]
        except StageFailedError as cause:
            raise CampaignError(
                f"no further design can be suggested after {len(self._trials)} trials: {cause}. "
                "What was evaluated is stored; choose another engine in study.stages.suggest and start again."
            ) from cause

    def _evaluate(self, design_ids: Sequence[str]) -> None:
        """All cubes of all designs, then the cells: a batch of one design still keeps several workers busy."""
        cubes = self._drawn(design_ids) if self._study.trust is None else self._foreseen_cubes(design_ids)
        self._progress.step(f"discharging {len(design_ids)} cells")
        self._discharge(cubes)
        self._learn(cubes)

    def _drawn(self, design_ids: Sequence[str]) -> Cubes:
        """Cubes by the study's own engine; how far it is off is known by now."""
        return self._cubes(replace(self._study, trust=None), design_ids)

    def _cubes(self, study: Study, design_ids: Sequence[str]) -> Cubes:
        return measure_cubes(
            self._lake, study, self._executor, self._address, design_ids, self._progress, self._further
        )

    def _foreseen_cubes(self, design_ids: Sequence[str]) -> Cubes:
        """Cubes by the generator where it is trusted, by the oracle where it is blind and the study says so."""
        trust = self._study.trust
        assert trust is not None
        self._progress.step(f"foreseeing {len(design_ids)} designs")
        calls = [(self._address, self._study, design_id) for design_id in design_ids]
        found = run_all(self._executor, foresee, calls, lambda *_: self._progress.advanced())
        foreseen = dict(zip(design_ids, found, strict=True))
        self._foreseen |= foreseen
        for design_id, seen in foreseen.items():
            if seen.blind:
                self._progress.step(f"{design_id[:19]} is {seen.statement}")
        simulated = [d for d, seen in foreseen.items() if seen.simulated]
        drawn = [d for d, seen in foreseen.items() if d not in simulated and not seen.error]
        cubes = dict(self._drawn(drawn)) if drawn else {}
        cubes |= self._cubes(with_oracle(self._study, trust), simulated) if simulated else {}
        return {d: cubes.get(d, [CubeMeasured(error=seen.error)]) for d, seen in foreseen.items()}

    def _learn(self, cubes: Cubes) -> None:
        """The generator goes on from what the oracle drew in this batch."""
        pairs = [
            (cube.microstructure_id, design_id)
            for design_id, measured in cubes.items()
            if (seen := self._foreseen.get(design_id)) and seen.simulated
            for cube in measured
            if cube.microstructure_id
        ]
        if not pairs:
            return
        volumes = TrainingVolumes(tuple(v for v, _ in pairs), tuple(d for _, d in pairs))
        self._progress.step(f"learning from {len(pairs)} volumes of designs not seen before")
        self._study = with_generator(self._study, learn(self._lake, self._study, volumes, StepsOf(self._progress)))

    def _further(self, cubes: int) -> None:
        self._units += cubes
        self._progress.started(self._units)

    def _discharge(self, cubes: Cubes) -> None:
        """The cells of the designs all of whose cubes were measured; the other designs are failed trials."""
        first = len(self._trials)
        trials = {
            number: self._told(
                Trial.failed(number, design_id, next(c.error for c in measured if c.error), len(measured))
            )
            for number, (design_id, measured) in enumerate(cubes.items(), first)
            if any(cube.error for cube in measured)
        }
        for trial in trials.values():
            self._progress.advanced()
        whole = {n: design_id for n, design_id in enumerate(cubes, first) if n not in trials}
        numbers = list(whole)
        calls = [self._cell(design_id, cubes[design_id]) for design_id in whole.values()]

        def done(call: int, cell: CellMeasured) -> None:
            number = numbers[call]
            trials[number] = self._trial(number, whole[number], cubes[whole[number]], cell)
            self._progress.advanced()

        run_all(self._executor, measure_cell, calls, done)
        self._trials += [trials[number] for number in sorted(trials)]

    def _cell(self, design_id: str, cubes: Sequence[CubeMeasured]) -> tuple[Any, ...]:
        """Arguments of `measure_cell`."""
        design = self._lake.get(design_id)
        assert isinstance(design, Design)
        loading, operation = design.mass_loading_kilogram_per_square_metre, self._study.objective.operation
        seen = self._foreseen.get(design_id)
        predicted_id = "" if seen is None or seen.simulated else seen.predicted_id
        transport_ids = [cube.transport_id for cube in cubes]
        return self._address, self._study.engines, transport_ids, loading, operation, predicted_id

    def _trial(self, number: int, design_id: str, cubes: Sequence[CubeMeasured], cell: CellMeasured) -> Trial:
        if cell.error:
            return self._told(Trial.failed(number, design_id, cell.error, len(cubes)))
        kpi = self._lake.get(cell.kpi_ids[self._study.objective.kpi])
        assert isinstance(kpi, Kpi)
        enough = target_met(self._lake, self._study.resolution.target, cubes)
        return self._told(Trial.measured(number, design_id, cell.kpi_ids, kpi, enough))

    def _told(self, trial: Trial) -> Trial:
        """With what was foreseen."""
        return replace(trial, foreseen=self._foreseen.get(trial.design_id))

    def _conclude(self) -> CampaignResult:
        self._progress.step("concluding")
        found = self._lake.run(
            conclude,
            designs=[trial.design_id for trial in self._trials],
            kpis=[trial.objective_id for trial in self._trials if trial.objective_id],
            name=self._study.name,
            definition=self._defined.definition(),
            objective_name=self._study.objective.kpi,
            design_ids=[trial.design_id for trial in self._trials],
            kpi_ids=[trial.objective_id for trial in self._trials],
            maximise=self._study.objective.maximise,
        )
        campaign = self._lake.get(found.id)
        assert isinstance(campaign, Campaign)
        best = next((t for t in self._trials if campaign.best_kpi_id and t.objective_id == campaign.best_kpi_id), None)
        generator_id = self._study.engines["manufacture"].inputs.get(GENERATOR, "")
        return CampaignResult(found.id, self._study.objective.kpi, tuple(self._trials), best, generator_id)
