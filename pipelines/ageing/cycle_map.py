"""One cycle of an ageing cell as a map: the state at its end from the state at its start, and what was measured in it.

Built once for a cell, a model, mechanisms and the steps of a cycle. The state is the whole vector of PyBaMM's model,
and the map depends on it alone: time starts at 0 in each cycle, and nothing of a solution is kept. The charge and the
energy that a cycle counts start at 0 too, so that their tolerance does not grow with the cycles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.ageing.charge_balance import ageing_model
from ragone.pipelines.ageing.errors import CycleFailedError
from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.ageing.parameters import ageing_values
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.protocols.experiment import pybamm_step
from ragone.pipelines.cell.protocols.grammar import Action, Step, read_step
from ragone.pipelines.cell.simulation import AMBIENT, INITIAL
from ragone.schemas import CellParameters, FadeOutcome

State = NDArray[np.float64]
Model = Literal["SPM", "SPMe", "DFN"]
_COUNTED = (
    "Discharge capacity [A.h]",
    "Throughput capacity [A.h]",
    "Discharge energy [W.h]",
    "Throughput energy [W.h]",
)
_VOLTAGE, _CURRENT, _TEMPERATURE = "Battery voltage [V]", "Current [A]", "Volume-averaged cell temperature [K]"
RECORDED = (
    "Loss of lithium inventory [%]",
    "Loss of capacity to negative SEI [A.h]",
    "Loss of capacity to negative SEI on cracks [A.h]",
    "Loss of capacity to negative lithium plating [A.h]",
    "Total lithium lost [mol]",
    "Total lithium lost to side reactions [mol]",
    "Loss of active material in negative electrode [%]",
    "Loss of active material in positive electrode [%]",
    "X-averaged negative electrode porosity",
)
_PASSED = "non-positive at initial conditions"
_LARGEST_STEP = 3.6e5  # s; a step that names no time is broken off
_IDLE = "no step of the cycle changes anything; add what brings the cell back, such as a charge after a discharge"
RESISTANCE = "voltage before a discharge less that of its first moment, over its current, at the state of charge there"


@dataclass(frozen=True)
class AgeingNumerics:
    """Finite volumes of each coating and separator, and of a particle's radius; tolerances of the time integration."""

    coating_points: int = 5
    particle_points: int = 30
    relative_tolerance: float = 1e-6
    absolute_tolerance: float = 1e-6


@dataclass(frozen=True)
class CycleRow:
    """A row of a capacity fade: charges [A h], energies [W h], resistance [ohm], duration [s], largest temperature [K].

    The resistance is NaN for a cycle without a discharge; `variables` are the values of the map's `names` at the end.
    """

    duration: float
    discharging_capacity: float
    charging_capacity: float
    discharging_energy: float
    charging_energy: float
    resistance: float
    largest_temperature: float
    variables: NDArray[np.float64]


