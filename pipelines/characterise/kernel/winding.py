"""Which clusters of a periodic volume go on for ever, and along which axes?

A cluster conducts along an axis if it meets its own image in another period. The parts of the volume that are connected
without crossing its sides are the nodes of a graph; a connection across a side carries one step along that axis. Going
round a cycle of the graph and adding up the steps gives how many periods away one comes out.
"""

from __future__ import annotations

from collections import defaultdict, deque

import numpy as np
import numpy.typing as npt
from scipy.ndimage import label

Steps = npt.NDArray[np.int64]


def endless_clusters(conducts: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], tuple[bool, bool, bool]]:
    """Voxels of the clusters that go on along some axis, and whether there is one along each axis.

    Parameters
    ----------
    conducts
        Shape (x, y, z), periodic along all axes; 6-connectivity.
    """
    parts, count = label(conducts)
    across = _across(parts)
    endless = np.zeros(count + 1, dtype=bool)
    along = np.zeros(3, dtype=bool)
    seen = np.zeros(count + 1, dtype=bool)
    for part in range(1, count + 1):
        if not seen[part]:
            members, cycles = _walk(part, across)
            seen[members] = True
            if cycles:
                endless[members] = True
                along |= np.any(np.array(cycles) != 0, axis=0)
    return endless[parts], (bool(along[0]), bool(along[1]), bool(along[2]))


def _across(parts: npt.NDArray[np.int32]) -> dict[int, list[tuple[int, Steps]]]:
    """The parts that each part touches across a side, and the step to them."""
    found: dict[int, list[tuple[int, Steps]]] = defaultdict(list)
    for axis in range(3):
        step = np.eye(3, dtype=np.int64)[axis]
        last, first = np.take(parts, -1, axis).reshape(-1), np.take(parts, 0, axis).reshape(-1)
        pairs = np.unique(np.stack([last, first], axis=1)[(last > 0) & (first > 0)], axis=0)
        for one, other in pairs.tolist():
            found[one].append((other, step))
            found[other].append((one, -step))
    return found


def _walk(start: int, across: dict[int, list[tuple[int, Steps]]]) -> tuple[list[int], list[Steps]]:
    """The parts of a cluster, and where its cycles come out."""
    place: dict[int, Steps] = {start: np.zeros(3, dtype=np.int64)}
    cycles = []
    queue = deque([start])
    while queue:
        part = queue.popleft()
        for other, step in across.get(part, ()):
            reached = place[part] + step
            if other not in place:
                place[other] = reached
                queue.append(other)
            elif np.any(place[other] != reached):
                cycles.append(reached - place[other])
    return list(place), cycles
