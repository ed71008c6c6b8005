"""What can be asked of a lake? Its records, tables, evaluations and lineages; nothing here changes what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ragone.dataset.activities import Activity, activities
from ragone.dataset.annotations import standing
from ragone.dataset.contents import Contents, contents
from ragone.dataset.differences import Difference, difference
from ragone.dataset.errors import AmbiguousIdError, OtherKindError, UnknownIdError
from ragone.dataset.finding import Found, find
from ragone.dataset.ids import is_full, split
from ragone.dataset.limits import QueryLimits
from ragone.dataset.lineage import Lineage, lineage
from ragone.dataset.query import select
from ragone.dataset.store import Store
from ragone.dataset.tables import ARTIFACTS, RUNS, table_name
from ragone.dataset.unfinished import Unfinished, unfinished_campaigns
from ragone.dataset.unknown_kinds import unknown_kinds
from ragone.dataset.views import views
from ragone.dataset.why import Why, why
from ragone.schemas.annotation import ID, Aspect
from ragone.schemas.kinds import KINDS
from ragone.schemas.provenance import Snapshot
from ragone.schemas.record import Record

if TYPE_CHECKING:
    import polars as pl

R = TypeVar("R", bound=Record)


_NAMED = 5  # ids of several that are listed


class Catalogue:
    """The reading half of a lake."""

    def __init__(self, store: Store, where: str) -> None:
        self._store = store
        self.where = where

    @overload
    def get(self, name: str) -> Record: ...

    @overload
    def get(self, name: str, kind: type[R]) -> R: ...

    def get(self, name: str, kind: type[R] | None = None) -> Record | R:
        """A record by its id, whole or shortened; its content is verified.

        Parameters
        ----------
        name
            The id.
        kind
            The class of record expected; any if None.

        Raises
        ------
        MalformedIdError, UnknownIdError, AmbiguousIdError
            If the id leads to no one artifact.
        OtherKindError
            If it is of another kind than expected.
        CorruptObjectError, DroppedError
            If its content is damaged, or was dropped on purpose.
        """
        full = self.resolve(name)
        record = self._store.load(full)
        if kind is not None and not isinstance(record, kind):
            raise OtherKindError(
                f"{full} is a {record.kind}, not a {kind.kind}. List them: ragone query 'SELECT id FROM "
                f"{table_name(kind.kind)}'"
            )
        return record

    def made(self, name: str) -> datetime:
        """The moment at which the first run that made an artifact ended, or at which a run ended."""
        full = self.resolve(name)
        found = self._store.committed(full) if full.startswith("run-") else self._store.producer(full)
        return found.run.ended

    def holds(self, name: str) -> bool:
        """Whether the lake holds the data of an artifact: not dropped, and not unknown."""
        try:
            return self._store.holds(self.resolve(name))
        except UnknownIdError:
            return False

    def resolve(self, name: str) -> str:
        """The whole id that a shortened one, or a tag, stands for.

        What is written as an id is one: no tag may look like an id. A tag must be on one artifact only.

        Raises
        ------
        MalformedIdError, UnknownIdError, AmbiguousIdError
            If it is neither an id nor a tag, or leads to nothing, or to several artifacts.
        """
        tagged = self._tagged(name)
        if tagged or is_full(name):
            return tagged or name.strip()
        kind, digits = split(name)
        self._store.index.catch_up()
        pattern = f"id LIKE '{kind}-{digits}%'" if kind else f"id LIKE '%-{digits}%'"
        found = [
            row
            for table in (ARTIFACTS, RUNS)
            for row in self._store.tables.read(table, columns=["id"], where=pattern)["id"].to_pylist()
        ]
        if not found:
            raise UnknownIdError(
                f"no id in the lake {self.where} begins with {name!r}. Name another lake with --lake, or list its ids "
                f"with: ragone query 'SELECT id FROM {table_name(kind) if kind else ARTIFACTS}'"
            )
        if len(found) > 1:
            raise AmbiguousIdError(f"{name!r} fits {len(found)} ids: {_some(found)}. Write more digits.")
        return str(found[0])

    def _tagged(self, name: str) -> str:
        """The id of the one artifact that has a tag; empty if none has it, or it is an id."""
        if ID.fullmatch(name.strip()):
            return ""
        self._store.index.catch_up()
        found = [row["subject_id"] for row in standing(self._store, Aspect.TAG) if row["content"] == name.strip()]
        if len(found) > 1:
            raise AmbiguousIdError(
                f"the tag {name!r} is on {len(found)} artifacts: {_some(found)}. Name one by its id, or move the tag "
                f"to it: ragone tag --move ID {name}"
            )
        return "".join(found)

    def sql(
        self,
        query: str,
        *,
        at: str | None = None,
        limits: QueryLimits | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> pl.DataFrame:
        """Answer one SELECT over the tables; `at` a snapshot, or of the present; stopped when it meets its limits.

        Parameters stand in the query as ``$name``; their values never become part of its text.

        Raises
        ------
        NotASelectError, QueryLimitError
            If it is not one SELECT or cannot be answered, or not within the limits.
        """
        self._store.index.catch_up()
        snapshot = None if at is None else self.get(at, Snapshot)
        only = None if snapshot is None else snapshot.artifact_ids
        return select(self._store.tables, query, only, limits, views(self._store, snapshot), parameters)

    def evaluations(self, at: str | None = None) -> pl.LazyFrame:
        """Return a row for each evaluated design, and each measured cell; `at` a snapshot, or of the present.

        What belongs together is found along what each KPI is made of; docs/EVALUATIONS.md lists the columns. A design
        that failed has a row with the reason. What is not known is null.

        Parameters
        ----------
        at
            Id of a snapshot; only what it holds is seen.
        """
        self._store.index.catch_up()
        if at is None:
            return self._store.evaluations.now().lazy()
        full = self.resolve(at)
        return self._store.evaluations.at(full, self.get(full, Snapshot).artifact_ids).lazy()

    def lives(self, at: str | None = None) -> pl.LazyFrame:
        """Return a row for each cycle life, with its covariates and its cell's design; `at` a snapshot, or of now.

        docs/EVALUATIONS.md lists the columns. What is not known is null; so is the upper end of a censored life.

        Parameters
        ----------
        at
            Id of a snapshot; only what it holds is seen.
        """
        self._store.index.catch_up()
        if at is None:
            return self._store.lives.now().lazy()
        return self._store.lives.at(self.get(at, Snapshot).artifact_ids).lazy()

    def contents(self) -> dict[str, Contents]:
        """Return what `sql` can ask of: every table and view by its name, with its rows and columns."""
        self._store.index.catch_up()
        return contents(self._store.tables, KINDS, views(self._store))

    def find(self, text: str) -> list[Found]:
        """Return the names, tags, notes, sources and the like that hold a text, each with the newest such record."""
        self._store.index.catch_up()
        return find(self._store.tables, text, views(self._store))

    def activities(self) -> list[Activity]:
        """Return what processes of this machine are doing in the lake, such as running a campaign."""
        return activities(self._store.files)

    def unfinished_campaigns(self) -> list[Unfinished]:
        """Return the campaigns that run or were stopped, newest first; those that have concluded are records."""
        self._store.index.catch_up()
        return unfinished_campaigns(self._store)

    def lineage(self, name: str, *, informed: bool = False) -> Lineage:
        """Return what an artifact was made of, and what was made of it.

        What informed a decision on the way (the trials behind a suggestion, the volumes behind a generator) is named;
        with `informed` it is followed like what an artifact was made of.
        """
        full = self.resolve(name)
        self._store.index.catch_up()
        self._store.producer(full)
        return lineage(self._store.tables, full, informed=informed)

    def diff(self, first: str, second: str) -> Difference:
        """Set two artifacts of one kind, or two runs, side by side: campaigns, cells, designs, KPIs, snapshots, others.

        Studies and documents are compared field by field, code by module, environments by package, results with their
        uncertainties.

        Raises
        ------
        OtherKindError
            If they are of different kinds.
        """
        ids = [self.resolve(name) for name in (first, second)]
        self._store.index.catch_up()
        return difference(self._store, *ids)

    def why(self, name: str) -> Why:
        """Explain why an artifact was computed rather than reused, and whether it would be reused today."""
        full = self.resolve(name)
        self._store.index.catch_up()
        return why(self._store, full)

    def unknown_kinds(self) -> Mapping[str, tuple[str, ...]]:
        """Return the kinds of stored records that no installed package knows, each with the packages that used them."""
        return unknown_kinds(self._store)

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Files of runs, and artifacts, that could not be read since this lake was opened; `fsck` says why."""
        return tuple(sorted(self._store.index.passed_over))


def _some(ids: list[str]) -> str:
    listed = ", ".join(name[: name.index("-") + 13] for name in sorted(ids)[:_NAMED])
    return listed + (" ..." if len(ids) > _NAMED else "")
