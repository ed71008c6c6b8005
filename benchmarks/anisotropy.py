"""How much harder is the way through a drawn coating than along it? Ratios of tortuosity factors beside an image's.

Twelve volumes of each kind: spheres pressed to several porosities, spheroids flattened by a little to a factor of two,
and what the walls do. The ratio is that of the effective diffusivities in the plane, their mean, and through it, with
its standard error over the volumes. The image is a published NMC cathode (`electrode.tiff`, if the folder of shared
data is named in RAGONE_SHARED_DATA), by its three axes; which of them was through-plane was not published with it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Line, stated, tell
from ragone.pipelines.characterise.carriers import ionic
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import ParticleShape, Recipe
from ragone.schemas.materials import NMC_811

_SEEDS = range(12)
_SIZE: dict[str, Any] = {"edge_voxels": 64, "voxel_size_metre": 4e-7}
_RECIPE = Recipe(active_material_weight_fraction=0.95, porosity=0.35)
_POROSITIES, _ASPECT_RATIOS = (0.25, 0.35, 0.45), (1.1, 1.25, 1.5, 2.0)
_TOLERANCE = 3e-3
_GREY = 85  # of a phase's number in the image
_Case = tuple[str, Recipe, dict[str, Any]]


def lines() -> list[Line]:
    """A line for each kind of drawing, and one for the image."""
    cases: list[_Case] = [
        *((f"spheres, porosity {eps:g}", replace(_RECIPE, porosity=eps), {}) for eps in _POROSITIES),
        *((f"plates, aspect ratio {ratio:g}, porosity 0.35", _flattened(ratio), {}) for ratio in _ASPECT_RATIOS),
        ("spheres between walls, porosity 0.35", _RECIPE, {"walled": True}),
    ]
    return [*(_line(*case) for case in cases), *_image()]


def _flattened(ratio: float) -> Recipe:
    return replace(_RECIPE, particle_shape=ParticleShape.PLATE, particle_aspect_ratio=ratio)


def _line(what: str, recipe: Recipe, parameters: dict[str, Any]) -> Line:
    tell(what)
    volumes = (pack_particles(recipe, NMC_811, seed=seed, **_SIZE, **parameters) for seed in _SEEDS)
    through, *along = np.array([_diffusivities(volume.labels) for volume in volumes]).T
    in_plane = np.mean(along, axis=0)
    error = np.std(in_plane / through, ddof=1) / np.sqrt(len(through))
    return stated(f"tau through over in plane, {what}", f"{in_plane.sum() / through.sum():.3f} +- {error:.3f}")


def _diffusivities(labels: Any) -> list[float]:
    """Effective diffusivity over bulk of the pores along each axis [-]."""
    return [
        float(effective_conductivity(labels, ionic(NMC_811), axis=axis, relative_tolerance=_TOLERANCE).value)
        for axis in range(3)
    ]


def _image() -> list[Line]:
    folder = os.environ.get("RAGONE_SHARED_DATA", "")
    path = Path(folder) / "electrode.tiff"
    if not folder or not path.is_file():
        return []
    import tifffile

    tell("image")
    labels = np.asarray(tifffile.imread(path) // _GREY, np.uint8)
    porosity = float((labels == 0).mean())
    taus = [porosity / diffusivity for diffusivity in _diffusivities(labels)]
    named = ", ".join(f"{tau:.3f}" for tau in taus)
    ratios = [tau / np.sqrt(np.prod(taus) / tau) for tau in taus]
    return [stated("image of an NMC cathode: tau by axis; each over the others", f"{named}; {_joined(ratios)}")]


def _joined(values: list[float]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)
