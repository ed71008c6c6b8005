"""Which step and cycle is a sample of, where the instrument does not say? Read off the current.

A step is a stretch of rest, charge or discharge, or of one level of current between two jumps. Charging at constant
current and then at constant voltage is one step, for the current alone does not divide it. A cycle ends where the
direction that flowed first flows again after the other one; stretches of little charge (pulses, braking) do not count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.curve.steps import REST_RATE

JUMP = 0.05  # of the largest current
_LEVEL = 0.005  # of the largest current: what a level may vary from sample to sample
_LEAST_CHARGE = 0.1  # of the largest stretch


def steps_from_current(current: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the step of each sample from 1; shape (n,)."""
    kind = _kind(current)
    change = np.abs(np.diff(current))
    largest = np.abs(current).max(initial=0.0)
    steady = np.pad(change <= _LEVEL * largest, 1, constant_values=True)
    jump = (change > JUMP * largest) & steady[:-2] & steady[2:]
    return 1 + np.append(0, np.cumsum((np.diff(kind) != 0) | jump)).astype(np.int64)


def cycles_from_current(time: NDArray[np.float64], current: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the cycle of each sample from 1; shape (n,)."""
    kind = _kind(current)
    stretches = np.split(np.arange(len(kind)), np.flatnonzero(np.diff(kind) != 0) + 1)
    charge = np.array([abs(np.trapezoid(current[s], time[s])) for s in stretches])
    cycles = np.ones(len(kind), np.int64)
    number, first, other = 1, 0.0, False
    for stretch, moved in zip(stretches, charge, strict=True):
        flows = float(kind[stretch[0]])
        if flows and moved >= _LEAST_CHARGE * charge.max():
            first = first or flows
            number += other and flows == first
            other = flows != first
        cycles[stretch] = number
    return cycles


def _kind(current: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where the cell is charged, -1 where discharged, 0 at rest."""
    rest = np.abs(current) <= REST_RATE * np.abs(current).max(initial=0.0)
    return np.where(rest, 0.0, np.sign(current))
