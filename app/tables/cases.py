"""The case studies as tables: campaigns, plateaus, front, published beside ours, regret, draws, other model forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import kpi_text, number, plain, quantity, wide_table
from ragone.app.tables.campaigns import as_data as campaign_data
from ragone.app.tables.campaigns import described
from ragone.app.tables.plateaus import PLATEAU_WORDS, plateau_table
from ragone.app.tables.uncertainty import interval_text
from ragone.dataset import Lake
from ragone.flows import Cases
from ragone.flows.design.cases import ENERGY, FRONT_CAMPAIGN, HIGH, KPI, LOW, POWER, POWERS
from ragone.schemas import Kpi

# Kench et al. 2024, Matter: what they report.
_PUBLISHED = (
    (f"best at {LOW:g} W", "730 W.h/L: 96 % active, porosity 30 %, thick"),
    (f"best at {HIGH:g} W", "121 W.h/L: 93 % active, porosity 41 %, thin"),
    ("crossing of the two", "54 W, which is where they last an hour"),
    ("over the half cell's design", "+10 %"),
)
_SHOWN_AT = (LOW, 54.0, 100.0, HIGH)  # W
_NONE = "none"


def as_tables(lake: Lake, cases: Cases) -> RenderableType:
    """Everything that was found, a table each under a line of words."""
    parts: list[RenderableType] = []
    for title, table in _tables(lake, cases):
        parts += [Text(title, style="bold"), table, Text()]
    return Group(*parts[:-1])


def as_data(cases: Cases) -> dict[str, Any]:
    """Everything that was found, as data."""
    robust = cases.robustness
    return {
        "campaigns": {name: campaign_data(result) for name, result in cases.campaigns.items()},
        "plateaus": {name: {"id": one.id, **plain(one)} for name, one in cases.plateaus.items()},
        "curves": [
            {"candidate_id": c.candidate.id, "powers": list(c.powers), "kpi_ids": c.kpi_ids(KPI)}
            for c in cases.sweep.curves
        ],
        "crossovers": [
            {"candidate_ids": list(pair), "id": kpi.id, **plain(kpi)} for pair, kpi in cases.sweep.crossovers.items()
        ],
        "comparisons": _kpis(cases.kpis),
        "designs": {name: one.id for name, one in cases.designs.items()},
        "regrets": _kpis(cases.regrets),
        "recommended": cases.recommended,
        "near_best": {} if robust is None else _kpis(dict(zip(cases.drawn, robust.shares, strict=True))),
        "budgets": {} if robust is None else {n: b.budget.id for n, b in zip(cases.drawn, robust.budgets, strict=True)},
        "model_forms": {form: _kpis(row) for form, row in cases.verdicts.deviations.items()},
    }


def _kpis(kpis: Mapping[str, Kpi | None]) -> dict[str, Any]:
    return {name: None if kpi is None else {"id": kpi.id, **plain(kpi)} for name, kpi in kpis.items()}


def _tables(lake: Lake, cases: Cases) -> Iterator[tuple[str, Table]]:
    yield "Campaigns: the best design of each", _campaigns(cases)
    yield f"Plateaus: {PLATEAU_WORDS}", plateau_table(cases.plateaus)
    yield f"Front of energy at {LOW:g} W and at {HIGH:g} W", _front(cases)
    yield "Published beside ours", _beside(lake, cases)
    yield f"Designs over powers, and the largest regret of each from {LOW:g} to {HIGH:g} W", _regrets(lake, cases)
    if cases.robustness is not None:
        yield f"Draws of all that is uncertain, at {HIGH:g} W: within 2 % of the best of these designs", _draws(cases)
    yield "Model forms: by how much each conclusion holds", _forms(cases)


def _campaigns(cases: Cases) -> Table:
    rows = []
    for name, result in cases.campaigns.items():
        values = [kpi.value for trial in result.trials if (kpi := trial.objective) and kpi.value is not None]
        if result.best is not None and not result.front:
            best = result.best.kpis[0]
            rows.append([name, kpi_text(best), described(result.best.candidate), number(min(values)), best.id[:16]])
    return wide_table(["campaign", "best", "design", "worst", "kpi"], rows)


def _front(cases: Cases) -> Table:
    front = sorted(cases.campaigns[FRONT_CAMPAIGN].front, key=lambda trial: -trial.kpis[0].measured_value)
    rows = [[*map(kpi_text, trial.kpis[:2]), described(trial.candidate), trial.candidate.id[:22]] for trial in front]
    return wide_table([f"at {LOW:g} W", f"at {HIGH:g} W", "design", "candidate"], rows)


def _beside(lake: Lake, cases: Cases) -> Table:
    """Published and ours, a row each; then how long each design lasts."""
    energy, power = cases.curve(ENERGY), cases.curve(POWER)
    crossing = cases.sweep.crossovers.get((energy.candidate.id, power.candidate.id))
    ours = [
        [(described(curve.candidate), lake.get(curve.kpi_ids(KPI)[POWERS.index(at)], Kpi))]
        for curve, at in ((energy, LOW), (power, HIGH))
    ]
    ours.append([("", crossing)] if crossing else [])
    ours.append([(what, kpi) for what, kpi in cases.kpis.items() if " over " in what])
    rows = []
    for (what, published), found in zip(_PUBLISHED, ours, strict=True):
        if not found:
            rows.append([what, published, _NONE, ""])
        for place, (note, kpi) in enumerate(found):
            entry = f"{_value(kpi)}{': ' if note else ''}{note}"
            rows.append([*((what, published) if place == 0 else ("", "")), entry, kpi.id[:16]])
    rows += [[what, "", _value(kpi), kpi.id[:16]] for what, kpi in cases.kpis.items() if "one-hour" in what]
    return wide_table(["", "Kench et al. (2024)", "ours", "kpi"], rows)


def _regrets(lake: Lake, cases: Cases) -> Table:
    rows = []
    for name, regret in cases.regrets.items():
        ids = cases.curve(name).kpi_ids(KPI)
        values = [kpi_text(lake.get(ids[POWERS.index(at)], Kpi)) for at in _SHOWN_AT]
        mark = ", recommended" if name == cases.recommended else ""
        rows.append([name + mark, *values, _value(regret), described(cases.designs[name]), regret.id[:16]])
    return wide_table(["design", *(f"{at:g} W" for at in _SHOWN_AT), "largest regret", "", "kpi"], rows)


def _draws(cases: Cases) -> Table:
    found = cases.robustness
    pairs = [] if found is None else zip(cases.drawn, found.budgets, found.shares, strict=True)
    rows = [[name, _value(share, signed=False), interval_text(one.budget), share.id[:16]] for name, one, share in pairs]
    return wide_table(["design", "share of draws", "", "kpi"], rows)


def _forms(cases: Cases) -> Table:
    forms = cases.verdicts.deviations
    names = list(next(iter(forms.values())))
    rows = [[name, *(_NONE if (kpi := row[name]) is None else _value(kpi) for row in forms.values())] for name in names]
    return wide_table(["conclusion", *forms], rows)


def _value(kpi: Kpi, *, signed: bool = True) -> str:
    if kpi.value is None:
        return _NONE
    if kpi.unit != "1":
        return quantity(kpi.value, kpi.unit, kpi.standard_uncertainty)
    spread = "" if kpi.standard_uncertainty is None else f" ± {kpi.standard_uncertainty:.1%}"
    return f"{kpi.value:+.1%}{spread}" if signed and kpi.name.endswith("deviation") else f"{kpi.value:.1%}{spread}"
