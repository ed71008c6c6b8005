"""Why a design was suggested and what is believed of it, as a page for the eye and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import bound_text, plain, quantity, short, wide_table
from ragone.app.terminal.printable import one_line
from ragone.flows.design.explaining import Explained
from ragone.flows.design.losses import Losses
from ragone.schemas import Explanation
from ragone.schemas.unit_names import short_name, unit_of
from ragone.schemas.units import conversion_factor

_USUAL = {"kg/m^2": "mg/cm^2", "m": "um"}
_EVEN = "acquisition.sobol"
_TITLES = {
    "believed": "belief before",
    "promise": "expected gain",
    "rests_on": "records it rests on",
    "influences": "Sobol indices",
    "slopes": "slopes",
    "flatness": "flat ranges",
    "tolerance_cost": "cost of tolerances",
    "rivals": "chance to be the best",
    "limits": "room to limits",
    "next_evaluation": "next evaluation",
}


def explained_data(found: Explained) -> dict[str, Any]:
    """All of it as data."""
    trial, explanation = found.trial, found.explanation
    return {
        "id": explanation.id,
        "campaign_id": trial.campaign.id,
        "trial": trial.number,
        "kpi_ids": list(trial.kpi_ids),
        **({"left_out": found.left_out} if found.left_out else {}),
        "values": dict(found.candidate.values),
        **plain(explanation),
        "losses": plain(found.losses),
        "plateau_id": "" if found.plateau is None else found.plateau.id,
        "no_plateau": found.no_plateau,
    }


def explained_text(found: Explained) -> RenderableType:
    """All of it as a page."""
    explanation, trial = found.explanation, found.trial
    return Group(
        Text(f"{short(trial.candidate_id)}, trial {trial.number} of {one_line(trial.campaign.name)}"),
        Text(f"  {one_line(_values_text(found.candidate.values))}"),
        *_section("Why it was suggested", _suggested(explanation, found.left_out)),
        *_section("What matters over the space, and at this design", _mattering(explanation)),
        *_section("What limits it and its neighbours: shares of the energy lost [%]", _limiting(found.losses)),
        *_section("How sure it is, and how flat", _sure(found)),
        *_section("What would change the recommendation", _changing(explanation)),
        *_section("Without a value", _missing(found)),
        Text(f"{explanation.id}"),
    )


def _section(title: str, parts: Iterator[RenderableType]) -> list[RenderableType]:
    found = list(parts)
    return [Text(""), Text(title), *found] if found else []


def _suggested(one: Explanation, left_out: str) -> Iterator[RenderableType]:
    units = _units(one)
    if one.suggested_by:
        even = ", which spreads designs evenly and looks at no value" if one.suggested_by == _EVEN else ""
        yield _line(f"by {one.suggested_by}{even}, after {one.known_count} of the {one.evaluated_count} designs")
    if left_out:
        yield _line(left_out)
    for row in one.believed:
        expected = quantity(row["mean"], units[row["kpi"]], row["deviation"])
        yield _line(f"{row['kpi']}: {expected} expected, {_found_text(row, units[row['kpi']])}")
    if one.promise:
        yield _line(_promise_text(one))
    for kpi, rows in one.rests_on.items():
        cells = [[short(r["candidate_id"]), f"{r['weight']:+.2f}", f"{r['distance']:.2f}"] for r in rows]
        moment = "before" if one.believed else "now"
        yield _indented([f"{kpi} expected {moment} rests on", "weight", "distance [length scales]"], cells)


def _found_text(row: Mapping[str, Any], unit: str) -> str:
    if "found_bound" in row:
        return f"{bound_text(row['found_bound'], unit)} found (censored)"
    if row["found"] is None:
        return "no value found"
    away = "" if row["residual"] is None else f", {row['residual']:+.1f} standard deviations away"
    return f"{quantity(row['found'], unit, row['found_uncertainty'])} found{away}"


def _promise_text(one: Explanation) -> str:
    promise = one.promise
    chance = f"{promise['chance_of_feasibility']:.0%} that it can be evaluated and keeps every limit"
    if promise["gain"] is None:
        return f"chance of {chance}"
    unit = next(goal["unit"] for goal in one.goals if goal["limit"] is None)
    share = promise["exploration"]
    kind = "" if share is None else f", {share:.0%} of it from uncertainty (exploration)"
    best = f"{promise['best_before']:.4g} {unit}"
    return f"expected gain {promise['gain']:.3g} {unit} over the best belief then, {best}{kind}; chance of {chance}"


def _mattering(one: Explanation) -> Iterator[RenderableType]:
    ranges = one.flatness.get("ranges", {})
    units = _units(one)
    for kpi, rows in one.influences.items():
        slopes = one.slopes.get(kpi, {})
        heads = [kpi, "first index", "total index", "slope", "as good"]
        cells = [
            [
                _head(path),
                f"{row['first']:.2f} ± {row['first_error']:.2f}",
                f"{row['total']:.2f} ± {row['total_error']:.2f}",
                _slope_text(slopes.get(path), path, units[kpi]),
                _range_text(ranges.get(path), path),
            ]
            for path, row in sorted(rows.items(), key=lambda item: -float(item[1]["total"]))
        ]
        yield _indented(heads, cells)
    if ranges:
        margin, unit = one.flatness["margin"], next(goal["unit"] for goal in one.goals if goal["limit"] is None)
        yield _line(f"as good: within {margin:.3g} {unit} of its mean, the other variables held")


def _limiting(losses: tuple[Losses, ...]) -> Iterator[RenderableType]:
    known = [one for one in losses if one.shares]
    names = [name for name in (known[0].shares if known else ()) if name != "unaccounted"]
    if known:
        rows = [
            [short(one.candidate_id), f"{1000 * (one.mean_overpotential_volt or 0.0):.0f}"]
            + [f"{100 * one.shares[name]:.1f}" if name in one.shares else "" for name in names]
            for one in known
        ]
        yield _indented(["design", "mean overpotential [mV]", *(name.replace("_", " ") for name in names)], rows)
    for one in losses:
        if one.reason:
            yield _line(f"{short(one.candidate_id)}: {one.reason}")


def _sure(found: Explained) -> Iterator[RenderableType]:
    one, units = found.explanation, _units(found.explanation)
    if one.chance_best is not None:
        yield _line(f"chance that no other evaluated design is better: {one.chance_best:.0%}")
    if one.rivals:
        unit = next(goal["unit"] for goal in one.goals if goal["limit"] is None)
        rows = [
            [short(r["candidate_id"]), f"{r['chance_best']:.0%}"]
            + ([quantity(r["lead"], unit, r["deviation"] or None)] if "lead" in r else [])
            for r in one.rivals
        ]
        heads = ["other designs", "chance to be best", "this design leads by"][: len(rows[0])]
        yield _indented(heads, rows)
    for row in one.limits:
        room = quantity(row["room"], units[row["kpi"]], row["deviation"])
        yield _line(f"room to the limit of {row['kpi']}: {room}{_in_deviations(row)}")
    for row in one.tolerance_cost:
        unit = units[row["kpi"]]
        yield _line(f"tolerances: mean of {row['kpi']} {row['shift']:+.3g} {unit}, scatter {row['scatter']:.3g} {unit}")
    if found.plateau is not None:
        near = f"{len(found.plateau.candidate_ids)} of {found.plateau.feasible_count} feasible designs"
        share = found.plateau.predicted_share
        space = "" if share is None else f", {share:.1%} of the space"
        yield _line(f"plateau of the campaign's best: {near}{space} within {found.plateau.margin:.3g}")


def _in_deviations(row: Mapping[str, Any]) -> str:
    return f", {row['room'] / row['deviation']:.1f} standard deviations" if row["deviation"] else ""


def _changing(one: Explanation) -> Iterator[RenderableType]:
    rivals = [row for row in one.rivals if "lead" in row]
    unit = next((goal["unit"] for goal in one.goals if goal["limit"] is None), "")
    if rivals:
        first = min(rivals, key=lambda row: float(row["lead"]))  # the best of the others
        word = "worse" if first["lead"] > 0 else "better"
        yield _line(
            f"were its expected value {abs(first['lead']):.3g} {unit} {word}, it would be level with "
            f"{short(first['candidate_id'])}, the best of the others"
        )
    chosen = one.next_evaluation
    if chosen:
        what = f"{short(chosen['candidate_id'])} again" if chosen["candidate_id"] else "a new design"
        yield _line(
            f"evaluating {what} ({one_line(_values_text(chosen['values']))}): "
            f"expected gain {chosen['gain']:.3g} {unit}, {chosen['chance_of_change']:.0%} chance that "
            f"another design than {short(chosen['recommended_id'])} is recommended then"
        )


def _missing(found: Explained) -> Iterator[RenderableType]:
    reasons = {_TITLES.get(part, part): reason for part, reason in found.explanation.reasons.items()}
    if found.no_plateau:
        reasons["plateau"] = found.no_plateau
    for part, reason in reasons.items():
        yield _line(f"{part}: {reason}")


def _units(one: Explanation) -> dict[str, str]:
    return {goal["kpi"]: {"1": "-"}.get(goal["unit"], goal["unit"]) for goal in one.goals}


def _values_text(values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{short_name(path.partition('.')[2])} {_value_text(value, path)}" for path, value in values.items()
    )


def _value_text(value: Any, path: str, *, unit: bool = True) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    own = unit_of(path.partition(".")[2])
    usual = _USUAL.get(own, own)
    text = f"{value * conversion_factor(own, usual):.4g}"
    return text if own == "1" or not unit else f"{text} {usual}"


def _head(path: str) -> str:
    own = unit_of(path.partition(".")[2])
    return short_name(path.partition(".")[2]) + ("" if own == "1" else f" [{_USUAL.get(own, own)}]")


def _range_text(ends: Any, path: str) -> str:
    if not ends:
        return ""
    if any(isinstance(end, str | bool) for end in ends):
        return ", ".join(map(str, ends))
    return " to ".join(_value_text(end, path, unit=False) for end in ends)


def _slope_text(slope: Mapping[str, Any] | None, path: str, unit: str) -> str:
    """A slope in the KPI's unit by the usual unit of the variable."""
    if not slope:
        return ""
    own = unit_of(path.partition(".")[2])
    usual = _USUAL.get(own, own)
    factor = 1 / conversion_factor(own, usual)
    return quantity(slope["slope"] * factor, f"{unit} per {usual}", slope["deviation"] * factor or None)


def _line(text: str) -> Text:
    return Text(f"  {one_line(text)}")


def _indented(heads: list[str], rows: list[list[str]]) -> Table:
    return wide_table([f"  {heads[0]}", *heads[1:]], [[f"  {row[0]}", *row[1:]] for row in rows])
