"""`ragone cases`: the case studies of Kench et al. (2024), their figures beside ours, how robust ours are, pictures."""

from __future__ import annotations

from pathlib import Path

from ragone.app.commands.powers import drawn
from ragone.app.pictures.cases import Point, draw_front, draw_plateaus
from ragone.app.pictures.studies import Panel, Trialled, draw_panels, draw_ragone
from ragone.app.tables.cases import as_data, as_tables
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import Lake
from ragone.flows import CampaignResult, Cases, run_cases
from ragone.flows.design.cases import ENERGY, FRONT_CAMPAIGN, HALF, HIGH, KPI, LOW, POWER, POWERS
from ragone.flows.parameter_files.shipped import here_or_shipped
from ragone.schemas import Kpi

_CURVES = (ENERGY, POWER, HALF)
_FILES = ("trials.png", "plateaus.png", "front.png", "ragone.png")


def execute(session: Session) -> int:
    """Run what is not stored yet, draw, report."""
    given = session.arguments
    folder = Path(given.outputs)
    folder.mkdir(parents=True, exist_ok=True)
    with session.lake(create=True) as lake:
        with Watcher(session.notes, hidden=session.silent) as watcher:
            cases = run_cases(lake, here_or_shipped(given.params, "params"), watcher)
        _draw(lake, cases, folder)
        session.answer(as_data(cases), as_tables(lake, cases))
    session.advise(f"\npictures   {', '.join(str(folder / name) for name in _FILES)}")
    return FINE


def _draw(lake: Lake, cases: Cases, folder: Path) -> None:
    names = dict.fromkeys((*_CURVES, cases.recommended))
    curves = {cases.designs[name].id: cases.curve(name) for name in names}
    crossings = [kpi for pair, kpi in cases.sweep.crossovers.items() if set(pair) <= curves.keys()]
    draw_ragone([drawn(lake, curve, KPI) for curve in curves.values()], crossings, folder / "ragone.png")
    draw_panels([_panel(name, result) for name, result in cases.campaigns.items()], folder / "trials.png")
    spaces = {name: cases.campaigns[name].campaign.definition["space"] for name in cases.plateaus}
    draw_plateaus(cases.plateaus, spaces, folder / "plateaus.png")
    marked = {name: at for name in names if (at := _at_both(lake, cases, name)) is not None}
    labels = (f"{KPI.replace('_', ' ')} at {LOW:g} W [W.h/L]", f"at {HIGH:g} W [W.h/L]")
    draw_front(_points(cases.campaigns[FRONT_CAMPAIGN]), marked, labels, folder / "front.png")


def _panel(name: str, result: CampaignResult) -> Panel:
    trials = []
    best = result.front or (result.best,)
    for trial in result.trials:
        values, kpi = trial.candidate.values, trial.objective
        if kpi is not None and kpi.value is not None:
            place = (values["recipe.porosity"], values["recipe.active_material_weight_fraction"])
            trials.append(Trialled(*place, kpi.value, best=trial in best))
    unit = result.best.kpis[0].unit if result.best else "-"
    return Panel(name, trials, result.goals[0].kpi, unit)


def _points(result: CampaignResult) -> list[Point]:
    """The designs of a campaign with two objectives that have both values."""
    found = []
    for trial in result.trials:
        values = [kpi.value for kpi in trial.kpis[:2]]
        if len(values) == 2 and values[0] is not None and values[1] is not None:
            found.append(Point(values[0], values[1], trial in result.front))
    return found


def _at_both(lake: Lake, cases: Cases, name: str) -> tuple[float, float] | None:
    ids = cases.curve(name).kpi_ids(KPI)
    low, high = (lake.get(ids[POWERS.index(at)], Kpi).value for at in (LOW, HIGH))
    return None if low is None or high is None else (low, high)
