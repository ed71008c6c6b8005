"""The stages of our own kernel: what they store of a microstructure, and how they stand beside TauFactor's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise import characterise_with_taufactor, homogenise, homogenise_along_all_axes
from ragone.pipelines.characterise.errors import DeviceError
from ragone.pipelines.characterise.geometry import specific_surface_areas
from ragone.pipelines.characterise.geometry.surface_area import CROFTON
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Boundary, Microstructure, Recipe, Transport, TransportOutcome, TransportTensor
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.errors import BoundsError
from ragone.schemas.materials import NMC_811
from ragone.schemas.protocols import Characterise

PORE, ACTIVE_MATERIAL, CARBON_BINDER, FOIL = range(4)
NAMES = ("pore", "active_material", "carbon_binder")
CONVERGED, NONE, LIMIT = TransportOutcome.CONVERGED, TransportOutcome.NOT_PERCOLATING, TransportOutcome.MAX_STEPS
SIGMA = "solid_effective_conductivity_siemens_per_metre"
TAU = "pore_tortuosity_factor"


def volume(labels: npt.NDArray[Any], names: tuple[str, ...] = NAMES, values: Any = (0, 1, 2)) -> Microstructure:
    """Voxels of 0.5 um with the phases named."""
    return Microstructure(
        labels=np.ascontiguousarray(labels, np.uint8),
        voxel_edges_metre=cubic_voxels(5e-7),
        phase_names=names,
        phase_labels=np.array(values, np.uint8),
        source="arithmetic",
        licence="own",
    )


@pytest.fixture(scope="module")
def packing() -> Microstructure:
    """A packed electrode that repeats itself, three phases of which all percolate together; shape (32, 32, 32)."""
    recipe = Recipe(active_material_weight_fraction=0.94, porosity=0.4)
    return pack_particles(recipe, NMC_811, edge_voxels=32, voxel_size_metre=1e-6, seed=1)


@pytest.fixture(scope="module")
def found(packing: Microstructure) -> Transport:
    """Its transport, as by default."""
    return homogenise(packing, NMC_811)


@pytest.fixture
def _threads() -> Iterator[None]:
    before = numba.get_num_threads()
    yield
    numba.set_num_threads(before)


def same(one: Transport | TransportTensor, other: Transport | TransportTensor) -> bool:
    """Whether two records are equal to the last bit."""
    return bool(one.to_arrow().equals(other.to_arrow()))


def test_the_stage_is_a_characterise(packing: Microstructure, found: Transport) -> None:
    """It can stand wherever the Protocol is asked for, and says what it did at which resolution."""
    engine: Characterise = homogenise
    assert same(engine(packing, NMC_811), found)
    assert (found.edge_voxels, found.voxel_size_metre, found.volume_element_count) == (32, 1e-6, 1)
    assert (found.active_material_conductivity_siemens_per_metre, found.surface_area_method) == (0.1, CROFTON)
    assert "certified interval within 0.0003" in found.method
    assert found.pore_tortuosity_factor_standard_error is None


def test_fractions_and_area_are_counted_and_measured(packing: Microstructure, found: Transport) -> None:
    """Fractions of voxels, and the Crofton area between pore and active material in 1/m."""
    for phase in NAMES:
        assert getattr(found, f"{phase}_fraction") == packing.phase(phase).mean()
    area = specific_surface_areas(packing.labels, packing.voxel_size_metre)[PORE, ACTIVE_MATERIAL]
    assert found.specific_surface_area_per_metre == area > 0


def test_it_agrees_with_taufactor(packing: Microstructure, found: Transport) -> None:
    """Tortuosity factor and conductivity within 0.1 %, TauFactor's inside of the interval but for its own error."""
    theirs = characterise_with_taufactor(packing, NMC_811)
    for name in (TAU, SIGMA):
        value = getattr(theirs, name)
        assert getattr(found, name) == pytest.approx(value, rel=1e-3)
        assert getattr(found, f"{name}_lower") * (1 - 2e-4) < value < getattr(found, f"{name}_upper") * (1 + 2e-4)
    assert found.pore_outcome is theirs.pore_outcome is found.solid_outcome is theirs.solid_outcome is CONVERGED
    assert found.pore_fraction == theirs.pore_fraction
    assert theirs.pore_tortuosity_factor_lower is None


