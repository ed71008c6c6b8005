"""Overpotential shares of a design, from the discharge that the loop stored of it."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.flows.design.losses import losses_of
from ragone.pipelines.cell import assemble_cell, discharge_at_constant_power
from ragone.pipelines.kpi import energy_and_power_density
from ragone.schemas import CellDesign, Cycling, Discharge, DischargeOutcome
from ragone.schemas.materials import NMC_811

COARSE = {"mesh_points": 10, "relative_tolerance": 1e-5, "absolute_tolerance": 1e-5}
CANDIDATE = "candidate-" + "0" * 64


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake of this module."""
    with Lake.open(tmp_path_factory.mktemp("losses") / "lake", create=True) as opened:
        yield opened


def discharged(lake, example, **conditions):
    """The id of the energy density of a cell at a power, and that of its discharge."""
    electrode = {
        "transport": lake.put(
            example(
                "transport",
                active_material_conductivity_siemens_per_metre=NMC_811.active_material_conductivity_siemens_per_metre,
                carbon_binder_conductivity_siemens_per_metre=NMC_811.carbon_binder_conductivity_siemens_per_metre,
            )
        ),
        "materials": lake.put(NMC_811),
    }
    design = lake.put(CellDesign(mass_loading_kilogram_per_square_metre=0.2))
    cell = lake.run(assemble_cell, **electrode, design=design).id
    curve = lake.run(discharge_at_constant_power, cell=cell, **COARSE, **conditions).id
    return lake.run(energy_and_power_density, curve=curve, cell=cell).outputs["energy_density"], curve


def test_the_discharge_is_done_again_and_its_losses_add_up(lake, example):
    """Shares add up to one with nothing to speak of unaccounted, over a protocol of the same energy and settings."""
    kpi, curve = discharged(lake, example, power_watt=60.0)
    found = losses_of(lake, CANDIDATE, (kpi,))
    assert found.reason == ""
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert abs(found.shares["unaccounted"]) < 1e-3
    assert list(found.shares.values()) == sorted(found.shares.values(), reverse=True)
    assert found.mean_overpotential_volt > 0
    again, first = lake.get(found.curve_id, Cycling), lake.get(curve, Discharge)
    assert again.test_time_second[-1] == pytest.approx(first.test_time_second[-1], rel=1e-3)
    assert losses_of(lake, CANDIDATE, (kpi,)).kpi_ids == found.kpi_ids


def test_a_discharge_that_was_broken_off_is_done_as_long_as_it_lasted(lake, example):
    """Ended by the time limit after ten minutes, far above the voltage limit."""
    kpi, curve = discharged(lake, example, power_watt=60.0, largest_duration_second=600.0)
    assert lake.get(curve, Discharge).outcome is DischargeOutcome.TIME_LIMIT
    found = losses_of(lake, CANDIDATE, (kpi,))
    assert lake.get(found.curve_id, Cycling).test_time_second[-1] == pytest.approx(600.0, abs=0.01)


def test_more_power_loses_more(lake, example):
    """The mean overpotential grows with the power."""
    low, high = (losses_of(lake, CANDIDATE, discharged(lake, example, power_watt=p)[:1]) for p in (20.0, 100.0))
    assert high.mean_overpotential_volt > low.mean_overpotential_volt


def test_what_has_no_losses_has_a_reason(lake, example):
    """A failed design, a KPI that no curve gave, and a power that no cell delivers."""
    assert "failed" in losses_of(lake, CANDIDATE, ()).reason
    assert "not read off" in losses_of(lake, CANDIDATE, (lake.put(example("kpi")),)).reason
    kpi, _ = discharged(lake, example, power_watt=1e5)
    assert "nothing was discharged" in losses_of(lake, CANDIDATE, (kpi,)).reason
