"""What a microstructure is asked to be, and what a cell is built around it: what a study chooses.

A recipe is that of either electrode, or of any porous composite of particles and binder; how much of it is coated, and
what stands opposite, is the cell's design.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from ragone.schemas.field import choice, document, real, text
from ragone.schemas.migration import Migrations, added
from ragone.schemas.record import Record


class ParticleShape(StrEnum):
    """Shape of the particles; ellipsoids and plates are spheroids, longest or shortest along their axis."""

    SPHERE = "sphere"
    ELLIPSOID = "ellipsoid"
    PLATE = "plate"


class SizeWeight(StrEnum):
    """Whether median and spread of the radii are of the number of particles or of their volume."""

    NUMBER = "number"
    VOLUME = "volume"


class Tabs(StrEnum):
    """Place at which the current of a wound cell leaves its foils, if their resistance is counted."""

    NOT_COUNTED = "not counted"
    END = "one at an end"
    MIDDLE = "one in the middle"
    POSITIVE_MIDDLE = "positive in the middle, negative at an end"
    NEGATIVE_MIDDLE = "negative in the middle, positive at an end"
    TABLESS = "tabless"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Recipe(Record):
    """Composition, porosity and particles of a microstructure, whatever its loading."""

    kind: ClassVar[str] = "recipe"
    schema_version: ClassVar[int] = 3
    migrations: ClassVar[Migrations] = {
        1: (
            added("particle_size_weight", SizeWeight.NUMBER),
            added("second_particle_radius_metre", None),
            added("second_particle_share", 0.0),
        ),
        2: (added("binder_migration", 0.0),),
    }

    active_material_weight_fraction: float = real(
        "1", low=0, high=1, low_open=True, doc="active material over all solids, by mass"
    )
    porosity: float = real(
        "1", low=0, high=1, low_open=True, high_open=True, doc="pore volume over coating volume, nanopores included"
    )
    binder_adhesion: float = real(
        "1",
        low=0,
        high=1,
        default=0.5,
        doc="0: carbon-binder in aggregates; 1: a film on the particles",
    )
    median_particle_radius_metre: float = real(
        "m", low=0, low_open=True, high=1e-3, default=4.0e-6, doc="median radius of the spheres of equal volume"
    )
    particle_radius_spread: float = real(
        "1", low=0, high=1, default=0.2, doc="standard deviation of the logarithm of the radius, cut at two of them"
    )
    particle_shape: ParticleShape = choice(
        ParticleShape, default=ParticleShape.SPHERE, doc="shape of the particles of active material"
    )
    particle_aspect_ratio: float = real("1", low=1, high=6, default=1.0, doc="longest over shortest axis")
    aggregate_length_metre: float = real(
        "m",
        low=0,
        low_open=True,
        high=1e-3,
        default=0.8e-6,
        doc="size of aggregates of carbon-binder",
    )
    particle_size_weight: SizeWeight = choice(
        SizeWeight, default=SizeWeight.NUMBER, doc="whether median and spread are of the number or of the volume"
    )
    second_particle_radius_metre: float | None = real(
        "m",
        low=0,
        low_open=True,
        high=1e-3,
        optional=True,
        default=None,
        doc="median radius of a second kind of particles, of the same spread; null for one kind",
    )
    second_particle_share: float = real(
        "1", low=0, high=1, default=0.0, doc="volume of the second kind over that of all active material"
    )
    binder_migration: float = real(
        "1",
        low=-1,
        high=1,
        default=0.0,
        doc="carbon-binder moved from the foil to the separator by drying: its share of the volume is linear, from "
        "1 - this at the foil to 1 + this at the separator, of the mean",
    )


_SINCE_3 = (
    "separator_tortuosity_factor",
    "electrolyte_concentration_mole_per_cubic_metre",
    "cyclable_lithium_ratio",
    "negative_porosity",
    "negative_active_material_fraction",
    "negative_pore_tortuosity_factor",
    "negative_pore_tortuosity_factor_standard_error",
    "negative_bruggeman_exponent",
    "negative_effective_conductivity_siemens_per_metre",
    "negative_particle_radius_metre",
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CellDesign(Record):
    """The cell around the positive electrode's microstructure: loadings, both electrodes, electrolyte, housing.

    What is null is measured, the parameter set's own, or an assumption of the stage where the set gives none. What is
    stated of the negative coating is that of a coating of which no volume was measured.
    """

    kind: ClassVar[str] = "cell_design"
    schema_version: ClassVar[int] = 3
    migrations: ClassVar[Migrations] = {
        1: (added("tabs", Tabs.NOT_COUNTED), added("foil_contact_resistance_ohm_square_metre", 0.0)),
        2: (
            *(added(name, "") for name in ("negative_parameter_set", "electrolyte", "separator")),
            added("negative_parameters", {}),
            *(added(name, None) for name in _SINCE_3),
        ),
    }

    mass_loading_kilogram_per_square_metre: float = real(
        "kg/m^2", low=0, high=2, low_open=True, doc="solids of one coated side of the positive electrode over its area"
    )
    negative_to_positive_capacity_ratio: float = real(
        "1", low=0, low_open=True, default=1.1, doc="host capacity of the negative coating over the positive one's"
    )
    parameter_set: str = text(
        default="Chen2020_Arrhenius",
        doc="PyBaMM parameter set of the electrochemistry, or the title of a BPX file; Chen2020_Arrhenius is Chen2020 "
        "with activation energies",
    )
    parameters: Any = document(default={}, doc="content of that BPX file; empty for a parameter set of PyBaMM")
    negative_parameter_set: str = text(
        default="",
        doc="PyBaMM parameter set, or title of a BPX file, whose negative electrode stands opposite; empty for "
        "that of parameter_set",
    )
    negative_parameters: Any = document(default={}, doc="content of that BPX file; empty for a parameter set of PyBaMM")
    cyclable_lithium_ratio: float | None = real(
        "1",
        low=0,
        low_open=True,
        high=2,
        optional=True,
        default=None,
        doc="cyclable lithium over host capacity of the positive electrode; null for that of parameter_set's own cell",
    )
    electrolyte: str = text(
        default="", doc="name of an electrolyte, or of the parameter set that it is of; empty for that of parameter_set"
    )
    electrolyte_concentration_mole_per_cubic_metre: float | None = real(
        "mol/m^3", low=0, low_open=True, optional=True, default=None, doc="salt at rest; null for the electrolyte's own"
    )
    negative_porosity: float | None = real(
        "1",
        low=0,
        low_open=True,
        high=1,
        high_open=True,
        optional=True,
        default=None,
        doc="pore volume over volume of the negative coating",
    )
    negative_active_material_fraction: float | None = real(
        "1",
        low=0,
        low_open=True,
        high=1,
        optional=True,
        default=None,
        doc="volume of active material over that of the negative coating; if null its share of the solids stays",
    )
    negative_pore_tortuosity_factor: float | None = real(
        "1",
        low=1,
        optional=True,
        default=None,
        doc="through-plane, pores of the negative coating; if null Bruggeman's relation is assumed",
    )
    negative_pore_tortuosity_factor_standard_error: float | None = real(
        "1", low=0, optional=True, default=None, doc="of that tortuosity factor, stated or assumed; null if not known"
    )
    negative_bruggeman_exponent: float | None = real(
        "1",
        low=1,
        optional=True,
        default=None,
        doc="power of the porosity that Bruggeman's relation takes for porosity over tortuosity factor of the negative "
        "coating; null for that of its parameter set",
    )
    negative_effective_conductivity_siemens_per_metre: float | None = real(
        "S/m",
        low=0,
        low_open=True,
        optional=True,
        default=None,
        doc="electronic, through-plane, solids of the negative coating; if null Bruggeman's relation is assumed",
    )
    negative_particle_radius_metre: float | None = real(
        "m",
        low=0,
        low_open=True,
        optional=True,
        default=None,
        doc="sphere of negative active material in which lithium diffuses",
    )
    form_factor: str = text(default="4680", doc="housing: 4680, 21700, 18650 or pouch")
    pouch_area_square_metre: float = real(
        "m^2", low=0, low_open=True, default=20e-4, doc="positive coating of a pouch; of no consequence to cans"
    )
    separator: str = text(
        default="", doc="name of the parameter set whose separator it is; empty for that of parameter_set"
    )
    separator_thickness_metre: float | None = real(
        "m", low=0, low_open=True, optional=True, doc="thickness of the separator"
    )
    separator_porosity: float | None = real(
        "1",
        low=0,
        low_open=True,
        high=1,
        high_open=True,
        optional=True,
        doc="pore volume of the separator over its volume",
    )
    separator_tortuosity_factor: float | None = real(
        "1", low=1, optional=True, default=None, doc="through-plane, pores of the separator"
    )
    electrolyte_density_kilogram_per_cubic_metre: float = real(
        "kg/m^3", low=0, low_open=True, default=1200.0, doc="density of the electrolyte"
    )
    electrolyte_excess: float = real("1", low=0, default=0.1, doc="electrolyte beyond the pores over that in the pores")
    positive_collector_thickness_metre: float | None = real(
        "m", low=0, low_open=True, optional=True, doc="thickness of the positive current collector"
    )
    negative_collector_thickness_metre: float | None = real(
        "m", low=0, low_open=True, optional=True, doc="thickness of the negative current collector"
    )
    contact_resistance_ohm: float = real(
        "ohm",
        low=0,
        default=0.0,
        doc="welds, leads and what else is in series with the whole cell, beside foils that are counted by `tabs`",
    )
    tabs: Tabs = choice(
        Tabs, default=Tabs.NOT_COUNTED, doc="where the current leaves each foil: its resistance follows from the roll"
    )
    foil_contact_resistance_ohm_square_metre: float = real(
        "ohm*m^2", low=0, default=0.0, doc="between foils and coatings, both electrodes together, times coated area"
    )
    positive_particle_radius_metre: float | None = real(
        "m",
        low=0,
        low_open=True,
        optional=True,
        doc="sphere in which lithium diffuses; if null that of the particles as drawn, else the parameter set's",
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Candidate(Record):
    """A proposal of an optimiser: a value for each path that a study varies, such as ``recipe.porosity``."""

    kind: ClassVar[str] = "candidate"

    values: Any = document(doc="path to its value, in the unit that the path's name ends in")
