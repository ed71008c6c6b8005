"""How would ions and electrons cross this microstructure if its voxels were infinitely small? Richardson's answer.

Stairs of voxels make ways longer and necks narrower than the surfaces that they stand for, by an amount in proportion
to their edge: a tortuosity factor is 10 to 30 % too large with ten voxels to a particle's radius. Here the volume is
measured three times, on all of its voxels, on every second and on every fourth along each axis. Each kind is what would
have been drawn, or imaged, with voxels of that edge, and one and the same number of them enters each face of the solve
(`kernel.coarsened`), so that the three results differ by the edge alone. Twice the finest less the next is free of what
is in proportion to the edge.

The standard error is half of the difference between that and the same of the two coarser ones, with a third of what the
extrapolation changed in quadrature; how often it holds the truth stands in docs/NUMERICS.md. Where the coarsest
volume does not conduct it is the whole of that change; where the next does not either, nothing is extrapolated, and a
conductance that doubles once more is within one standard error.

What it does not do: nothing smaller than a voxel comes back, a crack that was not imaged least of all. Contacts between
particles are as wide as the packing or the image makes them, and have no resistance of their own.

References
----------
Richardson 1911, Philos. Trans. R. Soc. A 210, 307, doi 10.1098/rsta.1911.0009.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ragone.pipelines.characterise.carriers import canonical_labels, method_with_voxels
from ragone.pipelines.characterise.errors import VolumeError
from ragone.pipelines.characterise.homogenise import KERNEL, LIBRARIES, transport_of
from ragone.schemas import Materials, Microstructure, Transport, TransportOutcome, stage
from ragone.schemas.parameter import Positive

_STRIDES = (1, 2, 4)  # voxels along each axis
_BY_LEVELS, _BY_CHANGE = 1 / 2, 1 / 3  # of two differences, the standard error
_AREA, _TAU = "specific_surface_area_per_metre", "pore_tortuosity_factor"
_SIGMA = "solid_effective_conductivity_siemens_per_metre"
_OUTCOMES = {_TAU: "pore_outcome", _SIGMA: "solid_outcome"}
_LOWEST = {_TAU: 1.0, _SIGMA: 0.0, _AREA: 0.0}
_DOUBLED = {_TAU: 1 / 2, _SIGMA: 1.0}  # relative change where the conductance doubles


@stage("characterise.homogenise_extrapolated", libraries=LIBRARIES)
def homogenise_extrapolated(
    microstructure: Microstructure,
    materials: Materials,
    *,
    coarsening: int = 2,
    relative_tolerance: Positive = 3e-4,
    largest_iteration_count: int = 500,
    device: str = "cpu",
) -> Transport:
    """Surface area, tortuosity factor and effective conductivity in the limit of small voxels, with standard errors.

    Parameters
    ----------
    microstructure
        Axis 0 is through-plane. Each edge a multiple of four times the coarsening, and at least eight such.
    materials
        Conductivities of the bulk enter; nanoporosity too if the carbon-binder conducts ions.
    coarsening
        Voxels of the volume along the edge of one of the solve [-]: two at four times the memory and time of four,
        for half of the error.
    relative_tolerance
        Largest width of the certified interval over the value [-], of each of the three solves.
    largest_iteration_count
        After which the interval reached is taken [-].
    device
        "cpu" for the compiled kernel; "cuda", or another torch device, for the same iteration through torch.

    Returns
    -------
    Transport
        Fractions and outcomes of all voxels; a standard error for a single volume is that by its voxels. No certified
        bounds: these are of voxels.

    Raises
    ------
    VolumeError
        If the volume is too small, or its edges are not such multiples.
    """
    step = _STRIDES[-1] * coarsening
    if coarsening < 1 or any(length % step or length < 2 * step for length in microstructure.labels.shape):
        raise VolumeError(
            f"a volume of {microstructure.labels.shape} voxels cannot be extrapolated with coarsening = {coarsening}: "
            f"each edge must be a multiple of {step}, and at least {2 * step}. Cut it, or use another coarsening."
        )
    labels = canonical_labels(microstructure)
    limits = {
        "coarsening": coarsening,
        "relative_tolerance": relative_tolerance,
        "largest_iteration_count": largest_iteration_count,
        "device": device,
    }
    method = method_with_voxels(
        f"{KERNEL.format(relative_tolerance)}; faces of {coarsening} voxels; extrapolated to voxels of no size from "
        f"every {_STRIDES[0]}st, {_STRIDES[1]}nd and {_STRIDES[2]}th",
        microstructure,
    )
    levels = [
        transport_of(_every(microstructure, stride), _thinned(labels, stride), materials, method, limits)
        for stride in _STRIDES
    ]
    return _extrapolated(levels)


def _every(microstructure: Microstructure, stride: int) -> Microstructure:
    """The volume as it would be with voxels so many times as long."""
    return replace(
        microstructure,
        labels=_thinned(microstructure.labels, stride),
        voxel_edges_metre=microstructure.voxel_edges_metre * stride,
    )


def _thinned(labels: Any, stride: int) -> Any:
    kept = slice(stride // 2, None, stride)
    return np.ascontiguousarray(labels[kept, kept, kept])


def _extrapolated(levels: list[Transport]) -> Transport:
    """The finest transport with its metrics in the limit, and their standard errors."""
    changed: dict[str, Any] = {f"{metric}_{side}": None for metric in _OUTCOMES for side in ("lower", "upper")}
    for metric, lowest in _LOWEST.items():
        conducting = list(itertools.takewhile(partial(_conducts, metric), levels))
        if conducting:
            value, error = _limit([getattr(level, metric) for level in conducting], lowest, _DOUBLED.get(metric, 0.0))
            changed |= {metric: value, f"{metric}_standard_error": error}
            changed |= _by_materials(levels[0], metric, value)
    return replace(levels[0], **changed)


def _by_materials(finest: Transport, metric: str, value: float) -> dict[str, Any]:
    """The standard error by the materials, as large a part of the limit as of the finest value."""
    name = f"materials_{metric}_standard_error"
    error = getattr(finest, name, None)
    return {} if not error else {name: error * value / getattr(finest, metric)}


def _conducts(metric: str, level: Transport) -> bool:
    return metric == _AREA or getattr(level, _OUTCOMES[metric]) is not TransportOutcome.NOT_PERCOLATING


def _limit(values: list[float], lowest: float, doubled: float) -> tuple[float, float]:
    """Extrapolation of what the finer volumes gave, and its standard error."""
    if len(values) == 1:
        return values[0], doubled * values[0]
    value = max(2 * values[0] - values[1], lowest)
    change = value - values[0]
    if len(values) == 2:
        return value, abs(change)
    before = 2 * values[1] - values[2]
    return value, math.hypot(_BY_LEVELS * (value - before), _BY_CHANGE * change)
