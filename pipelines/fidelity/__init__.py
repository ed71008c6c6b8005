"""Compares volumes with real ones: how true is a generator, and does it copy?"""

from pipelines.fidelity.compare import compare_volumes
from pipelines.fidelity.errors import FidelityInputError
from pipelines.fidelity.measures import VolumeMeasures, compare_measures, measure_labels
from pipelines.fidelity.metrics import CURVE_NAMES, METRIC_NAMES, METRICS
from pipelines.fidelity.resemblance import find_resemblance

__all__ = [
    "CURVE_NAMES",
    "METRICS",
    "METRIC_NAMES",
    "FidelityInputError",
    "VolumeMeasures",
    "compare_measures",
    "compare_volumes",
    "find_resemblance",
    "measure_labels",
]
