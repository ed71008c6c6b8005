"""Brings imaged, segmented volumes in as microstructures."""

from pipelines.imaging.phases import parse_phases
from pipelines.imaging.volume import read_volume

__all__ = ["parse_phases", "read_volume"]
