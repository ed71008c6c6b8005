"""Transport in the limit of small voxels: what is extrapolated, with which error, and what cannot be."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ragone.pipelines.characterise import average_transport, homogenise, homogenise_extrapolated, perturb
from ragone.pipelines.characterise.carriers import canonical_labels, ionic
from ragone.pipelines.characterise.errors import VolumeError
from ragone.pipelines.characterise.extrapolate import _extrapolated
from ragone.pipelines.characterise.kernel import effective_conductivity
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Microstructure, Recipe, Transport, TransportOutcome
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811

TAU, SIGMA = "pore_tortuosity_factor", "solid_effective_conductivity_siemens_per_metre"
AREA = "specific_surface_area_per_metre"


@pytest.fixture(scope="module")
def packing() -> Microstructure:
    """A packed electrode, shape (64, 64, 64)."""
    recipe = Recipe(active_material_weight_fraction=0.94, porosity=0.4)
    return pack_particles(recipe, NMC_811, edge_voxels=64, voxel_size_metre=0.4e-6, seed=1)


@pytest.fixture(scope="module")
def found(packing: Microstructure) -> Transport:
    """Its transport in the limit."""
    return homogenise_extrapolated(packing, NMC_811)


def volume(labels: np.ndarray) -> Microstructure:
    """Voxels of 0.5 um."""
    return Microstructure(
        labels=labels.astype(np.uint8),
        voxel_edges_metre=cubic_voxels(5e-7),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="arithmetic",
        licence="own",
    )


def test_twice_the_finest_less_the_next(packing: Microstructure, found: Transport) -> None:
    """Of area, tortuosity factor and conductivity; fractions, edge and voxel size are those of all voxels."""
    plain = homogenise(packing, NMC_811)
    for name in (
        "pore_fraction",
        "active_material_fraction",
        "carbon_binder_fraction",
        "voxel_size_metre",
        "edge_voxels",
    ):
        assert getattr(found, name) == getattr(plain, name)
    thinned = replace(packing, labels=packing.labels[1::2, 1::2, 1::2].copy(), voxel_edges_metre=cubic_voxels(0.8e-6))
    area = 2 * plain.specific_surface_area_per_metre - homogenise(thinned, NMC_811).specific_surface_area_per_metre
    assert found.specific_surface_area_per_metre == pytest.approx(area, rel=1e-12)
    assert 1 < found.pore_tortuosity_factor < plain.pore_tortuosity_factor
    assert found.solid_effective_conductivity_siemens_per_metre > plain.solid_effective_conductivity_siemens_per_metre
    assert found.pore_tortuosity_factor_lower is found.solid_effective_conductivity_siemens_per_metre_upper is None
    assert "extrapolated to voxels of no size" in found.method


def test_what_has_no_stairs_is_left_as_it_is() -> None:
    """Straight channels whose walls lie between voxels of every size: no change, and no error to speak of."""
    labels = np.ones((32, 32, 32))
    labels[:, :16] = 0
    one = homogenise_extrapolated(volume(labels), NMC_811)
    assert one.pore_tortuosity_factor == pytest.approx(1, abs=1e-6)
    assert one.pore_tortuosity_factor_standard_error == pytest.approx(0, abs=1e-6)
    assert one.solid_effective_conductivity_siemens_per_metre == pytest.approx(
        0.5 * NMC_811.active_material_conductivity_siemens_per_metre, rel=1e-6
    )


def test_a_mean_keeps_the_error_that_all_have_in_common(packing: Microstructure, found: Transport) -> None:
    """Alike volumes have no scatter; the error by the voxels stays whatever their number, and can be propagated."""
    several = average_transport((found, found, found))
    for name in (AREA, TAU, SIGMA):
        assert getattr(several, f"{name}_standard_error") == pytest.approx(getattr(found, f"{name}_standard_error"))
    assert perturb(several, metric=TAU).pore_tortuosity_factor > several.pore_tortuosity_factor
    other = replace(found, **{TAU: found.pore_tortuosity_factor * 1.2})
    plain = average_transport(tuple(replace(one, **{f"{TAU}_standard_error": None}) for one in (found, other)))
    both = average_transport((found, other))
    assert both.pore_tortuosity_factor == plain.pore_tortuosity_factor
    shares = [found.pore_tortuosity_factor_standard_error / t.pore_tortuosity_factor for t in (found, other)]
    expected = math.hypot(plain.pore_tortuosity_factor_standard_error, both.pore_tortuosity_factor * sum(shares) / 2)
    assert both.pore_tortuosity_factor_standard_error == pytest.approx(expected)


def test_the_mean_of_one_has_no_standard_error(found: Transport) -> None:
    """How far others scatter is not known from one, and its error by the voxels alone would be too small."""
    single = average_transport((found,))
    assert found.pore_tortuosity_factor_standard_error is not None
    assert all(getattr(single, f"{name}_standard_error") is None for name in (AREA, TAU, SIGMA))


def test_two_sizes_that_agree_by_chance_do_not_make_the_error_small(found: Transport) -> None:
    """It is at least two thirds of what the two coarser sizes differ by, but for the solids."""
    levels = [replace(found, **{TAU: tau, SIGMA: 1 / tau}) for tau in (2.0, 2.1, 2.4)]
    limit = _extrapolated(levels[0], levels)
    assert limit.pore_tortuosity_factor == pytest.approx(1.9)
    assert limit.pore_tortuosity_factor_standard_error == pytest.approx(0.2)
    assert limit.solid_effective_conductivity_siemens_per_metre_standard_error < 2 / 3 * (1 / 2.1 - 1 / 2.4)


def test_a_limit_that_cannot_be_is_not_taken(found: Transport) -> None:
    """A tortuosity factor below 1, an area or a conductivity below 0: the finest value, by as much as it changed."""
    values = {TAU: (2.0, 3.2, 4.0), AREA: (10.0, 25.0, 30.0), SIGMA: (0.1, 0.3, 0.4)}
    levels = [replace(found, **{name: each[n] for name, each in values.items()}) for n in range(3)]
    limit = _extrapolated(levels[0], levels)
    for name, (finest, next_one, _) in values.items():
        assert getattr(limit, name) == finest
        assert getattr(limit, f"{name}_standard_error") >= next_one - finest


def test_what_does_not_conduct_at_all() -> None:
    """It is an outcome, without an error."""
    labels = np.zeros((32, 32, 32))
    labels[15:17] = 1
    one = homogenise_extrapolated(volume(labels), NMC_811)
    assert (one.pore_outcome, one.pore_tortuosity_factor) == (TransportOutcome.NOT_PERCOLATING, math.inf)
    assert one.pore_tortuosity_factor_standard_error is None


def test_what_only_the_finest_voxels_conduct_is_uncertain() -> None:
    """A channel that every second voxel misses: twice the conductance is within one standard error."""
    labels = np.full((32, 32, 32), 2)
    labels[:, 4, 4] = 0
    one = homogenise_extrapolated(volume(labels), NMC_811)
    assert one.pore_tortuosity_factor == pytest.approx(1)
    assert one.pore_tortuosity_factor_standard_error == pytest.approx(0.5)


def test_what_the_coarsest_voxels_do_not_conduct_is_uncertain_by_all_that_changed() -> None:
    """A bent channel that every fourth voxel misses: the extrapolation is as uncertain as it is long."""
    labels = np.full((32, 32, 32), 2)
    labels[:17, 3:6, 3:6], labels[14:17, 3:24, 3:6], labels[14:, 21:24, 3:6] = 0, 0, 0
    labels[:, 2::4] = 2
    labels[14:17, 5:22, 4:6] = 0
    one = homogenise_extrapolated(volume(labels), NMC_811)
    fine = effective_conductivity(canonical_labels(volume(labels)), ionic(NMC_811), coarsening=2)
    finest = one.pore_fraction / fine.value
    assert abs(one.pore_tortuosity_factor - finest) > 0.05
    assert one.pore_tortuosity_factor_standard_error == pytest.approx(
        abs(one.pore_tortuosity_factor - finest), rel=1e-2
    )


@pytest.mark.parametrize(("edge", "coarsening"), [(7, 2), (32, 0), (15, 4)])
def test_volumes_that_cannot_be_extrapolated_are_refused(edge: int, coarsening: int) -> None:
    """By what they are, what they would have to be, and what to do instead."""
    fewest = 4 * max(coarsening, 1)
    with pytest.raises(
        VolumeError, match=rf"\({edge}, {edge}, {edge}\) voxels .* at least {fewest} voxels.*homogenise"
    ):
        homogenise_extrapolated(volume(np.zeros((edge,) * 3)), NMC_811, coarsening=coarsening)


def test_the_middle_of_a_volume_of_any_edges_says_how_much_the_whole_changes(packing: Microstructure) -> None:
    """In proportion, with the same relative error; one layer is lost where the edge is odd, which the method says."""
    labels = packing.labels[:53, :44, :60]
    tight: Any = {"relative_tolerance": 1e-7}
    one = homogenise_extrapolated(replace(packing, labels=labels), NMC_811, **tight)
    whole = effective_conductivity(labels[:52].copy(), ionic(NMC_811), coarsening=2, **tight)
    middle = replace(packing, labels=labels[2:50, 2:42, 2:58].copy())
    part = homogenise_extrapolated(middle, NMC_811, **tight)
    own = effective_conductivity(middle.labels, ionic(NMC_811), coarsening=2, **tight)
    expected = one.pore_fraction / whole.value * part.pore_tortuosity_factor / (part.pore_fraction / own.value)
    assert one.pore_fraction == np.mean(labels[:52] == 0)
    assert one.pore_tortuosity_factor == pytest.approx(expected, rel=1e-6)
    relative = part.pore_tortuosity_factor_standard_error / part.pore_tortuosity_factor
    assert one.pore_tortuosity_factor_standard_error == pytest.approx(relative * expected, rel=1e-6)
    assert "of the middle 48 x 40 x 56; 52 x 44 x 60 of 53 x 44 x 60 voxels" in one.method
    assert one.edge_voxels == 52


def test_what_crosses_the_middle_alone_or_the_whole_alone() -> None:
    """Nothing tells how much a channel outside of the middle changes; what only the middle conducts, conducts not."""
    labels = np.ones((20, 20, 20))
    labels[:, :2] = 0
    aside = homogenise_extrapolated(volume(labels), NMC_811)
    assert aside.pore_tortuosity_factor == pytest.approx(1)
    assert aside.pore_tortuosity_factor_standard_error == pytest.approx(0.5)
    labels = np.zeros((20, 20, 20))
    labels[0] = 1
    closed = homogenise_extrapolated(volume(labels), NMC_811)
    assert (closed.pore_tortuosity_factor, closed.pore_tortuosity_factor_standard_error) == (math.inf, None)


def test_few_voxels_are_measured_at_two_sizes(packing: Microstructure) -> None:
    """The extrapolation is then as uncertain as it is long."""
    small = replace(packing, labels=packing.labels[:12, :12, :12].copy())
    one = homogenise_extrapolated(small, NMC_811)
    finest = one.pore_fraction / effective_conductivity(small.labels, ionic(NMC_811), coarsening=2).value
    change = abs(one.pore_tortuosity_factor - finest)
    assert one.pore_tortuosity_factor_standard_error == pytest.approx(change, rel=1e-2)
    assert "from every 1st and 2nd" in one.method