@pytest.mark.parametrize("tolerance", [0.1, 3e-3])
def test_the_certified_interval_holds_the_truth(packing: Microstructure, tolerance: float) -> None:
    """Narrower than asked for, around the value and around that of a tight tolerance."""
    tight = homogenise(packing, NMC_811, relative_tolerance=1e-9)
    loose = homogenise(packing, NMC_811, relative_tolerance=tolerance)
    for name in (TAU, SIGMA):
        lower, upper = getattr(loose, f"{name}_lower"), getattr(loose, f"{name}_upper")
        assert lower <= getattr(loose, name) <= upper
        assert lower <= getattr(tight, name) <= upper
        assert upper - lower <= tolerance * upper * (1 + 1e-9)
        assert getattr(tight, f"{name}_upper") == pytest.approx(getattr(tight, f"{name}_lower"), rel=2e-9)
    assert f"within {tolerance:g}" in loose.method


def test_a_torch_device_gives_the_same_within_the_intervals(packing: Microstructure, found: Transport) -> None:
    """Through torch the values differ by rounding; a device that is not there is refused by name."""
    through_torch = homogenise(packing, NMC_811, device="torch:cpu")
    assert through_torch.pore_tortuosity_factor == pytest.approx(found.pore_tortuosity_factor, rel=3e-5)
    assert through_torch.solid_effective_conductivity_siemens_per_metre == pytest.approx(
        found.solid_effective_conductivity_siemens_per_metre, rel=3e-5
    )
    with pytest.raises(DeviceError, match="no_such_device"):
        homogenise(packing, NMC_811, device="no_such_device")


def test_a_step_limit_is_an_outcome(packing: Microstructure) -> None:
    """After one iteration: the interval reached is stored, and it holds the truth."""
    tight = homogenise(packing, NMC_811, relative_tolerance=1e-9)
    stopped = homogenise(packing, NMC_811, relative_tolerance=1e-6, largest_iteration_count=1)
    assert (stopped.pore_outcome, stopped.solid_outcome) == (LIMIT, LIMIT)
    assert stopped.percolates()
    for name in (TAU, SIGMA):
        assert getattr(stopped, f"{name}_lower") <= getattr(tight, name) <= getattr(stopped, f"{name}_upper")
        assert getattr(stopped, f"{name}_lower") <= getattr(stopped, name) <= getattr(stopped, f"{name}_upper")


def test_straight_pores_beside_two_solids_are_exact() -> None:
    """Tortuosity factor one, and the solids in parallel."""
    labels = np.zeros((6, 10, 5), np.uint8)
    labels[:, 4:9], labels[:, 9:] = ACTIVE_MATERIAL, CARBON_BINDER
    layers = homogenise(
        volume(labels),
        replace(
            NMC_811,
            active_material_conductivity_siemens_per_metre=2.0,
            carbon_binder_conductivity_siemens_per_metre=300.0,
        ),
    )
    assert layers.pore_tortuosity_factor == pytest.approx(1, abs=1e-6)
    assert layers.solid_effective_conductivity_siemens_per_metre == pytest.approx(0.5 * 2 + 0.1 * 300, rel=1e-6)
    assert layers.specific_surface_area_per_metre > 0


def test_what_does_not_span_is_an_outcome() -> None:
    """A wall of solid stops the ions and a wall of pore the electrons; the bounds say that it is certain."""
    labels = np.zeros((6, 5, 4), np.uint8)
    labels[3] = ACTIVE_MATERIAL
    blocked = homogenise(volume(labels), NMC_811)
    assert (blocked.pore_outcome, blocked.solid_outcome) == (NONE, NONE)
    assert not blocked.percolates()
    assert blocked.pore_tortuosity_factor == math.inf
    assert (blocked.pore_tortuosity_factor_lower, blocked.pore_tortuosity_factor_upper) == (math.inf, math.inf)
    assert [getattr(blocked, SIGMA + end) for end in ("", "_lower", "_upper")] == [0, 0, 0]
    assert blocked.pore_fraction == pytest.approx(5 / 6)


@pytest.mark.parametrize("phase", [PORE, ACTIVE_MATERIAL, CARBON_BINDER])
def test_one_phase_alone(phase: int) -> None:
    """Ions or electrons cross a block of one phase as they would the bulk; the other carrier does not."""
    block = homogenise(volume(np.full((4, 3, 5), phase)), NMC_811)
    assert block.pore_outcome is (CONVERGED if phase == PORE else NONE)
    assert block.pore_tortuosity_factor == (1 if phase == PORE else math.inf)
    bulk = {PORE: 0.0, ACTIVE_MATERIAL: 0.1, CARBON_BINDER: 100.0}[phase]
    assert block.solid_effective_conductivity_siemens_per_metre == pytest.approx(bulk)
    assert block.specific_surface_area_per_metre == 0


