"""A charge as fast as limits allow: at every moment the largest current at which none of them is passed.

Current, voltage and plating margin follow a change of current at once, so that one of them is always at its limit: the
smallest of their distances is zero, an algebraic equation for the current. Temperature follows later; a charger derates
for it: from some kelvins below its limit on, the current allowed falls in proportion to what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.heat import LUMPED, lumped_parameters, separate_heat_source, thermal_values
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.plating import margin_at_separator
from ragone.pipelines.cell.protocols.variables import TEMPERATURE, add_variables, sampled
from ragone.pipelines.cell.sampling import battery_data_current
from ragone.pipelines.cell.simulation import AMBIENT, INITIAL, Numerics, mesh, quiet_solver
from ragone.pipelines.cell.temperature_laws import require_temperature_laws
from ragone.schemas import CellOutcome, CellParameters, Cycling, CyclingOutcome, NegativeElectrode, stage
from ragone.schemas.errors import UnknownFieldError
from ragone.schemas.field import POSITIVE, Bounds
from ragone.schemas.parameter import NotNegative, Positive, Share

_CURRENT, _VOLTAGE = "Current [A]", "Voltage [V]"
_COUNTER = "Discharge capacity [A.h]"
_COLUMNS = (_CURRENT, _VOLTAGE, TEMPERATURE)
_DONE = "State of charge wanted"
_VOLT = 0.1  # V: how far from its limit a potential counts as much as the whole current does
_SHARPNESS = 200.0  # of the smooth minimum, which is the smaller one: where two limits meet 0.25 mV are left to both
_OUT_OF_THE_WAY = 1.0  # V: PyBaMM's own end at the upper voltage, which is held here


@stage("cell.charge_within_limits", libraries=("pybamm", "pybammsolvers", "casadi", "numpy", "scipy"))
def charge_within_limits(
    cell: CellParameters,
    *,
    largest_rate: Positive = 4.0,
    smallest_plating_margin_volt: float = 0.0,
    largest_temperature_kelvin: Positive = 333.15,
    derating_kelvin: Positive = 5.0,
    upper_voltage_volt: Positive = 4.2,
    initial_state_of_charge: Share = 0.1,
    final_state_of_charge: Share = 0.8,
    ambient_temperature_kelvin: Positive = 298.15,
    heat_transfer_coefficient_watt_per_square_metre_kelvin: NotNegative = 10.0,
    largest_duration_second: Positive = 36000.0,
    sample_count: Annotated[int, POSITIVE] = 301,
    mesh_points: Annotated[int, POSITIVE] = 20,
    relative_tolerance: Positive = 1e-6,
    absolute_tolerance: Positive = 1e-6,
) -> Cycling:
    """Charge a lumped cell from one state of charge to another as fast as its limits allow.

    Parameters
    ----------
    cell
        A full cell.
    largest_rate
        Largest current over the nominal capacity [1/h]: what the charger gives.
    smallest_plating_margin_volt
        Lowest potential of the negative electrode against lithium, where it meets the separator [V].
    largest_temperature_kelvin, derating_kelvin
        Temperature that is not passed [K], and over how many kelvins below it the current is taken back.
    upper_voltage_volt
        Largest terminal voltage [V].
    initial_state_of_charge, final_state_of_charge
        In [0, 1], of the charge between the voltage limits of the parameter set.
    ambient_temperature_kelvin
        Around the cell, and of the cell when it begins [K].
    heat_transfer_coefficient_watt_per_square_metre_kelvin
        From the cell's surface to its surroundings [W/(m^2 K)].
    largest_duration_second
        Time after which the charge is broken off [s].
    sample_count
        Samples, at equal steps of time.
    mesh_points
        Finite volumes across each coating, the separator, and each particle's radius.
    relative_tolerance, absolute_tolerance
        Tolerances of the time integration [-].

    Returns
    -------
    Cycling
        One step. INFEASIBLE if there is no initial state; TIME_LIMIT if the limits leave no way to the final state of
        charge in time.

    Raises
    ------
    BoundsError, UnknownFieldError, MissingFieldError
        If a parameter is out of bounds, there is no negative electrode, or the cell does not say how it is cooled.
    TemperatureLawError
        If its parameter set gives transport at one temperature only, and the largest rate is above 1C.

    References
    ----------
    Charging at the limits of a model: reviewed by N. Wassiliadis et al. 2021, Journal of Energy Storage 44, 103306.
    """
    coefficient = heat_transfer_coefficient_watt_per_square_metre_kelvin
    limits = _Limits(
        largest_rate * cell.nominal_capacity_ampere_hour,
        smallest_plating_margin_volt,
        largest_temperature_kelvin,
        derating_kelvin,
        upper_voltage_volt,
    )
    charge = _Charge(initial_state_of_charge, final_state_of_charge, ambient_temperature_kelvin, coefficient)
    numerics = Numerics(mesh_points, relative_tolerance, absolute_tolerance)
    _require_chargeable(cell, limits, charge)
    outcome, reason, names, solution = _not_started(cell)
    if cell.outcome is CellOutcome.BUILT:
        outcome, reason, names, solution = _solved(cell, limits, charge, numerics, largest_duration_second)
    time = np.linspace(0.0, float(solution.t[-1]), sample_count) if solution else np.empty(0)
    columns = {name: sampled(solution, name, time) if solution else time for name in (*_COLUMNS, *names)}
    return Cycling(
        outcome=outcome,
        reason=reason,
        protocol=(
            f"Charge at {largest_rate:g}C or as fast as {upper_voltage_volt:g} V, {smallest_plating_margin_volt:g} V "
            f"against lithium and {largest_temperature_kelvin:g} K allow, until {final_state_of_charge:.0%}",
        ),
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
        method=f"PyBaMM DFN, lumped, {mesh_points} points a domain; IDAKLU, rtol {relative_tolerance:g}, atol "
        f"{absolute_tolerance:g}; from {initial_state_of_charge:.0%} state of charge; derated over "
        f"{derating_kelvin:g} K",
    )


@dataclass(frozen=True)
class _Limits:
    """Current [A], plating margin [V], temperature [K] and the kelvins below it of derating, voltage [V]."""

    current: float
    plating_margin: float
    temperature: float
    derating: float
    voltage: float

    def distance(self, variables: Any) -> Any:
        """Smallest of the distances to the limits, in shares of the largest current; PyBaMM holds it at zero."""
        pybamm = load_pybamm()
        current = variables[_CURRENT] / self.current  # negative: charge
        left = (self.temperature - variables[TEMPERATURE]) / self.derating
        margin = margin_at_separator(variables) - self.plating_margin
        below = (self.voltage - variables[_VOLTAGE]) / _VOLT
        allowed = pybamm.smooth_min(pybamm.Scalar(1), left, _SHARPNESS) + current
        return pybamm.smooth_min(allowed, pybamm.smooth_min(margin / _VOLT, below, _SHARPNESS), _SHARPNESS)


@dataclass(frozen=True)
class _Charge:
    """First and last state of charge [-], ambient temperature [K] and heat transfer coefficient [W/(m^2 K)]."""

    initial: float
    final: float
    ambient_temperature: float
    heat_transfer_coefficient: float

    def wanted(self, cell: CellParameters) -> float:
        """Charge to be taken up [A.h]."""
        return (self.final - self.initial) * cell.nominal_capacity_ampere_hour

    def values(self, cell: CellParameters, limits: _Limits) -> Any:
        """PyBaMM's parameters of the lumped cell; its own end at the upper voltage is out of the way."""
        values = cell_values(cell, initial_state_of_charge=self.initial)
        coefficient = self.heat_transfer_coefficient
        heat = thermal_values(cell, heat_transfer_coefficient_watt_per_square_metre_kelvin=coefficient)
        given = {
            AMBIENT: self.ambient_temperature,
            INITIAL: self.ambient_temperature,
            "Upper voltage cut-off [V]": limits.voltage + _OUT_OF_THE_WAY,
        }
        values.update(given | heat | lumped_parameters(values), check_already_exists=False)
        return values


