"""The metrics of a volume that are compared: numbers, and curves that are averaged point by point.

A number that a volume does not have (the tortuosity factor of pores that do not percolate, the size of particles none
of which is whole) is NaN here, and is left out and counted where numbers are compared.

What it does not do: it measures nothing itself but reads the records of transport and geometry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.pipelines.fidelity.errors import FidelityInputError
from ragone.schemas import Geometry, TransportTensor
from ragone.schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PHASES, PORE

Floats = np.ndarray[Any, np.dtype[np.float64]]

_DIAMETER_STEPS = 128
_LARGEST_DIAMETER = 64.0  # voxels


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of one volume; `absolute` says that differences are not taken relative to the real mean."""

    name: str
    unit: str
    read: Callable[[TransportTensor, Geometry], float]
    absolute: bool = False


@dataclass(frozen=True, slots=True)
class Curves:
    """One curve of every volume, shape (volumes, points); `cumulative` ones are distributions over a length.

    `spacing` is the step of the lengths over a typical length, so that the area between two curves is relative.
    """

    name: str
    values: Floats
    cumulative: bool
    spacing: float


def _phase(name: str) -> Metric:
    return Metric(f"{name}_fraction", "1", lambda _, g: float(g.phase_fraction[_place(g, name)]), absolute=True)


def _area(first: str, second: str) -> Metric:
    return Metric(f"{first}_{second}_area", "1/m", lambda _, g: pair_area(g, first, second))


def _chord(name: str, *, through_plane: bool) -> Metric:
    axes = slice(0, 1) if through_plane else slice(1, 3)
    return Metric(
        f"mean_chord_{'through' if through_plane else 'in'}_plane_{name}",
        "m",
        lambda _, g: _mean_length(g.mean_chord_length_metre[_place(g, name)][axes]),
    )


def _tortuosity(axis: int) -> Metric:
    return Metric(f"pore_tortuosity_factor_axis_{axis}", "1", lambda t, _: _finite(t.pore_tortuosity_factors()[axis]))


def _percolation(name: str) -> Metric:
    return Metric(
        f"{name}_percolating_fraction",
        "1",
        lambda _, g: _of_phase(g, name, g.phase_percolating_fraction[_place(g, name), 0]),
        absolute=True,
    )


METRICS: tuple[Metric, ...] = (
    *(_phase(name) for name in PHASES),
    _area(PORE, ACTIVE_MATERIAL),
    _area(PORE, CARBON_BINDER),
    _area(ACTIVE_MATERIAL, CARBON_BINDER),
    Metric("pore_area", "1/m", lambda _, g: pair_area(g, PORE, ACTIVE_MATERIAL) + pair_area(g, PORE, CARBON_BINDER)),
    Metric("triple_phase_boundary", "1/m^2", lambda _, g: g.triple_phase_boundary_per_square_metre),
    *(_chord(name, through_plane=through) for name in PHASES for through in (True, False)),
    *(_tortuosity(axis) for axis in range(3)),
    Metric(
        "solid_effective_conductivity",
        "S/m",
        lambda t, _: float(t.solid_conductivity_siemens_per_metre[0, 0]),
    ),
    *(_percolation(name) for name in PHASES),
    Metric("solid_percolating_fraction", "1", lambda _, g: _finite(g.solid_percolating_fraction), absolute=True),
    Metric("mean_particle_diameter", "m", lambda _, g: _finite(g.mean_particle_diameter_metre)),
    Metric("mean_particle_sphericity", "1", lambda _, g: _finite(g.mean_particle_sphericity)),
    Metric("median_pore_diameter", "m", lambda _, g: _finite(g.median_pore_diameter_metre)),
)
METRIC_NAMES = tuple(metric.name for metric in METRICS)
CURVE_NAMES = (
    *(f"two_point_correlation_{name}" for name in PHASES),
    *(f"chord_lengths_{name}" for name in PHASES),
    "particle_diameters",
)


