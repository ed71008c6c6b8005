"""Unrecorded intervals of a measurement: what flowed meanwhile is known from the instrument's own counter, or not.

A hole is an interval ten times longer than those beside it and than its step's median; from one step to the next, where
neighbours say little, than the medians of both steps and of the record. Those that the record tells of are taken as
reported, with the charge and energy that the instrument counted. A simulation has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.steps import Step, steps_of
from ragone.schemas import Curve, Measurement

FACTOR = 10.0
USUAL_ROWS = 8  # beside a border that say how a step is sampled
SLACK = 1.5  # of the longest of their intervals


@dataclass(frozen=True, slots=True)
class Hole:
    """Sample before it (from 0), duration [s], and charge [A.h] and energy [W.h] if counted, positive: charging."""

    after_sample: int
    seconds: float
    charge: float | None = None
    charge_deviation: float = 0.0
    energy: float | None = None
    energy_deviation: float = 0.0


def holes_of(curve: Curve) -> tuple[Hole, ...]:
    """The unrecorded intervals of a curve, in order of time."""
    if not isinstance(curve, Measurement) or len(curve.test_time_second) < 2:
        return ()
    interval = np.diff(curve.test_time_second)
    stated = {int(hole["after_sample"]): hole for hole in curve.holes}
    unrecorded = stated.keys() | set(_find_holes(interval, steps_of(curve)).tolist())
    return tuple(_hole(k, float(interval[k]), stated.get(k, {})) for k in sorted(unrecorded))


def sampling(step: Step, *, end: bool) -> float:
    """The longest time between two rows that is usual at the start or the end of a step [s]; any of one row."""
    if len(step.time) < 2:
        return float("inf")
    intervals = np.diff(step.time)
    return SLACK * float((intervals[-USUAL_ROWS:] if end else intervals[:USUAL_ROWS]).max())


def recorded_time(time: NDArray[np.float64], first_row: int, holes: tuple[Hole, ...]) -> NDArray[np.float64]:
    """Times of consecutive rows with the holes between them cut out [s], shape (n,)."""
    cut = np.zeros(len(time))
    for hole in holes:
        place = hole.after_sample - first_row
        if 0 <= place < len(time) - 1:
            cut[place + 1 :] += hole.seconds
    return np.asarray(time - cut)


def uncounted(curve: Curve, start: int, end: int) -> Hole | None:
    """The first hole between rows `start` and `end` - 1 of which nobody knows what flowed in it; None without one."""
    inside = range(start, end - 1)
    return next((hole for hole in holes_of(curve) if hole.charge is None and hole.after_sample in inside), None)


def _find_holes(interval: NDArray[np.float64], steps: tuple[Step, ...]) -> NDArray[np.int64]:
    beside = np.maximum(np.append(0.0, interval[:-1]), np.append(interval[1:], 0.0))
    usual = np.zeros(len(interval))
    inside = np.ones(len(interval), bool)
    for step in steps:
        if len(step.time) > 1:
            rows = slice(max(step.first_row - 1, 0), step.first_row + len(step.time))  # the borders on both sides too
            usual[rows] = np.maximum(usual[rows], np.median(np.diff(step.time)))
        inside[step.first_row - 1] = step.first_row == 0 and inside[-1]
    moving = interval[inside & (interval > 0)]
    anywhere = float(np.median(moving)) if len(moving) else float(np.median(interval))
    return np.flatnonzero(interval > FACTOR * np.maximum(usual, np.where(inside, beside, anywhere)))


def _hole(k: int, seconds: float, stated: Mapping[str, Any]) -> Hole:
    return Hole(
        k,
        seconds,
        stated.get("charge_ampere_hour"),
        stated.get("charge_uncertainty_ampere_hour") or 0.0,
        stated.get("energy_watt_hour"),
        stated.get("energy_uncertainty_watt_hour") or 0.0,
    )
