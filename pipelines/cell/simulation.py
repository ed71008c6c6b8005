"""One built model for all cells of a parameter set: built on first use in a process, then solved with other inputs.

Building takes several times as long as solving. Nothing of a solution is kept between calls: a result depends on its
inputs alone, whatever was solved before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from threading import get_ident
from typing import Any

from ragone.pipelines.cell.chemistry import Chemistry, parameter_values_of
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.factors import factored_functions, factored_numbers, with_inputs
from ragone.pipelines.cell.heat import LUMPED, lumped_parameters, separate_heat_source, thermal_values
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.cell.particle_sizes import give_sizes, require_spread, size_options
from ragone.pipelines.cell.plating import add_plating_margin
from ragone.pipelines.cell.similar import (
    Reference,
    diffusivities,
    input_names,
    reference_of,
    similar_inputs,
    stretched_particles,
)
from ragone.schemas import CellParameters, NegativeElectrode

AMBIENT, INITIAL = "Ambient temperature [K]", "Initial temperature [K]"
LOWER_VOLTAGE, CONTACT = "Lower voltage cut-off [V]", "Contact resistance [Ohm]"
LARGEST_TEMPERATURE = "Largest temperature [K]"
_TEMPERATURE = "Volume-averaged cell temperature [K]"
_COOLED = (
    "Cell volume [m3]",
    "Cell cooling surface area [m2]",
    "Cell heat capacity [J.K-1.m-3]",
    "Total heat transfer coefficient [W.m-2.K-1]",
)
_KEPT = 8  # built models


class Control(StrEnum):
    """The quantity held constant, under PyBaMM's name of the parameter."""

    POWER = "Power function [W]"
    CURRENT = "Current function [A]"


_MODES = {Control.POWER: "power", Control.CURRENT: "current"}


@dataclass(frozen=True)
class Numerics:
    """Finite volumes across each coating, separator and particle radius, and tolerances of the integration in time.

    `size_points` is the number of sizes of positive particles, 0 for one sphere that stands for all.
    """

    mesh_points: int
    relative_tolerance: float
    absolute_tolerance: float
    size_points: int = 0


@dataclass(frozen=True)
class Cooling:
    """Loss of a cell of one temperature [W/(m^2 K)], and the temperature [K] at which its discharge is ended."""

    heat_transfer_coefficient: float
    largest_temperature: float

    def inputs(self, cell: CellParameters) -> dict[str, float]:
        """The inputs of the built model; raises as `thermal_values`."""
        coefficient = self.heat_transfer_coefficient
        given = thermal_values(cell, heat_transfer_coefficient_watt_per_square_metre_kelvin=coefficient)
        return {name: given[name] for name in _COOLED} | {LARGEST_TEMPERATURE: self.largest_temperature}


@dataclass(frozen=True)
class Built:
    """A built simulation, and the lengths of its mesh."""

    simulation: Any
    reference: Reference


def solve(
    cell: CellParameters,
    control: Control,
    numerics: Numerics,
    *,
    setpoint: float,
    initial_state_of_charge: float,
    ambient_temperature: float,
    lower_voltage: float,
    largest_duration: float,
    cooling: Cooling | None = None,
    differentiated: tuple[str, ...] = (),
) -> Any:
    """PyBaMM's solution until the lower voltage, the largest temperature or the largest duration [s].

    The temperature is the ambient's unless the cell is one lump that is cooled. `differentiated` are inputs of the
    built model, by which the solution has sensitivities then.

    Raises
    ------
    pybamm.SolverError
        If no initial state is found; any later failure is the solution's termination.
    """
    built = _built_for(cell, control, numerics, cooling is not None, differentiated)
    inputs = {
        **similar_inputs(cell, built.reference, initial_state_of_charge=initial_state_of_charge),
        control.value: setpoint,
        AMBIENT: ambient_temperature,
        INITIAL: ambient_temperature,
        LOWER_VOLTAGE: lower_voltage,
        CONTACT: cell.contact_resistance_ohm,
        **(cooling.inputs(cell) if cooling else {}),
    }
    asked = {"calculate_sensitivities": list(differentiated)} if differentiated else {}
    return built.simulation.solve([0.0, largest_duration], inputs=inputs, **asked)


