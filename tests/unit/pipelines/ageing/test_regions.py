"""Parallel regions of a cell: exact limits of the current that they share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.ageing import age_cell, age_regions, region_of_cell
from ragone.pipelines.ageing.errors import AgeingError
from ragone.pipelines.cell import reference_cell
from ragone.schemas import FadeOutcome
from ragone.schemas.materials import NMC_811
from tests.built_cells import conductivities, full_cell

COARSE = {"model": "SPM", "coating_points": 4, "particle_points": 8}
FRESH = {"sei": "none", "sei_on_cracks": False, "plating": "none", "cracking": False, "loss_of_active_material": False,
         "porosity_change": False}  # fmt: skip


@pytest.fixture(scope="module")
def cell():
    """The own cell of a parameter set."""
    return reference_cell(parameter_set="Chen2020")


@pytest.fixture(scope="module")
def others(cell):
    """Regions that hold less and more: thinner and thicker coatings of both electrodes."""
    return tuple(
        replace(
            cell,
            positive_thickness_metre=cell.positive_thickness_metre * share,
            negative_thickness_metre=cell.negative_thickness_metre * share,
        )
        for share in (0.9, 1.1)
    )


def capacities(fade):
    """What was delivered in each cycle [A h]."""
    return fade.discharging_capacity_ampere_hour


@pytest.mark.parametrize("count", [1, 2])
def test_equal_regions_are_one_cell(cell, count):
    """Charges, energies, times and losses are those of the cell that PyBaMM's experiment cycles."""
    whole = age_cell(cell, None, cycles=2, **COARSE)["fade"]
    fade = age_regions((cell,) * count, cycles=2, **COARSE)
    for name in ("discharging_capacity_ampere_hour", "charging_capacity_ampere_hour", "test_time_second"):
        assert getattr(fade, name) == pytest.approx(getattr(whole, name), rel=2e-5), name
    assert fade.discharging_energy_watt_hour == pytest.approx(whole.discharging_energy_watt_hour, rel=2e-4)
    assert fade.variable_names == whole.variable_names
    for name, own, known in zip(fade.variable_names, fade.variables, whole.variables, strict=True):
        assert own == pytest.approx(known, rel=1e-2 if "positive" in name else 1e-3), name


def test_slow_regions_deliver_the_sum_of_their_charges(cell, others):
    """At a vanishing current the capacity is the mean of those of the regions alone; at a usual one it is not."""
    slow = {"cycles": 1, "discharge_rate": 0.02, "cutoff_rate": 0.01, **COARSE, **FRESH}
    alone = np.mean([capacities(age_regions((one,), **slow)) for one in others])
    assert capacities(age_regions(others, **slow)) == pytest.approx(alone, rel=2e-4)


def test_the_current_is_shared_as_the_voltage_asks(others):
    """What they deliver lies between the charges of either alone, and their order is nothing."""
    usual = {"cycles": 1, "discharge_rate": 2.0, **COARSE, **FRESH}
    whole = capacities(age_regions(others, **usual))
    assert capacities(age_regions(others[::-1], **usual)) == pytest.approx(whole, rel=1e-5)
    least, most = sorted(float(capacities(age_regions((one,), **usual))[0]) for one in others)
    assert least * 1.01 < whole[0] < most * 0.99


def test_a_volume_element_makes_a_region(example):
    """The one that the cell was built of gives the cell; a denser one holds more in the same thickness."""
    transport = example("transport", **conductivities(NMC_811))
    cell = full_cell(transport)
    same = region_of_cell(cell, transport, NMC_811)
    assert replace(same, method=cell.method).id == cell.id
    denser = replace(transport, active_material_fraction=transport.active_material_fraction * 1.1,
                     pore_fraction=transport.pore_fraction - 0.1 * transport.active_material_fraction)  # fmt: skip
    region = region_of_cell(cell, denser, NMC_811)
    assert region.positive_thickness_metre == cell.positive_thickness_metre
    assert region.positive_active_material_fraction == pytest.approx(1.1 * cell.positive_active_material_fraction)
    ratio = cell.negative_to_positive_capacity_ratio / 1.1
    assert region.negative_to_positive_capacity_ratio == pytest.approx(ratio)
    with pytest.raises(AgeingError, match="not measured"):
        region_of_cell(cell, transport, NMC_811, electrode="negative")


def test_what_cannot_be_shared_is_refused(cell, others):
    """No regions, and regions of several cells; a life that its rule ends says so."""
    with pytest.raises(AgeingError, match="no regions"):
        age_regions((), cycles=1)
    with pytest.raises(AgeingError, match="electrode_area"):
        age_regions((cell, replace(cell, electrode_area_square_metre=1.0)), cycles=1)
    fade = age_regions((cell,), cycles=9, until_capacity_share=0.9995, **COARSE)
    assert fade.outcome is FadeOutcome.STOPPED
    assert len(fade.cycle_count) < 9
