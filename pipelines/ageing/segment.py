"""A segment of a cell's life: so many cycles from a stored state to the next.

Segments are the pieces in which a long life is stored: each is a run of its own, whose state at the end is what the
next begins with, so that a computation that is broken off loses one at most. The result does not depend on how a life
is cut, since a cycle depends on the state alone. Of a solution nothing is kept.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np

from ragone.pipelines.ageing.cycle_map import RESISTANCE, AgeingNumerics, CycleMap, Model, State
from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.ageing.jumping import Jumper, Jumping
from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.ageing.simulated_life import SimulatedLife
from ragone.pipelines.ageing.steps import Duty, checked
from ragone.pipelines.cell.chemistry import parameter_values_of
from ragone.schemas import (
    AgeingState,
    CapacityFade,
    CellOutcome,
    CellParameters,
    FadeOutcome,
    NegativeElectrode,
    Record,
    stage,
)
from ragone.schemas.field import POSITIVE
from ragone.schemas.parameter import NotNegative, Positive, Share

SeiGrowth = Literal[
    "none",
    "reaction limited",
    "solvent-diffusion limited",
    "electron-migration limited",
    "interstitial-diffusion limited",
    "ec reaction limited",
]
_NOT_STARTED = {
    CellOutcome.NOT_CONDUCTING: FadeOutcome.NOT_CONDUCTING,
    CellOutcome.NEGATIVE_NOT_CONDUCTING: FadeOutcome.NOT_CONDUCTING,
    CellOutcome.DOES_NOT_FIT: FadeOutcome.NOT_BUILT,
}


@stage("ageing.age_cell", libraries=("pybamm", "pybammsolvers", "casadi", "numpy", "scipy"))
def age_cell(
    cell: CellParameters,
    state: AgeingState | None = None,
    *,
    cycles: Annotated[int, POSITIVE] = 100,
    model: Model = "SPMe",
    charge_rate: Positive = 0.5,
    discharge_rate: Positive = 1.0,
    cutoff_rate: Positive = 0.05,
    discharge_power_watt: NotNegative = 0.0,
    depth_of_discharge: Share = 1.0,
    rest_second: NotNegative = 600.0,
    storage_second: NotNegative = 0.0,
    storage_state_of_charge: Share = 1.0,
    protocol: tuple[str, ...] = (),
    initial_state_of_charge: Share = 1.0,
    ambient_temperature_kelvin: Positive = 298.15,
    sei: SeiGrowth = "solvent-diffusion limited",
    sei_on_cracks: bool = True,
    plating: Literal["none", "irreversible", "partially reversible"] = "partially reversible",
    cracking: bool = True,
    loss_of_active_material: bool = True,
    porosity_change: bool = True,
    until_capacity_share: Share = 0.0,
    coating_points: Annotated[int, POSITIVE] = 5,
    particle_points: Annotated[int, POSITIVE] = 30,
    relative_tolerance: Positive = 1e-6,
    absolute_tolerance: Positive = 1e-6,
    jump_error: Share = 0.0,
) -> Mapping[str, Record]:
    """Age a cell by cycles, from the first one or from where another segment ended.

    Parameters
    ----------
    cell
        The cell; its microstructure enters by area, porosity, tortuosity and particle radii.
    state
        The state at the end of another segment of the same cell, model and cycle; null for a new cell.
    cycles
        How many of them at most.
    model
        PyBaMM's single-particle model SPM, that with electrolyte SPMe, or the DFN.
    charge_rate, discharge_rate, cutoff_rate
        Rates of charge and discharge over the nominal capacity, and that at which constant voltage ends [1/h].
    discharge_power_watt
        Power of the whole cell with which it is discharged instead [W]; 0 for the rate.
    depth_of_discharge
        Share of the nominal capacity by which the full cell is discharged [-]; 1: to the lower voltage.
    rest_second
        After each charge and discharge [s].
    storage_second, storage_state_of_charge
        Time for which the cell is left alone in each cycle [s], 0 for none, and its share of the nominal charge
        meanwhile [-]. A cycle is a check-up and a storage then.
    protocol
        Steps of a cycle in plain English, instead of those that rates, depth, rest and storage make.
    initial_state_of_charge
        State of charge of the new cell [-].
    ambient_temperature_kelvin
        Temperature of the cell [K].
    sei
        What limits the growth of SEI, or none.
    sei_on_cracks
        Whether SEI grows on cracks too; needs cracking and SEI.
    plating
        Lithium plating, or none.
    cracking
        Whether cracks grow in the negative particles.
    loss_of_active_material
        Whether stress takes active material out of use in both electrodes.
    porosity_change
        Whether SEI and plated lithium take up pores.
    until_capacity_share
        Capacity over that of the second cycle below which the cell is not cycled further [-]; 0 for all cycles.
        The first discharge of a new cell begins at equilibrium and is larger, the others after a charge.
    coating_points, particle_points
        Finite volumes across each coating and the separator, and across each particle's radius.
    relative_tolerance, absolute_tolerance
        Tolerances of the time integration [-].
    jump_error
        Largest error that one jump over cycles may leave in the capacity, over the first capacity [-]; a usual value
        is 3e-4. 0 simulates every cycle.

    Returns
    -------
    Mapping[str, Record]
        `fade`, a row for each cycle that was simulated, which says why there are no more; `state`, where the next
        segment begins.

    Raises
    ------
    AgeingError
        If the state belongs to another cell, model or cycle, or the cell has no intercalation electrode to age.
    MissingFieldError, ProtocolError, UnknownFieldError
        If the cell's parameter set gives no ageing, or a step or mechanism is not understood.

    References
    ----------
    O'Kane et al. 2022, doi 10.1039/d2cp00417h; Sulzer et al. 2021 (PyBaMM), doi 10.5334/jors.309.
    """
    _require_intercalation(cell)
    mechanisms = Mechanisms(sei, sei_on_cracks, plating, cracking, loss_of_active_material, porosity_change)
    lower, upper = _voltages(cell)
    duty = Duty(
        charge_rate, discharge_rate, cutoff_rate, lower, upper, discharge_power_watt, depth_of_discharge,
        rest_second, storage_second, storage_state_of_charge,
    )  # fmt: skip
    steps = checked(protocol or duty.steps())
    numerics = AgeingNumerics(coating_points, particle_points, relative_tolerance, absolute_tolerance)
    built_of = {
        "cell": cell.id,
        "model": model,
        "mechanisms": str(mechanisms),
        "protocol": list(steps),
        "ambient_temperature_kelvin": ambient_temperature_kelvin,
        "initial_state_of_charge": initial_state_of_charge,
        "numerics": [coating_points, particle_points, relative_tolerance, absolute_tolerance],
    }
    began = state or _new(cell, built_of)
    _require_same(began, built_of)
    names: tuple[str, ...] = ()
    life, ended = _begun(began, began.state), began
    if began.outcome is FadeOutcome.BUDGET:
        built = CycleMap(
            cell,
            steps,
            model=model,
            mechanisms=mechanisms,
            numerics=numerics,
            ambient_temperature=ambient_temperature_kelvin,
            initial_state_of_charge=initial_state_of_charge,
        )
        names = built.names
        life = _lived(built, began, cycles, until_capacity_share, jump_error)
        ended = _ended(began, life)
    method = (
        f"PyBaMM {model}, isothermal, {mechanisms}; {coating_points} points a coating, {particle_points} a particle; "
        f"IDAKLU, rtol {relative_tolerance:g}, atol {absolute_tolerance:g}"
        + (f"; jumps over cycles with errors of {jump_error:g}" if jump_error else "")
    )
    return {"fade": _fade(cell, ended, life, names, steps, ambient_temperature_kelvin, method), "state": ended}


def _without_state(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function the parameters of `age_cell` but for the state."""
    whole = inspect.signature(age_cell.function)
    kept = [one for name, one in whole.parameters.items() if name != "state"]
    hints = {name: hint for name, hint in age_cell.function.__annotations__.items() if name != "state"}
    named: Any = function
    named.__signature__ = whole.replace(parameters=kept, return_annotation="CapacityFade")
    named.__annotations__ = {**hints, "return": "CapacityFade"}
    named.__doc__ = age_cell.function.__doc__
    return function


