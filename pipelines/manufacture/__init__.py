"""Draws the microstructure of a recipe."""

from ragone.pipelines.manufacture.packing import pack_particles

__all__ = ["pack_particles"]
