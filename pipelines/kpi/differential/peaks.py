"""The peaks of a differential capacity that stand out of its errors: where, how high, how much charge.

A peak counts if it rises above the higher of its two feet by so many times the error of that difference. It reaches
from valley to valley, or to the end of the sweep; its area is all charge between, no base line subtracted.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from ragone.pipelines.kpi.differential.density import Charges, Vector

_EDGE = 3.0  # bandwidths at the ends of the sweep where a peak would be half of one
_DIGITS = 1e-6  # of the highest peak: what rounding does where there are no samples


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its standard uncertainty."""

    value: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Peak:
    """A maximum: its position [V], height [A.h/V], charge [A.h], significance [-], and ends [V]."""

    voltage: Quantity
    height: Quantity
    area: Quantity
    significance: float
    low: float
    high: float


def peaks_of(found: Charges, bandwidth: float, least_significance: float) -> list[Peak]:
    """The significant peaks, the highest first."""
    density, bias = found.density(bandwidth), found.bias(bandwidth)
    error = np.sqrt(found.variance(bandwidth) + bias**2)
    rows, significances = _significant(found, density, error, bandwidth, least_significance)
    borders = _borders(density, rows)
    wider = found.density(bandwidth * math.sqrt(2))
    slope_error = np.sqrt(found.variance(bandwidth, order=1))

    def locate(row: int, sign: float) -> Quantity:
        return _position(found, sign * density, sign * wider, slope_error, row)

    peaks = []
    for number, (row, significance) in enumerate(zip(rows, significances, strict=True)):
        low, high = borders[number], borders[number + 1]
        feet = [density[foot] * locate(foot, -1.0).uncertainty for foot in (low, high)]
        area = Quantity(float(found.mass[low : high + 1].sum()), math.hypot(*feet))
        height = Quantity(float(density[row]), float(error[row]))
        ends = float(found.centres[low]), float(found.centres[high])
        peaks.append(Peak(locate(row, 1.0), height, area, significance, *ends))
    return sorted(peaks, key=lambda peak: -peak.height.value)


def _significant(
    found: Charges, density: Vector, error: Vector, bandwidth: float, least: float
) -> tuple[list[int], list[float]]:
    rows, facts = find_peaks(density, prominence=0.0)
    kept = []
    edge = _EDGE * bandwidth
    for row, prominence, left, right in zip(
        rows, facts["prominences"], facts["left_bases"], facts["right_bases"], strict=True
    ):
        foot = left if density[left] > density[right] else right
        significance = float(prominence) / math.hypot(error[row], error[foot], _DIGITS * float(density.max()))
        inside = found.centres[0] + edge < found.centres[row] < found.centres[-1] - edge
        if inside and significance >= least:
            kept.append((int(row), significance))
    return [row for row, _ in kept], [significance for _, significance in kept]


def _borders(density: Vector, rows: list[int]) -> list[int]:
    """The valleys between the peaks, and both ends of the sweep."""
    valleys = [a + int(np.argmin(density[a : b + 1])) for a, b in itertools.pairwise(rows)]
    return [0, *valleys, len(density) - 1]


def _position(found: Charges, density: Vector, wider: Vector, slope_error: Vector, row: int) -> Quantity:
    """Position of a maximum, by a parabola; an end of the sweep stays where it is.

    Its error is that of the slope over the curvature, how far a wider kernel moves it, and the width of a bin.
    """
    if not 0 < row < len(density) - 1:
        return Quantity(float(found.centres[row]), 0.0)
    before, at, after = density[row - 1 : row + 2]
    curvature = (before - 2 * at + after) / found.step**2
    moved = -(after - before) / (2 * found.step) / curvature if curvature else 0.0
    by_noise = float(slope_error[row] / abs(curvature)) if curvature else 0.0
    by_kernel = float(found.centres[_climbed(wider, row)] - found.centres[row])
    return Quantity(float(found.centres[row] + moved), math.hypot(by_noise, by_kernel, found.step / math.sqrt(12)))


def _climbed(density: Vector, row: int) -> int:
    """The maximum that one comes to from a row by going upwards only."""
    while row + 1 < len(density) and density[row + 1] > density[row]:
        row += 1
    while row > 0 and density[row - 1] > density[row]:
        row -= 1
    return row