@stage("ageing.fade_of_cell", libraries=age_cell.libraries)
@_without_state
def fade_of_cell(cell: CellParameters, **parameters: Any) -> CapacityFade:
    """Age a new cell by cycles in one piece: the fade alone, as a step of a study takes it; see `age_cell`."""
    fade = age_cell(cell, None, **parameters)["fade"]
    assert isinstance(fade, CapacityFade)
    return fade


def _require_intercalation(cell: CellParameters) -> None:
    if cell.negative_electrode is not NegativeElectrode.INTERCALATION:
        raise AgeingError(f"cell {cell.id} is a half cell, whose lithium never runs short. Age a full cell instead.")


def _voltages(cell: CellParameters) -> tuple[float, float]:
    values = parameter_values_of(cell)
    return float(values["Lower voltage cut-off [V]"]), float(values["Upper voltage cut-off [V]"])


def _new(cell: CellParameters, built_of: Mapping[str, Any]) -> AgeingState:
    """The state of a cell that was never cycled; its vector is the model's own."""
    outcome = _NOT_STARTED.get(cell.outcome, FadeOutcome.BUDGET)
    return AgeingState(
        cell_name=cell.parameter_set,
        built_of=dict(built_of),
        outcome=outcome,
        reason="" if outcome is FadeOutcome.BUDGET else str(cell.outcome),
        cycle_count=0,
        test_time_second=0.0,
        discharging_throughput_ampere_hour=0.0,
        first_discharging_capacity_ampere_hour=0.0,
        state=np.zeros(0),
    )


