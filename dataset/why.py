"""Why was this computed and not reused, and would it be reused today? Reasons from a closed list.

A run is compared with the nearest earlier run of its stage that was about the same thing: one with the same inputs, or
one that shares something that its inputs are or were made of, such as a candidate. What all earlier runs share (the
materials of a study) does not count. Where there is none, it was computed for the first time for these inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ragone.dataset.errors import CorruptObjectError, LakeError
from ragone.dataset.fingerprint import code_id, code_of, present_names
from ragone.dataset.lineage import origins
from ragone.dataset.reproduce import trusted
from ragone.dataset.runs import Committed
from ragone.dataset.store import Store
from ragone.dataset.worker import stage_at
from ragone.schemas.errors import StageError
from ragone.schemas.provenance import Code, Run, RunOutcome
from ragone.shown import Shown

_LOOK_BACK = 200  # earlier runs of the same stage that are compared
_NAMED = 3  # inputs


class Reason(StrEnum):
    """A reason for which a result was, or would be, computed or reused."""

    GIVEN = "given, not computed"
    FIRST = "first run of this stage in the lake"
    NEW = "computed for the first time for these inputs"
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
class Compared:
    """The earlier run that a run is compared with, when it ended, and what the inputs of both are or were made of."""

    run_id: str
    ended: datetime
    shared: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Why(Shown):
    """Reasons with their details, first for the past, last for the present; and the run that it is compared with.

    `damaged` are earlier runs that cannot be read, so that nothing is compared with them.
    """

    subject: str
    run_id: str
    reasons: tuple[tuple[Reason, str], ...]
    compared: Compared | None = None
    damaged: tuple[str, ...] = ()


def why(store: Store, subject: str) -> Why:
    """Explain one artifact, or one run, by its id."""
    committed = store.committed(subject) if subject.startswith("run-") else store.producer(subject)
    run = committed.run
    if not run.entry_point:
        return Why(subject, committed.run_id, ((Reason.GIVEN, run.note),))
    earlier, damaged = _earlier(store, committed)
    past, compared = _past(store, run, earlier) if earlier or not damaged else ((), None)
    return Why(subject, committed.run_id, (*past, _present(store, subject, run)), compared, tuple(damaged))


def _past(
    store: Store, run: Run, earlier: Sequence[Committed]
) -> tuple[tuple[tuple[Reason, str], ...], Compared | None]:
    """Differences of the run to the nearest earlier run of its stage that was about the same thing."""
    if not earlier:
        return ((Reason.FIRST, run.stage),), None
    same = [e for e in earlier if e.run.recipe_id == run.recipe_id]
    if same:
        failed = same[0].run.outcome is RunOutcome.FAILED
        reason = Reason.FAILED_BEFORE if failed else Reason.OUTPUT_LOST
        return ((reason, same[0].run_id),), _compared(same[0], run.made_of())
    related = _related(store, run, earlier)
    if not related:
        return ((Reason.NEW, ", ".join(f"{role} {name}" for role, name in run.inputs()[:_NAMED])),), None
    changes = [(_changes(store, e.run, run), e, shared) for e, shared in related]
    found, nearest, shared = min(changes, key=lambda each: (len(each[0]), -len(each[2])))
    return found, _compared(nearest, shared)


def _compared(earlier: Committed, shared: Iterable[str]) -> Compared:
    return Compared(earlier.run_id, earlier.run.ended, tuple(dict.fromkeys(shared)))


def _related(store: Store, run: Run, earlier: Sequence[Committed]) -> list[tuple[Committed, list[str]]]:
    """Earlier runs about the same thing, each with what it shares with the run, inputs first."""
    same = [(e, run.made_of()) for e in earlier if e.run.inputs() == run.inputs()]
    if same:
        return same
    inputs = {name for each in (run, *(e.run for e in earlier)) for name in each.made_of()}
    made_of = origins(store.tables, inputs)
    origin = [frozenset[str]().union(*(made_of[name] for name in e.run.made_of())) for e in earlier]
    everywhere = frozenset.intersection(*origin) if len(earlier) > 1 else frozenset()
    own = dict.fromkeys([*run.made_of(), *sorted(name for one in run.made_of() for name in made_of[one])])
    shared = [[name for name in own if name in each - everywhere] for each in origin]
    return [(e, names) for e, names in zip(earlier, shared, strict=True) if names]


def _earlier(store: Store, committed: Committed) -> tuple[list[Committed], list[str]]:
    """Earlier runs of the same stage, latest first; and the ids of those that cannot be read."""
    stage = committed.run.stage.replace("'", "''")
    moment = committed.run.started.strftime("%Y-%m-%d %H:%M:%S.%f")
    rows = store.tables.read(
        "runs", columns=["id", "ended", "file", "row"], where=f"stage = '{stage}' AND ended <= timestamp '{moment}'"
    )
    latest = rows.sort_by([("ended", "descending")]).slice(0, _LOOK_BACK).to_pylist()
    found: list[Committed] = []
    damaged: list[str] = []
    for row in latest:
        try:
            found.append(store.runs.at(row["file"], row["row"]))
        except (CorruptObjectError, OSError, IndexError):
            damaged.append(row["id"])
    return [each for each in found if each.run_id != committed.run_id], damaged


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
    try:
        old, new = store.load(old_id), store.load(new_id)
    except LakeError as cause:
        return [(Reason.CODE, f"what changed cannot be said: {cause}")]
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
        except LakeError:
            return Reason.CODE_SINCE, "the recorded code is not stored, or damaged"
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
