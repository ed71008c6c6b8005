"""One number for several jumps or pulses: their plain mean, with their scatter said beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ragone.pipelines.kpi.definition import Definition, Window
from ragone.schemas import Kpi, KpiOutcome


def with_mean(definition: Definition, single: Mapping[str, Kpi]) -> dict[str, Kpi]:
    """The single KPIs and their mean; only the one, under the definition's name, if there is but one.

    The mean is over those that have a value, its uncertainty that of a mean of independent values; how far they
    scatter, for they may differ by state of charge, is in `method`.
    """
    if len(single) == 1:
        (only,) = single.values()
        return {definition.name: replace(only, name=definition.name)}
    values = [kpi for kpi in single.values() if kpi.outcome is KpiOutcome.MEASURED]
    if not values:
        outcomes = {kpi.outcome for kpi in single.values()}
        outcome = outcomes.pop() if len(outcomes) == 1 else KpiOutcome.NOT_IDENTIFIABLE
        reason = f"none of the {len(single)} single ones has a value; each says why"
        return {definition.name: definition.missing(reason, outcome), **single}
    return {definition.name: _mean(definition, values, len(single)), **single}


def _mean(definition: Definition, values: list[Kpi], asked: int) -> Kpi:
    numbers = np.array([kpi.value for kpi in values])
    deviations = [kpi.standard_uncertainty for kpi in values]
    known = [d for d in deviations if d is not None]
    scatter = f"{np.std(numbers, ddof=1):.3g} {definition.unit}" if len(numbers) > 1 else "unknown"
    return definition.measured(
        float(numbers.mean()),
        uncertainty=float(np.linalg.norm(known)) / len(known) if len(known) == len(values) else None,
        count=len(values),
        method=f"mean of {len(values)} of {asked}, counted; uncertainty: theirs, independent; scatter {scatter}",
        window=Window(
            f"those of {len(values)} single ones, from {numbers.min():.4g} to {numbers.max():.4g} {definition.unit}"
        ),
    )
