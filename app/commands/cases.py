"""`ragone cases`: the three case studies of Kench et al. (2024), their figures beside ours, and two pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ragone.app.commands.powers import drawn
from ragone.app.pictures.studies import Panel, Trialled, draw_panels, draw_ragone
from ragone.app.tables.answers import kpi_text, number, plain, quantity, wide_table
from ragone.app.tables.campaigns import as_data, described
from ragone.app.terminal.progress import Watcher
from ragone.app.terminal.session import FINE, Session
from ragone.dataset import Lake
from ragone.flows import CampaignResult, Cases, run_cases
from ragone.flows.design.cases import HIGH, KPI, LOW, POWERS
from ragone.flows.parameter_files.shipped import here_or_shipped
from ragone.schemas import Kpi

# Kench et al. 2024, Matter: what they report.
_PUBLISHED = (
    (f"best at {LOW:g} W", "730 W.h/L: 96 % active, porosity 30 %, thick"),
    (f"best at {HIGH:g} W", "121 W.h/L: 93 % active, porosity 41 %, thin"),
    ("crossing of the two", "54 W, which is where they last an hour"),
    ("over the half cell's design", "+10 %"),
)


def execute(session: Session) -> int:
    """Run what is not stored yet, draw, report."""
    given = session.arguments
    folder = Path(given.outputs)
    folder.mkdir(parents=True, exist_ok=True)
    with session.lake(create=True) as lake:
        with Watcher(session.notes, hidden=session.silent) as watcher:
            cases = run_cases(lake, here_or_shipped(given.params, "params"), watcher)
        crossings = list(cases.sweep.crossovers.values())
        draw_ragone([drawn(lake, curve, KPI) for curve in cases.sweep.curves], crossings, folder / "ragone.png")
        draw_panels([_panel(name, result) for name, result in cases.campaigns.items()], folder / "trials.png")
        session.answer(_as_data(cases), Group(_campaigns(cases), Text(), _beside(lake, cases)))
    session.advise(f"\npictures   {folder / 'ragone.png'}, {folder / 'trials.png'}")
    return FINE


def _panel(name: str, result: CampaignResult) -> Panel:
    trials = []
    for trial in result.trials:
        values, kpi = trial.candidate.values, trial.objective
        if kpi is not None and kpi.value is not None:
            place = (values["recipe.porosity"], values["recipe.active_material_weight_fraction"])
            trials.append(Trialled(*place, kpi.value, best=trial is result.best))
    unit = result.best.kpis[0].unit if result.best else "-"
    return Panel(name, trials, result.goals[0].kpi, unit)


def _campaigns(cases: Cases) -> Table:
    rows = []
    for name, result in cases.campaigns.items():
        values = [kpi.value for trial in result.trials if (kpi := trial.objective) and kpi.value is not None]
        if result.best is not None:
            best = result.best.kpis[0]
            rows.append([name, kpi_text(best), described(result.best.candidate), number(min(values)), best.id[:16]])
    return wide_table(["campaign", "best", "design", "worst", "kpi"], rows)


def _beside(lake: Lake, cases: Cases) -> Table:
    """Published and ours, a row each; then how long each design lasts."""
    energy, power, _ = cases.sweep.curves
    crossing = cases.sweep.crossovers.get((energy.candidate.id, power.candidate.id))
    ours = [
        [(described(curve.candidate), lake.get(curve.kpi_ids(KPI)[POWERS.index(at)], Kpi))]
        for curve, at in ((energy, LOW), (power, HIGH))
    ]
    ours += [[("", crossing)] if crossing else []]
    ours += [[(what, kpi) for what, kpi in cases.kpis.items() if " over " in what]]
    rows = []
    for (what, published), found in zip(_PUBLISHED, ours, strict=True):
        for place, (note, kpi) in enumerate(found):
            entry = f"{_value(kpi)}{': ' if note else ''}{note}"
            rows.append([*((what, published) if place == 0 else ("", "")), entry, kpi.id[:16]])
    rows += [[what, "", _value(kpi), kpi.id[:16]] for what, kpi in cases.kpis.items() if "one-hour" in what]
    return wide_table(["", "Kench et al. (2024)", "ours", "kpi"], rows)


def _value(kpi: Kpi) -> str:
    if kpi.value is None:
        return "none"
    if kpi.unit == "1":
        return f"{kpi.value:+.1%}"
    return quantity(kpi.value, kpi.unit, kpi.standard_uncertainty)


def _as_data(cases: Cases) -> dict[str, Any]:
    return {
        "campaigns": {name: as_data(result) for name, result in cases.campaigns.items()},
        "curves": [
            {"candidate_id": c.candidate.id, "powers": list(c.powers), "kpi_ids": c.kpi_ids(KPI)}
            for c in cases.sweep.curves
        ],
        "crossovers": [
            {"candidate_ids": list(pair), "id": kpi.id, **plain(kpi)} for pair, kpi in cases.sweep.crossovers.items()
        ],
        "comparisons": {what: {"id": kpi.id, **plain(kpi)} for what, kpi in cases.kpis.items()},
    }
