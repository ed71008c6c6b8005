"""What a cell model gets wrong that takes tortuosity from porosity: the same cells both ways, over porosity and rate.

Designs of a study that differ in porosity alone are drawn and measured; the cell of each is discharged at several
rates with the measured tortuosity factor and with Bruggeman's. The tensors of the cubes tell the other directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dataset import Lake
from dataset.errors import StageFailedError
from flows.design.cubes import measure_cubes
from flows.design.evaluate import measure_cell
from flows.design.study import Study
from flows.design.trials import CellMeasured, CubeMeasured
from flows.electrode.plan import middle_design
from flows.engines import Engine
from flows.errors import StudyError
from flows.running.executors import open_executor, run_all
from flows.running.progress import Progress, Silent
from flows.running.workers import lake_at, lend
from pipelines.characterise import homogenise_along_all_axes
from pipelines.kpi import relative_deviation
from schemas.errors import did_you_mean

CONSTANT_CURRENT = Engine("discharge", "constant_current")
BRUGGEMAN = Engine("average", "bruggeman")


@dataclass(frozen=True)
class Compared:
    """One design: ids of its mean transport, of the tensor of each cube, and per rate of both KPIs and of their
    deviation; `error` says why there is none.
    """

    design_id: str
    transport_id: str = ""
    tensor_ids: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    error: str = ""


def compare_with_bruggeman(
    lake: Lake,
    study: Study,
    porosities: Sequence[float],
    rates: Sequence[float],
    kpi: str = "energy_density",
    progress: Progress | None = None,
) -> tuple[Compared, ...]:
    """Both ways, every porosity, every rate.

    Parameters
    ----------
    lake
        Where everything is stored.
    study
        Resolution, seed and engines; the designs lie in the middle of its space but for their porosity.
    porosities
        In (0, 1) [-].
    rates
        Currents over the nominal capacity [1/h].
    kpi
        That is compared.
    progress
        Is told how far it is.

    Raises
    ------
    StudyError
        If there is no such KPI.
    """
    watcher = progress or Silent()
    watcher.started(len(porosities) * (2 * study.resolution.first_cubes + 2 * len(rates)))
    middle = middle_design(study)
    designs = {lake.put(replace(middle, porosity=porosity)): middle for porosity in porosities}
    loading = middle.mass_loading_kilogram_per_square_metre
    ways = [{**study.engines, "discharge": CONSTANT_CURRENT}]
    ways.append({**ways[0], "average": BRUGGEMAN})
    with lend(lake) as address, open_executor(study.execution) as executor:
        cubes = measure_cubes(lake, study, executor, address, list(designs), watcher)
        watcher.step("measuring tensors")
        tensors = run_all(
            executor,
            measure_tensor,
            [(address, cube) for d in designs for cube in cubes[d]],
            lambda *_: watcher.advanced(),
        )
        watcher.step("discharging cells")
        calls = [
            (address, engines, [c.transport_id for c in cubes[d]], loading, {"rate_per_hour": rate})
            for d in designs
            if not _error(cubes[d])
            for engines in ways
            for rate in rates
        ]
        cells = iter(run_all(executor, measure_cell, calls, lambda *_: watcher.advanced()))
    found, tensor = [], iter(tensors)
    for design_id in designs:
        error = _error(cubes[design_id])
        tensor_ids = tuple(tensor_id for _ in cubes[design_id] if (tensor_id := next(tensor)))
        both = [] if error else [[next(cells) for _ in rates] for _ in ways]
        found.append(_compared(lake, Compared(design_id, tensor_ids=tensor_ids, error=error), both, kpi))
    return tuple(found)


def measure_tensor(address: str, cube: CubeMeasured) -> str:
    """The id of the transport tensor of a cube; empty if it failed, or there is no cube."""
    if not cube.microstructure_id:
        return ""
    try:
        return lake_at(address).run(homogenise_along_all_axes, microstructure=cube.microstructure_id).id
    except StageFailedError:
        return ""


def _error(cubes: Sequence[CubeMeasured]) -> str:
    return next((cube.error for cube in cubes if cube.error), "")


def _compared(lake: Lake, found: Compared, both: Sequence[Sequence[CellMeasured]], kpi: str) -> Compared:
    error = found.error or next((cell.error for cells in both for cell in cells if cell.error), "")
    if error:
        return replace(found, error=error)
    known = [name for cells in both for cell in cells for name in cell.kpi_ids]
    if kpi not in known:
        raise StudyError(f"there is no KPI {kpi!r} of a discharge: {did_you_mean(kpi, sorted(set(known)))}")
    measured, assumed = ([cell.kpi_ids[kpi] for cell in cells] for cells in both)
    deviations = [
        lake.run(relative_deviation, subject=ours, reference=theirs).id
        for theirs, ours in zip(measured, assumed, strict=True)
    ]
    return replace(
        found,
        transport_id=both[0][0].transport_id,
        measured=tuple(measured),
        assumed=tuple(assumed),
        deviations=tuple(deviations),
    )
