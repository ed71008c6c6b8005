"""Ageing of cells: cycle after cycle simulated, fades of measurements, knees and ends of life."""
