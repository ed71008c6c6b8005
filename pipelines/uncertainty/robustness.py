"""Is the recommended design good whatever is drawn? Designs compared draw by draw, with common random numbers.

Draws of one number and seed are the same for every design that has the same uncertain quantities in the same order, so
that what all have in common cancels in the comparison; the scatter of its volume elements is each design's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ragone.schemas import Kpi, KpiOutcome, kpi_stage
from ragone.schemas.errors import StageError
from ragone.schemas.parameter import Share

_DEFINITION = "share of the draws in which a design is within a tolerance of the best of those compared"


@kpi_stage("uncertainty.share_near_best", gives={"share_near_best": "1"}, libraries=("numpy",), unasked=False)
def share_near_best(
    recommended: tuple[Kpi, ...],
    others: tuple[Kpi, ...],
    *,
    tolerance: Share = 0.02,
    maximise: bool = True,
    failed_draws: int = 0,
) -> Kpi:
    """Share of the draws in which the recommended design is near the best one.

    Parameters
    ----------
    recommended
        A KPI of the recommended design, one of each draw.
    others
        The same KPI of the other designs: all draws of the first of them in the same order, then of the next.
    tolerance
        Largest relative distance from the best that counts as near [-].
    maximise
        Whether the largest value is the best.
    failed_draws
        Further draws, whose cell of the recommended design could not be computed [-].

    Returns
    -------
    Kpi
        With the standard error of a share of so many draws. A draw without a value of the recommended design, or that
        failed, is one in which it is not near.

    Raises
    ------
    StageError
        If the draws do not match, or are of more than one KPI.
    """
    count = len(recommended)
    if not count or len(others) % count:
        raise StageError(f"{count} draws of the recommended design and {len(others)} of others. Give as many of each.")
    _require_one_kpi([*recommended, *others])
    own = _values(recommended, maximise)
    rows = [_values(others[start : start + count], maximise) for start in range(0, len(others), count)]
    best = np.max([own, *rows], axis=0)
    near = np.isfinite(own)
    near[near] = best[near] - own[near] <= tolerance * np.abs(best[near])
    drawn = count + failed_draws
    share = float(near.sum()) / drawn
    return Kpi(
        name="share_near_best",
        value=share,
        unit="1",
        outcome=KpiOutcome.MEASURED,
        standard_uncertainty=math.sqrt(max(share * (1 - share), 1 / (4 * drawn)) / drawn),
        sample_count=drawn,
        definition=_DEFINITION,
        method=f"{recommended[0].name} of {1 + len(rows)} designs over {drawn} draws, {failed_draws} failed, within "
        f"{tolerance:.2%}",
    )


def _require_one_kpi(kpis: Sequence[Kpi]) -> None:
    having = sorted({f"{kpi.name} [{kpi.unit}]" for kpi in kpis})
    if len(having) > 1:
        raise StageError(f"{', '.join(having)} are of different KPIs. Compare designs by one and the same.")


def _values(kpis: Sequence[Kpi], maximise: bool) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Values of which the largest is the best, shape (draw,); minus infinity where there is none."""
    sign = 1.0 if maximise else -1.0
    return np.array([-np.inf if kpi.value is None else sign * kpi.value for kpi in kpis])
