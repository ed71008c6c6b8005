"""What a laboratory reports of candidates: read from CSV or JSON, in the units of the study's goals.

A row is a candidate that was suggested, by its id, or one of the laboratory's own, by its values; a suggested one with
other values was made differently. Each goal has a value and perhaps a standard uncertainty, each with its unit; it is
``>1200`` where the test was stopped before the value was reached.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ragone.flows.design.goals import Goal
from ragone.flows.design.study import Study
from ragone.flows.errors import ReportError
from ragone.schemas import Candidate
from ragone.schemas.errors import RagoneError, did_you_mean
from ragone.schemas.field import Bounds
from ragone.schemas.unit_names import unit_of
from ragone.schemas.units import parse_quantity

CANDIDATE, OUTCOME, UNCERTAINTY, SAMPLES = "candidate_id", "outcome", "standard_uncertainty", "sample_count"
MEASURED, FAILED, WITHDRAWN, INFEASIBLE = "measured", "failed", "withdrawn", "infeasible"
CENSORED = ">"  # before a number, with or without =: the value is larger, for the test was stopped there
_OUTCOMES = ("", MEASURED, FAILED, WITHDRAWN)
_HEADER = re.compile(r"(?P<name>[^\[\]]+?)\s*(?:\[(?P<unit>[^\[\]]*)\])?")
_MOST_ROWS = 100_000


@dataclass(frozen=True)
class Reported:
    """One KPI as reported, in the unit of its stage.

    It has no value if it could not be measured, or is only known to be larger than `lower_bound`.
    """

    goal: Goal
    value: float | None
    standard_uncertainty: float | None
    sample_count: int
    lower_bound: float | None = None


@dataclass(frozen=True)
class Report:
    """One row: the id of a suggested candidate (maybe shortened, maybe none), values, and what came of it.

    `values` holds what the row says of the variables; `kpis` has one entry for each goal, and none if it failed or was
    withdrawn.
    """

    where: str
    candidate_id: str
    values: Mapping[str, Any]
    outcome: str
    kpis: tuple[Reported, ...] = ()


def columns_of(study: Study) -> dict[str, str]:
    """Names of a report's columns for the variables and the KPIs of a study, each with its unit."""
    variables = {path: unit_of(path.partition(".")[2]) for path in sorted(study.space)}
    kpis: dict[str, str] = {}
    for goal in study.goals:
        kpis |= {goal.key: goal.unit, f"{goal.key} {UNCERTAINTY}": goal.unit}
    return {**variables, **kpis}


def write_csv(study: Study, candidates: Iterable[Candidate]) -> str:
    """Candidates as a table whose empty columns the laboratory fills in."""
    columns = columns_of(study)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([CANDIDATE, *(f"{name} [{unit}]" for name, unit in columns.items()), SAMPLES, OUTCOME])
    for candidate in candidates:
        values = [candidate.values.get(name, "") for name in columns]
        writer.writerow([candidate.id, *values, "", ""])
    return text.getvalue()


def write_json(study: Study, candidates: Iterable[Candidate]) -> list[dict[str, Any]]:
    """Candidates as plain data in which the laboratory fills in what is null."""
    kpis = {goal.key: {"value": None, "unit": goal.unit, UNCERTAINTY: None, SAMPLES: 1} for goal in study.goals}
    return [{CANDIDATE: one.id, "values": dict(one.values), OUTCOME: "", "kpis": kpis} for one in candidates]


