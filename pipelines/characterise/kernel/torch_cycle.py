"""The multigrid cycle over the coarse levels as in `cycle`, on a torch device.

Sums over edges and members are segments of sorted entries, each added up by one reduction: no atomic additions, so
that their order, and the result to the last bit, does not change from run to run on one device.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.pipelines.characterise.kernel.cycle import DAMPING, ENOUGH
from ragone.pipelines.characterise.kernel.graph import Levels

Tensor = Any


class SegmentSum:
    """Sums of the entries that belong to each of `count` groups."""

    def __init__(self, groups: Tensor, count: int) -> None:
        """`groups`: integers, the group of each entry; those of `count` and above are left out."""
        import torch

        self._reduce = torch.segment_reduce
        lengths = torch.bincount(groups, minlength=count)[:count]
        self._lengths = lengths
        self.order = torch.sort(groups, stable=True).indices[: int(lengths.sum())]

    def __call__(self, values: Tensor) -> Tensor:
        """Shape (count,), from the values of all entries."""
        return self.of_sorted(values[self.order])

    def of_sorted(self, values: Tensor) -> Tensor:
        """The same for values that are in `order` already."""
        return self._reduce(values, "sum", lengths=self._lengths)


@dataclass(frozen=True, slots=True)
class _Level:
    """One level: edges sorted by node, and the members of each node of the next level."""

    diagonal: Tensor
    reciprocal: Tensor
    neighbours: Tensor
    conductances: Tensor
    edges: SegmentSum
    parent: Tensor
    members: SegmentSum

    def pull(self, x: Tensor) -> Tensor:
        """Sum over the edges of conductance times the neighbour's value."""
        return self.edges.of_sorted(self.conductances * x[self.neighbours])

    def relax(self, source: Tensor, value: Tensor) -> Tensor:
        """One damped Jacobi step."""
        return value + DAMPING * ((source + self.pull(value)) * self.reciprocal - value)


class TorchLevels:
    """All levels on a device."""

    def __init__(self, levels: Levels, device: str) -> None:
        """Copies them."""
        import torch

        self._inverse = torch.from_numpy(levels.inverse).to(device)
        self._levels = [_level(levels, number, device) for number in range(len(levels.offsets) - 2)]

    def solve(self, right: Tensor, number: int = 0) -> Tensor:
        """Approximate solution on a level, the finest by default."""
        if number == len(self._levels):
            return (self._inverse * right).sum(1)
        level = self._levels[number]
        first = self._correct(number, right)
        image = level.diagonal * first - level.pull(first)
        squared, size = dot(first, image), dot(first, right)
        share = size / squared if squared > 0 else 1.0
        left = right - share * image
        if not squared > 0 or dot(left, left) <= ENOUGH * dot(right, right):
            return share * first
        second = self._correct(number, left)
        second_image = level.diagonal * second - level.pull(second)
        gained, crossed = dot(second, left), dot(second, image)
        rest = dot(second, second_image) - crossed * crossed / squared
        if not rest > 0:
            return share * first
        return (share - crossed * gained / (squared * rest)) * first + gained / rest * second

    def _correct(self, number: int, source: Tensor) -> Tensor:
        """A Jacobi step, the next level, and another step."""
        level = self._levels[number]
        value = DAMPING * source * level.reciprocal
        below = level.members(source - level.diagonal * value + level.pull(value))
        return level.relax(source, value + self.solve(below, number + 1)[level.parent])


def dot(first: Tensor, second: Tensor) -> float:
    """Sum of products, added in double precision; waits for the device."""
    import torch

    return float((first * second).sum(dtype=torch.float64))


def reciprocal(values: Tensor) -> Tensor:
    """One over the values, zero where they are zero."""
    return (values > 0) / values.clamp(min=1e-30)


def _level(levels: Levels, number: int, device: str) -> _Level:
    import torch

    low, high, top = (int(offset) for offset in levels.offsets[number : number + 3])
    columns, weights = levels.neighbours[:, low:high], levels.conductances[:, low:high]
    used = weights > 0
    more = slice(*levels.more_offsets[number : number + 2])

    def joined(first: Any, beyond: Any, offset: int = low) -> Tensor:
        values = np.concatenate([first, beyond[more]])
        return torch.from_numpy(values.astype(np.int64) - offset).to(device)

    nodes = joined(np.nonzero(used)[1] + low, levels.more_nodes)
    edges = SegmentSum(nodes, high - low)
    conductances = torch.from_numpy(np.concatenate([weights[used], levels.more_conductances[more]])).to(device)
    diagonal = torch.from_numpy(levels.diagonal[low:high]).to(device)
    parent = torch.from_numpy(levels.parent[low:high].astype(np.int64) - high).to(device)
    return _Level(
        diagonal,
        reciprocal(diagonal),
        joined(columns[used], levels.more_neighbours)[edges.order],
        conductances[edges.order],
        edges,
        parent,
        SegmentSum(parent, top - high),
    )
