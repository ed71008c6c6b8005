"""Validation of a cell's model against measured discharges: the same discharge simulated, and the voltage deviation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ragone.dataset import Lake
from ragone.flows.cell.cycling import CellTest, cycle_many, free_test
from ragone.flows.running.execution import Execution
from ragone.flows.running.progress import Progress, Silent
from ragone.pipelines.cell.protocols import discharge_alike
from ragone.pipelines.kpi import voltage_deviation
from ragone.schemas import Kpi, KpiOutcome, Measurement, RunOutcome


@dataclass(frozen=True)
class Validation:
    """One measured discharge: ids of it, of its simulation, and of the KPIs of their deviation by name."""

    measurement_id: str
    step: str
    cycling_id: str = ""
    kpi_ids: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


def compare_discharges(
    lake: Lake,
    cell_id: str,
    measurement_ids: Sequence[str],
    execution: Execution | None = None,
    *,
    ambient_temperature_kelvin: float | None = None,
    thermal: Mapping[str, Any] | None = None,
    voltage_uncertainty_volt: float = 0.0,
    progress: Progress | None = None,
) -> tuple[Validation, ...]:
    """Simulate each measured discharge with a cell, from full, and compare the voltages.

    Parameters
    ----------
    lake
        The lake that holds cell and measurements.
    cell_id
        The cell whose model is validated.
    measurement_ids
        Ids of curves that begin full and hold a discharge at constant current.
    execution
        Where the simulations run; in this process if None.
    ambient_temperature_kelvin
        Ambient temperature of all simulations [K]; that of each measurement if None, and where it has none 298.15 K.
    thermal
        Parameters of `cycle_cell` about heat; isothermal if None.
    voltage_uncertainty_volt
        Standard uncertainty of the instrument [V].
    progress
        Receives every simulation.

    Raises
    ------
    OtherKindError
        If an id is no measurement.
    ProtocolError
        If one holds no discharge at constant current; before anything is simulated.
    """
    watcher = progress or Silent()
    watcher.started(2 * len(measurement_ids))
    tests = [
        _test(lake.get(name, Measurement), f"{number}", ambient_temperature_kelvin, thermal or {})
        for number, name in enumerate(measurement_ids)
    ]
    watcher.step(f"simulating {len(tests)} discharges")
    cycled = cycle_many(lake, [cell_id], tests, execution)
    watcher.advanced()
    found = []
    for measurement_id, test, one in zip(measurement_ids, tests, cycled, strict=True):
        step = test.steps[1]
        if one.error:
            found.append(Validation(measurement_id, step, error=one.error))
            continue
        run = lake.run(
            voltage_deviation,
            measured=measurement_id,
            simulated=one.cycling_id,
            voltage_uncertainty_volt=voltage_uncertainty_volt,
        )
        failed = _unmatched(lake, run.outputs) if run.outcome is RunOutcome.COMPLETED else run.error
        found.append(Validation(measurement_id, step, one.cycling_id, dict(run.outputs), failed))
        watcher.advanced()
    return tuple(found)


def _unmatched(lake: Lake, outputs: Mapping[str, str]) -> str:
    """Return why the curves could not be compared; empty if they were."""
    kpi = lake.get(outputs["voltage_rmse"], Kpi)
    return "" if kpi.outcome is KpiOutcome.MEASURED else kpi.method


def _test(measured: Measurement, name: str, ambient: float | None, thermal: Mapping[str, Any]) -> CellTest:
    temperature = measured.ambient_temperature_kelvin if ambient is None else ambient
    parameters = {"ambient_temperature_kelvin": temperature} if temperature else {}
    return replace(free_test(discharge_alike(measured), {**parameters, **thermal}), name=name)
