"""How far may a KPI be off, and what would narrow it most? The draws of a KPI as an interval with shares.

The interval is that of the draws themselves, quantiles between order statistics, so that nothing is taken to be normal:
of n independent draws it holds on average its confidence of what else may be drawn. A draw without a value (a power
that a cell does not deliver) is counted; where more than a twentieth have none there is no interval.

What it does not hold: the form of the model. Other forms are alternatives, not draws, and stand beside the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.pipelines.uncertainty.draws import LIBRARIES, scores
from ragone.pipelines.uncertainty.shares import REFERENCE, Floats, Shares, least_draws, variance_shares
from ragone.schemas import Kpi, Priors, UncertaintyBudget, stage
from ragone.schemas.errors import StageError
from ragone.schemas.field import Bounds
from ragone.schemas.priors import Prior, Source

_LARGEST_FAILED = 0.05  # share of draws without a value up to which there is an interval
_WORTH = 0.1  # part of what single quantities explain, from which on one is worth a measurement
_CLEAR = 2.0  # standard errors of its share by which a quantity stands out
_SMALLEST = 0.01  # share of the variance
_MEASURABLE = {
    Source.SAMPLING: "more or larger volume elements",
    Source.GENERATOR: "volumes of a simulator or an image instead of the generator's",
    Source.VOXEL: "finer voxels",
    Source.MATERIALS: "the bulk properties of the materials",
    Source.CELL: "a measurement of it",
}


@stage("uncertainty.estimate_shares", libraries=LIBRARIES)
def estimate_shares(
    nominal: Kpi,
    drawn: tuple[Kpi, ...],
    priors: Priors,
    alternatives: tuple[Kpi, ...] = (),
    *,
    indices: tuple[int, ...],
    failed_count: int = 0,
    alternative_names: tuple[str, ...] = (),
    alternative_reasons: tuple[str, ...] = (),
    confidence: float = 0.9,
    seed: int,
) -> UncertaintyBudget:
    """Take the uncertainty of a KPI apart.

    Parameters
    ----------
    nominal
        The KPI, nothing drawn.
    drawn
        The same KPI of each draw.
    priors
        All that was drawn.
    alternatives
        The same KPI by other forms of the model, those that gave one.
    indices
        Numbers of the draws, in the order of `drawn`.
    failed_count
        Draws that gave no KPI at all.
    alternative_names, alternative_reasons
        What the other forms are called, and why each gave no KPI; empty for those in `alternatives`, in their order.
    confidence
        Of the interval, in (0, 1).
    seed
        Seed of the draws.

    Returns
    -------
    UncertaintyBudget
        Shares are those of the variance of the draws; none where there is no interval.

    Raises
    ------
    StageError
        If numbers and draws do not match, a KPI is another one, or the nominal one has no value.
    """
    Bounds(0, 1, low_open=True, high_open=True).require(confidence, "confidence", "1")
    _require_alike(nominal, drawn, indices)
    known = [(index, kpi.value) for index, kpi in zip(indices, drawn, strict=True) if kpi.value is not None]
    failed, rows = failed_count + len(drawn) - len(known), priors.rows()
    refused = _refused(len(rows), len(known), failed, confidence)
    found = _none() if refused else _shares(priors, known, seed)
    spread = _no_spread() if refused else _spread(np.array([value for _, value in known]), confidence, found)
    said = f"no interval: {refused}" if refused else f"shares by regression of order {found.order} on the scores"
    return UncertaintyBudget(
        kpi_name=nominal.name,
        unit=nominal.unit,
        value=nominal.measured_value,
        confidence=confidence,
        draw_count=len(known),
        failed_count=failed,
        names=tuple(str(row) for row in rows),
        sources=tuple(str(row.source) for row in rows),
        effects=found.effects,
        shares=found.shares,
        share_standard_errors=found.standard_errors,
        alternative_names=alternative_names,
        advice=refused or _advice(rows, found),
        method=f"{len(indices) + failed_count} draws, scrambled Sobol sequence of seed {seed}; {said}",
        reference=REFERENCE,
        **spread,
        **_alternatives(alternatives, alternative_reasons),
    )


def _shares(priors: Priors, known: Sequence[tuple[int, float]], seed: int) -> Shares:
    """Shares of the draws that have a value, by their numbers."""
    indices, values = (np.array(column) for column in zip(*known, strict=True))
    return variance_shares(scores(priors, indices, seed), values)


def _spread(values: Floats, confidence: float, found: Shares) -> dict[str, Any]:
    """Interval and standard deviation of the draws, and what single quantities leave unexplained."""
    low, middle, high = np.quantile(values, [(1 - confidence) / 2, 0.5, (1 + confidence) / 2], method="weibull")
    return {
        "standard_deviation": float(values.std(ddof=1)),
        "interval_low": float(low),
        "interval_middle": float(middle),
        "interval_high": float(high),
        "interaction_share": 1 - float(found.shares.sum()) if np.ptp(values) else None,
    }


def _no_spread() -> dict[str, Any]:
    return dict.fromkeys(
        ("standard_deviation", "interval_low", "interval_middle", "interval_high", "interaction_share")
    )


def _require_alike(nominal: Kpi, drawn: Sequence[Kpi], indices: Sequence[int]) -> None:
    if len(drawn) != len(indices) or len(set(indices)) != len(indices):
        raise StageError(f"{len(drawn)} draws and {len(indices)} numbers of draws. Give each draw its own number.")
    if nominal.value is None:
        raise StageError(f"{nominal.name} has no value ({nominal.outcome}), so that nothing is uncertain about it.")
    for kpi in drawn:
        if (kpi.name, kpi.unit) != (nominal.name, nominal.unit):
            raise StageError(f"{kpi.name} [{kpi.unit}] is drawn, and {nominal.name} [{nominal.unit}] is asked of.")


def _refused(quantities: int, known: int, failed: int, confidence: float) -> str:
    """Say why there is no interval; empty if there is one."""
    if failed > _LARGEST_FAILED * (known + failed):
        return f"{failed} of {known + failed} draws have no value; the KPI is at the edge of what the cell can do"
    least = max(least_draws(quantities), int(np.ceil(round(2 / (1 - confidence), 9))) - 1)
    if known < least:
        return f"{known} draws have a value, and {least} are needed. Draw more"
    return ""


def _none() -> Shares:
    return Shares(np.empty(0), np.empty(0), np.empty(0), 0)


def _alternatives(kpis: Sequence[Kpi], reasons: Sequence[str]) -> dict[str, Any]:
    """Values and reasons of the other forms, in the order of their names."""
    left, values, said = iter(kpis), [], []
    for reason in reasons:
        kpi = None if reason else next(left)
        values.append(None if kpi is None else kpi.value)
        said.append(kpi.method if kpi is not None and kpi.value is None else reason)
    return {"alternative_values": values, "alternative_reasons": tuple(said)}


def _advice(rows: Sequence[Prior], found: Shares) -> str:
    """The quantities that are worth a measurement, the largest share first."""
    least = max(_WORTH * float(found.shares.sum()), _SMALLEST)
    clear = (found.shares >= least) & (found.shares > _CLEAR * found.standard_errors)
    order = [place for place in np.argsort(-found.shares) if clear[place]][:3]
    if not order:
        return "no single quantity stands out of the error of its share; draw more, or they act together only"
    parts = [f"{rows[n]}: {found.shares[n]:.0%} of the variance, {_MEASURABLE[rows[n].source]}" for n in order]
    left = float(np.sqrt(max(0.0, 1 - found.shares[order].sum())))
    return f"{'; '.join(parts)}. With these known the standard deviation falls to {left:.0%} of what it is"
