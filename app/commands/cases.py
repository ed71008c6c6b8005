"""`ragone cases`: the three case studies of Kench et al. (2024), their figures beside ours, and two pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from app.commands.powers import drawn, recipe
from app.pictures.studies import Panel, Trialled, draw_panels, draw_ragone
from app.tables.answers import number, plain, quantity, wide_table
from app.terminal.progress import Watcher
from app.terminal.session import FINE, Session
from dataset import Lake
from flows import CampaignResult, Cases, run_cases
from flows.design.cases import HIGH, KPI, LOW, POWERS
from schemas import Design, Kpi

# Kench et al. 2024, Matter: what they report.
_PUBLISHED = (
    (f"best at {LOW:g} W", "730 W.h/L: 96 % active, porosity 30 %, thick"),
    (f"best at {HIGH:g} W", "121 W.h/L: 93 % active, porosity 41 %, thin"),
    ("crossing of the two", "54 W, which is where they last an hour"),
    ("over the half cell's design", "+10 %"),
)


def execute(session: Session) -> int:
    """Run what is not stored yet, draw, tell."""
    given = session.arguments
    folder = Path(given.outputs)
    folder.mkdir(parents=True, exist_ok=True)
    with session.lake(create=True) as lake:
        with Watcher(session.notes, hidden=session.silent) as watcher:
            cases = run_cases(lake, Path(given.params), watcher)
        crossings = [_kpi(lake, kpi_id) for kpi_id in cases.sweep.crossovers.values()]
        draw_ragone([drawn(lake, curve, KPI) for curve in cases.sweep.curves], crossings, folder / "ragone.png")
        draw_panels([_panel(lake, name, result) for name, result in cases.campaigns.items()], folder / "trials.png")
        session.answer(_told(lake, cases), Group(_campaigns(lake, cases), Text(), _beside(lake, cases)))
    session.advise(f"\npictures   {folder / 'ragone.png'}, {folder / 'trials.png'}")
    return FINE


def _kpi(lake: Lake, kpi_id: str) -> Kpi:
    record = lake.get(kpi_id)
    assert isinstance(record, Kpi)
    return record


def _panel(lake: Lake, name: str, result: CampaignResult) -> Panel:
    trials = []
    for trial in result.trials:
        design = lake.get(trial.design_id)
        if isinstance(design, Design) and trial.value is not None:
            place = (design.porosity, design.active_material_weight_fraction)
            trials.append(Trialled(*place, trial.value, best=trial is result.best))
    unit = result.best.unit if result.best else "-"
    return Panel(name, trials, result.objective_name, unit)


def _campaigns(lake: Lake, cases: Cases) -> Table:
    rows = []
    for name, result in cases.campaigns.items():
        values = [trial.value for trial in result.trials if trial.value is not None]
        best = result.best
        if best is not None and best.value is not None:
            value = quantity(best.value, best.unit, best.standard_uncertainty)
            rows.append([name, value, recipe(lake, best.design_id), number(min(values)), best.objective_id[:16]])
    return wide_table(["campaign", "best", "design", "worst", "kpi"], rows)


def _beside(lake: Lake, cases: Cases) -> Table:
    """Published and ours, a row each; then how long each design lasts."""
    energy, power, _ = cases.sweep.curves
    crossing = cases.sweep.crossovers.get((energy.design_id, power.design_id), "")
    ours = [
        [(recipe(lake, curve.design_id), curve.kpi_ids(KPI)[POWERS.index(at)])]
        for curve, at in ((energy, LOW), (power, HIGH))
    ]
    ours += [[("", crossing)] if crossing else []]
    ours += [[(what, kpi_id) for what, kpi_id in cases.kpi_ids.items() if " over " in what]]
    rows = []
    for (what, published), found in zip(_PUBLISHED, ours, strict=True):
        for place, (note, kpi_id) in enumerate(found):
            told = f"{_value(_kpi(lake, kpi_id))}{': ' if note else ''}{note}"
            rows.append([*((what, published) if place == 0 else ("", "")), told, kpi_id[:16]])
    hours = {what: kpi_id for what, kpi_id in cases.kpi_ids.items() if "one-hour" in what}
    rows += [[what, "", _value(_kpi(lake, kpi_id)), kpi_id[:16]] for what, kpi_id in hours.items()]
    return wide_table(["", "Kench et al. (2024)", "ours", "kpi"], rows)


def _value(kpi: Kpi) -> str:
    if kpi.value is None:
        return "none"
    if kpi.unit == "1":
        return f"{kpi.value:+.1%}"
    return quantity(kpi.value, kpi.unit, kpi.standard_uncertainty)


def _told(lake: Lake, cases: Cases) -> dict[str, Any]:
    return {
        "campaigns": {
            name: {"campaign_id": result.campaign_id, "best": plain(result.best)}
            for name, result in cases.campaigns.items()
        },
        "curves": [
            {"design_id": c.design_id, "powers": list(c.powers), "kpi_ids": c.kpi_ids(KPI)} for c in cases.sweep.curves
        ],
        "crossovers": [
            {"design_ids": list(pair), "id": kpi_id, **plain(_kpi(lake, kpi_id))}
            for pair, kpi_id in cases.sweep.crossovers.items()
        ],
        "comparisons": {what: {"id": kpi_id, **plain(_kpi(lake, kpi_id))} for what, kpi_id in cases.kpi_ids.items()},
    }