def read_csv(study: Study, text: str) -> list[Report]:
    """The rows of a table; a row without any KPI and outcome is still pending and is passed over.

    Raises
    ------
    ReportError
        For anything that cannot be used, named by its line and column.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    names, units = _header(study, next(rows, []))
    found = []
    for number, row in enumerate(rows, start=2):
        if number > _MOST_ROWS:
            raise ReportError(f"there are more than {_MOST_ROWS} lines. Report in several files.")
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise ReportError(f"line {number} has {len(row)} cells; {len(names)} are expected, as in the first line.")
        cells = {n: _with_unit(c.strip(), u) for n, c, u in zip(names, row, units, strict=True)}
        found.append(_report(study, f"line {number}", cells))
    return [report for report in found if report is not None]


def read_json(study: Study, text: str) -> list[Report]:
    """The entries of a list; one without any KPI and outcome is passed over, as pending. Raises as `read_csv`."""
    try:
        content = json.loads(text)
    except ValueError as cause:
        raise ReportError(f"it is no JSON ({cause}). Give a list of candidates, as `ragone ask` writes it.") from cause
    if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
        raise ReportError("a list of candidates is expected, as `ragone ask` writes it.")
    found = [_report(study, f"entry {n}", _cells(entry, f"entry {n}")) for n, entry in enumerate(content, start=1)]
    return [report for report in found if report is not None]


def _header(study: Study, row: Sequence[str]) -> tuple[list[str], list[str]]:
    """Name and unit of every column."""
    known = [CANDIDATE, *columns_of(study), SAMPLES, OUTCOME]
    matches = [_HEADER.fullmatch(cell.strip()) for cell in row]
    names = [match["name"] if match else cell for match, cell in zip(matches, row, strict=True)]
    for number, name in enumerate(names):
        if name not in known:
            raise ReportError(f"column {name!r} is not known: {did_you_mean(name, known)}")
        if name in names[:number]:
            raise ReportError(f"column {name!r} is given twice. Leave one out.")
    return names, [(match["unit"] or "") if match else "" for match in matches]


def _with_unit(cell: str, unit: str) -> str:
    """A number with the unit of its column; a cell that says its own keeps it."""
    return f"{cell} {unit}" if unit not in ("", "1") and re.fullmatch(r"(>=?)?\s*[-+.\deE]+", cell) else cell


def _cells(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    """An entry of JSON as the cells of a row."""
    values, kpis = entry.get("values") or {}, entry.get("kpis") or {}
    if not isinstance(values, dict) or not isinstance(kpis, dict):
        raise ReportError(f"{where}: values and kpis must be maps.")
    cells: dict[str, Any] = {CANDIDATE: entry.get(CANDIDATE) or "", OUTCOME: entry.get(OUTCOME) or ""}
    for path, value in values.items():
        cells[path] = _quantity(value, unit_of(path.partition(".")[2]))
    for key, said in kpis.items():
        if not isinstance(said, dict):
            raise ReportError(f"{where}: {key} must be a map with value, unit, {UNCERTAINTY} and {SAMPLES}.")
        unit = str(said.get("unit", ""))
        cells[key] = _quantity(said.get("value"), unit)
        cells[f"{key} {UNCERTAINTY}"] = _quantity(said.get(UNCERTAINTY), unit)
        cells[SAMPLES] = said.get(SAMPLES) or ""
    return cells


def _quantity(value: Any, unit: str) -> Any:
    """A number with its unit as text, the mark of a bound before it perhaps; everything else as it is."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(CENSORED):
        return _with_unit(value, unit)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value!r} {unit}" if is_number and unit not in ("", "1") else value


def _report(study: Study, where: str, cells: Mapping[str, Any]) -> Report | None:
    """A row; None if it is still pending."""
    known = [CANDIDATE, *columns_of(study), SAMPLES, OUTCOME]
    for name in cells:
        if name not in known:
            raise ReportError(f"{where}: {name!r} is not known: {did_you_mean(name, known)}")
    outcome = str(cells.get(OUTCOME, "")).strip()
    if outcome not in _OUTCOMES:
        raise ReportError(f"{where}: outcome {outcome!r} is not known: {did_you_mean(outcome, _OUTCOMES[1:])}")
    given = [goal.key for goal in study.goals if cells.get(goal.key, "") != ""]
    if not outcome and not given:
        return None
    try:
        values = {p: _value(study, p, cells[p]) for p in study.space if cells.get(p, "") != ""}
        kpis = _kpis(study, cells, given) if outcome in ("", MEASURED) else ()
    except RagoneError as cause:
        raise ReportError(f"{where}: {cause}") from cause
    name = str(cells.get(CANDIDATE, "")).strip()
    if not name and len(values) < len(study.space):
        missing = ", ".join(sorted(study.space.keys() - values.keys()))
        raise ReportError(f"{where} names no candidate, and gives no value of {missing}. Give either.")
    return Report(where, name, values, outcome or MEASURED, kpis)


def _value(study: Study, path: str, cell: Any) -> Any:
    parameter = study.space[path].parameter
    if parameter.type is bool and isinstance(cell, str):
        cell = cell.lower()
    return parameter.read(cell, path)


def _kpis(study: Study, cells: Mapping[str, Any], given: Sequence[str]) -> tuple[Reported, ...]:
    missing = [goal.key for goal in study.goals if goal.key not in given]
    if missing:
        raise ReportError(
            f"{', '.join(missing)} has no value. Give one for every goal, or '{INFEASIBLE}', or outcome '{FAILED}'."
        )
    return tuple(_reported(goal, cells) for goal in study.goals)


def _reported(goal: Goal, cells: Mapping[str, Any]) -> Reported:
    key = f"{goal.key} {UNCERTAINTY}"
    said = cells[goal.key]
    is_bound = isinstance(said, str) and said.lstrip().startswith(CENSORED)
    number = None if said == INFEASIBLE else parse_quantity(_without_mark(said), goal.unit, goal.key)
    spread = cells.get(key, "")
    samples = cells.get(SAMPLES, "") or 1
    if not re.fullmatch(r"[1-9]\d{0,8}", str(samples)):
        raise ReportError(f"{SAMPLES} = {samples!r} must be a whole number >= 1.")
    uncertainty = None if spread == "" else parse_quantity(spread, goal.unit, key, Bounds(low=0))
    value, bound = (None, number) if is_bound else (number, None)
    return Reported(goal, value, uncertainty, int(samples), bound)


def _without_mark(said: Any) -> Any:
    """A cell without the mark of a bound; a number that JSON gave as text is read as one."""
    if not isinstance(said, str) or not said.lstrip().startswith(CENSORED):
        return said
    return said.lstrip().removeprefix(CENSORED).removeprefix("=").strip()
