"""The appearance of records: a picture where there is one, and the fields with their units and uncertainties."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from shutil import get_terminal_size
from typing import Any, TypeVar

from rich.console import RenderableType
from rich.text import Text

from ragone.app.markup import Markup, element, figure, table
from ragone.app.notebook.appearance import content_of, lines_of, listed
from ragone.app.pictures.drawing import PictureError, draw
from ragone.app.pictures.impedance import draw_impedance
from ragone.app.tables.answers import bound_text, cell_text, kpi_text, number, quantity, rows_table, short
from ragone.app.tables.records import record_lines
from ragone.app.tables.verdicts import verdict_text
from ragone.app.terminal.printable import one_line
from ragone.schemas import Campaign, Curve, Impedance, Kpi, Microstructure, Record, Verification

R = TypeVar("R", bound=Record)

_UNCERTAINTIES = ("_standard_error", "_standard_uncertainty")
_LISTED = 12  # rows that are shown unfolded
_MOST = 1000  # trials of a campaign; lake.evaluations() has all
_PRINTED = 100
_LONGEST = 2000  # characters of a text


@lines_of.register
def _(record: Record) -> list[RenderableType]:
    return record_lines(record, get_terminal_size((100, 24)).columns, coloured=False)


@content_of.register
def _(record: Record) -> list[Markup]:
    return [_head(record), *_picture(record), _fields(record)]


@content_of.register
def _(kpi: Kpi) -> list[Markup]:
    name = kpi.name.replace("_", " ")
    count = f" (n = {kpi.sample_count})"
    parts = [element("p", f"{name} {kpi_text(kpi)}{count}", class_="number"), element("p", _cut(kpi.definition))]
    notes = {"Window": kpi.window, "Method": kpi.method, "Reference": kpi.reference}
    parts += [element("p", f"{what}: {_cut(text)}", class_="faint") for what, text in notes.items() if text]
    return [_head(kpi), *parts]


@content_of.register
def _(found: Verification) -> list[Markup]:
    return _or_fields(found, _verdict)


@content_of.register
def _(campaign: Campaign) -> list[Markup]:
    return _or_fields(campaign, _trials)


def _or_fields(record: R, view: Callable[[R], list[Markup]]) -> list[Markup]:
    """A view of a record with documents, which are whatever a stranger put there; else its fields."""
    with suppress(AttributeError, LookupError, TypeError, ValueError):
        return [_head(record), *view(record)]
    return [_head(record), _fields(record)]


def _verdict(found: Verification) -> list[Markup]:
    verdict, *details = verdict_text(found).split("\n")
    lines = [short(line.strip()) for line in details]
    return [element("p", short(verdict)), *([listed(lines)] if lines else [])]


def _trials(campaign: Campaign) -> list[Markup]:
    heads, rows = _trial_rows(campaign)
    first, shown = rows[:_MOST], table(heads, rows[:_MOST])
    what = f"The first {len(first)} designs" if len(rows) > len(first) else f"All {len(rows)} designs"
    return [element("p", _counts(campaign)), _folded(what, shown) if len(rows) > _LISTED else shown]


@lines_of.register
def _(campaign: Campaign) -> list[RenderableType]:
    with suppress(AttributeError, LookupError, TypeError, ValueError):
        heads, rows = _trial_rows(campaign)
        head = Text(f"{campaign.kind}  {campaign.id}\n{one_line(_counts(campaign))}\n")
        more = f"and {len(rows) - _PRINTED} more" if len(rows) > _PRINTED else ""
        return [head, rows_table(heads, list(map(tuple, rows[:_PRINTED]))), *filter(None, [more])]
    return record_lines(campaign, get_terminal_size((100, 24)).columns, coloured=False)


def _counts(campaign: Campaign) -> str:
    count, feasible = len(campaign.candidate_ids), int(campaign.feasible.sum())
    return f"{campaign.name}: {count} designs, {feasible} feasible; the best of them ★"


def _trial_rows(campaign: Campaign) -> tuple[list[str], list[list[str]]]:
    """A row for each trial: its number, the value of each goal, whether it is feasible, and its candidate."""
    best = (campaign.best_candidate_id,) if campaign.best_candidate_id else campaign.front_ids
    units = [unit.strip() for unit in campaign.objective_unit.split(",")]
    objectives = [goal["kpi"] for goal in campaign.goals if goal["limit"] is None]
    known = dict(zip(objectives, units, strict=False))
    heads = ["trial", *(_goal(goal, known) for goal in campaign.goals), "feasible", "candidate"]
    trials = zip(campaign.candidate_ids, campaign.values, campaign.feasible.tolist(), strict=True)
    rows = [
        [
            str(place),
            *(_value(one, campaign.is_bound(place, goal)) for goal, one in enumerate(values)),
            "yes" if fine else "no",
            f"{short(name)}{_star(name, best)}",
        ]
        for place, (name, values, fine) in enumerate(trials)
    ]
    return heads, rows


def _goal(goal: Any, units: dict[str, str]) -> str:
    unit = f" [{units[goal['kpi']]}]" if goal["kpi"] in units else ""
    limit = "" if goal["limit"] is None else f" {goal['limit']:g}"
    return f"{goal['kpi']}{unit}, {goal['sense'].replace('_', ' ')}{limit}"


def _value(value: float | None, bound: bool) -> str:
    return "no value" if value is None else bound_text(value) if bound else number(value)


def _star(name: str, best: tuple[str, ...]) -> str:
    return " ★" if name in best else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _head(record: Record) -> Markup:
    kind = element("strong", record.kind.replace("_", " "))
    return element("p", kind, " ", element("code", short(record.id), title=record.id))


def _fields(record: Record) -> Markup:
    """A row for each field: its name, its value with its uncertainty, its unit, and what it means."""
    specs, spreads = record.fields(), _spreads(record)
    rows = []
    for name, spec in specs.items():
        if name in spreads.values():
            continue
        unit, spread = {"1": "-"}.get(spec.unit, spec.unit), getattr(record, spreads.get(name, ""), None)
        value = getattr(record, name)
        shown = cell_text(value) if spread is None else quantity(value, "", spread).removesuffix(" -")
        rows.append([name, shown, unit, spec.doc])
    shown = table(["field", "value", "unit", "meaning"], rows)
    return shown if len(rows) <= _LISTED else _folded(f"All {len(rows)} fields", shown, open_=not _has_picture(record))


def _spreads(record: Record) -> dict[str, str]:
    """The field that holds the standard error of each field that has one, of single numbers."""
    fields = record.fields()
    found = {name: f"{name}{ending}" for name in fields for ending in _UNCERTAINTIES if f"{name}{ending}" in fields}
    numbers = [name for name in fields if (fields[name].shape, fields[name].dtype) == ("scalar", "float64")]
    return {name: spread for name, spread in found.items() if name in numbers}


def _has_picture(record: Record) -> bool:
    return isinstance(record, Microstructure | Curve | Impedance)


def _picture(record: Record) -> list[Markup]:
    if not _has_picture(record):
        return []
    with suppress(PictureError):  # of a curve without samples
        return [figure(_drawn(record), f"Picture of {short(record.id)}.", "")]
    return []


def _drawn(record: Record) -> bytes:
    file = BytesIO()
    if isinstance(record, Impedance):
        draw_impedance(record, None, file)
    else:
        draw(record, file)
    return file.getvalue()


def _folded(summary: str, shown: Markup, *, open_: bool = False) -> Markup:
    return element("details", element("summary", summary), shown, **({"open": "open"} if open_ else {}))
