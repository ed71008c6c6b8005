"""Ageing of cells: fades cycle by cycle, simulated or measured, their knees and ends of life."""

from ragone.pipelines.ageing.end_of_life import find_cycle_life
from ragone.pipelines.ageing.fade_of_curve import fade_of_curve

__all__ = ["fade_of_curve", "find_cycle_life"]
