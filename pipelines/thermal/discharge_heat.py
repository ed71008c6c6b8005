"""How much heat a discharge makes at a temperature that is held: the generation line of a heat balance.

Built once for a cell and a load, then solved at as many temperatures as are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.heat import ISOTHERMAL, SOURCES, heat_variables
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.simulation import AMBIENT, INITIAL, LOWER_VOLTAGE, Control, Numerics, mesh, quiet_solver
from ragone.schemas import CellParameters
from ragone.schemas.errors import MissingFieldError
from ragone.schemas.field import POSITIVE, Bounds

_SAMPLES = 501
_LONGEST = 3.6e6  # s; a discharge that takes longer makes no heat to speak of
_MODES = {Control.POWER: "power", Control.CURRENT: "current"}


@dataclass(frozen=True, slots=True)
class Load:
    """The load: power [W] or current [A, positive], held from a state of charge to a voltage."""

    control: Control
    setpoint: float
    initial_state_of_charge: float
    lower_voltage: float


@dataclass(frozen=True, slots=True)
class MeanHeat:
    """Heat of one discharge over its duration [s]: [W]; without any, why it did not reach the voltage."""

    sources: dict[str, float]
    duration: float
    failure: str = ""

    @property
    def total(self) -> float:
        """Sum of all sources [W]."""
        return sum(self.sources.values())


def load_of(
    cell: CellParameters, power: float | None, rate: float | None, start: float = 1.0, voltage: float = 2.5
) -> Load:
    """A power [W], or a rate [1/h] of the nominal capacity, from a state of charge [-] to a voltage [V].

    Raises
    ------
    MissingFieldError
        If not one of power and rate is given.
    BoundsError
        If it is not positive, or the state of charge is not in [0, 1].
    """
    Bounds(0, 1).require(start, "initial_state_of_charge", "1")
    if power is not None and rate is None:
        POSITIVE.require(power, "power_watt", "W")
        return Load(Control.POWER, power, start, voltage)
    if rate is not None and power is None:
        POSITIVE.require(rate, "c_rate", "1/h")
        return Load(Control.CURRENT, rate * cell.nominal_capacity_ampere_hour, start, voltage)
    raise MissingFieldError(f"power_watt = {power} and c_rate = {rate}: give one of the two.")


def discharge_heat(cell: CellParameters, load: Load, numerics: Numerics) -> Callable[[float], MeanHeat]:
    """The mean heat of a discharge as a function of the cell's temperature [K], which is held throughout."""
    pybamm = load_pybamm()
    model = dfn(cell.negative_electrode, {**ISOTHERMAL, "operating mode": _MODES[load.control]})
    model.variables.update(heat_variables(model))
    values = cell_values(cell, initial_state_of_charge=load.initial_state_of_charge)
    given = {load.control.value: load.setpoint, LOWER_VOLTAGE: load.lower_voltage}
    values.update({**given, AMBIENT: "[input]", INITIAL: "[input]"}, check_already_exists=False)
    simulation = pybamm.Simulation(
        model, parameter_values=values, solver=quiet_solver(numerics), var_pts=mesh(numerics)
    )

    def at(temperature: float) -> MeanHeat:
        try:
            solution = simulation.solve([0.0, _LONGEST], inputs={AMBIENT: temperature, INITIAL: temperature})
        except pybamm.SolverError:
            return MeanHeat({}, 0.0, "there is no initial state at this load")
        duration = float(solution.t[-1])
        if not solution.termination.startswith("event") or duration == 0:
            return MeanHeat({}, duration, f"{solution.termination} after {duration:g} s")
        time = np.linspace(0.0, duration, _SAMPLES)
        heats = {name: np.broadcast_to(solution[name](time), time.shape) for name in SOURCES}
        return MeanHeat({n: float(np.trapezoid(h, time)) / duration for n, h in heats.items()}, duration)

    return at
