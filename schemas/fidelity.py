"""Fidelity of a generator of microstructures to real volumes, and whether it memorised its training volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, array, flag, integer, integer_vector, real, text, texts, vector
from ragone.schemas.migration import renamed
from ragone.schemas.record import Record

_ROUNDING = Tolerance(relative=1e-6, absolute=1e-12)
_IN_UNITS = "in the unit of `metrics_unit`"


def _table(doc: str) -> Any:
    return array("", "float64", 2, tolerance=_ROUNDING, doc=f"{doc}; {_IN_UNITS}")


def _counts(doc: str) -> Any:
    return array("1", "int64", 2, doc=doc)


def _per_metric(doc: str, low: float | None = 0) -> Any:
    return vector("1", low=low, tolerance=_ROUNDING, doc=f"per metric: {doc}")


def _per_curve(doc: str) -> Any:
    return vector("1", low=0, tolerance=_ROUNDING, doc=f"per curve: {doc}")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Similarity(Record):
    """Similarity of a volume to others: the largest correlation of its middle over all places in each of them."""

    kind: ClassVar[str] = "similarity"

    correlation: np.ndarray[Any, Any] = vector(
        "1",
        low=-1.001,
        high=1.001,
        tolerance=_ROUNDING,
        doc="with each volume, through merged voxels; 1 for a copy, about 0 for no relation",
    )
    largest: float = real(
        "1", low=-1.001, high=1.001, tolerance=_ROUNDING, doc="that with the closest, with all voxels"
    )
    closest: int = integer(low=0, doc="the place of the closest volume among those given")
    template_voxels: np.ndarray[Any, Any] = integer_vector(low=1, doc="edges of the middle that is searched for")
    method: str = text(doc="how volumes were correlated")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Resemblance(Similarity):
    """A similarity, as earlier versions stored it."""

    kind: ClassVar[str] = "resemblance"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Fidelity(Record):
    """A sample of volumes beside real ones of the same conditions, metric by metric and curve by curve.

    Differences and spreads are relative to the real mean, or as they are where `metric_absolute` is 1. Tables have a
    row for each condition (each recipe) and a column for each metric; a mean over no volume is 0, see the counts. A
    `chance` is that of differences as large between two samples of one and the same kind.
    """

    kind: ClassVar[str] = "fidelity"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Any] = {
        1: (
            renamed("real_resemblance", "real_similarity"),
            renamed("resemblance", "similarity"),
            renamed("resemblance_chance", "memorisation_chance"),
        )
    }

    sample: str = text(doc="what is compared with the real volumes")
    recipe_names: tuple[str, ...] = texts(doc="parts of a recipe")
    recipes: np.ndarray[Any, Any] = array("1", "float64", 2, doc="per condition and part; no columns if there are none")
    metric_names: tuple[str, ...] = texts(doc="names of the metrics")
    metrics_unit: tuple[str, ...] = texts(doc="unit of each metric; 1 if dimensionless")
    metric_absolute: np.ndarray[Any, Any] = vector(
        "", "uint8", doc="per metric: 1 where differences are absolute, 0 where relative"
    )

    real_mean: np.ndarray[Any, Any] = _table("of the real volumes")
    real_mean_standard_error: np.ndarray[Any, Any] = _table("of one volume 0")
    real_count: np.ndarray[Any, Any] = _counts("real volumes that have the metric")
    mean: np.ndarray[Any, Any] = _table("of the sample")
    mean_standard_error: np.ndarray[Any, Any] = _table("of one volume 0")
    count: np.ndarray[Any, Any] = _counts("volumes of the sample that have the metric")
    volume_count: np.ndarray[Any, Any] = integer_vector(low=0, doc="volumes of the sample, per condition")
    real_volume_count: np.ndarray[Any, Any] = integer_vector(low=0, doc="real volumes, per condition")

    error: np.ndarray[Any, Any] = _per_metric("root mean square over the conditions of the difference of means")
    error_expected: np.ndarray[Any, Any] = _per_metric("of the same by the scatter between seeds alone")
    bias: np.ndarray[Any, Any] = _per_metric("mean over the conditions of the difference of means", low=None)
    bias_standard_error: np.ndarray[Any, Any] = _per_metric("of the bias")
    chance: np.ndarray[Any, Any] = _per_metric(
        "share of random deals of the volumes to the two samples with an error as large"
    )
    real_spread: np.ndarray[Any, Any] = _per_metric("standard deviation between seeds, pooled; 0 if not known")
    spread: np.ndarray[Any, Any] = _per_metric("the same of the sample")
    spread_ratio_relative_standard_error: np.ndarray[Any, Any] = _per_metric("of spread / real_spread, over it")

    response_names: tuple[str, ...] = texts(doc="parts of the recipe whose effects can be separated; may be none")
    real_slope: np.ndarray[Any, Any] = _table("per part and metric, per unit of the part")
    real_slope_standard_error: np.ndarray[Any, Any] = _table("from the scatter between seeds")
    slope: np.ndarray[Any, Any] = _table("the same of the sample")
    slope_standard_error: np.ndarray[Any, Any] = _table("from the scatter between seeds")

    curve_names: tuple[str, ...] = texts(doc="names of the curves")
    curve_error: np.ndarray[Any, Any] = _per_curve(
        "two-point: root mean square difference; distributions: area between them over a typical length"
    )
    curve_error_standard_error: np.ndarray[Any, Any] = _per_curve("by resampling volumes")
    curve_error_expected: np.ndarray[Any, Any] = _per_curve("mean when volumes are dealt to the two samples by chance")
    curve_chance: np.ndarray[Any, Any] = _per_curve("share of such deals with an error as large")
    correlation_distance_metre: np.ndarray[Any, Any] = vector(
        "m", low=0, tolerance=_ROUNDING, doc="distances of the two-point correlations"
    )
    real_two_point_correlation: np.ndarray[Any, Any] = array(
        "1", "float64", 3, tolerance=_ROUNDING, doc="per condition, phase (pore, active material, binder) and distance"
    )
    two_point_correlation: np.ndarray[Any, Any] = array("1", "float64", 3, tolerance=_ROUNDING, doc="of the sample")

    real_similarity: np.ndarray[Any, Any] = vector(
        "1", tolerance=_ROUNDING, doc="of each real volume to the closest training volume; none if not tested"
    )
    similarity: np.ndarray[Any, Any] = vector("1", tolerance=_ROUNDING, doc="the same of each volume of the sample")
    memorisation_chance: float = real(
        "1", low=0, high=1, tolerance=_ROUNDING, doc="Mann-Whitney, one-sided; 1 if not tested"
    )
    memorised: bool = flag(doc="whether the sample lies closer to the training volumes than real volumes do")
    left_out: str = text(default="", doc="volumes that failed, and why")
    method: str = text(doc="how the samples were compared")

    def validate(self) -> None:
        """There is a number for each name."""
        self._require("metric_names", ("metrics_unit", "metric_absolute", "error", "bias", "chance", "spread"))
        self._require("curve_names", ("curve_error", "curve_error_standard_error", "curve_error_expected"))
        self._require("response_names", ("slope", "real_slope"))

    def _require(self, names: str, fields: tuple[str, ...]) -> None:
        for field in fields:
            if len(getattr(self, field)) != len(getattr(self, names)):
                raise FieldShapeError(
                    f"fidelity.{field} has {len(getattr(self, field))} entries and {names} "
                    f"{len(getattr(self, names))}. Give one for each name."
                )

    def worst(self) -> np.ndarray[Any, Any]:
        """The largest difference of means over the conditions, per metric, with its sign; scaled as `error` is."""
        scale = np.where((self.metric_absolute > 0) | (self.real_mean == 0), 1.0, np.abs(self.real_mean))
        compared = (self.real_count > 0) & (self.count > 0)
        apart = np.where(compared, (self.mean - self.real_mean) / scale, 0.0)
        return np.asarray(np.take_along_axis(apart, np.abs(apart).argmax(axis=0)[None], axis=0)[0])

    def spread_ratios(self) -> np.ndarray[Any, Any]:
        """Spread between seeds of the sample over that of the real volumes, per metric; NaN where these have none."""
        known = self.real_spread > 0
        return np.asarray(np.where(known, self.spread / np.where(known, self.real_spread, 1.0), np.nan))

    def slope_ratios(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Slope of the sample over the real one and its standard error, per part and metric; NaN where that is 0."""
        known = self.real_slope != 0
        divisor = np.where(known, self.real_slope, 1.0)
        ratio = self.slope / divisor
        error = np.sqrt(self.slope_standard_error**2 + (ratio * self.real_slope_standard_error) ** 2) / np.abs(divisor)
        return np.where(known, ratio, np.nan), np.where(known, error, np.nan)
