"""KPIs that somebody measured on a candidate made elsewhere, as reported: nothing of them is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ragone.schemas import Candidate, Kpi, KpiOutcome, stage


@stage("campaign.report")
def report_kpis(candidate: Candidate, *, kpis: Sequence[Mapping[str, Any]], source: str) -> Mapping[str, Kpi]:
    """The KPIs of a candidate that one row of a laboratory's report gives.

    Parameters
    ----------
    candidate
        That was made and measured.
    kpis
        Name and unit of each KPI, with its value in that unit, null if it could not be measured because the cell
        delivered nothing; `lower_bound`, which it is larger than, where the test ended before it was reached;
        `standard_uncertainty` of the value, its repeats and its calibration included, null if it is
        not known; `sample_count` of the cells or repeats that the value is the mean of, >= 1.
    source
        Whence the report comes: a file, a title, an address.

    Returns
    -------
    Mapping[str, Kpi]
        Keyed "0", "1", ... in order.
    """
    return {str(number): _kpi(candidate, source, **given) for number, given in enumerate(kpis)}


def _kpi(
    candidate: Candidate,
    source: str,
    *,
    name: str,
    unit: str,
    value: float | None,
    standard_uncertainty: float | None,
    sample_count: int,
    lower_bound: float | None = None,
) -> Kpi:
    missing = KpiOutcome.INFEASIBLE if lower_bound is None else KpiOutcome.CENSORED
    return Kpi(
        name=name,
        value=value,
        unit=unit,
        outcome=missing if value is None else KpiOutcome.MEASURED,
        lower_bound=lower_bound,
        standard_uncertainty=None if value is None else standard_uncertainty,
        sample_count=sample_count,
        definition=f"{name.replace('_', ' ')} as the laboratory that reports it defines it",
        method=f"measured on {candidate.id} and reported in {source}; not computed from stored data",
    )