def _require_same(state: AgeingState, built_of: Mapping[str, Any]) -> None:
    other = [name for name, value in built_of.items() if state.built_of.get(name) != value]
    if other:
        wrong = "; ".join(f"{name} = {state.built_of.get(name)!r} there, {built_of[name]!r} here" for name in other)
        raise AgeingError(f"state {state.id} belongs to another ageing: {wrong}. Go on with the same, or begin anew.")


def _begun(began: AgeingState, vector: State) -> SimulatedLife:
    """A life at the point where a segment begins."""
    return SimulatedLife(
        state=np.array(vector, np.float64),
        count=began.cycle_count,
        time=began.test_time_second,
        throughput=began.discharging_throughput_ampere_hour,
        first_capacity=began.first_discharging_capacity_ampere_hour,
        reference_capacity=began.reference_capacity_ampere_hour,
        carried_error=began.discharging_capacity_error_ampere_hour,
    )


def _lived(built: CycleMap, began: AgeingState, cycles: int, share: float, jump_error: float) -> SimulatedLife:
    """The cycles of the segment that were simulated: all of them, or those between jumps."""
    life = _begun(began, began.state if len(began.state) else built.initial_state())
    if jump_error:
        return Jumper(built, life, jumping=Jumping(jump_error), capacity_share=share).run(cycles)
    life.run(built, cycles, share)
    return life


def _ended(began: AgeingState, life: SimulatedLife) -> AgeingState:
    return AgeingState(
        cell_name=began.cell_name,
        built_of=began.built_of,
        outcome=life.outcome,
        reason=life.reason,
        cycle_count=life.count,
        test_time_second=life.time,
        discharging_throughput_ampere_hour=life.throughput,
        discharging_capacity_error_ampere_hour=life.carried_error,
        first_discharging_capacity_ampere_hour=life.first_capacity,
        reference_capacity_ampere_hour=life.reference_capacity,
        state=life.state,
    )


def _fade(
    cell: CellParameters,
    ended: AgeingState,
    life: SimulatedLife,
    names: tuple[str, ...],
    steps: tuple[str, ...],
    temperature: float,
    method: str,
) -> CapacityFade:
    columns = life.columns(names)
    return CapacityFade(
        cell_name=ended.cell_name,
        outcome=ended.outcome,
        reason=ended.reason,
        protocol=steps,
        nominal_capacity_ampere_hour=cell.nominal_capacity_ampere_hour or None,
        ambient_temperature_kelvin=temperature,
        resistance_definition=RESISTANCE if len(columns.get("internal_resistance_ohm", ())) else "",
        method=method,
        **columns,
    )
