"""Is it whole? The records and runs of a verified bag, read by the lake's own rules before anything is stored.

A crate is taken only if a lake that held nothing else would be sound: every run names what is there, or what a
tombstone explains; every record hashes to its name, is of a kind that is known here and made by one of the runs; no run
ended before what it took was made; no stage lies in a package that is not trusted here. Nothing is executed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

import pyarrow as pa

from ragone.dataset.errors import CorruptObjectError, CrateError, NewerRecordError
from ragone.dataset.exchange.bag import Bag
from ragone.dataset.exchange.crate_format import METADATA, MOST_ENTITIES, PAYLOAD, id_of, object_path, run_path
from ragone.dataset.files import LARGEST_FILE, too_large
from ragone.dataset.hashing import recipe_id
from ragone.dataset.objects import Objects, id_of_key
from ragone.dataset.reproduce import trusted
from ragone.dataset.runs import RunLog
from ragone.schemas.entry_points import package_of, present_entry_point
from ragone.schemas.json_text import JsonError, decode_json
from ragone.schemas.kinds import KINDS
from ragone.schemas.provenance import Run, Snapshot, Tombstone

_LARGEST_METADATA = 2**24  # bytes
_MOST_VALUES = 200_000
_ANY_DAY = "runs/0000/00/00"
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCKS_APART = timedelta(minutes=10)  # a lake looks for what is new in the folder of its last day

T = TypeVar("T")


class CrateFiles:
    """The lake part of a crate under the keys of a lake, to be read only."""

    def __init__(self, bag: Bag) -> None:
        self._bag = bag

    def read(self, key: str, *, limit: int = LARGEST_FILE) -> bytes:
        """Return the bytes of an object or a run, at most `limit`."""
        name = key.rpartition("/")[2].removesuffix(".arrow")
        data = self._bag.read(run_path(f"run-{name}") if key.startswith("runs/") else object_path(id_of_key(key)))
        if len(data) > limit:
            raise too_large(key, len(data), limit)
        return data


class Arrival:
    """The records and runs of a bag, all verified when it is made.

    Raises
    ------
    CrateError
        If anything is not as it must be; it is named.
    """

    def __init__(self, bag: Bag) -> None:
        self.bag = bag
        files: Any = CrateFiles(bag)
        self._objects, self._log = Objects(files, KINDS), RunLog(files)
        ids = [name for name in map(id_of, bag.paths) if name]
        self.artifacts = [name for name in ids if not name.startswith("run-")]
        self._explained: set[str] = set()
        _require_metadata(bag)
        self.runs = {name: self._run(name) for name in ids if name.startswith("run-")}
        for name in self.artifacts:
            self._explained.update(self._dropped_by(name))
        self._first = self._made_first()
        self._require_whole()
        self._require_order()

    def data(self, name: str) -> bytes:
        """Return the bytes of an artifact's file, verified again: what lies in a folder may have changed."""
        return self._objects.verified(name)[0]

    def row(self, run_id: str) -> pa.Table:
        """Return a run as it is stored, verified again."""
        return self._log.row(_key(run_id), 0)

    def _run(self, run_id: str) -> Run:
        """One run, of a stage that may be executed here when somebody reproduces what it made."""
        items = self._taken(run_id, lambda: self._log.read(_key(run_id)), "a run")
        if len(items) != 1:
            raise CrateError(f"{PAYLOAD}/{run_path(run_id)} holds {len(items)} runs, not one. Nothing was written.")
        run = items[0].run
        if run.recipe_id != _recipe_of(run):
            raise CrateError(
                f"{run_id} carries the recipe of another run, whose answer it would be. Nothing was written."
            )
        module = present_entry_point(run.entry_point, [*run.input_roles, *run.parameters]).partition(":")[0]
        if run.entry_point and package_of(module) not in trusted():
            raise CrateError(
                f"{run_id} names the stage {run.entry_point[:200]!a}, which lies in no package that registers stages "
                "here. If you trust that package, install it. Nothing was executed or written."
            )
        return run

    def _dropped_by(self, name: str) -> tuple[str, ...]:
        """Verify a record; returns what it explains the absence of, if it is a tombstone."""
        if name.startswith(f"{Snapshot.kind}-"):
            raise CrateError(f"{name} stands for a whole lake, which no crate holds. Nothing was written.")
        record = self._taken(name, lambda: self._objects.get(name), "a record")
        return record.artifact_ids if isinstance(record, Tombstone) else ()

    def _taken(self, name: str, read: Callable[[], T], what: str) -> T:
        """Return what is read, or raise an error that names the file, and which Ragone wrote it."""
        path = run_path(name) if name.startswith("run-") else object_path(name)
        try:
            return read()
        except NewerRecordError as cause:
            raise CrateError(
                f"{PAYLOAD}/{path} was written by Ragone {self.bag.card.ragone}: {cause} Nothing was written."
            ) from cause
        except (CorruptObjectError, OSError) as cause:
            raise CrateError(
                f"{PAYLOAD}/{path} is not {what} as a lake holds it: {cause} Nothing was written."
            ) from cause

    def _made_first(self) -> dict[str, tuple[datetime, str]]:
        """Return the end and id of the run that made each artifact first."""
        first: dict[str, tuple[datetime, str]] = {}
        for run_id, run in self.runs.items():
            for name in filter(None, (*run.output_ids, run.code_id, run.environment_id)):
                first[name] = min((run.ended, run_id), first.get(name, (run.ended, run_id)))
        return first

    def _require_whole(self) -> None:
        """Runs and records account for each other, and the crate says how many there are."""
        card, held = self.bag.card, set(self.artifacts)
        for name in sorted(held - self._first.keys()):
            raise CrateError(f"{name} is in the crate, and no run of it made it. Nothing was written.")
        for run_id, run in self.runs.items():
            for name in filter(None, (*run.input_ids, *run.output_ids, run.code_id, run.environment_id)):
                if name not in held and name not in self.runs and name not in self._explained:
                    raise CrateError(f"{run_id} names {name}, which is not in the crate. Nothing was written.")
        for name in sorted(self._explained - self._first.keys()):
            raise CrateError(f"a tombstone of the crate is about {name[:100]!a}, which no run of it made.")
        if (card.artifacts, card.runs) != (len(held), len(self.runs)) or card.root_id not in self._first:
            raise CrateError(
                f"the crate says that it holds {card.artifacts} records and {card.runs} runs about {card.root_id}; "
                f"there are {len(held)} and {len(self.runs)}, or none is about that. Nothing was written."
            )

    def _require_order(self) -> None:
        """Nothing descends from itself; no run ended before what it took was made, wherever it goes, or will end."""
        graph = {}
        latest = datetime.now(UTC) + _CLOCKS_APART
        for run_id, run in self.runs.items():
            if not _EARLIEST <= run.ended <= latest:
                raise CrateError(f"{run_id} ended at {run.ended:%Y-%m-%d %H:%M}, which cannot be. Nothing was written.")
            taken = [self._first[name] for name in run.input_ids if name in self._first]
            late = next((maker for ended, maker in taken if ended > run.ended), "")
            if late:
                raise CrateError(f"{run_id} ended before {late}, which made what it took. Nothing was written.")
            graph[run_id] = {maker for _, maker in taken} - {run_id}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as cause:
            raise CrateError(
                f"{cause.args[1][0]} takes what descends from what it made. Nothing was written."
            ) from cause


