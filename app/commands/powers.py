"""`ragone powers`: designs at many powers, their Ragone curves in one picture, and where they cross."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ragone.app.pictures.studies import RagoneCurve, draw_ragone
from ragone.app.tables.answers import kpi_text, number, plain, wide_table
from ragone.app.tables.campaigns import described
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.flows import PowerCurve, Study, StudyError, Sweep, sweep_powers
from ragone.flows.design.ways import candidates_of
from ragone.schemas import Kpi, KpiOutcome, RagoneError
from ragone.schemas.errors import did_you_mean
from ragone.schemas.field import POSITIVE
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Discharge, draw, report; 1 if a design could not be evaluated."""
    given = session.arguments
    study = Study.load(given.params)
    powers = _powers(given.at)
    with session.lake() as lake:
        candidates = candidates_of(lake, given.ids)
        with Watcher(session.notes, hidden=session.silent) as watcher:
            sweep = sweep_powers(lake, study, candidates, powers, watcher)
        _require(sweep, given.kpi)
        curves = [drawn(lake, curve, given.kpi) for curve in sweep.curves]
        if given.png:
            draw_ragone(curves, list(sweep.crossovers.values()), given.png)
        session.answer(_as_data(sweep), _as_table(lake, sweep, given.kpi))
    failed = [curve for curve in sweep.curves if curve.error]
    for curve in failed:
        session.advise(f"left out: {curve.candidate.id[:22]}: {curve.error}")
    if given.png:
        session.advise(f"drawn into {given.png}")
    return FOUND if failed else FINE


def _require(sweep: Sweep, name: str) -> None:
    """Refuse a KPI that no discharge has."""
    known = {known for curve in sweep.curves for known in curve.kpi_names}
    if known and name not in known:
        raise StudyError(f"there is no KPI {name!r} of a discharge: {did_you_mean(name, sorted(known))}")


def _powers(text: str) -> list[float]:
    words = [word.strip() for word in text.split(",")]
    try:
        return [parse_quantity(word if " " in word else f"{word} W", "W", "--at", POSITIVE) for word in words]
    except RagoneError as cause:
        raise StudyError(f"{cause} Give powers of the cell between commas, for example --at 10,50,200.") from cause


def drawn(lake: Lake, curve: PowerCurve, name: str) -> RagoneCurve:
    """A design at every power, as it is drawn."""
    kpis = [lake.get(kpi_id, Kpi) if kpi_id else None for kpi_id in curve.kpi_ids(name)]
    points = [
        (power, kpi.measured_value, kpi.standard_uncertainty or 0.0)
        for power, kpi in zip(curve.powers, kpis, strict=False)
        if kpi is not None and kpi.outcome is KpiOutcome.MEASURED
    ]
    unit = next((kpi.unit for kpi in kpis if kpi is not None), "-")
    return RagoneCurve(described(curve.candidate), points, name, unit)


def _as_data(sweep: Sweep) -> dict[str, Any]:
    return {
        "designs": [
            {
                "candidate_id": curve.candidate.id,
                "cell_id": curve.cell_id,
                "error": curve.error,
                "points": [
                    {"power_watt": power, "discharge_id": one.ids.get(curve.role, ""), "kpi_ids": dict(one.kpi_ids)}
                    for power, one in zip(curve.powers, curve.evaluated, strict=False)
                ],
            }
            for curve in sweep.curves
        ],
        "crossovers": [
            {"candidate_ids": list(pair), "kpi_id": kpi.id, **plain(kpi)} for pair, kpi in sweep.crossovers.items()
        ],
    }


def _as_table(lake: Lake, sweep: Sweep, name: str) -> RenderableType:
    lines = [
        Text(f"{place}  {curve.candidate.id[:22]}  {described(curve.candidate)}")
        for place, curve in enumerate(sweep.curves, 1)
    ]
    heads = ["power", *(str(place) for place in range(1, len(sweep.curves) + 1))]
    rows = [
        [f"{number(power)} W", *(_cell(lake, curve, name, row) for curve in sweep.curves)]
        for row, power in enumerate(sweep.curves[0].powers)
    ]
    places = {curve.candidate.id: place for place, curve in enumerate(sweep.curves, 1)}
    crossings = [
        Text(f"{places[first]} and {places[second]} cross at {kpi_text(kpi)}  {kpi.id[:16]}")
        for (first, second), kpi in sweep.crossovers.items()
    ]
    return Group(*lines, Text(), wide_table(heads, rows), *crossings)


def _cell(lake: Lake, curve: PowerCurve, name: str, row: int) -> str:
    if curve.error or row >= len(curve.evaluated):
        return "failed"
    kpi_id = curve.kpi_ids(name)[row]
    if not kpi_id or curve.evaluated[row].error:
        return "failed"
    kpi = lake.get(kpi_id, Kpi)
    return f"{kpi_text(kpi)}  {kpi_id[:16]}" if kpi.outcome is KpiOutcome.MEASURED else "infeasible"
