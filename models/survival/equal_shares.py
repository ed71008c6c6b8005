"""Cycles in equal shares: all cells that can run are brought to one cycle, as far as the cycles reach.

What a cell does not need because it dies is left to the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ragone.models.survival.lifetimes import Floats
from ragone.models.survival.passage_process import PassageProcess
from ragone.models.survival.passages import LEAST_LEVEL, Passages

_READING = 0.02**2
_LEVELS = np.exp(np.linspace(np.log(LEAST_LEVEL), 0.0, 16))


def common_cycle(done: Floats, ends: Floats, cycles: float) -> float:
    """Return the cycle to which cells can be brought by a number of cycles in all.

    Parameters
    ----------
    done, ends
        Last cycle of each cell, and the one beyond which it is not run; shape (n,).
    cycles
        To spend.
    """
    low, high = 0.0, float(ends.max())
    for _ in range(60):
        middle = (low + high) / 2
        spent = np.maximum(np.minimum(middle, ends) - done, 0.0).sum()
        low, high = (middle, high) if spent <= cycles else (low, middle)
    return low


def equal_shares(
    process: PassageProcess, passages: Sequence[Passages], *, can_run: Sequence[bool], cycles: int
) -> PassageProcess:
    """Return the process as if cycles had been spent in equal shares; its means are not meant to be read."""
    done = np.array([one.last_cycle for one in passages])
    levels = np.broadcast_to(_LEVELS, (len(passages), len(_LEVELS)))
    expected = np.exp(np.minimum(process.belief().passages_of_cells(levels)[0], 20.0))
    ends = np.where(can_run, np.maximum(expected[:, -1], done), done)
    reached = common_cycle(done, ends, cycles)
    for cell in np.flatnonzero(can_run).tolist():
        now = passages[cell].reached
        passed = [level for level, at in zip(_LEVELS, expected[cell], strict=True) if now < level and at <= reached]
        if passed:
            process = process.having_passed(cell, float(passed[-1]), _READING)
    return process
