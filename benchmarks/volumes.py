"""Volumes to be homogenised: Gaussian fields, packed electrodes, and the imaged electrode where its file is at hand."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from ragone.pipelines.files.images import import_volume
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Microstructure, Recipe
from ragone.schemas.electrode import ACTIVE_MATERIAL, CARBON_BINDER, PORE, cubic_voxels
from ragone.schemas.materials import NMC_811

Labels = npt.NDArray[np.uint8]

POROSITY = 0.4
VOXEL_METRE = 4e-7
_CORRELATION_VOXELS = 3.0
_IMAGED_VOXEL_METRE = 100e-6 / 256
_IMAGED_PHASES = {PORE: 0, ACTIVE_MATERIAL: 85, CARBON_BINDER: 170}


def gaussian_field(edge: int, seed: int, correlation_voxels: float = _CORRELATION_VOXELS) -> Labels:
    """1 in the pores: the highest part of smoothed white noise. Shape (edge, edge, edge)."""
    noise = np.random.default_rng(seed).standard_normal((edge,) * 3, dtype=np.float32)
    smooth = gaussian_filter(noise, correlation_voxels, mode="wrap")
    return np.asarray(smooth > np.quantile(smooth, 1 - POROSITY), dtype=np.uint8)


@cache
def packed_electrode(edge: int, binder_adhesion: float) -> Labels:
    """0 pore, 1 active material, 2 carbon-binder; without adhesion it gathers in aggregates."""
    recipe = Recipe(active_material_weight_fraction=0.94, porosity=POROSITY, binder_adhesion=binder_adhesion)
    return np.asarray(pack_particles(recipe, NMC_811, edge_voxels=edge, voxel_size_metre=VOXEL_METRE, seed=1).labels)


@cache
def imaged_electrode() -> Labels | None:
    """0 pore, 85 active material, 170 carbon-binder, shape (256, 256, 256); None where the file is not at hand."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    path = Path(os.environ.get("RAGONE_SHARED_DATA", beside)) / "electrode.tiff"
    if not path.is_file():
        return None
    volume = import_volume(
        path,
        voxel_size_metre=_IMAGED_VOXEL_METRE,
        phases=_IMAGED_PHASES,
        source="taufactor, docs/notebooks/electrode.tiff",
        licence="MIT",
    ).microstructure
    return np.asarray(volume.labels)


def electrode_record(labels: Labels) -> Microstructure:
    """The record of a volume with the labels of the imaged electrode."""
    return Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(_IMAGED_VOXEL_METRE),
        phase_names=tuple(_IMAGED_PHASES),
        phase_labels=np.array(list(_IMAGED_PHASES.values()), np.uint8),
        source="benchmark",
        licence="own",
    )
