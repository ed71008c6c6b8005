"""How large a volume, and how many of them, speak for the material?"""

from pipelines.characterise.representativity.demand import relative_error
from pipelines.characterise.representativity.estimate import estimate_representativity
from pipelines.characterise.representativity.metrics import METRICS
from pipelines.characterise.representativity.sequential import Target, cubes_wanted, is_met
from pipelines.characterise.representativity.subvolumes import coarsen, corners, cut_cube

__all__ = [
    "METRICS",
    "Target",
    "coarsen",
    "corners",
    "cubes_wanted",
    "cut_cube",
    "estimate_representativity",
    "is_met",
    "relative_error",
]
