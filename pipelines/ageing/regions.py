"""A cell whose electrodes are not the same everywhere: parallel regions at one voltage that share the current.

Each region is a single-particle model of its own, with or without electrolyte; terminal voltages are equal at every
instant, and the mean of the regions' currents is the cell's. Both are one system of equations, solved together. Regions
have equal areas, and each is described as a cell of the whole area.

What it neglects: lithium, heat and electrolyte that pass from region to region in the plane, and the resistance of the
collectors between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.ageing.charge_balance import ageing_model
from ragone.pipelines.ageing.cycle_map import RECORDED, AgeingNumerics, CycleRow, State
from ragone.pipelines.ageing.errors import CycleFailedError
from ragone.pipelines.ageing.mechanisms import Mechanisms
from ragone.pipelines.ageing.parameters import ageing_values
from ragone.pipelines.ageing.steps import Duty
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.simulation import AMBIENT, INITIAL
from ragone.schemas import CellParameters, FadeOutcome

RegionModel = Literal["SPM", "SPMe"]
_CURRENT, _VOLTAGE = "Current function [A]", "Battery voltage [V]"
_HOUR = 3600.0  # s
_LONGEST, _NEAR, _SHORTEST = 600.0, 20.0, 1e-2  # s, of one call of the integrator: at first, near an end, at least
_GIVEN_UP = 3.6e5  # s, of a step of the cycle


@dataclass(frozen=True)
class _Region:
    """A region's rate of change, voltage and recorded variables as functions of state and current; its first state."""

    rate: Any
    voltage: Any
    recorded: Any
    first: State
    names: tuple[str, ...]


class RegionsMap:
    """The map of one cycle of parallel regions: discharge, rest, charge at constant current, then voltage, rest.

    Parameters
    ----------
    cells
        The regions, each as a cell of the whole area.
    duty
        Rates over the first cell's nominal capacity, voltages and rest.
    model
        PyBaMM's single-particle model, or that with electrolyte.
    mechanisms, numerics
        By which they age, and how they are solved.
    ambient_temperature
        Of all regions [K].
    """

    def __init__(
        self,
        cells: Sequence[CellParameters],
        duty: Duty,
        *,
        model: RegionModel = "SPM",
        mechanisms: Mechanisms | None = None,
        numerics: AgeingNumerics | None = None,
        ambient_temperature: float = 298.15,
    ) -> None:
        mechanisms, numerics = mechanisms or Mechanisms(), numerics or AgeingNumerics()
        self._regions = [_region(cell, model, mechanisms, numerics, ambient_temperature) for cell in cells]
        self._duty, self._nominal, self._temperature = duty, cells[0].nominal_capacity_ampere_hour, ambient_temperature
        self._starts = np.cumsum([0, *(len(region.first) for region in self._regions)])
        self._integrator, self._observe = _coupled(self._regions, numerics)
        self.names = self._regions[0].names

    def initial_state(self) -> State:
        """Return the state before the first cycle, region after region."""
        return np.concatenate([region.first for region in self._regions])

    def advance(self, state: State) -> tuple[State, CycleRow]:
        """Do one cycle.

        Parameters
        ----------
        state
            Shape (states of all regions,); it is left alone.

        Raises
        ------
        CycleFailedError
            If a step does not end, or the solver gives up.
        """
        duty, here = self._duty, _Here(np.append(state, (0.0, 0.0)), np.zeros(len(self._regions)), 0.0)
        out, back, cutoff = (rate * self._nominal for rate in (duty.discharge_rate, duty.charge_rate, duty.cutoff_rate))
        delivered = self._step(here, out, lambda voltage, _: voltage - duty.lower_voltage)
        rested = self._rest(delivered)
        charged = self._step(rested, -back, lambda voltage, _: duty.upper_voltage - voltage)
        full = self._step(charged, duty.upper_voltage, lambda _, current: -current - cutoff, holds_voltage=True)
        charge, energy = (full.state[-2:] - delivered.state[-2:]).tolist()
        end = self._rest(full)
        row = CycleRow(
            duration=end.time,
            discharging_capacity=float(delivered.state[-2]),
            charging_capacity=-charge,
            discharging_energy=float(delivered.state[-1]),
            charging_energy=-energy,
            resistance=float("nan"),
            largest_temperature=self._temperature,
            variables=self._recorded(end),
        )
        return end.state[:-2], row

    def _rest(self, here: _Here) -> _Here:
        """The regions after a time without a current of the cell; currents between them go on."""
        return self._passed(here, 0.0, False, self._duty.rest) if self._duty.rest else here

    def _step(self, here: _Here, given: float, left: Callable[[float, float], float], *, holds_voltage: bool = False
              ) -> _Here:  # fmt: skip
        """A step of the cycle until what is left of it, a function of voltage and current, is nothing."""
        begun, length = here.time, _LONGEST
        while here.time - begun < _GIVEN_UP:
            try:
                then = self._passed(here, given, holds_voltage, length)
                remaining = left(*self._seen(then))
            except RuntimeError as cause:
                if length < _SHORTEST:
                    raise CycleFailedError(FadeOutcome.SOLVER_FAILED, " ".join(str(cause).split())[:200]) from None
                length /= 4
                continue
            if remaining <= 0 and length <= _NEAR:
                return self._passed(here, given, holds_voltage, self._end(here, given, holds_voltage, left, length))
            here, length = (here, length / 8) if remaining <= 0 else (then, length)
        raise CycleFailedError(FadeOutcome.INFEASIBLE, f"a step of the cycle did not end after {_GIVEN_UP:g} s")

    def _end(
        self, here: _Here, given: float, holds_voltage: bool, left: Callable[[float, float], float], length: float
    ) -> float:
        """The time [s] after which nothing is left of a step; hardly any if nothing is left already."""
        from scipy.optimize import brentq

        def remaining(after: float) -> float:
            return left(*self._seen(self._passed(here, given, holds_voltage, after)))

        if remaining(_SHORTEST) <= 0:
            return _SHORTEST
        return float(brentq(remaining, _SHORTEST, length, xtol=1e-4, rtol=1e-10))

    def _passed(self, here: _Here, given: float, holds_voltage: bool, length: float) -> _Here:
        """The regions after so many seconds; raises RuntimeError if they cannot be integrated so far."""
        guess = here.currents if holds_voltage else here.currents - here.currents.mean() + given
        with redirect_stderr(StringIO()):  # a step too far beyond a limit of the voltage fails, and is taken shorter
            found = self._integrator(x0=here.state, z0=guess, p=[float(holds_voltage), given, length])
        state, currents = (np.array(found[name], np.float64)[:, -1] for name in ("xf", "zf"))
        if not (np.all(np.isfinite(state)) and np.all(np.isfinite(currents))):
            raise RuntimeError("the state is no number any more")
        return _Here(state, currents, here.time + length)

    def _seen(self, here: _Here) -> tuple[float, float]:
        """Voltage [V] and current [A, discharging positive] of the cell."""
        return float(self._observe(here.state, here.currents)), float(here.currents.mean())

    def _recorded(self, here: _Here) -> NDArray[np.float64]:
        """The recorded variables, averaged over the regions."""
        parts = np.split(here.state[:-2], self._starts[1:-1])
        rows = [np.array(region.recorded(part, current), np.float64).ravel()
                for region, part, current in zip(self._regions, parts, here.currents, strict=True)]  # fmt: skip
        return np.asarray(np.mean(rows, axis=0))


