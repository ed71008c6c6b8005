"""A full cell, or a half cell against lithium metal, ready to be simulated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from ragone.schemas.electrode import RAISED
from ragone.schemas.field import Tolerance, choice, document, real, text
from ragone.schemas.migration import Migrations, added, folded
from ragone.schemas.record import Record

_SINCE_5 = (
    "electrolyte_concentration_mole_per_cubic_metre",
    "cyclable_lithium_ratio",
    "negative_pore_tortuosity_factor_standard_error",
    "separator_tortuosity_factor",
)
_SINCE_3 = (
    "negative_porosity",
    "negative_active_material_fraction",
    "negative_pore_tortuosity_factor",
    "negative_effective_conductivity_siemens_per_metre",
    "negative_surface_area_ratio",
    "separator_thickness_metre",
    "separator_porosity",
)
OF_PARTICLES = "particles of the electrode"  # where a radius is from
_METRIC = Tolerance(relative=1e-4)  # what the transport metrics behind the field may deviate by


class CellOutcome(StrEnum):
    """Whether a cell can be built from a design and its metrics."""

    BUILT = "built"
    NOT_CONDUCTING = "a phase of the positive electrode does not percolate"
    NEGATIVE_NOT_CONDUCTING = "a phase of the negative electrode does not percolate"
    DOES_NOT_FIT = "the coating does not fit the can"


class NegativeElectrode(StrEnum):
    """The electrode opposite the positive one."""

    INTERCALATION = "intercalation"
    LITHIUM_METAL = "lithium metal"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CellParameters(Record):
    """Geometry and metrics of the electrodes, can, mass, volume, and what cooling needs to know.

    The metrics of a coating are those of a cell model: its porosity counts the pores inside the carbon-binder. Those of
    the negative one, and the separator's, are null where they are the parameter set's.
    """

    kind: ClassVar[str] = "cell_parameters"
    schema_version: ClassVar[int] = 5
    migrations: ClassVar[Migrations] = {
        1: (
            added("negative_electrode", NegativeElectrode.INTERCALATION),
            added("parameters", {}),
            added("cooled_area_square_metre", None),
            added("conduction_length_metre", None),
            added("thermal_conductivity_watt_per_metre_kelvin", None),
            added("heat_capacity_joule_per_kelvin", None),
            added("contact_resistance_ohm", 0.0),
        ),
        2: (folded("varied", "method", RAISED), *(added(name, None) for name in _SINCE_3)),
        3: (
            added("positive_particle_radius_source", ""),
            added("positive_particle_radius_spread", None),
            added("negative_particle_radius_metre", None),
        ),
        4: (
            *(added(name, "") for name in ("negative_parameter_set", "electrolyte", "negative_coating_source")),
            added("negative_parameters", {}),
            added("parameter_factors", {}),
            *(added(name, None) for name in _SINCE_5),
        ),
    }

    outcome: CellOutcome = choice(CellOutcome, doc="whether the cell can be built, or why not")
    parameter_set: str = text(doc="name of the PyBaMM parameter set or BPX file that gives what is not listed here")
    parameters: Any = document(default={}, doc="content of that BPX file; empty for a parameter set of PyBaMM")
    negative_parameter_set: str = text(
        default="", doc="parameter set or BPX file that gives the negative electrode; empty if it is the same"
    )
    negative_parameters: Any = document(default={}, doc="content of that BPX file; empty for a parameter set of PyBaMM")
    electrolyte: str = text(
        default="", doc="name of the electrolyte, or of the parameter set that it is of; empty if it is parameter_set's"
    )
    electrolyte_concentration_mole_per_cubic_metre: float | None = real(
        "mol/m^3", low=0, low_open=True, optional=True, default=None, doc="salt at rest; null for the electrolyte's own"
    )
    cyclable_lithium_ratio: float | None = real(
        "1",
        low=0,
        low_open=True,
        optional=True,
        default=None,
        doc="cyclable lithium over host capacity of the positive electrode; null for that of the set's own cell",
    )
    form_factor: str = text(doc="can, for example 4680")
    positive_thickness_metre: float = real("m", low=0, low_open=True, doc="one coated side")
    positive_porosity: float = real(
        "1", low=0, high=1, doc="pore volume over volume of the positive coating, nanopores included"
    )
    positive_active_material_fraction: float = real(
        "1", low=0, high=1, doc="volume of active material over that of the positive coating"
    )
    positive_pore_tortuosity_factor: float = real(
        "1",
        low=0,
        low_open=True,
        infinite=True,
        tolerance=_METRIC,
        doc="through-plane, pores of the positive coating; +inf if they do not percolate",
    )
    positive_effective_conductivity_siemens_per_metre: float = real(
        "S/m", low=0, tolerance=_METRIC, doc="electronic, through-plane, solids of the positive coating"
    )
    positive_surface_area_ratio: float = real(
        "1", low=0, tolerance=_METRIC, doc="measured area over that of spheres, 3 eps/R"
    )
    positive_particle_radius_metre: float = real(
        "m", low=0, low_open=True, doc="sphere of positive active material in which lithium diffuses"
    )
    positive_particle_radius_source: str = text(
        default="", doc="where that radius is from; empty in older records: the cell design's or the parameter set's"
    )
    positive_particle_radius_spread: float | None = real(
        "1",
        low=0,
        optional=True,
        default=None,
        doc="standard deviation of the logarithm of the radius, for models of all sizes; null if not known",
    )
    negative_electrode: NegativeElectrode = choice(
        NegativeElectrode, default=NegativeElectrode.INTERCALATION, doc="what stands opposite the positive electrode"
    )
    negative_thickness_metre: float = real(
        "m", low=0, doc="one coated side, sized by the N/P ratio; 0 for lithium metal, which is not limiting"
    )
    negative_to_positive_capacity_ratio: float = real("1", low=0, doc="0 for lithium metal")
    negative_porosity: float | None = real(
        "1",
        low=0,
        high=1,
        optional=True,
        doc="pore volume over volume of the negative coating, nanopores included; null if the parameter set's",
    )
    negative_active_material_fraction: float | None = real(
        "1",
        low=0,
        high=1,
        optional=True,
        doc="volume of active material over that of the negative coating; null if the parameter set's",
    )
    negative_pore_tortuosity_factor: float | None = real(
        "1",
        low=0,
        low_open=True,
        infinite=True,
        optional=True,
        tolerance=_METRIC,
        doc="through-plane, pores of the negative coating; null if the parameter set's",
    )
    negative_pore_tortuosity_factor_standard_error: float | None = real(
        "1", low=0, optional=True, default=None, doc="of a tortuosity factor not measured here; null if not known"
    )
    negative_effective_conductivity_siemens_per_metre: float | None = real(
        "S/m",
        low=0,
        optional=True,
        tolerance=_METRIC,
        doc="electronic, through-plane, solids of the negative coating; null if the parameter set's",
    )
    negative_surface_area_ratio: float | None = real(
        "1",
        low=0,
        optional=True,
        tolerance=_METRIC,
        doc="measured area over that of spheres, 3 eps/R, of the negative coating; null if not measured",
    )
    negative_particle_radius_metre: float | None = real(
        "m",
        low=0,
        low_open=True,
        optional=True,
        default=None,
        doc="sphere of negative active material in which lithium diffuses; null if the parameter set's",
    )
    negative_coating_source: str = text(
        default="",
        doc="where the metrics of the negative coating are from; empty for the parameter set, and in older records",
    )
    separator_thickness_metre: float | None = real(
        "m", low=0, low_open=True, optional=True, doc="thickness of the separator; null if the parameter set's"
    )
    separator_porosity: float | None = real(
        "1",
        low=0,
        low_open=True,
        high=1,
        high_open=True,
        optional=True,
        doc="pore volume of the separator over its volume; null if the parameter set's",
    )
    separator_tortuosity_factor: float | None = real(
        "1",
        low=1,
        optional=True,
        default=None,
        doc="through-plane, pores of the separator; null for Bruggeman's relation of the parameter set",
    )
    electrode_area_square_metre: float = real(
        "m^2", low=0, doc="coated area, both sides of the positive collector counted"
    )
    nominal_capacity_ampere_hour: float = real("A*h", low=0, doc="what a rate of 1C refers to")
    cell_volume_cubic_metre: float = real("m^3", low=0, low_open=True, doc="outer volume of the can")
    cell_mass_kilogram: float = real("kg", low=0, doc="with can")
    cooled_area_square_metre: float | None = real("m^2", low=0, optional=True, doc="outer surface of the can")
    conduction_length_metre: float | None = real(
        "m", low=0, optional=True, doc="from the warmest place to the surface, across the layers"
    )
    thermal_conductivity_watt_per_metre_kelvin: float | None = real(
        "W/(m*K)", low=0, optional=True, doc="across the layers, wetted"
    )
    heat_capacity_joule_per_kelvin: float | None = real("J/K", low=0, optional=True, doc="with can")
    contact_resistance_ohm: float = real("ohm", low=0, default=0.0, doc="tabs and welds, in series with the whole cell")
    parameter_factors: Any = document(
        default={}, doc="PyBaMM's name of a parameter of the model to the factor that multiplies it; empty for none"
    )
    components: Any = document(doc="mass [kg] and volume [m^3] of each component, with and without can")
    method: str = text(doc="assumptions; says at its end which metric was raised for the sensitivity, if one was")

    @property
    def chemistry(self) -> str:
        """The parameter sets, BPX files and electrolyte that give what is not listed here, in words."""
        parts = {"negative electrode of": self.negative_parameter_set, "electrolyte of": self.electrolyte}
        return ", ".join([self.parameter_set, *(f"{what} {name}" for what, name in parts.items() if name)])

    def surface_area_ratio(self, electrode: str) -> float:
        """Measured area over that of spheres [-] of the "positive" or "negative" coating; 1 if it was not measured."""
        ratio = self.negative_surface_area_ratio if electrode == "negative" else self.positive_surface_area_ratio
        return 1.0 if ratio is None else ratio
