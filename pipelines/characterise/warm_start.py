"""Where should the relaxation start? Close to the answer: conjugate gradients with a coarse level of aggregates.

Successive over-relaxation crawls where well conducting islands lie in a poor conductor (carbon-binder in active
material: thousands of sweeps, the more the higher the contrast), because an island's potential moves only through its
weak contacts. Here each connected piece of one phase within a block of voxels is one unknown of a coarse system that is
solved directly, so islands move as a whole. The result is an initial field only: the solver that follows judges it.

What it does not do: no guarantee of the residual; if the iterations run out, the field reached is returned.

References
----------
Nicolaides 1987, SIAM J. Numer. Anal. 24, 355, doi 10.1137/0724027 (deflation by aggregates). Vuik et al. 1999,
J. Comput. Phys. 152, 385, doi 10.1006/jcph.1999.6255 (layers of high contrast).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

Floats = npt.NDArray[np.float64]

_LARGEST_ITERATIONS = 500
_RESIDUAL = 1e-6  # of the energy norm: the effective conductivity is better than that by the square
_DECIMALS = 11  # of the potential: hides the last bits, in which linear algebra libraries differ


def initial_potential(conductivity: Floats) -> Floats:
    """Potential of steady conduction along axis 0, from -0.5 before the first layer to 0.5 after the last.

    Parameters
    ----------
    conductivity
        Shape (x, y, z), relative [-]; zero insulates. Every conducting voxel must be connected to an end.

    Returns
    -------
    numpy.ndarray
        Shape (x, y, z) [-]; zero where nothing conducts.
    """
    conducts = conductivity > 0
    values = conductivity[conducts]
    first, second, conductance = _faces(conductivity)
    ends = np.zeros((2, *conductivity.shape))
    ends[0, 0], ends[1, -1] = 2 * conductivity[0], 2 * conductivity[-1]
    to_low, to_high = ends[0][conducts], ends[1][conducts]
    size = len(values)
    off_diagonal = _symmetric(first, second, conductance, size)
    diagonal = np.asarray(off_diagonal.sum(axis=1)).reshape(-1) + to_low + to_high
    matrix = (sparse.diags_array(diagonal) - off_diagonal).tocsr()
    blocks = _blocks(conductivity.shape)[conducts]
    alike = (blocks[first] == blocks[second]) & (values[first] == values[second])
    _, aggregate = connected_components(_symmetric(first[alike], second[alike], conductance[alike], size))
    field = np.zeros(conductivity.shape)
    field[conducts] = np.round(_solve(matrix, 0.5 * (to_high - to_low), diagonal, aggregate), _DECIMALS)
    return field


def _faces(conductivity: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """Faces between conducting voxels: number of the voxel on either side, and conductance (harmonic mean)."""
    conducts = conductivity > 0
    number = np.cumsum(conducts).reshape(conducts.shape) - 1
    firsts, seconds, conductances = [], [], []
    for axis in range(3):
        low = tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))
        high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        joined = conducts[low] & conducts[high]
        a, b = conductivity[low][joined], conductivity[high][joined]
        firsts.append(number[low][joined])
        seconds.append(number[high][joined])
        conductances.append(2 * a * b / (a + b))
    return np.concatenate(firsts), np.concatenate(seconds), np.concatenate(conductances)


def _symmetric(first: npt.NDArray[Any], second: npt.NDArray[Any], values: Floats, size: int) -> Any:
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    return sparse.coo_array((np.concatenate([values, values]), (rows, columns)), shape=(size, size)).tocsr()


def _blocks(shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """The number of the block of each voxel: 4 voxels along each edge, more where that makes over 24 along an axis."""
    edge = max(4, -(-max(shape) // 24))
    x, y, z = np.ogrid[: shape[0], : shape[1], : shape[2]]
    count = max(shape) // edge + 1
    return np.asarray(((x // edge) * count + y // edge) * count + z // edge, dtype=np.int64)


def _solve(matrix: Any, right: Floats, diagonal: Floats, aggregate: npt.NDArray[np.int32]) -> Floats:
    """Conjugate gradients, preconditioned by the diagonal plus the aggregates. Sums run in numpy's fixed order."""
    count = int(aggregate.max()) + 1
    spread = sparse.csr_array((np.ones(len(right)), (np.arange(len(right)), aggregate)), shape=(len(right), count))
    coarse = splu((spread.T @ matrix @ spread).tocsc())

    def precondition(residual: Floats) -> Floats:
        return np.asarray(residual / diagonal + coarse.solve(np.bincount(aggregate, residual, count))[aggregate])

    solution = np.zeros_like(right)
    residual = right.copy()
    direction = step = precondition(residual)
    energy = start = float(np.sum(residual * step))
    for _ in range(_LARGEST_ITERATIONS):
        if energy <= _RESIDUAL**2 * start:
            break
        image = matrix @ direction
        length = energy / float(np.sum(direction * image))
        solution += length * direction
        residual -= length * image
        step = precondition(residual)
        previous, energy = energy, float(np.sum(residual * step))
        direction = step + (energy / previous) * direction
    return solution
