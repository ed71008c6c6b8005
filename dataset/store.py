"""The parts of a lake put together: loading what is stored, committing what was made.

The one order of writing: objects first, then the run that names them (the commit), then what can be rebuilt (recipe
pointer, tables). A batch does the same for many runs at once, which costs two waits for the disk instead of four each.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ragone.dataset.arrow_files import encode
from ragone.dataset.errors import CorruptObjectError, DamagedTableError, DroppedError, LakeError, UnknownIdError
from ragone.dataset.evaluations import Evaluations
from ragone.dataset.files import Files
from ragone.dataset.hashing import artifact_id
from ragone.dataset.index import Index, row_of
from ragone.dataset.lives import Lives
from ragone.dataset.objects import Objects, object_key
from ragone.dataset.recipes import Recipes
from ragone.dataset.runs import Committed, RunLog
from ragone.dataset.steps import Step, reached
from ragone.dataset.tables import ARTIFACTS, RUNS, Row, Tables
from ragone.dataset.tombstones import Tombstones
from ragone.schemas.provenance import Run, RunOutcome
from ragone.schemas.record import Record

_FLUSH_AT = 512  # committed runs that wait before the tables get a new version


class Store:
    """Files, objects, runs, recipes and tables of one lake."""

    def __init__(self, files: Files, tables_folder: Path, kinds: Mapping[str, type[Record]]) -> None:
        self.files = files
        self.kinds = kinds
        self.objects = Objects(files, kinds)
        self.runs = RunLog(files)
        self.recipes = Recipes(files, self.runs)
        self.tables = Tables(tables_folder, kinds)
        self.tombstones = Tombstones(files, self.objects)
        self.index = Index(files, self.objects, self.runs, self.recipes, self.tables, self.tombstones)
        self.evaluations = Evaluations(self.tables, kinds, self._readable)
        self.lives = Lives(self.tables, self.evaluations.columns)
        self._lock = threading.RLock()
        self._staged: dict[str, Record] = {}
        self._waiting: dict[str, Run] = {}
        self._promised: dict[str, Committed] = {}  # what the waiting runs answer, by recipe
        self._doomed: list[str] = []  # deleted once the tombstone is committed
        self._batches = 0
        self._durable: set[str] = set()

    def load(self, full_id: str) -> Record:
        """The record of an artifact, verified.

        Raises
        ------
        DroppedError
            If its data were dropped on purpose.
        UnknownIdError
            If the lake never held it.
        CorruptObjectError
            If its content no longer matches its name.
        """
        return self.load_with_version(full_id)[0]

    def load_with_version(self, full_id: str) -> tuple[Record, int]:
        """The record of an artifact, verified, and the schema version that it was stored with; raises as `load`."""
        if full_id in self._staged:
            return self._staged[full_id], self._staged[full_id].schema_version
        if full_id.startswith("run-"):
            return self.committed(full_id).run, Run.schema_version
        try:
            return self.objects.get_with_version(full_id)
        except FileNotFoundError:
            pass
        if self.tombstones.row(full_id) is not None:
            raise DroppedError(
                f"the data of {full_id} were dropped to save space. Bring them back: ragone reproduce {full_id}"
            )
        if self._rows(ARTIFACTS, full_id):
            raise CorruptObjectError(f"the file of {full_id} is missing. Bring it back: ragone reproduce {full_id}")
        raise UnknownIdError(
            f"the lake holds no {full_id}. See what it holds: ragone query 'SELECT id, kind FROM artifacts'"
        )

    def _readable(self, full_id: str) -> Record | None:
        """The record of an artifact; None if it was dropped or cannot be read."""
        try:
            return self.objects.get(full_id)
        except (OSError, LakeError):
            return None

    def available(self, full_id: str) -> bool:
        """Whether the artifact is stored, or was dropped on purpose."""
        return self.holds(full_id) or self.tombstones.row(full_id) is not None

    def dropped(self, full_id: str) -> bool:
        """Whether the artifact's data were dropped and not brought back."""
        return not self.holds(full_id) and self.tombstones.row(full_id) is not None

    def holds(self, full_id: str) -> bool:
        """Whether the artifact's data are stored."""
        return full_id in self._staged or self.objects.holds(full_id)

    def committed(self, run_id: str) -> Committed:
        """A run by its id; UnknownIdError if there is none."""
        rows = self._rows(RUNS, run_id)
        if not rows:
            raise UnknownIdError(f"the lake holds no {run_id}. See its runs: ragone query 'SELECT id, stage FROM runs'")
        return self.committed_at(rows[0])

    def committed_at(self, row: Row) -> Committed:
        """The run to which a row of the table of runs leads; DamagedTableError if it leads to none, or another."""
        run_id = row["id"]
        try:
            found = self.runs.at(row["file"], row["row"])
        except (OSError, IndexError) as cause:
            raise DamagedTableError(
                f"the tables lead from {run_id} to nothing. Make them again: ragone rebuild"
            ) from cause
        if found.run_id != run_id:
            raise DamagedTableError(f"the tables lead from {run_id} to {found.run_id}. Make them again: ragone rebuild")
        return found

    def producer(self, full_id: str) -> Committed:
        """The first run that made an artifact; UnknownIdError if there is none."""
        rows = self.tables.read(ARTIFACTS, where=f"id = '{full_id}'").to_pylist()
        if not rows and (pending := self.index.maker(full_id)):
            return pending  # what this process has just made is found before it is indexed
        rows = rows or self._rows(ARTIFACTS, full_id)
        if not rows:
            raise UnknownIdError(
                f"the lake holds no {full_id}. See what it holds: ragone query 'SELECT id, kind FROM artifacts'"
            )
        found = self.committed(rows[0]["run_id"])
        if full_id not in (*found.run.output_ids, found.run.code_id, found.run.environment_id):
            raise DamagedTableError(f"{found.run_id} did not make {full_id}. Make the tables again: ragone rebuild")
        return found

    def keep(self, records: Mapping[str, Record]) -> None:
        """Store records under their ids, durably (in a batch: when it ends). A damaged file is mended."""
        with self._lock:
            if self._batches:
                self._staged |= {i: r for i, r in records.items() if i not in self._durable}
            else:
                self._write_objects(records)

    def commit(self, run: Run) -> str:
        """Store a run whose records are kept; returns its id. Its outputs are part of the lake from this moment."""
        name = artifact_id(run)
        with self._lock:
            self._waiting[name] = run
            if run.outcome is RunOutcome.COMPLETED:
                self._promised[run.recipe_id] = Committed(name, run, "", 0)
            if not self._batches:
                self._commit_waiting()
        return name

    def answer(self, recipe_id: str) -> Committed | None:
        """The completed run with this recipe, also one that waits in the batch."""
        return self._promised.get(recipe_id) or self.recipes.find(recipe_id)

    def forget(self, ids: Iterable[str]) -> None:
        """Delete the data of artifacts, when the tombstone that explains it is committed."""
        with self._lock:
            self._doomed += ids
            if not self._batches:
                self._commit_waiting()

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Commit together all runs that are made inside, also when an exception ends it."""
        with self._lock:
            self._batches += 1
        try:
            yield
        finally:
            with self._lock:
                self._batches -= 1
                if not self._batches:
                    self._end_batch()

    def _end_batch(self) -> None:
        try:
            self._write_objects(self._staged)
        except BaseException:  # without its objects no run may ever be committed
            self._waiting, self._promised, self._doomed = {}, {}, []
            raise
        finally:
            self._staged = {}
        self._commit_waiting()

    def _write_objects(self, records: Mapping[str, Record]) -> None:
        new = {i: r for i, r in records.items() if i not in self._durable and not self.objects.intact(i)}
        data = {object_key(i): encode(r.to_arrow()) for i, r in new.items()}
        if len(data) == 1:
            self.files.write(*data.popitem())
        else:
            self.files.write_many(data)
        reached(Step.OBJECTS_STORED)
        self._durable.update(i for i in records if i.startswith(("code-", "environment-")))
        rows = {i: row_of(r, i, self.objects.size(i) or 0, r.schema_version) for i, r in new.items()}
        self.index.expect((), rows)
        self._show_again(rows)

    def bring_back(self, full_id: str, data: bytes) -> None:
        """Store the data of an artifact again that were dropped or damaged; they have been verified."""
        self.files.write(object_key(full_id), data)
        record, version = self.objects.get_with_version(full_id)
        self._show_again({full_id: row_of(record, full_id, len(data), version)})

    def _show_again(self, rows: Mapping[str, Row]) -> None:
        """Write again the rows of what somebody else had dropped, which had no values in the tables."""
        back = [row for full_id, row in rows.items() if self.tombstones.knew(full_id)]
        if back:
            self.index.renew(back)

    def _commit_waiting(self) -> None:
        waiting, doomed = self._waiting, self._doomed
        self._waiting, self._promised, self._doomed = {}, {}, []
        if waiting:
            self._commit(waiting)
        for full_id in doomed:
            self.files.delete(object_key(full_id))

    def _commit(self, runs: Mapping[str, Run]) -> None:
        committed = self.runs.commit(runs)
        reached(Step.RUN_COMMITTED)
        for item in committed:
            self.recipes.note(item)
        reached(Step.RECIPE_NOTED)
        if self.index.expect(committed, {}) >= _FLUSH_AT:
            self.index.flush()

    def _rows(self, table: str, full_id: str) -> list[Row]:
        """The rows of an id; what is not indexed yet, here or by another process, is indexed first."""
        found: list[Row] = self.tables.read(table, where=f"id = '{full_id}'").to_pylist()
        if not found:
            self.index.catch_up()
            found = self.tables.read(table, where=f"id = '{full_id}'").to_pylist()
        return found
