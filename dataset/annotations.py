"""Tags and notes on artifacts and runs, and saved queries: records like any other, of which the latest counts.

They are put like all that is given, so that rebuilding, backups and snapshots keep them; withdrawing one puts a further
record. At a snapshot only what had been said by then counts.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ragone.dataset.errors import UnknownNameError
from ragone.dataset.keys import is_stored_id
from ragone.dataset.query import require_select
from ragone.dataset.store import Store
from ragone.dataset.tables import Row, table_name
from ragone.schemas.annotation import Annotation, Aspect, SavedQuery, is_name, require_name
from ragone.schemas.errors import did_you_mean
from ragone.schemas.record import Record

AUTHOR_VARIABLE = "RAGONE_AUTHOR"


@dataclass(frozen=True, slots=True)
class Remark:
    """A tag or note that stands: what it is about, what it says, who said it and when."""

    subject_id: str
    content: str
    author: str
    annotated: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """A saved query: its name, its SELECT, and values of parameters that are used unless others are given."""

    name: str
    sql: str
    parameters: Mapping[str, Any]


class Annotations:
    """The tags, notes and saved queries of a lake."""

    def __init__(self, store: Store, put: Callable[[Record], str], resolve: Callable[[str], str]) -> None:
        self._store, self._put, self._resolve = store, put, resolve

    def tag(self, name: str, *tags: str, move: bool = False) -> str:
        """Give an artifact or run tags, by which it may be named; returns its id.

        Parameters
        ----------
        name
            Its id.
        tags
            Letters, digits, ``_``, ``.``, ``+`` and ``-``; what could be read as an id is refused.
        move
            Whether the tags are taken from whatever else has them.

        Raises
        ------
        FieldTypeError
            If a tag is no name, before anything is stored.
        """
        full = self._known(name)
        for tag in tags:
            require_name(tag, "tag")
        with self._store.batch():
            for tag in dict.fromkeys(tags):
                having = self.tagged(tag)
                for other in having if move else ():
                    if other != full:
                        self._say(other, Aspect.TAG, tag, withdrawn=True)
                if full not in having:
                    self._say(full, Aspect.TAG, tag)
        return full

    def untag(self, name: str, *tags: str) -> str:
        """Take tags from an artifact or run; returns its id.

        Raises
        ------
        UnknownNameError
            If it does not have one of them.
        """
        full = self._resolve(name)
        having = [remark.content for remark in self.tags(full)]
        for tag in tags:
            if tag not in having:
                raise UnknownNameError(f"{full} has no tag {tag!r}. Its tags: {', '.join(having) or 'none'}.")
        with self._store.batch():
            for tag in dict.fromkeys(tags):
                self._say(full, Aspect.TAG, tag, withdrawn=True)
        return full

    def note(self, name: str, text: str) -> str:
        """Write a note on an artifact or run, beside those that it has; returns its id."""
        full = self._known(name)
        self._say(full, Aspect.NOTE, text)
        return full

    def withdraw_notes(self, name: str) -> str:
        """Take back all notes on an artifact or run; returns its id."""
        full = self._resolve(name)
        with self._store.batch():
            for remark in self.notes(full):
                self._say(full, Aspect.NOTE, remark.content, withdrawn=True)
        return full

    def tags(self, full_id: str | None = None) -> list[Remark]:
        """Return the tags that stand, of one artifact or of all; oldest first."""
        return self._remarks(Aspect.TAG, full_id)

    def notes(self, full_id: str | None = None) -> list[Remark]:
        """Return the notes that stand, on one artifact or on all; oldest first."""
        return self._remarks(Aspect.NOTE, full_id)

    def tagged(self, tag: str) -> list[str]:
        """Return the ids of what has a tag."""
        return [remark.subject_id for remark in self.tags() if remark.content == tag]

    def save_query(self, name: str, sql: str, parameters: Mapping[str, Any] | None = None) -> str:
        """Keep a query under a name, in place of an earlier one of that name; returns the record's id.

        Raises
        ------
        FieldTypeError
            If the name is none.
        NotASelectError
            If it is not one SELECT.
        """
        require_name(name, "name of a query")
        require_select(sql)
        return self._put(
            SavedQuery(name=name, sql=sql, parameters=dict(parameters or {}), author=_author(), saved=datetime.now(UTC))
        )

    def remove_query(self, name: str) -> str:
        """Take a saved query back; returns the id of the record that says so. UnknownNameError if there is none."""
        sql = self.query(name).sql
        return self._put(SavedQuery(name=name, sql=sql, withdrawn=True, author=_author(), saved=datetime.now(UTC)))

    def query(self, name: str) -> Question:
        """Return a saved query.

        Raises
        ------
        UnknownNameError
            If none has that name.
        """
        known = {row["name"]: row for row in standing_queries(self._store)}
        if name not in known:
            hint = did_you_mean(name, known) if known else "none is saved. Save one: ragone query --save NAME SQL"
            raise UnknownNameError(f"there is no saved query {name!r}: {hint}")
        parameters = json.loads(known[name]["parameters"])
        return Question(name, known[name]["sql"], parameters if isinstance(parameters, dict) else {})

    def _known(self, name: str) -> str:
        """The id of something that the lake knows; UnknownIdError if it knows no such id, be it written out whole."""
        full = self._resolve(name)
        if full.startswith("run-"):
            self._store.committed(full)
        else:
            self._store.producer(full)
        return full

    def _remarks(self, aspect: Aspect, full_id: str | None) -> list[Remark]:
        self._store.index.catch_up()
        found = standing(self._store, aspect)
        return [
            Remark(row["subject_id"], row["content"], row["author"], row["annotated"])
            for row in found
            if full_id in (None, row["subject_id"])
        ]

    def _say(self, subject: str, aspect: Aspect, content: str, *, withdrawn: bool = False) -> None:
        now = datetime.now(UTC)
        record = Annotation(
            subject_id=subject, aspect=aspect, content=content, withdrawn=withdrawn, author=_author(), annotated=now
        )
        self._put(record)


def standing(store: Store, aspect: Aspect, only: frozenset[str] | None = None) -> list[Row]:
    """The rows of the tags, or of the notes, that were not withdrawn; oldest first, of `only` these records.

    What is about no id, or is a tag that is no name, was written by a stranger and does not count.
    """
    rows = store.tables.read(table_name(Annotation.kind), where=f"aspect = '{aspect}'").to_pylist()
    sound = (
        row for row in rows if is_stored_id(row["subject_id"]) and (aspect is Aspect.NOTE or is_name(row["content"]))
    )
    return latest(sound, ("subject_id", "content"), "annotated", only)


def standing_queries(store: Store, only: frozenset[str] | None = None) -> list[Row]:
    """The rows of the saved queries that were not withdrawn; oldest first, of `only` these records."""
    store.index.catch_up()
    return latest(store.tables.read(table_name(SavedQuery.kind)).to_pylist(), ("name",), "saved", only)


def latest(rows: Iterable[Row], key: tuple[str, ...], moment: str, only: frozenset[str] | None) -> list[Row]:
    """The last row of each key unless it withdraws, in the order in which they were said; of `only` these records."""
    kept: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda row: (row[moment], row["id"])):
        if only is None or row["id"] in only:
            name = tuple(row[part] for part in key)
            kept.pop(name, None)
            if not row["withdrawn"]:
                kept[name] = row
    return list(kept.values())


def _author() -> str:
    """Whoever the environment names, else the user's login."""
    try:
        return os.environ.get(AUTHOR_VARIABLE) or getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may know no name
        return ""
