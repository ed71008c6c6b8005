"""The homogenisation kernel beside TauFactor, run to a tight tolerance on the same volumes.

TauFactor solves the same discrete problem by over-relaxation: as shipped (pores, single precision), and in our
arrangement of it (`conduction`: double precision, ends half a voxel away also where several phases conduct).
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from scipy.ndimage import gaussian_filter

from ragone.pipelines.characterise import conduction
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.pipelines.characterise.kernel.blocking import blocked_conductivity
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Record, TransportOutcome
from ragone.schemas.materials import NMC_811

Labels = npt.NDArray[np.uint8]

AXES = (0, 1, 2)
CARRIERS = [
    pytest.param({0: 1.0, 1: 0.0, 2: 0.0}, id="pore"),
    pytest.param({0: 0.0, 1: 0.18, 2: 18.0}, id="solid"),
]
AGREEMENT = 1e-3


def gaussian_field() -> Labels:
    """A Gaussian field cut at two levels: pore 0.45, two solids."""
    field = gaussian_filter(np.random.default_rng(1).normal(size=(48, 40, 44)), 2, mode="wrap")
    return np.digitize(field, np.quantile(field, [0.45, 0.8])).astype(np.uint8)


def electrode(folder: Path, edge: int = 256, start: int = 0) -> Labels:
    """A cube of the published electrode: 0 pore, 1 active material, 2 carbon-binder."""
    part = slice(start, start + edge)
    return np.asarray(tifffile.imread(folder / "electrode.tiff")[part, part, part] // 85, np.uint8)


def require_agreement(labels: Labels, conductivities: dict[int, float], axis: int, steps: int = 20_000) -> None:
    """Both solvers converge, to the same value within a part in a thousand, and TauFactor's is in the interval."""
    turned = np.ascontiguousarray(np.moveaxis(labels, axis, 0))
    theirs = conduction.effective_conductivity(
        turned, conductivities, relative_tolerance=1e-3, largest_step_count=steps
    )
    ours = effective_conductivity(labels, conductivities, axis=axis)
    assert theirs.outcome is ours.outcome is TransportOutcome.CONVERGED
    assert ours.value == pytest.approx(theirs.conductivity, rel=AGREEMENT)
    slack = 1e-4  # of TauFactor's own error
    assert ours.lower * (1 - slack) < theirs.conductivity < ours.upper * (1 + slack)


@pytest.mark.parametrize("conductivities", CARRIERS)
def test_it_agrees_on_a_gaussian_field(conductivities: dict[int, float]) -> None:
    """A random medium, sides of different lengths: within 0.1 %."""
    require_agreement(gaussian_field(), conductivities, axis=1)


@pytest.mark.parametrize("conductivities", CARRIERS)
def test_it_agrees_on_packed_particles(example: Callable[..., Record], conductivities: dict[int, float]) -> None:
    """A packed electrode with its carbon-binder between the particles: within 0.1 %."""
    recipe = example("recipe", active_material_weight_fraction=0.94)
    packed = pack_particles(recipe, NMC_811, edge_voxels=48, voxel_size_metre=4e-7, seed=3)  # type: ignore[arg-type]
    require_agreement(packed.labels, conductivities, axis=0)


@pytest.mark.parametrize("conductivities", CARRIERS)
@pytest.mark.parametrize("axis", AXES)
def test_it_agrees_on_a_part_of_a_real_electrode(
    shared_data: Path, conductivities: dict[int, float], axis: int
) -> None:
    """A cube of 48 voxels of the published electrode, along all three axes: within 0.1 %."""
    require_agreement(electrode(shared_data, 48, 64), conductivities, axis)


@pytest.mark.slow
@pytest.mark.parametrize("conductivities", CARRIERS)
@pytest.mark.parametrize("axis", AXES)
def test_it_agrees_on_the_real_electrode(shared_data: Path, conductivities: dict[int, float], axis: int) -> None:
    """The whole of the published electrode, along all three axes: within 0.1 %.

    TauFactor takes some four minutes for the pores along one axis of 256^3, the kernel seconds.
    """
    require_agreement(electrode(shared_data), conductivities, axis)


@pytest.mark.slow
def test_the_electrode_tortuosity_factor_of_the_real_electrode(shared_data: Path) -> None:
    """TauFactor's electrode solver gives 2.073, borders that differ included; these are worth 1 % at 256 voxels."""
    labels = electrode(shared_data)
    found = blocked_conductivity(labels, {0: 1.0, 1: 0.0, 2: 0.0})
    assert np.mean(labels == 0) / found.value == pytest.approx(2.073, rel=1e-2)


def tortuosity_factor_as_shipped(pores: npt.NDArray[np.bool_]) -> float:
    """By TauFactor itself, along axis 0, at a tenth of its default tolerance."""
    from taufactor import Solver

    with contextlib.redirect_stdout(io.StringIO()):
        solver = Solver(pores.astype(np.uint8), device="cpu")
        solver.solve(conv_crit=1e-3, verbose=False)
    return float(np.asarray(solver.tau).item())


@pytest.mark.parametrize("axis", AXES)
def test_it_agrees_with_taufactor_as_shipped(axis: int) -> None:
    """The pore tortuosity factor of a random medium, by an untouched TauFactor: within 0.1 %."""
    labels = np.moveaxis(gaussian_field(), 0, axis)
    pores = np.moveaxis(labels == 0, axis, 0)
    found = effective_conductivity(labels, {0: 1.0, 1: 0.0, 2: 0.0}, axis=axis)
    theirs = tortuosity_factor_as_shipped(np.ascontiguousarray(pores))
    assert pores.mean() / found.value == pytest.approx(theirs, rel=AGREEMENT)
