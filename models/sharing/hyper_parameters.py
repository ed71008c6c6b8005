"""The hyper-parameters of a Gaussian process: how fast a response changes along each feature, and no data.

Length scales are in the unit of each feature, so that the ranges of the data are not in them; noise and mean are
of standardised values, so that neither the level nor the spread of the target is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ragone.models.sharing.described import read_column, require_number
from ragone.models.sharing.errors import ShareError
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.kriging import FittedKriging
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Surrogate

_LARGEST = 1e100


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
    """Raise `ShareError` unless plain data are hyper-parameters: positive, finite, of named features, each once."""
    if found.get("kernel") != "Matern-5/2" or not isinstance(found.get("features"), list) or not found["features"]:
        raise ShareError("the kernel is not Matern-5/2, or no features are described. Ask for the file again.")
    numbers: list[Any] = [found.get("noise_variance_standardised")]
    for one in found["features"]:
        numbers += _scales(one)
    for number in (*numbers, found.get("mean_standardised")):
        require_number(number, "a hyper-parameter")
    if not all(1 / _LARGEST < number < _LARGEST for number in numbers) or abs(found["mean_standardised"]) > _LARGEST:
        raise ShareError("a length scale or the noise is not positive, or beyond all scales. Ask for the file again.")
    names = [one["name"] for one in found["features"]]
    if len(set(names)) < len(names):
        raise ShareError("the hyper-parameters name a feature twice. Ask for the file again.")


def _scales(described: Any) -> list[Any]:
    """The length scales of a feature: one, or one of each option."""
    scales = described.get("length_scales") if isinstance(described, Mapping) else None
    if not isinstance(scales, list):
        raise ShareError("the hyper-parameters are incomplete: a feature has no length scales. Ask for the file again.")
    bounds = {} if "choices" in described else {"low": 0.0, "high": 1.0, "whole": False}
    if len(scales) != read_column({**described, **bounds}).width:
        raise ShareError(f"{len(scales)} length scales are given where a feature has others. Ask for the file again.")
    return scales


def _described(feature: Feature, scales: list[float]) -> Mapping[str, Any]:
    span = 1.0 if feature.options else feature.high - feature.low
    named: dict[str, Any] = {
        "name": feature.name,
        "unit": feature.unit,
        "length_scales": [span * one for one in scales],
    }
    return {**named, "choices": list(feature.options)} if feature.options else named
