"""What does a microstructure look like? Its phases, the surfaces and lines between them, and their sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, array, document, flag, integer, real, text, texts, vector
from ragone.schemas.migration import Migrations, added, annotated, stacked, withdrawn
from ragone.schemas.record import Record

_ROUNDING = Tolerance(relative=1e-9, absolute=1e-15)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Geometry(Record):
    """The geometry of one volume; `methods` says how each number was found.

    Arrays "per phase" are in the order of `phase_names`, those "per pair" in the order of `pair_names`; axis 0 is
    through-plane. The solids are all phases but the pore. A number that the volume does not have is null: a part of a
    phase that is absent, a mean of nothing. Rows of an absent phase are 0, as its fraction is. Fractions, areas and
    lines of what is absent are 0, for so much of it is in the volume.
    """

    kind: ClassVar[str] = "geometry"
    schema_version: ClassVar[int] = 4
    migrations: ClassVar[Migrations] = {
        1: (added("mean_particle_sphericity", None), added("particle_sphericity", np.empty(0))),
        2: (
            withdrawn("pore_percolating_fraction", 0.0, lambda values: values["pore_fraction"] == 0),
            withdrawn("solid_percolating_fraction", 0.0, lambda values: values["pore_fraction"] == 1),
            stacked("chord_length_metre", 3),
            annotated("methods", "without_value"),
        ),
        3: (
            added("through_plane_fraction", np.empty((0, 0))),
            added("through_plane_gradient", np.empty(0)),
        ),
    }

    pore_fraction: float = real("1", low=0, high=1, doc="pore volume over volume")
    active_material_fraction: float = real("1", low=0, high=1, doc="volume of active material over volume")
    carbon_binder_fraction: float = real("1", low=0, high=1, doc="volume of carbon-binder over volume")
    specific_surface_area_per_metre: float = real(
        "1/m", low=0, tolerance=_ROUNDING, doc="area between active material and pore over volume"
    )
    specific_surface_area_method: str = text(doc="of that and of `pair_area_per_metre`")
    triple_phase_boundary_per_square_metre: float = real(
        "1/m^2", low=0, tolerance=_ROUNDING, doc="length of the line where the three phases meet over volume"
    )
    pore_percolating_fraction: float | None = real(
        "1",
        low=0,
        high=1,
        optional=True,
        tolerance=_ROUNDING,
        doc="part of the pores in clusters from face to face, through-plane; null if there is no pore",
    )
    solid_percolating_fraction: float | None = real(
        "1",
        low=0,
        high=1,
        optional=True,
        tolerance=_ROUNDING,
        doc="the same, solids together; null if there is no solid",
    )
    mean_particle_diameter_metre: float | None = real(
        "m", low=0, optional=True, tolerance=_ROUNDING, doc="of the active material, by number; null if none is whole"
    )
    mean_particle_sphericity: float | None = real(
        "1", low=0, optional=True, tolerance=_ROUNDING, doc="of the active material, by number; null if none is whole"
    )
    median_pore_diameter_metre: float | None = real(
        "m", low=0, optional=True, tolerance=_ROUNDING, doc="by volume; null if there is no pore or no wall"
    )

    phase_names: tuple[str, ...] = texts(doc="names of the phases, in the order of what is given per phase")
    phase_fraction: np.ndarray[Any, Any] = vector("1", low=0, high=1, doc="per phase")
    through_plane_fraction: np.ndarray[Any, Any] = array(
        "1",
        "float64",
        2,
        tolerance=_ROUNDING,
        doc="per phase and layer along axis 0: share of the layer's volume; empty in older records",
    )
    through_plane_gradient: np.ndarray[Any, Any] = vector(
        "1",
        tolerance=_ROUNDING,
        doc="per phase: change of that share from the middle to the end of axis 0 in a line of best fit, over the "
        "mean; 0 of an absent phase or a single layer; empty in older records",
    )
    phase_percolating_fraction: np.ndarray[Any, Any] = array(
        "1", "float64", 2, tolerance=_ROUNDING, doc="per phase and axis: part of it in clusters from face to face"
    )
    union_percolating_fraction: np.ndarray[Any, Any] = vector(
        "1", low=0, high=1, tolerance=_ROUNDING, doc="per axis: the same of the union of the solids"
    )
    pair_names: tuple[str, ...] = texts(doc="every pair of phases, as 'first/second'")
    pair_area_per_metre: np.ndarray[Any, Any] = vector("1/m", low=0, tolerance=_ROUNDING, doc="per pair, over volume")
    pair_face_area_per_metre: np.ndarray[Any, Any] = vector(
        "1/m", low=0, tolerance=_ROUNDING, doc="per pair: area of voxel faces over volume, for comparison only"
    )

    correlation_distance_metre: np.ndarray[Any, Any] = vector(
        "m", low=0, tolerance=_ROUNDING, doc="distances of the two-point correlation"
    )
    two_point_correlation: np.ndarray[Any, Any] = array(
        "1", "float64", 2, tolerance=_ROUNDING, doc="per phase and distance: chance that two points both lie in it"
    )
    chord_length_metre: np.ndarray[Any, Any] = array(
        "m", "float64", 2, tolerance=_ROUNDING, doc="per axis and length; rows differ where voxels are no cubes"
    )
    chord_probability: np.ndarray[Any, Any] = array(
        "1", "float64", 3, tolerance=_ROUNDING, doc="per phase, axis and length: by number"
    )
    mean_chord_length_metre: np.ndarray[Any, Any] = array(
        "m", "float64", 2, tolerance=_ROUNDING, doc="per phase and axis; 0 if no line crosses a boundary"
    )
    chord_count: np.ndarray[Any, Any] = array("1", "int64", 2, doc="per phase and axis: whole chords")
    cut_chord_count: np.ndarray[Any, Any] = array(
        "1", "int64", 2, doc="per phase and axis: left out, cut by the outside"
    )
    particle_diameter_metre: np.ndarray[Any, Any] = vector(
        "m",
        low=0,
        tolerance=_ROUNDING,
        doc="of each whole particle of active material, ascending; sphere of its volume",
    )
    particle_sphericity: np.ndarray[Any, Any] = vector(
        "1",
        low=0,
        tolerance=_ROUNDING,
        doc="of each whole particle: surface of the sphere of its volume over its own; empty in older records",
    )
    particle_weight: np.ndarray[Any, Any] = vector(
        "1", low=0, high=1, tolerance=_ROUNDING, doc="of each whole particle; sums to one"
    )
    cut_particle_count: int = integer(low=0, doc="left out, cut by the outside")
    pore_diameter_metre: np.ndarray[Any, Any] = vector(
        "m", low=0, tolerance=_ROUNDING, doc="diameters of inscribed spheres, for `pore_fraction_at_least`"
    )
    pore_fraction_at_least: np.ndarray[Any, Any] = vector(
        "1", low=0, high=1, doc="part of the pores in inscribed spheres of that diameter or wider"
    )

    voxel_size_metre: float = real("m", low=0, low_open=True, doc="of cubes, or of the cubes of equal volume")
    edge_voxels: int = integer(low=1, doc="voxels along axis 0")
    pore_connectivity: int = integer(low=6, doc="neighbours through which pores are joined")
    solid_connectivity: int = integer(low=6, doc="neighbours through which solids are joined")
    periodic: bool = flag(doc="whether opposite faces touch, for areas and correlation")
    methods: dict[str, Any] = document(doc="method and its settings, by metric; `without_value`: why fields are null")

    def validate(self) -> None:
        """Refuse a number without a name, or a name without a number."""
        for names, values in (("phase_names", "phase_fraction"), ("pair_names", "pair_area_per_metre")):
            if len(getattr(self, names)) != len(getattr(self, values)):
                raise FieldShapeError(
                    f"geometry.{names} has {len(getattr(self, names))} entries and {values} "
                    f"{len(getattr(self, values))}. Give one value for each name."
                )
