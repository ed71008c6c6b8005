"""What a KPI is, said once; a record of it then says its value, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ragone.schemas import Kpi, KpiOutcome


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the data that a number is read off, and how it was chosen; ends [s] where it is a stretch of time."""

    text: str
    start_second: float | None = None
    end_second: float | None = None


WHOLE = Window("the whole curve")


@dataclass(frozen=True, slots=True)
class Definition:
    """Name, unit, what is computed, and who defined it so (author, year, doi)."""

    name: str
    unit: str
    text: str
    reference: str = ""

    def measured(
        self, value: float, *, uncertainty: float | None, count: int, method: str, window: Window = WHOLE
    ) -> Kpi:
        """The KPI with its value and standard uncertainty in `unit`, from `count` samples or repeats."""
        return self._kpi(KpiOutcome.MEASURED, value, uncertainty, count, method, window)

    def missing(self, reason: str, outcome: KpiOutcome = KpiOutcome.NOT_IDENTIFIABLE, window: Window = WHOLE) -> Kpi:
        """The KPI that these data do not give; the reason names value, expectation and what to do."""
        return self._kpi(outcome, None, None, 1, f"no value: {reason}", window)

    def censored(self, lower_bound: float, reason: str, *, count: int, window: Window = WHOLE) -> Kpi:
        """The KPI of which it is known only that it is larger than a bound [`unit`], and why."""
        missing = self._kpi(KpiOutcome.CENSORED, None, None, count, f"no value: {reason}", window)
        return replace(missing, lower_bound=lower_bound)

    def _kpi(
        self,
        outcome: KpiOutcome,
        value: float | None,
        uncertainty: float | None,
        count: int,
        method: str,
        window: Window,
    ) -> Kpi:
        return Kpi(
            name=self.name,
            value=value,
            unit=self.unit,
            outcome=outcome,
            standard_uncertainty=uncertainty,
            sample_count=count,
            definition=self.text,
            window=window.text,
            window_start_second=window.start_second,
            window_end_second=window.end_second,
            method=method,
            reference=self.reference,
        )


def all_missing(
    definitions: Iterable[Definition], reason: str, outcome: KpiOutcome = KpiOutcome.NOT_IDENTIFIABLE
) -> dict[str, Kpi]:
    """Every one of several KPIs, by name, without a value and for one reason."""
    return {definition.name: definition.missing(reason, outcome) for definition in definitions}
