"""Designs at many powers: the Ragone curve of each, and where two of them cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from ragone.dataset import Lake
from ragone.flows.design.evaluation import Evaluated
from ragone.flows.design.study import Study
from ragone.flows.design.ways import Way, evaluate_in_ways
from ragone.flows.errors import StudyError
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Progress
from ragone.flows.running.tracking import run_stage
from ragone.flows.running.workspace import open_workspace
from ragone.pipelines.kpi import crossover
from ragone.schemas import Candidate, Discharge, Kpi, KpiOutcome

_POWER = "power_watt"
_CELL = "assemble"


@dataclass(frozen=True)
class PowerCurve:
    """One design at every power [W]: what was stored, in the order of the powers. `role` is that of the discharge."""

    candidate: Candidate
    powers: tuple[float, ...]
    role: str
    evaluated: tuple[Evaluated, ...] = ()
    error: str = ""

    def kpi_ids(self, name: str) -> list[str]:
        """The ids of one KPI at each power; empty where the evaluation failed."""
        return [one.kpi_ids.get(f"{self.role}.{name}", "") for one in self.evaluated]

    @property
    def kpi_names(self) -> set[str]:
        """The KPIs of the discharges."""
        return {key.partition(".")[2] for one in self.evaluated for key in one.kpi_ids}

    @property
    def discharge_ids(self) -> list[str]:
        """The ids of every discharge that was computed."""
        return [one.ids[self.role] for one in self.evaluated if self.role in one.ids]

    @property
    def cell_id(self) -> str:
        """The id of the cell; empty if it failed."""
        return next((one.ids[_CELL] for one in self.evaluated if _CELL in one.ids), "")


@dataclass(frozen=True)
class Sweep:
    """The curves of all designs, and the crossover KPI of each pair that crosses, by the ids of the candidates."""

    curves: tuple[PowerCurve, ...]
    crossovers: Mapping[tuple[str, str], Kpi] = field(default_factory=dict)


@job("powers")
def sweep_powers(
    lake: Lake, study: Study, candidates: Sequence[Candidate], powers: Sequence[float], progress: Progress | None = None
) -> Sweep:
    """Discharge the cell of each design at each power.

    Parameters
    ----------
    lake
        Where the designs are, and everything else will be.
    study
        How a design becomes a cell and is discharged: its steps, resolution and seed. Space, budget and goals do not
        matter.
    candidates
        The designs.
    powers
        Of the whole cell [W].
    progress
        Receives the progress.

    Raises
    ------
    StudyError
        If no step of the study discharges at constant power; before anything is computed.
    """
    role = power_role(study)
    chain = study.chain.needed([role])
    read = tuple(one for one in study.extractions if one.sources == (role,))
    ways = [Way(chain, read, {role: {_POWER: power}}) for power in powers]
    with open_workspace(lake, study.execution, progress) as workspace:
        found = evaluate_in_ways(workspace, study, candidates, ways)
    curves = tuple(PowerCurve(one.design.candidate, tuple(powers), role, one.evaluated, one.error) for one in found)
    return Sweep(curves, _crossovers(lake, curves))


def power_role(study: Study) -> str:
    """The role of the step that discharges at a power."""
    fitting = [s.role for s in study.chain if s.gives is Discharge and _POWER in s.stage.parameters]
    if not fitting:
        raise StudyError(f"no step of study {study.name!r} discharges at constant power. Name another study.")
    return fitting[0]


def _crossovers(lake: Lake, curves: Sequence[PowerCurve]) -> dict[tuple[str, str], Kpi]:
    """Store the crossover of each pair whose curves cross."""
    found = {}
    for first, second in combinations([curve for curve in curves if curve.discharge_ids], 2):
        run = run_stage(
            "conclude",
            lake,
            crossover,
            first_cell=first.cell_id,
            first=first.discharge_ids,
            second_cell=second.cell_id,
            second=second.discharge_ids,
        )
        kpi = lake.get(run.id, Kpi)
        if kpi.outcome is KpiOutcome.MEASURED:
            found[first.candidate.id, second.candidate.id] = kpi
    return found
