"""Uncertain bulk properties and what they make of the metrics: on laminates exactly, and as far as the cell."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ragone.pipelines.characterise import (
    average_transport,
    average_with_bruggeman,
    homogenise,
    homogenise_extrapolated,
    perturb,
)
from ragone.pipelines.kpi.transport import transport_properties
from ragone.schemas import Materials, Microstructure, Transport
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.errors import BoundsError, MissingFieldError
from ragone.schemas.materials import NMC_811
from tests.built_cells import full_cell

SHARE, NANOPOROSITY, FACTOR = 0.16, 0.5, 3.0
SURE = replace(NMC_811, carbon_binder_nanoporosity=NANOPOROSITY, carbon_binder_ionic_conductivity_share=SHARE)
UNSURE = replace(
    SURE,
    active_material_conductivity_uncertainty_factor=10.0,
    carbon_binder_conductivity_uncertainty_factor=2.0,
    carbon_binder_ionic_conductivity_share_uncertainty_factor=FACTOR,
)
TAU, SIGMA = "pore_tortuosity_factor", "solid_effective_conductivity_siemens_per_metre"
BY_TAU, BY_SIGMA = (f"materials_{metric}_standard_error" for metric in (TAU, SIGMA))
TIGHT = 1e-8


def layers(phases: list[int], axis: int, edge: int = 8) -> Microstructure:
    """Layers across an axis of 0 pore, 1 active material, 2 carbon-binder."""
    labels = np.moveaxis(np.broadcast_to(np.array(phases, np.uint8), (edge, edge, len(phases))), -1, axis)
    return Microstructure(
        labels=np.ascontiguousarray(labels),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="made for a test",
        licence="own",
    )


@pytest.fixture(scope="module")
def beside() -> Transport:
    """Pores, carbon-binder and active material side by side, along axis 0."""
    return homogenise(layers([0, 0, 2, 1, 2, 1, 0, 1], axis=1), UNSURE, relative_tolerance=TIGHT)


def test_errors_of_layers_side_by_side_add_in_quadrature(beside: Transport) -> None:
    """Each conductance with its own error; that of ions is the change of the tortuosity factor."""
    active, binder = 3 / 8 * 0.1 * (1 - 1 / 10), 2 / 8 * 100.0 * (1 - 1 / 2)
    assert getattr(beside, BY_SIGMA) == pytest.approx(math.hypot(active, binder), rel=1e-6)
    porosity = 3 / 8 + 2 / 8 * NANOPOROSITY
    taus = [porosity / (3 / 8 + 2 / 8 * share) for share in (SHARE, SHARE / FACTOR)]
    assert getattr(beside, BY_TAU) == pytest.approx(taus[1] - taus[0], rel=1e-6)


def test_the_limit_of_small_voxels_has_it_too() -> None:
    """Of layers that every voxel size shows alike it is that of the voxels."""
    series = layers([0] * 8 + [2] * 8 + [0] * 16, axis=0, edge=16)
    found = homogenise_extrapolated(series, UNSURE, relative_tolerance=1e-7)
    porosity = 3 / 4 + NANOPOROSITY / 4
    taus = [porosity * (3 / 4 + 1 / 4 / share) for share in (SHARE, SHARE / FACTOR)]
    assert getattr(found, BY_TAU) == pytest.approx(taus[1] - taus[0], rel=1e-4)
    assert getattr(found, BY_SIGMA) is None  # no solid spans the volume along axis 0


def test_no_number_of_volumes_makes_it_smaller(beside: Transport) -> None:
    """Four equal ones have no scatter, and the error of one; Bruggeman's relation has none of the share."""
    mean = average_transport((beside,) * 4)
    assert [getattr(mean, name) for name in (BY_TAU, BY_SIGMA)] == pytest.approx(
        [getattr(beside, name) for name in (BY_TAU, BY_SIGMA)]
    )
    assert mean.pore_tortuosity_factor_standard_error == pytest.approx(0.0, abs=1e-12)
    assert getattr(average_with_bruggeman((beside,) * 2), BY_TAU) is None


def test_what_is_not_stated_has_no_error() -> None:
    """Materials without factors solve as before, to the bit, and a dense binder has no share to be unsure of."""
    volume = layers([0, 0, 2, 1, 2, 1, 0, 1], axis=1)
    sure = homogenise(volume, SURE)
    assert getattr(sure, BY_TAU) is getattr(sure, BY_SIGMA) is None
    assert replace(homogenise(volume, UNSURE), **{BY_TAU: None, BY_SIGMA: None}).id == sure.id
    dense = replace(UNSURE, carbon_binder_ionic_conductivity_share=0.0)
    assert getattr(homogenise(volume, dense), BY_TAU) is None


def test_it_reaches_the_cell_under_its_own_name(beside: Transport) -> None:
    """The metric is raised by that error alone, and the cell says by which."""
    raised = perturb(beside, metric=f"materials_{TAU}")
    assert raised.pore_tortuosity_factor == beside.pore_tortuosity_factor + getattr(beside, BY_TAU)
    assert full_cell(raised, UNSURE).method.endswith(f"; materials_{TAU} raised by one standard error")


def test_it_reaches_the_reported_metric(beside: Transport) -> None:
    """In quadrature with the scatter of the volumes; a single volume has no scatter, and so no uncertainty."""
    mean = replace(beside, volume_element_count=4, pore_tortuosity_factor_standard_error=0.3)
    half_width = (beside.pore_tortuosity_factor_upper - beside.pore_tortuosity_factor_lower) / 2
    wanted = math.hypot(0.3, half_width, getattr(beside, BY_TAU))
    assert transport_properties.function(mean)[TAU].standard_uncertainty == pytest.approx(wanted, rel=1e-12)
    assert transport_properties.function(beside)[TAU].standard_uncertainty is None


def test_an_error_that_is_not_stated_cannot_be_raised(example: Callable[..., Any]) -> None:
    """The message says what to state."""
    with pytest.raises(MissingFieldError, match="State the uncertainty factors"):
        perturb(example("transport"), metric=f"materials_{SIGMA}")


def test_a_factor_below_one_is_refused() -> None:
    """It multiplies or divides: at least one."""
    with pytest.raises(BoundsError, match="carbon_binder_conductivity_uncertainty_factor"):
        Materials(active_material="made up", carbon_binder_conductivity_uncertainty_factor=0.5)
