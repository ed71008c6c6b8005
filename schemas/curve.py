"""Time series of a cell: simulated or measured, all in the columns and signs of the Battery Data Format.

A discharging current is negative; powers given as conditions are positive when delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.electrode import RAISED
from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, array, choice, document, integer_vector, real, text, texts, vector
from ragone.schemas.migration import Migrations, added, folded
from ragone.schemas.record import Record

_SOLVER = Tolerance(relative=1e-5, absolute=1e-9)
_VARIABLE = Tolerance(relative=1e-4, absolute=1e-7)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Curve(Record):
    """Base of all time series; whatever is read off a curve is read off these three columns, shape (n,) each."""

    test_time_second: np.ndarray[Any, Any] = vector("s", tolerance=_SOLVER, doc="never decreases")
    voltage_volt: np.ndarray[Any, Any] = vector("V", tolerance=_SOLVER, doc="between the terminals")
    current_ampere: np.ndarray[Any, Any] = vector("A", tolerance=_SOLVER, doc="negative: discharge")

    def validate(self) -> None:
        """The columns have one length and time never runs backwards."""
        columns = ("test_time_second", "voltage_volt", "current_ampere", *self._further_columns())
        lengths = {name: len(getattr(self, name)) for name in columns}
        if len(set(lengths.values())) > 1:
            raise FieldShapeError(f"columns of a {self.kind} have lengths {lengths}; they must agree.")
        backwards = np.flatnonzero(np.diff(self.test_time_second) < 0)
        if len(backwards):
            raise FieldShapeError(
                f"{self.kind}.test_time_second decreases after row {int(backwards[0])}; sort the samples by time."
            )

    def _further_columns(self) -> tuple[str, ...]:
        """Names of the other columns of equal length."""
        return ()


class DischargeOutcome(StrEnum):
    """The outcome of a discharge."""

    COMPLETED = "lower voltage limit reached"
    TOO_HOT = "temperature limit reached"
    INFEASIBLE = "the cell cannot deliver this power"
    NOT_CONDUCTING = "the cell does not conduct"
    NOT_BUILT = "the cell cannot be built"
    SOLVER_FAILED = "the solver gave up"
    TIME_LIMIT = "still running at the time limit"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Discharge(Curve):
    """One discharge to the lower voltage limit, at constant power or at constant current: what the loop runs."""

    kind: ClassVar[str] = "discharge"
    schema_version: ClassVar[int] = 4
    migrations: ClassVar[Migrations] = {
        1: (added("applied_current_ampere", None),),
        2: (folded("varied", "method", RAISED),),
        3: (added("temperature_kelvin", np.empty(0)), added("largest_temperature_kelvin", None)),
    }

    outcome: DischargeOutcome = choice(DischargeOutcome, doc="how the discharge ended, or why there is none")
    reason: str = text(default="", doc="what the solver said, in one line, when it did not complete")
    power_watt: float | None = real(
        "W", low=0, low_open=True, optional=True, doc="delivered by the whole cell, held constant; or null"
    )
    applied_current_ampere: float | None = real(
        "A", optional=True, doc="of the whole cell, held constant, negative; or null"
    )
    lower_voltage_volt: float = real("V", low=0, doc="limit at which the discharge ends")
    ambient_temperature_kelvin: float = real("K", low=0, doc="temperature of the surroundings")
    largest_temperature_kelvin: float | None = real(
        "K", low=0, optional=True, doc="temperature at which the discharge ends too; or null"
    )
    temperature_kelvin: np.ndarray[Any, Any] = vector(
        "K", tolerance=_SOLVER, default=(), doc="of the lumped cell; empty if it is held at the ambient's"
    )
    method: str = text(doc="model, solver and its tolerances; at its end the metric that was raised, as in the cell's")

    def _further_columns(self) -> tuple[str, ...]:
        return ("temperature_kelvin",) if len(self.temperature_kelvin) else ()


AT_LARGEST_POWER = "at the largest power"  # in the protocol of a pulse whose power was found by its limits


class CyclingOutcome(StrEnum):
    """The outcome of a protocol."""

    COMPLETED = "all steps done"
    INFEASIBLE = "a step cannot be done with this cell"
    NOT_CONDUCTING = "the cell does not conduct"
    NOT_BUILT = "the cell cannot be built"
    SOLVER_FAILED = "the solver gave up"
    TIME_LIMIT = "still running at the time limit"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Cycling(Curve):
    """A simulated protocol, step by step, with what no instrument sees under PyBaMM's own names."""

    kind: ClassVar[str] = "cycling"

    outcome: CyclingOutcome = choice(CyclingOutcome, doc="how the protocol ended")
    reason: str = text(default="", doc="which step ended it and what the solver said, in one line")
    protocol: tuple[str, ...] = texts(doc="its steps, as PyBaMM's users write them")
    nominal_capacity_ampere_hour: float = real("A*h", low=0, doc="what a rate of 1C refers to")
    ambient_temperature_kelvin: float = real("K", low=0, doc="temperature of the surroundings")
    step_count: np.ndarray[Any, Any] = integer_vector(low=1, doc="the step of the protocol that each sample is of")
    cycle_count: np.ndarray[Any, Any] = integer_vector(low=1, doc="the cycle that each sample is of")
    temperature_kelvin: np.ndarray[Any, Any] = vector("K", tolerance=_SOLVER, doc="volume average")
    variable_names: tuple[str, ...] = texts(doc="PyBaMM's")
    variables: np.ndarray[Any, Any] = array(
        "", "float64", 2, tolerance=_VARIABLE, doc="shape (names, n); each name ends in its `unit`"
    )
    method: str = text(doc="model, solver and its tolerances")

    def validate(self) -> None:
        """Every name has a row of the table, and every row a sample for each time."""
        super().validate()
        expected = (len(self.variable_names), len(self.test_time_second))
        if self.variables.shape != expected:
            raise FieldShapeError(f"cycling.variables has shape {self.variables.shape}; {expected} expected.")

    def _further_columns(self) -> tuple[str, ...]:
        return ("step_count", "cycle_count", "temperature_kelvin")

    def variable(self, name: str) -> np.ndarray[Any, Any]:
        """The samples of one variable, shape (n,).

        Raises
        ------
        FieldShapeError
            If it was not recorded.
        """
        if name not in self.variable_names:
            raise FieldShapeError(f"cycling holds no {name!r}; it holds {', '.join(self.variable_names)}.")
        return np.asarray(self.variables[self.variable_names.index(name)])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Measurement(Curve):
    """A measured time series of one cell, as an instrument's file gave it, checked and in one sign and time base."""

    kind: ClassVar[str] = "measurement"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Migrations] = {1: (added("holes", []),)}

    cell_name: str = text(doc="which cell")
    nominal_capacity_ampere_hour: float | None = real(
        "A*h", low=0, low_open=True, optional=True, doc="as stated for the cell; null if not known"
    )
    ambient_temperature_kelvin: float | None = real("K", low=0, optional=True, doc="of the chamber")
    step_count: np.ndarray[Any, Any] = integer_vector(low=1, doc="the instrument's, or found from the current; from 1")
    cycle_count: np.ndarray[Any, Any] = integer_vector(low=1, doc="the cycle that each sample is of, from 1")
    temperature_kelvin: np.ndarray[Any, Any] = vector("K", low=0, doc="of the cell; empty if not measured")
    findings: tuple[str, ...] = texts(default=(), doc="what was noticed and what was done, each with its row")
    holes: Any = document(
        default=[],
        doc="unrecorded intervals in order of time: `after_sample` (from 0), and charge [A.h] and energy [W.h] that "
        "flowed meanwhile by the file's own counters, positive when charging, each with its uncertainty, or null",
    )
    source: str = text(doc="title and address of the data")
    licence: str = text(doc="SPDX identifier, or 'unknown'")
    source_sha256: str = text(doc="of the file's bytes")
    source_format: str = text(doc="format that the file was read as")
    source_selection: str = text(default="", doc="sheet or path inside the file; empty if it holds one series")
    method: str = text(doc="reader and its version; conversions of unit, sign and time")

    def _further_columns(self) -> tuple[str, ...]:
        measured = ("temperature_kelvin",) if len(self.temperature_kelvin) else ()
        return ("step_count", "cycle_count", *measured)
