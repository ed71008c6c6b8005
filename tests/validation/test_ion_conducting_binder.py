"""Carbon-binder that conducts ions, on volumes whose diffusivity is known exactly; from voxels to the cell."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ragone.pipelines.cell import ideal_transport
from ragone.pipelines.cell.errors import ContradictionError
from ragone.pipelines.characterise import (
    average_transport,
    average_with_bruggeman,
    characterise_with_taufactor,
    homogenise,
    homogenise_along_all_axes,
    homogenise_extrapolated,
)
from ragone.pipelines.characterise.errors import MixedTransportsError
from ragone.pipelines.kpi.transport import transport_properties
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import Materials, Microstructure, Recipe, Transport, TransportOutcome
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.errors import BoundsError, SchemaVersionError
from ragone.schemas.materials import NMC_811
from tests.built_cells import full_cell, half_cell

NANOPOROSITY, SHARE = 0.5, 0.16
SPONGE = replace(NMC_811, carbon_binder_nanoporosity=NANOPOROSITY, carbon_binder_ionic_conductivity_share=SHARE)
DENSE = replace(SPONGE, carbon_binder_ionic_conductivity_share=0.0)
TIGHT = 1e-8
Engine = Callable[..., Transport]
ENGINES = [
    pytest.param(lambda volume, materials: homogenise(volume, materials, relative_tolerance=TIGHT), id="kernel"),
    pytest.param(
        lambda volume, materials: characterise_with_taufactor(volume, materials, relative_tolerance=TIGHT),
        id="TauFactor",
    ),
]


def volume(labels: Any) -> Microstructure:
    """Voxels of 1 um labelled 0 pore, 1 active material, 2 carbon-binder."""
    return Microstructure(
        labels=np.ascontiguousarray(labels, np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="made for a test",
        licence="own",
    )


def layers(phases: list[int], axis: int, edge: int = 8) -> Microstructure:
    """Layers across an axis, of a volume of so many voxels across the others."""
    return volume(np.moveaxis(np.broadcast_to(np.array(phases), (edge, edge, len(phases))), -1, axis))


@pytest.mark.parametrize("measure", ENGINES)
def test_a_layer_of_binder_is_in_series_with_the_pores(measure: Engine) -> None:
    """Resistances add, and the nanopores count in the porosity that the factor refers to."""
    found = measure(layers([0, 0, 2, 0, 2, 2, 0, 0], axis=0), SPONGE)
    diffusivity = 1 / (5 / 8 + 3 / 8 / SHARE)
    porosity = 5 / 8 + 3 / 8 * NANOPOROSITY
    assert found.porosity == pytest.approx(porosity, rel=1e-12)
    assert found.pore_fraction == pytest.approx(5 / 8, rel=1e-12)
    assert found.pore_tortuosity_factor == pytest.approx(porosity / diffusivity, rel=1e-6)
    assert found.pore_outcome is TransportOutcome.CONVERGED


@pytest.mark.parametrize("measure", ENGINES)
def test_binder_beside_the_pores_adds_its_share(measure: Engine) -> None:
    """Conductances add; active material lets nothing through."""
    found = measure(layers([0, 0, 2, 1, 2, 1, 0, 1], axis=1), SPONGE)
    diffusivity, porosity = 3 / 8 + 2 / 8 * SHARE, 3 / 8 + 2 / 8 * NANOPOROSITY
    assert found.pore_tortuosity_factor == pytest.approx(porosity / diffusivity, rel=1e-6)


@pytest.mark.parametrize("measure", ENGINES)
def test_binder_alone_has_the_factor_of_its_nanopores(measure: Engine) -> None:
    """Nanoporosity over share, as for any porous medium; where it is dense nothing crosses."""
    alone = volume(np.full((8, 8, 8), 2))
    assert measure(alone, SPONGE).pore_tortuosity_factor == pytest.approx(NANOPOROSITY / SHARE, rel=1e-9)
    dense = measure(alone, DENSE)
    assert (dense.pore_tortuosity_factor, dense.pore_outcome) == (math.inf, TransportOutcome.NOT_PERCOLATING)


def test_the_tensor_has_both_laminates() -> None:
    """In series along one axis and side by side along the others, joined sides or not."""
    laminate = layers([0, 0, 2, 0, 2, 2, 0, 0], axis=0)
    series, parallel = 1 / (5 / 8 + 3 / 8 / SHARE), 5 / 8 + 3 / 8 * SHARE
    porosity = 5 / 8 + 3 / 8 * NANOPOROSITY
    for periodic in (False, True):
        found = homogenise_along_all_axes(laminate, SPONGE, periodic=periodic, relative_tolerance=TIGHT)
        diagonal = np.diag(found.pore_relative_diffusivity)
        assert diagonal == pytest.approx([series, parallel, parallel], rel=1e-6)
        assert found.pore_tortuosity_factors() == pytest.approx(porosity / diagonal, rel=1e-12)


def test_the_limit_of_small_voxels_keeps_an_exact_laminate() -> None:
    """Layers as thick as the coarsest voxels are the same for each voxel size: nothing is left to extrapolate."""
    laminate = layers([0] * 8 + [2] * 8 + [0] * 16, axis=0, edge=16)
    found = homogenise_extrapolated(laminate, SPONGE, relative_tolerance=1e-7)
    diffusivity = 1 / (3 / 4 + 1 / 4 / SHARE)
    assert found.pore_tortuosity_factor == pytest.approx((3 / 4 + NANOPOROSITY / 4) / diffusivity, rel=1e-5)
    assert found.pore_tortuosity_factor_standard_error == pytest.approx(0.0, abs=1e-4)


@pytest.fixture(scope="module")
def packing() -> Microstructure:
    """Spheres with a carbon-binder whose voxels hold their nanopores; shape (32, 32, 32)."""
    recipe = Recipe(active_material_weight_fraction=0.94, porosity=0.4)
    return pack_particles(recipe, SPONGE, edge_voxels=32, voxel_size_metre=6e-7, seed=3)


@pytest.fixture(scope="module")
def transport(packing: Microstructure) -> Transport:
    """Metrics of that packing."""
    return homogenise(packing, SPONGE)


def test_two_engines_agree_on_a_packing(packing: Microstructure, transport: Transport) -> None:
    """TauFactor's value lies within the certified interval, as wide as its own tolerance."""
    other = characterise_with_taufactor(packing, SPONGE, relative_tolerance=1e-5)
    assert other.pore_tortuosity_factor == pytest.approx(transport.pore_tortuosity_factor, rel=5e-4)
    assert (other.porosity, other.nanopore_fraction) == pytest.approx((transport.porosity, transport.nanopore_fraction))


