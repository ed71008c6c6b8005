"""What does the size of the volume element do to the mean and to the scatter, and what does a target ask for?

The mean is taken as value (1 + b / edge). The value is that of the first way of sampling (drawn volume elements, if
there are any), weighted by volume. The slope comes from cuts beside the largest volume elements where there are cuts,
since what is cut from a volume element shares its scatter: the difference is known far better than either mean. Else it
is that of a line through the same samples. Rows below a smallest size take no part. Bias and scatter are those of the
laws where they were fitted, else as measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ragone.pipelines.characterise.errors import SampleError
from ragone.pipelines.characterise.representativity.demand import cheapest, relative_error, volume_elements_needed
from ragone.pipelines.characterise.representativity.fits import ScatterLaw, line, scatter_interval, scatter_law
from ragone.pipelines.characterise.representativity.means import Estimate, Means
from ragone.pipelines.characterise.representativity.metrics import Floats
from ragone.pipelines.characterise.representativity.samples import Row
from ragone.schemas import RepresentativityOutcome

Fields = dict[str, Any]


class Sizes:
    """Rows of several sizes, and the fits through them."""

    def __init__(self, rows: Sequence[Row], *, fit_from: int, confidence: float) -> None:
        self._rows = rows
        self._confidence = confidence
        self._edges = np.array([row.edge for row in rows], dtype=np.float64)
        self._counts = np.array([row.count for row in rows], dtype=np.int64)
        self._candidate = np.array([row.drawn == rows[0].drawn for row in rows], dtype=bool)
        self._fitted = self._candidate & (self._edges >= fit_from)
        if self._fitted.sum() < 2:
            raise SampleError(
                f"{self._fitted.sum()} sizes of at least {fit_from} voxels can be used; two are needed. "
                "Measure more sizes, or more volume elements of each."
            )
        self._means = Means([row.sample for row in rows])
        self._largest = int(np.argmax(self._edges * self._fitted))
        self._paired = (self._edges >= fit_from) & (self._edges < self._edges[self._largest])
        self._paired &= np.array([not row.drawn for row in rows])
        self._infinite, self._slope = self._line()

    def _line(self) -> tuple[Floats, Floats]:
        """Value at infinite size and slope over 1 / edge, as combinations of the means."""
        volumes = self._counts * self._edges**3
        # Cuts that overlap have seen no more than what they were cut from.
        volumes = np.where(self._paired, np.minimum(volumes, volumes[self._largest]), volumes)
        _, slope = line(1 / self._edges, self._fitted * volumes)
        if self._paired.any():
            lever = (1 / self._edges - 1 / self._edges[self._largest]) * self._paired
            slope = lever * volumes / (lever**2 * volumes).sum()
            slope[self._largest] -= slope.sum()
        shares = self._fitted * volumes / (self._fitted * volumes).sum()
        return shares - float((shares / self._edges).sum()) * slope, slope

    def mean_fields(self, voxel: float) -> Fields:
        """Means, and the line through them."""
        infinite, slope = self._means.combined(self._infinite), self._means.combined(self._slope)
        return {
            "drawn": np.array([row.drawn for row in self._rows], dtype=np.uint8),
            "edge_voxels": self._edges.astype(np.int64),
            "volume_element_count": self._counts,
            "mean": self._means.values,
            "mean_standard_error": self._means.standard_errors,
            "infinite_size_value": infinite.value,
            "infinite_size_value_standard_error": infinite.standard_error,
            "bias_length_metre": slope.value / infinite.value * voxel,
            "bias_misfit": self._misfit(slope.value),
        }

    def bias_fields(self) -> Fields:
        """Bias of every row against the infinite volume, and, as measured, against the largest elements of the fit."""
        largest = np.eye(len(self._rows))[self._largest]
        against_largest = [self._means.ratio(row, largest) for row in np.eye(len(self._rows))]
        return {**self._with_ends("bias", self._biases), **self._with_ends("bias_to_largest", against_largest)}

    def scatter_fields(self, voxel: float) -> Fields:
        """Scatter of single volume elements as measured, and the law through it."""
        columns = {"scatter": self._scatters, "scatter_low": self._ends[:, 0], "scatter_high": self._ends[:, 1]}
        if self._law is None:
            return dict(columns)
        return columns | {
            "scatter_exponent": self._law.exponent,
            "scatter_exponent_standard_error": float(np.sqrt(self._law.covariance[1, 1])),
            "scatter_length_metre": self._law.length * voxel,
        }

    def demand_fields(self, *, target: float, most: int, cost_exponent: float) -> Fields:
        """Volume elements needed of each size: for scatter alone, with bias, and both at worst; and the cheapest."""
        bias = np.array([estimate.value for estimate in self._biases])
        worst = np.array([np.abs(estimate.interval(self._confidence)).max() for estimate in self._biases])
        scatter, largest_scatter = self._expected.T
        needed = self._needed(bias, scatter, target, most)
        return {
            "volume_elements_for_scatter": self._needed(np.zeros_like(bias), scatter, target, most),
            "volume_elements_needed": needed,
            "volume_elements_needed_high": self._needed(worst, largest_scatter, target, most),
            "cost_exponent": cost_exponent,
            **self._decision(needed, cost_exponent, bias, scatter),
        }

    @cached_property
    def _biases(self) -> list[Estimate]:
        """Biases of the rows, by the law for the sizes that it was fitted to."""
        lawful = self._fitted | self._paired
        rows = np.eye(len(self._rows))
        by_law = [self._infinite + self._slope / edge for edge in self._edges]
        chosen = [by_law[n] if lawful[n] else rows[n] for n in range(len(rows))]
        return [self._means.ratio(combination, self._infinite) for combination in chosen]

    @cached_property
    def _scatters(self) -> Floats:
        return np.array([row.sample.scatter for row in self._rows])

    @cached_property
    def _ends(self) -> Floats:
        pairs = zip(self._scatters, self._counts, strict=True)
        return np.array([scatter_interval(float(s), int(n), self._confidence) for s, n in pairs])

    @cached_property
    def _law(self) -> ScatterLaw | None:
        chosen = self._fitted
        return scatter_law(self._edges[chosen], self._scatters[chosen], self._counts[chosen])

    @cached_property
    def _expected(self) -> Floats:
        """Scatter of single volume elements and its upper end, shape (rows, 2)."""
        measured = np.stack([self._scatters, self._ends[:, 1]], axis=1)
        if self._law is not None:
            for row in np.flatnonzero(self._fitted):
                measured[row] = self._law.at(float(self._edges[row]), self._confidence)
        return measured

    def _needed(self, bias: Floats, scatter: Floats, target: float, most: int) -> Any:
        """Shape (rows,); 0 for rows that are no candidates, as single volume elements, whose scatter is not known."""
        known = self._candidate & ((self._counts > 1) | (self._expected[:, 0] > 0))
        needed = np.zeros(len(known), dtype=np.int64)
        for row in np.flatnonzero(known):
            needed[row] = volume_elements_needed(
                float(bias[row]), float(scatter[row]), target=target, confidence=self._confidence, most=most
            )
        return needed

    def _decision(self, needed: Any, cost_exponent: float, bias: Floats, scatter: Floats) -> Fields:
        row = cheapest(self._edges, needed, cost_exponent)
        if row is None:
            return {"outcome": RepresentativityOutcome.OUT_OF_REACH}
        half = float(relative_error(0.0, float(scatter[row]), needed[row : row + 1], self._confidence)[0])
        return {
            "outcome": RepresentativityOutcome.REACHABLE,
            "cheapest_edge_voxels": int(self._edges[row]),
            "cheapest_volume_element_count": int(needed[row]),
            "cheapest_error_low": float(bias[row]) - half,
            "cheapest_error_high": float(bias[row]) + half,
        }

    def _misfit(self, slope: float) -> float:
        """Root mean square of what the law leaves, over its standard error; of cuts, beside the largest."""
        rows = np.eye(len(self._rows))
        left = [(rows[n] - self._infinite, slope / self._edges[n]) for n in np.flatnonzero(self._fitted)]
        beyond = 1 / self._edges - 1 / self._edges[self._largest]
        left += [(rows[n] - rows[self._largest], slope * beyond[n]) for n in np.flatnonzero(self._paired)]
        found = [(self._means.combined(weights), expected) for weights, expected in left]
        errors = [(e.value - expected) / e.standard_error for e, expected in found if e.standard_error > 0]
        return float(np.sqrt(np.mean(np.square(errors)))) if errors else 0.0

    def _with_ends(self, name: str, estimates: Sequence[Estimate]) -> Fields:
        ends = np.array([estimate.interval(self._confidence) for estimate in estimates])
        values = np.array([estimate.value for estimate in estimates])
        return {name: values, f"{name}_low": ends[:, 0], f"{name}_high": ends[:, 1]}
