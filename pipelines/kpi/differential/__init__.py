"""Differential capacity dQ/dV: its peaks, and what a discharge that was cut off early left behind."""

from pipelines.kpi.differential.cut_off import capacity_beyond_cut_off
from pipelines.kpi.differential.features import differential_capacity_peaks
from pipelines.kpi.differential.smoothed import differential_capacity

__all__ = ["capacity_beyond_cut_off", "differential_capacity", "differential_capacity_peaks"]
