"""The model card of a surrogate: purpose, data and licences, error, calibration, applicability domain, importance.

References
----------
Mitchell et al. 2019, doi 10.1145/3287560.3287596 (what a card says).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.models.surrogate.training_set import TrainingSet
from ragone.models.surrogate.validation import LeftOut

_LIMITS = (
    "It interpolates: outside of its applicability domain neither prediction nor interval has been tested.",
    "An interval is meant for designs drawn as those that it learned from, with as much noise as they have.",
    "Importance says what the surrogate uses, not what causes the target.",
    "Columns that did not vary in its data are no features: where they differ, the surrogate does not apply.",
)
_LEVELS = (0.5, 0.8, 0.9, 0.95)


def model_card(
    data: TrainingSet,
    trained: TrainedSurrogate,
    left_out: Mapping[str, LeftOut],
    importance: Mapping[str, float],
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the card; errors are in the unit of the target.

    Parameters
    ----------
    data
        What it learned from.
    trained
        The surrogate.
    left_out
        For each method tried, its predictions of designs that were left out.
    importance
        Growth of the mean absolute error by each feature when it is shuffled.
    about
        Licences and sources of the data, the query and its snapshot, and rows that it could not use.
    """
    target = data.target
    factors = {f"{level:.0%}": trained.calibration.factor(level) for level in _LEVELS}
    return {
        "purpose": f"predicts {target.name} [{target.unit}] of designs from {len(data.features)} features",
        "not_for": "designs outside of its applicability domain, or that differ in what did not vary in its data",
        "target": {"name": target.name, "unit": target.unit, **target.definition},
        "data": {
            "observation_count": len(data.values),
            "design_count": data.design_count,
            "low": float(data.values.min()),
            "high": float(data.values.max()),
            "noise": "standard uncertainty of each" if data.variances is not None else "not known; estimated",
            **about,
        },
        "method": trained.method,
        "mean_absolute_error": {name: one.mean_absolute_error for name, one in left_out.items()},
        "root_mean_square_error": {name: one.root_mean_square_error for name, one in left_out.items()},
        "judged_by": "cross-validation in which no design is in two folds; the method of the smallest mean absolute "
        "error is taken, which makes its own error look somewhat too small",
        "calibration": {
            "interval_half_width_over_deviation": factors,
            "method": "cross-conformal; designs weigh alike",
        },
        "applicability_domain": {
            "features": [one.plain() for one in data.features],
            "largest_leverage": trained.domain.limit,
        },
        "importance": dict(importance),
        "limits": list(_LIMITS),
    }
