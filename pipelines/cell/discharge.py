"""What the cell delivers at constant power or constant current, and how the discharge ends.

DFN, isothermal or as one lump that its own heat warms, solved by IDAKLU until the lower voltage limit or the largest
temperature. What cannot be done is an outcome. SUNDIALS is asked to be silent and failures are read off the solution,
so that nothing reaches the terminal and no stream of the process, which other threads share, has to be redirected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.particle_sizes import require_solvable, variant
from ragone.pipelines.cell.sampling import Samples, no_samples, sampled
from ragone.pipelines.cell.simulation import LARGEST_TEMPERATURE, Control, Cooling, Numerics, solve
from ragone.pipelines.cell.temperature_laws import require_temperature_laws
from ragone.schemas import CellOutcome, CellParameters, Discharge, DischargeOutcome, stage
from ragone.schemas.electrode import raised, raised_in
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import NotNegative, Positive, Share

THERMAL = ("isothermal", "lumped")
_NO_LIMIT = 1e6  # K
LIBRARIES = ("pybamm", "pybammsolvers", "casadi", "numpy", "scipy")
_NOT_STARTED = {
    CellOutcome.NOT_CONDUCTING: DischargeOutcome.NOT_CONDUCTING,
    CellOutcome.NEGATIVE_NOT_CONDUCTING: DischargeOutcome.NOT_CONDUCTING,
    CellOutcome.DOES_NOT_FIT: DischargeOutcome.NOT_BUILT,
}


@dataclass(frozen=True)
class _Conditions:
    """Conditions that both kinds of discharge share; see `discharge_at_constant_power`."""

    initial_state_of_charge: float
    ambient_temperature_kelvin: float
    lower_voltage_volt: float
    largest_duration_second: float
    sample_count: int
    mesh_points: int
    relative_tolerance: float
    absolute_tolerance: float
    particle_size_points: int
    thermal: str
    heat_transfer_coefficient: float
    largest_temperature_kelvin: float | None

    def __post_init__(self) -> None:
        if self.thermal not in THERMAL:
            raise UnknownFieldError(f"thermal = {self.thermal!r} is not known: {did_you_mean(self.thermal, THERMAL)}")
        require_solvable(self.particle_size_points, self.thermal)
        if self.largest_temperature_kelvin is not None:
            above = Bounds(low=self.ambient_temperature_kelvin, low_open=True)
            above.require(self.largest_temperature_kelvin, "largest_temperature_kelvin", "K")
        POSITIVE.require(self.largest_duration_second, "largest_duration_second", "s")
        Bounds(0, 1).require(self.initial_state_of_charge, "initial_state_of_charge", "1")
        Bounds(low=2).require(self.sample_count, "sample_count", "1")

    def record(self, cell: CellParameters, control: Control, setpoint: float) -> Discharge:
        """Solve, and say how it went."""
        outcome, reason, samples = _not_started(cell)
        lumped = self.thermal == "lumped"
        if lumped and outcome is None:
            require_temperature_laws(cell, setpoint / self._divisor(control))
        if outcome is None:
            outcome, reason, samples = self._solved(cell, control, setpoint)
        return Discharge(
            outcome=outcome,
            reason=reason,
            power_watt=setpoint if control is Control.POWER else None,
            applied_current_ampere=-setpoint if control is Control.CURRENT else None,
            lower_voltage_volt=self.lower_voltage_volt,
            ambient_temperature_kelvin=self.ambient_temperature_kelvin,
            largest_temperature_kelvin=self.largest_temperature_kelvin if lumped else None,
            test_time_second=samples.time,
            voltage_volt=samples.voltage,
            current_ampere=samples.current,
            temperature_kelvin=samples.temperature if lumped else samples.temperature[:0],
            method=f"PyBaMM DFN, {self._described()}, {self.mesh_points} points a domain"
            f"{variant(self.particle_size_points)}; IDAKLU, rtol {self.relative_tolerance:g}, "
            f"atol {self.absolute_tolerance:g}; from {self.initial_state_of_charge:.0%} state of charge"
            f"{raised(raised_in(cell.method))}",
        )

    def _divisor(self, control: Control) -> float:
        """Turn a setpoint into the largest current: that of a power is drawn at the lower voltage."""
        return self.lower_voltage_volt if control is Control.POWER else 1.0

    def _described(self) -> str:
        if self.thermal == "isothermal":
            return self.thermal
        return f"lumped, cooled by {self.heat_transfer_coefficient:g} W/(m^2 K)"

    def _cooling(self) -> Cooling | None:
        if self.thermal == "isothermal":
            return None
        return Cooling(self.heat_transfer_coefficient, self.largest_temperature_kelvin or _NO_LIMIT)

    def _solved(self, cell: CellParameters, control: Control, setpoint: float) -> tuple[DischargeOutcome, str, Samples]:
        try:
            solution = solve(
                cell,
                control,
                Numerics(self.mesh_points, self.relative_tolerance, self.absolute_tolerance, self.particle_size_points),
                setpoint=setpoint,
                initial_state_of_charge=self.initial_state_of_charge,
                ambient_temperature=self.ambient_temperature_kelvin,
                lower_voltage=self.lower_voltage_volt,
                largest_duration=self.largest_duration_second,
                cooling=self._cooling(),
            )
        except load_pybamm().SolverError as cause:  # raised at the initial state only
            return DischargeOutcome.INFEASIBLE, f"no initial state: {_one_line(cause)}", no_samples()
        return _ended(solution, self.sample_count)


@stage("cell.discharge_at_constant_power", libraries=LIBRARIES)
def discharge_at_constant_power(
    cell: CellParameters,
    *,
    power_watt: Positive,
    initial_state_of_charge: Share = 1.0,
    ambient_temperature_kelvin: Positive = 298.15,
    lower_voltage_volt: NotNegative = 2.5,
    largest_duration_second: Positive = 720000.0,
    sample_count: int = 151,
    mesh_points: int = 20,
    relative_tolerance: Positive = 1e-6,
    absolute_tolerance: Positive = 1e-6,
    particle_size_points: int = 0,
    thermal: Literal["isothermal", "lumped"] = "isothermal",
    heat_transfer_coefficient_watt_per_square_metre_kelvin: NotNegative = 10.0,
    largest_temperature_kelvin: Positive | None = None,
) -> Discharge:
    """Discharge the cell from a state of charge to a voltage.

    Parameters
    ----------
    cell
        The cell.
    power_watt
        Delivered by the whole cell [W], > 0.
    initial_state_of_charge
        State of charge at the start, in [0, 1], between the voltage limits of the parameter set.
    ambient_temperature_kelvin
        Temperature of the whole cell, throughout [K]; of a lumped one at the start, and around it.
    lower_voltage_volt
        Voltage at which the discharge ends [V].
    largest_duration_second
        Time after which the discharge is broken off [s].
    sample_count
        Samples, at equal steps of time from 0 to the end, both included.
    mesh_points
        Finite volumes across each coating, the separator, and each particle's radius.
    relative_tolerance, absolute_tolerance
        Tolerances of the time integration [-].
    particle_size_points
        Number of sizes of positive particles, log-normal with the cell's width, each with its own diffusion; 0 for the
        one sphere that stands for all [-].
    thermal
        "isothermal", or "lumped": one temperature that follows the heat that the cell makes and loses.
    heat_transfer_coefficient_watt_per_square_metre_kelvin
        From the surface of a lumped cell to its surroundings [W/(m^2 K)]; 10 is a can in still air.
    largest_temperature_kelvin
        Temperature at which the discharge of a lumped cell ends too [K]; no limit unless given.

    Returns
    -------
    Discharge
        The outcome is COMPLETED at the lower voltage; TOO_HOT at the largest temperature; INFEASIBLE, without samples,
        if no initial state at this power was found above that voltage; SOLVER_FAILED or TIME_LIMIT with the samples
        until then.

    Raises
    ------
    TemperatureLawError
        If a lumped cell of a set without activation energies is discharged above 1C at the lower voltage.
    MissingFieldError
        If the cell does not say how it is cooled, or if sizes are asked for and its particles have one size, or none
        that is known.
    ContradictionError
        If sizes are asked for of a lumped cell.

    References
    ----------
    Doyle, Fuller, Newman 1993, doi 10.1149/1.2221597; Sulzer et al. 2021 (PyBaMM), doi 10.5334/jors.309.
    """
    POSITIVE.require(power_watt, "power_watt", "W")
    conditions = _Conditions(
        initial_state_of_charge,
        ambient_temperature_kelvin,
        lower_voltage_volt,
        largest_duration_second,
        sample_count,
        mesh_points,
        relative_tolerance,
        absolute_tolerance,
        particle_size_points,
        thermal,
        heat_transfer_coefficient_watt_per_square_metre_kelvin,
        largest_temperature_kelvin,
    )
    return conditions.record(cell, Control.POWER, power_watt)


@stage("cell.discharge_at_constant_current", libraries=LIBRARIES)
def discharge_at_constant_current(
    cell: CellParameters,
    *,
    rate_per_hour: Positive,
    initial_state_of_charge: Share = 1.0,
    ambient_temperature_kelvin: Positive = 298.15,
    lower_voltage_volt: NotNegative = 2.5,
    largest_duration_second: Positive = 720000.0,
    sample_count: int = 151,
    mesh_points: int = 20,
    relative_tolerance: Positive = 1e-6,
    absolute_tolerance: Positive = 1e-6,
    particle_size_points: int = 0,
    thermal: Literal["isothermal", "lumped"] = "isothermal",
    heat_transfer_coefficient_watt_per_square_metre_kelvin: NotNegative = 10.0,
    largest_temperature_kelvin: Positive | None = None,
) -> Discharge:
    """Discharge the cell from a state of charge to a voltage at a rate of its nominal capacity.

    Parameters
    ----------
    cell
        The cell.
    rate_per_hour
        Current over nominal capacity [1/h], > 0: 1 is "1C".
    initial_state_of_charge, ambient_temperature_kelvin, lower_voltage_volt, largest_duration_second, sample_count, \
    mesh_points, relative_tolerance, absolute_tolerance, particle_size_points, thermal, \
    heat_transfer_coefficient_watt_per_square_metre_kelvin, largest_temperature_kelvin
        The same as at constant power.

    Returns
    -------
    Discharge
        With the outcomes of a discharge at constant power.
    """
    POSITIVE.require(rate_per_hour, "rate_per_hour", "1/h")
    conditions = _Conditions(
        initial_state_of_charge,
        ambient_temperature_kelvin,
        lower_voltage_volt,
        largest_duration_second,
        sample_count,
        mesh_points,
        relative_tolerance,
        absolute_tolerance,
        particle_size_points,
        thermal,
        heat_transfer_coefficient_watt_per_square_metre_kelvin,
        largest_temperature_kelvin,
    )
    return conditions.record(cell, Control.CURRENT, rate_per_hour * cell.nominal_capacity_ampere_hour)


def _not_started(cell: CellParameters) -> tuple[DischargeOutcome | None, str, Samples]:
    if cell.outcome is CellOutcome.BUILT:
        return None, "", no_samples()
    return _NOT_STARTED[cell.outcome], str(cell.outcome), no_samples()


def _ended(solution: Any, count: int) -> tuple[DischargeOutcome, str, Samples]:
    samples = sampled(solution, count)
    if solution.termination == "final time":
        return (
            DischargeOutcome.TIME_LIMIT,
            f"broken off after {samples.time[-1]:g} s at {samples.voltage[-1]:.3f} V",
            samples,
        )
    if LARGEST_TEMPERATURE in solution.termination:
        return DischargeOutcome.TOO_HOT, f"after {samples.time[-1]:g} s at {samples.voltage[-1]:.3f} V", samples
    if solution.termination.startswith("event"):
        return DischargeOutcome.COMPLETED, "", samples
    if samples.time[-1] == 0:
        return DischargeOutcome.INFEASIBLE, "no step from the initial state", no_samples()
    return DischargeOutcome.SOLVER_FAILED, f"no further step after {samples.time[-1]:g} s", samples


def _one_line(cause: Exception) -> str:
    return " ".join(str(cause).removesuffix(" with inputs {}").split())[:200]
