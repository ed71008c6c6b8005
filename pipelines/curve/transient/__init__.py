"""How a curve answers a change of current: holds, jumps between them, noise, and averages over models and windows."""

from ragone.pipelines.curve.transient.averaging import Average, Family, average, moved_by
from ragone.pipelines.curve.transient.binning import Bins, logarithmic_bins
from ragone.pipelines.curve.transient.holds import Hold, holds_of
from ragone.pipelines.curve.transient.jump import Jump, doubt_of
from ragone.pipelines.curve.transient.jumps import jump_between, jumps_of
from ragone.pipelines.curve.transient.noise import noise_level
from ragone.pipelines.curve.transient.relaxations import MOST, Relaxations, fit_relaxations

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
