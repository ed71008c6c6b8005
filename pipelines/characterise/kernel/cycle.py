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

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.kernel.graph import Levels
from ragone.pipelines.compiled import compiled

Vectors = npt.NDArray[Any]

DAMPING = 0.7  # of the Jacobi steps before and after
ENOUGH = 0.25**2  # of the squared residual, left by the first step
_RIGHT, _SOLUTION, _FIRST, _IMAGE, _SECOND, _SECOND_IMAGE, _LEFT, _SMOOTHED, _PULLED = range(9)
WORK_ROWS = 9
_CHUNK = 256  # nodes summed in the precision of the levels, then in double

_COMPILED = compiled(fastmath={"reassoc", "contract", "nsz", "arcp"}, error_model="numpy")


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
        levels.neighbours,
        levels.conductances,
        levels.more_offsets,
        levels.more_nodes,
        levels.more_neighbours,
        levels.more_conductances,
        levels.diagonal,
        levels.parent,
        levels.inverse,
        work,
    )
    return np.asarray(work[_SOLUTION, :count])


@_COMPILED
def _cycle(
    level: int,
    offsets: Any,
    neighbours: Any,
    conductances: Any,
    more_offsets: Any,
    more_nodes: Any,
    more_neighbours: Any,
    more_conductances: Any,
    diagonal: Any,
    parent: Any,
    inverse: Any,
    work: Any,
) -> int:
    """Solve one level: work[_RIGHT] in, work[_SOLUTION] out, both at the nodes of the level."""
    low, high = offsets[level], offsets[level + 1]
    if level == len(offsets) - 2:
        for row in range(high - low):
            work[_SOLUTION, low + row] = _dot(inverse[row], work[_RIGHT, low:high])
        return 0
    more = more_nodes, more_neighbours, more_conductances, more_offsets[level], more_offsets[level + 1]
    own = diagonal[low:high]
    right, solution, smoothed = work[_RIGHT, low:high], work[_SOLUTION, low:high], work[_SMOOTHED, low:high]
    left, pulled = work[_LEFT, low:high], work[_PULLED, low:high]
    squared, size = 0.0, 0.0
    for step in range(2):
        source = right if step == 0 else left
        correction = work[_FIRST, low:high] if step == 0 else work[_SECOND, low:high]
        image = work[_IMAGE, low:high] if step == 0 else work[_SECOND_IMAGE, low:high]
        _begin(source, own, smoothed)
        _pull(neighbours, conductances, more, low, high, work[_SMOOTHED], work[_PULLED])
        below = work[_RIGHT]
        below[high : offsets[level + 2]] = 0
        for node in range(high - low):
            below[parent[low + node]] += source[node] - own[node] * smoothed[node] + pulled[node]
        _cycle(
            level + 1,
            offsets,
            neighbours,
            conductances,
            more_offsets,
            more_nodes,
            more_neighbours,
            more_conductances,
            diagonal,
            parent,
            inverse,
            work,
        )
        for node in range(high - low):
            smoothed[node] += work[_SOLUTION, parent[low + node]]
        _pull(neighbours, conductances, more, low, high, work[_SMOOTHED], work[_PULLED])
        _relax(source, own, smoothed, pulled, correction)
        _pull(neighbours, conductances, more, low, high, work[_FIRST if step == 0 else _SECOND], work[_PULLED])
        for node in range(high - low):
            image[node] = own[node] * correction[node] - pulled[node]
        along, gained = _dot(correction, image), _dot(correction, source)
        if step == 0:
            squared = along
            share = work.dtype.type(gained / along if along > 0 else 1.0)
            for node in range(high - low):
                solution[node] = share * correction[node]
                left[node] = source[node] - share * image[node]
            if not along > 0 or _dot(left, left) <= ENOUGH * _dot(source, source):
                return 0
            size = gained
        else:
            crossed = _dot(correction, work[_IMAGE, low:high])
            rest = along - crossed * crossed / squared
            if rest > 0:
                one = work.dtype.type(size / squared - crossed * gained / (squared * rest))
                two = work.dtype.type(gained / rest)
                for node in range(high - low):
                    solution[node] = one * work[_FIRST, low + node] + two * correction[node]
    return 0


@_COMPILED
def _begin(source: Any, diagonal: Any, out: Any) -> None:
    """The first Jacobi step, from zero."""
    damping = out.dtype.type(DAMPING)
    for node in range(len(out)):
        moved = damping * source[node] / diagonal[node]
        out[node] = moved if diagonal[node] > 0 else out.dtype.type(0)


@_COMPILED
def _relax(source: Any, diagonal: Any, value: Any, pulled: Any, out: Any) -> None:
    """One Jacobi step."""
    damping = out.dtype.type(DAMPING)
    for node in range(len(out)):
        target = (source[node] + pulled[node]) / diagonal[node]
        moved = value[node] + damping * (target - value[node])
        out[node] = moved if diagonal[node] > 0 else out.dtype.type(0)


@_COMPILED
def _pull(neighbours: Any, conductances: Any, more: Any, low: int, high: int, x: Any, out: Any) -> None:
    """Sum over the edges of conductance times the neighbour's value, at the nodes of a level."""
    target = out[low:high]
    target[:] = 0
    for column in range(len(neighbours)):
        other, weight = neighbours[column, low:high], conductances[column, low:high]
        for node in range(len(target)):
            target[node] += weight[node] * x[other[node]]
    nodes, others, weights, start, end = more
    for edge in range(start, end):
        out[nodes[edge]] += weights[edge] * x[others[edge]]


@_COMPILED
def _dot(first: Any, second: Any) -> float:
    total = 0.0
    for start in range(0, len(first), _CHUNK):
        one, other = first[start : start + _CHUNK], second[start : start + _CHUNK]
        part = first.dtype.type(0)
        for node in range(len(one)):
            part += one[node] * other[node]
        total += part
    return total
