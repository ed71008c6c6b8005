"""What does a volume conduct whose far end is blocked and whose walls take up charge? A resistance, as a conductivity.

In a symmetric cell with blocking electrodes ions enter the pores at the separator and charge the walls; none leaves at
the current collector. Towards low frequencies every wall takes up the same current for its area, and the real part of
the impedance becomes the dissipation of that flow over the square of its current. It is steady conduction again: one
end of fixed potential, all else closed, and a sink at each wall, known beforehand. Dead ends count, since their walls
are charged like all others; only what the entry does not reach is left out.

A channel of conductivity k, length L and cross-section A with walls spread evenly along it has the resistance
L / (3 k A) of a transmission line. So the result is stated as L / (3 A) over the resistance, in the unit of the
conductivities.

Walls are the faces of the volume's voxels between what conducts and what does not. Sides are cut faces, and the blocked
end is the collector: they take up nothing.

Here the energy of a potential bounds the dissipation from below, and a balanced flux from above (see `bounds`).

References
----------
Nguyen et al. 2020, npj Comput. Mater. 6, 123, doi 10.1038/s41524-020-00386-4 (electrode tortuosity factor). De Levie
1963, Electrochim. Acta 8, 751, doi 10.1016/0013-4686(63)80042-0 (transmission line of a pore).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from numba import prange

from ragone.pipelines.characterise.kernel.coarsened import read_coarsened_volume
from ragone.pipelines.characterise.kernel.operator import Drive
from ragone.pipelines.characterise.kernel.solver import (
    COMPILED,
    EffectiveConductivity,
    Problem,
    prepare,
    require_limits,
    solve,
)
from ragone.pipelines.characterise.kernel.threads import solving
from ragone.pipelines.characterise.kernel.volume import Labels, Singles, Volume, conductivity_of_labels, grid_of
from ragone.pipelines.compiled import compiled
from ragone.schemas import TransportOutcome

_TRANSMISSION_LINE = 3.0
_NO_DRIVE: Drive = (0.0, 0.0, 0.0)


def blocked_conductivity(
    labels: Labels,
    conductivities: Mapping[int, float],
    *,
    axis: int = 0,
    voxel_size: tuple[float, float, float] = (1.0, 1.0, 1.0),
    relative_tolerance: float = 1e-3,
    largest_iteration_count: int = 200,
    coarsening: int = 1,
) -> EffectiveConductivity:
    """Conductivity of the transmission line that has the resistance of a volume blocked at the end of an axis.

    Parameters
    ----------
    labels
        Shape (x, y, z), uint8. Charge enters at the first layer of the axis.
    conductivities, axis, voxel_size, relative_tolerance, largest_iteration_count, coarsening
        As of `effective_conductivity`.

    Returns
    -------
    EffectiveConductivity
        Not percolating, and zero, where nothing that the entry reaches has a wall.

    Raises
    ------
    VolumeError, ConductivityError, BoundsError
        If the volume, a conductivity or a limit cannot be used.
    """
    require_limits(relative_tolerance, largest_iteration_count)
    with solving(np.size(labels)):
        volume = read_blocked_volume(labels, conductivities, axis=axis, voxel_size=voxel_size, factor=coarsening)
        problem = prepare(volume, relative_tolerance)
        current = 0.0 if problem is None else _reached(problem)
        if problem is None or current == 0:
            return EffectiveConductivity(0.0, 0.0, 0.0, TransportOutcome.NOT_PERCOLATING, 0)
        bracket = solve(problem, _NO_DRIVE, relative_tolerance, largest_iteration_count, COMPILED)
    scale = volume.scale * volume.shape[0] / (volume.shape[1] * volume.shape[2]) * current**2 / _TRANSMISSION_LINE
    outcome = TransportOutcome.CONVERGED if bracket.narrow(relative_tolerance) else TransportOutcome.MAX_STEPS
    value, lower, upper = (_over(scale, energy) for energy in (bracket.value, bracket.lower, bracket.upper))
    return EffectiveConductivity(value, lower, upper, outcome, bracket.iterations)


def read_blocked_volume(
    labels: Labels,
    conductivities: Mapping[int, float],
    *,
    axis: int,
    voxel_size: tuple[float, float, float],
    factor: int,
) -> Volume:
    """The volume with `axis` brought to the front, its far end closed, and the area of its walls as sources.

    Parameters and errors are those of `read_coarsened_volume`.
    """
    volume = read_coarsened_volume(labels, conductivities, axis=axis, voxel_size=voxel_size, factor=factor)
    assert volume.conductances is not None
    volume.conductances.ends[1] = 0
    order, weights = grid_of(labels, axis, voxel_size)
    areas = np.sqrt(weights / np.prod(weights))  # volume over edge is in proportion to the root of the weight
    sources = np.zeros(volume.phase.shape, np.float32)
    conducts = conductivity_of_labels(labels, conductivities) > 0
    _walls(labels.transpose(order), conducts, areas / areas.max(), factor, sources)
    return replace(volume, sources=sources)


def _reached(problem: Problem) -> float:
    """Sum of the sources that the entry reaches; the others become zero, in place."""
    volume = problem.operator.volume
    assert volume.sources is not None
    volume.sources[volume.phase == 0] = 0
    return float(volume.sources.sum(dtype=np.float64))


def _over(scale: float, energy: float) -> float:
    """Conductivity for an energy, which is less than zero by the dissipation."""
    return scale / -energy if energy < 0 else math.inf


@compiled(parallel=True)
def _walls(
    labels: Labels, conducts: npt.NDArray[np.bool_], areas: npt.NDArray[np.float64], factor: int, sources: Singles
) -> None:
    """Add the area of the walls inside the volume to the coarse voxels whose fine voxels they bound."""
    for coarse in prange(labels.shape[0] // factor):
        for i in range(coarse * factor, (coarse + 1) * factor):
            for j in range(labels.shape[1]):
                for k in range(labels.shape[2]):
                    if not conducts[labels[i, j, k]]:
                        continue
                    area = 0.0
                    for axis in range(3):
                        di, dj, dk = int(axis == 0), int(axis == 1), int(axis == 2)
                        for side in range(-1, 2, 2):
                            a, b, c = i + side * di, j + side * dj, k + side * dk
                            inside = 0 <= a < labels.shape[0] and 0 <= b < labels.shape[1] and 0 <= c < labels.shape[2]
                            if inside and not conducts[labels[a, b, c]]:
                                area += areas[axis]
                    sources[coarse + 1, j // factor + 1, k // factor + 1] += area
