"""What is kept of a life while it is simulated: rows of cycles, and where the next cycle begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ragone.pipelines.ageing.cycle_map import CycleRow, State
from ragone.pipelines.ageing.errors import CycleFailedError
from ragone.schemas import FadeOutcome

REFERENCE_CYCLE = 2  # of a new cell the first discharge begins at equilibrium, the others after a charge
_COLUMNS = {  # of a fade: the name in a row
    "discharging_capacity_ampere_hour": "discharging_capacity",
    "charging_capacity_ampere_hour": "charging_capacity",
    "discharging_energy_watt_hour": "discharging_energy",
    "charging_energy_watt_hour": "charging_energy",
    "internal_resistance_ohm": "resistance",
    "largest_temperature_kelvin": "largest_temperature",
}


class CycleAdvance(Protocol):
    """The map of one cycle."""

    def advance(self, state: State) -> tuple[State, CycleRow]:
        """Do one cycle; raise CycleFailedError where it cannot be done."""
        ...


@dataclass
class SimulatedLife:
    """Cycles simulated and kept, bounds of the error of their capacity [A h], times at their ends [s], how it ended.

    `count`, `time` [s] and `throughput` [A h] count skipped cycles as well, and those before this part of the life.
    `simulated` are the cycles done in this part, those of jumps not taken among them. `carried_error` is the bound of
    what jumps have left in the capacity [A h], `first_capacity` that of the life's first cycle [A h], 0 before it,
    `reference_capacity` that of its second one, which shares are of [A h], 0 before it.
    `jumps` says whether cycles may have been skipped.
    """

    state: State
    count: int = 0
    time: float = 0.0
    throughput: float = 0.0
    first_capacity: float = 0.0
    reference_capacity: float = 0.0
    carried_error: float = 0.0
    simulated: int = 0
    jumps: bool = False
    outcome: FadeOutcome = FadeOutcome.BUDGET
    reason: str = ""
    counts: list[int] = field(default_factory=list)
    rows: list[CycleRow] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def keep(self, row: CycleRow, count: int, error: float) -> None:
        """Add the row of the cycle of that count, which ends the life so far."""
        self.count, self.time = count, self.time + row.duration
        self.throughput += row.discharging_capacity
        self.first_capacity = self.first_capacity or row.discharging_capacity
        if count == REFERENCE_CYCLE:
            self.reference_capacity = row.discharging_capacity
        self.counts.append(count)
        self.rows.append(row)
        self.errors.append(error)
        self.times.append(self.time)

    def stop_below(self, share: float) -> None:
        """End the life if the capacity of its last cycle is below a share of the reference."""
        if self.rows[-1].discharging_capacity < share * self.reference_capacity:
            self.outcome = FadeOutcome.STOPPED
            self.reason = f"capacity below {share:.0%} of that of cycle {REFERENCE_CYCLE}"

    def run(self, cycles: CycleAdvance, count: int, share: float) -> None:
        """Simulate so many cycles one by one, or until the life ends."""
        while len(self.rows) < count and self.outcome is FadeOutcome.BUDGET:
            try:
                self.state, row = cycles.advance(self.state)
            except CycleFailedError as failed:
                self.outcome, self.reason = failed.outcome, failed.reason
                break
            self.simulated += 1
            self.keep(row, self.count + 1, self.carried_error)
            self.stop_below(share)

    def columns(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return what the rows hold as the columns of a fade, with variables of these names.

        What is not known of every cycle is left out; the reference capacity is null before its cycle.
        """
        found = {field: np.array([getattr(row, name) for row in self.rows], np.float64)
                 for field, name in _COLUMNS.items()}  # fmt: skip
        variables = np.array([row.variables for row in self.rows], np.float64).reshape(len(self.rows), len(names)).T
        return {
            **{field: column for field, column in found.items() if np.all(np.isfinite(column))},
            "cycle_count": np.array(self.counts, np.int64),
            "test_time_second": np.array(self.times, np.float64),
            "reference_capacity_ampere_hour": self.reference_capacity or None,
            "discharging_capacity_error_ampere_hour": np.array(self.errors if self.jumps else (), np.float64),
            "variable_names": names,
            "variables": np.ascontiguousarray(variables),
        }
