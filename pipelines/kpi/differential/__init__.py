"""Differential capacity dQ/dV: its peaks, and what a discharge that was cut off early left behind."""

from ragone.pipelines.kpi.differential.cut_off import capacity_beyond_cut_off
from ragone.pipelines.kpi.differential.features import differential_capacity_peaks
from ragone.pipelines.kpi.differential.smoothed import differential_capacity

__all__ = ["capacity_beyond_cut_off", "differential_capacity", "differential_capacity_peaks"]
