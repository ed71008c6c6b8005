"""Differential capacity dQ/dV: its peaks, and what a discharge that was cut off early left behind."""

from pipelines.kpi.differential.cut_off import capacity_beyond_cut_off
from pipelines.kpi.differential.density import chosen_bandwidth
from pipelines.kpi.differential.features import differential_capacity_peaks
from pipelines.kpi.differential.peaks import peaks_of

__all__ = ["capacity_beyond_cut_off", "chosen_bandwidth", "differential_capacity_peaks", "peaks_of"]
