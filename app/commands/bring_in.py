"""`ragone import`: a segmented volume becomes a microstructure, and runs through the same stages as a drawn one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ragone.app.tables.answers import quantity, short
from ragone.app.tables.measured import transport_lines
from ragone.app.terminal.durations import DISCHARGING, measuring
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, FOUND, FoundError, Session
from ragone.dataset.errors import StageFailedError
from ragone.flows.cell.building import plan_cell
from ragone.flows.electrode.microstructure import Evaluated, evaluate_microstructure
from ragone.flows.parameter_files.fields import settings_of
from ragone.pipelines.files.images import Budget, Choices, ImportedVolume, import_volume, parse_labels, parse_phases
from ragone.schemas import Discharge, Kpi, KpiOutcome, Microstructure
from ragone.schemas.field import POSITIVE
from ragone.schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Store the volume and evaluate it; 1 if a stage failed or the cell cannot deliver the power."""
    given = session.arguments
    volume = _volume(session)  # all arguments are read before a lake is made: a bad one leaves nothing behind
    settings = settings_of([*given.settings, f"mass_loading={given.mass_loading}"])
    plan = plan_cell(settings, of_electrode=True, materials=given.materials)
    power = Discharge.parameters()["power_watt"].read(given.power, "--power")
    with session.lake(create=True) as lake:
        note = "; ".join((f"imported from {_name(given.file)}", *volume.assumed, *volume.noticed))
        with session.working("storing the volume"):
            stored = lake.get(lake.put(volume.microstructure, note=note), Microstructure)
        if given.only_store:
            session.answer({"microstructure_id": stored.id, **_facts(volume)}, "\n".join(_lines(volume, stored.id)))
            return FINE
        session.advise("\n".join(_lines(volume, stored.id)))
        expected = [*measuring(["transport"], volume.microstructure), DISCHARGING]
        with Watcher(session.notes, hidden=session.silent, expected=expected) as watcher:
            try:
                found = evaluate_microstructure(lake, stored, plan, power_watt=power, progress=watcher)
            except StageFailedError as failure:
                raise FoundError(f"{failure}. The volume is stored as {stored.id}.") from failure
    return _tell(session, volume, stored.id, found)


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
        subvoxels=given.subvoxels,
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
    """The facts that were read, for `--json`."""
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


def _tell(session: Session, volume: ImportedVolume, stored: str, found: Evaluated) -> int:
    feasible = all(kpi.outcome is KpiOutcome.MEASURED for kpi in found.kpis.values())
    data = {
        "microstructure_id": stored,
        **_facts(volume),
        "materials_id": found.materials.id,
        "transport_id": found.transport.id,
        "cell_id": found.cell.id,
        "discharge_id": found.discharge.id,
        "kpis": {name: _kpi(kpi) for name, kpi in found.kpis.items()},
    }
    lines = [f"microstructure {stored}", *transport_lines(found.transport)]
    lines += [f"{name:<15} {_value(kpi):<22} {kpi.id}" for name, kpi in found.kpis.items()]
    if not feasible:
        lines.append(f"infeasible: {found.discharge.outcome}")
    session.answer(data, "\n".join(lines))
    last = next(iter(found.kpis.values()), found.transport)
    session.advise(f"Try next: ragone reproduce {short(last.id)}{session.again()}")
    return FINE if feasible else FOUND


def _value(kpi: Kpi) -> str:
    return "none" if kpi.value is None else quantity(kpi.value, kpi.unit, kpi.standard_uncertainty)


def _kpi(kpi: Kpi) -> dict[str, Any]:
    return {
        "id": kpi.id,
        "value": kpi.value,
        "unit": kpi.unit,
        "standard_uncertainty": kpi.standard_uncertainty,
        "sample_count": kpi.sample_count,
        "outcome": kpi.outcome,
    }
