"""The hyper-parameters of a Gaussian process: how fast a response changes along each feature, and no data.

Length scales are in the unit of each feature, so that the ranges of the data are not in them; noise and mean are
of standardised values, so that neither the level nor the spread of the target is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ragone.models.sharing.errors import ShareError
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.kriging import FittedKriging
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Surrogate


def hyper_parameters_of(record: Surrogate) -> dict[str, Any]:
    """The hyper-parameters of a surrogate, as plain data.

    Raises
    ------
    ShareError
        If it is no Gaussian process.
    """
    trained = TrainedSurrogate.load(record)
    if not isinstance(trained.fitted, FittedKriging):
        raise ShareError(
            f"{record.id[:30]} is by {record.architecture} and has no length scales. Train a Gaussian process with: "
            f"ragone retrain --target {record.target} --methods gaussian_process --against none"
        )
    starts = np.cumsum([0, *(one.width for one in trained.features)]).tolist()
    scales = trained.fitted.length_scales
    described = [
        _described(one, scales[start : start + one.width].tolist())
        for one, start in zip(trained.features, starts, strict=False)
    ]
    return {
        "kernel": "Matern-5/2",
        "features": described,
        "noise_variance_standardised": trained.fitted.noise,
        "mean_standardised": trained.fitted.mean,
    }


def check_hyper_parameters(found: Any) -> None:
    """Raise `ShareError` unless plain data are hyper-parameters: positive, finite, of named features."""
    try:
        scales = [scale for one in found["features"] for scale in one["length_scales"] if isinstance(one["name"], str)]
        numbers = np.array([*scales, found["noise_variance_standardised"]], dtype=np.float64)
        known = found["kernel"] == "Matern-5/2" and np.isfinite(found["mean_standardised"])
    except (LookupError, TypeError, ValueError) as cause:
        raise ShareError(f"the hyper-parameters are incomplete ({cause!r}). Ask for the file again.") from cause
    if not (known and scales and np.isfinite(numbers).all() and (numbers > 0).all()):
        raise ShareError("the kernel is not Matern-5/2, or a length scale or the noise is not positive. Ask again.")


def _described(feature: Feature, scales: list[float]) -> Mapping[str, Any]:
    span = 1.0 if feature.options else feature.high - feature.low
    named: dict[str, Any] = {
        "name": feature.name,
        "unit": feature.unit,
        "length_scales": [span * one for one in scales],
    }
    return {**named, "choices": list(feature.options)} if feature.options else named
