"""`ragone import`: a segmented volume becomes a microstructure, and runs through the same stages as a design."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from app.tables.answers import quantity, short
from app.tables.measured import transport_lines
from app.terminal.durations import DISCHARGING, measuring
from app.terminal.progress import Watcher
from app.terminal.session import FINE, FOUND, FoundError, Session
from dataset import Lake
from flows import CellMeasured, evaluate_microstructure
from pipelines.files.images import Budget, Choices, ImportedVolume, import_volume, parse_labels, parse_phases
from schemas import Design, Discharge, Kpi, KpiOutcome, Microstructure, Record, Transport
from schemas.field import POSITIVE
from schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Store the volume and evaluate it; 1 if a stage failed or the cell cannot deliver the power."""
    given = session.arguments
    volume = _volume(session)  # all arguments are read before a lake is made: a bad one leaves nothing behind
    loading = _bounded(given.mass_loading, Design, "mass_loading_kilogram_per_square_metre", "--mass-loading")
    power = _bounded(given.power, Discharge, "power_watt", "--power")
    with session.lake(create=True) as lake:
        note = "; ".join((f"imported from {_name(given.file)}", *volume.assumed, *volume.noticed))
        with session.working("storing the volume"):
            stored = lake.put(volume.microstructure, note=note)
        if given.only_store:
            session.answer({"microstructure_id": stored, **_facts(volume)}, "\n".join(_lines(volume, stored)))
            return FINE
        session.advise("\n".join(_lines(volume, stored)))
        expected = [*measuring(["transport"], volume.microstructure), DISCHARGING]
        with Watcher(session.notes, hidden=session.silent, expected=expected) as watcher:
            cell = evaluate_microstructure(
                lake,
                stored,
                mass_loading_kilogram_per_square_metre=loading,
                power_watt=power,
                progress=watcher,
            )
        if cell.error:
            raise FoundError(f"{cell.error}. The volume is stored as {stored}.")
        return _tell(session, lake, stored, volume, cell)


def _volume(session: Session) -> ImportedVolume:
    given = session.arguments
    edges = None if given.voxel_size is None else [_length(text) for text in given.voxel_size.split(",")]
    choices = Choices(
        axis=given.axis,
        outside=() if given.outside is None else parse_labels(given.outside),
        crop=given.crop,
        trim=given.trim,
        inside=given.path,
        layout=given.raw,
    )
    largest = parse_quantity(given.largest_size, "byte", "--largest-size", POSITIVE)
    with session.working("reading the volume"):
        return import_volume(
            given.file,
            voxel_size_metre=edges,
            phases=parse_phases(given.phases),
            source=given.source or _name(given.file),
            licence=given.licence,
            choices=choices,
            budget=Budget(voxel_bytes=int(largest)),
        )


def _length(text: str) -> float:
    return parse_quantity(text.strip(), "m", "--voxel-size", Microstructure.fields()["voxel_edges_metre"].bounds)


def _facts(volume: ImportedVolume) -> dict[str, Any]:
    """What was read, for `--json`."""
    found = volume.microstructure
    return {
        "shape": found.labels.shape,
        "voxel_edges_metre": found.voxel_edges_metre.tolist(),
        "fractions": {
            name: float(np.count_nonzero(found.phase(name)) / found.labels.size) for name in found.phase_names
        },
        "labels": found.phase_map(),
        "assumed": volume.assumed,
        "noticed": volume.noticed,
    }


def _lines(volume: ImportedVolume, stored: str) -> list[str]:
    facts = _facts(volume)
    shares = ", ".join(f"{name} {share:.4g}" for name, share in facts["fractions"].items())
    return [
        f"microstructure {stored}",
        f"{' x '.join(map(str, facts['shape']))} voxels of "
        f"{' x '.join(f'{edge * 1e6:.6g}' for edge in facts['voxel_edges_metre'])} um, through-plane first",
        f"fractions: {shares} [-]",
        *(f"assumed: {text}" for text in volume.assumed),
        *(f"noticed: {text}" for text in volume.noticed),
    ]


def _name(path: str) -> str:
    """The name of a file as text that can be stored, whatever its bytes."""
    return os.fsencode(Path(path).name).decode("utf-8", "replace")


def _bounded(text: str, record: type[Record], field: str, what: str) -> float:
    """A quantity in the unit and within the bounds of a record's field."""
    spec = record.fields()[field]
    return parse_quantity(text, spec.unit, what, spec.bounds)


def _tell(session: Session, lake: Lake, stored: str, volume: ImportedVolume, cell: CellMeasured) -> int:
    transport = lake.get(cell.transport_id)
    kpis = {name: record for name, i in cell.kpi_ids.items() if isinstance(record := lake.get(i), Kpi)}
    assert isinstance(transport, Transport)
    feasible = all(kpi.outcome is KpiOutcome.MEASURED for kpi in kpis.values())
    data = {
        "microstructure_id": stored,
        **_facts(volume),
        "transport_id": cell.transport_id,
        "cell_id": cell.cell_id,
        "discharge_id": cell.discharge_id,
        "kpis": {name: _kpi(kpi, cell.kpi_ids[name]) for name, kpi in kpis.items()},
    }
    lines = [f"microstructure {stored}", *transport_lines(transport)]
    lines += [f"{name:<15} {_value(kpi):<22} {cell.kpi_ids[name]}" for name, kpi in kpis.items()]
    if not feasible:
        lines.append(f"infeasible: {getattr(lake.get(cell.discharge_id), 'outcome', 'no discharge')}")
    session.answer(data, "\n".join(lines))
    kpi_id = next(iter(cell.kpi_ids.values()), cell.transport_id)
    session.advise(f"Try next: ragone reproduce {short(kpi_id)}{session.again()}")
    return FINE if feasible else FOUND


def _value(kpi: Kpi) -> str:
    return "none" if kpi.value is None else quantity(kpi.value, kpi.unit, kpi.standard_uncertainty)


def _kpi(kpi: Kpi, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "value": kpi.value,
        "unit": kpi.unit,
        "standard_uncertainty": kpi.standard_uncertainty,
        "sample_count": kpi.sample_count,
        "outcome": kpi.outcome,
    }
