"""Ask and tell: two separate calls, whose state is a record of the lake.

`ask` proposes candidates from the results so far, `tell` adds new ones. With the id of the history one can go
on from there, in another process or on another day; nothing else is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.design.evaluation import completed
from ragone.flows.design.goals import Goal, share_a_kpi
from ragone.flows.design.learning import Learned, learn
from ragone.flows.design.study import Study
from ragone.flows.errors import CampaignError
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.flows.running.workspace import Workspace
from ragone.models.acquisition.expected_gain import expected_gain
from ragone.models.acquisition.transfer import weights_of_sources
from ragone.models.history import await_results, tell
from ragone.schemas import Candidate, History, Kpi, Stage, Surrogate

_WEIGHED = ("earlier", "transfer")  # parameters of a suggestion that the weights of sources depend on
_SHARED = ("tolerances", "earlier", "transfer")  # parameters of a suggestion that its expected gain depends on
PENDING = "pending"  # input of a stage that proposes candidates
SOURCES = "sources"  # likewise
FIDELITIES = "fidelities"  # parameter of one that chooses among them


class Optimiser:
    """Proposes candidates for a study. `history` is its whole state; None if there is no result yet."""

    def __init__(self, workspace: Workspace, study: Study, history: History | None = None) -> None:
        self._workspace, self._study = workspace, study
        self.history = history
        self._learned: Learned | None = None

    @property
    def learned(self) -> Learned:
        """The surrogates of other campaigns, which are trained on when they are asked for first.

        Raises
        ------
        CampaignError
            If something cannot be learned from.
        """
        if self._learned is None:
            self._learned = learn(self._workspace.lake, self._study)
        return self._learned

    def ask(self, count: int) -> tuple[Candidate, ...]:
        """The next candidates: evenly spread at first, by the study's stage then.

        Raises
        ------
        CampaignError
            If none can be proposed.
        """
        calls = [(self._study, "" if self.history is None else self.history.id, count, self.learned)]
        done = 0 if self.history is None else len(self.history.trials)
        self._require_pending_known(done)
        try:
            ids = self._workspace.run(propose, calls, lambda *_: None)[0]
        except StageFailedError as cause:
            raise CampaignError(
                f"no further design can be suggested after {done} trials: {cause}. What was evaluated is stored; "
                "choose another stage in study.optimiser.suggest and start again."
            ) from cause
        return tuple(self._workspace.lake.get(one, Candidate) for one in ids)

    def expected_gain(self, candidates: Sequence[Candidate]) -> float | None:
        """The gain that candidates promise [-], as a share of what is reached; None if nothing is."""
        if self.history is None:
            return None
        return self._workspace.run(
            measure_gain, [(self._study, self.history.id, candidates, self.learned)], lambda *_: None
        )[0]

    def weights(self) -> list[dict[str, Any]]:
        """The sources and their weights after the results so far; none without sources."""
        if self.history is None or not self.learned.surrogate_ids:
            return []
        return self._workspace.run(measure_weights, [(self._study, self.history.id, self.learned)], lambda *_: None)[0]

    def budget_left(self) -> float:
        """The rest of the study's budget, in designs; in evaluations at the target where it has fidelities."""
        return budget_left(self._workspace.lake, self._study, self.history)

    def await_results(self, candidates: Sequence[Candidate]) -> History:
        """Keep candidates as pending: the next ones asked for are suggested beside them."""
        return self._next(await_results, candidates=[candidate.id for candidate in candidates])

    def tell(
        self,
        candidates: Sequence[Candidate],
        kpis: Sequence[Sequence[Kpi]],
        withdrawn: Sequence[Candidate] = (),
    ) -> History:
        """Add candidates and their KPIs, one for each goal, none of a candidate whose evaluation failed.

        Those withdrawn are no longer pending.
        """
        return self._next(
            tell,
            candidates=[candidate.id for candidate in candidates],
            kpis=[kpi.id for row in kpis for kpi in row],
            withdrawn=[candidate.id for candidate in withdrawn],
            failed=[number for number, row in enumerate(kpis) if not row],
        )

    def _next(self, stage: Stage[Any, History], **given: Any) -> History:
        lake, before = self._workspace.lake, None if self.history is None else self.history.id
        found = lake.run(stage, before=before, name=self._study.name, goals=wanted(self._study.goals), **given)
        self.history = lake.get(found.id, History)
        return self.history

    def _require_pending_known(self, done: int) -> None:
        stage = (self._study.suggest if done else self._study.start).stage
        if self.history is not None and self.history.pending_ids and PENDING not in stage.ports:
            raise CampaignError(
                f"{len(self.history.pending_ids)} candidates are pending, of which {stage.name} takes no account. "
                "Report or withdraw them first, or choose acquisition.feasible_improvement in study.optimiser.suggest."
            )


