"""Fidelity of generated volumes to real ones, and memorisation of training volumes."""

from ragone.pipelines.fidelity.compare import compare_volumes
from ragone.pipelines.fidelity.errors import FidelityInputError
from ragone.pipelines.fidelity.measures import VolumeMeasures, compare_measures, measure_labels
from ragone.pipelines.fidelity.metrics import CURVE_NAMES, METRIC_NAMES, METRICS
from ragone.pipelines.fidelity.similarity import measure_similarity

__all__ = [
    "CURVE_NAMES",
    "METRICS",
    "METRIC_NAMES",
    "FidelityInputError",
    "VolumeMeasures",
    "compare_measures",
    "compare_volumes",
    "measure_labels",
    "measure_similarity",
]