def quiet_solver(numerics: Numerics) -> Any:
    """IDAKLU that says nothing, and gives a partial solution whose termination tells what went wrong."""
    return load_pybamm().IDAKLUSolver(
        rtol=numerics.relative_tolerance,
        atol=numerics.absolute_tolerance,
        on_extrapolation="ignore",
        on_failure="ignore",
        options={"silence_sundials_errors": True, "num_threads": 1},
    )


def mesh(numerics: Numerics) -> dict[str, int]:
    """Points of every domain."""
    points = dict.fromkeys(("x_n", "x_s", "x_p", "r_n", "r_p"), numerics.mesh_points)
    return points | {"R_p": numerics.size_points} if numerics.size_points else points


@dataclass(frozen=True)
class _Family:
    """Properties that cells share to be solved by one built model; any cell of the family may stand for it."""

    chemistry: Chemistry
    negative_electrode: NegativeElectrode
    positive_particle_radius_metre: float | None
    stretched_particles: tuple[str, ...]
    spread: float
    measured_negative: bool
    separator: tuple[float | None, float | None, float | None]
    lumped: bool
    factors: tuple[str, ...]
    differentiated: tuple[str, ...]  # a model with sensitivities is another one
    cell: CellParameters = field(compare=False)


def _built_for(
    cell: CellParameters, control: Control, numerics: Numerics, lumped: bool, differentiated: tuple[str, ...] = ()
) -> Built:
    stretched = stretched_particles(cell)
    family = _Family(
        Chemistry.of(cell),
        cell.negative_electrode,
        None if "Positive" in stretched else cell.positive_particle_radius_metre,
        stretched,
        require_spread(cell) if numerics.size_points else 0.0,
        cell.negative_porosity is not None,
        (cell.separator_thickness_metre, cell.separator_porosity, cell.separator_tortuosity_factor),
        lumped,
        (*factored_functions(cell), *factored_numbers(cell)),
        differentiated,
        cell,
    )
    return _built(family, control, numerics, get_ident())


@lru_cache(maxsize=_KEPT)
def _built(family: _Family, control: Control, numerics: Numerics, thread: int) -> Built:
    """A simulation may be used by one thread at a time, so that each has its own."""
    negative = family.negative_electrode
    reference = reference_of(parameter_values_of(family.cell), family.cell)
    values = cell_values(replace(family.cell, parameter_factors={}), initial_state_of_charge=1.0)
    inputs = (*input_names(family.cell), control.value, AMBIENT, INITIAL, LOWER_VOLTAGE, CONTACT)
    given: dict[str, Any] = {**reference.lengths(), **diffusivities(values, reference)}
    given |= with_inputs({name: given.get(name, values[name]) for name in factored_functions(family.cell)})
    given |= dict.fromkeys(inputs, "[input]")
    if family.lumped:
        given |= lumped_parameters(values) | dict.fromkeys((*_COOLED, LARGEST_TEMPERATURE), "[input]")
    values.update(given | {"Nominal cell capacity [A.h]": 1.0}, check_already_exists=False)
    options = {"operating mode": _MODES[control], **(LUMPED if family.lumped else {})}
    if numerics.size_points:
        values = give_sizes(values, negative, family.spread)
        options |= size_options(negative)
    model = dfn(negative, options)
    add_plating_margin(model)
    if family.lumped:
        separate_heat_source(model)
        _end_when_hot(model)
    simulation = load_pybamm().Simulation(
        model, parameter_values=values, solver=quiet_solver(numerics), var_pts=mesh(numerics)
    )
    return Built(simulation, reference)


def _end_when_hot(model: Any) -> None:
    pybamm = load_pybamm()
    margin = pybamm.Parameter(LARGEST_TEMPERATURE) - model.variables[_TEMPERATURE]
    model.events.append(pybamm.Event(LARGEST_TEMPERATURE, margin, pybamm.EventType.TERMINATION))
