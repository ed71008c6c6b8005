"""JSON that somebody else wrote, decoded within limits that are stated: number of values, depth, kinds of number.

Stricter than Python's own reader, which takes the last of two equal keys, whole numbers of any length, NaN, and halves
of characters that no file can hold. No I/O here: the bytes are handed in.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from ragone.schemas.errors import RagoneError

MOST_VALUES, DEEPEST = 1_000_000, 64
_LONGEST_WHOLE = 15  # digits that a float64 holds exactly


class JsonError(RagoneError, ValueError):
    """A text is no JSON, or more than is read; the message is a reason without a full stop."""


def decode_json(content: bytes, *, most_values: int = MOST_VALUES, finite: bool = True) -> Any:
    """The document in a JSON text.

    Parameters
    ----------
    content
        UTF-8, with or without a byte-order mark.
    most_values
        Limit on the maps, lists and values in it, counted before it is decoded.
    finite
        Whether NaN and numbers beyond float64 are refused here; else they are nan and inf for the caller to refuse.

    Raises
    ------
    JsonError
        If it is no JSON, has a key twice in one map, or exceeds a limit.
    """
    count = sum(content.count(mark) for mark in (b",", b"[", b"{"))
    if count > most_values:
        raise JsonError(f"it has some {count:,} values, of {most_values:,} at most")
    try:
        document = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_int=_number)
    except JsonError:
        raise
    except RecursionError as cause:
        raise JsonError(f"it is nested more than {DEEPEST} deep") from cause
    except ValueError as cause:  # also of bytes that are no UTF-8
        raise JsonError(str(cause).rstrip(".")) from cause
    require_plain(document, finite=finite)
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JsonError(f"the key {twice[:60]!r} stands twice in one map")
    return found


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_WHOLE else float(digits)


def require_plain(document: Any, *, finite: bool = True) -> None:
    """Look at every value and key, without recursion; JsonError if one is not plain, or nested too deep."""
    waiting: list[tuple[Any, int]] = [([document], -1)]
    while waiting:
        holder, depth = waiting.pop()
        if depth > DEEPEST:
            raise JsonError(f"it is nested more than {DEEPEST} deep")
        if isinstance(holder, dict):
            _require_scalars(holder, finite)
        inner = holder.values() if isinstance(holder, dict) else holder
        _require_scalars(inner, finite)
        waiting.extend((part, depth + 1) for part in inner if isinstance(part, dict | list))


def _require_scalars(values: Iterable[Any], finite: bool) -> None:
    for value in values:
        if finite and isinstance(value, float) and not math.isfinite(value):
            raise JsonError(f"it holds {value}, and finite numbers are read alone")
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as cause:
                raise JsonError(f"the text {value[:40]!r} holds half a character") from cause
