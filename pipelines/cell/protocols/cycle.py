"""What a cell does when it is charged, discharged and rested step by step, and what limits it meanwhile.

The DFN in the cell's own geometry, through PyBaMM's `Experiment`, isothermal or as one lump with its own heat. What
cannot be done is an outcome with a reason and the samples until then. No ageing: a hundred cycles are a hundred times
the same. Time on the clock has no part in the result: only simulated time is limited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.heat import ISOTHERMAL, LUMPED, lumped_parameters, thermal_values
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.particle_sizes import give_sizes, require_solvable, require_spread, size_options, variant
from ragone.pipelines.cell.protocols.columns import Columns, no_columns, read_columns
from ragone.pipelines.cell.protocols.expansion import Planned, expand
from ragone.pipelines.cell.protocols.experiment import solve_steps
from ragone.pipelines.cell.protocols.grammar import Action, ProtocolError, Step, refusal
from ragone.pipelines.cell.protocols.profile import Load, load_of
from ragone.pipelines.cell.protocols.times import Sampling, times_of
from ragone.pipelines.cell.protocols.variables import add_variables
from ragone.pipelines.cell.protocols.verdict import Verdict, judge
from ragone.pipelines.cell.simulation import AMBIENT, INITIAL, Numerics, mesh, quiet_solver
from ragone.schemas import CellOutcome, CellParameters, Cycling, CyclingOutcome, Measurement, NegativeElectrode, stage
from ragone.schemas.errors import UnknownFieldError, did_you_mean
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import NotNegative, Positive, Share

_THERMAL: Mapping[str, Mapping[str, str]] = {"isothermal": ISOTHERMAL, "lumped": LUMPED}
_NOT_STARTED = {
    CellOutcome.NOT_CONDUCTING: CyclingOutcome.NOT_CONDUCTING,
    CellOutcome.NEGATIVE_NOT_CONDUCTING: CyclingOutcome.NOT_CONDUCTING,
    CellOutcome.DOES_NOT_FIT: CyclingOutcome.NOT_BUILT,
}


@stage("protocol.cycle_cell", libraries=("pybamm", "pybammsolvers", "casadi", "numpy", "scipy"))
def cycle_cell(
    cell: CellParameters,
    profile: Measurement | None = None,
    *,
    protocol: tuple[str, ...],
    initial_state_of_charge: Share = 1.0,
    ambient_temperature_kelvin: Positive = 298.15,
    thermal: Literal["isothermal", "lumped"] = "isothermal",
    heat_transfer_coefficient_watt_per_square_metre_kelvin: NotNegative = 10.0,
    largest_duration_second: Positive = 3.6e6,
    samples_per_step: Annotated[int, POSITIVE] = 100,
    samples_per_decade: Annotated[int, POSITIVE] = 10,
    first_sample_second: Positive = 1e-3,
    mesh_points: Annotated[int, POSITIVE] = 20,
    relative_tolerance: Positive = 1e-6,
    absolute_tolerance: Positive = 1e-6,
    particle_size_points: int = 0,
) -> Cycling:
    """Do the steps of a protocol with a cell.

    Parameters
    ----------
    cell
        The cell.
    profile
        Measurement that the steps `Run profile` follow.
    protocol
        Steps in plain English, see `grammar`; cycles as in `expansion`.
    initial_state_of_charge
        State of charge at the start, in [0, 1], between the voltage limits of the parameter set.
    ambient_temperature_kelvin
        Around the cell, and of the cell when it begins [K].
    thermal
        "isothermal", or "lumped": one temperature that follows the heat that the cell makes and loses.
    heat_transfer_coefficient_watt_per_square_metre_kelvin
        Heat transfer coefficient of the lumped cell [W/(m^2 K)]; 10 is a can in still air.
    largest_duration_second
        Simulated time at which the protocol is broken off [s].
    samples_per_step
        Samples at equal times in each step of the protocol, 1 s apart or more unless the step names a period;
        a profile is sampled at its own times.
    samples_per_decade, first_sample_second
        Samples in each decade of the time [s] since a step began, from this first one on until they are as far apart
        as the even ones.
    mesh_points
        Finite volumes across each coating, the separator, and each particle's radius.
    relative_tolerance, absolute_tolerance
        Tolerances of the time integration [-].
    particle_size_points
        Number of sizes of positive particles, log-normal with the cell's width, each with its own diffusion; 0 for the
        one sphere that stands for all [-]. Of an isothermal cell, without its sources of heat.

    Returns
    -------
    Cycling
        The outcome is COMPLETED if every step ended as it says; INFEASIBLE, SOLVER_FAILED or TIME_LIMIT with the step,
        the reason and the samples until then. A step with nothing to do is passed over, and named in the reason.

    Raises
    ------
    ProtocolError
        If a step is not understood, or a profile is wanted and not given, or given and not wanted.
    BoundsError, UnknownFieldError, MissingFieldError
        If a parameter is out of bounds or not known, or the record does not say how the cell is cooled, or how wide
        its particles' sizes are where they are asked for.
    ContradictionError
        If sizes are asked for of a lumped cell.

    References
    ----------
    Doyle, Fuller, Newman 1993, doi 10.1149/1.2221597; Sulzer et al. 2021 (PyBaMM), doi 10.5334/jors.309.
    """
    Bounds(0, 1).require(initial_state_of_charge, "initial_state_of_charge", "1")
    for name, unit, value in (
        ("ambient_temperature_kelvin", "K", ambient_temperature_kelvin),
        ("largest_duration_second", "s", largest_duration_second),
        ("samples_per_step", "1", samples_per_step),
        ("samples_per_decade", "1", samples_per_decade),
        ("first_sample_second", "s", first_sample_second),
    ):
        POSITIVE.require(value, name, unit)
    if thermal not in _THERMAL:
        raise UnknownFieldError(f"thermal = {thermal!r} is not known: {did_you_mean(thermal, _THERMAL)}")
    require_solvable(particle_size_points, thermal)
    planned = expand(protocol)
    loads = _loads(planned, profile, cell)
    steps = [_bounded(one.step, loads) for one in planned]
    names, verdict, columns = _not_started(cell)
    if verdict is None:
        conditions = _Conditions(
            initial_state_of_charge,
            ambient_temperature_kelvin,
            thermal,
            heat_transfer_coefficient_watt_per_square_metre_kelvin,
            largest_duration_second,
        )
        numerics = Numerics(mesh_points, relative_tolerance, absolute_tolerance, particle_size_points)
        sampling = Sampling(samples_per_step, samples_per_decade, first_sample_second)
        names, verdict, columns = _done(cell, steps, loads, conditions, numerics, sampling)
    return Cycling(
        outcome=verdict.outcome,
        reason=verdict.reason,
        protocol=tuple(step.text for step in steps),
        nominal_capacity_ampere_hour=cell.nominal_capacity_ampere_hour,
        ambient_temperature_kelvin=ambient_temperature_kelvin,
        test_time_second=columns.time,
        voltage_volt=columns.voltage,
        current_ampere=columns.current,
        step_count=columns.step,
        cycle_count=np.array([one.cycle for one in planned], np.int64)[columns.step - 1],
        temperature_kelvin=columns.temperature,
        variable_names=names,
        variables=columns.variables,
        method=f"PyBaMM DFN, {thermal}, {mesh_points} points a domain{variant(particle_size_points)}; IDAKLU, "
        f"rtol {relative_tolerance:g}, atol {absolute_tolerance:g}; from {initial_state_of_charge:.0%} state of charge",
    )


@dataclass(frozen=True)
class _Conditions:
    """State of charge [-] and temperature [K] at the start; how heat is lost [W/(m^2 K)]; the end [s]."""

    state_of_charge: float
    ambient_temperature: float
    thermal: str
    heat_transfer_coefficient: float
    largest_duration: float


def _not_started(cell: CellParameters) -> tuple[tuple[str, ...], Verdict | None, Columns]:
    if cell.outcome is CellOutcome.BUILT:
        return (), None, no_columns(())
    return (), Verdict(_NOT_STARTED[cell.outcome], str(cell.outcome), 0), no_columns(())


def _done(
    cell: CellParameters,
    steps: Sequence[Step],
    loads: Mapping[str, Load],
    conditions: _Conditions,
    numerics: Numerics,
    sampling: Sampling,
) -> tuple[tuple[str, ...], Verdict, Columns]:
    """Names of the variables, how it ended, and what was sampled."""
    values, options = _values(cell, conditions), dict(_THERMAL[conditions.thermal])
    if numerics.size_points:
        values = give_sizes(values, cell.negative_electrode, require_spread(cell))
        options = {"thermal": conditions.thermal, **size_options(cell.negative_electrode)}
    model = dfn(cell.negative_electrode, options)
    names = add_variables(model, heat=not numerics.size_points)

    def simulation_of(experiment: Any) -> Any:
        return load_pybamm().Simulation(
            model,
            experiment=experiment,
            parameter_values=values,
            solver=quiet_solver(numerics),
            var_pts=mesh(numerics),
            experiment_model_mode="unified",
        )

    def times(index: int, length: float) -> NDArray[np.float64]:
        step = steps[index]
        if step.action is Action.PROFILE and step.period is None:
            own = loads[step.profile].time
            return np.append(own[own < length], length)
        return times_of(length, sampling, step.period)

    solved = solve_steps(simulation_of, steps, loads, conditions.largest_duration)
    verdict = judge(steps, solved, _open_circuit_voltage(values, cell.negative_electrode))
    return names, verdict, read_columns(solved.steps[: verdict.counted], names, times)


def _values(cell: CellParameters, conditions: _Conditions) -> Any:
    values = cell_values(cell, initial_state_of_charge=conditions.state_of_charge)
    values.update({AMBIENT: conditions.ambient_temperature, INITIAL: conditions.ambient_temperature})
    if conditions.thermal == "lumped":
        coefficient = conditions.heat_transfer_coefficient
        heat = thermal_values(cell, heat_transfer_coefficient_watt_per_square_metre_kelvin=coefficient)
        values.update(heat | lumped_parameters(values), check_already_exists=False)
    return values


def _open_circuit_voltage(values: Any, negative: NegativeElectrode) -> float:
    """Voltage of the cell at rest before the first step [V]."""
    electrodes = ("Positive", "Negative") if negative is NegativeElectrode.INTERCALATION else ("Positive",)
    potentials = []
    for electrode in electrodes:
        name = f"{electrode.lower()} electrode"
        largest = float(values[f"Maximum concentration in {name} [mol.m-3]"])
        stoichiometry = float(values[f"Initial concentration in {name} [mol.m-3]"]) / largest
        curve = values[f"{electrode} electrode OCP [V]"](load_pybamm().Scalar(stoichiometry))
        potentials.append(float(np.asarray(curve.evaluate()).item()))  # a table gives an array
    return potentials[0] - sum(potentials[1:])


def _loads(planned: Sequence[Planned], profile: Measurement | None, cell: CellParameters) -> dict[str, Load]:
    """The loads that the steps follow, by letter."""
    letters = {one.step.profile: number for number, one in enumerate(planned, 1) if one.step.profile}
    if profile is None:
        for number in letters.values():
            raise refusal(number, planned[number - 1].step.text, "no profile was given that it could follow")
        return {}
    if not letters:
        raise ProtocolError("a profile was given, but no step follows it. Add 'Run profile (A)', or leave it out.")
    return {letter: load_of(profile, letter, cell) for letter in letters}


def _bounded(step: Step, loads: Mapping[str, Load]) -> Step:
    """The step; one that follows a profile ends with it."""
    if step.action is not Action.PROFILE:
        return step
    whole = loads[step.profile].duration
    return replace(step, duration=min(step.duration or whole, whole))
