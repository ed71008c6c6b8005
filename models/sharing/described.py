"""What another owner's document says of columns, read strictly: a stranger wrote it, and it is printed and stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.models.sharing.errors import ShareError
from ragone.models.surrogate.features import Feature

_LONGEST_NAME = 200
_ASK = "Ask the owner for the file again."


def read_column(kept: Any) -> Feature:
    """The column that plain data describe.

    Raises
    ------
    ShareError
        If a name or unit cannot be shown in one line, a bound is no number, or the options are no texts that differ.
    """
    if not isinstance(kept, Mapping):
        raise ShareError(f"a column is described by {str(kept)[:40]!r}, which is no map. {_ASK}")
    require_label(kept.get("name"), "the name of a column")
    if kept.get("unit") != "":
        require_label(kept.get("unit"), "a unit")
    if "choices" in kept:
        _require_options(kept["choices"])
        return Feature.read(kept)
    require_number(kept.get("low"), "a bound")
    require_number(kept.get("high"), "a bound")
    if not isinstance(kept.get("whole"), bool):
        raise ShareError(f"whole = {str(kept.get('whole'))[:40]!r} must be true or false. {_ASK}")
    return Feature.read(kept)


def require_label(value: Any, what: str) -> None:
    """Raise `ShareError` unless it is a text of one line, without characters that steer a terminal or turn text."""
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME or not value.isprintable():
        raise ShareError(f"{what} is {str(value)[:40]!r}, and not a short text in one line that can be shown. {_ASK}")


def require_number(value: Any, what: str) -> None:
    """Raise `ShareError` unless it is a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ShareError(f"{what} is {str(value)[:40]!r}, which is no number. {_ASK}")


def _require_options(found: Any) -> None:
    if not isinstance(found, list) or len(found) < 2 or len({str(one) for one in found}) < len(found):
        raise ShareError(f"the options of a column are no list of two different ones or more. {_ASK}")
    for one in found:
        if not isinstance(one, bool):
            require_label(one, "an option")
