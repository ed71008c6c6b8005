"""A cell's capacity cycle by cycle: simulated or measured, a row for each cycle, in the Battery Data Format's terms."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, array, choice, integer_vector, real, text, texts, vector
from ragone.schemas.record import Record

_SOLVER = Tolerance(relative=1e-4, absolute=1e-7)


class FadeOutcome(StrEnum):
    """The reason for which a record of cycles ends where it does."""

    BUDGET = "all cycles of the budget done"
    CALENDAR = "still running at the time limit"
    STOPPED = "the rule that stops it was met"
    INFEASIBLE = "the cell cannot do a step of its cycle any more"
    SOLVER_FAILED = "the solver gave up"
    NOT_CONDUCTING = "the cell does not conduct"
    NOT_BUILT = "the cell cannot be built"
    RECORD_ENDS = "the measured record ends"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CapacityFade(Record):
    """Charge and energy that a cell took up and delivered in each of its cycles; shape (n,) unless said otherwise.

    Rows are the cycles of one kind, in order; where only some cycles were looked at, there are rows of these alone.
    A column that was not measured in each of them is empty.
    """

    kind: ClassVar[str] = "capacity_fade"

    cell_name: str = text(doc="which cell")
    outcome: FadeOutcome = choice(FadeOutcome, doc="why there are no further cycles")
    reason: str = text(default="", doc="which step ended it, or what the solver said, in one line")
    protocol: tuple[str, ...] = texts(
        default=(), doc="steps of a cycle, as PyBaMM's users write them; empty if unknown"
    )
    nominal_capacity_ampere_hour: float | None = real(
        "A*h", low=0, low_open=True, optional=True, doc="what a rate of 1C refers to; null if not known"
    )
    reference_capacity_ampere_hour: float | None = real(
        "A*h", low=0, low_open=True, tolerance=_SOLVER, optional=True,
        doc="what shares of the capacity are of; null: that of the first row",
    )  # fmt: skip
    ambient_temperature_kelvin: float | None = real("K", low=0, optional=True, doc="temperature of the surroundings")
    cycle_count: np.ndarray[Any, Any] = integer_vector(low=1, doc="the cycle, from 1; increases")
    test_time_second: np.ndarray[Any, Any] = vector("s", tolerance=_SOLVER, doc="at the end of each cycle")
    discharging_capacity_ampere_hour: np.ndarray[Any, Any] = vector("A*h", tolerance=_SOLVER, doc="delivered")
    charging_capacity_ampere_hour: np.ndarray[Any, Any] = vector("A*h", tolerance=_SOLVER, default=(), doc="taken up")
    discharging_energy_watt_hour: np.ndarray[Any, Any] = vector("W*h", tolerance=_SOLVER, default=(), doc="delivered")
    charging_energy_watt_hour: np.ndarray[Any, Any] = vector("W*h", tolerance=_SOLVER, default=(), doc="taken up")
    internal_resistance_ohm: np.ndarray[Any, Any] = vector(
        "ohm", tolerance=_SOLVER, default=(), doc="as `resistance_definition` says"
    )
    largest_temperature_kelvin: np.ndarray[Any, Any] = vector("K", tolerance=_SOLVER, default=(), doc="in each cycle")
    discharging_capacity_error_ampere_hour: np.ndarray[Any, Any] = vector(
        "A*h", low=0, tolerance=_SOLVER, default=(), doc="bound of the error of the capacity; empty if none is known"
    )
    variable_names: tuple[str, ...] = texts(default=(), doc="what a model knows at the end of each cycle; PyBaMM's")
    variables: np.ndarray[Any, Any] = array(
        "", "float64", 2, tolerance=_SOLVER, doc="shape (names, n); each name ends in its `unit`"
    )
    resistance_definition: str = text(default="", doc="between which instants and at which state of charge")
    source: str = text(default="", doc="title and address of measured data; empty if simulated")
    licence: str = text(default="", doc="SPDX identifier of measured data, or 'unknown'; empty if simulated")
    method: str = text(doc="model, solver and its tolerances; or how cycles of a measurement were told apart")

    def validate(self) -> None:
        """Columns have a row for each cycle, or none; cycles follow one another."""
        count = len(self.cycle_count)
        required = ("test_time_second", "discharging_capacity_ampere_hour")
        optional = (
            "charging_capacity_ampere_hour",
            "discharging_energy_watt_hour",
            "charging_energy_watt_hour",
            "internal_resistance_ohm",
            "largest_temperature_kelvin",
            "discharging_capacity_error_ampere_hour",
        )
        wrong = {name: len(getattr(self, name)) for name in required if len(getattr(self, name)) != count}
        wrong |= {name: len(getattr(self, name)) for name in optional if len(getattr(self, name)) not in (0, count)}
        if wrong:
            raise FieldShapeError(f"columns of a capacity_fade of {count} cycles have lengths {wrong}; one row each.")
        if self.variables.shape != (len(self.variable_names), count):
            expected = (len(self.variable_names), count)
            raise FieldShapeError(f"capacity_fade.variables has shape {self.variables.shape}; {expected} expected.")
        if np.any(np.diff(self.cycle_count) <= 0):
            row = int(np.flatnonzero(np.diff(self.cycle_count) <= 0)[0])
            raise FieldShapeError(f"capacity_fade.cycle_count does not increase after row {row}; sort the cycles.")