def numbers_of(tensors: Sequence[TransportTensor], geometries: Sequence[Geometry]) -> Floats:
    """Return the numbers in the order of METRICS, shape (volumes, metrics); NaN where a volume has no such number."""
    rows = [[m.read(t, g) for m in METRICS] for t, g in zip(tensors, geometries, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(-1, len(METRICS))


def curves_of(geometries: Sequence[Geometry]) -> list[Curves]:
    """Return the curves in the order of CURVE_NAMES.

    Raises
    ------
    FidelityInputError
        If the volumes are not of one size and voxel size, so that their curves have different lengths.
    """
    _require_alike(geometries)
    correlations = [_correlation(geometries, name) for name in PHASES]
    chords = [_chords(geometries, name) for name in PHASES]
    return [*correlations, *chords, _diameters(geometries)]


def pair_area(geometry: Geometry, first: str, second: str) -> float:
    """Return the area between two phases over the volume [1/m]; 0 if one of them is absent."""
    for name in (f"{first}/{second}", f"{second}/{first}"):
        if name in geometry.pair_names:
            return float(geometry.pair_area_per_metre[geometry.pair_names.index(name)])
    return 0.0


def _place(geometry: Geometry, name: str) -> int:
    if name not in geometry.phase_names:
        raise FidelityInputError(
            f"the volume has no phase {name!r}; it has {', '.join(geometry.phase_names)}. Give volumes of three phases."
        )
    return geometry.phase_names.index(name)


def _finite(value: float | None) -> float:
    return float(value) if value is not None and np.isfinite(value) else float("nan")


def _of_phase(geometry: Geometry, name: str, value: float) -> float:
    """Return the value, or NaN if the phase is absent."""
    return float(value) if geometry.phase_fraction[_place(geometry, name)] > 0 else float("nan")


def _mean_length(lengths: Floats) -> float:
    """Return the mean over axes, or NaN if one of them has none."""
    return float(np.mean(lengths)) if (lengths > 0).all() else float("nan")


def _correlation(geometries: Sequence[Geometry], name: str) -> Curves:
    values = np.array([g.two_point_correlation[_place(g, name)] for g in geometries])
    return Curves(f"two_point_correlation_{name}", values, cumulative=False, spacing=1.0)


def _chords(geometries: Sequence[Geometry], name: str) -> Curves:
    places = [_place(g, name) for g in geometries]
    values = np.array([g.chord_probability[p].mean(axis=0) for g, p in zip(geometries, places, strict=True)])
    typical = np.mean([g.mean_chord_length_metre[p].mean() for g, p in zip(geometries, places, strict=True)])
    spacing = geometries[0].voxel_size_metre / typical if typical else 0.0
    return Curves(f"chord_lengths_{name}", np.cumsum(values, axis=1), cumulative=True, spacing=float(spacing))


def _diameters(geometries: Sequence[Geometry]) -> Curves:
    voxel = geometries[0].voxel_size_metre
    steps = np.linspace(0, _LARGEST_DIAMETER * voxel, _DIAMETER_STEPS + 1)[1:]
    values = np.array([_distribution(g.particle_diameter_metre, g.particle_weight, steps) for g in geometries])
    means = [g.mean_particle_diameter_metre for g in geometries if g.mean_particle_diameter_metre]
    spacing = (steps[1] - steps[0]) / np.mean(means) if means else 0.0
    return Curves("particle_diameters", values, cumulative=True, spacing=float(spacing))


def _distribution(lengths: Floats, weights: Floats, steps: Floats) -> Floats:
    """Return the share at or below each step; NaN if there is nothing."""
    if not len(lengths):
        return np.full(len(steps), np.nan)
    below = np.concatenate([[0.0], np.cumsum(weights)])
    return np.asarray(below[np.searchsorted(lengths, steps, side="right")])


def _require_alike(geometries: Sequence[Geometry]) -> None:
    sizes = {(g.edge_voxels, g.voxel_size_metre) for g in geometries}
    lengths = {(len(g.correlation_distance_metre), g.chord_length_metre.shape[1]) for g in geometries}
    if len(sizes) > 1 or len(lengths) > 1:
        shown = ", ".join(f"{edge} voxels of {voxel:g} m" for edge, voxel in sorted(sizes))
        raise FidelityInputError(f"volumes of {shown} are not alike. Compare volumes of one size and voxel size.")
