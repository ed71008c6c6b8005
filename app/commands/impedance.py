"""`ragone impedance`: the spectrum of a cell, simulated or from a file, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.pictures.impedance import draw_impedance
from ragone.app.tables.answers import plain, quantity, short
from ragone.app.terminal.printable import one_line
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.dataset import Lake
from ragone.flows.cell.impedance import distribution, imported, simulated, split
from ragone.flows.errors import MeasurementError
from ragone.pipelines.files.cyclers.spectrum_columns import parse_impedance_units
from ragone.schemas import Impedance, ImpedanceOutcome, Kpi, KpiOutcome
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Simulate, import or look up; then split, report and draw. 1 if there is no spectrum or a stage failed."""
    given = session.arguments
    border = parse_quantity(given.border, "s", "--border", POSITIVE)
    is_file = Path(given.subject).is_file()
    if not is_file and Path(given.subject).suffix:
        raise MeasurementError(f"there is no file {given.subject}. Name that of a spectrum, or the id of a cell.")
    with session.lake(create=is_file) as lake:
        with session.working("impedance"):
            name = _from_file(session, lake) if is_file else _from_lake(session, lake)
        record = lake.get(name, Impedance)
        with Watcher(session.notes, hidden=session.silent) as watcher:
            found = split(lake, name, diffusion_from_second=border, progress=watcher)
        records = {artifact: lake.get(artifact, Kpi) for one in found for artifact in one.kpis.values()}
        if given.png:
            draw_impedance(record, distribution(lake, name, diffusion_from_second=border), given.png)
            session.advise(f"drawn into {given.png}")
    kpis = {kpi: {"id": i, **plain(records[i])} for one in found for kpi, i in one.kpis.items()}
    errors = {one.name: one.error for one in found if one.error}
    session.answer(
        {"impedance_id": record.id, "impedance": record, "kpis": kpis, "errors": errors},
        _as_table(record, records, errors),
    )
    return FOUND if errors or record.outcome is not ImpedanceOutcome.COMPLETED else FINE


def _from_file(session: Session, lake: Lake) -> str:
    given = session.arguments
    return imported(
        lake,
        given.subject,
        state_of_charge=_share(given.state_of_charge) if given.state_of_charge else None,
        temperature_kelvin=_kelvin(given.temperature) if given.temperature else None,
        source=given.source,
        licence=given.licence,
        units=parse_impedance_units(given.units),
    )


def _from_lake(session: Session, lake: Lake) -> str:
    given = session.arguments
    return simulated(
        lake,
        given.subject,
        state_of_charge=_share(given.state_of_charge or "50 %"),
        temperature_kelvin=_kelvin(given.temperature or "298.15 K"),
        lowest_frequency_hertz=parse_quantity(given.lowest, "Hz", "--lowest", POSITIVE),
        highest_frequency_hertz=parse_quantity(given.highest, "Hz", "--highest", POSITIVE),
        particle_size_points=given.particle_sizes,
    )


def _share(text: str) -> float:
    return parse_quantity(text, "1", "--state-of-charge", Bounds(0, 1))


def _kelvin(text: str) -> float:
    return parse_quantity(text, "K", "--temperature", POSITIVE)


def _as_table(record: Impedance, kpis: Mapping[str, Kpi], errors: Mapping[str, str]) -> RenderableType:
    """The record, a row for each number, the data that they are read off, and why others have no value."""
    table = Table(show_edge=False, box=None, padding=(0, 2, 0, 0))
    for column in ("KPI", "value", "id"):
        table.add_column(column, overflow="fold")
    for artifact, kpi in kpis.items():
        if kpi.outcome is KpiOutcome.MEASURED:
            value = quantity(kpi.measured_value, "-" if kpi.unit == "1" else kpi.unit, kpi.standard_uncertainty)
            table.add_row(Text(kpi.name), Text(value), Text(short(artifact)))
    missing: dict[str, list[str]] = {}
    for kpi in kpis.values():
        if kpi.outcome is not KpiOutcome.MEASURED:
            missing.setdefault(kpi.method, []).append(kpi.name)
    state = [] if record.outcome is ImpedanceOutcome.COMPLETED else [f"{record.outcome}: {record.reason}"]
    windows = max((kpi.window for kpi in kpis.values()), key=len, default="")
    lines = [f"{', '.join(names)}: {reason}" for reason, names in missing.items()]
    lines += [f"{stage}: {error}" for stage, error in errors.items()]
    head = [short(record.id), f"{record.source}: {record.method}", *state, f"read off {windows}"]
    shown = [[Text(one_line(line)) for line in part] for part in (head, lines)]
    return Group(*shown[0], *([table] if table.rows else []), *shown[1])
