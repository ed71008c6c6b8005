"""The effective conductivity of a labelled volume along one axis, with a certified interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipelines.characterise.kernel.blocks import Pieces, find_pieces
from pipelines.characterise.kernel.bounds import certified_interval
from pipelines.characterise.kernel.conjugate_gradients import FIELDS, ConjugateGradients
from pipelines.characterise.kernel.fields import lend_fields
from pipelines.characterise.kernel.graph import Graph, build_levels
from pipelines.characterise.kernel.operator import build_operator, residual
from pipelines.characterise.kernel.volume import Labels, Volume, read_volume, wrap
from schemas import TransportOutcome

_SINGLE_IS_ENOUGH = 1e-5  # relative tolerance down to which single precision serves
_EXPECTED_RATIO = 4.0  # of the certified interval to the estimated error; only decides when to look


@dataclass(frozen=True, slots=True)
class EffectiveConductivity:
    """Effective conductivity along an axis, in the unit of the conductivities given.

    Attributes
    ----------
    value
        Best estimate, inside the interval.
    lower, upper
        Certified bounds of the discrete problem.
    outcome
        Converged, not percolating (all three values are zero), or step limit (the interval is wider than asked for).
    iterations
        Of the conjugate gradients.
    """

    value: float
    lower: float
    upper: float
    outcome: TransportOutcome
    iterations: int


def effective_conductivity(
    labels: Labels,
    conductivities: Mapping[int, float],
    *,
    axis: int = 0,
    voxel_size: tuple[float, float, float] = (1.0, 1.0, 1.0),
    periodic_sides: bool = False,
    relative_tolerance: float = 1e-3,
    largest_iteration_count: int = 200,
) -> EffectiveConductivity:
    """Effective conductivity of a labelled volume: fixed potentials half a voxel outside its ends.
    """
    volume = read_volume(
        labels,
        conductivities,
        axis=axis,
        voxel_size=voxel_size,
        periodic=tuple(periodic_sides and a != axis for a in range(3)),
    )
    pieces = find_pieces(volume)
    if pieces.count == 0:
        return EffectiveConductivity(0.0, 0.0, 0.0, TransportOutcome.NOT_PERCOLATING, 0)
    return _solve(volume, pieces, relative_tolerance, largest_iteration_count)


def _solve(volume: Volume, pieces: Pieces, tolerance: float, limit: int) -> EffectiveConductivity:
    dtype = np.dtype(np.float32 if tolerance >= _SINGLE_IS_ENOUGH else np.float64)
    wrap(volume.phase, volume.periodic)
    wrap(pieces.of_voxel, volume.periodic)
    operator = build_operator(volume, dtype)
    levels = build_levels(Graph(pieces.start, pieces.neighbours, pieces.conductances, pieces.ground), dtype)
    scale = volume.scale * volume.shape[0] / (volume.shape[1] * volume.shape[2])
    with lend_fields(volume.phase.shape, dtype, FIELDS) as fields:
        gradients = ConjugateGradients(operator, pieces, levels, fields)
        energy = residual(operator, gradients.deviation, 0, gradients.left)
        interval, value = (0.0, energy), energy
        falls: list[float] = []
        ratio = _EXPECTED_RATIO
        while True:
            left = _left(falls, energy)
            if len(falls) >= limit or ratio * left <= tolerance * energy:
                wrap(gradients.deviation, volume.periodic)
                interval = certified_interval(operator, pieces, levels, gradients.deviation, 0, gradients.spare)
                width = interval[1] - interval[0]
                value = min(max(energy - left, interval[0]), interval[1])
                if width <= tolerance * value or len(falls) >= limit or left <= 0: 
                    break
                ratio = max(ratio, min(10*ratio,width / left))
            falls.append(gradients.step())
            energy -= falls[-1]
    outcome = TransportOutcome.CONVERGED if width <= tolerance * value else TransportOutcome.MAX_STEPS
    return EffectiveConductivity(scale * value, scale * interval[0], scale * interval[1], outcome, len(falls))


def _left(falls: list[float], energy: float) -> float:
    """How much the energy will still fall, if it goes on as geometrically as in the last two steps."""
    if not falls:
        return energy
    if len(falls)==1: return falls[0]
    ratio = min(falls[-1] / falls[-2], 0.9)
    return falls[-1] * ratio / (1 - ratio)
