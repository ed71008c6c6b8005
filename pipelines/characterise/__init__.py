"""Measures a microstructure: transport, geometry, and how far walkers get."""

from pipelines.characterise.average import average_transport
from pipelines.characterise.bruggeman import average_with_bruggeman
from pipelines.characterise.geometry import measure_geometry
from pipelines.characterise.homogenise import homogenise, homogenise_along_all_axes
from pipelines.characterise.perturb import PERTURBED_METRICS, perturb
from pipelines.characterise.random_walk import walk_randomly
from pipelines.characterise.transport import characterise_with_taufactor

__all__ = [
    "PERTURBED_METRICS",
    "average_transport",
    "average_with_bruggeman",
    "characterise_with_taufactor",
    "homogenise",
    "homogenise_along_all_axes",
    "measure_geometry",
    "perturb",
    "walk_randomly",
]