def test_a_phase_that_is_not_named_is_absent(packing: Microstructure) -> None:
    """A volume without carbon-binder, in its labels and in its names."""
    two = volume(packing.labels.clip(0, 1), ("pore", "active_material"), (0, 1))
    one = homogenise(two, NMC_811)
    assert one.carbon_binder_fraction == 0
    assert 0 < one.solid_effective_conductivity_siemens_per_metre < 0.1


def test_unknown_phases_neither_conduct_nor_count(packing: Microstructure, found: Transport) -> None:
    """Foil on one end stops both carriers; in the carbon-binder's place it takes its conduction, not the ions' way."""
    renamed = homogenise(replace(packing, phase_names=("pore", "active_material", "foil")), NMC_811)
    assert renamed.pore_tortuosity_factor == found.pore_tortuosity_factor
    assert renamed.carbon_binder_fraction == 0
    assert renamed.solid_effective_conductivity_siemens_per_metre < 0.1
    labels = packing.labels.copy()
    labels[0] = FOIL
    assert not homogenise(volume(labels, (*NAMES, "foil"), range(4)), NMC_811).percolates()
    unknown = homogenise(replace(packing, phase_names=("void", "silicon", "graphite")), NMC_811)
    assert (unknown.pore_fraction, unknown.pore_outcome, unknown.solid_outcome) == (0, NONE, NONE)
    assert unknown.pore_tortuosity_factor == math.inf


@pytest.mark.parametrize("order", list(permutations((9, 0, 255)))[1::2])
def test_labels_may_be_any_in_any_order(packing: Microstructure, found: Transport, order: tuple[int, int, int]) -> None:
    """Other labels for the same phases give the same record to the last bit."""
    labels = np.array(order, np.uint8)[packing.labels]
    backwards = replace(packing, labels=labels, phase_names=NAMES[::-1], phase_labels=np.array(order[::-1], np.uint8))
    assert same(homogenise(backwards, NMC_811), found)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 5, 7), (13, 1, 1), (2, 3, 11)])
def test_any_size_is_measured(shape: tuple[int, int, int]) -> None:
    """Odd, prime and single-voxel edges of random voxels: records whose intervals hold their values."""
    random = volume(np.random.default_rng(3).integers(0, 2, shape))
    one, all_axes = homogenise(random, NMC_811), homogenise_along_all_axes(random, NMC_811, periodic=True)
    assert one.pore_tortuosity_factor_lower is not None
    assert one.pore_tortuosity_factor_lower <= one.pore_tortuosity_factor
    assert all_axes.pore_relative_diffusivity.shape == (3, 3)


@pytest.mark.parametrize("given", [{"relative_tolerance": 0.0}, {"largest_iteration_count": 0}])
@pytest.mark.parametrize("stage", [homogenise, homogenise_along_all_axes])
def test_limits_that_are_none_are_refused(packing: Microstructure, stage: Any, given: dict[str, Any]) -> None:
    """The parameter is named."""
    with pytest.raises(BoundsError, match=next(iter(given))):
        stage(packing, NMC_811, **given)


@pytest.mark.usefixtures("_threads")
@pytest.mark.parametrize("periodic", [False, True])
def test_bits_do_not_depend_on_the_threads(packing: Microstructure, found: Transport, periodic: bool) -> None:
    """Again, with one thread, and from two threads at once: the same records."""
    tensor = homogenise_along_all_axes(packing, NMC_811, periodic=periodic)
    assert same(homogenise_along_all_axes(packing, NMC_811, periodic=periodic), tensor)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: homogenise_along_all_axes(packing, NMC_811, periodic=periodic), range(2)))
    assert all(same(one, tensor) for one in both)
    numba.set_num_threads(1)
    assert same(homogenise_along_all_axes(packing, NMC_811, periodic=periodic), tensor)
    assert same(homogenise(packing, NMC_811), found)


def test_between_fixed_ends_the_first_axis_is_that_of_the_transport(packing: Microstructure, found: Transport) -> None:
    """The same solve; off the diagonal nothing is defined, hence zero; half widths cover the interval."""
    tensor = homogenise_along_all_axes(packing, NMC_811)
    assert tensor.boundary is Boundary.FIXED
    assert tensor.pore_tortuosity_factors()[0] == pytest.approx(found.pore_tortuosity_factor, rel=1e-12)
    assert tensor.solid_conductivity_siemens_per_metre[0, 0] == getattr(found, SIGMA)
    assert tensor.pore_fraction == found.pore_fraction
    for matrix in (tensor.pore_relative_diffusivity, tensor.pore_relative_diffusivity_half_width):
        assert np.array_equal(matrix, np.diag(np.diag(matrix)))
    value = getattr(found, SIGMA)
    reached = getattr(found, f"{SIGMA}_upper") - value, value - getattr(found, f"{SIGMA}_lower")
    assert tensor.solid_conductivity_siemens_per_metre_half_width[0, 0] == pytest.approx(max(reached))
    values, axes = tensor.solid_principal_values_siemens_per_metre[0], tensor.solid_principal_axes
    assert np.all(np.diff(values) >= 0)
    assert axes @ np.diag(values) @ axes.T == pytest.approx(tensor.solid_conductivity_siemens_per_metre)


