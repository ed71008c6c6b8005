"""KPIs as tables: those of several curves in columns beside each other, with the difference to the first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import bound_text, quantity, short, wide_table
from ragone.app.terminal.printable import one_line
from ragone.flows.cell.kpis import StageKpis
from ragone.schemas import Kpi, KpiOutcome, Record

SINGLE = re.compile(r"(\.(jump|titration|passage)|_(cycle|step))_\d+$")
Subjects = tuple[str, ...]
Column = Mapping[str, tuple[str, Kpi]]


def side_by_side(
    subjects: Sequence[str], found: Sequence[StageKpis], records: Mapping[str, Record], *, whole: bool = True
) -> RenderableType:
    """A table of KPIs: a column for each subject, then KPIs of several together, and what failed.

    Not `whole`, those of single jumps, cycles, steps and passages are only counted, by the stage that gives them.
    """
    left_out = [] if whole else _left_out(found)
    if not whole:
        found = [replace(one, kpis={n: a for n, a in one.kpis.items() if not SINGLE.search(n)}) for one in found]
    numbers = {name: str(number) for number, name in enumerate(subjects, 1)}
    groups = list(dict.fromkeys(one.subjects for one in found))
    parts: list[RenderableType] = [Text(short(f"{number}  {name}")) for name, number in numbers.items()]
    for chosen in ([g for g in groups if len(g) == 1], [g for g in groups if len(g) > 1]):
        columns = {", ".join(numbers[name] for name in group): _column(found, group, records) for group in chosen}
        parts += _section(columns)
    for one in found:
        if one.error:
            failed = f"{one.name} of {', '.join(numbers[name] for name in one.subjects)}: {one.error}"
            parts.append(Text(one_line(f"{failed} ({short(one.run_id)})" if one.run_id else failed)))
    return Group(*parts, *left_out)


def _left_out(found: Sequence[StageKpis]) -> list[RenderableType]:
    """The number of KPIs of single jumps and the like that each stage gave, and how to see them."""
    counts: dict[str, int] = {}
    for one in found:
        counts[one.name] = counts.get(one.name, 0) + sum(bool(SINGLE.search(name)) for name in one.kpis)
    listed = ", ".join(f"{count} of {name}" for name, count in counts.items() if count)
    names = ",".join(name for name, count in counts.items() if count)
    return ["", Text(f"of single jumps, cycles and steps: {listed}; see them with --what {names}")] if listed else []


def _column(found: Sequence[StageKpis], group: Subjects, records: Mapping[str, Record]) -> Column:
    """Id and KPI by name, of some subjects."""
    named = ((name, a, records[a]) for one in found if one.subjects == group for name, a in one.kpis.items())
    return {name: (artifact, kpi) for name, artifact, kpi in named if isinstance(kpi, Kpi)}


def _section(columns: Mapping[str, Column]) -> list[RenderableType]:
    """One table for one column; for several one of values and one of where they come from. Then what has no value."""
    names = list(dict.fromkeys(n for column in columns.values() for n in column))
    valued = [n for n in names if any(n in c and _known(c[n][1]) for c in columns.values())]
    parts: list[RenderableType] = []
    if valued and len(columns) > 1:
        parts += ["", _values(valued, columns)]
    if valued:
        parts += ["", _origins(valued, columns)]
    missing = _missing(columns)
    if missing:
        parts += ["", "no value:", *missing]
    return parts


def _values(names: Sequence[str], columns: Mapping[str, Column]) -> Table:
    """A row for each name: value with its uncertainty in every column, and how far it is off the first."""
    (first, reference), *others = columns.items()
    heads = ["KPI", first]
    for head, _ in others:
        heads += [head, f"off {first}"]
    rows = []
    for name in names:
        row = [name, _value(reference, name)]
        for _, column in others:
            row += [_value(column, name), _difference(column, reference, name)]
        rows.append(row)
    return wide_table(heads, rows, right=True)


def _origins(names: Sequence[str], columns: Mapping[str, Column]) -> Table:
    """Window and id of every KPI; its value too if there is one column only."""
    single = len(columns) == 1
    rows = []
    for name in names:
        for head, column in columns.items():
            if name in column and _known(column[name][1]):
                artifact, kpi = column[name]
                rows.append([name, _value(column, name) if single else head, short(artifact), _window(kpi)])
    return wide_table(["KPI", "value" if single else "of", "id", "window"], rows)


def _missing(columns: Mapping[str, Column]) -> list[Text]:
    """Names of the KPIs that have no value for one and the same reason, and the reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for head, column in columns.items():
        for name, (_, kpi) in column.items():
            if not _measured(kpi):
                reason = f"{kpi.outcome}: {kpi.method.removeprefix('no value: ')}"
                reasons.setdefault((head, reason), []).append(name)
    return [Text(one_line(f"{', '.join(names)} of {head}: {reason}")) for (head, reason), names in reasons.items()]


def _known(kpi: Kpi) -> bool:
    """Whether a KPI has a value, or a bound of it."""
    return _measured(kpi) or kpi.lower_bound is not None


def _measured(kpi: Kpi) -> bool:
    return kpi.outcome is KpiOutcome.MEASURED


def _value(column: Column, name: str) -> str:
    if name not in column:
        return ""
    kpi = column[name][1]
    unit = "-" if kpi.unit == "1" else kpi.unit
    if kpi.lower_bound is not None:
        return bound_text(kpi.lower_bound, unit)
    return "none" if kpi.value is None else quantity(kpi.value, unit, kpi.standard_uncertainty)


def _difference(column: Column, reference: Column, name: str) -> str:
    """Difference to the value of the first column, in per cent of it; of temperatures in kelvin."""
    if name not in column or name not in reference:
        return ""
    kpi, first = column[name][1], reference[name][1]
    if kpi.value is None or not first.value or kpi.unit != first.unit:
        return ""
    if kpi.unit == "K":
        return f"{kpi.value - first.value:+.2f} K"
    return f"{100 * (kpi.value - first.value) / abs(first.value):+.2f} %"


def _window(kpi: Kpi) -> str:
    start, end = kpi.window_start_second, kpi.window_end_second
    return kpi.window if start is None or end is None else f"{kpi.window}; {start:g} to {end:g} s"
