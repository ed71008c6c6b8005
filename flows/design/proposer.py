"""The stages that propose candidates, and the earlier results that they learn from, as a study names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.flows.design.fidelities import Fidelities
from ragone.flows.design.goals import Goal
from ragone.flows.design.steps import choose_stage, stage_parameters
from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.schemas import Stage

USUAL_STAGES = {"start": "acquisition.sobol", "suggest": "acquisition.feasible_improvement"}
POLISH = "polish"  # whether the last design of the budget is the best belief
_OF_FIDELITIES = "acquisition.multi_fidelity"
_POLISHING = "acquisition.best_belief"
_FIDELITIES = "fidelities"
_GIVEN_TO_OPTIMISER = ("space", "goals", "count", "context", _FIDELITIES, "budget")
_LEARN_FROM = "learn_from"
_SOURCES = "sources"  # input of a stage that learns from earlier campaigns


@dataclass(frozen=True)
class Proposer:
    """A stage that proposes candidates, and the parameters that differ from its defaults."""

    stage: Stage[Any, Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def definition(self) -> dict[str, Any]:
        """Return it as plain data, for the record of a campaign."""
        return {"stage": self.stage.name, "parameters": dict(self.parameters)}


def read_proposer(section: Section, role: str, fidelities: Fidelities | None) -> Proposer:
    """Read the stage of a role, `start` or `suggest`, and its parameters."""
    usual = USUAL_STAGES[role] if fidelities is None else _OF_FIDELITIES
    written = section.raw(role, usual)
    inner = Section({"stage": written} if isinstance(written, str) else written, section.at(role), None)
    stage = choose_stage(inner, inner.text("stage", usual))
    if _FIDELITIES in stage.parameters and fidelities is None:
        raise StudyError(
            f"{inner.at('stage')} = {stage.name} chooses among fidelities, and the study has none. Add "
            "study.fidelities, for example [{resolution.volume_elements: 1, cost: 0.25}]."
        )
    if stage.room != "acquisition":
        raise StudyError(f"{inner.at('stage')} = {stage.name} proposes no candidates. Choose a stage of acquisition.")
    names = [name for name in inner if name not in ("stage", _LEARN_FROM)]
    for name in names:
        if name in _GIVEN_TO_OPTIMISER:
            raise StudyError(f"{inner.at(name)} is given by the study itself. Leave it out.")
    return Proposer(stage, stage_parameters(inner, stage, names))


def read_polish(
    optimiser: Section, suggest: Proposer, goals: Sequence[Goal], fidelities: Fidelities | None
) -> Proposer | None:
    """Read the stage that proposes the last candidate, with what it shares with `suggest`; None if none is wanted."""
    if not optimiser.flag(POLISH, False):
        return None
    if fidelities is not None or sum(goal.is_objective for goal in goals) > 1:
        why = "chooses its last one at the target by itself" if fidelities else "has several objectives, and no best"
        raise StudyError(f"{optimiser.at(POLISH)}: the study {why}. Leave it out.")
    stage = choose_stage(optimiser, _POLISHING)
    return Proposer(stage, {name: value for name, value in suggest.parameters.items() if name in stage.parameters})


def read_learn_from(optimiser: Section, fidelities: Fidelities | None) -> tuple[Any, ...]:
    """Return the ids, and conditions with their snapshots, that `learn_from` beside the stage lists."""
    written = optimiser.raw("suggest", None)
    if not isinstance(written, Mapping) or _LEARN_FROM not in written:
        return ()
    inner = Section(written, optimiser.at("suggest"), None)
    given, path = inner.raw(_LEARN_FROM), inner.at(_LEARN_FROM)
    entries = given if isinstance(given, list) else [given]
    usual = USUAL_STAGES["suggest"] if fidelities is None else _OF_FIDELITIES
    stage = choose_stage(inner, inner.text("stage", usual))
    if _SOURCES not in stage.ports:
        raise StudyError(
            f"{path}: {stage.name} learns from no other campaign. Choose acquisition.feasible_improvement."
        )
    return tuple(_source(each, f"{path}[{number}]") for number, each in enumerate(entries))


def _source(entry: Any, path: str) -> Any:
    if isinstance(entry, str) and entry:
        return entry
    section = Section(entry, path, ("where", "at"))
    if not section.has("at"):
        raise StudyError(
            f"{section.at('at')} is missing. Name the snapshot in which `where` is asked, so that the study learns the "
            "same on another day; `ragone snapshot` makes one."
        )
    return {"where": section.text("where"), "at": section.text("at")}
