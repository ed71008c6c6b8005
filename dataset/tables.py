"""The query surface: LanceDB tables, a row per artifact, run and edge; a view that can be rebuilt at any time.

Lance neither syncs its appends nor sums its files, so nothing is kept here alone. Writers hold a lock between
processes; `state.json` says which version and how many rows each table had when the lock was last let go, so that an
opening lake notices a table that was lost, cut or set back. It is sealed (`dataset/seal.py`): tables that somebody else
made are never read, but made anew from objects and runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from filelock import FileLock

from ragone.dataset.errors import DamagedTableError, UnsafeFileError
from ragone.dataset.files import SMALL_FILE, explained
from ragone.dataset.links import require_own_tables
from ragone.dataset.local_files import read_regular, write_anew
from ragone.dataset.seal import opened, sealed
from ragone.dataset.steps import Step, reached
from ragone.schemas.field import FieldSpec
from ragone.schemas.kinds import table_name as table_name
from ragone.schemas.record import Record

if TYPE_CHECKING:
    import lance
    import lancedb

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]

RUNS, ARTIFACTS, LINEAGE = "runs", "artifacts", "lineage"
EVALUATIONS = "evaluations"  # a folder of what is derived from the tables

_TIME = pa.timestamp("us", tz="UTC")
_TEXTS = pa.list_(pa.string())
_FRAGMENTS = 24  # above this a table is compacted and its index brought up to date
_LOOKED_UP = 1_000  # rows that are looked up in a table before they are added
_SUMS = "indexes.json"  # hashes of a table's index files
_LARGEST_SUMS = 2**24  # bytes of it
_LARGEST_SUMMED = 2**28  # bytes of a manifest or an index file
INDEXED = {ARTIFACTS: ("id",), RUNS: ("id", "recipe_id"), LINEAGE: ("child_id", "parent_id")}
_KEYS = {LINEAGE: ["child_id", "parent_id", "run_id", "role"]}
_EARLIER = "source.created < target.created OR (source.created = target.created AND source.run_id < target.run_id)"

_FIXED = {
    ARTIFACTS: pa.schema(
        {"id": pa.string(), "kind": pa.string(), "schema_version": pa.int64(), "bytes": pa.int64()}
        | {"run_id": pa.string(), "created": _TIME}
    ),
    RUNS: pa.schema(
        {name: pa.string() for name in ("id", "stage", "entry_point", "recipe_id", "code_id", "environment_id")}
        | {"seed": pa.int64(), "outcome": pa.string(), "error": pa.string(), "started": _TIME, "ended": _TIME}
        | {"parameters": pa.string(), "input_roles": _TEXTS, "input_ids": _TEXTS}
        | {
            "output_roles": _TEXTS,
            "output_ids": _TEXTS,
            "note": pa.string(),
            "flow_run_id": pa.string(),
            "informed_roles": _TEXTS,
        }
        | {"file": pa.string(), "row": pa.int64()}
    ),
    LINEAGE: pa.schema(
        {name: pa.string() for name in ("child_id", "parent_id", "run_id", "role", "stage")} | {"informed": pa.bool_()}
    ),
}
_COLUMN = {"float64": pa.float64(), "int64": pa.int64(), "bool": pa.bool_(), "utf8": pa.string(), "timestamp": _TIME}


def is_column(spec: FieldSpec) -> bool:
    """Whether a field of a record is shown in its table.

    Numbers, text, documents and vectors of a fixed length are; other arrays and weights are not.
    """
    return (spec.shape in ("scalar", "document") or spec.length is not None) and spec.dtype in _COLUMN


def column_names(spec: FieldSpec) -> list[str]:
    """The columns of such a field: a vector has one for each entry, numbered from 0."""
    return [spec.name] if spec.length is None else [f"{spec.name}_{i}" for i in range(spec.length)]


class Tables:
    """The tables of one lake, in a folder of their own."""

    def __init__(self, folder: Path, kinds: Mapping[str, type[Record]]) -> None:
        self.folder = folder
        self.schemas: dict[str, pa.Schema] = dict(_FIXED)
        for kind, cls in kinds.items():
            if kind != "run":
                self.schemas[table_name(kind)] = _schema_of(cls)
        self.of_kinds = frozenset(self.schemas) - frozenset(_FIXED)
        self._open: dict[str, tuple[int, lance.LanceDataset]] = {}

    def unique(self, name: str, rows: Iterable[Row]) -> pa.Table:
        """The rows as a table of this name, one for each key: of several the one made first."""
        kept: dict[tuple[Any, ...], Row] = {}
        for row in rows:
            key = tuple(row[k] for k in _KEYS.get(name, ["id"]))
            if key not in kept or _earlier(row, kept[key]):
                kept[key] = row
        return pa.Table.from_pylist(list(kept.values()), schema=self.schemas[name])

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held by the one process that writes the tables."""
        with explained(str(self.folder)), self._locked(".lock"):
            yield

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Held by the one process that does what is named."""
        held = ExitStack()
        with explained(str(self.folder)):
            held.enter_context(self._locked(f".lock-{hashlib.sha256(what.encode()).hexdigest()[:16]}"))
        with held:
            yield

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        require_own_tables(self.folder)
        with FileLock(self.folder / name):
            yield

    def dataset(self, name: str) -> lance.LanceDataset:
        """The table as it is now; an Arrow dataset. ValueError or OSError if it is missing or damaged."""
        import lance

        path = f"{self.folder}/{name}.lance"
        stamp = os.stat(f"{path}/_versions").st_mtime_ns
        held = self._open.get(name)
        if held is None or held[0] != stamp:
            with readable(name):
                held = (stamp, lance.dataset(path))
            self._open[name] = held
        return held[1]

    def read(self, name: str, *, columns: list[str] | None = None, where: str | None = None) -> pa.Table:
        """Rows of a table; DamagedTableError if it cannot be read."""
        with readable(name):
            return self.dataset(name).to_table(columns=columns, filter=where)

    def stamp(self, name: str) -> tuple[int, int, int]:
        """A value that differs when a table was written, also if it was made again: versions begin anew then."""
        table = self.dataset(name)
        return self._open[name][0], int(table.version), int(table.count_rows())

    def is_empty(self, name: str) -> bool:
        """Whether a table has no rows; DamagedTableError if it cannot be read."""
        with readable(name):
            return bool(self.dataset(name).count_rows() == 0)

    def write(self, rows: Rows) -> None:
        """Add rows that are new; of two runs that made one artifact the earlier stays. The caller holds the lock.

        Runs come last: a run is indexed when all that it names is.
        """
        for name in sorted(rows, key=lambda n: n == RUNS):
            self._merge(name, rows[name])
            reached(Step.INDEX_RUNS_WRITTEN if name == RUNS else Step.INDEX_TABLE_WRITTEN)
        self._write_state()
        reached(Step.INDEX_STATE_WRITTEN)

    def renew(self, rows: Iterable[Row]) -> None:
        """Write the rows of artifacts that are in the tables already over what is there. The caller holds the lock."""
        for row in rows:
            for made in (
                self.read(ARTIFACTS, where=f"id = '{row['id']}'").select(["id", "run_id", "created"]).to_pylist()
            ):
                self._overwrite(ARTIFACTS, {name: row[name] for name in ("kind", "schema_version", "bytes")} | made)
                self._overwrite(table_name(row["kind"]), row["columns"] | made)
        self._forget_evaluations()
        self._write_state()

    def _overwrite(self, name: str, row: Row) -> None:
        source = pa.Table.from_pylist([row], schema=self.schemas[name])
        with readable(name):
            self._database().open_table(name).merge_insert("id").when_matched_update_all().execute(source)
            self._open.pop(name, None)

    def create(self) -> None:
        """Make empty tables where none are; whatever was there goes. The caller holds the lock."""
        for path in self.folder.glob("*.lance"):
            shutil.rmtree(path)
        self._forget_evaluations()
        self._open.clear()
        database = self._database()
        for name, schema in self.schemas.items():
            database.create_table(name, schema=schema)
        self._write_state()

    def _forget_evaluations(self) -> None:
        shutil.rmtree(self.folder / EVALUATIONS, ignore_errors=True)

    def versions(self) -> dict[str, int]:
        """The present version of each table."""
        return {name: int(self.dataset(name).version) for name in self.schemas}

    def sound(self) -> bool:
        """Whether the tables are those that the last writer left, with the columns that records have now."""
        try:
            require_own_tables(self.folder)
            recorded = opened(json.loads(read_regular(self.folder / "state.json", SMALL_FILE)))
            digests = self._manifest_digests()
            if any(recorded[name][2] != digest for name, digest in digests.items()):
                return False  # before Lance reads them: a damaged manifest can end the process
            alike = all(self.dataset(name).schema.names == schema.names for name, schema in self.schemas.items())
            return bool(alike and recorded == self._state(digests))
        except (OSError, ValueError, KeyError, IndexError, TypeError, RecursionError):
            return False

    def _state(self, digests: Mapping[str, str]) -> dict[str, list[Any]]:
        with readable("state"):
            held = {name: self.dataset(name) for name in self.schemas}
            return {name: [int(table.version), table.count_rows(), digests[name]] for name, table in held.items()}

    def _manifest_digests(self) -> dict[str, str]:
        """SHA-256 of the manifest of each table's newest version; Lance numbers the files downwards."""
        digests = {}
        for name in self.schemas:
            with os.scandir(self.folder / f"{name}.lance" / "_versions") as entries:
                newest = min(entry.path for entry in entries if entry.name.endswith(".manifest"))
            digests[name] = hashlib.sha256(read_regular(Path(newest), _LARGEST_SUMMED)).hexdigest()
        return digests

    def altered(self, name: str) -> list[str]:
        """Index files of a table that are not as they were made; a query for one value might go astray in them."""
        try:
            made = json.loads(read_regular(self.folder / f"{name}.{_SUMS}", _LARGEST_SUMS))
        except (OSError, ValueError, RecursionError):
            made = {}
        try:
            return [path for path, digest in self._index_files(name).items() if made.get(path) != digest]
        except UnsafeFileError as cause:
            return [str(cause)]

    def _index_files(self, name: str) -> dict[str, str]:
        folder = self.folder / f"{name}.lance" / "_indices"
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        sums = (hashlib.sha256(read_regular(path, _LARGEST_SUMMED)).hexdigest() for path in files)
        return {f"{path.parent.name}/{path.name}": digest for path, digest in zip(files, sums, strict=True)}

    def _database(self) -> lancedb.DBConnection:
        """The folder as LanceDB sees it; any LanceDB client may read it too."""
        import lancedb

        return lancedb.connect(self.folder)

    def _write_state(self) -> None:
        write_anew(self.folder / "state.json", json.dumps(sealed(self._state(self._manifest_digests()))).encode())

    def _merge(self, name: str, rows: Iterable[Row]) -> None:
        source = self.unique(name, rows)
        if source.num_rows == 0:
            return
        with readable(name):
            if self._are_new(name, source):
                self.dataset(name).insert(source)
            else:
                merge = self._database().open_table(name).merge_insert(_KEYS.get(name, ["id"]))
                if "created" in source.column_names:
                    merge = merge.when_matched_update_all(where=_EARLIER)
                merge.when_not_matched_insert_all().execute(source)
            self._open.pop(name, None)  # two versions may carry one time stamp
            self._maintain(name)

    def _are_new(self, name: str, rows: pa.Table) -> bool:
        """Whether the table holds none of the rows, as far as is found fast: adding them is cheaper than a merge."""
        table = self.dataset(name)
        if table.count_rows() == 0:
            return True
        if rows.num_rows > _LOOKED_UP:
            return False
        column = _KEYS.get(name, ["id"])[0]
        listed = ", ".join("'" + str(key).replace("'", "''") + "'" for key in rows[column].unique().to_pylist())
        return bool(table.count_rows(filter=f"{column} IN ({listed})") == 0)

    def _maintain(self, name: str) -> None:
        dataset = self.dataset(name)
        if len(dataset.get_fragments()) <= _FRAGMENTS:
            return
        dataset.optimize.compact_files()
        for column in INDEXED.get(name, ()):
            dataset.create_scalar_index(column, "BTREE", replace=True)
        if name in INDEXED:
            write_anew(self.folder / f"{name}.{_SUMS}", json.dumps(self._index_files(name)).encode())
        self._open.pop(name, None)


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn what a damaged Lance file provokes, be it a panic of its Rust code, into one error."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, DamagedTableError):
        raise
    except BaseException as cause:
        panic = type(cause).__name__ == "PanicException"
        if not panic and not isinstance(cause, OSError | ValueError | RuntimeError | pa.ArrowException):
            raise
        raise DamagedTableError(
            f"the table {name} cannot be read or written ({str(cause).partition('. ')[0]:.200}). "
            "Nothing is lost: free some space if the disk is full, and make it again with ragone rebuild."
        ) from cause


def _schema_of(cls: type[Record]) -> pa.Schema:
    names = {"id": pa.string(), "run_id": pa.string(), "created": _TIME}
    shown = [spec for spec in cls.fields().values() if is_column(spec)]
    return pa.schema(names | {name: _COLUMN[spec.dtype] for spec in shown for name in column_names(spec)})


def _earlier(row: Row, than: Row) -> bool:
    if "created" not in row:
        return False
    return bool((row["created"], row["run_id"]) < (than["created"], than["run_id"]))
