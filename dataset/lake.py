"""The lake: every artifact with its identity, its provenance, and one command to compute it again.

Objects are the truth, tables a view. A record becomes part of the lake when the run that names it is committed; what a
crash leaves before that moment is nothing, and what it leaves after is indexed when the lake is opened next.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from ragone.dataset.activities import doing
from ragone.dataset.annotations import Annotations
from ragone.dataset.backup import Copied, Copy
from ragone.dataset.catalogue import Catalogue
from ragone.dataset.errors import NotALakeError, NotReproducibleError
from ragone.dataset.execution import Call, Execution, bind
from ragone.dataset.files import TEMPORARY
from ragone.dataset.fingerprint import code_id, code_of
from ragone.dataset.fsck import FsckReport, fsck
from ragone.dataset.hashing import artifact_id, merkle_root, recipe_id
from ragone.dataset.index import row_of
from ragone.dataset.layout import PAGE, check_page, create_page, mend_page
from ragone.dataset.local_files import LocalFiles
from ragone.dataset.place import files_at, require_own, tables_folder
from ragone.dataset.progress import Watcher, unwatched
from ragone.dataset.recording import execute, record_given
from ragone.dataset.reproduce import LONGEST_SECOND, reproduce
from ragone.dataset.runs import Committed
from ragone.dataset.store import Store
from ragone.dataset.tables import ARTIFACTS, RUNS
from ragone.dataset.tombstones import sealed_row
from ragone.schemas.kinds import KINDS
from ragone.schemas.provenance import Snapshot, Tombstone, Verification
from ragone.schemas.record import Record
from ragone.schemas.stage import Stage
from ragone.shown import Shown

GIVEN = "given"


class Lake(Catalogue, Shown):
    """A folder or bucket of artifacts. Use it as a context manager: what was committed is indexed at its end."""

    def __repr__(self) -> str:
        return f"Lake({self.where!r})"

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, create: bool = False, mend: bool = False) -> Self:
        """Open a lake, and index what a crash or another process left unindexed.

        Parameters
        ----------
        path
            A folder, or the address of an object store that fsspec understands (``s3://bucket/lake``).
        create
            Make a lake if there is none.
        mend
            Write the page of the lake anew if it is damaged or gone.

        Raises
        ------
        NotALakeError, LakeVersionError, ReadOnlyLakeError
            If there is no lake, a link leads out of it, it is of a newer format, or it cannot be written.
        """
        where = os.fspath(path)
        files = files_at(where, create=create)
        require_own(files)
        if create and files.size(PAGE) is None:
            if any(key.strip("/").partition("/")[0] != TEMPORARY for key in files.keys("")):
                raise NotALakeError(f"{where} holds files but no lake. Choose an empty or new folder with --lake.")
            create_page(files)
        if mend:
            mend_page(files)
        check_page(files, where)
        if isinstance(files, LocalFiles):
            files.sweep()
        lake = cls(Store(files, tables_folder(files, where), KINDS), where)
        lake._store.index.catch_up(thorough=True)
        return lake

    @classmethod
    def inspect(cls, path: str | os.PathLike[str], watcher: Watcher = unwatched) -> FsckReport:
        """Check a lake as it lies, before anything is opened, swept or indexed: for one that may be damaged or hostile.

        Only if nothing is wrong but with the tables or pointers (a crash left them behind, or somebody else made them),
        the lake is opened, which brings them up to date, and checked again.

        Raises
        ------
        NotALakeError
            If there is no such folder or bucket, or it holds nothing of a lake.
        """
        where = os.fspath(path)
        files = files_at(where, create=False)
        if files.size(PAGE) is None and not files.keys("objects") and not files.keys("runs"):
            raise NotALakeError(
                f"{where!r} is not a lake: it holds neither {PAGE} nor objects. Name the folder of a lake with --lake "
                "(that of `ragone demo` is demo/lake)."
            )
        report = fsck(Store(files, tables_folder(files, where), KINDS), watcher)
        if report.sound or not report.truth_is_sound:
            return report
        with cls.open(path) as lake:
            return lake.fsck(watcher)

    @classmethod
    def restore(
        cls,
        backup: str | os.PathLike[str],
        path: str | os.PathLike[str],
        *,
        watcher: Watcher = unwatched,
    ) -> Copied:
        """Bring back from a backup what a lake lacks or holds damaged, or the whole lake where there is none.

        Raises
        ------
        NotALakeError
            If the backup is no lake, or the path holds another one.
        """
        source, target = files_at(os.fspath(backup), create=False), files_at(os.fspath(path), create=True)
        require_own(source, target)
        copied = Copy(source, target, link=False, watcher=watcher).execute(os.fspath(path))
        with cls.open(path) as lake:
            lake.rebuild()
        return copied

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Index what was committed."""
        self._store.index.flush()

    def put(self, record: Record, *, note: str = "") -> str:
        """Store a record that was given, not computed; returns its artifact id once it is durable.

        Putting the same content again changes nothing, but for bringing its data back if they were dropped or damaged.
        """
        name = artifact_id(record)
        recipe = recipe_id(GIVEN, "", {"artifact": name}, None, [])
        if self._answer(recipe) is None:
            record_given(self._store, GIVEN, recipe, [], record, note)
        else:
            self._store.keep({name: record})
        return name

    def run(self, stage: Stage[Any, Any], /, **given: Any) -> Execution:
        """Execute a stage on stored records, or find that it was done before: the one road to a computed record.

        Parameters
        ----------
        stage
            The stage.
        given
            Ids for its inputs, values for its parameters, and its seed.

        Returns
        -------
        Execution
            Also when the stage raised: the failure is stored, and never served again.

        Raises
        ------
        UnknownIdError, AmbiguousIdError, MalformedIdError, CorruptObjectError
            If an input cannot be loaded.
        StageError, MissingFieldError, UnknownFieldError
            If the arguments do not fit the stage.
        """
        call = bind(stage, given)
        call = Call(stage, tuple((role, self.resolve(i)) for role, i in call.inputs), call.parameters, call.seed)
        code = code_id(stage)
        recipe = recipe_id(stage.name, code, call.parameters, call.seed, call.inputs)
        found = self._answer(recipe)
        if found is not None:
            run = found.run
            return Execution(found.run_id, stage.name, run.outcome, run.outputs(), run.error, reused=True)
        self._store.keep({code: code_of(stage)})
        return execute(self._store, call, code, recipe)

    @property
    def annotations(self) -> Annotations:
        """Tags and notes on what is stored, and saved queries."""
        return Annotations(self._store, self.put, self.resolve)

    def doing(self, what: str, name: str) -> AbstractContextManager[None]:
        """Say meanwhile, to whoever asks for `activities`, that this process is doing something."""
        return doing(self._store.files, what, name)

    def alone(self, what: str) -> AbstractContextManager[None]:
        """Let one process of this machine at a time do something: others wait until it is done, or killed."""
        return self._store.tables.alone(what)

    def batch(self) -> AbstractContextManager[None]:
        """Commit together all that is stored inside; on the disk when it ends, all of it or none."""
        return self._store.batch()

    def reproduce(
        self, name: str, *, deep: bool = False, informed: bool = False, timeout_second: float = LONGEST_SECOND
    ) -> Verification:
        """Compute an artifact again in a fresh process from its recorded inputs, compare, store and return the verdict.

        Data that were dropped or damaged are brought back if they come out bitwise equal. With `deep` the whole chain
        that it was made of is computed again, up to what was given; with `informed` besides, what informed a decision
        on the way as well, which is otherwise taken as it is stored. What is not computed within the time [s], or the
        memory that is free, has failed.
        """
        full = self.resolve(name)
        self._store.index.catch_up()
        verification = reproduce(self._store, full, deep=deep, informed=informed, timeout_second=timeout_second)
        recipe = recipe_id("verify", "", {"artifact": artifact_id(verification)}, None, [("subject", full)])
        record_given(self._store, "verify", recipe, [("subject", full)], verification)
        return verification

    def snapshot(self, name: str = "") -> str:
        """Freeze what the lake holds now under one id, for queries `at` it."""
        self._store.index.catch_up()
        tables = self._store.tables
        ids = [i for t in (ARTIFACTS, RUNS) for i in tables.read(t, columns=["id"])["id"].to_pylist()]
        record = Snapshot(
            name=name,
            artifact_ids=tuple(sorted(ids)),
            merkle_root=merkle_root(ids),
            table_versions=tables.versions(),
            taken=datetime.now(UTC),
        )
        return self.put(record)

    def drop(self, names: Iterable[str], *, reason: str) -> str:
        """Drop the data of computed artifacts and keep their provenance; returns the tombstone's id.

        Raises
        ------
        NotReproducibleError
            If an artifact was given, not computed: nothing could bring it back.
        DroppedError
            If its data were dropped before.
        """
        ids = list(dict.fromkeys(self.resolve(name) for name in names))
        rows = []
        for full in ids:
            if not self._store.producer(full).run.entry_point:
                raise NotReproducibleError(f"{full} was given, not computed: nothing could bring it back. It is kept.")
            record, version = self._store.load_with_version(full)
            rows.append(sealed_row(row_of(record, full, self._store.objects.size(full) or 0, version)))
        tombstone = Tombstone(artifact_ids=tuple(ids), rows=rows, reason=reason, dropped=datetime.now(UTC))
        name = artifact_id(tombstone)
        inputs = [("dropped", i) for i in ids]
        recipe = recipe_id("drop", "", {"artifact": name}, None, inputs)
        record_given(self._store, "drop", recipe, inputs, tombstone, reason)
        self._store.forget(ids)
        return name

    def backup(
        self,
        destination: str | os.PathLike[str],
        *,
        link: bool = False,
        watcher: Watcher = unwatched,
    ) -> Copied:
        """Copy all that is stored to another place, also while this lake is written; go on with an earlier copy.

        Parameters
        ----------
        destination
            A folder, or the address of an object store; new, empty, or an earlier backup of this lake.
        link
            Give files on the same disk a second name instead of a copy: no space, and no safety from a failing disk.
        watcher
            Called with files of runs done and their number.

        Raises
        ------
        NotALakeError
            If the destination holds something else.
        """
        target = files_at(os.fspath(destination), create=True)
        require_own(target)
        return Copy(self._store.files, target, link=link, watcher=watcher).execute(os.fspath(destination))

    def fsck(self, watcher: Watcher = unwatched) -> FsckReport:
        """Check every invariant on every file; changes nothing."""
        self._store.index.flush()
        return fsck(self._store, watcher)

    def rebuild(self) -> dict[str, int]:
        """Make all tables and recipe pointers again from objects and runs; returns rows per table."""
        self._store.index.rebuild()
        for item in self._store.runs.all():
            self._store.recipes.note(item)
        return {name: self._store.tables.dataset(name).count_rows() for name in self._store.tables.schemas}

    def _answer(self, recipe: str) -> Committed | None:
        """The run that answered a recipe before, if all it made is still there or was dropped on purpose."""
        found = self._store.answer(recipe)
        return found if found and all(self._store.available(i) for i in found.run.output_ids) else None
