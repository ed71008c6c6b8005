"""A reported KPI, from when each KPI of a row was a run of its own, and its definition named the report."""

from __future__ import annotations

from ragone.schemas import Candidate, Kpi, KpiOutcome, stage
from ragone.schemas.parameter import NotNegative


@stage("campaign.report")
def report_kpi(
    candidate: Candidate,
    *,
    kpi: str,
    unit: str,
    value: float | None = None,
    standard_uncertainty: NotNegative | None = None,
    sample_count: int = 1,
    source: str,
) -> Kpi:
    """The KPI of a candidate as a laboratory reports it."""
    return Kpi(
        name=kpi,
        value=value,
        unit=unit,
        outcome=KpiOutcome.INFEASIBLE if value is None else KpiOutcome.MEASURED,
        standard_uncertainty=None if value is None else standard_uncertainty,
        sample_count=sample_count,
        definition=f"{kpi} as {source} defines it",
        method=f"measured on the candidate and reported in {source}; not computed from stored data",
    )
