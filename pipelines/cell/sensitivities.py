"""The derivative of the energy of a discharge by whatever its cell depends on, from sensitivities of the solver.

IDAS integrates the derivative of the voltage by each input of the built model beside the solution. A discharge at
constant power P ends at the time T at which V(T, p) is the lower voltage, so that by the implicit function theorem

    dT/dp = -(dV/dp) / (dV/dt)  at T,    E = P T,    dE/dp = P dT/dp,  and T more for the power itself.

The inputs of the model follow from the cell by explicit expressions (areas, stretched coatings, stoichiometries);
their derivative is a central difference, extrapolated from two steps, which costs no solution. All derivatives are
logarithmic: the change of ln E with ln x, in percent for a percent.

The error of each is the change when the tolerances are ten times tighter, and that of the difference of the inputs and
of the slope of the voltage; what half the points of the mesh change stands beside it.

A discharge that has not ended at the lower voltage has no such derivative. The cell is isothermal, with one sphere
that stands for all particles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ragone.pipelines.cell.chemistry import parameter_values_of
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.errors import SensitivityError
from ragone.pipelines.cell.similar import reference_of, similar_inputs
from ragone.pipelines.cell.simulation import CONTACT, Control, Numerics, solve
from ragone.schemas import CellOutcome, CellParameters
from ragone.schemas.cell import OF_PARTICLES

Changed = Callable[[float], CellParameters]  # the cell with something multiplied by a factor
POWER = "power_watt"
FIELDS = (
    "positive_thickness_metre",
    "positive_porosity",
    "positive_active_material_fraction",
    "positive_pore_tortuosity_factor",
    "positive_effective_conductivity_siemens_per_metre",
    "positive_surface_area_ratio",
    "positive_particle_radius_metre",
    "negative_thickness_metre",
    "negative_porosity",
    "negative_active_material_fraction",
    "negative_pore_tortuosity_factor",
    "negative_effective_conductivity_siemens_per_metre",
    "negative_surface_area_ratio",
    "negative_particle_radius_metre",
    "electrode_area_square_metre",
    "contact_resistance_ohm",
)
_STEP = 1e-3  # of ln x, in differences of the explicit inputs
_END = 1e-6  # of the duration: the step by which the slope of the voltage at the end is found, however it dives
_TIGHTER = 0.1
_HOUR = 3600.0  # s


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a discharge at constant power; see `discharge_at_constant_power`."""

    power_watt: float
    initial_state_of_charge: float = 1.0
    ambient_temperature_kelvin: float = 298.15
    lower_voltage_volt: float = 2.5
    largest_duration_second: float = 720000.0
    mesh_points: int = 20
    relative_tolerance: float = 1e-6
    absolute_tolerance: float = 1e-6


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The change of ln E, ln (E / volume) and ln (E / mass) with ln of what `name` says [-], and its two errors."""

    name: str
    energy: float
    energy_density: float
    specific_energy: float
    error: float
    mesh_error: float


@dataclass(frozen=True, slots=True)
class DifferentiatedEnergy:
    """Energy delivered [W.h], its numerical error, and what it depends on."""

    energy_watt_hour: float
    energy_error_watt_hour: float
    sensitivities: tuple[Sensitivity, ...]


def differentiate_energy(
    cell: CellParameters, conditions: Conditions, further: Mapping[str, Changed] | None = None
) -> DifferentiatedEnergy:
    """The sensitivities of the energy to the power, to each of `FIELDS` that the cell has, and to what else is given.

    Parameters
    ----------
    cell
        Any that can be built. A field is changed alone: areas, masses and the opposite electrode stay.
    conditions
        Of the discharge. It is solved with tolerances a tenth as large, with these, and on half the mesh; the results
        are those of the first, and their errors are taken from the others.
    further
        Name to the cell with that multiplied by a factor, such as one assembled again with another loading.

    Raises
    ------
    SensitivityError
        If the cell cannot be built, or the discharge does not end at the lower voltage.
    """
    if cell.outcome is not CellOutcome.BUILT:
        raise SensitivityError(f"{cell.id} was not built: {cell.outcome}. Name a cell that was.")
    own = _with_stretched_particles(cell)
    _require_an_end(own, conditions)
    changes: dict[str, Changed] = {name: partial(_multiplied, own, name) for name in FIELDS if getattr(own, name)}
    changes |= {name: _stretching(change) for name, change in (further or {}).items()}
    solved = _Three.of(own, conditions)
    found = [solved.by_power()]
    found += [solved.along(name, change) for name, change in changes.items()]
    energies = solved.fine.energy, abs(solved.fine.energy - solved.coarse.energy)
    return DifferentiatedEnergy(*energies, _with_usual_mesh_error(found))


def _with_usual_mesh_error(found: Sequence[Sensitivity]) -> tuple[Sensitivity, ...]:
    """The same, no error of the mesh below the median share of all: a change by half the mesh may vanish by chance."""
    usual = float(np.median([one.mesh_error / abs(one.energy) for one in found if one.energy]))
    return tuple(replace(one, mesh_error=max(one.mesh_error, usual * abs(one.energy))) for one in found)


@dataclass(frozen=True)
class _Solved:
    """The energy [W.h], and the derivative of its logarithm by each input of the model."""

    conditions: Conditions
    reference: Any
    energy: float
    slopes: Mapping[str, float]
    relative_error: float  # of all slopes alike, by that of the voltage at the end

    @classmethod
    def of(cls, cell: CellParameters, given: Conditions) -> _Solved:
        names = _input_names(cell)
        end, slopes, error = _end_of(_discharged(cell, given, names), names)
        return cls(given, reference_of(parameter_values_of(cell), cell), given.power_watt * end / _HOUR, slopes, error)

    def inputs(self, cell: CellParameters) -> dict[str, float]:
        """The inputs of the model that a cell is solved with."""
        state = self.conditions.initial_state_of_charge
        own = similar_inputs(cell, self.reference, initial_state_of_charge=state)
        return own | {CONTACT: cell.contact_resistance_ohm}

    def along(self, change: Changed) -> tuple[float, float]:
        """The derivative of ln E along a change, and the error of the difference of the inputs."""
        near, far = (self._difference(change, step) for step in (_STEP, 2 * _STEP))
        return near + (near - far) / 3, abs(near - far)

    def _difference(self, change: Changed, step: float) -> float:
        more, less = (self.inputs(change(float(np.exp(sign * step)))) for sign in (1, -1))
        return sum(self.slopes[name] * (more[name] - less[name]) / (2 * step) for name in more)


def _discharged(cell: CellParameters, given: Conditions, names: tuple[str, ...] = ()) -> Any:
    return solve(
        cell,
        Control.POWER,
        Numerics(given.mesh_points, given.relative_tolerance, given.absolute_tolerance),
        setpoint=given.power_watt,
        initial_state_of_charge=given.initial_state_of_charge,
        ambient_temperature=given.ambient_temperature_kelvin,
        lower_voltage=given.lower_voltage_volt,
        largest_duration=given.largest_duration_second,
        differentiated=names,
    )


def _require_an_end(cell: CellParameters, given: Conditions) -> None:
    """Refuse what does not end at the lower voltage; IDAS may search without end for sensitivities of such a thing."""
    try:
        ended = str(_discharged(cell, given).termination)
    except load_pybamm().SolverError:
        ended = "no initial state"
    if "Minimum voltage" not in ended:
        raise SensitivityError(
            f"the discharge of {cell.id} at {given.power_watt:g} W ended with {ended!r} instead of "
            f"{given.lower_voltage_volt:g} V: its end has no derivative. Choose another power."
        )


def _input_names(cell: CellParameters) -> tuple[str, ...]:
    """All inputs of the model by which the solver differentiates."""
    reference = reference_of(parameter_values_of(cell), cell)
    return (*similar_inputs(cell, reference, initial_state_of_charge=1.0), CONTACT, Control.POWER.value)


def _end_of(solution: Any, names: tuple[str, ...]) -> tuple[float, dict[str, float], float]:
    """The time of the end [s], the derivative of its logarithm by each input, and the relative error of all of them."""
    voltage, end = solution["Voltage [V]"], float(solution.t[-1])
    falling, other = (_slope_at_end(voltage, end, step) for step in (_END, 3 * _END))
    by_input = {name: float(np.asarray(voltage.sensitivities[name]).ravel()[-1]) for name in names}
    return end, {name: -each / falling / end for name, each in by_input.items()}, abs(other / falling - 1)


def _slope_at_end(voltage: Any, end: float, step: float) -> float:
    """The slope of the voltage [V/s], by a one-sided difference of second order over a share of the duration."""
    last, before, earlier = np.asarray(voltage(end * (1 - step * np.arange(3))), dtype=np.float64)
    return float((3 * last - 4 * before + earlier) / (2 * step * end))


@dataclass(frozen=True)
class _Three:
    """The same discharge solved with the tolerances given, with tighter ones, and with these on half the mesh."""

    coarse: _Solved
    fine: _Solved
    half: _Solved

    @classmethod
    def of(cls, cell: CellParameters, given: Conditions) -> _Three:
        relative, absolute = _TIGHTER * given.relative_tolerance, _TIGHTER * given.absolute_tolerance
        tight = replace(given, relative_tolerance=relative, absolute_tolerance=absolute)
        half = replace(tight, mesh_points=given.mesh_points // 2)
        return cls(*(_Solved.of(cell, each) for each in (given, tight, half)))

    def by_power(self) -> Sensitivity:
        """The sensitivity to the power: it shortens the discharge, and counts itself in the energy."""
        slopes = [one.conditions.power_watt * one.slopes[Control.POWER.value] for one in self._all()]
        return self._judged(POWER, slopes, 0.0, itself=1.0)

    def along(self, name: str, change: Changed) -> Sensitivity:
        """The sensitivity along a change of the cell."""
        more, less = change(float(np.exp(_STEP))), change(float(np.exp(-_STEP)))
        volume, mass = (
            float(np.log(getattr(more, size) / getattr(less, size))) / (2 * _STEP)
            for size in ("cell_volume_cubic_metre", "cell_mass_kilogram")
        )
        found = [one.along(change) for one in self._all()]
        return self._judged(name, [slope for slope, _ in found], found[0][1], volume=volume, mass=mass)

    def _all(self) -> tuple[_Solved, ...]:
        return self.fine, self.coarse, self.half

    def _judged(
        self,
        name: str,
        slopes: Sequence[float],
        error: float,
        *,
        itself: float = 0.0,
        volume: float = 0.0,
        mass: float = 0.0,
    ) -> Sensitivity:
        """The result with its errors; no error is below the tolerance, of which the solver knows nothing."""
        fine, coarse, half = slopes
        error += abs(fine - coarse) + abs(fine) * self.fine.relative_error + self.fine.conditions.relative_tolerance
        found = itself + fine
        return Sensitivity(name, found, found - volume, found - mass, error, abs(fine - half))


def _multiplied(cell: CellParameters, name: str, factor: float) -> CellParameters:
    return replace(cell, **{name: factor * getattr(cell, name)})


def _stretching(change: Changed) -> Changed:
    return lambda factor: _with_stretched_particles(change(factor))


def _with_stretched_particles(cell: CellParameters) -> CellParameters:
    """The same cell on a mesh whose particles are stretched, so that their radius is an input too."""
    return replace(cell, positive_particle_radius_source=OF_PARTICLES)
