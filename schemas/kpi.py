"""A number that somebody may quote."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from ragone.schemas.errors import FieldShapeError, FieldTypeError, UnitError
from ragone.schemas.field import Tolerance, choice, integer, real, text
from ragone.schemas.migration import Migrations, added, nulled
from ragone.schemas.record import Record
from ragone.schemas.units import is_unit

_WINDOW = Tolerance(relative=1e-5, absolute=1e-9)  # as the times of a simulated curve


class KpiOutcome(StrEnum):
    """Whether the KPI has a value."""

    MEASURED = "measured"
    INFEASIBLE = "the discharge delivered nothing"
    NOT_REACHED = "the cell does not reach it within its limits"
    CENSORED = "not reached before the run ended"
    NOT_IDENTIFIABLE = "the data do not determine it"
    NOT_APPLICABLE = "its conditions do not hold"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Kpi(Record):
    """One number, with all that a careful reader asks of it.

    A window that is a stretch of time has its ends, in the time of the curve that the number was read off.
    """

    kind: ClassVar[str] = "kpi"
    schema_version: ClassVar[int] = 4
    migrations: ClassVar[Migrations] = {
        1: (
            added("window", ""),
            added("window_start_second", None),
            added("window_end_second", None),
            added("reference", ""),
        ),
        2: (nulled("value", 0.0, unless=("outcome", KpiOutcome.MEASURED)),),
        3: (added("lower_bound", None),),
    }

    name: str = text(doc="for example energy_density")
    value: float | None = real(
        "", optional=True, tolerance=Tolerance(relative=1e-5, absolute=1e-9), doc="in `unit`; null unless measured"
    )
    unit: str = text(doc="as pint spells it, W.h and A.h allowed; 1 if dimensionless")
    outcome: KpiOutcome = choice(KpiOutcome, doc="whether it has a value, or why not")
    standard_uncertainty: float | None = real(
        "", low=0, optional=True, tolerance=Tolerance(relative=1e-2, absolute=1e-9), doc="in `unit`; null if unknown"
    )
    lower_bound: float | None = real(
        "", optional=True, tolerance=Tolerance(relative=1e-5, absolute=1e-9),
        doc="in `unit`: the value is larger than this; null unless censored",
    )  # fmt: skip
    sample_count: int = integer(low=1, doc="volumes, samples or repeats that the value rests on; `method` says which")
    definition: str = text(doc="what is computed")
    window: str = text(default="", doc="what part of the data it is read off, and how that was chosen")
    window_start_second: float | None = real(
        "s", optional=True, tolerance=_WINDOW, doc="where the window is a stretch of time"
    )
    window_end_second: float | None = real(
        "s", optional=True, tolerance=_WINDOW, doc="where the window is a stretch of time"
    )
    method: str = text(doc="how value and uncertainty were obtained; why there is none if it is not measured")
    reference: str = text(default="", doc="author, year and doi of the definition or method")

    @property
    def measured_value(self) -> float:
        """The value, of a KPI that has one.

        Raises
        ------
        FieldTypeError
            If it has none, with the reason.
        """
        if self.value is None:
            raise FieldTypeError(f"kpi {self.name} has no value ({self.outcome}): {self.method}")
        return self.value

    def validate(self) -> None:
        """The unit is one that pint knows, and the window does not end before it starts."""
        if not is_unit(self.unit):
            raise UnitError(f"kpi.unit = {self.unit!r} is not a unit. Write it as pint does, for example 'W.h/L'.")
        start, end = self.window_start_second, self.window_end_second
        if start is not None and end is not None and end < start:
            raise FieldShapeError(f"kpi {self.name}: its window ends at {end:g} s, before it starts at {start:g} s.")
