"""How far are tortuosity factor and conductivity off because of the voxel, as they are and extrapolated?

Electrodes drawn with 64 voxels to a particle's radius, their recipes at random. Their own limit is the truth: twice the
value of all voxels less that of every second. What is measured is every second, fourth or eighth voxel. For the solids
the limit is taken from voxels as they are and from those of twice the edge: the geometric mean of the two, half of
their difference as its uncertainty; a drawing is left out where either limit is below a tenth of the finest value:
particles that touch at points, whose contacts vanish with the voxel. Nothing is timed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.measure import Line, stated, tell
from ragone.pipelines.characterise import homogenise, homogenise_extrapolated
from ragone.pipelines.characterise.carriers import electronic, ionic, tortuosity_factor
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.pipelines.characterise.levels import every
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Microstructure, Recipe
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811

_COUNT, _EDGE, _SEED, _FINE_METRE = 10, 256, 300, 5e-8
_GIVEN = ((2, 256), (4, 256), (8, 256), (8, 208), (16, 192))  # stride, and edge of the part of the drawing [voxel]
_TAU, _SIGMA = "pore_tortuosity_factor", "solid_effective_conductivity_siemens_per_metre"
_SHORT = {_TAU: "tortuosity factor", _SIGMA: "conductivity of the solids"}
_LEAST = 0.1  # of the finest value, that of a limit
_LIMITS: dict[str, Any] = {"relative_tolerance": 3e-4}

Truth = tuple[float, float]  # value and its uncertainty
Deviation = tuple[float, float, float]  # of the voxels as they are, extrapolated [-]; extrapolated [standard errors]


def lines() -> list[Line]:
    """Lines for each quantity and voxel size: mean, scatter and largest deviation; how many intervals hold."""
    found: dict[tuple[str, int, int], list[Deviation]] = {}
    for number, volume in enumerate(_drawings()):
        tell(f"drawing {number + 1} of {_COUNT}")
        for part in sorted({part for _, part in _GIVEN}):
            cut = _cut(volume, part, 1)
            truths = {_TAU: _tau(cut), _SIGMA: _sigma(cut)}
            for stride in (stride for stride, other in _GIVEN if other == part):
                for name, deviation in _deviations(_cut(volume, part, stride), truths).items():
                    found.setdefault((name, stride, part), []).append(deviation)
    return [line for key, deviations in sorted(found.items()) for line in _stated(*key, np.array(deviations))]


def _drawings() -> list[Microstructure]:
    random = np.random.default_rng(_SEED)
    shares = random.uniform((0.2, 0.9, 0.0), (0.5, 0.98, 1.0), (_COUNT, 3)).tolist()
    return [
        pack_particles(
            Recipe(porosity=porosity, active_material_weight_fraction=active, binder_adhesion=adhesion),
            NMC_811,
            edge_voxels=_EDGE,
            voxel_size_metre=_FINE_METRE,
            seed=_SEED + number,
        )
        for number, (porosity, active, adhesion) in enumerate(shares)
    ]


def _cut(volume: Microstructure, edge: int, stride: int) -> Microstructure:
    labels = every(volume.labels[:edge, :edge, :edge], stride)
    return replace(volume, labels=labels, voxel_edges_metre=cubic_voxels(_FINE_METRE * stride))


def _limit(volume: Microstructure, table: Mapping[int, float], coarsening: int) -> tuple[float, float]:
    """Effective conductivity of all voxels, and of every second."""
    fine, coarse = (
        effective_conductivity(every(volume.labels, stride), table, coarsening=coarsening, **_LIMITS).value
        for stride in (1, 2)
    )
    return fine, coarse


def _tau(volume: Microstructure) -> Truth:
    fine, coarse = (
        tortuosity_factor(float(np.mean(every(volume.labels, stride) == 0)), conductivity)
        for stride, conductivity in zip((1, 2), _limit(volume, ionic(NMC_811), 2), strict=True)
    )
    return 2 * fine - coarse, 0.0


def _sigma(volume: Microstructure) -> Truth:
    pairs = [_limit(volume, electronic(NMC_811), coarsening) for coarsening in (1, 2)]
    one, other = (2 * fine - coarse for fine, coarse in pairs)
    if min(one / pairs[0][0], other / pairs[1][0]) < _LEAST:
        return math.nan, math.nan
    return math.sqrt(one * other), abs(one - other) / 2


def _deviations(given: Microstructure, truths: Mapping[str, Truth]) -> dict[str, Deviation]:
    plain, limit = homogenise(given, NMC_811), homogenise_extrapolated(given, NMC_811)
    found = {}
    for name, (truth, uncertainty) in truths.items():
        value, error = getattr(limit, name), getattr(limit, f"{name}_standard_error")
        off = (value - truth) / math.hypot(error or 0.0, uncertainty) if math.isfinite(value) else math.inf
        found[name] = getattr(plain, name) / truth - 1, value / truth - 1, off
    return found


def _stated(name: str, stride: int, part: int, deviations: np.ndarray) -> list[Line]:
    deviations = deviations[~np.isnan(deviations[:, 1])]
    what = f"{_SHORT[name]}, {_EDGE // 4 // stride} voxels to a radius, {part // stride}^3"
    means = [
        stated(f"{what}, {form}", f"{one.mean():+.1%}, scatter {one.std():.1%}, at most {np.abs(one).max():.1%}")
        for form, one in zip(("as they are", "extrapolated"), deviations.T, strict=False)
    ]
    held = int(np.sum(np.abs(deviations[:, 2]) <= 2))
    return [*means, stated(f"{what}, two standard errors hold", f"{held} of {len(deviations)}")]
