"""An analysis of lives as text: medians and means of groups, tests, causes, what ignores censoring, and remarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import number, short, wide_table
from ragone.schemas import Survival

_NONE, _OPEN = "-", "..."
_LONGEST, _SHOWN = 48, 4  # characters of a name; groups of which estimates that ignore censoring are printed


def survival_text(found: Survival) -> RenderableType:
    """All tables that have rows, and the remarks below them."""
    by = f" by {found.grouped_by}" if found.grouped_by else ""
    words = (
        f"{found.subject_count} {'cell' if found.subject_count == 1 else 'cells'}{by}, {found.event_count} ended and "
        f"{found.subject_count - found.event_count} censored; times in {found.unit}, intervals {found.confidence:.0%}"
    )
    tests = [row for row in found.comparisons if "test" in row]
    gaps = [row for row in found.comparisons if "difference" in row]
    parts: list[RenderableType] = [Text(words), _groups(found)]
    if found.event_count < found.subject_count:
        few = len(found.groups) <= _SHOWN
        of_each = Text("estimates that ignore censoring, of each group: --json")
        parts += [Text(), _naive(found) if few else of_each]
    parts += [Text(), _tests(tests)] if tests else []
    parts += [Text(), _differences(gaps)] if gaps else []
    parts += [Text(), _causes(found)] if found.causes else []
    parts += [Text(), *map(Text, found.remarks)] if found.remarks else []
    return Group(*parts, Text(short(found.id)))


def survival_data(found: Survival) -> dict[str, Any]:
    """All fields, with a list for each column."""
    fields = {name: getattr(found, name) for name in found.fields()}
    columns = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in fields.items()}
    return {"id": found.id, "kind": found.kind, **columns}


def _groups(found: Survival) -> Table:
    horizon = found.groups[0]["horizon"]
    heads = ["group", "cells", "ended", "median", "interval", f"mean up to {number(horizon)}", "interval", "median by"]
    rows = [
        [
            _named(group["name"]),
            str(group["subjects"]),
            str(group["events"]),
            _value(group["median"]["value"]),
            _span(group["median"]),
            _mean(group["restricted_mean"]),
            _span(group["restricted_mean"]),
            _word(group["median"]["method"]),
        ]
        for group in found.groups
    ]
    return wide_table(heads, rows)


def _naive(found: Survival) -> Table:
    """Estimates that ignore censoring, with how far they are off."""
    names = [row["estimator"].partition(",")[0].partition(";")[0] for row in found.groups[0]["naive"]]
    rows = [
        [_named(group["name"]), name, _value(row["value"]), _relative(row["relative"])]
        for group in found.groups
        for name, row in zip(names, group["naive"], strict=True)
    ]
    return wide_table(["group", "ignoring censoring, which is wrong", "gives", "off by"], rows)


def _tests(rows: list[Mapping[str, Any]]) -> Table:
    cells = [
        [
            row["test"].replace("_", "-"),
            f"{row['statistic']:.4g}",
            str(row["degrees_of_freedom"]),
            f"{row['p_value']:.3g}",
            f"{row['permuted_p_value']:.3g}" if "permuted_p_value" in row else _NONE,
        ]
        for row in rows
    ]
    return wide_table(["equal lives?", "chi-squared", "degrees of freedom", "p", "p by exchanged labels"], cells)


def _differences(rows: list[Mapping[str, Any]]) -> Table:
    cells = [
        [
            f"{_named(row['difference_of'])} - {_named(row['from'])}",
            _value(row["difference"]["value"]),
            _span(row["difference"]),
            f"{row['ratio']['value']:.4g}",
            _span(row["ratio"]),
            "" if row["tipping_factor"] is None else f"{row['tipping_factor']:.3g} times",
        ]
        for row in rows
    ]
    heads = [
        "restricted means",
        "difference",
        "interval",
        "ratio",
        "interval",
        "none if stopped cells died sooner",
    ]
    return wide_table(heads, cells)


def _causes(found: Survival) -> Table:
    times = found.causes[0]["times"]
    rows = [
        [_named(row["group"]), row["cause"], *(f"{s:.1%} ± {e:.1%}" for s, e in _pairs(row))] for row in found.causes
    ]
    return wide_table(["group", "ended by", *(f"up to {number(time)}" for time in times)], rows)


def _pairs(row: Mapping[str, Any]) -> list[tuple[float, float]]:
    return list(zip(row["share"], row["standard_error"], strict=True))


def _word(method: str) -> str:
    """The first words of how a median was found."""
    return method.partition(",")[0].partition(" of ")[0].partition(":")[0]


def _named(name: str) -> str:
    shown = short(name) or "all"
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."


def _value(value: float | None) -> str:
    return "not bounded" if value is None else number(value)


def _mean(mean: Mapping[str, Any] | None) -> str:
    if mean is None:
        return _NONE
    error = mean["standard_error"]
    return number(mean["value"]) if error is None else f"{number(mean['value'])} ± {error:.2g}"


def _span(ends: Mapping[str, Any] | None) -> str:
    if ends is None or ends["low"] is None:
        return _NONE
    return f"{ends['low']:.4g} to {_OPEN if ends['high'] is None else format(ends['high'], '.4g')}"


def _relative(share: float | None) -> str:
    return _NONE if share is None else f"{share:+.0%}"
