"""Multigrid-preconditioned conjugate gradients on the voxels of one volume."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.characterise.kernel.blocks import Pieces
from pipelines.characterise.kernel.cycle import WORK_ROWS, solve_coarse
from pipelines.characterise.kernel.graph import Levels
from pipelines.characterise.kernel.operator import Operator
from pipelines.characterise.kernel.sweeps import (
    Field,
    add_pieces,
    advance,
    multiply,
    relax,
    relax_from_zero,
    restrict_residual,
    turn,
)
from pipelines.characterise.kernel.volume import wrap

_SMOOTHING_STEPS = 2
_LOWEST = 2 / 6  # of the eigenvalues of D^-1 A that relaxation damps; the highest is 2 at most
_FACTORS = tuple(
    1 / ((2 + _LOWEST) / 2 + (2 - _LOWEST) / 2 * math.cos(math.pi * (2 * n + 1) / (2 * _SMOOTHING_STEPS)))
    for n in range(_SMOOTHING_STEPS)
)

FIELDS = 5


class ConjugateGradients:
    """The iteration: `deviation` approaches the solution of A deviation = right."""

    def __init__(self, operator: Operator, pieces: Pieces, levels: Levels, fields: Sequence[Field]) -> None:
        """`fields` are FIELDS of the operator's precision, with zero padding."""
        self._operator = operator
        self._pieces = pieces
        self._levels = levels
        self._work = np.zeros((WORK_ROWS, int(levels.offsets[-1])), dtype=operator.dtype)
        self._sums = np.zeros(len(operator.diagonal))
        self.deviation, self.left, self._direction, self._one, self._other = fields
        self.deviation.fill(0)
        self._energy = 0.0

    @property
    def spare(self) -> Field:
        """A field that holds nothing between two steps."""
        return self._one

    def step(self) -> float:
        """One iteration; returns by how much the energy fell, an estimate of the square of the error before it."""
        dtype = self._operator.dtype.type
        step = self._precondition()
        energy = math.fsum(self._sums)
        share = energy / self._energy if self._energy > 0 else 0.0
        self._energy = energy
        if share:
            turn(self._direction, step, dtype(share))
        else:
            self._direction[...] = step
        self._wrap(self._direction)
        image = self._other
        multiply(
            self._direction, self._operator.diagonal, self._operator.weights, self._operator.faces, image, self._sums
        )
        curvature = math.fsum(self._sums)
        if not curvature > 0:
            return 0.0
        length = energy / curvature
        advance(self.deviation, self._direction, self.left, image, dtype(length))
        return length * energy

    def _precondition(self) -> Field:
        """One multigrid cycle on what is left; `_sums` receives its product with it."""
        operator, dtype = self._operator, self._operator.dtype.type
        relax_from_zero(self.left, operator.diagonal, dtype(_FACTORS[0]), self._one)
        for factor in _FACTORS[1:]:
            self._relax(factor)
        self._wrap(self._one)
        restricted = np.zeros(self._pieces.count + 1, dtype=operator.dtype)
        restrict_residual(
            self._one,
            self.left,
            operator.diagonal,
            operator.weights,
            operator.faces,
            self._pieces.first,
            self._pieces.masks,
            restricted,
        )
        restricted[:-1] = solve_coarse(self._levels, restricted[:-1], self._work)
        add_pieces(self._one, self._pieces.of_voxel, restricted)
        for factor in reversed(_FACTORS):
            self._relax(factor)
        return self._one

    def _relax(self, factor: float) -> None:
        operator = self._operator
        self._wrap(self._one)
        relax(
            self._one,
            self.left,
            operator.diagonal,
            operator.weights,
            operator.faces,
            operator.dtype.type(factor),
            self._other,
            self._sums,
        )
        self._one, self._other = self._other, self._one

    def _wrap(self, values: Any) -> None:
        wrap(values, self._operator.volume.periodic)
