"""What goes into a crate? One artifact with all that it descends from, or one campaign with all that its trials made.

A run names only what is stored: whoever takes a run takes its inputs, outputs, code and environment, and of each input
a run that made it, up to what was given. What informed a decision comes along too, told apart by its edges: without it
the run could not be executed again. An artifact may have several makers; the one that made it first is taken, and of
those that follow the ones that took nothing else, as far as they ended before the root was made. What was dropped comes
without its data, with the tombstone that explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ragone.dataset.arrow_files import encode
from ragone.dataset.errors import CrateError
from ragone.dataset.exchange.crate_format import IMPORT
from ragone.dataset.index import edges
from ragone.dataset.keys import is_stored_id
from ragone.dataset.lake import Lake
from ragone.dataset.lineage import Edge
from ragone.dataset.runs import Committed
from ragone.dataset.store import Store
from ragone.dataset.tables import ARTIFACTS, LINEAGE, RUNS
from ragone.schemas.provenance import Run
from ragone.schemas.record import Record

CAMPAIGN = "campaign"

_TOGETHER = 500  # ids that are looked up by one query
_SHARED = ("code", "environment")  # made by many runs, of which none is needed for their sake


@dataclass(frozen=True, slots=True)
class Artifact:
    """An artifact of a selection; `size` is that of its file [byte], 0 if its data were dropped.

    `run_id` names the first run of the selection that made it, `created` when that run ended.
    """

    id: str
    kind: str
    size: int
    run_id: str
    created: datetime
    dropped: bool


@dataclass(frozen=True)
class Selection:
    """A read-only view of what a crate holds.

    Parameters
    ----------
    root_id
        The artifact that was asked for.
    artifacts
        By id, in the order in which they were made; code, environments and tombstones among them, runs not.
    runs
        Id and run, the one that ended first in front; failed ones only of a campaign.
    edges
        What was made of which, or informed by which.
    imported
        Artifacts that came in somebody's crate.
    """

    root_id: str
    artifacts: Mapping[str, Artifact]
    runs: tuple[tuple[str, Run], ...]
    edges: tuple[Edge, ...]
    _load: Callable[[str], Record] = field(repr=False)
    _read: Callable[[str], bytes] = field(repr=False)
    imported: frozenset[str] = frozenset()

    @property
    def is_campaign(self) -> bool:
        """Whether it holds a whole study rather than one result."""
        return self.root_id.startswith(f"{CAMPAIGN}-")

    @property
    def latest(self) -> datetime:
        """The moment at which the last of its runs ended."""
        return max(run.ended for _, run in self.runs)

    def get(self, artifact_id: str) -> Record:
        """The record of an artifact, verified; DroppedError if its data were dropped."""
        return self._load(artifact_id)

    def data(self, artifact_id: str) -> bytes:
        """The bytes of the file in which the lake keeps an artifact, verified; of a run, as a file of its own."""
        return self._read(artifact_id)

    def of_kind(self, kind: str) -> list[Artifact]:
        """The artifacts of a kind, in the order in which they were made."""
        return [artifact for artifact in self.artifacts.values() if artifact.kind == kind]


def select(lake: Lake, name: str) -> Selection:
    """Return what a crate of an artifact holds.

    Parameters
    ----------
    lake
        Where it is.
    name
        Its id, whole or shortened. Of a campaign, every artifact of its evaluations and every run that failed is taken.

    Raises
    ------
    UnknownIdError, AmbiguousIdError, MalformedIdError
        If the id leads to no one artifact.
    CrateError
        If it cannot travel: a snapshot stands for a whole lake, a run is no artifact, code and environments travel with
        what was made by them, and its data may be dropped.
    """
    full = lake.resolve(name)
    kind = full.partition("-")[0]
    if kind in ("run", "snapshot", *_SHARED):
        raise CrateError(
            f"{full} is a {kind}; a crate holds an artifact with all that it was made of. Name what a run made, or "
            "copy a whole lake with: ragone backup"
        )
    store = lake._store
    store.index.catch_up()
    if store.dropped(full):
        raise CrateError(f"the data of {full} were dropped. Bring them back first: ragone reproduce {full}")
    gathering = _Gathering(store, store.producer(full).run.ended)
    gathering.add([full])
    if kind == CAMPAIGN:
        gathering.add(_evaluated(lake, full))
        gathering.add_failed()
    return gathering.selection(full)


def _evaluated(lake: Lake, campaign_id: str) -> list[str]:
    """Every artifact that the rows of a campaign name."""
    import polars as pl

    rows = lake.evaluations().filter(pl.col("campaign_id") == campaign_id).collect()
    named = [name for name in rows.columns if name.endswith("_id") and rows[name].dtype == pl.String]
    cells = {cell for name in named for cell in rows[name].drop_nulls().to_list()}
    return sorted(filter(is_stored_id, {name.strip() for cell in cells for name in cell.split(",")}))


class _Gathering:
    """Artifacts and runs that were found so far; closed under what runs name whenever `add` returns."""

    def __init__(self, store: Store, concluded: datetime) -> None:
        self._store = store
        self._concluded = concluded  # runs that are not needed are taken if they ended before
        self._runs: dict[str, Committed] = {}
        self._ids: set[str] = set()

    def add(self, names: Iterable[str]) -> None:
        """Take artifacts, with all that they descend from and all other makers whose inputs are taken."""
        waiting = set(names) - self._ids
        while waiting:
            self._ids |= waiting
            found = self._take(self._makers(waiting)) | self._tombstones(waiting)
            waiting = (found - self._ids) or (self._take(self._further()) - self._ids)

    def add_failed(self) -> None:
        """Take the runs that failed on what is taken."""
        columns = ["id", "input_ids", "ended"]
        rows = self._store.tables.read(RUNS, columns=columns, where="outcome = 'failed'").to_pylist()
        earlier = [row for row in rows if row["ended"] <= self._concluded and row["input_ids"]]
        self.add(self._take(row["id"] for row in earlier if self._ids.issuperset(row["input_ids"])))

    def selection(self, root_id: str) -> Selection:
        """Return what was found."""
        items = sorted(self._runs.values(), key=lambda item: (item.run.ended, item.run_id))
        first: dict[str, Committed] = {}
        for item in items:
            for name in item.made():
                first.setdefault(name, item)
        return Selection(
            root_id,
            {name: self._artifact(name, item) for name, item in first.items()},
            tuple((item.run_id, item.run) for item in items),
            tuple(edge for item in items for edge in _edges(item)),
            self._store.load,
            self._data,
            frozenset(r["parent_id"] for r in self._rows(LINEAGE, "parent_id", first) if r["stage"] == IMPORT),
        )

    def _data(self, name: str) -> bytes:
        if not name.startswith("run-"):
            return self._store.objects.verified(name)[0]
        item = self._runs[name]
        return encode(self._store.runs.row(item.key, item.row))

    def _take(self, run_ids: Iterable[str]) -> set[str]:
        """Take runs; returns what they name."""
        named: set[str] = set()
        rows = self._rows(RUNS, "id", set(run_ids) - self._runs.keys())
        for item in map(self._store.committed_at, sorted(rows, key=lambda row: (row["file"], row["row"]))):
            self._runs[item.run_id] = item
            named.update(item.named())
        return named

    def _makers(self, names: Iterable[str]) -> set[str]:
        """The runs that made artifacts first."""
        wanted = [name for name in names if name.partition("-")[0] not in _SHARED]
        runs = {name for name in wanted if name.startswith("run-")}
        return runs | {row["run_id"] for row in self._rows(ARTIFACTS, "id", wanted)}

    def _tombstones(self, names: Iterable[str]) -> set[str]:
        """The tombstones of what was dropped."""
        dropped = [name for name in names if not name.startswith("run-") and self._store.dropped(name)]
        return {row["child_id"] for row in self._rows(LINEAGE, "parent_id", dropped) if row["stage"] == "drop"}

    def _further(self) -> set[str]:
        """Runs besides that made something that is taken, of nothing but what is taken."""
        parents: dict[str, set[str]] = {}
        for row in self._rows(LINEAGE, "child_id", self._ids):
            if row["run_id"] not in self._runs:
                parents.setdefault(row["run_id"], set()).add(row["parent_id"])
        possible = [run_id for run_id, needed in parents.items() if needed <= self._ids]
        return {row["id"] for row in self._rows(RUNS, "id", possible) if row["ended"] <= self._concluded}

    def _rows(self, table: str, column: str, names: Iterable[str]) -> Iterator[dict[str, Any]]:
        ordered = sorted(names)
        for start in range(0, len(ordered), _TOGETHER):
            listed = ", ".join(f"'{name}'" for name in ordered[start : start + _TOGETHER])
            yield from self._store.tables.read(table, where=f"{column} IN ({listed})").to_pylist()

    def _artifact(self, name: str, made: Committed) -> Artifact:
        size = self._store.objects.size(name)
        if size is None and not self._store.dropped(name):
            raise CrateError(f"the file of {name} is missing; no crate can hold it. Run: ragone reproduce {name}")
        return Artifact(name, name.partition("-")[0], size or 0, made.run_id, made.run.ended, dropped=size is None)


def _edges(item: Committed) -> Iterator[Edge]:
    for row in edges(item):
        yield Edge(row["child_id"], row["parent_id"], row["run_id"], row["role"], row["stage"], row["informed"])
