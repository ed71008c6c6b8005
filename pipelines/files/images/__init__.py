"""Brings imaged, segmented volumes in as microstructures."""

from ragone.pipelines.files.images.budget import Budget
from ragone.pipelines.files.images.phases import parse_labels, parse_phases
from ragone.pipelines.files.images.volume import Choices, ImportedVolume, import_volume

__all__ = ["Budget", "Choices", "ImportedVolume", "import_volume", "parse_labels", "parse_phases"]