class CycleMap:
    """The map of one whole cycle; see the module.

    Parameters
    ----------
    cell
        A cell that was built, with an intercalation electrode on each side.
    protocol
        Steps of the cycle in plain English, as `protocols.grammar` reads them.
    model
        PyBaMM's single-particle model, that with electrolyte, or the DFN.
    mechanisms, numerics
        By which it ages, and how it is solved.
    ambient_temperature
        Of the surroundings and of the isothermal cell [K].
    initial_state_of_charge
        Before the first cycle [-].

    Raises
    ------
    MissingFieldError, ProtocolError
        As `ageing_values` and `read_step`.
    """

    def __init__(
        self,
        cell: CellParameters,
        protocol: Sequence[str],
        *,
        model: Model = "SPMe",
        mechanisms: Mechanisms | None = None,
        numerics: AgeingNumerics | None = None,
        ambient_temperature: float = 298.15,
        initial_state_of_charge: float = 1.0,
    ) -> None:
        mechanisms, numerics = mechanisms or Mechanisms(), numerics or AgeingNumerics()
        values = ageing_values(cell, mechanisms, initial_state_of_charge=initial_state_of_charge)
        values.update({AMBIENT: ambient_temperature, INITIAL: ambient_temperature})
        self.protocol = tuple(protocol)
        self._ambient = ambient_temperature
        self._read = [read_step(text, number) for number, text in enumerate(protocol, 1)]
        self._steps, self._simulation = _built(values, self._read, model, mechanisms.options(), numerics)
        self._model = self._simulation._built_experiment_model
        self._solver = self._simulation._built_experiment_solver
        self._indices = self._simulation._experiment_step_indices
        self.names = tuple(name for name in RECORDED if name in self._model.variables)
        self._lower, self._upper = _bounds(self._model)
        self._counters = [_place(self._model, name) for name in _COUNTED]
        self._function: Any = None

    def initial_state(self) -> State:
        """Return the state before the first cycle: no current; its algebraic part is a first guess otherwise."""
        given = self._model.concatenated_initial_conditions.evaluate(0, inputs=self._inputs(0))
        state = np.array(given, np.float64).ravel()
        state[_place(self._model, "Current variable [A]")] = 0.0
        return state

    def advance(self, state: State) -> tuple[State, CycleRow]:
        """Do one cycle.

        Parameters
        ----------
        state
            Shape (states,); of `initial_state`, or of a cycle's end; it is left alone.

        Raises
        ------
        CycleFailedError
            If a step cannot be done or the solver gives up, with the outcome and the reason.
        """
        state, duration, resistance = np.array(state, np.float64), 0.0, float("nan")
        state[self._counters] = 0.0
        charge, energy, hottest = np.zeros(2), np.zeros(2), -np.inf
        for index, step in enumerate(self._read):
            solution = self._solved(index, state)
            if solution is None:
                continue
            first, last = (np.array(solution.y[:, k], np.float64).ravel() for k in (0, -1))
            if step.action is Action.DISCHARGE and np.isnan(resistance):
                resistance = self._resistance(index, state, first)
            counted = last[self._counters] - state[self._counters]
            charge, energy = charge + _both_ways(*counted[:2]), energy + _both_ways(*counted[2:])
            duration, state = duration + float(solution.t[-1]), last
            hottest = max(hottest, float(self._observed(index, last)[2]))
        if not duration:
            raise CycleFailedError(FadeOutcome.INFEASIBLE, _IDLE)
        variables = self._observed(0, state)[3:]
        return state, CycleRow(duration, charge[0], charge[1], energy[0], energy[1], resistance, hottest, variables)

    def is_physical(self, state: State) -> bool:
        """Return whether each part of a state lies within the bounds of its variable, such as those of a porosity."""
        return bool(np.all(np.isfinite(state)) and np.all(self._lower <= state) and np.all(state <= self._upper))

    def _solved(self, index: int, state: State) -> Any:
        """PyBaMM's solution of a step from a state; None where there is nothing to do."""
        pybamm, step, inputs = load_pybamm(), self._steps[index], self._inputs(index)
        started = pybamm.Solution(np.zeros(1), state[:, None], self._model, inputs)
        times, interpolated = step.setup_timestepping(self._solver, step.duration, None)
        try:
            solution = self._solver.step(
                started, self._model, step.duration, times, t_interp=interpolated, save=False, inputs=inputs
            )
        except pybamm.SolverError as cause:
            if _PASSED in str(cause) and "[experiment]" in str(cause):
                return None
            raise CycleFailedError(FadeOutcome.SOLVER_FAILED, self._words(index, str(cause))) from None
        self._require_end(index, solution)
        return solution

    def _require_end(self, index: int, solution: Any) -> None:
        # A step has one limit at most, so that PyBaMM's event of all limits of a step is that of its own. To have it
        # decoded would build variables whose solutions stay in memory, in cycles of references.
        step, ended = self._steps[index], solution.termination
        if ended == "failure":
            raise CycleFailedError(FadeOutcome.SOLVER_FAILED, self._words(index, "the time integration broke off"))
        if ended == "final time" and self._read[index].duration is None:
            raise CycleFailedError(FadeOutcome.INFEASIBLE, self._words(index, f"not ended after {step.duration:g} s"))
        if ended != "final time" and "[experiment]" not in ended:
            raise CycleFailedError(FadeOutcome.INFEASIBLE, self._words(index, ended))

    def _words(self, index: int, what: str) -> str:
        return f"{self._read[index].text!r}: {' '.join(what.split())[:200]}"

    def _inputs(self, index: int) -> dict[str, Any]:
        inputs = self._simulation._build_experiment_step_inputs({}, self._steps[index], 0.0, self._indices[index])
        return dict(inputs)

    def _resistance(self, index: int, before: State, first: State) -> float:
        (voltage, current, _), (loaded, load, _) = (self._observed(index, y)[:3] for y in (before, first))
        return float((voltage - loaded) / (load - current)) if load != current else float("nan")

    def _observed(self, index: int, state: State) -> NDArray[np.float64]:
        """Voltage, current and temperature of a state, and the values of `names`."""
        inputs = self._solver._set_up_model_inputs(self._model, self._inputs(index))
        if self._function is None:
            self._function = _function(self._model, (_VOLTAGE, _CURRENT, _TEMPERATURE, *self.names), inputs)
        values = self._function(state, np.concatenate([np.ravel(value) for value in inputs.values()]))
        return np.array(values, np.float64).ravel()