@task("suggest")
def propose(address: str, study: Study, history_id: str, count: int, learned: Learned) -> tuple[str, ...]:
    """Ids of the next candidates, wherever the task runs.

    Raises
    ------
    StageFailedError
        If the stage fails: without a proposal a campaign cannot go on.
    """
    lake = lake_at(address)
    history = lake.get(history_id, History) if history_id else None
    rows = history.rows() if history else []
    pending = {PENDING: list(history.pending_ids)} if history and history.pending_ids else {}
    proposer = study.suggest if rows else study.start
    if rows and study.polish is not None and budget_left(lake, study, history) == count == 1:
        proposer = study.polish
    sources = learned.given() if SOURCES in proposer.stage.ports else {}
    cheaper = _fidelities(lake, study, history) if FIDELITIES in proposer.stage.parameters else {}
    found = lake.run(
        proposer.stage,
        **trials(rows),
        **pending,
        **sources,
        space={path: variable.definition() for path, variable in study.space.items()},
        goals=wanted(study.goals, apart=bool(study.learn_from)),
        count=count,
        seed=study.seed,
        **cheaper,
        **proposer.parameters,
    )
    outputs = completed(found)
    return tuple(outputs[str(number)] for number in range(count))


def costs_of(lake: Lake, study: Study, history: History | None) -> list[float]:
    """The cost of an evaluation at each fidelity, the target first; 1 where there is no other."""
    if study.fidelities is None:
        return [1.0]
    return study.fidelities.costs_of(lake, history.rows()[: study.budget.initial] if history else [])


def budget_left(lake: Lake, study: Study, history: History | None) -> float:
    """The rest of the budget, pending candidates counted as evaluated, in evaluations at the target."""
    if history is None:
        return float(study.budget.total)
    costs, fidelities = costs_of(lake, study, history), study.fidelities
    ids = [*(candidate for candidate, _ in history.rows()), *history.pending_ids]
    if fidelities is None:
        return float(study.budget.total - len(ids))
    return study.budget.total - sum(costs[fidelities.number_of(lake.get(one, Candidate))] for one in ids)


def _fidelities(lake: Lake, study: Study, history: History | None) -> dict[str, Any]:
    """The fidelities among which a stage chooses, and what is left to spend."""
    assert study.fidelities is not None  # a study without any refuses such a stage
    given = study.fidelities.given(costs_of(lake, study, history))
    return {FIDELITIES: given, "budget": budget_left(lake, study, history)}


@task("expect")
def measure_gain(
    address: str, study: Study, history_id: str, candidates: Sequence[Candidate], learned: Learned
) -> float | None:
    """The expected gain of evaluating candidates, wherever the task runs; deterministic, and not stored."""
    lake = lake_at(address)
    known = trials(lake.get(history_id, History).rows())
    further = {name: study.suggest.parameters[name] for name in _SHARED if name in study.suggest.parameters}
    return expected_gain(
        [lake.get(one, Candidate) for one in known["candidates"]],
        [lake.get(one, Kpi) for one in known["kpis"]],
        [lake.get(one, Candidate) for one in known["failed"]],
        candidates,
        space={path: variable.definition() for path, variable in study.space.items()},
        goals=wanted(study.goals, apart=bool(study.learn_from)),
        seed=study.seed,
        sources=[lake.get(one, Surrogate) for one in learned.surrogate_ids],
        context=learned.context,
        **further,
    )


@task("expect")
def measure_weights(address: str, study: Study, history_id: str, learned: Learned) -> list[dict[str, Any]]:
    """The weight of each source at the end of a campaign, wherever the task runs; deterministic, and not stored."""
    lake = lake_at(address)
    known = trials(lake.get(history_id, History).rows())
    further = {name: study.suggest.parameters[name] for name in _WEIGHED if name in study.suggest.parameters}
    weights = weights_of_sources(
        [lake.get(one, Candidate) for one in known["candidates"]],
        [lake.get(one, Kpi) for one in known["kpis"]],
        [lake.get(one, Candidate) for one in known["failed"]],
        [lake.get(one, Surrogate) for one in learned.surrogate_ids],
        space={path: variable.definition() for path, variable in study.space.items()},
        goals=wanted(study.goals, apart=bool(study.learn_from)),
        context=learned.context,
        seed=study.seed,
        **further,
    )
    return [{**each, "origin": learned.origins[each["surrogate_id"]]} for each in weights]


def trials(rows: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, list[str]]:
    """Candidates with KPIs, their KPIs row by row, and candidates that failed: what optimiser and conclusion take."""
    return {
        "candidates": [candidate for candidate, kpis in rows if kpis],
        "kpis": [kpi for _, kpis in rows for kpi in kpis],
        "failed": [candidate for candidate, kpis in rows if not kpis],
    }


def wanted(goals: Sequence[Goal], *, apart: bool = False) -> list[dict[str, Any]]:
    """The goals as the optimiser takes them; `apart`: with their steps, where several are of one KPI."""
    shared = share_a_kpi(goals) if apart else False
    return [{**goal.wanted(), **({"step": goal.step_name} if shared else {})} for goal in goals]
