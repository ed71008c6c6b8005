"""Ageing of cells: fades cycle by cycle, simulated or measured, their knees and ends of life."""

from ragone.pipelines.ageing.joining import join_segments
from ragone.pipelines.ageing.segment import age_cell, fade_of_cell

__all__ = ["age_cell", "fade_of_cell", "join_segments"]
