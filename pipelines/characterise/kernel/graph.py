"""The coarse levels: graphs of pieces, joined by strength into ever fewer, down to one that is inverted.

A level is a weighted graph with conductances between nodes and to ground (the ends of the volume). Each node of the
next level is a node and its strongly connected neighbours; conductances add up, so that a level is the Galerkin
operator of functions that are constant on its nodes. All levels lie one after another in the same arrays, numbered
through.

References
----------
Vanek, Mandel, Brezina 1996, Computing 56, 179, doi 10.1007/BF02238511 (aggregation by strength, not smoothed here).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[Any]

_STRONG = 0.08  # |a_ij| >= this sqrt(a_ii a_jj), Vanek et al.
_DOMINANT = 0.25  # a node follows a neighbour with this share of its conductance, strong or not
_SMALLEST_SHRINKAGE = 0.75  # a level that shrinks less is joined regardless of strength
_LARGEST_INVERTED = 160  # nodes


@dataclass(frozen=True, slots=True)
class Graph:
    """One level.

    Attributes
    ----------
    start, neighbours, conductances
        Compressed rows.
    ground
        Conductance of each node to the ends.
    """

    start: Integers
    neighbours: Integers
    conductances: Floats
    ground: Floats

    @property
    def count(self) -> int:
        """Nodes."""
        return len(self.ground)

    def diagonal(self) -> Floats:
        """Sum of the conductances of each node, in double precision."""
        return np.asarray(_row_sums(self.start, self.conductances) + self.ground)


@dataclass(frozen=True, slots=True)
class Levels:
    """All levels, one after another.

    Attributes
    ----------
    offsets
        First node of each level, and the number of nodes at the end.
    start, neighbours, conductances, diagonal
        Compressed rows of all levels.
    parent
        Node of the next level that each node belongs to.
    member_start, members
        Nodes that belong to each node of levels from the second on, in compressed rows over all nodes.
    inverse
        Of the operator of the last level.
    """

    offsets: npt.NDArray[np.int64]
    start: Integers
    neighbours: Integers
    conductances: Floats
    diagonal: Floats
    parent: Integers
    member_start: Integers
    members: Integers
    inverse: Floats


def build_levels(finest: Graph, dtype: npt.DTypeLike) -> Levels:
    """The levels above the pieces, in the precision asked for."""
    graphs, parents = [finest], []
    while graphs[-1].count > _LARGEST_INVERTED:
        graph = graphs[-1]
        parent, count = _join(graph, _STRONG)
        if count > _SMALLEST_SHRINKAGE * graph.count:
            parent, count = _join(graph, 0.0)
        if count == graph.count:
            break
        graphs.append(_contract(graph, parent, count))
        parents.append(parent)
    offsets = np.concatenate([[0], np.cumsum([graph.count for graph in graphs])])
    edges = np.concatenate([[0], np.cumsum([len(graph.neighbours) for graph in graphs])])
    return Levels(
        offsets,
        _joined([graph.start[:-1] + edge for graph, edge in zip(graphs, edges, strict=False)], edges[-1:]),
        _joined([graph.neighbours + offset for graph, offset in zip(graphs, offsets, strict=False)]),
        np.concatenate([graph.conductances for graph in graphs]).astype(dtype),
        np.concatenate([graph.diagonal() for graph in graphs]).astype(dtype),
        _joined([parent + offset for parent, offset in zip(parents, offsets[1:], strict=False)]),
        *_members(parents, offsets),
        _inverse(graphs[-1]).astype(dtype),
    )


def _joined(parts: list[Any], *more: Any) -> Integers:
    return np.concatenate([*parts, *more, np.empty(0)]).astype(np.int32)


def _join(graph: Graph, strong: float) -> tuple[Integers, int]:
    """Node of the next level for each node, and how many there are."""
    parent = np.full(graph.count, -1, dtype=np.int32)
    count = _aggregate(graph.start, graph.neighbours, graph.conductances, graph.diagonal(), strong**2, parent)
    return parent, int(count)


def _contract(graph: Graph, parent: Integers, count: int) -> Graph:
    member_start, members = _member_lists(parent, count)
    start = np.zeros(count + 1, dtype=np.int32)
    neighbours, conductances = np.empty_like(graph.neighbours), np.empty_like(graph.conductances)
    _merge_rows(
        graph.start, graph.neighbours, graph.conductances, parent, member_start, members, start, neighbours, conductances
    )
    ground = np.bincount(parent, graph.ground, minlength=count)
    return Graph(start, neighbours[: start[-1]].copy(), conductances[: start[-1]].copy(), ground)


def _members(parents: list[Integers], offsets: npt.NDArray[np.int64]) -> tuple[Integers, Integers]:
    starts, members = [np.zeros(offsets[1], dtype=np.int64)], []
    for level, parent in enumerate(parents):
        start, member = _member_lists(parent, int(offsets[level + 2] - offsets[level + 1]))
        starts.append(start[:-1] + int(offsets[level]))
        members.append(member + offsets[level])
    total = int(offsets[len(parents)])
    return _joined(starts, [total]), _joined(members)


def _inverse(graph: Graph) -> Floats:
    """Pseudo-inverse of the operator of a small graph; groups of nodes without a way to ground keep a zero mean."""
    matrix = np.diag(graph.diagonal())
    rows = np.repeat(np.arange(graph.count), np.diff(graph.start))
    matrix[rows, graph.neighbours] -= graph.conductances
    if graph.count == 0:
        return matrix
    return np.asarray(np.linalg.pinv(matrix, rcond=1e-12, hermitian=True))


@numba.njit(cache=True)
def _row_sums(start: Integers, values: Floats) -> Floats:
    sums = np.zeros(len(start) - 1)
    for row in range(len(sums)):
        for place in range(start[row], start[row + 1]):
            sums[row] += values[place]
    return sums


@numba.njit(cache=True)
def _aggregate(
    start: Integers, neighbours: Integers, conductances: Floats, diagonal: Floats, strong: float, parent: Integers
) -> int:
    """Give every node its parent, -1 so far; returns the number of parents."""
    count = 0
    for node in range(len(diagonal)):  # a node whose strong neighbours are all free takes them
        free = parent[node] < 0
        alone = True
        for place in range(start[node], start[node + 1]):
            other = neighbours[place]
            if free and conductances[place] ** 2 >= strong * diagonal[node] * diagonal[other]:
                alone = False
                free = parent[other] < 0
        if free and not alone:
            parent[node] = count
            for place in range(start[node], start[node + 1]):
                other = neighbours[place]
                if conductances[place] ** 2 >= strong * diagonal[node] * diagonal[other]:
                    parent[other] = count
            count += 1
    chosen = np.full(len(diagonal), -1, dtype=np.int32)
    for node in range(len(diagonal)):  # who is left joins its strongest neighbour's
        best = 0.0
        for place in range(start[node], start[node + 1]):
            other = neighbours[place]
            close = (
                conductances[place] ** 2 >= strong * diagonal[node] * diagonal[other]
                or conductances[place] >= _DOMINANT * diagonal[node]
            )
            if parent[node] < 0 and parent[other] >= 0 and close and conductances[place] > best:
                best = conductances[place]
                chosen[node] = parent[other]
    for node in range(len(diagonal)):
        if chosen[node] >= 0:
            parent[node] = chosen[node]
    isolated = -1
    for node in range(len(diagonal)):  # the rest gather among themselves; what touches nothing is one node
        if parent[node] >= 0:
            continue
        if diagonal[node] == 0:
            if isolated < 0:
                isolated = count
                count += 1
            parent[node] = isolated
            continue
        parent[node] = count
        for place in range(start[node], start[node + 1]):
            other = neighbours[place]
            if parent[other] < 0 and conductances[place] ** 2 >= strong * diagonal[node] * diagonal[other]:
                parent[other] = count
        count += 1
    return count


@numba.njit(cache=True)
def _member_lists(parent: Integers, count: int) -> tuple[Integers, Integers]:
    start = np.zeros(count + 1, dtype=np.int32)
    for node in range(len(parent)):
        start[parent[node] + 1] += 1
    for node in range(count):
        start[node + 1] += start[node]
    place = start[:-1].copy()
    members = np.empty(len(parent), dtype=np.int32)
    for node in range(len(parent)):
        members[place[parent[node]]] = node
        place[parent[node]] += 1
    return start, members


@numba.njit(cache=True)
def _merge_rows(
    start: Integers,
    neighbours: Integers,
    conductances: Floats,
    parent: Integers,
    member_start: Integers,
    members: Integers,
    new_start: Integers,
    new_neighbours: Integers,
    new_conductances: Floats,
) -> None:
    """Rows of the next level: conductances between the same two parents add up."""
    latest = np.full(len(member_start) - 1, -1, dtype=np.int32)  # where a neighbour last came in
    end = 0
    for node in range(len(member_start) - 1):
        for entry in range(member_start[node], member_start[node + 1]):
            member = members[entry]
            for place in range(start[member], start[member + 1]):
                other = parent[neighbours[place]]
                if other == node:
                    continue
                if latest[other] < new_start[node]:
                    latest[other] = end
                    new_neighbours[end] = other
                    new_conductances[end] = 0.0
                    end += 1
                new_conductances[latest[other]] += conductances[place]
        new_start[node + 1] = end
