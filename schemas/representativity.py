"""How large a volume, and how many of them, speak for the material?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np

from ragone.schemas.errors import FieldShapeError
from ragone.schemas.field import Tolerance, choice, integer, real, text, vector
from ragone.schemas.migration import Migrations, renamed, reworded
from ragone.schemas.record import Record

_TOLERANCE = Tolerance(relative=1e-4, absolute=1e-6)


class RepresentativityOutcome(StrEnum):
    """Whether a number of volume elements of a size studied brings the mean within the target."""

    REACHABLE = "target within reach"
    OUT_OF_REACH = "no number of volume elements of a size studied meets the target"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Representativity(Record):
    """One metric of a material against the size and the number of volume elements, and the size of the voxel.

    One row for each way of sampling and each size. A bias is relative: the mean over the value of an infinite volume
    (or of the largest ones), less one. Intervals are two-sided, at `confidence`.
    """

    kind: ClassVar[str] = "representativity"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Migrations] = {
        1: (
            renamed("cube_count", "volume_element_count"),
            renamed("cubes_for_scatter", "volume_elements_for_scatter"),
            renamed("cubes_needed", "volume_elements_needed"),
            renamed("cubes_needed_high", "volume_elements_needed_high"),
            renamed("cheapest_cube_count", "cheapest_volume_element_count"),
            *(reworded(name, "cube", "volume element") for name in ("outcome", "left_out", "method")),
        )
    }

    metric: str = text(doc="a field of the transport records")
    metric_unit: str = text(doc="its unit; 1 if dimensionless")
    target: float = real("1", low=0, low_open=True, doc="largest relative error of the mean")
    confidence: float = real("1", low=0, high=1, low_open=True, high_open=True, doc="of the intervals")
    voxel_size_metre: float = real("m", low=0, low_open=True, doc="of the rows below")

    drawn: np.ndarray[Any, Any] = vector(
        "", "uint8", doc="1: each volume element was drawn by itself; 0: cut from larger ones"
    )
    edge_voxels: np.ndarray[Any, Any] = vector("1", "int64", low=1, doc="edge of a volume element, per row")
    volume_element_count: np.ndarray[Any, Any] = vector(
        "1", "int64", low=1, doc="volume elements that were measured, per row"
    )
    mean: np.ndarray[Any, Any] = vector("", tolerance=_TOLERANCE, doc="in `metric_unit`")
    mean_standard_error: np.ndarray[Any, Any] = vector("", low=0, tolerance=_TOLERANCE, doc="in `metric_unit`")
    bias: np.ndarray[Any, Any] = vector(
        "1", tolerance=_TOLERANCE, doc="against an infinite volume; by the law where it was fitted"
    )
    bias_low: np.ndarray[Any, Any] = vector("1", tolerance=_TOLERANCE, doc="lower end of the interval of `bias`")
    bias_high: np.ndarray[Any, Any] = vector("1", tolerance=_TOLERANCE, doc="upper end of the interval of `bias`")
    bias_to_largest: np.ndarray[Any, Any] = vector(
        "1", tolerance=_TOLERANCE, doc="against the largest volume elements, as measured"
    )
    bias_to_largest_low: np.ndarray[Any, Any] = vector(
        "1", tolerance=_TOLERANCE, doc="lower end of the interval of `bias_to_largest`"
    )
    bias_to_largest_high: np.ndarray[Any, Any] = vector(
        "1", tolerance=_TOLERANCE, doc="upper end of the interval of `bias_to_largest`"
    )
    scatter: np.ndarray[Any, Any] = vector(
        "1", low=0, tolerance=_TOLERANCE, doc="standard deviation of single volume elements over the mean"
    )
    scatter_low: np.ndarray[Any, Any] = vector(
        "1", low=0, tolerance=_TOLERANCE, doc="lower end of the interval of `scatter`"
    )
    scatter_high: np.ndarray[Any, Any] = vector(
        "1", low=0, tolerance=_TOLERANCE, doc="upper end of the interval of `scatter`"
    )
    volume_elements_for_scatter: np.ndarray[Any, Any] = vector(
        "1", "int64", low=0, doc="smallest number whose interval alone is within the target, bias apart; 0 if none"
    )
    volume_elements_needed: np.ndarray[Any, Any] = vector(
        "1", "int64", low=0, doc="smallest number that meets the target; 0 if none, or the row is no candidate"
    )
    volume_elements_needed_high: np.ndarray[Any, Any] = vector(
        "1", "int64", low=0, doc="the same with bias and scatter at the unfavourable ends of their intervals"
    )

    fit_from_edge_voxels: int = integer(low=1, doc="rows of smaller volume elements enter no fit")
    infinite_size_value: float = real("", tolerance=_TOLERANCE, doc="in `metric_unit`")
    infinite_size_value_standard_error: float = real("", low=0, tolerance=_TOLERANCE, doc="in `metric_unit`")
    bias_length_metre: float = real("m", tolerance=_TOLERANCE, doc="b in mean = infinite_size_value (1 + b / edge)")
    bias_misfit: float = real("1", low=0, tolerance=_TOLERANCE, doc="root mean square of the residuals over their SE")
    scatter_exponent: float | None = real("1", optional=True, tolerance=_TOLERANCE, doc="p in scatter ~ edge^-p")
    scatter_exponent_standard_error: float | None = real(
        "1", low=0, optional=True, tolerance=_TOLERANCE, doc="standard error of `scatter_exponent`"
    )
    scatter_length_metre: float | None = real(
        "m", low=0, optional=True, tolerance=_TOLERANCE, doc="l in scatter = (l / edge)^(3/2), the integral-range law"
    )

    resolution_voxel_size_metre: np.ndarray[Any, Any] = vector("m", low=0, doc="one entry for each voxel size")
    resolution_structure_count: int = integer(low=0, doc="structures seen at every voxel size")
    resolution_mean: np.ndarray[Any, Any] = vector("", tolerance=_TOLERANCE, doc="in `metric_unit`")
    resolution_standard_error: np.ndarray[Any, Any] = vector("", low=0, tolerance=_TOLERANCE, doc="in `metric_unit`")
    resolution_order: float = real("1", low=0, low_open=True, doc="of the extrapolation to voxel size zero")
    zero_voxel_value: float | None = real("", optional=True, tolerance=_TOLERANCE, doc="in `metric_unit`")
    zero_voxel_value_standard_error: float | None = real(
        "", low=0, optional=True, tolerance=_TOLERANCE, doc="in `metric_unit`; null for a single structure"
    )
    zero_voxel_value_model_error: float | None = real(
        "", low=0, optional=True, tolerance=_TOLERANCE, doc="in `metric_unit`; how far the two finest alone lead away"
    )
    resolution_bias: float | None = real(
        "1", optional=True, tolerance=_TOLERANCE, doc="of voxel_size_metre against zero voxel size"
    )

    cost_exponent: float = real("1", low=0, doc="cost of a volume element ~ edge^this")
    cheapest_edge_voxels: int | None = integer(
        low=1, optional=True, doc="edge of the volume elements that meet the target at least cost; null if none does"
    )
    cheapest_volume_element_count: int | None = integer(
        low=1, optional=True, doc="number of those volume elements; null if none meets the target"
    )
    cheapest_error_low: float | None = real("1", optional=True, tolerance=_TOLERANCE, doc="predicted for the mean")
    cheapest_error_high: float | None = real(
        "1", optional=True, tolerance=_TOLERANCE, doc="upper end of what `cheapest_error_low` is the lower end of"
    )
    outcome: RepresentativityOutcome = choice(RepresentativityOutcome, doc="whether the target is within reach")
    left_out: str = text(default="", doc="sizes that could not be used, and why")
    method: str = text(doc="fits and intervals")

    def validate(self) -> None:
        """Every column has one entry for each row."""
        rows = len(self.drawn)
        for name, spec in self.fields().items():
            of_rows = spec.shape == "vector" and not name.startswith("resolution_")
            if of_rows and len(getattr(self, name)) != rows:
                raise FieldShapeError(
                    f"representativity.{name} has {len(getattr(self, name))} entries for {rows} rows."
                )
        sizes = len(self.resolution_voxel_size_metre)
        for name in ("resolution_mean", "resolution_standard_error"):
            if len(getattr(self, name)) != sizes:
                raise FieldShapeError(f"representativity.{name} needs {sizes} entries, one for each voxel size.")
