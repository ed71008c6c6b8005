"""Names of the groups that a column of values makes: texts and few numbers as they are, many numbers in ranges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

_NONE, _EMPTY = "(not known)", "(empty)"
_RANGES, _REPEATED = 4, 5  # ranges, if there are more numbers than these and than a fifth of the values


def names_of_groups(values: Sequence[Any]) -> list[str]:
    """Return the name of the group of each value; numbers that hardly repeat in ranges of about as many values each.

    Parameters
    ----------
    values
        Shape (n,): texts, numbers or booleans; None where one is not known.
    """
    known = np.array([float(one) for one in values if isinstance(one, int | float)])
    whole = len(known) + sum(one is None for one in values) == len(values)
    if not whole or len(np.unique(known)) <= max(_RANGES, len(values) // _REPEATED):
        return [_text(one) for one in values]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _RANGES + 1)))
    ranges = [f"{_text(float(low))} to {_text(float(high))}" for low, high in pairwise(edges)]
    places = [None if one is None else int(np.searchsorted(edges[1:-1], float(one), side="left")) for one in values]
    return [_NONE if place is None else ranges[place] for place in places]


def _text(value: Any) -> str:
    if value is None:
        return _NONE
    return f"{value:.6g}" if isinstance(value, float) else str(value) or _EMPTY