@dataclass(frozen=True)
class _Here:
    """State of all regions with charge and energy delivered [A h, W h], current of each [A], time of the cycle [s]."""

    state: State
    currents: State
    time: float


def _region(
    cell: CellParameters, name: RegionModel, mechanisms: Mechanisms, numerics: AgeingNumerics, temperature: float
) -> _Region:
    import casadi

    pybamm = load_pybamm()
    values = ageing_values(cell, mechanisms, initial_state_of_charge=1.0)
    values.update({AMBIENT: temperature, INITIAL: temperature, _CURRENT: "[input]"})
    model = ageing_model(name, mechanisms.options())
    geometry, submeshes, methods = model.default_geometry, model.default_submesh_types, model.default_spatial_methods
    values.process_model(model)
    values.process_geometry(geometry)
    coating, particle = numerics.coating_points, numerics.particle_points
    points = {"x_n": coating, "x_s": coating, "x_p": coating, "r_n": particle, "r_p": particle}
    pybamm.Discretisation(pybamm.Mesh(geometry, submeshes, points), methods).process_model(model)
    names = tuple(one for one in RECORDED if one in model.variables)
    found = model.export_casadi_objects([_VOLTAGE, *names], input_parameter_order=[_CURRENT])
    given = [casadi.substitute(one, found["t"], 0) for one in
             (found["rhs"], *(found["variables"][each] for each in (_VOLTAGE, *names)))]  # fmt: skip
    symbols = [found["x"], found["inputs"]]
    first = casadi.Function("first", [found["inputs"]], [found["x0"]])(0.0)
    return _Region(
        rate=_scalar(casadi.Function("rate", symbols, [given[0]])),
        voltage=_scalar(casadi.Function("voltage", symbols, [given[1]])),
        recorded=casadi.Function("recorded", symbols, [casadi.vertcat(*given[2:])]),
        first=np.array(first, np.float64).ravel(),
        names=names,
    )


def _scalar(function: Any) -> Any:
    """The function by scalar operations, which are faster; itself where it interpolates a table."""
    try:
        return function.expand()
    except RuntimeError:
        return function


def _coupled(regions: Sequence[_Region], numerics: AgeingNumerics) -> tuple[Any, Any]:
    """The integrator of all regions over a time that is a parameter, and the voltage of the cell.

    Parameters are: whether the voltage is given, or else the current; that voltage or current; the time.
    """
    import casadi

    scalar = all(one.is_a("SXFunction") for region in regions for one in (region.rate, region.voltage))
    symbol: Any = casadi.SX.sym if scalar else casadi.MX.sym
    states: list[Any] = [symbol(f"x{n}", len(region.first)) for n, region in enumerate(regions)]
    counted, currents = symbol("counted", 2), symbol("I", len(regions))
    holds, given, length = (symbol(name) for name in ("holds", "given", "length"))
    parts = [(region, states[n], currents[n]) for n, region in enumerate(regions)]
    voltages = [region.voltage(state, current) for region, state, current in parts]
    rates = [region.rate(state, current) for region, state, current in parts]
    current: Any = casadi.sum1(currents) / len(regions)
    equal = [one - voltages[0] for one in voltages[1:]]
    said = holds * (voltages[0] - given) + (1 - holds) * (current - given)
    whole = casadi.vertcat(*states, counted)
    system = {
        "x": whole,
        "z": currents,
        "p": casadi.vertcat(holds, given, length),
        "ode": length * casadi.vertcat(*rates, current / _HOUR, current * voltages[0] / _HOUR),
        "alg": casadi.vertcat(*equal, said),
    }
    options = {"reltol": numerics.relative_tolerance, "abstol": numerics.absolute_tolerance,
               "disable_internal_warnings": True, "max_num_steps": 300}  # fmt: skip
    integrator = casadi.integrator("regions", "idas", system, 0.0, 1.0, options)
    return integrator, casadi.Function("seen", [whole, currents], [voltages[0]])