def _recipe_of(run: Run) -> str:
    """The recipe that a run must carry; of what was given, that of the record, as `dataset/recording` makes it."""
    if run.entry_point:
        return recipe_id(run.stage, run.code_id, run.parameters, run.seed, run.inputs())
    return recipe_id(run.stage, "", {"artifact": "".join(run.output_ids)}, None, run.inputs())


def _key(run_id: str) -> str:
    return f"{_ANY_DAY}/{run_id.removeprefix('run-')}.arrow"


def _require_metadata(bag: Bag) -> None:
    """The metadata are JSON that others can read: not too much of it, and not too deep."""
    size = bag.container.sizes.get(f"{PAYLOAD}/{METADATA}", 0)
    try:
        if size > _LARGEST_METADATA:
            raise JsonError(f"it has {size} bytes, of {_LARGEST_METADATA} at most")
        document = decode_json(bag.read(METADATA), most_values=_MOST_VALUES)
    except (JsonError, KeyError) as cause:
        raise CrateError(f"{PAYLOAD}/{METADATA} cannot be read: {cause}. Nothing was written.") from cause
    graph = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(graph, list) or not 0 < len(graph) <= MOST_ENTITIES:
        raise CrateError(f"{PAYLOAD}/{METADATA} has no @graph of 1 to {MOST_ENTITIES} entities. Nothing was written.")
