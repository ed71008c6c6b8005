"""Brings imaged, segmented volumes in as microstructures."""

from pipelines.files.images.budget import Budget
from pipelines.files.images.phases import parse_labels, parse_phases
from pipelines.files.images.volume import Choices, ImportedVolume, import_volume

__all__ = ["Budget", "Choices", "ImportedVolume", "import_volume", "parse_labels", "parse_phases"]
