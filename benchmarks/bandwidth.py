"""How far is an iteration of the kernel from what memory allows? Bytes that it must move, over the bandwidth measured.

Each sweep of an iteration reads and writes each of its fields once, however often it uses them; a field that is
written without having been read is first fetched into the cache (write-allocate), which counts once more. The same is
counted in the triad that measures the bandwidth: of a = b + c x two words are read, one fetched and one written.
One conducting phase, cubic voxels: the diagonal has a byte per voxel, the number of its piece four. The coarse levels
are not counted, so that the bound is a bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from benchmarks.measure import elapsed
from benchmarks.volumes import Labels
from ragone.pipelines.characterise.kernel.conjugate_gradients import FIELDS, ConjugateGradients
from ragone.pipelines.characterise.kernel.fields import lend_fields
from ragone.pipelines.characterise.kernel.operator import residual
from ragone.pipelines.characterise.kernel.solver import prepare
from ragone.pipelines.characterise.kernel.volume import read_volume

_TRIAD_WORDS = 2**24
_TRIAD_ROUNDS = 20
_ITERATIONS = 12


@dataclass(frozen=True)
class Sweep:
    """Fields that a sweep reads only, overwrites, and changes in place; whether diagonal and pieces are read."""

    reads: int
    overwrites: int = 0
    changes: int = 0
    diagonal: bool = False
    pieces: bool = False

    def bytes(self, field: int, diagonal: int) -> int:
        """Per voxel, from the bytes of an entry of a field and of the diagonal."""
        words = self.reads + 2 * self.overwrites + 2 * self.changes
        return words * field + self.diagonal * diagonal + self.pieces * np.dtype(np.int32).itemsize


ITERATION = {
    "smooth_and_restrict": Sweep(reads=1, overwrites=1, diagonal=True),  # pieces only where a block has several
    "correct_and_smooth": Sweep(reads=2, overwrites=1, diagonal=True, pieces=True),
    "turn": Sweep(reads=1, changes=1),
    "multiply": Sweep(reads=1, overwrites=1, diagonal=True),
    "advance": Sweep(reads=2, changes=2),
}


@dataclass(frozen=True)
class Bound:
    """Bytes that an iteration moves at least, seconds that it takes, and bandwidth [B/s]."""

    bytes: int
    seconds: float
    bandwidth: float

    @property
    def above(self) -> float:
        """Time of the iteration over the least time that moving its bytes takes."""
        return self.seconds * self.bandwidth / self.bytes


def iteration_bound(pore: Labels, bandwidth: float) -> Bound:
    """The fastest of several iterations on the pores, beside its bound."""
    volume = read_volume(pore, {0: 0.0, 1: 1.0}, axis=0, voxel_size=(1.0, 1.0, 1.0), periodic=(False, False, False))
    problem = prepare(volume, 1e-3)
    if problem is None:
        raise RuntimeError("the pores do not percolate")
    operator = problem.operator
    with lend_fields(operator.diagonal.shape, operator.dtype, FIELDS) as fields:
        gradients = ConjugateGradients(operator, problem.pieces, problem.levels, fields)
        residual(operator, gradients.deviation, (1.0, 0.0, 0.0), gradients.left)
        taken = min(elapsed(gradients.step) for _ in range(_ITERATIONS))
    field, diagonal = operator.dtype.itemsize, operator.diagonal.dtype.itemsize
    per_voxel = sum(sweep.bytes(field, diagonal) for sweep in ITERATION.values())
    return Bound(per_voxel * math.prod(operator.diagonal.shape), taken, bandwidth)


def triad_bandwidth() -> float:
    """Bytes per second of a triad on arrays far larger than the cache, all threads, the fastest of several."""
    b, c = np.ones((2, _TRIAD_WORDS))
    a = np.empty_like(b)
    taken = min(elapsed(lambda: _triad(a, b, c, 0.5)) for _ in range(_TRIAD_ROUNDS))
    return 4 * a.nbytes / taken


@numba.njit(parallel=True)
def _triad(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], c: npt.NDArray[np.float64], factor: float) -> None:
    for place in numba.prange(len(a)):
        a[place] = b[place] + factor * c[place]
