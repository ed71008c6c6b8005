"""Random walkers against exact answers and an independent solver, within their own error bars."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import gaussian_filter
from scipy.stats import chi2

from ragone.pipelines.characterise import walk_randomly
from ragone.pipelines.characterise.conduction import effective_conductivity
from ragone.pipelines.characterise.random_walk import default_step_count, relative_growths
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Microstructure, Recipe, TransportOutcome
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811

Volume = npt.NDArray[np.bool_]


def deviations(pore: Volume, exact: list[float], *, seed: int, walker_count: int = 4000) -> list[float]:
    """1 / tau along each axis minus the exact one, over its standard error."""
    steps_between = default_step_count(pore.shape) // 64
    growths = relative_growths(pore, walker_count=walker_count, steps_between=steps_between, seed=seed)
    return [(g.slope - e) / g.standard_error for g, e in zip(growths, exact, strict=True) if g is not None]


def agrees(pore: Volume, axis: int, exact: float) -> bool:
    """Whether 1 / tau along an axis is the exact one within three standard errors, each below 3 %."""
    steps_between = default_step_count(pore.shape) // 64
    growth = relative_growths(pore, walker_count=6000, steps_between=steps_between, seed=1)[axis]
    assert growth is not None
    assert growth.standard_error < 0.03 * exact
    return abs(growth.slope - exact) < 3 * growth.standard_error


def solved(pore: Volume, axis: int) -> float:
    """1 / tau by steady conduction between fixed potentials, solved tightly."""
    labels = np.moveaxis(pore, axis, 0).astype(np.uint8)
    conduction = effective_conductivity(labels, {1: 1.0}, relative_tolerance=1e-6, largest_step_count=20_000)
    assert conduction.outcome is TransportOutcome.CONVERGED
    return float(conduction.conductivity / pore.mean())


def mirrored(pore: Volume) -> Volume:
    """The volume and its mirror images beyond one face of each axis."""
    for axis in range(3):
        pore = np.concatenate([pore, np.flip(pore, axis)], axis)
    return pore


def periodic_diffusivity(pore: Volume, axis: int) -> float:
    """1 / tau of a periodic medium: the face-average of the squared gradient of x + chi at its minimum, densely."""
    numbers = np.cumsum(pore).reshape(pore.shape) - 1
    gradients, mean = [], []
    for across in range(3):
        open_face = pore & np.roll(pore, -1, across)
        rows = np.zeros((int(open_face.sum()), int(pore.sum())))
        each = np.arange(len(rows))
        np.add.at(rows, (each, np.roll(numbers, -1, across)[open_face]), 1)
        np.add.at(rows, (each, numbers[open_face]), -1)
        gradients.append(rows)
        mean.append(np.full(len(rows), float(across == axis)))
    gradient, driving = np.concatenate(gradients), np.concatenate(mean)
    chi, *_ = np.linalg.lstsq(gradient, -driving, rcond=None)
    return float(np.sum((driving + gradient @ chi) ** 2) / pore.sum())


def noise(edge: int, fraction: float, seed: int) -> Volume:
    """Voxels drawn independently."""
    return np.asarray(np.random.default_rng(seed).random((edge,) * 3) < fraction)


def gaussian_field(edge: int, fraction: float, seed: int) -> Volume:
    """A smoothed random field below its quantile."""
    field = gaussian_filter(np.random.default_rng(seed).standard_normal((edge,) * 3), 1.5, mode="reflect")
    return np.asarray(field < np.quantile(field, fraction))


def packed(porosity: float, seed: int) -> Volume:
    """The pores of a packed electrode."""
    recipe = Recipe(
        active_material_weight_fraction=0.95,
        porosity=porosity,
        binder_adhesion=0.5,
    )
    return np.asarray(pack_particles(recipe, NMC_811, edge_voxels=24, voxel_size_metre=8e-7, seed=seed).phase("pore"))


def microstructure(pore: Volume) -> Microstructure:
    """A record with pore where given."""
    return Microstructure(
        labels=np.where(pore, 0, 1).astype(np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="made for a test",
        licence="own",
    )


@pytest.mark.parametrize("axis", range(3))
def test_mirror_images_pose_the_problem_of_fixed_potentials(axis: int) -> None:
    """The periodic effective diffusivity of the mirrored medium is that of fixed ends and closed sides, to rounding."""
    pore = np.random.default_rng(3).random((4, 3, 3)) < 0.8
    assert 0 < solved(pore, axis) < 1
    assert periodic_diffusivity(mirrored(pore), axis) == pytest.approx(solved(pore, axis), rel=1e-5)


@pytest.mark.parametrize("shape", [(1, 1, 1), (12, 12, 12), (16, 5, 1)])
@pytest.mark.parametrize("axis", range(3))
def test_a_uniform_volume_has_tau_one(shape: tuple[int, int, int], axis: int) -> None:
    """Free walkers, whatever the shape, also of one voxel or one layer."""
    assert agrees(np.ones(shape, bool), axis, 1.0)


def test_straight_channels_have_tau_one() -> None:
    """Channels along axis 0, of several widths, do not delay; across them nothing percolates."""
    pore = np.zeros((12, 9, 9), bool)
    pore[:, 1:4, 2:7] = pore[:, 6, 6] = True
    assert agrees(pore, 0, 1.0)
    found = walk_randomly(microstructure(pore), walker_count=100, seed=1)
    assert found.tortuosity_factor_axis_1 == found.tortuosity_factor_axis_2 == math.inf


def test_slabs_have_tau_one_along_and_none_across() -> None:
    """A laminate of pore and solid conducts freely in its plane and not across it."""
    pore = np.zeros((12, 12, 8), bool)
    pore[[1, 2, 5, 9]] = True
    assert agrees(pore, 1, 1.0)
    assert agrees(pore, 2, 1.0)
    assert walk_randomly(microstructure(pore), walker_count=100, seed=1).tortuosity_factor_axis_0 == math.inf


@pytest.mark.parametrize("axis", range(3))
def test_a_staircase_is_a_chain_of_resistors(axis: int) -> None:
    """A channel one voxel wide that takes 12 voxels to cross 7 layers: resistance 12, tau = (12 / 7)^2."""
    pore = np.zeros((7, 5, 2), bool)
    pore[:2, 0, 1] = pore[1, :4, 1] = pore[1:6, 3, 1] = pore[5, 1:4, 1] = pore[5:, 1, 1] = True
    assert pore.sum() == 12
    assert agrees(np.moveaxis(pore, 0, axis), axis, (7 / 12) ** 2)


def test_islands_and_dead_ends_raise_tau_by_the_room_they_take() -> None:
    """A straight channel with straight side pockets of equal size, or with islands, carries what it carries alone."""
    pore = np.zeros((12, 9, 3), bool)
    pore[:, 1, 1] = True
    channel = pore.sum()
    pore[3:9, 5:8, 1] = True
    assert agrees(pore, 0, channel / pore.sum())
    pore[4, 2:5, 1] = True  # joins the island to the channel
    assert agrees(pore, 0, channel / pore.sum())


def test_axes_spanned_by_different_clusters_have_walkers_of_their_own() -> None:
    """Two channels that never meet, along axis 0 and axis 1: for each the other is an island."""
    pore = np.zeros((10, 8, 5), bool)
    pore[:, 3, 0] = pore[2, :, 3:] = True
    assert agrees(pore, 0, 10 / 26)
    assert agrees(pore, 1, 16 / 26)
    assert relative_growths(pore, walker_count=10, steps_between=1, seed=1)[2] is None


VOLUMES: Mapping[str, Volume] = {
    "noise 0.9": noise(14, 0.9, 1),
    "noise 0.7": noise(16, 0.7, 2),
    "noise 0.6": noise(12, 0.6, 3),
    "gaussian 0.7": gaussian_field(16, 0.7, 4),
    "gaussian 0.5": gaussian_field(16, 0.5, 5),
    "gaussian, another": gaussian_field(13, 0.6, 6),
    "flat": gaussian_field(16, 0.6, 7)[:9],
}


def test_random_volumes_agree_with_steady_conduction_within_the_error_bars() -> None:
    """Chi-square of 27 deviations from the tight solve: neither too large (bias) nor too small (padded error bars)."""
    volumes = [*VOLUMES.values(), packed(0.5, 1), packed(0.4, 2)]
    found = [
        deviations(pore, [solved(pore, axis) for axis in range(3)], seed=seed)
        for seed, pore in enumerate(volumes, start=200)
    ]
    assert_standard_normal(np.array(found), shape=(9, 3))


def test_standard_errors_are_honest_over_many_seeds() -> None:
    """150 seeds, three axes: the deviations from the exact value have variance one, and mean zero."""
    pore = gaussian_field(8, 0.6, 9)
    exact = [solved(pore, axis) for axis in range(3)]
    found = [deviations(pore, exact, seed=seed, walker_count=1000) for seed in range(150)]
    assert_standard_normal(np.array(found), shape=(150, 3))


def assert_standard_normal(values: npt.NDArray[np.float64], shape: tuple[int, int]) -> None:
    """Sum of squares and mean within their central 99 %."""
    assert values.shape == shape
    low, high = chi2.ppf([0.005, 0.995], values.size)
    assert low < np.sum(values**2) < high
    assert abs(values.mean()) < 2.58 / math.sqrt(values.size)
