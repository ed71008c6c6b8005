"""How would ions and electrons cross this microstructure if its voxels were infinitely small? Richardson's answer.

Stairs of voxels make ways longer and necks narrower than the surfaces that they stand for, by an amount in proportion
to their edge: a tortuosity factor is 10 to 30 % too large with ten voxels to a particle's radius. Here the volume is
measured three times, on all of its voxels, on every second and on every fourth along each axis. Each kind is what would
have been drawn, or imaged, with voxels of that edge, and one and the same number of them enters each face of the solve
(`kernel.coarsened`), so that the three results differ by the edge alone. Twice the finest less the next is free of what
is in proportion to the edge.

The standard error is half of the difference between that and the same of the two coarser ones, with a third of what the
extrapolation changed in quadrature; of pores and area it is at least two thirds of what the two coarser ones differ by,
since two sizes may agree by chance. How often it holds the truth stands in docs/NUMERICS.md. Where the coarsest
volume does not conduct it is the whole of that change; where the next does not either, nothing is extrapolated, and a
conductance that doubles once more is within one standard error. Where the limit would be impossible (a tortuosity
factor below 1, a negative area) the sizes follow no trend: the finest value stands, and its change is the error. What
the solids would conduct if clusters that nearly touch were joined (`joined`) enters their value and their standard
error. Edges of any length: see `levels`.

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

from ragone.pipelines.characterise.carriers import canonical_labels, electronic, method_with_voxels, voxel_edges
from ragone.pipelines.characterise.homogenise import KERNEL, LIBRARIES, transport_of
from ragone.pipelines.characterise.joined import with_joined_clusters
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.pipelines.characterise.levels import every, middle_of, strides_within, voxels_of, words_of
from ragone.schemas import Materials, Microstructure, Transport, TransportOutcome, stage
from ragone.schemas.parameter import Positive

_EXTRAPOLATED = "extrapolated to voxels of no size"
_BY_LEVELS, _BY_CHANGE = 1 / 2, 1 / 3  # of two differences, the standard error
_LEAST = 2 / 3  # of the difference between the coarser sizes
_TOWARDS_JOINED = 1 / 4  # of the logarithm of what joined clusters conduct more, the value
_BY_JOINED = 1 / 2  # of that, the standard error
_AREA, _TAU = "specific_surface_area_per_metre", "pore_tortuosity_factor"
_SIGMA = "solid_effective_conductivity_siemens_per_metre"
_OUTCOMES = {_TAU: "pore_outcome", _SIGMA: "solid_outcome"}
_LOWEST = {_TAU: 1.0, _SIGMA: 0.0, _AREA: 0.0}
_DOUBLED = {_TAU: 1 / 2, _SIGMA: 1.0, _AREA: 0.0}  # relative change where the conductance doubles


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
        Axis 0 is through-plane. Of edges that are no multiples of four times the coarsening, the largest middle that
        has such edges tells by how much the whole changes, which is cut to multiples of the coarsening. Below eight
        times the coarsening two voxel sizes serve instead of three; below four times it the volume is refused.
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
        "cpu" for our own kernel; "cuda", or another torch device, for the same iteration through torch.

    Returns
    -------
    Transport
        Fractions and outcomes of all voxels; a standard error for a single volume is that by its voxels. No certified
        bounds: these are of voxels.

    Raises
    ------
    VolumeError
        If the volume is too small.
    """
    labels = canonical_labels(microstructure)
    strides = strides_within(labels.shape, coarsening)
    whole, part = middle_of(labels, coarsening), middle_of(labels, strides[-1] * coarsening)
    limits: dict[str, Any] = {
        "coarsening": coarsening,
        "relative_tolerance": relative_tolerance,
        "largest_iteration_count": largest_iteration_count,
        "device": device,
    }
    method = method_with_voxels(_method(strides, limits, (labels.shape, whole.shape, part.shape)), microstructure)

    def solve(voxels: Any, stride: int) -> Transport:
        coarser = replace(microstructure, voxel_edges_metre=microstructure.voxel_edges_metre * stride)
        return transport_of(coarser, every(voxels, stride), materials, method, limits)

    levels = [solve(part, stride) for stride in strides]
    finest = levels[0] if part.shape == whole.shape else solve(whole, 1)
    solids = electronic(materials)
    joined = effective_conductivity(
        with_joined_clusters(whole, solids), solids, voxel_size=voxel_edges(microstructure), **limits
    )
    return _with_contacts(_extrapolated(finest, levels), joined.value)


def is_extrapolated(transport: Transport) -> bool:
    """Whether the metrics are those in the limit of small voxels."""
    return _EXTRAPOLATED in transport.method


def _method(strides: tuple[int, ...], limits: dict[str, Any], shapes: tuple[Any, Any, Any]) -> str:
    """Solver and voxel sizes; and which part of the volume gave what, unless all of it did."""
    given, whole, part = shapes
    said = (
        f"{KERNEL.format(limits['relative_tolerance'])}; faces of {limits['coarsening']} voxels; {_EXTRAPOLATED} from "
        f"{words_of(strides)}"
    )
    said += f" of the middle {voxels_of(part)}" if part != whole else ""
    return said + (f"; {voxels_of(whole)} of {voxels_of(given)} voxels" if whole != given else "")


def _extrapolated(finest: Transport, levels: list[Transport]) -> Transport:
    """The finest transport with its metrics in the limit, and their standard errors.

    What the finest conducts less or more than the first level, a part of the same volume, it does in the limit.
    """
    changed: dict[str, Any] = {f"{metric}_{side}": None for metric in _OUTCOMES for side in ("lower", "upper")}
    for metric, lowest in _LOWEST.items():
        if not _conducts(metric, finest):
            continue
        conducting = [getattr(level, metric) for level in itertools.takewhile(partial(_conducts, metric), levels)]
        own = getattr(finest, metric)
        share = own / conducting[0] if conducting and conducting[0] > 0 else 1.0
        values = [share * value for value in conducting] or [own]
        value, error = _limit(values, lowest, _DOUBLED[metric])
        if metric != _SIGMA and len(values) == 3:  # what the solids' contacts may do enters by itself
            error = max(error, _LEAST * abs(values[1] - values[2]))
        changed |= {metric: value, f"{metric}_standard_error": error}
        changed |= _by_materials(finest, metric, value)
    return replace(finest, **changed)


def _with_contacts(limit: Transport, joined: float) -> Transport:
    """The transport whose solids may conduct up to what they do where nearly touching clusters meet [S/m]."""
    value, error = limit.solid_effective_conductivity_siemens_per_metre, getattr(limit, f"{_SIGMA}_standard_error")
    if error is None or not 0 < value < joined:
        return limit
    raised = value * (joined / value) ** _TOWARDS_JOINED
    changed = {_SIGMA: raised, f"{_SIGMA}_standard_error": math.hypot(error, _BY_JOINED * (joined - value))}
    return replace(limit, **changed, **_by_materials(limit, _SIGMA, raised))


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
    value = 2 * values[0] - values[1]
    if value < lowest:
        return values[0], abs(values[1] - values[0])
    change = value - values[0]
    if len(values) == 2:
        return value, abs(change)
    before = 2 * values[1] - values[2]
    return value, math.hypot(_BY_LEVELS * (value - before), _BY_CHANGE * change)
