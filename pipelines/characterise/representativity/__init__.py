"""How large a volume, and how many of them, speak for the material?"""

from ragone.pipelines.characterise.representativity.demand import relative_error
from ragone.pipelines.characterise.representativity.estimate import estimate_representativity
from ragone.pipelines.characterise.representativity.metrics import METRICS
from ragone.pipelines.characterise.representativity.sequential import Target, is_met, volume_elements_wanted
from ragone.pipelines.characterise.representativity.subvolumes import coarsen, corners, cut_cube

__all__ = [
    "METRICS",
    "Target",
    "coarsen",
    "corners",
    "cut_cube",
    "estimate_representativity",
    "is_met",
    "relative_error",
    "volume_elements_wanted",
]
