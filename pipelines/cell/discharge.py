"""What the cell delivers at constant power, and how the discharge ends.

Isothermal DFN, solved by IDAKLU until the lower voltage limit. What cannot be done is an outcome. SUNDIALS is told to
be silent and failures are read off the solution, so that nothing reaches the terminal and no stream of the process,
which other threads share, has to be redirected.
"""

from __future__ import annotations

from typing import Any

from pipelines.cell.engine import load_pybamm
from pipelines.cell.model import cell_values, dfn
from pipelines.cell.sampling import Samples, no_samples, sampled
from schemas import CellOutcome, CellParameters, Discharge, DischargeOutcome, stage
from schemas.field import Bounds

_POSITIVE = Bounds(low=0, low_open=True)
_NOT_STARTED = {
    CellOutcome.NOT_CONDUCTING: DischargeOutcome.NOT_CONDUCTING,
    CellOutcome.DOES_NOT_FIT: DischargeOutcome.NOT_BUILT,
}


@stage("discharge_at_constant_power", libraries=("pybamm", "pybammsolvers", "casadi", "numpy", "scipy"))
def discharge_at_constant_power(
    cell: CellParameters,
    *,
    power_watt: float,
    initial_state_of_charge: float = 1.0,
    ambient_temperature_kelvin: float = 298.15,
    lower_voltage_volt: float = 2.5,
    largest_duration_second: float = 720000.0,
    sample_count: int = 151,
    mesh_points: int = 20,
    relative_tolerance: float = 1e-6,
    absolute_tolerance: float = 1e-6,
) -> Discharge:
    """Discharge the cell from a state of charge to a voltage.

    Parameters
    ----------
    cell
        The cell.
    power_watt
        Delivered by the whole cell [W], > 0.
    initial_state_of_charge
        In [0, 1], between the voltage limits of the parameter set.
    ambient_temperature_kelvin
        Of the whole cell, throughout [K].
    lower_voltage_volt
        Where the discharge ends [V].
    largest_duration_second
        Where it is broken off [s].
    sample_count
        Samples, at equal steps of time from 0 to the end, both included.
    mesh_points
        Finite volumes across each coating, the separator, and each particle's radius.
    relative_tolerance, absolute_tolerance
        Of the time integration [-].

    Returns
    -------
    Discharge
        The outcome is COMPLETED at the lower voltage; INFEASIBLE, without samples, if no initial state at this power
        was found above that voltage; SOLVER_FAILED or TIME_LIMIT with the samples until then.

    References
    ----------
    Doyle, Fuller, Newman 1993, doi 10.1149/1.2221597; Sulzer et al. 2021 (PyBaMM), doi 10.5334/jors.309.
    """
    _POSITIVE.require(power_watt, "power_watt", "W")
    _POSITIVE.require(largest_duration_second, "largest_duration_second", "s")
    Bounds(0, 1).require(initial_state_of_charge, "initial_state_of_charge", "1")
    Bounds(low=2).require(sample_count, "sample_count", "1")
    outcome, reason, samples = _not_started(cell)
    if outcome is None:
        values = cell_values(cell, initial_state_of_charge=initial_state_of_charge)
        values.update(
            _operation(power_watt, ambient_temperature_kelvin, lower_voltage_volt), check_already_exists=False
        )
        simulation = _simulation(values, mesh_points, relative_tolerance, absolute_tolerance)
        outcome, reason, samples = _solved(simulation, largest_duration_second, sample_count)
    return Discharge(
        outcome=outcome,
        reason=reason,
        power_watt=power_watt,
        lower_voltage_volt=lower_voltage_volt,
        ambient_temperature_kelvin=ambient_temperature_kelvin,
        test_time_second=samples.time,
        voltage_volt=samples.voltage,
        current_ampere=samples.current,
        varied=cell.varied,
        method=f"PyBaMM DFN, isothermal, {mesh_points} points a domain; IDAKLU, rtol {relative_tolerance:g}, "
        f"atol {absolute_tolerance:g}; from {initial_state_of_charge:.0%} state of charge",
    )


def _not_started(cell: CellParameters) -> tuple[DischargeOutcome | None, str, Samples]:
    if cell.outcome is CellOutcome.BUILT:
        return None, "", no_samples()
    return _NOT_STARTED[cell.outcome], str(cell.outcome), no_samples()


def _operation(power: float, temperature: float, lower_voltage: float) -> dict[str, float]:
    return {
        "Power function [W]": power,
        "Ambient temperature [K]": temperature,
        "Initial temperature [K]": temperature,
        "Lower voltage cut-off [V]": lower_voltage,
    }


def _simulation(values: Any, mesh_points: int, relative_tolerance: float, absolute_tolerance: float) -> Any:
    pybamm = load_pybamm()
    solver = pybamm.IDAKLUSolver(
        rtol=relative_tolerance,
        atol=absolute_tolerance,
        on_extrapolation="ignore",
        on_failure="ignore",  # the partial solution, whose termination says so
        options={"silence_sundials_errors": True, "num_threads": 1},
    )
    points = dict.fromkeys(("x_n", "x_s", "x_p", "r_n", "r_p"), mesh_points)
    return pybamm.Simulation(dfn(), parameter_values=values, solver=solver, var_pts=points)


def _solved(simulation: Any, largest_duration: float, count: int) -> tuple[DischargeOutcome, str, Samples]:
    try:
        solution = simulation.solve([0.0, largest_duration])
    except load_pybamm().SolverError as cause:  # raised at the initial state only, given `on_failure`
        return DischargeOutcome.INFEASIBLE, f"no initial state at this power: {_one_line(cause)}", no_samples()
    samples = sampled(solution, count)
    if solution.termination == "final time":
        return (
            DischargeOutcome.TIME_LIMIT,
            f"broken off after {samples.time[-1]:g} s at {samples.voltage[-1]:.3f} V",
            samples,
        )
    if solution.termination.startswith("event"):
        return DischargeOutcome.COMPLETED, "", samples
    if samples.time[-1] == 0:
        return DischargeOutcome.INFEASIBLE, "no step from the initial state", no_samples()
    return DischargeOutcome.SOLVER_FAILED, f"no further step after {samples.time[-1]:g} s", samples


def _one_line(cause: Exception) -> str:
    return " ".join(str(cause).removesuffix(" with inputs {}").split())[:200]