def test_more_share_is_less_tortuous_and_none_is_the_dense_binder(packing: Microstructure) -> None:
    """The diffusivity rises with the share from that of the dense binder, and stays below the mean of the phases."""
    shares = (1e-9, 0.05, 0.16, 0.32, NANOPOROSITY)
    found = [homogenise(packing, replace(SPONGE, carbon_binder_ionic_conductivity_share=share)) for share in shares]
    dense = homogenise(packing, DENSE)
    diffusivities = [one.porosity / one.pore_tortuosity_factor for one in found]
    assert diffusivities == sorted(diffusivities)
    assert diffusivities[0] == pytest.approx(dense.pore_fraction / dense.pore_tortuosity_factor, rel=1e-3)
    assert diffusivities[-1] < dense.pore_fraction + NANOPOROSITY * dense.carbon_binder_fraction
    assert (dense.nanopore_fraction, dense.porosity) == (0.0, dense.pore_fraction)


@pytest.mark.parametrize("measure", ENGINES)
def test_nanopores_wet_their_part_of_the_area_below_them(measure: Engine) -> None:
    """A face towards the binder counts with the nanoporosity, one towards a pore whole; where it is dense, none."""
    towards_pore, towards_binder = (layers([1] * 4 + [phase] * 4, axis=0) for phase in (0, 2))
    whole = measure(towards_pore, SPONGE).specific_surface_area_per_metre
    below = measure(towards_binder, SPONGE)
    assert below.specific_surface_area_per_metre == pytest.approx(NANOPOROSITY * whole, rel=1e-12)
    assert "0.5 of the area under the carbon-binder" in below.surface_area_method
    assert measure(towards_binder, DENSE).specific_surface_area_per_metre == 0
    assert "carbon-binder" not in measure(towards_binder, DENSE).surface_area_method


