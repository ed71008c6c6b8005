"""One multigrid cycle over the coarse levels: each level is solved by two steps of conjugate gradients that have the
next level as their preconditioner (a K-cycle), which keeps piecewise constant corrections from being too short.

The second step is left out where the first did enough. The last level is multiplied by its inverse.

References
----------
Notay and Vassilevski 2008, Numer. Linear Algebra Appl. 15, 473, doi 10.1002/nla.542. Notay 2010, Electron. Trans.
Numer. Anal. 37, 123 (recursion and the test for the second step).
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from pipelines.characterise.kernel.graph import Levels

Vectors = npt.NDArray[Any]

_DAMPING = 0.7  # of the Jacobi steps before and after
_ENOUGH = 0.25**2  # of the squared residual, left by the first step
_RIGHT, _SOLUTION, _FIRST, _IMAGE, _SECOND, _SECOND_IMAGE, _LEFT, _SMOOTHED = range(8)
WORK_ROWS = 8


def solve_coarse(levels: Levels, right: Vectors, work: Vectors) -> Vectors:
    """Approximate solution on the finest of the levels.

    Parameters
    ----------
    levels
        Of the graph of pieces.
    right
        Shape (pieces,).
    work
        Shape (WORK_ROWS, nodes of all levels), in the precision of the levels; overwritten.

    Returns
    -------
    numpy.ndarray
        Shape (pieces,), a view of `work`.
    """
    count = int(levels.offsets[1])
    work[_RIGHT, :count] = right
    _cycle(
        0,
        levels.offsets,
        levels.start,
        levels.neighbours,
        levels.conductances,
        levels.diagonal,
        levels.parent,
        levels.member_start,
        levels.members,
        levels.inverse,
        work,
    )
    return np.asarray(work[_SOLUTION, :count])


@numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
def _cycle(
    level: int,
    offsets: Any,
    start: Any,
    neighbours: Any,
    conductances: Any,
    diagonal: Any,
    parent: Any,
    member_start: Any,
    members: Any,
    inverse: Any,
    work: Any,
) -> int:
    """Solve one level: work[_RIGHT] in, work[_SOLUTION] out, both at the nodes of the level."""
    low, high = offsets[level], offsets[level + 1]
    right, solution = work[_RIGHT], work[_SOLUTION]
    if level == len(offsets) - 2:
        for row in range(high - low):
            total = work.dtype.type(0)
            for column in range(high - low):
                total += inverse[row, column] * right[low + column]
            solution[low + row] = total
        return 0
    smoothed, left = work[_SMOOTHED], work[_LEFT]
    damping = work.dtype.type(_DAMPING)
    product, work_done, size = 0.0, 0.0, 0.0
    for step in range(2):
        source = right if step == 0 else left
        correction = work[_FIRST] if step == 0 else work[_SECOND]
        for node in range(low, high):
            smoothed[node] = damping * source[node] / diagonal[node] if diagonal[node] > 0 else work.dtype.type(0)
        for node in range(high, offsets[level + 2]):
            total = work.dtype.type(0)
            for entry in range(member_start[node], member_start[node + 1]):
                member = members[entry]
                total += (work.dtype.type(1) - damping) * source[member]
                for place in range(start[member], start[member + 1]):
                    total += conductances[place] * smoothed[neighbours[place]]
            right[node] = total
        _cycle(
            level + 1,
            offsets,
            start,
            neighbours,
            conductances,
            diagonal,
            parent,
            member_start,
            members,
            inverse,
            work,
        )
        for node in range(low, high):
            smoothed[node] += solution[parent[node]]
        for node in range(low, high):
            total = source[node]
            for place in range(start[node], start[node + 1]):
                total += conductances[place] * smoothed[neighbours[place]]
            if diagonal[node] > 0:
                correction[node] = smoothed[node] + damping * (total / diagonal[node] - smoothed[node])
            else:
                correction[node] = work.dtype.type(0)
        image = work[_IMAGE] if step == 0 else work[_SECOND_IMAGE]
        along, gained, crossed = 0.0, 0.0, 0.0
        for node in range(low, high):
            total = diagonal[node] * correction[node]
            for place in range(start[node], start[node + 1]):
                total -= conductances[place] * correction[neighbours[place]]
            image[node] = total
            along += total * correction[node]
            gained += source[node] * correction[node]
            if step == 1:
                crossed += correction[node] * work[_IMAGE, node]
        if step == 0:
            if not along > 0:
                for node in range(low, high):
                    solution[node] = correction[node]
                return 0
            product, work_done = along, gained
            share = work.dtype.type(gained / along)
            size, rest = 0.0, 0.0
            for node in range(low, high):
                left[node] = source[node] - share * image[node]
                solution[node] = share * correction[node]
                size += source[node] * source[node]
                rest += left[node] * left[node]
            if rest <= _ENOUGH * size:
                return 0
        else:
            rest = along - crossed * crossed / product
            if not rest > 0:
                return 0
            one = work.dtype.type(work_done / product - crossed * gained / (product * rest))
            two = work.dtype.type(gained / rest)
            for node in range(low, high):
                solution[node] = one * work[_FIRST, node] + two * correction[node]
    return 0
