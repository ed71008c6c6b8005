"""What does a design lose at its worst to others that were made for other conditions?

Of several designs under several conditions, such as powers, the one with the smallest of these is the choice of whoever
does not know the condition (minimax regret). It is relative to the designs compared: a better one that nobody compared
would enlarge it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ragone.pipelines.kpi.definition import Definition, Window
from ragone.schemas import Kpi, KpiOutcome, kpi_stage
from ragone.schemas.errors import StageError

REGRET = Definition(
    "largest_regret",
    "1",
    "largest share by which a design falls short of the best of those compared, over the conditions",
)


@kpi_stage("kpi.regret", gives={"largest_regret": "1"}, unasked=False)
def largest_regret(
    own: tuple[Kpi, ...], others: tuple[Kpi, ...], *, conditions: tuple[str, ...], maximise: bool = True
) -> Kpi:
    """Largest relative distance of a design from the best one under the same condition.

    Parameters
    ----------
    own
        A positive KPI of the design, one for each condition.
    others
        The same of the other designs: all conditions of the first of them in the same order, then of the next.
    conditions
        Name of each condition.
    maximise
        Whether the largest value is the best.

    Returns
    -------
    Kpi
        largest_regret [-]: 0 where the design is the best under all conditions, 1 where it has no value under one under
        which another has. Conditions under which none has a value are passed over. Its uncertainty takes the two
        designs as independent; of one that is unknown it is unknown.

    Raises
    ------
    StageError
        If KPIs and conditions do not match, or a value is not positive.
    """
    count = len(conditions)
    if len(own) != count or not count or len(others) % count:
        raise StageError(f"{len(own)} KPIs of the design, {len(others)} of others, {count} conditions. Give as many.")
    rows = [others[start : start + count] for start in range(0, len(others), count)]
    found = []
    for place, condition in enumerate(conditions):
        having = [kpi for kpi in (own[place], *(row[place] for row in rows)) if _value(kpi) is not None]
        if having:
            best = (max if maximise else min)(having, key=lambda kpi: kpi.measured_value)
            found.append((_distance(own[place], best), condition, own[place], best))
    window = Window(f"{1 + len(rows)} designs under {', '.join(conditions)}")
    if not found:
        return REGRET.missing("no design has a value under any condition", window=window)
    regret, condition, mine, best = max(found, key=lambda row: row[0])
    return REGRET.measured(
        regret,
        uncertainty=_spread(mine, best),
        count=len(found),
        method=f"{own[0].name}; the largest is that at {condition}",
        window=window,
    )


def _value(kpi: Kpi) -> float | None:
    if kpi.outcome is not KpiOutcome.MEASURED:
        return None
    if kpi.measured_value <= 0:
        raise StageError(f"{kpi.name} = {kpi.value} {kpi.unit} is not positive, so that no share of it is known.")
    return kpi.measured_value


def _distance(own: Kpi, best: Kpi) -> float:
    """Relative distance from the best; 1 without a value."""
    value = _value(own)
    return 1.0 if value is None else abs(best.measured_value - value) / best.measured_value


def _spread(own: Kpi, best: Kpi) -> float | None:
    """Standard uncertainty of the distance; of a design from itself, and of no value, there is none."""
    errors: Sequence[float | None] = (own.standard_uncertainty, best.standard_uncertainty)
    if _value(own) is None or own.id == best.id:
        return 0.0
    if errors[0] is None or errors[1] is None:
        return None
    ratio = own.measured_value / best.measured_value
    return math.hypot(errors[0], ratio * errors[1]) / best.measured_value
