"""Artifact ids: ``kind-<64 hex>``, or shortened to ``kind-<4 or more hex>`` or just the hex."""

from __future__ import annotations

from ragone.dataset.errors import MalformedIdError
from ragone.schemas.annotation import ID
from ragone.schemas.errors import did_you_mean
from ragone.schemas.kinds import KINDS


def split(text: str) -> tuple[str | None, str]:
    """Kind (None if left out) and hex digits of an id, whole or shortened.

    Raises
    ------
    MalformedIdError
        If the text cannot be an id.
    """
    match = ID.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise MalformedIdError(
            f"{text!r} is not an id, nor a tag of this lake. An id is a kind and at least 4 hex digits, for example "
            "kpi-3fa9; list them with: ragone query 'SELECT id FROM artifacts', tags with: ragone tag"
        )
    kind = match["kind"]
    if kind is not None and len(match["hex"]) < 64 and kind not in KINDS:
        raise MalformedIdError(f"{text!r} names no kind of record that is known here: {did_you_mean(kind, KINDS)}")
    return kind, match["hex"]


def is_full(text: str) -> bool:
    """Whether the id is written out whole."""
    kind, digits = split(text)
    return kind is not None and len(digits) == 64


def short(text: str) -> str:
    """The id with the first ten hex digits only, for people to read."""
    kind, digits = split(text)
    return f"{kind}-{digits[:10]}" if kind else digits[:10]
