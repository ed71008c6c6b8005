"""How tortuous is a phase, by random walkers? A check of the solvers that shares neither method nor code with them.

Walkers diffuse in the phase of the volume continued by mirror images; along an axis their mean squared displacement
(MSD) grows as 2 D_walk t once they have seen the whole cell. How that gives the tortuosity factor:

Mirror images. In the mirrored medium, periodic with twice the edges, put a mean gradient along one axis. Mirroring the
potential at a plane across that axis must return it with opposite sign: these planes are equipotentials, half a voxel
outside the end layers. Mirroring it at a plane along the axis must return it unchanged: no flux crosses. This is the
very problem of fixed potentials on both ends and closed sides, voxel by voxel, and for every axis at once. A path in
the mirrored medium, folded back, is a path in the volume, so walkers escape to infinity along an axis exactly if their
cluster (6-connectivity) touches both its ends.

Which walkers. A uniform cloud in the whole phase has D_walk / D = 1 / tau, where D_eff / D = fraction / tau with the
*whole* fraction of the phase. In clusters that do not span the axis walkers stay within bounds and add nothing in the
end, so they are released in spanning clusters only, and their D_walk is multiplied by the part of the phase that spans.
Dead ends belong to the cluster: the time spent there is what raises tau. Whether the phase percolates is decided by
labelling, never by fitting.

Boxes. Along an axis of longer voxels steps are rarer, in proportion to the square of the edge: then free walkers
spread alike in all directions, and between voxels of one phase the chance of a step is the conductance of the face that
the solvers see.

Cost: by default 8192 walkers take 48 edge^2 steps each in a cube, which gives tau = 2 with a standard error of 1.1 %
along all three axes at once. At 64^3 these are 1.6e9 steps, 6 s on two cores; the work grows with edge^2, not with the
volume. With 1000 walkers or more the standard errors are themselves right to a few per cent; with 100 they are 5 % too
small.

What it does not do: several conducting phases or a diffusivity that varies, so that no walker enters a carbon-binder
that conducts ions. A part of the cell that walkers enter and leave more slowly than they cross it is seen only by the
slope's falling.

References
----------
Kim and Torquato 1990, J. Appl. Phys. 68, 3892, doi 10.1063/1.346276 (walkers and effective conductivity).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import label

from ragone.pipelines.characterise.carriers import method_with_voxels
from ragone.pipelines.characterise.errors import EmptyPhaseError
from ragone.pipelines.characterise.squared_displacement import Growth, final_growth
from ragone.pipelines.characterise.walkers import ALIKE, displacements
from ragone.schemas import Microstructure, RandomWalk, TransportOutcome, stage
from ragone.schemas.electrode import PORE
from ragone.schemas.field import Bounds

_AXES = range(3)
_RECORD_COUNT = 64  # times at which a walker is seen
_OWN_STEPS_PER_SQUARED_EDGE = 16  # the MSD reaches edge^2 after tau edge^2 along its axis; up to 4 within a quarter
_METHOD = "blind-ant walk in spanning clusters, mirrored volume; MSD slope from t to 2 t, root of the MSD(t) >= edge"


@stage("characterise.walk_randomly", libraries=("numba", "numpy", "scipy"))
def walk_randomly(
    microstructure: Microstructure,
    *,
    phase: str = PORE,
    walker_count: int = 8192,
    step_count: int | None = None,
    seed: int,
) -> RandomWalk:
    """Tortuosity factor of one phase along each axis, with standard errors.

    Parameters
    ----------
    microstructure
        Volume of any shape.
    phase
        Name of the phase that conducts; all others block.
    walker_count
        Independent walkers [-], >= 2; the standard error falls with its square root.
    step_count
        Steps of each walker [-], >= 64, rounded down to a multiple of that. Default: 48 times the square of the longest
        edge in voxels, if these are cubes.
    seed
        Equal seeds give equal results, whatever the number of threads.

    Returns
    -------
    RandomWalk
        A phase that does not span the volume along an axis is an outcome, tau = +inf; so is a walk too short for the
        slope to settle, with the value so far.

    Raises
    ------
    UnknownFieldError, EmptyPhaseError
        If there is no such phase, or no voxel of it.
    BoundsError
        If a count is out of range.
    """
    conducts = microstructure.phase(phase)
    if not conducts.any():
        raise EmptyPhaseError(f"no voxel is {phase!r}: walkers have nowhere to start. Choose a phase that is present.")
    shares = step_shares(microstructure.voxel_edges_metre)
    steps = default_step_count(conducts.shape, shares) if step_count is None else step_count
    Bounds(2).require(walker_count, "walker_count", "1")
    Bounds(_RECORD_COUNT, 2**31 - 1).require(steps, "step_count", "1")
    steps_between = steps // _RECORD_COUNT
    growths = relative_growths(conducts, shares, walker_count=walker_count, steps_between=steps_between, seed=seed)
    return RandomWalk(
        phase=phase,
        phase_fraction=float(conducts.mean()),
        **{name: value for axis in _AXES for name, value in _metrics(axis, growths[axis]).items()},
        first_fitted_step_count=np.array([0 if g is None else g.first_lag * steps_between for g in growths]),
        voxel_size_metre=microstructure.equivalent_voxel_size_metre,
        walker_count=walker_count,
        step_count=steps_between * _RECORD_COUNT,
        method=method_with_voxels(_METHOD, microstructure),
    )


def step_shares(edges: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Share of the steps along each axis [-], inverse to the square of a voxel's edge; a third if edges are equal."""
    rates = (edges.min() / edges) ** 2
    x, y, z = (rates / rates.sum()).tolist()
    return x, y, z


