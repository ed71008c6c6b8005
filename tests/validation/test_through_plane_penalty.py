"""Structures pressed along axis 0 conduct worse through the plane than in it; isotropic ones conduct alike."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise import homogenise_along_all_axes
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Microstructure, Recipe
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811

EDGE = 40


@cache
def overlapping_ellipsoids(seed: int, flatness: float, fraction: float = 0.6) -> Microstructure:
    """A periodic volume of ellipsoids of one volume that overlap at random, short along axis 0 by the flatness."""
    random = np.random.default_rng(seed)
    semi_axes = 5.0 * np.array([flatness ** (-2 / 3), *[flatness ** (1 / 3)] * 2])
    along = np.arange(EDGE)
    solid = np.zeros((EDGE,) * 3, bool)
    while solid.mean() < fraction:
        apart = (along - random.uniform(0, EDGE, (3, 1)) + EDGE / 2) % EDGE - EDGE / 2
        x, y, z = (apart / semi_axes[:, None]) ** 2
        solid |= x[:, None, None] + y[None, :, None] + z[None, None, :] < 1
    return volume(solid.astype(np.uint8))


def volume(labels: npt.NDArray[np.uint8]) -> Microstructure:
    """Pore 0, active material 1, carbon-binder 2."""
    return Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(4e-7),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="overlapping ellipsoids",
        licence="own",
    )


def anisotropies(volumes: list[Microstructure], *, periodic: bool) -> npt.NDArray[np.float64]:
    """Of pores and solids, shape (volumes, 2), as logarithms: zero if isotropic."""
    found = [homogenise_along_all_axes(one, NMC_811, periodic=periodic) for one in volumes]
    return np.log([(tensor.pore_anisotropy, tensor.solid_anisotropy) for tensor in found])


def mean_and_error(values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean over the volumes and its standard error, for pores and solids."""
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


@pytest.mark.parametrize("periodic", [False, True])
def test_flat_grains_hinder_through_the_plane(periodic: bool) -> None:
    """Round grains: isotropic within the scatter. Flat ones: a penalty that grows with the flatness, of both phases."""
    round_ones, flat, flatter = (
        anisotropies([overlapping_ellipsoids(seed, flatness) for seed in range(count)], periodic=periodic)
        for flatness, count in ((1.0, 8), (2.0, 4), (3.0, 4))
    )
    mean, error = mean_and_error(round_ones)
    assert np.all(np.abs(mean) < 3 * error)
    assert np.all(error < 0.15)
    mean, error = mean_and_error(flat)
    assert np.all(mean > 3 * error)
    assert np.all(flatter.mean(axis=0) > 1.5 * mean)


def test_the_soft_axis_of_flat_grains_is_the_first_principal_axis() -> None:
    """Under periodic conditions the smallest principal value lies through the plane."""
    tensor = homogenise_along_all_axes(overlapping_ellipsoids(1, 3.0), NMC_811, periodic=True)
    for axes in (tensor.pore_principal_axes, tensor.solid_principal_axes):
        assert axes[0, 0] > 0.98
    assert tensor.pore_tortuosity_factors()[0] > 1.5 * tensor.pore_tortuosity_factors()[1:].max()


def test_a_squeezed_packing_is_hindered_through_the_plane() -> None:
    """Every other layer of a packing left out, as if it were pressed to half: the anisotropy goes up, of every one."""
    recipe = Recipe(
        active_material_weight_fraction=0.9,
        porosity=0.45,
        binder_adhesion=0.5,
    )
    packings = [pack_particles(recipe, NMC_811, edge_voxels=48, voxel_size_metre=6e-7, seed=seed) for seed in range(4)]
    squeezed = [volume(packing.labels[::2].copy()) for packing in packings]
    before, after = (anisotropies(volumes, periodic=True) for volumes in (packings, squeezed))
    assert np.all(after[:, 0] > before[:, 0] + np.log(1.2))
    mean, error = mean_and_error(after)
    assert mean[0] > 3 * error[0]
