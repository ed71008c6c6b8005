"""What the optimiser is told about the trials so far.

A design that was infeasible, or whose evaluation failed, enters with the worst value of the feasible ones: the search
turns away from it, while the surrogate's length scales stay those of the feasible region (a value of zero, hundreds of
W.h/L below the rest, would bend the surrogate everywhere). No separate model of feasibility is fitted; that would pay
once a good part of the space is infeasible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.acquisition.space import Floats, UnitCube
from schemas import Design, Kpi, KpiOutcome
from schemas.errors import FieldShapeError


@dataclass(frozen=True)
class Observations:
    """Trials as the surrogate sees them; larger values are better.

    `points` has shape (trials, axes) in the unit cube, `values` (trials,) in the KPI's unit, `variances` (trials,) in
    its square, or None where no trial's uncertainty is known.
    """

    points: Floats
    values: Floats
    variances: Floats | None
    feasible_count: int


def observe(
    cube: UnitCube, designs: Sequence[Design], objectives: Sequence[Kpi], failed: Sequence[Design], *, maximise: bool
) -> Observations:
    """Collect the trials, failed ones last.

    Raises
    ------
    FieldShapeError
        If designs and objectives are not parallel.
    """
    if len(designs) != len(objectives):
        raise FieldShapeError(f"{len(designs)} designs and {len(objectives)} objectives; they must be parallel.")
    feasible = np.array([k.outcome is KpiOutcome.MEASURED for k in objectives] + [False] * len(failed), dtype=bool)
    sign = 1.0 if maximise else -1.0
    values = np.array([sign * (k.value or 0.0) for k in objectives] + [0.0] * len(failed), dtype=np.float64)
    values[~feasible] = values[feasible].min() if feasible.any() else 0.0
    deviations = [k.standard_uncertainty for k in objectives] + [None] * len(failed)
    points = cube.points([*designs, *failed])
    return Observations(points, values, _variances(deviations, feasible), int(feasible.sum()))


def _variances(deviations: Sequence[float | None], feasible: Floats) -> Floats | None:
    """Squared uncertainties; a trial without one is given the median of those known."""
    known = [d for d, measured in zip(deviations, feasible, strict=True) if measured and d is not None]
    if not known:
        return None
    usual = float(np.median(known))
    filled = [d if measured and d is not None else usual for d, measured in zip(deviations, feasible, strict=True)]
    return np.asarray(np.square(filled), dtype=np.float64)
