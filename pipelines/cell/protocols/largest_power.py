"""A pulse at the largest constant power that a cell delivers or takes up for so long within its limits.

Power is raised until a limit is met at the very end of the pulse: the root of the distance to the limits, or of the
time that is missing where the pulse ends early. Test manuals take it from the resistance of a smaller pulse instead,
as if that stayed the same up to the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.particle_sizes import require_solvable, variant
from ragone.pipelines.cell.plating import PLATING_MARGIN
from ragone.pipelines.cell.protocols.variables import TEMPERATURE, sampled
from ragone.pipelines.cell.sampling import battery_data_current
from ragone.pipelines.cell.simulation import Control, Cooling, Numerics, solve
from ragone.pipelines.cell.temperature_laws import require_temperature_laws
from ragone.schemas import CellOutcome, CellParameters, Cycling, CyclingOutcome, NegativeElectrode, stage
from ragone.schemas.curve import AT_LARGEST_POWER
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import NotNegative, Positive, Share

_DIRECTIONS = {"discharge": 1.0, "charge": -1.0}  # sign of PyBaMM's power
_THERMAL = ("isothermal", "lumped")
_VOLT = 0.1  # V: distance from a limit that counts as much as the whole time of the pulse
_ACCURACY = 1e-6  # of the power
_SMALLEST = 1e-3  # 1/h: power over nominal energy at which no limit may be met yet
_STEP, _STEPS = 4.0, 12  # by which the power is raised until a limit is passed, and how often
_VOLTAGE, _CURRENT = "Voltage [V]", "Current [A]"


@stage("cell.pulse_at_largest_power", libraries=("pybamm", "pybammsolvers", "casadi", "numpy", "scipy"))
def pulse_at_largest_power(
    cell: CellParameters,
    *,
    direction: Literal["discharge", "charge"] = "discharge",
    pulse_second: Positive = 10.0,
    initial_state_of_charge: Share = 0.5,
    ambient_temperature_kelvin: Positive = 298.15,
    lower_voltage_volt: NotNegative = 2.5,
    upper_voltage_volt: Positive = 4.2,
    smallest_plating_margin_volt: float = 0.0,
    thermal: Literal["isothermal", "lumped"] = "lumped",
    heat_transfer_coefficient_watt_per_square_metre_kelvin: NotNegative = 10.0,
    largest_temperature_kelvin: Positive = 333.15,
    sample_count: Annotated[int, Bounds(low=2)] = 101,
    mesh_points: Annotated[int, POSITIVE] = 20,
    relative_tolerance: Positive = 1e-6,
    absolute_tolerance: Positive = 1e-6,
    particle_size_points: int = 0,
) -> Cycling:
    """Find the power of a pulse that just keeps the limits, and do that pulse from rest.

    Parameters
    ----------
    cell
        The cell.
    direction
        Whether the pulse discharges or charges.
    pulse_second
        Its length [s].
    initial_state_of_charge
        At rest before it, in [0, 1].
    ambient_temperature_kelvin
        Around the cell, and of the cell when it begins [K].
    lower_voltage_volt, upper_voltage_volt
        Limits of the terminal voltage [V]; the upper one is at most that of the parameter set.
    smallest_plating_margin_volt
        Lowest potential of the negative electrode against lithium while it charges [V].
    thermal
        "lumped": the cell warms by its own heat; or "isothermal".
    heat_transfer_coefficient_watt_per_square_metre_kelvin, largest_temperature_kelvin
        Of a lumped cell [W/(m^2 K)], [K].
    sample_count
        Samples, at equal steps of time.
    mesh_points
        Finite volumes across each coating, the separator, and each particle's radius.
    relative_tolerance, absolute_tolerance
        Tolerances of the time integration [-].
    particle_size_points
        Number of sizes of positive particles, log-normal with the cell's width, each with its own diffusion; 0 for the
        one sphere that stands for all [-]. Of an isothermal cell.

    Returns
    -------
    Cycling
        One step at that power, found within 1e-6 of it. INFEASIBLE if a limit is passed at rest already.

    Raises
    ------
    UnknownFieldError, BoundsError, MissingFieldError
        If a word or number cannot be used, or the cell does not say how it is cooled, or how wide its particles'
        sizes are where they are asked for.
    ContradictionError
        If sizes are asked for of a lumped cell.
    TemperatureLawError
        If its parameter set gives transport at one temperature only, and the current of a lumped pulse is above 1C.

    References
    ----------
    Christophersen 2015, Battery test manual for electric vehicles, INL/EXT-15-34184, doi 10.2172/1186745 (pulse power).
    """
    for name, word, known in (("direction", direction, _DIRECTIONS), ("thermal", thermal, _THERMAL)):
        if word not in known:
            raise UnknownFieldError(f"{name} = {word!r} is not known: {did_you_mean(word, known)}")
    require_solvable(particle_size_points, thermal)
    above = Bounds(low=ambient_temperature_kelvin, low_open=True)
    above.require(largest_temperature_kelvin, "largest_temperature_kelvin", "K")
    cooling = Cooling(heat_transfer_coefficient_watt_per_square_metre_kelvin, largest_temperature_kelvin)
    pulse = _Pulse(
        cell,
        _DIRECTIONS[direction],
        pulse_second,
        initial_state_of_charge,
        ambient_temperature_kelvin,
        lower_voltage_volt,
        upper_voltage_volt,
        smallest_plating_margin_volt,
        cooling if thermal == "lumped" else None,
        Numerics(mesh_points, relative_tolerance, absolute_tolerance, particle_size_points),
    )
    outcome, reason, solution = _done(pulse)
    time = np.linspace(0.0, float(solution.t[-1]), sample_count) if solution else np.empty(0)
    names = (PLATING_MARGIN,) if pulse.may_plate else ()
    columns = {n: sampled(solution, n, time) if solution else time for n in (_VOLTAGE, _CURRENT, TEMPERATURE, *names)}
    return Cycling(
        outcome=outcome,
        reason=reason,
        protocol=(pulse.words(direction),),
        nominal_capacity_ampere_hour=cell.nominal_capacity_ampere_hour,
        ambient_temperature_kelvin=ambient_temperature_kelvin,
        test_time_second=time,
        voltage_volt=columns[_VOLTAGE],
        current_ampere=battery_data_current(columns[_CURRENT]),
        step_count=np.ones(len(time), np.int64),
        cycle_count=np.ones(len(time), np.int64),
        temperature_kelvin=columns[TEMPERATURE],
        variable_names=names,
        variables=np.array([columns[name] for name in names], np.float64).reshape(len(names), len(time)),
        method=f"PyBaMM DFN, {thermal}, {mesh_points} points a domain{variant(particle_size_points)}; IDAKLU, "
        f"rtol {relative_tolerance:g}, atol {absolute_tolerance:g}; from {initial_state_of_charge:.0%} state of charge"
        f"; power within {_ACCURACY:g}",
    )


@dataclass(frozen=True)
class _Pulse:
    """A pulse but for its power; see `pulse_at_largest_power`."""

    cell: CellParameters
    sign: float
    seconds: float
    state_of_charge: float
    ambient_temperature: float
    lower_voltage: float
    upper_voltage: float
    plating_margin: float
    cooling: Cooling | None
    numerics: Numerics

    @property
    def may_plate(self) -> bool:
        """Whether there is a porous negative electrode."""
        return self.cell.negative_electrode is NegativeElectrode.INTERCALATION

    @property
    def smallest_power(self) -> float:
        """Power [W] at which no limit may be met yet."""
        return _SMALLEST * self.cell.nominal_capacity_ampere_hour * max(self.lower_voltage, 1.0)

    @property
    def limited(self) -> tuple[str, ...]:
        """The model's variables that are limited."""
        return (_VOLTAGE, TEMPERATURE, *((PLATING_MARGIN,) if self.may_plate and self.sign < 0 else ()))

    @property
    def limits(self) -> str:
        """The limits of the potentials, in words."""
        if self.sign > 0:
            return f"{self.lower_voltage:g} V"
        return f"{self.upper_voltage:g} V and {self.plating_margin:g} V against lithium"

    def words(self, direction: str) -> str:
        """The step, in words."""
        return f"{direction.capitalize()} {AT_LARGEST_POWER} that {self.limits} allow for {self.seconds:g} s"

    def solved(self, power: float) -> Any:
        """PyBaMM's solution at a power [W]; None if there is no initial state."""
        try:
            return solve(
                self.cell,
                Control.POWER,
                self.numerics,
                setpoint=self.sign * power,
                initial_state_of_charge=self.state_of_charge,
                ambient_temperature=self.ambient_temperature,
                lower_voltage=self.lower_voltage,
                largest_duration=self.seconds,
                cooling=self.cooling,
            )
        except load_pybamm().SolverError:
            return None

    def distance(self, power: float) -> float:
        """Distance to the limits at the end [0.1 V], > 0 if they are kept; the share of time missing, < 0, if not."""
        solution = self.solved(power)
        if solution is None:
            return -1.0
        end = float(solution.t[-1])
        if solution.termination != "final time":
            return min(end / self.seconds - 1.0, -_ACCURACY)
        at = np.array([end])
        voltage = float(sampled(solution, _VOLTAGE, at)[0])
        if self.sign > 0:
            return (voltage - self.lower_voltage) / _VOLT
        margin = float(sampled(solution, PLATING_MARGIN, at)[0]) if self.may_plate else np.inf
        return min(self.upper_voltage - voltage, margin - self.plating_margin) / _VOLT


