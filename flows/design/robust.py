"""Which design is good whatever the power, and whatever is not known of the cell?

Regret is over powers, with everything as recorded; nearness to the best is at one power, over draws of all that is
uncertain. Both compare the designs given, no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragone.dataset import Lake
from ragone.flows.design.powers import PowerCurve
from ragone.flows.running.execution import Execution
from ragone.flows.running.progress import Progress
from ragone.flows.uncertainty.budget import Budgeted, DrawPlan, estimate_uncertainty, rank_near_best
from ragone.pipelines.kpi import largest_regret
from ragone.schemas import Kpi, KpiOutcome


@dataclass(frozen=True)
class Robustness:
    """Designs drawn with common random numbers: the budget of each, and how often each is near the best of them."""

    budgets: tuple[Budgeted, ...]
    shares: tuple[Kpi, ...]


def regrets_of(lake: Lake, curves: Sequence[PowerCurve], powers: Sequence[float], name: str) -> tuple[Kpi, ...]:
    """The largest regret of each design over some of the powers that all were discharged at.

    Parameters
    ----------
    lake
        Where the curves are.
    curves
        Two designs or more, none of which failed.
    powers
        Of the whole cell [W].
    name
        Of the KPI that is compared; larger is better.
    """
    rows = [_at(curve, powers, name) for curve in curves]
    conditions = tuple(f"{power:g} W" for power in powers)
    found = []
    for place, own in enumerate(rows):
        others = [kpi_id for row in rows[:place] + rows[place + 1 :] for kpi_id in row]
        run = lake.run(largest_regret, own=own, others=others, conditions=conditions)
        found.append(lake.get(run.id, Kpi))
    return tuple(found)


def draw_designs(
    lake: Lake,
    kpi_ids: Sequence[str],
    plan: DrawPlan,
    execution: Execution | None = None,
    progress: Progress | None = None,
    *,
    tolerance: float = 0.02,
) -> Robustness:
    """Draw all that is uncertain of two designs or more, and count how often each is near the best.

    Parameters
    ----------
    lake
        Where the designs are.
    kpi_ids
        The same KPI of each; larger is better.
    plan
        Draws, seed, confidence, own priors.
    execution, progress
        Where draws are computed, and who follows.
    tolerance
        Relative distance from the best that counts as near [-].

    Raises
    ------
    KpiError
        If a KPI has no value, or other quantities are uncertain of one design than of another.
    """
    budgets = estimate_uncertainty(lake, kpi_ids, plan, execution, progress)
    shares = [
        rank_near_best(lake, [own, *budgets[:place], *budgets[place + 1 :]], tolerance=tolerance)
        for place, own in enumerate(budgets)
    ]
    return Robustness(tuple(budgets), tuple(shares))


def delivered_at(lake: Lake, curve: PowerCurve, power: float, name: str) -> Kpi | None:
    """The KPI of a design at one of its powers; None without a value."""
    kpi = lake.get(_at(curve, (power,), name)[0], Kpi)
    return kpi if kpi.outcome is KpiOutcome.MEASURED else None


def _at(curve: PowerCurve, powers: Sequence[float], name: str) -> list[str]:
    ids = curve.kpi_ids(name)
    return [ids[curve.powers.index(power)] for power in powers]