def test_a_periodic_tensor_is_whole(packing: Microstructure) -> None:
    """Symmetric, with orthonormal principal axes that make it up, and certified entry by entry for both carriers."""
    loose = homogenise_along_all_axes(packing, NMC_811, periodic=True, relative_tolerance=0.02)
    tight = homogenise_along_all_axes(packing, NMC_811, periodic=True, relative_tolerance=1e-9)
    assert (loose.boundary, loose.pore_outcomes, loose.solid_outcomes) == (
        Boundary.PERIODIC,
        (CONVERGED,) * 3,
        (CONVERGED,) * 3,
    )
    for name, values, axes in (
        ("pore_relative_diffusivity", loose.pore_principal_values, loose.pore_principal_axes),
        (
            "solid_conductivity_siemens_per_metre",
            loose.solid_principal_values_siemens_per_metre,
            loose.solid_principal_axes,
        ),
    ):
        tensor, error = getattr(loose, name), getattr(loose, f"{name}_half_width")
        assert np.array_equal(tensor, tensor.T)
        assert np.all(np.abs(tensor - getattr(tight, name)) <= error * (1 + 1e-6))
        assert 0 < error.max() < 0.02 * tensor.max()
        assert axes.T @ axes == pytest.approx(np.eye(3), abs=1e-12)
        assert axes @ np.diag(values[0]) @ axes.T == pytest.approx(tensor, rel=1e-12)
        assert np.abs(tensor[~np.eye(3, dtype=bool)]).min() > 0


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("order", [(1, 2, 0), (2, 1, 0)])
def test_rotating_the_volume_permutes_the_tensor(
    packing: Microstructure, order: tuple[int, int, int], periodic: bool
) -> None:
    """Axes exchanged before are axes exchanged after, of both carriers and of their half widths."""
    options: dict[str, Any] = {"periodic": periodic, "relative_tolerance": 1e-8}
    straight = homogenise_along_all_axes(packing, NMC_811, **options)
    turned = homogenise_along_all_axes(volume(packing.labels.transpose(order)), NMC_811, **options)
    both = np.ix_(order, order)
    for name in ("pore_relative_diffusivity", "solid_conductivity_siemens_per_metre"):
        assert getattr(turned, name) == pytest.approx(getattr(straight, name)[both], rel=1e-6, abs=1e-8)
    assert turned.pore_principal_values == pytest.approx(straight.pore_principal_values, rel=1e-6)
    assert turned.pore_anisotropy != pytest.approx(straight.pore_anisotropy, rel=1e-3)


@pytest.mark.parametrize("periodic", [False, True])
def test_anisotropy_where_an_axis_is_closed(periodic: bool) -> None:
    """Layers across axis 0: ions and electrons go in the plane only, infinitely better; nothing has no ratio."""
    labels = np.zeros((6, 4, 5), np.uint8)
    labels[3:] = ACTIVE_MATERIAL
    layers = homogenise_along_all_axes(volume(labels), NMC_811, periodic=periodic)
    assert layers.pore_outcomes == layers.solid_outcomes == (NONE, CONVERGED, CONVERGED)
    assert (layers.pore_anisotropy, layers.solid_anisotropy) == (math.inf, math.inf)
    assert layers.pore_tortuosity_factors() == pytest.approx([math.inf, 1, 1])
    nothing = homogenise_along_all_axes(volume(np.zeros((4, 4, 4))), NMC_811, periodic=periodic)
    assert (nothing.pore_anisotropy, nothing.solid_anisotropy) == (pytest.approx(1), None)
    assert set(nothing.solid_outcomes) == {NONE}
    solid = homogenise_along_all_axes(volume(np.full((4, 4, 4), ACTIVE_MATERIAL)), NMC_811, periodic=periodic)
    assert (solid.pore_anisotropy, solid.solid_anisotropy) == (None, pytest.approx(1))
    assert solid.pore_tortuosity_factors().tolist() == [math.inf] * 3  # of no pores at all, without a warning
    upright = homogenise_along_all_axes(volume(labels.transpose(1, 0, 2)), NMC_811, periodic=periodic)
    assert upright.pore_anisotropy == pytest.approx(0.5)
