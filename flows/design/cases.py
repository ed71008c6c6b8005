"""The three case studies of Kench et al. (2024) as campaigns, and the designs that they find side by side.

1. A half cell of fixed loading, judged by capacity per gram of active material, at several rates.
2. A full 4680 cell, the same two parameters, energy density at a low and at a high power.
3. All four parameters: an energy cell and a power cell, and the first study's design beside them at many powers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ragone.dataset import Lake
from ragone.flows.design.campaign import run_campaign, units_of
from ragone.flows.design.powers import PowerCurve, Sweep, sweep_powers
from ragone.flows.design.study import Study
from ragone.flows.design.trials import CampaignResult
from ragone.flows.errors import CampaignError
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Parts, Progress, Silent
from ragone.pipelines.kpi import ragone_curve, relative_deviation
from ragone.schemas import Candidate, Kpi

KPI = "energy_density"


@dataclass(frozen=True)
class Case:
    """One campaign: its case study, its parameter file, and what is changed in it."""

    study: int
    name: str
    file: str
    change: str

    def load(self, folder: Path) -> Study:
        """Load the study of the case.

        Raises
        ------
        StudyError
            If the file is missing or wrong.
        """
        return Study.load(folder / self.file, [f"name={self.name}", self.change])


RATES = (0.5, 1.0, 2.0, 4.0)  # 1/h
LOW, HIGH = 10.0, 200.0  # W
POWERS = (5.0, 10.0, 20.0, 30.0, 40.0, 54.0, 70.0, 100.0, 150.0, 200.0, 300.0)  # W
CASES = (
    *(Case(1, f"half-cell-{rate:g}C", "half-cell.yaml", f"steps.discharge.rate={rate:g} 1/h") for rate in RATES),
    *(
        Case(2, f"full-cell-{power:g}W", "full-cell.yaml", f"steps.discharge.power={power:g} W")
        for power in (LOW, HIGH)
    ),
    *(
        Case(3, f"four-{power:g}W", "four-parameters.yaml", f"steps.discharge.power={power:g} W")
        for power in (LOW, HIGH)
    ),
)


@dataclass(frozen=True)
class Cases:
    """Every campaign by the name of its case; the energy cell, the power cell and the half cell's design at many
    powers, in this order; the KPIs that compare them, by what they say.
    """

    campaigns: dict[str, CampaignResult]
    sweep: Sweep
    kpis: dict[str, Kpi]


@job("cases")
def run_cases(lake: Lake, folder: Path, progress: Progress | None = None) -> Cases:
    """Run all campaigns, or go on with them, and compare what they found.

    Parameters
    ----------
    lake
        Where everything is stored.
    folder
        Of the parameter files.
    progress
        Receives the progress of each campaign in turn.

    Raises
    ------
    StudyError
        If a parameter file is missing or wrong; before anything runs.
    CampaignError
        If no design of a campaign is feasible.
    """
    studies = {case.name: case.load(folder) for case in CASES}
    parts = Parts(progress or Silent(), {name: units_of(study) for name, study in studies.items()})
    campaigns = {name: run_campaign(lake, study, parts.part(name)) for name, study in studies.items()}
    chosen = [_best(campaigns, name) for name in (f"four-{LOW:g}W", f"four-{HIGH:g}W", f"half-cell-{max(RATES):g}C")]
    sweep = sweep_powers(lake, studies[f"four-{HIGH:g}W"], chosen, POWERS, parts.part("many powers"))
    return Cases(campaigns, sweep, _compared(lake, sweep.curves))


def _best(campaigns: dict[str, CampaignResult], name: str) -> Candidate:
    best = campaigns[name].best
    if best is None:
        raise CampaignError(f"no design of {name} is feasible. Change its space in the parameter file.")
    return best.candidate


def _compared(lake: Lake, curves: Sequence[PowerCurve]) -> dict[str, Kpi]:
    """Compare the optima with the half cell's design, and find the power that each gives for an hour."""
    energy, power, half = curves
    found = {}
    for what, curve, at in (("energy cell", energy, LOW), ("power cell", power, HIGH)):
        ours, theirs = (one.kpi_ids(KPI)[POWERS.index(at)] for one in (curve, half))
        run = lake.run(relative_deviation, subject=ours, reference=theirs)
        found[f"{what} over the half cell's design at {at:g} W"] = lake.get(run.id, Kpi)
    for what, curve in (("energy cell", energy), ("power cell", power), ("half cell's design", half)):
        run = lake.run(ragone_curve, curves=curve.discharge_ids, cell=curve.cell_id)
        found[f"one-hour power of the {what}"] = lake.get(run.outputs["one_hour_power"], Kpi)
    return found
