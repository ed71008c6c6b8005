"""Ageing of cells: fades cycle by cycle, simulated or measured, their knees and ends of life."""

from ragone.pipelines.ageing.end_of_life import find_cycle_life
from ragone.pipelines.ageing.fade_of_curve import fade_of_curve
from ragone.pipelines.ageing.heterogeneous import age_regions
from ragone.pipelines.ageing.joining import join_segments
from ragone.pipelines.ageing.region import region_of_cell
from ragone.pipelines.ageing.segment import age_cell, fade_of_cell

__all__ = [
    "age_cell",
    "age_regions",
    "fade_of_cell",
    "fade_of_curve",
    "find_cycle_life",
    "join_segments",
    "region_of_cell",
]
