"""`ragone thermal`: where a cell's heat comes from, how warm it gets, and whether it runs away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.pictures.thermal import draw_thermal
from app.tables.answers import plain, quantity, short
from app.terminal.session import FINE, FOUND, Session
from flows.cell.thermal import judge_heat
from pipelines.thermal import TEMPERATURES
from schemas import CellOutcome, CellParameters, Kpi, KpiOutcome, Record
from schemas.errors import MissingFieldError
from schemas.field import POSITIVE
from schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Balance, tell, draw; 1 if there is no steady temperature."""
    given = session.arguments
    settings = _settings(given)
    with session.lake() as lake:
        name = lake.resolve(given.id)
        with session.working("heat balances"):
            found = judge_heat(lake, name, settings)
        records = {stage: {kpi: lake.get(i) for kpi, i in ids.items()} for stage, ids in found.items()}
        cell = lake.get(name)
    assert isinstance(cell, CellParameters)
    if given.png and cell.outcome is CellOutcome.BUILT:
        with session.working("drawing"):
            draw_thermal(cell, settings, _kpis(records["steady"]), _kpis(records["runaway"]), given.png)
        session.advise(f"drawn into {given.png}")
    data = {
        stage: {kpi: {"id": found[stage][kpi], **plain(record)} for kpi, record in of.items()}
        for stage, of in records.items()
    }
    lines = [line for stage, of in records.items() for line in [stage, *_lines(_kpis(of), found[stage])]]
    session.answer({"cell_id": name, **data}, "\n".join(lines))
    steady = _kpis(records["steady"])["steady_temperature"]
    return FINE if steady.outcome is KpiOutcome.MEASURED else FOUND


def _settings(given: Any) -> dict[str, dict[str, Any]]:
    """Parameters of both stages."""
    if (given.power is None) == (given.c_rate is None):
        raise MissingFieldError("give one of --power and --c-rate, for example --power '20 W' or --c-rate 1.")
    shared = {
        "heat_transfer_coefficient_watt_per_square_metre_kelvin": parse_quantity(given.h, "W/(m^2*K)", "--h", POSITIVE),
        "ambient_temperature_kelvin": parse_quantity(given.ambient, "K", "--ambient", TEMPERATURES),
    }
    load = (
        {"c_rate": parse_quantity(given.c_rate, "1", "--c-rate", POSITIVE)}
        if given.power is None
        else {"power_watt": parse_quantity(given.power, "W", "--power", POSITIVE)}
    )
    runaway = {
        "oven_temperature_kelvin": parse_quantity(given.oven, "K", "--oven", TEMPERATURES),
        "adiabatic_start_temperature_kelvin": parse_quantity(
            given.adiabatic_from, "K", "--adiabatic-from", TEMPERATURES
        ),
    }
    return {"steady": {**load, **shared}, "runaway": {**runaway, **shared}}


def _kpis(records: Mapping[str, Record]) -> dict[str, Kpi]:
    return {name: record for name, record in records.items() if isinstance(record, Kpi)}


def _lines(kpis: Mapping[str, Kpi], ids: Mapping[str, str]) -> list[str]:
    """Value or none, and id, of each; then, once each, the reasons for which there is none."""
    lines = [f"  {name:<32} {_value(kpi):<14} {short(ids[name])}" for name, kpi in kpis.items()]
    without = [kpi for kpi in kpis.values() if kpi.outcome is not KpiOutcome.MEASURED]
    return [*lines, *dict.fromkeys(f"  {kpi.outcome}: {kpi.method.removeprefix('no value: ')}" for kpi in without)]


def _value(kpi: Kpi) -> str:
    if kpi.outcome is not KpiOutcome.MEASURED:
        return "none"
    return quantity(kpi.measured_value, "-" if kpi.unit == "1" else kpi.unit)
