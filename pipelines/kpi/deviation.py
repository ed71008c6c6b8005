"""How far does a KPI lie from the same KPI obtained otherwise?"""

from __future__ import annotations

import math

from ragone.pipelines.kpi.definition import Definition, Window
from ragone.schemas import Kpi, KpiOutcome, kpi_stage
from ragone.schemas.errors import UnitError


@kpi_stage("kpi.deviation", gives={"(?!voltage_largest_).+_deviation": "1"}, unasked=False)
def relative_deviation(subject: Kpi, reference: Kpi) -> Kpi:
    """Relative difference to a reference.

    Parameters
    ----------
    subject, reference
        Two KPIs of one name and unit.

    Returns
    -------
    Kpi
        "<name>_deviation" [-]: subject / reference - 1; NOT_IDENTIFIABLE unless both have a value and the reference is
        not zero. Its uncertainty takes both as independent; of one that is unknown it is unknown.

    Raises
    ------
    UnitError
        If names or units differ.
    """
    if (subject.name, subject.unit) != (reference.name, reference.unit):
        raise UnitError(
            f"{subject.name} [{subject.unit}] cannot be compared with {reference.name} [{reference.unit}]. "
            "Give two KPIs of one name and unit."
        )
    definition = Definition(f"{subject.name}_deviation", "1", f"{subject.name} over that of the reference, less one")
    window = Window(f"subject: {subject.window}; reference: {reference.window}")
    for role, kpi in (("subject", subject), ("reference", reference)):
        if kpi.outcome is not KpiOutcome.MEASURED:
            return definition.missing(f"the {role} has none: {kpi.method}", window=window)
    own, other = subject.measured_value, reference.measured_value
    if other == 0:
        return definition.missing("the reference is 0", window=window)
    ratio = own / other
    errors = (subject.standard_uncertainty, reference.standard_uncertainty)
    known = None not in errors
    spread = math.hypot((errors[0] or 0.0), ratio * (errors[1] or 0.0)) / abs(other)
    return definition.measured(
        ratio - 1,
        uncertainty=spread if known else None,
        count=min(subject.sample_count, reference.sample_count),
        method=f"subject: {subject.method}; reference: {reference.method}; "
        + ("independent uncertainties" if known else "uncertainty unknown"),
        window=window,
    )
