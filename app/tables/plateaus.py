"""Plateaus as a table: for each campaign the ranges of the designs that are as good as its best one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from ragone.app.tables.answers import wide_table
from ragone.schemas import Plateau
from ragone.schemas.unit_names import short_name, unit_of
from ragone.schemas.units import conversion_factor

PLATEAU_WORDS = "ranges of the designs as good as the best, evaluated / predicted"
_USUAL = {"kg/m^2": "mg/cm^2", "m": "um"}
_NONE = "none"


def plateau_table(plateaus: Mapping[str, Plateau]) -> Table:
    """A row for each campaign, by its name: the margin, and the range of each variable."""
    names = list(dict.fromkeys(name for one in plateaus.values() for name in one.names))
    rows = [
        [
            campaign,
            f"{one.margin:.3g} {one.unit}",
            f"{len(one.candidate_ids)} of {one.feasible_count}",
            *(_ranges(one, name) for name in names),
            "" if one.predicted_share is None else f"{one.predicted_share:.2%}",
            one.id[:20],
        ]
        for campaign, one in plateaus.items()
    ]
    heads = ["campaign", "within", "designs", *map(_head, names), "of the space", "plateau"]
    return wide_table(heads, rows)


def _head(path: str) -> str:
    name = path.partition(".")[2]
    unit = unit_of(name)
    return short_name(name) + ("" if unit == "1" else f" [{_USUAL.get(unit, unit)}]")


def _ranges(plateau: Plateau, name: str) -> str:
    """The evaluated and the predicted range of a variable."""
    if name not in plateau.names:
        return ""
    return " / ".join(_range(where.get(name), name) for where in (plateau.evaluated, plateau.predicted))


def _range(ends: Any, name: str) -> str:
    if not ends:
        return _NONE
    if isinstance(ends[0], str):
        return ", ".join(ends)
    unit = unit_of(name.partition(".")[2])
    factor = conversion_factor(unit, _USUAL.get(unit, unit))
    low, high = (f"{end * factor:.3g}" for end in ends)
    return low if low == high else f"{low} to {high}"
