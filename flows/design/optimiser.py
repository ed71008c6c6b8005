"""Ask and tell: two separate calls, whose state is a record of the lake.

`ask` proposes candidates from the results so far, `tell` adds new ones. With the id of the history one can go
on from there, in another process or on another day; nothing else is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ragone.dataset.errors import StageFailedError
from ragone.flows.design.evaluation import completed
from ragone.flows.design.goals import Goal
from ragone.flows.design.study import Study
from ragone.flows.errors import CampaignError
from ragone.flows.running.tasks import task
from ragone.flows.running.workers import lake_at
from ragone.flows.running.workspace import Workspace
from ragone.models.history import tell
from ragone.schemas import Candidate, History, Kpi


class Optimiser:
    """Proposes candidates for a study. `history` is its whole state; None if there is no result yet."""

    def __init__(self, workspace: Workspace, study: Study, history: History | None = None) -> None:
        self._workspace, self._study = workspace, study
        self.history = history

    def ask(self, count: int) -> tuple[Candidate, ...]:
        """The next candidates: evenly spread at first, by the study's stage then.

        Raises
        ------
        CampaignError
            If none can be proposed.
        """
        calls = [(self._study, "" if self.history is None else self.history.id, count)]
        done = 0 if self.history is None else len(self.history.trials)
        try:
            ids = self._workspace.run(propose, calls, lambda *_: None)[0]
        except StageFailedError as cause:
            raise CampaignError(
                f"no further design can be suggested after {done} trials: {cause}. What was evaluated is stored; "
                "choose another stage in study.optimiser.suggest and start again."
            ) from cause
        return tuple(self._workspace.lake.get(one, Candidate) for one in ids)

    def tell(self, candidates: Sequence[Candidate], kpis: Sequence[Sequence[Kpi]]) -> History:
        """Add candidates and their KPIs, one for each goal, none of a candidate whose evaluation failed."""
        lake = self._workspace.lake
        found = lake.run(
            tell,
            before=None if self.history is None else self.history.id,
            candidates=[candidate.id for candidate in candidates],
            kpis=[kpi.id for row in kpis for kpi in row],
            name=self._study.name,
            goals=wanted(self._study.goals),
            failed=[number for number, row in enumerate(kpis) if not row],
        )
        self.history = lake.get(found.id, History)
        return self.history


@task("suggest")
def propose(address: str, study: Study, history_id: str, count: int) -> tuple[str, ...]:
    """Ids of the next candidates, wherever the task runs.

    Raises
    ------
    StageFailedError
        If the stage fails: without a proposal a campaign cannot go on.
    """
    lake = lake_at(address)
    rows = lake.get(history_id, History).rows() if history_id else []
    proposer = study.suggest if rows else study.start
    found = lake.run(
        proposer.stage,
        **trials(rows),
        space={path: variable.definition() for path, variable in study.space.items()},
        goals=wanted(study.goals),
        count=count,
        seed=study.seed,
        **proposer.parameters,
    )
    outputs = completed(found)
    return tuple(outputs[str(number)] for number in range(count))


def trials(rows: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, list[str]]:
    """Candidates with KPIs, their KPIs row by row, and candidates that failed: what optimiser and conclusion take."""
    return {
        "candidates": [candidate for candidate, kpis in rows if kpis],
        "kpis": [kpi for _, kpis in rows for kpi in kpis],
        "failed": [candidate for candidate, kpis in rows if not kpis],
    }


def wanted(goals: Sequence[Goal]) -> list[dict[str, Any]]:
    """The goals as the optimiser takes them."""
    return [goal.wanted() for goal in goals]
