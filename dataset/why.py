"""Why was this computed and not reused, and would it be reused today? Reasons from a closed list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ragone.dataset.errors import UnknownIdError
from ragone.dataset.fingerprint import code_id, code_of, present_names
from ragone.dataset.reproduce import trusted
from ragone.dataset.runs import Committed
from ragone.dataset.store import Store
from ragone.dataset.worker import stage_at
from ragone.schemas.errors import StageError
from ragone.schemas.provenance import Code, Run, RunOutcome

_LOOK_BACK = 200  # earlier runs of the same stage that are compared


class Reason(StrEnum):
    """A reason for which a result was, or would be, computed or reused."""

    GIVEN = "given, not computed"
    FIRST = "first run of this stage in the lake"
    PARAMETERS = "parameters changed"
    SEED = "seed changed"
    INPUTS = "inputs changed"
    CODE = "code changed"
    LIBRARIES = "library versions changed"
    FAILED_BEFORE = "the same recipe failed before; failures are not reused"
    OUTPUT_LOST = "the same recipe had been computed, but its output was lost"
    FAILED = "failed; will be tried again"
    REUSABLE = "would be reused today"
    DATA_DROPPED = "would be reused today; its data were dropped and come back when needed"
    DATA_LOST = "would be computed again today: its data are missing"
    STAGE_GONE = "would be computed again today: the stage is not in this version"
    CODE_SINCE = "would be computed again today: code changed since"


@dataclass(frozen=True)
class Why:
    """Reasons with their details, first for the past, last for the present."""

    subject: str
    run_id: str
    reasons: tuple[tuple[Reason, str], ...]


def why(store: Store, subject: str) -> Why:
    """Explain one artifact, or one run, by its id."""
    committed = store.committed(subject) if subject.startswith("run-") else store.producer(subject)
    run = committed.run
    if not run.entry_point:
        return Why(subject, committed.run_id, ((Reason.GIVEN, run.note),))
    return Why(subject, committed.run_id, (*_past(store, committed), _present(store, subject, run)))


def _past(store: Store, committed: Committed) -> tuple[tuple[Reason, str], ...]:
    """Differences of the run to the nearest earlier run of its stage."""
    earlier = _earlier(store, committed)
    if not earlier:
        return ((Reason.FIRST, committed.run.stage),)
    same = [e for e in earlier if e.run.recipe_id == committed.run.recipe_id]
    if same:
        failed = same[0].run.outcome is RunOutcome.FAILED
        return ((Reason.FAILED_BEFORE if failed else Reason.OUTPUT_LOST, same[0].run_id),)
    return min((_changes(store, e.run, committed.run) for e in earlier), key=len)


def _earlier(store: Store, committed: Committed) -> list[Committed]:
    """Earlier runs of the same stage, latest first."""
    stage = committed.run.stage.replace("'", "''")
    moment = committed.run.started.strftime("%Y-%m-%d %H:%M:%S.%f")
    rows = store.tables.read(
        "runs", columns=["id", "ended", "file", "row"], where=f"stage = '{stage}' AND ended <= timestamp '{moment}'"
    )
    latest = rows.sort_by([("ended", "descending")]).slice(0, _LOOK_BACK).to_pylist()
    return [store.runs.at(row["file"], row["row"]) for row in latest if row["id"] != committed.run_id]


def _changes(store: Store, old: Run, new: Run) -> tuple[tuple[Reason, str], ...]:
    found = []
    parameters = _differences(old.parameters, new.parameters)
    if parameters:
        found.append((Reason.PARAMETERS, parameters))
    if old.seed != new.seed:
        found.append((Reason.SEED, f"{old.seed} -> {new.seed}"))
    if old.inputs() != new.inputs():
        roles = sorted({role for role, _ in set(old.inputs()) ^ set(new.inputs())}) or ["order"]
        found.append((Reason.INPUTS, ", ".join(roles)))
    if old.code_id != new.code_id:
        found += _code_changes(store, old.code_id, new.code_id)
    return tuple(found)


def _code_changes(store: Store, old_id: str, new_id: str) -> list[tuple[Reason, str]]:
    old, new = store.load(old_id), store.load(new_id)
    assert isinstance(old, Code)
    assert isinstance(new, Code)
    changed = [
        (Reason.CODE, _names(present_names(old), present_names(new))),
        (Reason.LIBRARIES, _differences(old.libraries, new.libraries)),
    ]
    return [(reason, detail) for reason, detail in changed if detail]


def _present(store: Store, subject: str, run: Run) -> tuple[Reason, str]:
    if run.outcome is RunOutcome.FAILED:
        return Reason.FAILED, run.error
    try:
        stage = stage_at(run.entry_point, (*run.input_roles, *run.parameters), trusted())
    except StageError as cause:
        return Reason.STAGE_GONE, str(cause)
    if code_id(stage) != run.code_id:
        try:
            old = store.load(run.code_id)
        except UnknownIdError:
            return Reason.CODE_SINCE, "the recorded code is not stored"
        assert isinstance(old, Code)
        new = code_of(stage)
        return Reason.CODE_SINCE, _names(present_names(old), present_names(new)) or _differences(
            old.libraries, new.libraries
        )
    if subject.startswith("run-") or store.objects.holds(subject):
        return Reason.REUSABLE, f"recipe {run.recipe_id[:12]}"
    return (Reason.DATA_DROPPED if store.dropped(subject) else Reason.DATA_LOST), f"recipe {run.recipe_id[:12]}"


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    names = sorted(n for n in old.keys() | new.keys() if old.get(n) != new.get(n))
    return ", ".join(f"{n}: {old.get(n, 'absent')} -> {new.get(n, 'absent')}" for n in names)


def _names(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    return ", ".join(sorted(n for n in old.keys() | new.keys() if old.get(n) != new.get(n)))
