"""What reading and writing of BPX files have in common: the library, the error, and how a path is shown."""

from __future__ import annotations

import json
import warnings
from functools import lru_cache
from typing import Any

from ragone.schemas.errors import RagoneError

_WIDEST, _LONGEST = 90, 300  # characters of a name and of a reason
OPEN_CIRCUIT = "Open-circuit voltage at {}% SOC [V]"


class BpxError(RagoneError, ValueError):
    """A BPX file that cannot be used; the message names the path of the field."""


@lru_cache(maxsize=1)
def load_bpx() -> Any:
    """The library; its use of old names of pyparsing is none of the user's concern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import bpx
        import bpx.schema
    return bpx


def path_text(path: tuple[str, ...]) -> str:
    """The names that lead to a field, each on one line and cut to what fits it."""
    plain = (name if name.isprintable() else repr(name)[1:-1] for name in path)
    return " > ".join(name if len(name) <= _WIDEST else name[: _WIDEST - 3] + "..." for name in plain)


def brief(value: Any) -> str:
    """A value as JSON, cut to what fits a line."""
    try:
        text = json.dumps(value, default=str)
    except ValueError:  # a whole number of thousands of digits
        text = "a number of very many digits"
    return text if len(text) <= 60 else text[:57] + "..."


def first_line(cause: Any) -> str:
    """First line of an error, cut to what fits a message, without the full stop."""
    line = next((line.strip() for line in str(cause).splitlines() if line.strip()), "unknown reason")
    return line[:_LONGEST].rstrip(".")
