"""Measures a microstructure: transport, geometry, and how far walkers get."""

from ragone.pipelines.characterise.average import average_transport
from ragone.pipelines.characterise.bruggeman import average_with_bruggeman
from ragone.pipelines.characterise.electrode_tortuosity import measure_electrode_tortuosity
from ragone.pipelines.characterise.extrapolate import homogenise_extrapolated
from ragone.pipelines.characterise.geometry import measure_geometry
from ragone.pipelines.characterise.homogenise import homogenise, homogenise_along_all_axes
from ragone.pipelines.characterise.particle_radii import take_particle_radii
from ragone.pipelines.characterise.perturb import PERTURBED_METRICS, perturb
from ragone.pipelines.characterise.random_walk import walk_randomly
from ragone.pipelines.characterise.transport import characterise_with_taufactor

__all__ = [
    "PERTURBED_METRICS",
    "average_transport",
    "average_with_bruggeman",
    "characterise_with_taufactor",
    "homogenise",
    "homogenise_along_all_axes",
    "homogenise_extrapolated",
    "measure_electrode_tortuosity",
    "measure_geometry",
    "perturb",
    "take_particle_radii",
    "walk_randomly",
]
