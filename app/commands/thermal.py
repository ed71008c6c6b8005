"""`ragone thermal`: where a cell's heat comes from, how warm it gets, and whether it runs away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.app.pictures.thermal import draw_thermal
from ragone.app.tables.answers import plain, quantity, short
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.cell.thermal import balance_around, judge_heat
from ragone.pipelines.thermal import steady_temperature, thermal_runaway
from ragone.schemas import CellOutcome, CellParameters, Kpi, KpiOutcome
from ragone.schemas.errors import MissingFieldError

_H = "heat_transfer_coefficient_watt_per_square_metre_kelvin"
_AMBIENT = "ambient_temperature_kelvin"


def execute(session: Session) -> int:
    """Balance, report, draw; 1 if there is no steady temperature."""
    given = session.arguments
    settings = _settings(given)
    with session.lake() as lake:
        with session.working("heat balances"):
            found = judge_heat(lake, given.id, settings)
        records = {stage: {kpi: lake.get(i, Kpi) for kpi, i in ids.items()} for stage, ids in found.items()}
        steady = records["steady"]
        cell = lake.get(given.id, CellParameters)
        if given.png and cell.outcome is CellOutcome.BUILT:
            with session.working("drawing"):
                balance = balance_around(lake, given.id, settings["steady"], steady["steady_temperature"])
            draw_thermal(balance, steady, records["runaway"], given.png)
            session.advise(f"drawn into {given.png}")
    data = {
        stage: {kpi: {"id": found[stage][kpi], **plain(record)} for kpi, record in of.items()}
        for stage, of in records.items()
    }
    lines = [line for stage, of in records.items() for line in [stage, *_lines(of, found[stage])]]
    session.answer({"cell_id": cell.id, **data}, "\n".join(lines))
    return FINE if steady["steady_temperature"].outcome is KpiOutcome.MEASURED else FOUND


def _settings(given: Any) -> dict[str, dict[str, Any]]:
    """Parameters of both stages."""
    if (given.power is None) == (given.c_rate is None):
        raise MissingFieldError("give one of --power and --c-rate, for example --power '20 W' or --c-rate 1.")
    shared = {
        _H: _read("heat_transfer_coefficient", given.h, "--h"),
        _AMBIENT: _read("ambient_temperature", given.ambient, "--ambient"),
    }
    load = (
        {"c_rate": steady_temperature.parameter("c_rate").read(given.c_rate, "--c-rate")}
        if given.power is None
        else {"power_watt": steady_temperature.parameter("power").read(given.power, "--power")}
    )
    runaway = {
        "oven_temperature_kelvin": _read("oven_temperature", given.oven, "--oven"),
        "adiabatic_start_temperature_kelvin": _read(
            "adiabatic_start_temperature", given.adiabatic_from, "--adiabatic-from"
        ),
    }
    return {"steady": {**load, **shared}, "runaway": {**runaway, **shared}}


def _read(name: str, text: str, option: str) -> float:
    """The value of an option, as the parameter of `thermal_runaway` reads it."""
    return float(thermal_runaway.parameter(name).read(text, option))


def _lines(kpis: Mapping[str, Kpi], ids: Mapping[str, str]) -> list[str]:
    """Value or none, and id, of each; then, once each, the reasons for which there is none."""
    lines = [f"  {name:<32} {_value(kpi):<14} {short(ids[name])}" for name, kpi in kpis.items()]
    without = [kpi for kpi in kpis.values() if kpi.outcome is not KpiOutcome.MEASURED]
    return [*lines, *dict.fromkeys(f"  {kpi.outcome}: {kpi.method.removeprefix('no value: ')}" for kpi in without)]


def _value(kpi: Kpi) -> str:
    if kpi.outcome is not KpiOutcome.MEASURED:
        return "none"
    return quantity(kpi.measured_value, "-" if kpi.unit == "1" else kpi.unit)
