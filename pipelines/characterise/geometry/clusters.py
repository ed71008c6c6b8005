"""How many voxels of a phase lie in clusters from face to face? Runs of voxels joined to those of the lines beside.

A run is an unbroken piece of a line along the last axis. Runs of neighbouring lines are joined where they overlap, or
where their ends are diagonal neighbours; each set of joined runs is a tree whose root stands for the cluster. Memory is
in proportion to the runs, no volume of labels is made.

References
----------
Rosenfeld and Pfaltz 1966, J. ACM 13, 471, doi 10.1145/321356.321357. Tarjan 1975, J. ACM 22, 215,
doi 10.1145/321879.321884 (union by path compression).
"""

from __future__ import annotations

import numpy as np

from ragone.pipelines.characterise.geometry.labelled_volume import AXES, Counts, Mask
from ragone.pipelines.compiled import compiled


def spanning_voxels(phase: Mask, connectivity: int) -> Counts:
    """Voxels in clusters that touch both faces across each axis; shape (3,).

    Parameters
    ----------
    phase
        Shape (x, y, z): where the phase is.
    connectivity
        Neighbours that are joined: 6 through faces, 18 also through edges, 26 also through corners.
    """
    first = np.concatenate([[0], np.cumsum(_runs_per_line(phase))])
    starts, stops = (np.empty(first[-1], np.int32) for _ in range(2))
    _find_runs(phase, first, starts, stops)
    roots = np.arange(first[-1])
    _join(phase.shape, first, starts, stops, roots, connectivity)
    return _spanning(phase.shape, first, starts, stops, roots)


@compiled()
def _runs_per_line(phase: Mask) -> Counts:
    layers, rows, columns = phase.shape
    counts = np.zeros(layers * rows, np.int64)
    for x in range(layers):
        for y in range(rows):
            line, count = phase[x, y], int(phase[x, y, 0])
            for z in range(1, columns):
                count += line[z] and not line[z - 1]
            counts[x * rows + y] = count
    return counts


@compiled()
def _find_runs(phase: Mask, first: Counts, starts: Counts, stops: Counts) -> None:
    """Find the start of each run, and its end."""
    layers, rows, columns = phase.shape
    for x in range(layers):
        for y in range(rows):
            line, run, before = phase[x, y], first[x * rows + y], False
            for z in range(columns):
                if line[z] and not before:
                    starts[run] = z
                if before and not line[z]:
                    stops[run] = z
                    run += 1
                before = line[z]
            if before:
                stops[run] = columns


@compiled()
def _join(
    shape: tuple[int, int, int], first: Counts, starts: Counts, stops: Counts, roots: Counts, connectivity: int
) -> None:
    """Join the runs of every line to those of the lines before it."""
    layers, rows, _ = shape
    beside = 0 if connectivity == 6 else 1  # steps along the line from one run to the next
    diagonal = 1 if connectivity == 26 else 0
    for x in range(layers):
        for y in range(rows):
            line = x * rows + y
            if y > 0:
                _join_lines(line, line - 1, beside, first, starts, stops, roots)
            if x > 0:
                _join_lines(line, line - rows, beside, first, starts, stops, roots)
            if connectivity > 6 and x > 0 and y > 0:
                _join_lines(line, line - rows - 1, diagonal, first, starts, stops, roots)
            if connectivity > 6 and x > 0 and y < rows - 1:
                _join_lines(line, line - rows + 1, diagonal, first, starts, stops, roots)


@compiled()
def _join_lines(line: int, other: int, reach: int, first: Counts, starts: Counts, stops: Counts, roots: Counts) -> None:
    here, there = first[line], first[other]
    while here < first[line + 1] and there < first[other + 1]:
        if starts[here] < stops[there] + reach and starts[there] < stops[here] + reach:
            one, two = _root(here, roots), _root(there, roots)
            roots[max(one, two)] = min(one, two)
        if stops[here] < stops[there]:
            here += 1
        else:
            there += 1


@compiled()
def _root(run: int, roots: Counts) -> int:
    """The root of a run's tree; the path to it is halved."""
    while roots[run] != run:
        roots[run] = roots[roots[run]]
        run = roots[run]
    return run


@compiled()
def _spanning(shape: tuple[int, int, int], first: Counts, starts: Counts, stops: Counts, roots: Counts) -> Counts:
    layers, rows, columns = shape
    sizes, touched = np.zeros(len(roots), np.int64), np.zeros((len(roots), 2 * AXES), np.bool_)
    for line in range(layers * rows):
        x, y = line // rows, line % rows
        for run in range(first[line], first[line + 1]):
            root = _root(run, roots)
            sizes[root] += stops[run] - starts[run]
            faces = (x == 0, x == layers - 1, y == 0, y == rows - 1, starts[run] == 0, stops[run] == columns)
            for face in range(2 * AXES):
                touched[root, face] |= faces[face]
    found = np.zeros(AXES, np.int64)
    for root in range(len(roots)):
        for axis in range(AXES):
            if touched[root, 2 * axis] and touched[root, 2 * axis + 1]:
                found[axis] += sizes[root]
    return found
