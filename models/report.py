"""A KPI that somebody measured on a candidate made elsewhere, as it was reported: nothing of it is computed here."""

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
    """The KPI of a candidate as a laboratory reports it.

    Parameters
    ----------
    candidate
        That was made and measured.
    kpi
        Name of the KPI.
    unit
        Unit of value and uncertainty.
    value
        The value measured; null if the KPI could not be measured, because the cell delivered nothing.
    standard_uncertainty
        Of the value, its repeats and its calibration included; null if it is not known.
    sample_count
        Cells or repeats that the value is the mean of, >= 1.
    source
        Whence the report comes: a file, a title, an address.
    """
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