@pytest.mark.parametrize("built", [full_cell, half_cell])
def test_the_cell_has_the_porosity_and_the_diffusivity_that_were_solved(
    transport: Transport, built: Callable[..., Any]
) -> None:
    """Metrics and cell have one porosity, so that the tortuosity factor is handed on as it is."""
    cell = built(transport, SPONGE)
    assert cell.positive_porosity == pytest.approx(transport.porosity, rel=1e-12)
    assert cell.positive_porosity == pytest.approx(0.4, abs=1e-4)
    assert cell.positive_pore_tortuosity_factor == pytest.approx(transport.pore_tortuosity_factor, rel=1e-12)


@pytest.mark.parametrize("built", [full_cell, half_cell])
def test_a_cell_of_another_share_is_refused(transport: Transport, built: Callable[..., Any]) -> None:
    """Both values are named."""
    with pytest.raises(ContradictionError, match=r"ionic_conductivity_share = 0 \[-\], but 0.16 \[-\] entered"):
        built(transport, DENSE)


def test_means_keep_the_porosity_of_their_factor(transport: Transport) -> None:
    """A mean of one is itself; Bruggeman's relation is of all pores; other shares are not averaged."""
    mean = average_transport((transport, transport))
    assert mean.pore_tortuosity_factor == pytest.approx(transport.pore_tortuosity_factor, rel=1e-12)
    assert mean.porosity == pytest.approx(transport.porosity, rel=1e-12)
    assert mean.pore_tortuosity_factor_lower == pytest.approx(transport.pore_tortuosity_factor_lower, rel=1e-12)
    bruggeman = average_with_bruggeman((transport,)).pore_tortuosity_factor
    assert bruggeman == pytest.approx(transport.porosity**-0.5, rel=1e-12)
    with pytest.raises(MixedTransportsError, match="carbon_binder_ionic_conductivity_share"):
        average_transport((transport, replace(transport, carbon_binder_ionic_conductivity_share=0.2)))


def test_the_diffusivity_reported_is_that_which_was_solved(transport: Transport) -> None:
    """As a KPI: the porosity that the factor refers to, over the factor."""
    found = transport_properties.function(transport)["pore_relative_diffusivity"].value
    assert found == pytest.approx(transport.porosity / transport.pore_tortuosity_factor, rel=1e-12)


def test_an_assumed_electrode_has_the_porosity_of_its_recipe() -> None:
    """Bruggeman's relation is of the recipe's porosity, which the cell has too."""
    recipe = Recipe(active_material_weight_fraction=0.94, porosity=0.4)
    assumed = ideal_transport(recipe, SPONGE)
    assert assumed.porosity == pytest.approx(0.4, rel=1e-12)
    cell = full_cell(assumed, SPONGE)
    assert cell.positive_pore_tortuosity_factor == pytest.approx(0.4**-0.5, rel=1e-12)


@pytest.mark.parametrize(("nanoporosity", "share"), [(0.0, 0.1), (0.5, 0.51)])
def test_more_ions_than_nanopores_let_through_are_refused(nanoporosity: float, share: float) -> None:
    """A share above the nanoporosity would be a tortuosity factor of the nanopores below one."""
    with pytest.raises(BoundsError, match="more than carbon_binder_nanoporosity"):
        Materials(
            active_material="made up",
            carbon_binder_nanoporosity=nanoporosity,
            carbon_binder_ionic_conductivity_share=share,
        )


@pytest.mark.parametrize("kind", ["materials", "transport", "transport_tensor"])
def test_older_records_have_a_dense_binder(example: Callable[..., Any], kind: str) -> None:
    """Versions before do not know the share: it is read as 0, and an electrode that has one is not written so."""
    share = {"carbon_binder_ionic_conductivity_share": 0.0}
    record = example(kind, **share)
    older = record.to_arrow(record.schema_version - 1)
    assert "carbon_binder_ionic_conductivity_share" not in older.column_names
    assert type(record).from_arrow(older).carbon_binder_ionic_conductivity_share == 0.0
    with pytest.raises(SchemaVersionError, match="carbon_binder_ionic_conductivity_share"):
        replace(record, carbon_binder_ionic_conductivity_share=0.1).to_arrow(record.schema_version - 1)
