"""Measures the geometry of a microstructure: a function per metric, and the stage that measures all."""

from ragone.pipelines.characterise.geometry.chords import ChordLengths, chord_lengths
from ragone.pipelines.characterise.geometry.correlation import TwoPointCorrelation, two_point_correlation
from ragone.pipelines.characterise.geometry.errors import GeometryInputError
from ragone.pipelines.characterise.geometry.fractions import phase_fractions, relative_gradient, through_plane_profile
from ragone.pipelines.characterise.geometry.measure import measure_geometry
from ragone.pipelines.characterise.geometry.particles import ParticleSizes, particle_sizes
from ragone.pipelines.characterise.geometry.percolation import percolating_fractions
from ragone.pipelines.characterise.geometry.pore_size import PoreSizes, pore_sizes
from ragone.pipelines.characterise.geometry.summary import geometry_summary
from ragone.pipelines.characterise.geometry.surface_area import face_counted_areas, specific_surface_areas
from ragone.pipelines.characterise.geometry.triple_phase_boundary import triple_phase_boundary_density

__all__ = [
    "ChordLengths",
    "GeometryInputError",
    "ParticleSizes",
    "PoreSizes",
    "TwoPointCorrelation",
    "chord_lengths",
    "face_counted_areas",
    "geometry_summary",
    "measure_geometry",
    "particle_sizes",
    "percolating_fractions",
    "phase_fractions",
    "pore_sizes",
    "relative_gradient",
    "specific_surface_areas",
    "through_plane_profile",
    "triple_phase_boundary_density",
    "two_point_correlation",
]
