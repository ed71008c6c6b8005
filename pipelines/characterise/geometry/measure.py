"""The geometry of a microstructure: fractions, areas, percolation, boundaries, correlation, chords, particles, pores.

Each metric has a module of its own that says how it is found and how good it is; here they are put together for the
phases of a record, and voxels become metres. Voxels may be boxes: lengths are then counted in edges of the cube of
equal volume, but chords, which are pieces of a line, in edges along their axis.

A part of a phase that is absent has no value, nor has a mean over nothing. Fractions, areas and lines are 0 where there
is nothing, for so much of them is in the volume.

What it does not do: no transport; one cube, so no uncertainty between cubes.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from ragone.pipelines.characterise.carriers import voxel_edges
from ragone.pipelines.characterise.geometry.chords import CHORDS_METHOD, ChordLengths, chord_lengths
from ragone.pipelines.characterise.geometry.correlation import two_point_correlation
from ragone.pipelines.characterise.geometry.fractions import phase_fractions, relative_gradient, through_plane_profile
from ragone.pipelines.characterise.geometry.labelled_volume import AXES, CUBIC, Edges, Floats, Mask
from ragone.pipelines.characterise.geometry.particles import PARTICLES_METHOD, particle_sizes
from ragone.pipelines.characterise.geometry.percolation import percolating_fractions
from ragone.pipelines.characterise.geometry.pore_size import PORES_METHOD, PoreSizes, pore_sizes
from ragone.pipelines.characterise.geometry.sphericity import SPHERICITY_METHOD
from ragone.pipelines.characterise.geometry.surface_area import (
    CROFTON,
    FACE_COUNTING,
    Areas,
    face_counted_areas,
    specific_surface_areas,
)
from ragone.pipelines.characterise.geometry.triple_phase_boundary import BOUNDARY_METHOD, triple_phase_boundary_density
from ragone.schemas import Geometry, Microstructure, stage
from ragone.schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PHASES, PORE

Values = dict[str, Any]


@stage("characterise.measure_geometry", libraries=("numba", "numpy", "scipy"))
def measure_geometry(
    microstructure: Microstructure,
    *,
    pore_connectivity: int = 26,
    solid_connectivity: int = 6,
    periodic: bool = False,
    largest_distance_voxels: int = 64,
    particle_smoothing_voxels: float = 1.0,
    particle_separation_voxels: int = 4,
    pore_size_step_count: int = 12,
) -> Geometry:
    """All geometry metrics of one volume.

    Parameters
    ----------
    microstructure
        Axis 0 is through-plane. A phase may be absent.
    pore_connectivity, solid_connectivity
        Neighbours through which a phase is joined: 6, 18 or 26. The defaults are dual: no path of the one crosses a
        path of the other.
    periodic
        Whether opposite faces touch; used for areas and correlation.
    largest_distance_voxels
        Largest distance of the two-point correlation [voxels], at least 1.
    particle_smoothing_voxels, particle_separation_voxels
        Lengths that separate the particles of the active material [voxels], see `particle_sizes`.
    pore_size_step_count
        Number of pore diameters at most.

    Returns
    -------
    Geometry
        Every length in metres, each metric with its method.

    Raises
    ------
    GeometryInputError
        If a parameter is out of its range, or the volume has more than eight labels.
    """
    masks = {name: microstructure.phase(name) for name in microstructure.phase_names}
    voxel, edges = microstructure.equivalent_voxel_size_metre, _relative_edges(microstructure)
    absent = np.zeros(microstructure.labels.shape, dtype=bool)
    pore = masks.get(PORE, absent)
    values = (
        _fractions(microstructure)
        | _profiles(masks)
        | _areas(microstructure, periodic)
        | _triple_phase_boundary(microstructure)
        | _percolation(masks, ~pore, pore_connectivity, solid_connectivity)
        | _correlation(masks, voxel, edges, largest_distance_voxels, periodic)
        | _chords(masks, microstructure.voxel_edges_metre)
        | _particles(
            masks.get(ACTIVE_MATERIAL, absent), voxel, edges, particle_smoothing_voxels, particle_separation_voxels
        )
        | _pores(pore_sizes(pore, largest_step_count=pore_size_step_count, edges=edges), voxel)
        | {"voxel_size_metre": voxel, "edge_voxels": microstructure.labels.shape[0], "periodic": periodic}
    )
    methods = _methods(particle_smoothing_voxels, particle_separation_voxels)
    return Geometry.build(values | {"methods": methods | _without_value(values)})


def _relative_edges(microstructure: Microstructure) -> Edges:
    """Edges of a voxel along each axis, relative to the cube of equal volume [-]."""
    if microstructure.has_cubic_voxels:
        return CUBIC
    x, y, z = (edge / microstructure.equivalent_voxel_size_metre for edge in voxel_edges(microstructure))
    return x, y, z


def _fractions(microstructure: Microstructure) -> Values:
    found = phase_fractions(microstructure.labels)
    fractions = {name: found.get(label, 0.0) for name, label in microstructure.phase_map().items()}
    named: Values = {f"{name}_fraction": fractions.get(name, 0.0) for name in PHASES}
    return named | {"phase_names": microstructure.phase_names, "phase_fraction": np.array(list(fractions.values()))}


def _profiles(masks: dict[str, Mask]) -> Values:
    found = [through_plane_profile(mask) for mask in masks.values()]
    return {
        "through_plane_fraction": np.array(found),
        "through_plane_gradient": np.array([relative_gradient(profile) for profile in found]),
    }


def _areas(microstructure: Microstructure, periodic: bool) -> Values:
    labels, voxel, known = microstructure.labels, voxel_edges(microstructure), microstructure.phase_map()
    pairs = list(combinations(microstructure.phase_names, 2))

    def area(areas: Areas, first: str, second: str) -> float:
        low, high = sorted((known.get(first, -1), known.get(second, -1)))
        return areas.get((low, high), 0.0)

    crofton = specific_surface_areas(labels, voxel, periodic=periodic)
    faces = face_counted_areas(labels, voxel, periodic=periodic)
    return {
        "specific_surface_area_per_metre": area(crofton, ACTIVE_MATERIAL, PORE),
        "specific_surface_area_method": CROFTON,
        "pair_names": tuple("/".join(pair) for pair in pairs),
        "pair_area_per_metre": np.array([area(crofton, *pair) for pair in pairs]),
        "pair_face_area_per_metre": np.array([area(faces, *pair) for pair in pairs]),
    }


def _triple_phase_boundary(microstructure: Microstructure) -> Values:
    known = microstructure.phase_map()
    if not set(PHASES) <= set(known):
        return {"triple_phase_boundary_per_square_metre": 0.0}
    triple = known[PORE], known[ACTIVE_MATERIAL], known[CARBON_BINDER]
    density = triple_phase_boundary_density(microstructure.labels, triple, voxel_edges(microstructure))
    return {"triple_phase_boundary_per_square_metre": density}


def _percolation(masks: dict[str, Mask], solids: Mask, pore_connectivity: int, solid_connectivity: int) -> Values:
    joined = {name: pore_connectivity if name == PORE else solid_connectivity for name in masks}
    phases = {name: percolating_fractions(mask, connectivity=joined[name]) for name, mask in masks.items()}
    union = percolating_fractions(solids, connectivity=solid_connectivity)
    return {
        "pore_percolating_fraction": float(phases[PORE][0]) if PORE in masks and masks[PORE].any() else None,
        "solid_percolating_fraction": float(union[0]) if solids.any() else None,
        "phase_percolating_fraction": np.array(list(phases.values())),
        "union_percolating_fraction": union,
        "pore_connectivity": pore_connectivity,
        "solid_connectivity": solid_connectivity,
    }


def _correlation(masks: dict[str, Mask], voxel: float, edges: Edges, largest_distance: int, periodic: bool) -> Values:
    found = [
        two_point_correlation(mask, largest_distance_voxels=largest_distance, periodic=periodic, edges=edges)
        for mask in masks.values()
    ]
    return {
        "correlation_distance_metre": found[0].distance_voxels * voxel,
        "two_point_correlation": np.array([each.probability for each in found]),
    }


def _chords(masks: dict[str, Mask], edges_metre: Floats) -> Values:
    found = [[chord_lengths(mask, axis=axis) for axis in range(AXES)] for mask in masks.values()]
    longest = max(len(chord.probability) for chord in found[0])

    def table(of: Any) -> Any:
        return np.array([[of(chord) for chord in row] for row in found])

    def padded(chord: ChordLengths) -> Any:
        return np.pad(chord.probability, (0, longest - len(chord.probability)))

    return {
        "chord_length_metre": np.multiply.outer(edges_metre, np.arange(1, longest + 1)),
        "chord_probability": table(padded),
        "mean_chord_length_metre": table(lambda chord: chord.mean_voxels) * edges_metre,
        "chord_count": table(lambda chord: chord.whole_count),
        "cut_chord_count": table(lambda chord: chord.cut_count),
    }


def _particles(active_material: Mask, voxel: float, edges: Edges, smoothing: float, separation: int) -> Values:
    found = particle_sizes(active_material, smoothing_voxels=smoothing, separation_voxels=separation, edges=edges)
    mean = float(np.sum(found.weight * found.diameter_voxels)) * voxel
    sphericity = float(np.sum(found.weight * found.sphericity))
    return {
        "mean_particle_diameter_metre": mean if len(found.weight) else None,
        "mean_particle_sphericity": sphericity if len(found.weight) else None,
        "particle_sphericity": found.sphericity,
        "particle_diameter_metre": found.diameter_voxels * voxel,
        "particle_weight": found.weight,
        "cut_particle_count": found.cut_count,
    }


def _pores(found: PoreSizes, voxel: float) -> Values:
    return {
        "median_pore_diameter_metre": None if found.median_voxels is None else found.median_voxels * voxel,
        "pore_diameter_metre": found.diameter_voxels * voxel,
        "pore_fraction_at_least": found.fraction_at_least,
    }


def _methods(smoothing: float, separation: int) -> Values:
    return {
        "pair_area": CROFTON,
        "pair_face_area": FACE_COUNTING,
        "triple_phase_boundary": BOUNDARY_METHOD,
        "percolation": "clusters that touch both faces of an axis, sides closed",
        "two_point_correlation": "autocorrelation by FFT, radial mean, shells of one voxel",
        "chords": CHORDS_METHOD,
        "particles": f"{PARTICLES_METHOD}; smoothing {smoothing:g}, separation {separation} voxels",
        "sphericity": SPHERICITY_METHOD,
        "pores": PORES_METHOD,
    }


def _without_value(values: Values) -> Values:
    """Reasons for null numbers, by their field; none if all have a value."""
    no_pore = values["pore_fraction"] == 0
    no_particle = "no particle is whole" if values["active_material_fraction"] else "there is no active material"
    reasons = {
        "pore_percolating_fraction": "there is no pore",
        "solid_percolating_fraction": "there is no solid",
        "mean_particle_diameter_metre": no_particle,
        "mean_particle_sphericity": no_particle,
        "median_pore_diameter_metre": "there is no pore" if no_pore else "there is no wall",
    }
    found = {name: reason for name, reason in reasons.items() if values[name] is None}
    return {"without_value": found} if found else {}
