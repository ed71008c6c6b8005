"""How a curve answers a change of current: holds, jumps between them, noise, and averages over models and windows."""

from pipelines.kpi.transient.averaging import Average, Family, average, moved_by
from pipelines.kpi.transient.binning import Bins, logarithmic_bins
from pipelines.kpi.transient.holds import Hold, holds_of
from pipelines.kpi.transient.jump import Jump, doubt_of
from pipelines.kpi.transient.jumps import jump_between, jumps_of
from pipelines.kpi.transient.noise import noise_level
from pipelines.kpi.transient.relaxations import MOST, Relaxations, fit_relaxations

__all__ = [
    "MOST",
    "Average",
    "Bins",
    "Family",
    "Hold",
    "Jump",
    "Relaxations",
    "average",
    "doubt_of",
    "fit_relaxations",
    "holds_of",
    "jump_between",
    "jumps_of",
    "logarithmic_bins",
    "moved_by",
    "noise_level",
]