def _require_chargeable(cell: CellParameters, limits: _Limits, charge: _Charge) -> None:
    """Refuse what makes no charge: see `charge_within_limits`."""
    Bounds(low=charge.initial, high=1, low_open=True).require(charge.final, "final_state_of_charge", "1")
    above = Bounds(low=charge.ambient_temperature, low_open=True)
    above.require(limits.temperature, "largest_temperature_kelvin", "K")
    if cell.negative_electrode is not NegativeElectrode.INTERCALATION:
        raise UnknownFieldError(
            f"cell.negative_electrode = {cell.negative_electrode} has no plating margin, which limits this charge; "
            f"{NegativeElectrode.INTERCALATION} is expected. Give a full cell, or charge this one with cycle_cell."
        )
    require_temperature_laws(cell, limits.current)


def _not_started(cell: CellParameters) -> tuple[CyclingOutcome, str, tuple[str, ...], Any]:
    fits = cell.outcome is not CellOutcome.DOES_NOT_FIT
    return CyclingOutcome.NOT_CONDUCTING if fits else CyclingOutcome.NOT_BUILT, str(cell.outcome), (), None


def _solved(
    cell: CellParameters, limits: _Limits, charge: _Charge, numerics: Numerics, longest: float
) -> tuple[CyclingOutcome, str, tuple[str, ...], Any]:
    """Outcome, reason, names of the recorded variables, and PyBaMM's solution; None if there is no initial state."""
    pybamm = load_pybamm()
    model = dfn(cell.negative_electrode, {**LUMPED, "operating mode": limits.distance})
    names = (*add_variables(model), _COUNTER)
    separate_heat_source(model)
    _end_when_charged(model, charge.wanted(cell))
    values = charge.values(cell, limits)
    simulation = pybamm.Simulation(
        model, parameter_values=values, solver=quiet_solver(numerics), var_pts=mesh(numerics)
    )
    try:
        solution = simulation.solve([0.0, longest])
    except pybamm.SolverError as cause:
        return CyclingOutcome.INFEASIBLE, f"no initial state: {' '.join(str(cause).split())[:200]}", names, None
    return *_ended(solution, longest), names, solution


def _end_when_charged(model: Any, wanted: float) -> None:
    """End when so much charge [A.h] has passed."""
    pybamm = load_pybamm()
    left = wanted + model.variables[_COUNTER]
    model.events.append(pybamm.Event(_DONE, left, pybamm.EventType.TERMINATION))


def _ended(solution: Any, longest: float) -> tuple[CyclingOutcome, str]:
    if _DONE in solution.termination:
        return CyclingOutcome.COMPLETED, ""
    if solution.termination == "final time":
        return CyclingOutcome.TIME_LIMIT, f"broken off after {longest:g} s"
    return CyclingOutcome.SOLVER_FAILED, f"{solution.termination} after {float(solution.t[-1]):g} s"
