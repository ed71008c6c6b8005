"""The full tensor of a volume that repeats itself: mean flux for a mean gradient along each axis.

All sides are joined, so that the tensor is defined, symmetric, and has principal axes; between fixed ends only one
number along one axis is. Off its diagonal the error is certified too: the bilinear energy of two approximate potentials
differs from the exact one by at most the product of their energy errors, each the square root of an interval's width.

A volume cut from an image does not repeat itself: its sides do not match, and where they meet phases are cut off. For
such a volume the values between fixed ends are the better ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.characterise.kernel.conjugate_gradients import FIELDS, ConjugateGradients
from ragone.pipelines.characterise.kernel.fields import lend_fields
from ragone.pipelines.characterise.kernel.operator import Drive, residual
from ragone.pipelines.characterise.kernel.solver import Bracket, Problem, prepare, require_limits, solve_to_interval
from ragone.pipelines.characterise.kernel.threads import solving
from ragone.pipelines.characterise.kernel.volume import Labels, Volume, read_volume, wrap
from ragone.pipelines.characterise.kernel.winding import endless_clusters
from ragone.schemas import TransportOutcome

Matrix = npt.NDArray[np.float64]

_DRIVES: tuple[Drive, ...] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class ConductivityTensor:
    """Effective conductivity of a periodic volume, in the unit of the conductivities given.

    Attributes
    ----------
    value
        Shape (3, 3), symmetric.
    half_width
        Shape (3, 3): largest error of each entry, certified for the discrete problem.
    outcomes
        Along each axis: converged, not percolating (its row and column are zero), or step limit.
    """

    value: Matrix
    half_width: Matrix
    outcomes: tuple[TransportOutcome, TransportOutcome, TransportOutcome]

    def principal(self) -> tuple[Matrix, Matrix]:
        """Principal values, ascending, shape (3,), and unit vectors of the principal axes in the columns, (3, 3).

        The first component of each that is not small is positive.
        """
        values, axes = np.linalg.eigh(self.value)
        signs = [np.sign(axis[np.argmax(np.abs(axis) > 0.5 * np.abs(axis).max())]) for axis in axes.T]
        return values, axes * np.array(signs)


def conductivity_tensor(
    labels: Labels,
    conductivities: Mapping[int, float],
    *,
    voxel_size: tuple[float, float, float] = (1.0, 1.0, 1.0),
    relative_tolerance: float = 1e-3,
    largest_iteration_count: int = 200,
) -> ConductivityTensor:
    """Full tensor of a labelled volume whose opposite sides are joined.

    Parameters
    ----------
    labels
        Shape (x, y, z), uint8.
    conductivities
        Of every label that occurs [any unit], finite, >= 0; zero insulates.
    voxel_size
        Edges of a voxel along x, y, z [any unit of length].
    relative_tolerance
        Largest width of the certified interval of each diagonal entry over its value [-], from 1e-11 to 1.
    largest_iteration_count
        For each axis [-], >= 1.

    Raises
    ------
    VolumeError, ConductivityError, BoundsError
        If the volume, a conductivity or the tolerance cannot be used.
    """
    require_limits(relative_tolerance, largest_iteration_count)
    with solving(np.size(labels)):
        volume = read_volume(labels, conductivities, axis=0, voxel_size=voxel_size, periodic=(True, True, True))
        inner = volume.phase[1:-1, 1:-1, 1:-1]
        endless, along = endless_clusters(inner > 0)
        inner[~endless] = 0
        problem = prepare(volume, relative_tolerance)
        if problem is None:
            return _nothing()
        return _solve(problem, along, relative_tolerance, largest_iteration_count)


def _nothing() -> ConductivityTensor:
    none = TransportOutcome.NOT_PERCOLATING
    return ConductivityTensor(np.zeros((3, 3)), np.zeros((3, 3)), (none, none, none))


def _solve(problem: Problem, along: tuple[bool, bool, bool], tolerance: float, limit: int) -> ConductivityTensor:
    operator = problem.operator
    brackets: list[Bracket | None] = []
    with lend_fields(operator.diagonal.shape, operator.dtype, FIELDS + 3) as fields:
        for axis, drive in enumerate(_DRIVES):
            if not along[axis]:
                brackets.append(None)
                continue
            gradients = ConjugateGradients(operator, problem.pieces, problem.levels, fields[:FIELDS])
            brackets.append(solve_to_interval(problem, gradients, drive, tolerance, limit))
            fields[FIELDS + axis][...] = gradients.deviation
        mixed = _mixed_energies(problem, brackets, fields)
    if any(bracket and bracket.needs_double_precision(problem, limit) for bracket in brackets):
        del fields, gradients
        return _solve(problem.in_double_precision(), along, tolerance, limit)
    return _tensor(operator.volume, brackets, mixed, tolerance)


def _mixed_energies(problem: Problem, brackets: list[Bracket | None], fields: list[Any]) -> Matrix:
    """Bilinear energies of the potentials of two axes, shape (3, 3), zero on the diagonal; by polarisation."""
    operator, both, out = problem.operator, fields[0], fields[1]

    def energy(one: int, other: int, sign: float) -> float:
        drop = np.add(_DRIVES[one], sign * np.array(_DRIVES[other])).tolist()
        np.multiply(fields[FIELDS + other], sign, out=both, casting="unsafe")
        np.add(both, fields[FIELDS + one], out=both)
        wrap(both, operator.volume.periodic)
        return residual(operator, both, (drop[0], drop[1], drop[2]), out)

    mixed = np.zeros((3, 3))
    for one in range(3):
        for other in range(one):
            if brackets[one] and brackets[other]:
                mixed[one, other] = mixed[other, one] = (energy(one, other, 1.0) - energy(one, other, -1.0)) / 4
    return mixed


def _tensor(volume: Volume, brackets: list[Bracket | None], mixed: Matrix, tolerance: float) -> ConductivityTensor:
    lengths = np.array(volume.shape) / np.sqrt(volume.weights)
    scale = volume.scale * volume.weights[0] * np.outer(lengths, lengths) / np.prod(volume.shape)
    widths = np.array([bracket.upper - bracket.lower if bracket else 0.0 for bracket in brackets])
    error = np.sqrt(np.outer(widths, widths))
    np.fill_diagonal(mixed, [bracket.value if bracket else 0.0 for bracket in brackets])
    outcomes = [
        TransportOutcome.NOT_PERCOLATING
        if bracket is None
        else (TransportOutcome.CONVERGED if bracket.narrow(tolerance) else TransportOutcome.MAX_STEPS)
        for bracket in brackets
    ]
    return ConductivityTensor(scale * mixed, scale * error, (outcomes[0], outcomes[1], outcomes[2]))
