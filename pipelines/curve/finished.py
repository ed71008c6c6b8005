"""Was a curve carried through to its end? A simulation may have given up; a measurement is what it is.

A discharge is one step, so that one which was not carried through delivered nothing that counts: it is infeasible. One
that ends at its temperature limit ends as a cell with such a limit does, and counts with what it delivered. Of
a protocol that got somewhere, a number of the whole curve is not determined.
"""

from __future__ import annotations

from ragone.schemas import Curve, Cycling, CyclingOutcome, Discharge, DischargeOutcome, KpiOutcome


def unfinished(curve: Curve) -> tuple[str, KpiOutcome] | None:
    """The reason and the outcome where a KPI of the whole curve has no value; None if nothing stands against it."""
    if isinstance(curve, Discharge | Cycling) and curve.outcome not in (
        DischargeOutcome.COMPLETED,
        DischargeOutcome.TOO_HOT,
        CyclingOutcome.COMPLETED,
    ):
        because = f" ({curve.reason})" if curve.reason else ""
        done = len(curve.test_time_second)
        went_on = isinstance(curve, Cycling) and done
        outcome = KpiOutcome.NOT_IDENTIFIABLE if went_on else KpiOutcome.INFEASIBLE
        return f"the simulation ended with '{curve.outcome}'{because} after {done} samples; make it complete", outcome
    if len(curve.test_time_second) < 2:
        return f"samples of the curve: {len(curve.test_time_second)}; two at least are needed", (
            KpiOutcome.NOT_IDENTIFIABLE
        )
    return None
