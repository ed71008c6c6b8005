"""The same conjugate gradients on a torch device: sweeps as shifted slices of padded tensors, for a GPU.

Pieces, levels and operator come from the compiled kernel and are copied once; potentials come back when the interval
is to be certified, which stays on the CPU. The method is that of `conjugate_gradients`, iterate by iterate up to
rounding. Sums are sorted segments and reductions, no atomic additions, so that torch has nothing to reorder between
runs on one device; another device rounds differently.

It was tried on torch's CPU device only, never on a GPU: neither its speed there nor its determinism was measured.
Bytes per voxel on the device: about 12 fields of 4 (8 in double precision), temporaries among them, three more
where several phases conduct, 4 for the number of the piece and 8 for the order of the conducting voxels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.errors import DeviceError
from ragone.pipelines.characterise.kernel.blocks import Pieces
from ragone.pipelines.characterise.kernel.conjugate_gradients import FACTORS
from ragone.pipelines.characterise.kernel.graph import Levels
from ragone.pipelines.characterise.kernel.operator import Operator
from ragone.pipelines.characterise.kernel.sweeps import Field
from ragone.pipelines.characterise.kernel.torch_cycle import SegmentSum, Tensor, TorchLevels, dot, reciprocal

_INNER = (slice(1, -1),) * 3


class TorchGradients:
    """The iteration: `deviation` approaches the solution of A deviation = right."""

    def __init__(
        self, operator: Operator, pieces: Pieces, levels: Levels, fields: Sequence[Field], device: str
    ) -> None:
        """`fields` are three at least, of the operator's precision and padded shape, with zero padding.

        `left` is to hold the right side before the first step; it is copied to the device then.
        """
        import torch

        def copied(values: npt.NDArray[Any]) -> Tensor:
            return torch.from_numpy(values).to(device, copy=True)

        self._copied = copied
        self._host, self.left, self.spare = fields[:3]
        self._host.fill(0)
        self._stale = False
        self._periodic = operator.volume.periodic
        self._weights = [float(weight) for weight in operator.weights]
        self._faces = None if operator.faces is None else [copied(face) for face in operator.faces]
        self._diagonal = copied(operator.diagonal[_INNER].astype(operator.dtype))
        self._reciprocal = reciprocal(self._diagonal)
        self._of_voxel = copied(np.ascontiguousarray(pieces.of_voxel[_INNER]).reshape(-1))
        self._pieces = SegmentSum(self._of_voxel, pieces.count)
        self._levels = TorchLevels(levels, device)
        self._deviation, self._direction, self._step = (copied(self._host) for _ in range(3))
        self._left: Tensor = None
        self._energy = 0.0

    @property
    def deviation(self) -> Field:
        """The deviation on the CPU, padding filled."""
        if self._stale:
            self._host[...] = self._deviation.cpu().numpy()
            self._stale = False
        return self._host

    def step(self) -> float:
        """One iteration; returns by how much the energy fell, an estimate of the square of the error before it."""
        if self._left is None:
            self._left = self._copied(np.ascontiguousarray(self.left[_INNER]))
        self._precondition()
        energy = dot(self._step[_INNER], self._left)
        share = energy / self._energy if self._energy > 0 else 0.0
        self._energy = energy
        self._direction.mul_(share).add_(self._step)
        self._wrap(self._direction)
        along = self._direction[_INNER]
        image = self._diagonal * along - self._pull(self._direction)  # that of insulating voxels meets zeros only
        curvature = dot(along, image)
        if not curvature > 0:
            return 0.0
        length = energy / curvature
        self._deviation.add_(self._direction, alpha=length)
        self._left.sub_(image, alpha=length)
        self._stale = True
        return length * energy

    def _precondition(self) -> None:
        """One multigrid cycle on what is left, into `_step`."""
        value = self._step[_INNER]
        value[...] = FACTORS[0] * self._left * self._reciprocal
        self._wrap(self._step)
        self._relax(FACTORS[1])
        rest = self._left - self._diagonal * value + self._pull(self._step)
        coarse = self._levels.solve(self._pieces(rest.reshape(-1)))
        extended = coarse.new_zeros(len(coarse) + 1)  # the last entry is for insulating voxels
        extended[:-1] = coarse
        value += extended.index_select(0, self._of_voxel).reshape(value.shape)
        self._wrap(self._step)
        self._relax(FACTORS[1])
        self._relax(FACTORS[0])

    def _relax(self, factor: float) -> None:
        """One damped Jacobi step; insulating voxels stay zero."""
        value = self._step[_INNER]
        value += factor * ((self._left + self._pull(self._step)) * self._reciprocal - value)
        self._wrap(self._step)

    def _pull(self, x: Tensor) -> Tensor:
        """Sum over the faces of conductance times the neighbour's value."""
        total: Tensor = 0
        for axis, weight in enumerate(self._weights):
            lower, upper = _shifted(x, axis, -1), _shifted(x, axis, 1)
            if self._faces is None:
                total = weight * (lower + upper) + total
            else:
                face = self._faces[axis]
                total = _shifted(face, axis, -1) * lower + face[_INNER] * upper + total
        return total

    def _wrap(self, x: Tensor) -> None:
        """Fill the padding at periodic sides."""
        for axis, joined in enumerate(self._periodic):
            if joined:
                x.select(axis, 0).copy_(x.select(axis, -2))
                x.select(axis, -1).copy_(x.select(axis, 1))


def require_device(device: str) -> None:
    """DeviceError unless torch can compute there."""
    import torch

    try:
        torch.zeros(1, device=device).item()
    except (AssertionError, NotImplementedError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise DeviceError(
            f"device = {device!r} cannot be used: {reason} Choose device='cpu', which needs no torch; 'cuda' needs an "
            "NVIDIA GPU, its driver, and a build of torch with CUDA."
        ) from error


def _shifted(x: Tensor, axis: int, by: int) -> Tensor:
    """The neighbours of the inner voxels, one further along the axis."""
    size = x.shape[axis]
    return x[tuple(slice(1 + by, size - 1 + by) if a == axis else slice(1, -1) for a in range(3))]