def _built(
    values: Any, read: Sequence[Step], model: Model, options: dict[str, Any], numerics: AgeingNumerics
) -> tuple[list[Any], Any]:
    """PyBaMM's steps, and the simulation with the one built model that all of them share."""
    pybamm = load_pybamm()
    pybamm.set_logging_level("CRITICAL")
    steps = [pybamm_step(step, {}, _LARGEST_STEP) for step in read]
    coating, particle = numerics.coating_points, numerics.particle_points
    simulation = pybamm.Simulation(
        ageing_model(model, options),
        experiment=pybamm.Experiment([tuple(steps)]),
        parameter_values=values,
        solver=pybamm.IDAKLUSolver(
            rtol=numerics.relative_tolerance,
            atol=numerics.absolute_tolerance,
            on_extrapolation="ignore",
            on_failure="ignore",
            options={"silence_sundials_errors": True, "num_threads": 1},
        ),
        var_pts={"x_n": coating, "x_s": coating, "x_p": coating, "r_n": particle, "r_p": particle},
        experiment_model_mode="unified",
    )
    simulation.build_for_experiment()
    return list(simulation.experiment.steps), simulation


def _bounds(model: Any) -> tuple[State, State]:
    """The bounds of each part of the state: those of its variable, over the variable's scale as the state is."""
    lower, upper = np.full(model.len_rhs_and_alg, -np.inf), np.full(model.len_rhs_and_alg, np.inf)
    for variable, parts in model.y_slices.items():
        for limits, bound in ((lower, variable.bounds[0]), (upper, variable.bounds[1])):
            value = bound.evaluate() if hasattr(bound, "evaluate") else bound
            limits[parts[0]] = (np.ravel(value)[0] - _number(variable.reference)) / _number(variable.scale)
    return lower, upper


def _number(value: Any) -> float:
    return float(np.ravel(value.evaluate() if hasattr(value, "evaluate") else value)[0])


def _place(model: Any, name: str) -> int:
    """The index in the state of a variable that is a single number."""
    places = [part[0].start for variable, part in model.y_slices.items() if variable.name == name]
    return int(places[0])


def _both_ways(net: float, throughput: float) -> NDArray[np.float64]:
    """Charge or energy delivered and taken up in a step that does one of them."""
    return np.array([throughput + net, throughput - net]) / 2


def _function(model: Any, names: Sequence[str], inputs: dict[str, Any]) -> Any:
    """A compiled function of state and stacked inputs that gives variables at the end of a step."""
    import casadi

    state = casadi.MX.sym("y", model.len_rhs_and_alg)
    symbols = {name: casadi.MX.sym(name, np.size(value)) for name, value in inputs.items()}
    variables = [model.get_processed_variable(name).to_casadi(casadi.MX(0), state, inputs=symbols) for name in names]
    return casadi.Function("observed", [state, casadi.vertcat(*symbols.values())], [casadi.vertcat(*variables)])
