"""The transport stage on volumes whose answer is known exactly."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest

from ragone.pipelines.characterise import characterise_with_taufactor
from ragone.pipelines.characterise.conduction import effective_conductivity
from ragone.schemas import Materials, Microstructure, Transport, TransportOutcome
from ragone.schemas.electrode import cubic_voxels

ACTIVE, BINDER = 0.2, 50.0
MATERIALS = Materials(
    active_material="made up",
    active_material_conductivity_siemens_per_metre=ACTIVE,
    carbon_binder_conductivity_siemens_per_metre=BINDER,
)


def measured(labels: npt.ArrayLike, **parameters: float) -> Transport:
    """The metrics of a volume labelled 0 pore, 1 active material, 2 carbon-binder."""
    volume = Microstructure(
        labels=np.asarray(labels, dtype=np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="made for a test",
        licence="own",
    )
    return characterise_with_taufactor(
        volume,
        MATERIALS,
        **parameters,  # type: ignore[arg-type]
    )


def noisy(shape: tuple[int, int, int], pore: float, seed: int = 3) -> npt.NDArray[np.uint8]:
    """Voxels drawn independently: pore with the given chance, else one of the solids."""
    drawn = np.random.default_rng(seed).random(shape)
    return np.where(drawn < pore, 0, np.where(drawn < pore + 0.6 * (1 - pore), 1, 2)).astype(np.uint8)


def test_a_uniform_pore_has_tau_one() -> None:
    """A volume of pore alone conducts like bulk, and no solid crosses it."""
    found = measured(np.zeros((8, 7, 6)))
    assert found.pore_tortuosity_factor == pytest.approx(1, abs=1e-9)
    assert found.pore_outcome is TransportOutcome.CONVERGED
    assert found.solid_outcome is TransportOutcome.NOT_PERCOLATING
    assert found.solid_effective_conductivity_siemens_per_metre == 0


def test_straight_channels_have_tau_one_whatever_their_share() -> None:
    """Channels along axis 0 conduct in proportion to their fraction; the active material between them likewise."""
    labels = np.ones((12, 9, 9), np.uint8)
    labels[:, 2:5, 3:7] = 0
    found = measured(labels)
    assert found.pore_tortuosity_factor == pytest.approx(1, abs=1e-9)
    expected = ACTIVE * found.active_material_fraction
    assert found.solid_effective_conductivity_siemens_per_metre == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("layers", [[1] * 5 + [2] * 5, [1, 2, 2, 2, 2, 1, 1, 1], [2, 1, 1, 1, 2], [1, 2]])
def test_layers_in_series_conduct_as_the_harmonic_mean(layers: list[int]) -> None:
    """Layers across axis 0, in any order and also at the ends, add their resistances."""
    labels = np.broadcast_to(np.array(layers)[:, None, None], (len(layers), 5, 4))
    resistivity = np.mean([1 / (ACTIVE if layer == 1 else BINDER) for layer in layers])
    found = measured(labels, relative_tolerance=1e-8).solid_effective_conductivity_siemens_per_metre
    assert found == pytest.approx(1 / resistivity, rel=1e-6)


def test_layers_in_parallel_conduct_as_the_arithmetic_mean() -> None:
    """Layers along axis 0 add their conductances."""
    labels = np.broadcast_to(np.array([1, 1, 2, 1, 2])[None, :, None], (9, 5, 4))
    found = measured(labels).solid_effective_conductivity_siemens_per_metre
    assert found == pytest.approx(0.6 * ACTIVE + 0.4 * BINDER, rel=1e-9)


def test_a_staircase_of_resistors_matches_kirchhoff() -> None:
    """A channel one voxel wide with a bend is a chain of resistors: half a voxel at each end, one between centres."""
    labels = np.ones((4, 3, 3), np.uint8)
    labels[:2, 1, 0] = labels[1:, 1, 1] = 0  # down two layers, one step aside, down two more
    steps = 0.5 + 1 + 1 + 1 + 1 + 0.5
    conductance = 1 / steps
    diffusivity = conductance * 4 / 9
    found = measured(labels, relative_tolerance=1e-8)
    assert found.pore_tortuosity_factor == pytest.approx(5 / 36 / diffusivity, rel=1e-6)


def test_dead_ends_and_closed_pores_leave_the_effective_diffusivity() -> None:
    """D_eff / D = pore_fraction / tau with the whole pore fraction: more pore that carries nothing raises tau only."""
    labels = np.ones((10, 9, 9), np.uint8)
    labels[:, 2, 2] = 0
    plain = measured(labels)
    labels[5, 2, 3:7] = 0  # a dead end on the channel
    labels[0:4, 7, 7] = 0  # a pit open to one face only
    labels[6:8, 6, 2] = 0  # closed
    polluted = measured(labels)
    assert polluted.pore_fraction > plain.pore_fraction
    for found in (plain, polluted):
        diffusivity = found.pore_fraction / found.pore_tortuosity_factor
        assert diffusivity == pytest.approx(1 / 81, rel=1e-6)


def test_diagonal_contact_does_not_percolate() -> None:
    """Voxels that share only an edge are not connected, in pores and in solids."""
    checkers = np.indices((4, 4, 4)).sum(axis=0) % 2
    found = measured(checkers)
    assert found.pore_outcome is found.solid_outcome is TransportOutcome.NOT_PERCOLATING
    assert found.pore_tortuosity_factor == np.inf
    assert not found.percolates()


def test_a_phase_that_is_cut_is_an_outcome() -> None:
    """One solid layer across the volume stops the pores and nothing else."""
    labels = np.zeros((6, 5, 5), np.uint8)
    labels[3] = 1
    labels[:, 0, 0] = 2
    found = measured(labels)
    assert found.pore_tortuosity_factor == np.inf
    assert found.solid_effective_conductivity_siemens_per_metre > 0


def test_the_solid_may_cross_only_by_both_phases_together() -> None:
    """Active material and carbon-binder that each end half way conduct in series."""
    labels = np.zeros((6, 3, 3), np.uint8)
    labels[:3, 1, 1], labels[3:, 1, 1] = 1, 2
    found = measured(labels, relative_tolerance=1e-8).solid_effective_conductivity_siemens_per_metre
    assert found == pytest.approx(1 / (0.5 / ACTIVE + 0.5 / BINDER) / 9, rel=1e-6)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 4, 5), (2, 1, 1), (2, 3, 5), (7, 1, 3)])
def test_tiny_and_odd_volumes(shape: tuple[int, int, int]) -> None:
    """The smallest volumes are solved too: a straight block has tau one at any shape."""
    found = measured(np.zeros(shape))
    assert found.pore_tortuosity_factor == pytest.approx(1, abs=1e-9)
    assert measured(np.full(shape, 2)).solid_effective_conductivity_siemens_per_metre == pytest.approx(BINDER, rel=1e-9)


def test_the_step_limit_is_an_outcome_with_the_value_so_far() -> None:
    """A solve that may not take a hundred sweeps is stored as unconverged, with a finite value."""
    found = measured(noisy((12, 12, 12), 0.6), largest_step_count=5, relative_tolerance=1e-13)
    assert found.pore_outcome is found.solid_outcome is TransportOutcome.MAX_STEPS
    assert 1 < found.pore_tortuosity_factor < 20


def test_agrees_with_taufactor_as_shipped() -> None:
    """On pores our arrangement of TauFactor's solver gives what its own gives, run to a tight criterion."""
    from taufactor import Solver

    labels = noisy((20, 18, 16), 0.7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        theirs = Solver((labels == 0).astype(np.uint8), device="cpu")
        theirs.solve(verbose=False, conv_crit=2e-4)
    ours = measured(labels)
    assert ours.pore_tortuosity_factor == pytest.approx(float(theirs.tau[0]), rel=2e-4)


@pytest.mark.parametrize("contrast", [1.0, 1e-2, 1e-5])
def test_the_default_tolerance_bounds_the_error(contrast: float) -> None:
    """The value at the default tolerance is within it of a tight solve, at any contrast of the solids."""
    labels = noisy((12, 12, 12), 0.5)
    conductivities = {1: contrast, 2: 1.0}
    default, tight = (
        effective_conductivity(labels, conductivities, relative_tolerance=t, largest_step_count=20_000).conductivity
        for t in (1e-4, 1e-7)
    )
    assert default == pytest.approx(tight, rel=1e-4)


@pytest.mark.parametrize("seed", [1, 2])
def test_effective_transport_lies_within_the_bounds_of_wiener(seed: int) -> None:
    """No arrangement conducts better than layers in parallel or worse than layers in series."""
    labels = noisy((14, 13, 12), 0.0, seed)
    found = measured(labels)
    active, binder = found.active_material_fraction, found.carbon_binder_fraction
    effective = found.solid_effective_conductivity_siemens_per_metre
    assert 1 / (active / ACTIVE + binder / BINDER) < effective < active * ACTIVE + binder * BINDER


def test_repeats_bitwise_and_at_another_thread_count(capfd: pytest.CaptureFixture[str]) -> None:
    """Two runs agree to the last bit, with one torch thread or two, and nothing is printed."""
    import torch

    labels = noisy((33, 32, 31), 0.5)
    threads = torch.get_num_threads()
    try:
        found = []
        for count in (1, 1, 2):
            torch.set_num_threads(count)
            found.append(measured(labels))
    finally:
        torch.set_num_threads(threads)
    assert found[0].to_arrow().equals(found[1].to_arrow())
    assert found[0].to_arrow().equals(found[2].to_arrow())
    assert capfd.readouterr() == ("", "")


def test_labels_follow_the_phase_map_and_the_binder_may_be_absent() -> None:
    """Any labels in any order give the same metrics; a volume without carbon-binder has fraction zero of it."""
    labels = np.where(noisy((10, 10, 10), 0.6) == 0, 0, 1).astype(np.uint8)
    renamed = Microstructure(
        labels=np.where(labels == 0, 200, 7).astype(np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_names=("active_material", "pore"),
        phase_labels=np.array([7, 200], np.uint8),
        source="made for a test",
        licence="own",
    )
    found = characterise_with_taufactor(
        renamed,
        MATERIALS,
    )
    assert found.to_arrow().equals(measured(labels).to_arrow())
    assert found.carbon_binder_fraction == 0
