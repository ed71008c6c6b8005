"""`ragone cases`: the three case studies of Kench et al. (2024), their figures beside ours, and two pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from app.answers import plain, quantity
from app.commands.powers import drawn, recipe
from app.progress import Watcher
from app.session import FINE, Session
from app.study_pictures import Panel, Trialled, draw_panels, draw_ragone
from dataset import Lake
from flows import CampaignResult, Cases, run_cases
from flows.cases import HIGH, KPI, LOW, POWERS
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
    table = _table("campaign", "best", "design", "worst", "kpi")
    for name, result in cases.campaigns.items():
        values = [trial.value for trial in result.trials if trial.value is not None]
        if result.best is not None and result.best.value is not None:
            value = quantity(result.best.value, result.best.unit, result.best.standard_uncertainty)
            cells = (
                name,
                value,
                recipe(lake, result.best.design_id),
                f"{min(values):.6g}",
                result.best.objective_id[:16],
            )
            table.add_row(*map(Text, cells))
    return table


def _beside(lake: Lake, cases: Cases) -> Table:
    """Published and ours, a row each; then how ours compare at every power."""
    table = _table("", "Kench et al. (2024)", "ours", "kpi")
    energy, power, _ = cases.sweep.curves
    gains = [(what, kpi_id) for what, kpi_id in cases.kpi_ids.items() if "over" in what]
    hours = [(what, kpi_id) for what, kpi_id in cases.kpi_ids.items() if "one-hour" in what]
    crossing = cases.sweep.crossovers.get((energy.design_id, power.design_id), "")
    ours = [
        [(recipe(lake, curve.design_id), curve.kpi_ids(KPI)[POWERS.index(at)])]
        for curve, at in ((energy, LOW), (power, HIGH))
    ]
    ours += [[("", crossing)] if crossing else [], gains]
    for (what, published), found in zip(_PUBLISHED, ours, strict=True):
        for number, (note, kpi_id) in enumerate(found):
            told = f"{_value(_kpi(lake, kpi_id))}{': ' if note else ''}{note}"
            table.add_row(*map(Text, (*((what, published) if number == 0 else ("", "")), told, kpi_id[:16])))
    for what, kpi_id in hours:
        table.add_row(*map(Text, (what, "", _value(_kpi(lake, kpi_id)), kpi_id[:16])))
    return table


def _value(kpi: Kpi) -> str:
    if kpi.unit == "1":
        return f"{kpi.value:+.1%}"
    return quantity(kpi.value, kpi.unit, kpi.standard_uncertainty)


def _table(*columns: str) -> Table:
    table = Table(show_edge=False, box=None, padding=(0, 2, 0, 0), width=170)
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table


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
