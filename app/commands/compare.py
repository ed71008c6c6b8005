"""`ragone compare`: validation of a cell's model against measured discharges, by voltages and KPIs."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ragone.app.commands.cycle import condition, heat_parameters
from ragone.app.pictures.validation import draw_validation
from ragone.app.tables.answers import number, plain, quantity, wide_table
from ragone.app.tables.kpi import side_by_side
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.flows import Validation, compare_discharges
from ragone.flows.cell.kpis import extract, stages_asked
from ragone.pipelines.kpi import voltage_deviation
from ragone.schemas import Cycling, Kpi, Measurement

_COLUMNS = ("voltage_rmse", "voltage_bias", "voltage_largest_deviation", "compared_share")


def execute(session: Session) -> int:
    """Simulate, compare, draw and report; 1 if a simulation failed or has no discharge."""
    given = session.arguments
    ambient = condition("ambient_temperature", given.ambient, "--ambient") if given.ambient else None
    instrument = voltage_deviation.parameter("voltage_uncertainty").read(
        given.voltage_uncertainty, "--voltage-uncertainty"
    )
    names = [name.strip() for name in given.what.split(",") if name.strip()]
    stages_asked(names)  # a wrong name is refused before anything is simulated
    with session.lake() as lake:
        subjects = list(dict.fromkeys(lake.resolve(name) for name in given.ids))
        with Watcher(session.notes, hidden=session.silent) as progress:
            found = compare_discharges(
                lake,
                lake.resolve(given.cell),
                subjects,
                ambient_temperature_kelvin=ambient,
                thermal=heat_parameters(given),
                voltage_uncertainty_volt=instrument,
                progress=progress,
            )
            sides = [_kpis(lake, one, names) for one in found if names and not one.error]
        pairs = [_curves(lake, one) for one in found if not one.error]
        if given.png and pairs:
            draw_validation(pairs, given.png)
        session.answer(_plain(lake, found), Group(_table(lake, found), *sides))
    for one in found:
        if one.error:
            session.advise(f"{one.measurement_id[:24]}: {one.error}")
    if given.png and pairs:
        session.advise(f"drawn into {given.png}")
    return FOUND if any(one.error for one in found) else FINE


def _kpis(lake: Lake, one: Validation, names: list[str]) -> Any:
    """Return the KPIs of both curves side by side."""
    subjects = [one.measurement_id, one.cycling_id]
    found = extract(lake, subjects, names)
    records = {artifact: lake.get(artifact) for each in found for artifact in each.kpis.values()}
    return Group(Text(f"\n{one.step}"), side_by_side(subjects, found, records))


def _curves(lake: Lake, one: Validation) -> tuple[Measurement, Cycling]:
    return lake.get(one.measurement_id, Measurement), lake.get(one.cycling_id, Cycling)


def _kpi(lake: Lake, one: Validation, name: str) -> Kpi | None:
    return lake.get(one.kpi_ids[name], Kpi) if name in one.kpi_ids else None


def _plain(lake: Lake, found: tuple[Validation, ...]) -> list[dict[str, Any]]:
    return [
        {
            "measurement_id": one.measurement_id,
            "cycling_id": one.cycling_id,
            "step": one.step,
            "error": one.error,
            "kpis": {name: {"id": one.kpi_ids[name], **plain(_kpi(lake, one, name))} for name in one.kpi_ids},
        }
        for one in found
    ]


def _table(lake: Lake, found: tuple[Validation, ...]) -> Table:
    rows = [[_step(one), *(_cell(_kpi(lake, one, name)) for name in _COLUMNS), one.cycling_id[:20]] for one in found]
    return wide_table(["discharge", "RMSE", "bias", "largest", "compared", "simulation"], rows)


def _step(one: Validation) -> str:
    """Return the step with its numbers to four digits."""
    words = one.step.removeprefix("Discharge at ").split()
    return " ".join(number(round(float(word), 4)) if word[0].isdigit() else word for word in words)


def _cell(kpi: Kpi | None) -> str:
    if kpi is None or kpi.value is None:
        return "none"
    return f"{kpi.value:.1%}" if kpi.unit == "1" else quantity(kpi.value, kpi.unit, kpi.standard_uncertainty)
