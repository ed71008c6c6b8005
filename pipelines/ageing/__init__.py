"""Ageing of cells: fades cycle by cycle, simulated or measured, their knees and ends of life."""

from ragone.pipelines.ageing.end_of_life import find_cycle_life

__all__ = ["find_cycle_life"]
