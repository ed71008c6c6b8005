r"""Names of KPIs written out of the regular expressions by which stages declare them.

`(coulombic|energy)_efficiency(_cycle_\d+)?` becomes four names. What may repeat becomes N where it is a number, else
an ellipsis; assertions say nothing of a name.
"""

from __future__ import annotations

from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

ANY = "…"


def written_out(pattern: str) -> list[str]:
    """Return the names that a pattern stands for, the shortest choice first."""
    return _sequence(_parser.parse(pattern))


def _sequence(parts: Any) -> list[str]:
    names = [""]
    for kind, value in parts:
        names = [name + end for name in names for end in _part(kind, value)]
    return names


def _part(kind: Any, value: Any) -> list[str]:
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.SUBPATTERN:
        return _sequence(value[3])
    if kind is op.BRANCH:
        return [name for branch in value[1] for name in _sequence(branch)]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[:2] == (0, 1):
        return ["", *_sequence(value[2])]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return ["N" if _is_number(value[2]) else ANY]
    if kind is op.IN:  # a choice between single characters
        return [chr(each) for _, each in value]
    return [""]


def _is_number(parts: Any) -> bool:
    """Whether a repeated character is one of a class with digits."""
    return any(kind is op.IN and (op.CATEGORY, op.CATEGORY_DIGIT) in value for kind, value in parts)