def default_step_count(shape: tuple[int, ...], shares: Sequence[float] = ALIKE) -> int:
    """Steps after which tau up to 4 can be fitted along every edge."""
    along = [round(_OWN_STEPS_PER_SQUARED_EDGE * n**2 / share) for n, share in zip(shape, shares, strict=True)]
    return max(_RECORD_COUNT, *along)


def relative_growths(
    conducts: npt.NDArray[np.bool_],
    shares: Sequence[float] = ALIKE,
    *,
    walker_count: int,
    steps_between: int,
    seed: int,
) -> list[Growth | None]:
    """Growth of the MSD along each axis over that of free walkers [-], which is 1 / tau; None where none spans.

    The MSD of free walkers is the number of their steps along the axis, its share of all. Axes share their walkers
    unless different clusters span them.
    """
    clusters, _ = label(conducts)
    found: list[Growth | None] = []
    tracks: dict[tuple[int, ...], npt.NDArray[np.int32]] = {}
    for axis in _AXES:
        spanning = _spanning(clusters, axis)
        if not spanning:
            found.append(None)
            continue
        reached = np.isin(clusters, spanning)
        if spanning not in tracks:
            tracks[spanning] = displacements(
                reached,
                shares,
                walker_count=walker_count,
                record_count=_RECORD_COUNT,
                steps_between=steps_between,
                seed=seed,
            )
        growth = final_growth(tracks[spanning][axis], conducts.shape[axis])
        found.append(growth.scaled(1 / shares[axis] / steps_between * float(reached.sum() / conducts.sum())))
    return found


def _spanning(clusters: npt.NDArray[Any], axis: int) -> tuple[int, ...]:
    """Numbers of the clusters that touch both ends of an axis."""
    both = np.intersect1d(clusters.take(0, axis), clusters.take(-1, axis))
    return tuple(both[both > 0].tolist())


def _metrics(axis: int, growth: Growth | None) -> dict[str, Any]:
    """The record's fields of one axis. A slope that noise made negative gives +inf."""
    outcome = TransportOutcome.NOT_PERCOLATING
    tau, error = math.inf, None
    if growth is not None:
        outcome = TransportOutcome.CONVERGED if growth.settled else TransportOutcome.MAX_STEPS
        if growth.slope > 0:
            tau, error = 1 / growth.slope, growth.standard_error / growth.slope**2
    name = f"tortuosity_factor_axis_{axis}"
    return {name: tau, f"{name}_standard_error": error, f"outcome_axis_{axis}": outcome}
