"""What people say of artifacts afterwards: tags and notes; and the queries that they keep.

None of it changes an artifact. What is taken back is said by a further record, so that it is known who did it and when.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from ragone.schemas.errors import FieldTypeError
from ragone.schemas.field import choice, document, flag, instant, text
from ragone.schemas.record import Record

ID = re.compile(r"(?:(?P<kind>[a-z_]+)-)?(?P<hex>[0-9a-f]{4,64})")
_NAME = re.compile(r"\w[\w.+-]{0,63}")


class Aspect(StrEnum):
    """The sort of thing that is said."""

    TAG = "tag"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Annotation(Record):
    """A tag or a note on an artifact or a run, or the withdrawal of one; the latest of one content counts."""

    kind: ClassVar[str] = "annotation"

    subject_id: str = text(doc="the artifact or run that it is about")
    aspect: Aspect = choice(Aspect, doc="whether it is a tag, by which the subject may be named, or a note")
    content: str = text(doc="the tag, or what the note says")
    withdrawn: bool = flag(default=False, doc="whether it takes back what was said before")
    author: str = text(default="", doc="who says it")
    annotated: datetime = instant(doc="when")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SavedQuery(Record):
    """A query with a name, or the withdrawal of one; the latest of one name counts."""

    kind: ClassVar[str] = "saved_query"

    name: str = text(doc="by which it is asked for")
    sql: str = text(doc="one SELECT in DuckDB's dialect, with parameters such as $limit")
    parameters: Any = document(default={}, doc="values of parameters that are used unless others are given")
    withdrawn: bool = flag(default=False, doc="whether it takes back the query of that name")
    author: str = text(default="", doc="who saved it")
    saved: datetime = instant(doc="when")


def is_name(text: str) -> bool:
    """Whether a text may be a tag or the name of a query: a short word that could not be read as an id."""
    return _NAME.fullmatch(text) is not None and not ID.fullmatch(text)


def require_name(name: str, what: str) -> None:
    """Refuse what is no name.

    Raises
    ------
    FieldTypeError
        If it is empty, too long, has other characters than letters, digits and `_.+-`, or could be read as an id.
    """
    if not _NAME.fullmatch(name):
        raise FieldTypeError(
            f"{name!r} is no {what}. Write at most 64 letters, digits, '_', '.', '+' and '-', a letter or digit first."
        )
    if ID.fullmatch(name):
        raise FieldTypeError(f"{name!r} could be read as an id, and is no {what}. Add a letter beyond f, say.")