def _done(pulse: _Pulse) -> tuple[CyclingOutcome, str, Any]:
    """Outcome, reason, and PyBaMM's solution at the largest power; None if there is none."""
    if pulse.cell.outcome is not CellOutcome.BUILT:
        fits = pulse.cell.outcome is not CellOutcome.DOES_NOT_FIT
        return (CyclingOutcome.NOT_CONDUCTING if fits else CyclingOutcome.NOT_BUILT), str(pulse.cell.outcome), None
    power = _largest_power(pulse)
    if power is None:
        return CyclingOutcome.INFEASIBLE, _at_rest(pulse), None
    solution = pulse.solved(power)
    if pulse.cooling is not None:
        require_temperature_laws(pulse.cell, float(np.abs(solution[_CURRENT].entries).max()))
    return CyclingOutcome.COMPLETED, "", solution


def _at_rest(pulse: _Pulse) -> str:
    """Say that not even the smallest power keeps the limits, and what would."""
    values, solution = "", pulse.solved(pulse.smallest_power)
    if solution is not None:
        found = {name: float(sampled(solution, name, solution.t[-1:])[0]) for name in pulse.limited}
        values = f" ({', '.join(f'{name} = {value:.5g}' for name, value in found.items())})"
    return (
        f"not even {pulse.smallest_power:.3g} W from {pulse.state_of_charge:.0%} state of charge keeps {pulse.limits}"
        f"{values}; begin at another state of charge, or widen the limits"
    )


def _largest_power(pulse: _Pulse) -> float | None:
    """The power [W] at which the distance to the limits vanishes, from below; None if it does at rest."""
    from scipy.optimize import brentq

    low = pulse.smallest_power
    if pulse.distance(low) <= 0:
        return None
    for _ in range(_STEPS):
        high = _STEP * low
        if pulse.distance(high) < 0:
            return float(brentq(pulse.distance, low, high, rtol=_ACCURACY / 2)) * (1 - _ACCURACY)
        low = high
    return low
