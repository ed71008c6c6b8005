"""Brings imaged, segmented volumes in as microstructures."""

from pipelines.imaging.budget import Budget
from pipelines.imaging.phases import parse_labels, parse_phases
from pipelines.imaging.volume import Choices, ImportedVolume, import_volume

__all__ = ["Budget", "Choices", "ImportedVolume", "import_volume", "parse_labels", "parse_phases"]
