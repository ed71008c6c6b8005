"""The case studies of Kench et al. (2024) as campaigns, and the designs that they find side by side.

1. A half cell of fixed loading, judged by capacity per gram of active material, at a low and at a high rate.
2. A full 4680 cell, the same two parameters, energy density at a low and at a high power.
3. All four parameters: an energy cell and a power cell; the power cell once more by Bruggeman's tortuosity factor; and
   the front of energy at both powers.

Then the designs found, over many powers, over draws of what is not known, and by other forms of the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ragone.dataset import Lake
from ragone.flows.design.campaign import run_campaign, units_of
from ragone.flows.design.conclusions import Conclusion, Verdicts, judge_by_forms
from ragone.flows.design.plateaus import plateau_of
from ragone.flows.design.powers import PowerCurve, Sweep, sweep_powers
from ragone.flows.design.robust import Robustness, delivered_at, draw_designs, regrets_of
from ragone.flows.design.study import Study
from ragone.flows.design.trials import CampaignResult, Trial
from ragone.flows.errors import CampaignError
from ragone.flows.running.jobs import job
from ragone.flows.running.progress import Parts, Progress, Silent
from ragone.flows.uncertainty.budget import DrawPlan
from ragone.pipelines.kpi import ragone_curve, relative_deviation
from ragone.schemas import Candidate, Kpi, Plateau

KPI = "energy_density"
RATES = (1.0, 4.0)  # 1/h
LOW, HIGH = 10.0, 200.0  # W
POWERS = (5.0, 10.0, 20.0, 30.0, 40.0, 54.0, 70.0, 100.0, 150.0, 200.0, 300.0)  # W
ENERGY, POWER, HALF, BRUGGEMAN = "energy cell", "power cell", "half cell's design", "Bruggeman's power cell"
FRONT_CAMPAIGN = "energy-and-power"
_ON_FRONT, _ON_PLATEAU, _DRAWN = 5, 4, 8  # designs of the front, of the plateau, and of all, that are drawn
_NEAR = 0.75  # of the best at HIGH: what is further behind is not drawn
DRAWS = 32


@dataclass(frozen=True)
class Case:
    """One campaign: its case study, its parameter file, and what is changed in it."""

    study: int
    name: str
    file: str
    changes: tuple[str, ...] = ()

    def load(self, folder: Path) -> Study:
        """Load the study of the case.

        Raises
        ------
        StudyError
            If the file is missing or wrong.
        """
        return Study.load(folder / self.file, [f"name={self.name}", *self.changes])


_AT = "steps.discharge.power={:g} W"
_FOUR = "four-parameters.yaml"
CASES = (
    *(Case(1, f"half-cell-{r:g}C", "half-cell.yaml", (f"steps.discharge.rate={r:g} 1/h",)) for r in RATES),
    *(Case(2, f"full-cell-{p:g}W", "full-cell.yaml", (_AT.format(p),)) for p in (LOW, HIGH)),
    *(Case(3, f"four-{p:g}W", _FOUR, (_AT.format(p),)) for p in (LOW, HIGH)),
    Case(3, f"four-{HIGH:g}W-bruggeman", _FOUR, (_AT.format(HIGH), "steps.average=average_with_bruggeman")),
    Case(3, FRONT_CAMPAIGN, "energy-and-power.yaml"),
)
FOUND_BY = {
    ENERGY: f"four-{LOW:g}W",
    POWER: f"four-{HIGH:g}W",
    HALF: f"half-cell-{max(RATES):g}C",
    BRUGGEMAN: f"four-{HIGH:g}W-bruggeman",
}
LEAST_REGRET = "smallest regret"
CONCLUSIONS = (
    Conclusion(ENERGY, POWER, LOW),
    Conclusion(POWER, ENERGY, HIGH),
    Conclusion(LEAST_REGRET, ENERGY, LOW),
    Conclusion(LEAST_REGRET, POWER, HIGH),
    Conclusion(ENERGY, HALF, LOW),
    Conclusion(POWER, HALF, HIGH),
)


@dataclass(frozen=True)
class Cases:
    """Campaigns, the designs that they found, and how far these can be trusted.

    Campaigns and plateaus by the name of the case; designs by name, their curves over all powers, and the largest
    regret of each from LOW to HIGH. `robustness` is that of the designs called `drawn`, in their order; None if fewer
    than two deliver enough at HIGH. `recommended` is the design that is near the best in most draws, or that of the
    smallest regret where nothing was drawn. `kpis` compare designs, by what they say.
    """

    campaigns: dict[str, CampaignResult]
    plateaus: dict[str, Plateau]
    designs: dict[str, Candidate]
    sweep: Sweep
    regrets: dict[str, Kpi]
    recommended: str
    drawn: tuple[str, ...]
    robustness: Robustness | None
    verdicts: Verdicts
    kpis: dict[str, Kpi]

    def curve(self, name: str) -> PowerCurve:
        """The curve of a design."""
        return _curve(self.sweep, self.designs[name])


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
    plateaus = {n: plateau_of(lake, c.campaign) for n, c in campaigns.items() if len(studies[n].objectives) == 1}
    designs, study = _designs(campaigns, plateaus[FOUND_BY[POWER]]), studies[FOUND_BY[POWER]]
    sweep = sweep_powers(lake, study, _distinct(designs), POWERS, parts.part("many powers"))
    curves = {name: _curve(sweep, candidate) for name, candidate in designs.items()}
    regrets = _regrets(lake, designs, sweep)
    drawn = _worth_drawing(lake, curves)
    robustness = _robustness(lake, study, list(drawn.values()), parts.part("draws"))
    recommended = _recommended(regrets, list(drawn), robustness)
    chosen = {name: designs[name] for name in (ENERGY, POWER, HALF)} | {LEAST_REGRET: designs[_least(regrets)]}
    verdicts = judge_by_forms(lake, study, chosen, CONCLUSIONS, KPI, parts.part("model forms"))
    found = (regrets, recommended, tuple(drawn), robustness, verdicts, _compared(lake, curves))
    return Cases(campaigns, plateaus, designs, sweep, *found)


def _designs(campaigns: Mapping[str, CampaignResult], plateau: Plateau) -> dict[str, Candidate]:
    """The best design of each campaign that one is named after, some of the front and of the power cell's plateau."""
    found = {name: _best(campaigns, campaign).candidate for name, campaign in FOUND_BY.items()}
    found |= {f"front {number}": trial.candidate for number, trial in enumerate(_front(campaigns), 1)}
    trials = {trial.candidate.id: trial.candidate for trial in campaigns[FOUND_BY[POWER]].trials}
    others = [trials[one] for one in plateau.candidate_ids if one != found[POWER].id]
    return found | {f"plateau {number}": candidate for number, candidate in enumerate(others[:_ON_PLATEAU], 1)}


