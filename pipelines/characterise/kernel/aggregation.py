"""Joining the nodes of a graph: who belongs together by strength, and the graph of the groups.

References
----------
Vanek, Mandel, Brezina 1996, Computing 56, 179, doi 10.1007/BF02238511 (aggregation by strength, not smoothed here).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.compiled import compiled

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[Any]

_DOMINANT = 0.25  # a node follows a neighbour with this share of its conductance, strong or not


@compiled()
def aggregate(
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


@compiled()
def member_lists(parent: Integers, count: int) -> tuple[Integers, Integers]:
    """The nodes of each parent, in compressed rows."""
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


@compiled()
def merge_rows(
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
