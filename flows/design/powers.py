"""Designs at many powers: the Ragone curve of each, and where two of them cross. As a flow over the lake."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from dataset import Lake
from flows.design.cubes import measure_cubes
from flows.design.evaluate import measure_cell
from flows.design.study import Study
from flows.design.trials import CellMeasured
from flows.errors import StudyError
from flows.running.executors import open_executor, run_all
from flows.running.progress import Progress, Silent
from flows.running.workers import lend
from pipelines.kpi import crossover
from schemas import Campaign, Design, Kpi, KpiOutcome


@dataclass(frozen=True)
class PowerCurve:
    """One design at every power [W]: the ids of its cell, discharges and KPIs; in the order of the powers."""

    design_id: str
    powers: tuple[float, ...]
    cells: tuple[CellMeasured, ...] = ()
    error: str = ""

    def kpi_ids(self, name: str) -> list[str]:
        """Of one KPI at each power; empty where the evaluation failed."""
        return [cell.kpi_ids.get(name, "") for cell in self.cells]


@dataclass(frozen=True)
class Sweep:
    """The curves of all designs, and the id of the crossover KPI of each pair that crosses."""

    curves: tuple[PowerCurve, ...]
    crossovers: dict[tuple[str, str], str] = field(default_factory=dict)


def designs_of(lake: Lake, ids: Sequence[str]) -> list[str]:
    """Full ids of designs; a campaign stands for its best one.

    Raises
    ------
    StudyError
        If an id is neither, or no design of a campaign was feasible.
    """
    found = []
    for name in map(lake.resolve, ids):
        record = lake.get(name)
        if isinstance(record, Campaign) and record.best_design_id:
            found.append(record.best_design_id)
        elif isinstance(record, Design):
            found.append(name)
        else:
            raise StudyError(f"{name} is neither a design nor a campaign with a feasible design. Give one of them.")
    return list(dict.fromkeys(found))


def sweep_powers(
    lake: Lake, study: Study, design_ids: Sequence[str], powers: Sequence[float], progress: Progress | None = None
) -> Sweep:
    """Discharge the cell of each design at each power.

    Parameters
    ----------
    lake
        Where the designs are, and everything else will be.
    study
        How a design becomes a cell: its resolution, seed and engines. Its space, budget and objective do not matter.
    design_ids
        Full ids.
    powers
        Of the whole cell [W].
    progress
        Is told how far it is.

    Raises
    ------
    StudyError
        If the discharge of the study is at no constant power; before anything is computed.
    """
    discharge = study.engines["discharge"]
    if "power_watt" not in inspect.signature(discharge.stage.function).parameters:
        raise StudyError(
            f"stages.discharge = {discharge.name} of study {study.name!r} takes no power. Name another study."
        )
    watcher = progress or Silent()
    total = len(design_ids) * (study.resolution.first_cubes + len(powers))
    watcher.started(total)
    with lend(lake) as address, open_executor(study.execution) as executor:
        cubes = measure_cubes(lake, study, executor, address, design_ids, watcher)
        errors = {d: next((c.error for c in cubes[d] if c.error), "") for d in design_ids}
        whole = [design_id for design_id in design_ids if not errors[design_id]]
        watcher.step(f"discharging {len(whole)} cells at {len(powers)} powers")
        calls = [
            (
                address,
                study.engines,
                [cube.transport_id for cube in cubes[design_id]],
                _loading(lake, design_id),
                {"power_watt": power},
            )
            for design_id in whole
            for power in powers
        ]
        found = run_all(executor, measure_cell, calls, lambda *_: watcher.advanced())
    rows = {d: tuple(found[n * len(powers) : (n + 1) * len(powers)]) for n, d in enumerate(whole)}
    curves = tuple(PowerCurve(d, tuple(powers), rows.get(d, ()), errors[d]) for d in design_ids)
    return Sweep(curves, _crossovers(lake, curves))


def _loading(lake: Lake, design_id: str) -> float:
    design = lake.get(design_id)
    assert isinstance(design, Design)
    return design.mass_loading_kilogram_per_square_metre


def _crossovers(lake: Lake, curves: Sequence[PowerCurve]) -> dict[tuple[str, str], str]:
    """Of each pair whose curves cross."""
    found = {}
    for first, second in combinations([curve for curve in curves if _discharges(curve)], 2):
        kpi_id = lake.run(
            crossover,
            first_cell=first.cells[0].cell_id,
            first=_discharges(first),
            second_cell=second.cells[0].cell_id,
            second=_discharges(second),
        ).id
        kpi = lake.get(kpi_id)
        if isinstance(kpi, Kpi) and kpi.outcome is KpiOutcome.MEASURED:
            found[first.design_id, second.design_id] = kpi_id
    return found


def _discharges(curve: PowerCurve) -> list[str]:
    return [cell.discharge_id for cell in curve.cells if cell.discharge_id]
