"""Draws the microstructure of a design."""

from pipelines.manufacture.packing import pack_particles

__all__ = ["pack_particles"]