def _distinct(designs: Mapping[str, Candidate]) -> list[Candidate]:
    return list({candidate.id: candidate for candidate in designs.values()}.values())


def _curve(sweep: Sweep, candidate: Candidate) -> PowerCurve:
    return next(curve for curve in sweep.curves if curve.candidate.id == candidate.id)


def _robustness(lake: Lake, study: Study, kpi_ids: Sequence[str], progress: Progress) -> Robustness | None:
    """Designs drawn; None if there are fewer than two."""
    if len(kpi_ids) < 2:
        return None
    return draw_designs(lake, kpi_ids, DrawPlan(draws=DRAWS), study.execution, progress)


def _best(campaigns: Mapping[str, CampaignResult], name: str) -> Trial:
    best = campaigns[name].best
    if best is None:
        raise CampaignError(f"no design of {name} is feasible. Change its space in the parameter file.")
    return best


def _front(campaigns: Mapping[str, CampaignResult]) -> list[Trial]:
    """Some designs of the front, spread evenly along it from the most energy to the most power."""
    _best(campaigns, FRONT_CAMPAIGN)
    front = sorted(campaigns[FRONT_CAMPAIGN].front, key=lambda trial: -trial.kpis[0].measured_value)
    count = min(_ON_FRONT, len(front))
    return [front[round(place * (len(front) - 1) / max(count - 1, 1))] for place in range(count)]


def _regrets(lake: Lake, designs: Mapping[str, Candidate], sweep: Sweep) -> dict[str, Kpi]:
    """The largest regret of each design, over the powers from LOW to HIGH."""
    found = regrets_of(lake, sweep.curves, [power for power in POWERS if LOW <= power <= HIGH], KPI)
    by_candidate = {curve.candidate.id: kpi for curve, kpi in zip(sweep.curves, found, strict=True)}
    return {name: by_candidate[candidate.id] for name, candidate in designs.items()}


def _least(regrets: Mapping[str, Kpi]) -> str:
    """The design of the smallest regret."""
    return min(regrets, key=lambda name: regrets[name].measured_value)


def _recommended(regrets: Mapping[str, Kpi], drawn: Sequence[str], robustness: Robustness | None) -> str:
    """The design that is near the best in most draws; that of the smallest regret where none was drawn."""
    shares = {} if robustness is None else dict(zip(drawn, robustness.shares, strict=True))
    return max(shares, key=lambda name: shares[name].measured_value) if shares else _least(regrets)


def _worth_drawing(lake: Lake, curves: Mapping[str, PowerCurve]) -> dict[str, str]:
    """Ids of the KPI at HIGH of the designs that deliver most there, and enough, the power cell first."""
    known = {name: kpi for name, curve in curves.items() if (kpi := delivered_at(lake, curve, HIGH, KPI)) is not None}
    ranked = sorted(known, key=lambda name: (name != POWER, -known[name].measured_value))
    enough = _NEAR * max((kpi.measured_value for kpi in known.values()), default=0.0)
    named: dict[str, str] = {}
    for name in ranked:
        if known[name].measured_value >= enough:
            named.setdefault(known[name].id, name)
    return {name: kpi_id for kpi_id, name in list(named.items())[:_DRAWN]}


def _compared(lake: Lake, curves: Mapping[str, PowerCurve]) -> dict[str, Kpi]:
    """Compare the optima with the half cell's design, and find the power that each gives for an hour."""
    found = {}
    pairs = ((ENERGY, HALF, LOW), (POWER, HALF, HIGH), (BRUGGEMAN, POWER, HIGH))
    for first, second, at in pairs:
        ours, theirs = (curves[name].kpi_ids(KPI)[POWERS.index(at)] for name in (first, second))
        run = lake.run(relative_deviation, subject=ours, reference=theirs)
        found[f"{first} over the {second} at {at:g} W"] = lake.get(run.id, Kpi)
    for name in (ENERGY, POWER, HALF):
        run = lake.run(ragone_curve, curves=curves[name].discharge_ids, cell=curves[name].cell_id)
        found[f"one-hour power of the {name}"] = lake.get(run.outputs["one_hour_power"], Kpi)
    return found
