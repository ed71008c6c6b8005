"""Multigrid-preconditioned conjugate gradients on the voxels of one volume."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.kernel.blocks import Pieces
from ragone.pipelines.characterise.kernel.cycle import WORK_ROWS, solve_coarse
from ragone.pipelines.characterise.kernel.graph import Levels
from ragone.pipelines.characterise.kernel.operator import Operator
from ragone.pipelines.characterise.kernel.sweeps import (
    Field,
    advance,
    correct_and_smooth,
    make_scratch,
    multiply,
    smooth_and_restrict,
    turn,
)
from ragone.pipelines.characterise.kernel.volume import wrap

_STEPS = 2
_LOWEST = 2 / 6  # of the eigenvalues of D^-1 A that relaxation damps; the highest is 2 at most
FACTORS = tuple(
    1 / ((2 + _LOWEST) / 2 + (2 - _LOWEST) / 2 * math.cos(math.pi * (2 * n + 1) / (2 * _STEPS))) for n in range(_STEPS)
)

FIELDS = 5


class ConjugateGradients:
    """The iteration: `deviation` approaches the solution of A deviation = right."""

    def __init__(self, operator: Operator, pieces: Pieces, levels: Levels, fields: Sequence[Field]) -> None:
        """`fields` are FIELDS of the operator's precision and padded shape, with zero padding."""
        self._operator = operator
        self._pieces = pieces
        self._levels = levels
        self._work = np.zeros((WORK_ROWS, int(levels.offsets[-1])), dtype=operator.dtype)
        self._factors = tuple(operator.dtype.type(factor) for factor in FACTORS)
        self._sums = np.zeros(len(operator.diagonal))
        self._scratch = make_scratch(len(operator.diagonal), operator.diagonal[0].size, operator.dtype)
        self._energy = 0.0
        self.deviation, self.left, self._direction, self._one, self._other = fields
        self.deviation.fill(0)

    @property
    def spare(self) -> Field:
        """A field that holds nothing between two steps."""
        return self._one

    def step(self) -> float:
        """One iteration; returns by how much the energy fell, an estimate of the square of the error before it."""
        operator, dtype = self._operator, self._operator.dtype.type
        step = self._precondition()
        energy = math.fsum(self._sums)
        share = energy / self._energy if self._energy > 0 else 0.0
        self._energy = energy
        if share:
            turn(_layers(self._direction), _layers(step), dtype(share))
        else:
            self._direction[...] = step
        wrap(self._direction, operator.volume.periodic)
        multiply(
            _layers(self._direction),
            *operator.layers(),
            self._direction.shape[2],
            self._scratch,
            _layers(self._other),
            self._sums,
        )
        curvature = math.fsum(self._sums)
        if not curvature > 0:
            return 0.0
        length = energy / curvature
        advance(
            _layers(self.deviation),
            _layers(self._direction),
            _layers(self.left),
            _layers(self._other),
            dtype(length),
        )
        return length * energy

    def _precondition(self) -> Field:
        """One multigrid cycle on what is left; `_sums` receives its product with it."""
        pieces, operator = self._pieces, self._operator
        common = (_layers(self.left), *operator.layers(), self._factors, self.left.shape[2], operator.volume.periodic)
        of_voxel = _layers(pieces.of_voxel)
        restricted = np.zeros(pieces.count + 1, dtype=operator.dtype)
        smooth_and_restrict(*common, of_voxel, pieces.first, self._scratch, _layers(self._one), restricted)
        restricted[:-1] = solve_coarse(self._levels, restricted[:-1], self._work)
        correct_and_smooth(
            _layers(self._one), *common, of_voxel, restricted, self._scratch, _layers(self._other), self._sums
        )
        self._one, self._other = self._other, self._one
        return self._one


def _layers(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A field with the voxels of each layer in a row."""
    return values.reshape(len(values), -1)
