"""Which intervals were not recorded, and what flowed meanwhile?

A hole is an interval `FACTOR` times longer than both its neighbours and than the median interval of its step: neither a
slower recording at rest nor one that slows down as the cell relaxes is taken for one. From one step to the next, where
neighbours say little, it is one that is so much longer than the median intervals of both steps and of the record. What
flowed in it is known from the instrument's own counters or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.files.cyclers.counters import Counter, Flow, flowed_over, usable
from ragone.pipelines.files.cyclers.samples import Samples

FACTOR = 10.0
_ALIKE = 0.02
_MOST_LISTED = 5
_REST = 1e-3


def find_holes(samples: Samples, step: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Samples (from 0) after which there is a hole, and the interval that is usual around each [s]."""
    interval = np.diff(samples.time)
    if len(interval) < 3:
        return np.empty(0, np.int64), np.empty(0)
    beside = np.maximum(np.append(0.0, interval[:-1]), np.append(interval[1:], 0.0))
    usual = _usual_interval(interval, step)
    border = np.diff(step) != 0
    inside = interval[~border & (interval > 0)]
    anywhere = float(np.median(inside if len(inside) else interval))
    usual = np.where(border & (usual == 0), anywhere, usual)
    compared = np.where(border, anywhere, beside)
    found = np.flatnonzero(interval > FACTOR * np.maximum(compared, usual))
    return found, np.where(usual[found] > 0, usual[found], beside[found])


def describe(
    samples: Samples,
    found: NDArray[np.int64],
    charge: tuple[Sequence[Counter], Flow],
    energy: tuple[Sequence[Counter], Flow],
) -> list[dict[str, Any]]:
    """The holes as a measurement keeps them: after which sample, charge and energy with standard uncertainties."""

    def ends(k: int) -> tuple[float, float]:
        return float(samples.current[k]), float(samples.current[k + 1])

    counted = [(usable(counters, flow), flow) for counters, flow in (charge, energy)]
    holes = []
    for k in map(int, found):
        q, e = (flowed_over(*one, ends, k) or (None, None) for one in counted)
        holes.append(
            {
                "after_sample": k,
                "charge_ampere_hour": q[0],
                "charge_uncertainty_ampere_hour": q[1],
                "energy_watt_hour": e[0],
                "energy_uncertainty_watt_hour": e[1],
            }
        )
    return holes


def words_of_holes(samples: Samples, holes: Sequence[dict[str, Any]], usual: NDArray[np.float64]) -> list[str]:
    """Sentences on the holes; many of one length are one finding."""
    if not holes:
        return []
    length = np.array([samples.time[h["after_sample"] + 1] - samples.time[h["after_sample"]] for h in holes])
    if len(holes) > 1 and np.ptp(length) <= _ALIKE * length.min():
        return [_many(samples, holes, float(np.median(length)), float(np.median(usual)))]
    texts = [_one(samples, hole, float(u)) for hole, u in zip(holes[:_MOST_LISTED], usual, strict=False)]
    if len(holes) > _MOST_LISTED:
        texts.append(f"{len(holes) - _MOST_LISTED} more gaps; the longest of all lasts {length.max():g} s")
    return texts


def _usual_interval(interval: NDArray[np.float64], step: NDArray[np.int64]) -> NDArray[np.float64]:
    """The longer of the median intervals of the steps before and after each interval, 0 if both have one sample."""
    inside = np.diff(step) == 0
    medians = {}
    for part in np.split(np.arange(len(interval)), np.flatnonzero(~inside)):
        chosen = interval[part][inside[part]]
        if len(chosen):
            medians[int(step[part[-1]])] = float(np.median(chosen))
    of_sample = np.array([medians.get(int(number), 0.0) for number in step])
    return np.asarray(np.maximum(of_sample[:-1], of_sample[1:]))


def _one(samples: Samples, hole: dict[str, Any], usual: float) -> str:
    k = hole["after_sample"]
    length = samples.time[k + 1] - samples.time[k]
    return (
        f"gap of {length:g} s after row {samples.row[k]} (test time {samples.time[k]:g} s), {usual:g} s being usual "
        f"there{_charge(samples, [hole])}"
    )


def _many(samples: Samples, holes: Sequence[dict[str, Any]], length: float, usual: float) -> str:
    rows = ", ".join(str(samples.row[h["after_sample"]]) for h in holes[:_MOST_LISTED])
    more = ", ..." if len(holes) > _MOST_LISTED else ""
    return (
        f"{len(holes)} gaps of {length:g} s each, after rows {rows}{more}, {usual:g} s being usual there"
        f"{_charge(samples, holes)}"
    )


def _charge(samples: Samples, holes: Sequence[dict[str, Any]]) -> str:
    """Sentence on the charge that flowed in holes; empty for those at rest."""
    known = [h["charge_ampere_hour"] for h in holes if h["charge_ampere_hour"] is not None]
    if len(known) == len(holes):
        return f"; by the file's own counter {sum(known):.4g} A.h flowed meanwhile"
    largest = _REST * np.abs(samples.current).max()
    k = np.array([h["after_sample"] for h in holes])
    flowing = np.maximum(np.abs(samples.current[k]), np.abs(samples.current[k + 1])) > largest
    return "; the charge that flowed meanwhile is not known" if flowing.any() else ""
