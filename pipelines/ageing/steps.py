"""The steps of one cycle by which a cell ages, from rates, depth, rest and storage."""

from __future__ import annotations

from dataclasses import dataclass

from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.cell.protocols.grammar import read_step
from ragone.pipelines.cell.protocols.words import at_rate, duration, full_charge, number, rest, until


@dataclass(frozen=True)
class Duty:
    """A cycle of a cell: rates [1/h], power [W] (0: at the rate), voltages [V], times [s], shares [-].

    The depth of a discharge and the state of charge of storage are shares of the nominal capacity. A storage of 0 s
    is none.
    """

    charge_rate: float
    discharge_rate: float
    cutoff_rate: float
    lower_voltage: float
    upper_voltage: float
    discharge_power: float = 0.0
    depth_of_discharge: float = 1.0
    rest: float = 600.0
    storage: float = 0.0
    storage_state_of_charge: float = 1.0

    def steps(self) -> tuple[str, ...]:
        """Return the steps of a cycle of a cell that is full at its start.

        A cycle with storage begins with a check-up: a full charge and a discharge. Then the cell is charged to its
        state of charge and left alone, so that each cycle has one discharge, whose capacity is the check-up's.
        """
        pause = (rest(self.rest),) if self.rest else ()
        charge = full_charge(self.charge_rate, self.upper_voltage, self.cutoff_rate)
        if not self.storage:
            return (self._discharge(), *pause, *charge, *pause)
        if self.depth_of_discharge < 1:
            raise AgeingError("storage begins with a check-up of the whole capacity; leave depth_of_discharge out.")
        return (*charge, *pause, self._discharge(), *pause, *self._partial_charge(charge), rest(self.storage))

    def _discharge(self) -> str:
        end = until(self.lower_voltage)
        if not self.depth_of_discharge:
            raise AgeingError("depth_of_discharge = 0 discharges nothing. Give a share above 0, or storage for a rest.")
        if self.discharge_power:
            if self.depth_of_discharge < 1:
                raise AgeingError("a depth of discharge is reached at a rate; leave discharge_power out.")
            return f"Discharge at {number(self.discharge_power)} W {end}"
        if self.depth_of_discharge == 1:
            return at_rate("Discharge", self.discharge_rate, end)
        seconds = round(3600 * self.depth_of_discharge / self.discharge_rate, 3)
        return at_rate("Discharge", self.discharge_rate, f"for {duration(seconds)} or {end}")

    def _partial_charge(self, whole: tuple[str, str]) -> tuple[str, ...]:
        share = self.storage_state_of_charge
        if share == 1:
            return whole
        seconds = round(3600 * share / self.charge_rate, 3)
        return (at_rate("Charge", self.charge_rate, f"for {duration(seconds)} or {until(self.upper_voltage)}"),)


def checked(protocol: tuple[str, ...]) -> tuple[str, ...]:
    """Return steps of a cycle as they are written, each read first; raises as `read_step`."""
    return tuple(read_step(text, index).text for index, text in enumerate(protocol, 1))
