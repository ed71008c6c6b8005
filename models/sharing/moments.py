"""Sums over designs from which statistics and a regression follow, as whole numbers with a known sensitivity.

Each design is a vector: a 1, terms of its features, and its target, all in [-1, 1] by bounds that the owner states and
that no data decide; what lies outside is moved to the bound. The sums are of the products of any two of its entries.
One design adds a matrix whose Frobenius norm is the squared length of its vector. For a regression vectors are
shortened to `norm`, which only weighs such designs less.

References
----------
Dwork, Talwar, Thakurta and Zhang 2014, doi 10.1145/2591796.2591883 (noise on second moments).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.sharing.described import read_column
from ragone.models.sharing.errors import ShareError
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.method import Floats
from ragone.models.surrogate.private_polynomial import polynomial_terms
from ragone.models.surrogate.training_set import Groups
from ragone.schemas.errors import RagoneError

BINS = 8
_STEPS = 2**16  # of rounding, over what one design adds at most
_MOST_AXES, _MOST_WIDTH, _MODULUS = 40, 300, 2**48
_LARGEST = 1e100  # of a bound: squares and products of it are far from what a float64 holds


@dataclass(frozen=True)
class Layout:
    """The released numbers: features and target with stated bounds, the degree of the terms, histograms or not."""

    features: tuple[Feature, ...]
    target: Feature
    degree: int
    histograms: bool = False

    def __post_init__(self) -> None:
        if not self.features or self.axes > _MOST_AXES or self.width > _MOST_WIDTH:
            raise ShareError(
                f"{len(self.features)} features of {self.axes} axes make vectors of {self.width} entries, of "
                f"{_MOST_WIDTH} at most. Name fewer with --features, or a lower --degree."
            )
        for one in (*self.features, self.target):
            if not one.options and not (
                -_LARGEST < one.low < one.high < _LARGEST and one.high - one.low > 1 / _LARGEST
            ):
                raise ShareError(f"{one.name} from {one.low:g} to {one.high:g} is no range. State its bounds anew.")
        names = [one.name for one in (*self.features, self.target)]
        if len(set(names)) < len(names):
            raise ShareError(f"a column stands twice among {', '.join(names)}. Name each once, and not the target.")
        if self.degree not in (1, 2) or self.target.options:
            raise ShareError(f"degree {self.degree} of {self.target.name} cannot be summed; it must be 1 or 2.")

    @property
    def axes(self) -> int:
        """Number of axes of the features."""
        return sum(one.width for one in self.features)

    @property
    def width(self) -> int:
        """Entries of the vector of a design."""
        return 2 + self.axes + (self.axes * (self.axes + 1) // 2 if self.degree == 2 else 0)

    @property
    def length(self) -> int:
        """Count of the released numbers."""
        return self.width * (self.width + 1) // 2 + (BINS * (self.axes + 1) if self.histograms else 0)

    @property
    def norm(self) -> float:
        """The squared length that a vector has at most: for statistics the largest possible, else a typical one."""
        if self.histograms:
            return float(self.width)
        return 1 + (self.width - 1) / 3  # of even values in [-1, 1]

    @property
    def unit(self) -> float:
        """One step of the whole numbers, as a sum of products."""
        return self.norm / _STEPS

    @property
    def sensitivity(self) -> int:
        """The largest Euclidean distance by which one design moves the whole numbers, their rounding included."""
        parts = 2 if self.histograms else 1
        return math.ceil(math.sqrt(parts) * _STEPS + math.sqrt(self.length) / 2) + 1

    def terms(self, points: Floats) -> Floats:
        """A 1 and the terms of points of the unit cube of the features, shape (n, width - 1)."""
        return polynomial_terms(np.clip(points, 0, 1), self.degree)

    def summed(self, points: Floats, values: Floats, designs: Groups) -> list[int]:
        """The sums over designs, as whole numbers; the rows of one design share what it adds.

        Parameters
        ----------
        points
            Shape (n, axes), by the stated bounds.
        values
            Targets, shape (n,), in their unit.
        designs
            Number of the design that each row is of, shape (n,).
        """
        targets = self.target.encoded(values.tolist())
        vectors = np.hstack([self.terms(points), 2 * np.clip(targets, 0, 1) - 1])
        _, place, sizes = np.unique(designs, return_inverse=True, return_counts=True)
        shortened = np.minimum(1, self.norm / np.sum(vectors**2, axis=1)) / sizes[place]
        rows, columns = np.triu_indices(self.width)
        weights = np.where(rows == columns, 1, math.sqrt(2)) / self.unit
        added = np.zeros((len(sizes), len(rows)))
        np.add.at(added, place, vectors[:, rows] * vectors[:, columns] * weights * shortened[:, None])
        total = np.rint(added).astype(np.int64).sum(axis=0)
        if self.histograms:
            total = np.concatenate([total, self._counts(np.hstack([points, targets]), sizes[place])])
        return [int(one) for one in total]

    def matrix(self, numbers: Sequence[int]) -> Floats:
        """The sums of products, shape (width, width)."""
        rows, columns = np.triu_indices(self.width)
        found = np.zeros((self.width, self.width))
        weights = np.where(rows == columns, 1, math.sqrt(2)) / self.unit
        found[rows, columns] = np.array(numbers[: len(rows)], dtype=np.float64) / weights
        return np.asarray(found + np.triu(found, 1).T)

    def histogram(self, numbers: Sequence[int]) -> Floats:
        """Designs in each bin of each axis, the target's last, shape (axes + 1, bins)."""
        counts = np.array(numbers[-BINS * (self.axes + 1) :], dtype=np.float64).reshape(-1, BINS)
        return np.asarray(counts / self._count_step)

    def plain(self) -> dict[str, Any]:
        """It as plain data."""
        return {
            "features": [one.plain() for one in self.features],
            "target": self.target.plain(),
            "degree": self.degree,
            "histograms": self.histograms,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Layout:
        """The layout that plain data describe.

        Raises
        ------
        ShareError
            If they describe none.
        """
        try:
            degree, histograms = kept["degree"], kept["histograms"]
            if type(degree) is not int or type(histograms) is not bool:
                raise TypeError(f"degree {degree!r}, histograms {histograms!r}"[:100])
            return cls(tuple(map(read_column, kept["features"])), read_column(kept["target"]), degree, histograms)
        except ShareError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, RagoneError) as cause:
            raise ShareError(f"the columns are not described ({cause!r}). Ask the owner for the file again.") from cause

    @property
    def _count_step(self) -> int:
        """Whole numbers that one design in a bin counts: all its bins together weigh as much as its products."""
        return math.floor(_STEPS / math.sqrt(self.axes + 1))

    def _counts(self, places: Floats, sizes: Groups) -> Groups:
        """Counts in the bins of each axis; a row of a design of several counts as its part."""
        bins = np.minimum((np.clip(places, 0, 1) * BINS).astype(np.int64), BINS - 1)
        counts = np.zeros((places.shape[1], BINS), dtype=np.int64)
        for axis, column in enumerate(bins.T):
            np.add.at(counts[axis], column, self._count_step // sizes)
        return counts.reshape(-1)


def checked_numbers(found: Any, layout: Layout) -> list[int]:
    """The released numbers of a document.

    Raises
    ------
    ShareError
        If they are not as many whole numbers as the layout has, or beyond 48 bits.
    """
    if not isinstance(found, list) or len(found) != layout.length:
        count = len(found) if isinstance(found, list) else 0
        raise ShareError(f"{count} numbers were released where {layout.length} are described. Ask for the file again.")
    if not all(type(one) is int and abs(one) < _MODULUS for one in found):
        raise ShareError("a released number is no whole number below 2^48. Ask the owner for the file again.")
    return found
