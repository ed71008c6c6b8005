"""`ragone powers`: designs at many powers, their Ragone curves in one picture, and where they cross."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from app.pictures.studies import RagoneCurve, draw_ragone
from app.tables.answers import number, plain, quantity, wide_table
from app.terminal.progress import Watcher
from app.terminal.session import FINE, FOUND, Session
from dataset import Lake
from flows import PowerCurve, Study, StudyError, Sweep, designs_of, sweep_powers
from schemas import Design, Kpi, KpiOutcome
from schemas.errors import did_you_mean
from schemas.field import POSITIVE
from schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Discharge, draw, tell; 1 if a design could not be evaluated."""
    given = session.arguments
    study = Study.load(given.params)
    powers = [_power(text) for text in given.at.split(",")]
    with session.lake() as lake:
        designs = designs_of(lake, given.ids)
        with Watcher(session.notes, hidden=session.silent) as watcher:
            sweep = sweep_powers(lake, study, designs, powers, watcher)
        _require(sweep, given.kpi)
        curves = [drawn(lake, curve, given.kpi) for curve in sweep.curves]
        if given.png:
            draw_ragone(curves, _crossings(lake, sweep), given.png)
        session.answer(_told(lake, sweep), _shown(lake, sweep, given.kpi))
    failed = [curve for curve in sweep.curves if curve.error]
    for curve in failed:
        session.advise(f"left out: {curve.design_id[:19]}: {curve.error}")
    if given.png:
        session.advise(f"drawn into {given.png}")
    return FOUND if failed else FINE


def _require(sweep: Sweep, name: str) -> None:
    """Refuse a KPI that no discharge has."""
    known = {known for curve in sweep.curves for cell in curve.cells for known in cell.kpi_ids}
    if known and name not in known:
        raise StudyError(f"there is no KPI {name!r} of a discharge: {did_you_mean(name, sorted(known))}")


def _power(text: str) -> float:
    return parse_quantity(text.strip() if " " in text.strip() else f"{text.strip()} W", "W", "--at", POSITIVE)


def _kpi(lake: Lake, kpi_id: str) -> Kpi | None:
    record = lake.get(kpi_id) if kpi_id else None
    return record if isinstance(record, Kpi) else None


def drawn(lake: Lake, curve: PowerCurve, name: str) -> RagoneCurve:
    """A design at every power, as it is drawn."""
    kpis = [_kpi(lake, kpi_id) for kpi_id in curve.kpi_ids(name)]
    points = [
        (power, kpi.measured_value, kpi.standard_uncertainty or 0.0)
        for power, kpi in zip(curve.powers, kpis, strict=False)
        if kpi is not None and kpi.outcome is KpiOutcome.MEASURED
    ]
    unit = next((kpi.unit for kpi in kpis if kpi is not None), "-")
    return RagoneCurve(recipe(lake, curve.design_id), points, name, unit)


def recipe(lake: Lake, design_id: str) -> str:
    """A design in one line."""
    design = lake.get(design_id)
    if not isinstance(design, Design):
        raise StudyError(f"{design_id} is not a design.")
    loading = design.mass_loading_kilogram_per_square_metre * 100.0  # 1 kg/m^2 = 100 mg/cm^2
    return (
        f"{design.active_material_weight_fraction:.1%} active, porosity {design.porosity:.1%}, "
        f"adhesion {design.binder_adhesion:.2f}, {loading:.1f} mg/cm²"
    )


def _crossings(lake: Lake, sweep: Sweep) -> list[Kpi]:
    return [kpi for kpi_id in sweep.crossovers.values() if (kpi := _kpi(lake, kpi_id)) is not None]


def _told(lake: Lake, sweep: Sweep) -> dict[str, Any]:
    return {
        "designs": [
            {
                "design_id": curve.design_id,
                "cell_id": curve.cells[0].cell_id if curve.cells else "",
                "error": curve.error,
                "points": [
                    {"power_watt": power, "discharge_id": cell.discharge_id, "kpi_ids": dict(cell.kpi_ids)}
                    for power, cell in zip(curve.powers, curve.cells, strict=False)
                ],
            }
            for curve in sweep.curves
        ],
        "crossovers": [
            {"design_ids": list(pair), "kpi_id": kpi_id, **plain(_kpi(lake, kpi_id))}
            for pair, kpi_id in sweep.crossovers.items()
        ],
    }


def _shown(lake: Lake, sweep: Sweep, name: str) -> RenderableType:
    crossings = []
    lines = [
        Text(f"{place}  {curve.design_id[:19]}  {recipe(lake, curve.design_id)}")
        for place, curve in enumerate(sweep.curves, 1)
    ]
    heads = ["power", *(str(place) for place in range(1, len(sweep.curves) + 1))]
    rows = [
        [f"{number(power)} W", *(_cell(lake, curve, name, row) for curve in sweep.curves)]
        for row, power in enumerate(sweep.curves[0].powers)
    ]
    places = {curve.design_id: place for place, curve in enumerate(sweep.curves, 1)}
    for (first, second), kpi_id in sweep.crossovers.items():
        kpi = _kpi(lake, kpi_id)
        if kpi is not None and kpi.value is not None:
            value = quantity(kpi.value, kpi.unit, kpi.standard_uncertainty)
            crossings.append(Text(f"{places[first]} and {places[second]} cross at {value}  {kpi_id[:16]}"))
    return Group(*lines, Text(), wide_table(heads, rows), *crossings)


def _cell(lake: Lake, curve: PowerCurve, name: str, row: int) -> str:
    if curve.error or row >= len(curve.cells):
        return "failed"
    kpi_id = curve.kpi_ids(name)[row]
    kpi = _kpi(lake, kpi_id)
    if kpi is None or curve.cells[row].error:
        return "failed"
    if kpi.outcome is not KpiOutcome.MEASURED:
        return "infeasible"
    return f"{quantity(kpi.measured_value, kpi.unit, kpi.standard_uncertainty)}  {kpi_id[:16]}"
