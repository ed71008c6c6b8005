"""Ageing of cells: fades cycle by cycle, simulated or measured, their knees and ends of life."""
