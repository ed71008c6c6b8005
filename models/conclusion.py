"""What did a campaign find? Its trials in order, and the best of those that were feasible.

A tie goes to the earlier trial. The best is the best that was evaluated, not the optimum that a surrogate would
predict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from schemas import Campaign, Design, Kpi, KpiOutcome, stage
from schemas.errors import FieldShapeError


@stage("conclude")
def conclude(
    designs: tuple[Design, ...],
    kpis: tuple[Kpi, ...],
    *,
    name: str,
    definition: Mapping[str, Any],
    objective_name: str,
    design_ids: Sequence[str],
    kpi_ids: Sequence[str],
    maximise: bool,
) -> Campaign:
    """Assemble the record of a campaign.

    Parameters
    ----------
    designs
        Of every trial, in order.
    kpis
        The objective of every trial that has one, in order; a trial whose evaluation failed has none.
    name, definition
        Of the study; the definition in the units of the records.
    objective_name
        The KPI that was optimised.
    design_ids
        Parallel to `designs`.
    kpi_ids
        Parallel to `designs`; empty text for a trial whose evaluation failed.
    maximise
        Whether a larger KPI is better.

    Raises
    ------
    FieldShapeError
        If records and ids do not match in number.
    """
    found = [kpi_id for kpi_id in kpi_ids if kpi_id]
    if not len(designs) == len(design_ids) == len(kpi_ids) or len(kpis) != len(found):
        raise FieldShapeError(
            f"a campaign of {len(designs)} designs was given {len(design_ids)} design ids, {len(kpi_ids)} KPI ids "
            f"({len(found)} not empty) and {len(kpis)} KPIs. Give one id per design and one KPI per id."
        )
    by_id = dict(zip(found, kpis, strict=True))
    trials = [by_id.get(kpi_id) for kpi_id in kpi_ids]
    best = _best(trials, maximise)
    return Campaign(
        name=name,
        definition=definition,
        objective_name=objective_name,
        objective_unit=kpis[0].unit if kpis else "",
        design_ids=tuple(design_ids),
        kpi_ids=tuple(kpi_ids),
        objective=np.array([(kpi.value or 0.0) if kpi else 0.0 for kpi in trials], dtype=np.float64),
        feasible=np.array([_is_feasible(kpi) for kpi in trials], dtype=np.uint8),
        best_design_id="" if best is None else design_ids[best],
        best_kpi_id="" if best is None else kpi_ids[best],
    )


def _is_feasible(kpi: Kpi | None) -> bool:
    return kpi is not None and kpi.outcome is KpiOutcome.MEASURED


def _best(trials: Sequence[Kpi | None], maximise: bool) -> int | None:
    """Number of the first best feasible trial."""
    values = {n: kpi.measured_value for n, kpi in enumerate(trials) if kpi is not None and _is_feasible(kpi)}
    if not values:
        return None
    return max(values, key=lambda n: values[n] if maximise else -values[n])
