"""A full cell, its discharge, and the KPIs read off it.

Signs follow the Battery Data Format: a discharging current is negative. Powers are positive when delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from schemas.errors import FieldShapeError, UnitError
from schemas.field import Tolerance, choice, document, integer, real, text, vector
from schemas.record import Record
from schemas.units import is_unit

_SOLVER = Tolerance(relative=1e-5, absolute=1e-9)
_METRIC = Tolerance(relative=1e-4)  # what the transport metrics behind the field may deviate by


class CellOutcome(StrEnum):
    """Whether a cell can be built from a design and its metrics."""

    BUILT = "built"
    NOT_CONDUCTING = "a phase of the positive electrode does not percolate"
    DOES_NOT_FIT = "the coating does not fit the can"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CellParameters(Record):
    """A cell ready to be simulated: geometry of both electrodes, metrics of the positive one, can, mass and volume."""

    kind: ClassVar[str] = "cell_parameters"

    outcome: CellOutcome = choice(CellOutcome)
    parameter_set: str = text(doc="PyBaMM parameter set that gives what is not listed here")
    form_factor: str = text(doc="can, for example 4680")
    positive_thickness_metre: float = real("m", low=0, low_open=True, doc="one coated side")
    positive_porosity: float = real("1", low=0, high=1)
    positive_active_material_fraction: float = real("1", low=0, high=1)
    positive_pore_tortuosity_factor: float = real("1", low=1, infinite=True, tolerance=_METRIC)
    positive_effective_conductivity_siemens_per_metre: float = real("S/m", low=0, tolerance=_METRIC)
    positive_surface_area_ratio: float = real(
        "1", low=0, tolerance=_METRIC, doc="measured area over that of spheres, 3 eps/R"
    )
    positive_particle_radius_metre: float = real("m", low=0, low_open=True)
    negative_thickness_metre: float = real("m", low=0, low_open=True, doc="one coated side, sized by the N/P ratio")
    negative_to_positive_capacity_ratio: float = real("1", low=0, low_open=True)
    electrode_area_square_metre: float = real(
        "m^2", low=0, doc="coated area, both sides of the positive collector counted"
    )
    nominal_capacity_ampere_hour: float = real("A*h", low=0)
    cell_volume_cubic_metre: float = real("m^3", low=0, low_open=True, doc="outer volume of the can")
    cell_mass_kilogram: float = real("kg", low=0, doc="with can")
    components: Any = document(doc="mass [kg] and volume [m^3] of each component, with and without can")
    varied: str = text(default="", doc="the metric shifted by one standard error for the sensitivity; empty if none")
    method: str = text()


class DischargeOutcome(StrEnum):
    """How a discharge ended."""

    COMPLETED = "lower voltage limit reached"
    INFEASIBLE = "the cell cannot deliver this power"
    NOT_CONDUCTING = "the cell does not conduct"
    NOT_BUILT = "the cell cannot be built"
    SOLVER_FAILED = "the solver gave up"
    TIME_LIMIT = "still running at the time limit"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Discharge(Record):
    """One discharge: time series in Battery Data Format names, and how it ended."""

    kind: ClassVar[str] = "discharge"

    outcome: DischargeOutcome = choice(DischargeOutcome)
    reason: str = text(default="", doc="what the solver said, in one line, when it did not complete")
    power_watt: float = real("W", low=0, low_open=True, doc="delivered by the whole cell, held constant")
    lower_voltage_volt: float = real("V", low=0)
    ambient_temperature_kelvin: float = real("K", low=0)
    test_time_second: np.ndarray[Any, Any] = vector("s", low=0, tolerance=_SOLVER)
    voltage_volt: np.ndarray[Any, Any] = vector("V", tolerance=_SOLVER)
    current_ampere: np.ndarray[Any, Any] = vector("A", tolerance=_SOLVER, doc="negative: discharge")
    varied: str = text(default="", doc="as in the cell parameters")
    method: str = text(doc="model, solver and its tolerances")

    def validate(self) -> None:
        """The columns have one length and time never runs backwards."""
        lengths = {len(self.test_time_second), len(self.voltage_volt), len(self.current_ampere)}
        if len(lengths) != 1:
            raise FieldShapeError(f"columns of a discharge have lengths {sorted(lengths)}; they must agree.")
        if (np.diff(self.test_time_second) < 0).any():
            raise FieldShapeError("discharge.test_time_second decreases; sort the samples by time.")


class KpiOutcome(StrEnum):
    """Whether the KPI has a value."""

    MEASURED = "measured"
    INFEASIBLE = "the discharge delivered nothing"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Kpi(Record):
    """One number that somebody may quote, with all that a careful reader asks of it."""

    kind: ClassVar[str] = "kpi"

    name: str = text(doc="for example energy_density")
    value: float = real("", tolerance=Tolerance(relative=1e-5, absolute=1e-9), doc="in `unit`; 0 if infeasible")
    unit: str = text(doc="as pint spells it, W.h and A.h allowed")
    outcome: KpiOutcome = choice(KpiOutcome)
    standard_uncertainty: float | None = real(
        "", low=0, optional=True, tolerance=Tolerance(relative=1e-2, absolute=1e-9), doc="in `unit`; null if unknown"
    )
    sample_count: int = integer(low=1, doc="volumes of the electrode that the value rests on")
    definition: str = text(doc="what is computed, over which window")
    method: str = text(doc="how value and uncertainty were obtained")

    def validate(self) -> None:
        """The unit is one that pint knows."""
        if not is_unit(self.unit):
            raise UnitError(f"kpi.unit = {self.unit!r} is not a unit. Write it as pint does, for example 'W.h/L'.")
