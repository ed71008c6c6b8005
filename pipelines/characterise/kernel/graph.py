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

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.kernel.aggregation import aggregate, member_lists, merge_rows
from ragone.pipelines.compiled import compiled

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[Any]

_STRONG = 0.08  # |a_ij| >= this sqrt(a_ii a_jj), Vanek et al.
_SMALLEST_SHRINKAGE = 0.75  # a level that shrinks less is joined regardless of strength
_LARGEST_INVERTED = 100  # nodes
_DEPENDENT = 1e-10  # of a diagonal entry: a smaller pivot is rounding
COLUMNS = 6


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
    """All levels, one after another, laid out for speed: neighbours in columns, so that a product runs along nodes.

    Attributes
    ----------
    offsets
        First node of each level, and the number of nodes at the end.
    neighbours, conductances
        Shape (COLUMNS, nodes): the first neighbours of each node; the node itself, with zero, where it has fewer.
    more_offsets, more_nodes, more_neighbours, more_conductances
        The edges beyond, one after another, by level.
    diagonal
        Sum of the conductances of each node.
    parent
        Node of the next level that each node belongs to.
    inverse
        Of the operator of the last level.
    """

    offsets: npt.NDArray[np.int64]
    neighbours: npt.NDArray[np.uint32]
    conductances: Floats
    more_offsets: npt.NDArray[np.int64]
    more_nodes: npt.NDArray[np.uint32]
    more_neighbours: npt.NDArray[np.uint32]
    more_conductances: Floats
    diagonal: Floats
    parent: npt.NDArray[np.uint32]
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
    return _laid_out(graphs, parents, np.dtype(dtype))


def _laid_out(graphs: list[Graph], parents: list[Integers], dtype: np.dtype[Any]) -> Levels:
    offsets = np.concatenate([[0], np.cumsum([graph.count for graph in graphs])])
    neighbours = np.tile(np.arange(offsets[-1], dtype=np.uint32), (COLUMNS, 1))
    conductances = np.zeros(neighbours.shape, dtype=dtype)
    beyond = [np.maximum(np.diff(graph.start) - COLUMNS, 0) for graph in graphs]
    more_offsets = np.concatenate([[0], np.cumsum([int(extra.sum()) for extra in beyond])])
    more_nodes, more_neighbours = np.empty((2, int(more_offsets[-1])), dtype=np.uint32)
    more_conductances = np.empty(int(more_offsets[-1]), dtype=dtype)
    for level, graph in enumerate(graphs):
        _fill_columns(
            graph.start,
            graph.neighbours,
            graph.conductances,
            int(offsets[level]),
            neighbours,
            conductances,
            int(more_offsets[level]),
            more_nodes,
            more_neighbours,
            more_conductances,
        )
    return Levels(
        offsets,
        neighbours,
        conductances,
        more_offsets,
        more_nodes,
        more_neighbours,
        more_conductances,
        np.concatenate([graph.diagonal() for graph in graphs]).astype(dtype),
        np.concatenate([parent + offset for parent, offset in zip(parents, offsets[1:], strict=False)] or [[]]).astype(
            np.uint32
        ),
        _inverse(graphs[-1]).astype(dtype),
    )


def _join(graph: Graph, strong: float) -> tuple[Integers, int]:
    """Node of the next level for each node, and how many there are."""
    parent = np.full(graph.count, -1, dtype=np.int32)
    count = aggregate(graph.start, graph.neighbours, graph.conductances, graph.diagonal(), strong**2, parent)
    return parent, int(count)


def _contract(graph: Graph, parent: Integers, count: int) -> Graph:
    member_start, members = member_lists(parent, count)
    start = np.zeros(count + 1, dtype=np.int32)
    neighbours, conductances = np.empty_like(graph.neighbours), np.empty_like(graph.conductances)
    merge_rows(
        graph.start,
        graph.neighbours,
        graph.conductances,
        parent,
        member_start,
        members,
        start,
        neighbours,
        conductances,
    )
    ground = np.bincount(parent, graph.ground, minlength=count)
    return Graph(start, neighbours[: start[-1]].copy(), conductances[: start[-1]].copy(), ground)


def _inverse(graph: Graph) -> Floats:
    """Inverse of the operator of a small graph.

    In a group of nodes without a way to ground one node keeps the potential zero. Compiled, not handed to a linear
    algebra library: the threads of that would spin beside ours for longer than the solve takes.
    """
    matrix = np.diag(graph.diagonal())
    rows = np.repeat(np.arange(graph.count), np.diff(graph.start))
    matrix[rows, graph.neighbours] -= graph.conductances
    _invert(matrix)
    return matrix


@compiled()
def _invert(matrix: Floats) -> None:
    """Invert a symmetric, positive semi-definite matrix in place by sweeping; dependent rows become zero."""
    size = len(matrix)
    scale = np.diag(matrix).copy()
    swept = np.zeros(size, dtype=np.bool_)
    for k in range(size):
        pivot = matrix[k, k]
        if not pivot > _DEPENDENT * scale[k]:
            continue
        swept[k] = True
        row = matrix[k] / pivot
        for i in range(size):
            if i != k:
                factor = matrix[i, k]
                for j in range(size):
                    matrix[i, j] -= factor * row[j]
                matrix[i, k] = -factor / pivot
        matrix[k] = row
        matrix[k, k] = 1 / pivot
    for i in range(size):
        for j in range(size):
            if not (swept[i] and swept[j]):
                matrix[i, j] = 0.0


@compiled()
def _row_sums(start: Integers, values: Floats) -> Floats:
    sums = np.zeros(len(start) - 1)
    for row in range(len(sums)):
        for place in range(start[row], start[row + 1]):
            sums[row] += values[place]
    return sums


@compiled()
def _fill_columns(
    start: Integers,
    neighbours: Integers,
    conductances: Floats,
    offset: int,
    columns: npt.NDArray[np.uint32],
    weights: Floats,
    end: int,
    more_nodes: npt.NDArray[np.uint32],
    more_neighbours: npt.NDArray[np.uint32],
    more_conductances: Floats,
) -> None:
    for node in range(len(start) - 1):
        for place in range(start[node], start[node + 1]):
            column = place - start[node]
            if column < COLUMNS:
                columns[column, offset + node] = offset + neighbours[place]
                weights[column, offset + node] = conductances[place]
            else:
                more_nodes[end] = offset + node
                more_neighbours[end] = offset + neighbours[place]
                more_conductances[end] = conductances[place]
                end += 1
