"""A sample of volumes against real ones, as one record: numbers, curves, spread, response, and memorisation.

The assumptions stand in the modules that are put together here: `metrics`, `differences`, `curve_distances`,
`responses` and `similarity`. A sample is memorised if its volumes are more similar to the training volumes than real
ones are: by a Mann-Whitney test, or if a single one lies far beyond all real ones.

What it does not do: it gives no overall mark, because which error matters depends on the use of the volumes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.pipelines.fidelity.curve_distances import curve_distance, mean_curves
from ragone.pipelines.fidelity.differences import Places, differences, moments
from ragone.pipelines.fidelity.errors import FidelityInputError
from ragone.pipelines.fidelity.metrics import METRICS, Curves, Floats, curves_of, numbers_of
from ragone.pipelines.fidelity.responses import slopes, varied
from ragone.schemas import Fidelity, Geometry, Similarity, TransportTensor, stage
from ragone.schemas.electrode import PHASES

Values = dict[str, Any]

_RARE = 1e-3
_FAR = 6.0  # standard deviations beyond the mean of the real ones
_METHOD = (
    "means of seeds per condition; chance by {} random deals within conditions; slopes by least squares over conditions"
)


@stage("fidelity.compare_volumes", libraries=("numpy", "scipy"))
def compare_volumes(
    real_tensors: Sequence[TransportTensor],
    real_geometries: Sequence[Geometry],
    tensors: Sequence[TransportTensor],
    geometries: Sequence[Geometry],
    real_similarities: Sequence[Similarity] = (),
    similarities: Sequence[Similarity] = (),
    *,
    real_conditions: tuple[int, ...],
    conditions: tuple[int, ...],
    recipe_names: tuple[str, ...] = (),
    recipes: tuple[tuple[float, ...], ...] = (),
    sample: str = "generated",
    left_out: str = "",
    repeats: int = 1999,
    seed: int = 0,
) -> Fidelity:
    """Compare a sample of volumes with real ones of the same conditions.

    Parameters
    ----------
    real_tensors, real_geometries
        Records of the real volumes, in one order.
    tensors, geometries
        Records of the sample.
    real_similarities, similarities
        Similarities of the same volumes to the training volumes; both empty if memorisation is not tested.
    real_conditions, conditions
        The condition of each volume, numbered from 0.
    recipe_names, recipes
        The conditions as recipes: one row for each.
    sample
        Name of the sample.
    left_out
        Volumes that are missing, and why.
    repeats
        Number of random deals of the volumes to the two samples, and of resamplings.
    seed
        Seed of both.

    Raises
    ------
    FidelityInputError
        If the lists do not match each other, or the volumes are not alike.
    """
    _require_parallel("real", real_tensors, real_geometries, real_conditions)
    _require_parallel(sample, tensors, geometries, conditions)
    count = max(*real_conditions, *conditions) + 1
    table = _table(recipe_names, recipes, count)
    sorting = np.array(real_conditions), np.array(conditions)
    curves = curves_of([*real_geometries, *geometries])
    numbers = numbers_of(real_tensors, real_geometries), numbers_of(tensors, geometries)
    return Fidelity.build(
        {"sample": sample, "left_out": left_out, "method": _METHOD.format(repeats)}
        | _numbers(*numbers, sorting, recipe_names, table, repeats, seed)
        | _curves([_split(curve, len(real_geometries)) for curve in curves], sorting, count, repeats, seed)
        | {"recipe_names": recipe_names, "recipes": table}
        | {"correlation_distance_metre": real_geometries[0].correlation_distance_metre}
        | _memorisation([s.largest for s in real_similarities], [s.largest for s in similarities])
    )


def _numbers(
    real: Floats,
    sample: Floats,
    sorting: tuple[Places, Places],
    names: Sequence[str],
    recipes: Floats,
    repeats: int,
    seed: int,
) -> Values:
    first, second = (moments(n, p, len(recipes)) for n, p in zip((real, sample), sorting, strict=True))
    absolute = np.array([metric.absolute for metric in METRICS])
    found = differences(real, sample, *sorting, absolute, repeats=repeats, seed=seed)
    chosen = varied(recipes)
    real_slope, real_error = slopes(recipes[:, chosen], first)
    slope, error = slopes(recipes[:, chosen], second)
    return {
        "metric_names": tuple(metric.name for metric in METRICS),
        "metrics_unit": tuple(metric.unit for metric in METRICS),
        "metric_absolute": absolute.astype(np.uint8),
        "real_mean": first.mean,
        "real_mean_standard_error": first.standard_error(),
        "real_count": first.count,
        "real_volume_count": np.bincount(sorting[0], minlength=len(recipes)),
        "mean": second.mean,
        "mean_standard_error": second.standard_error(),
        "count": second.count,
        "volume_count": np.bincount(sorting[1], minlength=len(recipes)),
        "response_names": tuple(names[place] for place in chosen),
        "real_slope": real_slope,
        "real_slope_standard_error": real_error,
        "slope": slope,
        "slope_standard_error": error,
        **{name: getattr(found, name) for name in found.__slots__},
    }


def _curves(
    pairs: Sequence[tuple[Curves, Curves]], sorting: tuple[Places, Places], count: int, repeats: int, seed: int
) -> Values:
    found = [curve_distance(*pair, *sorting, repeats=repeats, seed=seed) for pair in pairs]
    two_point = pairs[: len(PHASES)]

    def means(side: int) -> Floats:
        return np.stack([mean_curves(pair[side].values, sorting[side], count) for pair in two_point], axis=1)

    return {
        "curve_names": tuple(real.name for real, _ in pairs),
        "curve_error": np.array([one.distance for one in found]),
        "curve_error_standard_error": np.array([one.standard_error for one in found]),
        "curve_error_expected": np.array([one.expected for one in found]),
        "curve_chance": np.array([one.chance for one in found]),
        "real_two_point_correlation": means(0),
        "two_point_correlation": means(1),
    }


def _split(curves: Curves, first: int) -> tuple[Curves, Curves]:
    """Return the curves of the first volumes, and those of the others."""
    both = [Curves(curves.name, part, curves.cumulative, curves.spacing) for part in np.split(curves.values, [first])]
    return both[0], both[1]


def _memorisation(real: Sequence[float], sample: Sequence[float]) -> Values:
    from scipy import stats  # heavy

    values: Values = {"real_similarity": np.array(real), "similarity": np.array(sample)}
    if not real or not sample:
        return values | {"memorisation_chance": 1.0, "memorised": False}
    chance = float(stats.mannwhitneyu(sample, real, alternative="greater").pvalue)
    beyond = max(sample) > np.mean(real) + _FAR * np.std(real)
    return values | {"memorisation_chance": chance, "memorised": bool(chance < _RARE or beyond)}


def _table(names: Sequence[str], recipes: Sequence[Sequence[float]], count: int) -> Floats:
    """Return recipes as rows; rows without entries if there are none."""
    table = np.array(recipes, dtype=np.float64).reshape(len(recipes), len(names)) if recipes else np.empty((count, 0))
    if len(table) != count:
        raise FidelityInputError(f"there are {len(table)} recipes for {count} conditions. Give one for each.")
    return table


def _require_parallel(what: str, tensors: Sequence[Any], geometries: Sequence[Any], conditions: Sequence[int]) -> None:
    if not len(tensors) == len(geometries) == len(conditions) or not tensors:
        raise FidelityInputError(
            f"{what} volumes: {len(tensors)} tensors, {len(geometries)} geometries and {len(conditions)} conditions. "
            "Give one of each for every volume, of one volume at least."
        )
    if min(conditions) < 0:
        raise FidelityInputError(f"{what} volumes: condition {min(conditions)} is negative. Number them from 0.")
