"""The spectrum of a cell, simulated or measured, and what it says of the cell's resistance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ragone.dataset import Lake
from ragone.flows.cell.kpis import StageKpis, extract
from ragone.flows.errors import KpiError
from ragone.flows.running.progress import Progress
from ragone.pipelines.cell.impedance import simulate_impedance
from ragone.pipelines.files.cyclers.impedance import read_impedance
from ragone.pipelines.kpi.impedance import relaxation_distribution
from ragone.schemas import CellParameters, Impedance, RelaxationDistribution

SPLIT = ("kramers_kronig", "equivalent_circuit", "relaxation_times")


def simulated(
    lake: Lake,
    subject_id: str,
    *,
    state_of_charge: float,
    temperature_kelvin: float,
    lowest_frequency_hertz: float,
    highest_frequency_hertz: float,
    particle_size_points: int = 0,
) -> str:
    """Id of the spectrum of a cell, computed or found; of a spectrum its own.

    Raises
    ------
    KpiError
        If the id is neither that of a cell nor of a spectrum.
    StageFailedError
        If the simulation fails.
    """
    record = lake.get(subject_id)
    if isinstance(record, Impedance):
        return record.id
    if not isinstance(record, CellParameters):
        raise KpiError(
            f"{record.id} has no impedance. Give cell parameters, a spectrum, or the file of a measured one."
        )
    return lake.run(
        simulate_impedance,
        cell=record.id,
        state_of_charge=state_of_charge,
        temperature_kelvin=temperature_kelvin,
        lowest_frequency_hertz=lowest_frequency_hertz,
        highest_frequency_hertz=highest_frequency_hertz,
        particle_size_points=particle_size_points,
    ).id


def imported(
    lake: Lake,
    path: str | Path,
    *,
    state_of_charge: float | None,
    temperature_kelvin: float | None,
    source: str,
    licence: str,
    units: Mapping[str, str],
) -> str:
    """Id of a measured spectrum, read from a file and stored."""
    spectrum = read_impedance(
        path,
        state_of_charge=state_of_charge,
        temperature_kelvin=temperature_kelvin,
        source=source,
        licence=licence,
        units=units,
    )
    return lake.put(spectrum, note=f"imported from {spectrum.source}")


def split(
    lake: Lake, impedance_id: str, *, diffusion_from_second: float, progress: Progress | None = None
) -> list[StageKpis]:
    """Kramers-Kronig test, equivalent circuit and relaxation times of a spectrum."""
    settings = {"diffusion_from_second": diffusion_from_second}
    return extract(lake, [impedance_id], SPLIT, settings=settings, progress=progress)


def distribution(lake: Lake, impedance_id: str, *, diffusion_from_second: float) -> RelaxationDistribution:
    """The distribution of relaxation times of a spectrum, computed or found."""
    found = lake.run(relaxation_distribution, impedance=impedance_id, diffusion_from_second=diffusion_from_second)
    return lake.get(found.id, RelaxationDistribution)
