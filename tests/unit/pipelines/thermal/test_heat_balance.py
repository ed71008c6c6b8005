"""The lines of a heat balance as a record: what they agree with, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.pipelines.thermal import heat_balance, steady_temperature, thermal_runaway
from ragone.schemas.errors import FieldShapeError, MissingFieldError

H = "heat_transfer_coefficient_watt_per_square_metre_kelvin"
_MASSES = {"negative_solids": 0.075, "positive_active_material": 0.125, "electrolyte": 0.045}
_PARTS = {"components": {n: {"mass_kilogram": m, "volume_cubic_metre": 0.0} for n, m in _MASSES.items()}}
COARSE = {"mesh_points": 8, H: 4.0}


@pytest.fixture
def cell(example):
    """A cell that is a lump, and falls apart where it is hot."""
    return example(
        "cell_parameters",
        cooled_area_square_metre=0.015,
        conduction_length_metre=0.02,
        thermal_conductivity_watt_per_metre_kelvin=3.0,
        heat_capacity_joule_per_kelvin=330.0,
        components=_PARTS,
    )


def test_generation_meets_the_loss_where_the_kpis_say(cell):
    """At the steady temperature sources and loss are equal; decomposition touches the critical loss line."""
    load = {"c_rate": 0.5, **COARSE}
    steady, runaway = steady_temperature(cell, **load), thermal_runaway(cell, **{H: 4.0})
    rise = steady["steady_temperature"].value - 298.15
    balance = heat_balance(cell, largest_rise_kelvin=2 * rise, temperature_count=3, **load)
    assert balance.temperature_kelvin == pytest.approx([298.15, 298.15 + rise, 298.15 + 2 * rise])
    assert balance.conductance_watt_per_kelvin == pytest.approx(0.06)
    assert balance.heat_watt[:, 1].sum() == pytest.approx(0.06 * rise, rel=1e-4)
    critical, touching = (runaway[n].value for n in ("critical_ambient_temperature", "temperature_of_no_return"))
    lost = 0.06 * (balance.decomposition_temperature_kelvin - critical)
    excess = balance.decomposition_heat_watt - lost
    assert excess.min() == pytest.approx(0.0, abs=2e-3)
    assert balance.decomposition_temperature_kelvin[excess.argmin()] == pytest.approx(touching, abs=0.5)
    assert (balance.c_rate, balance.power_watt, balance.reason) == (0.5, None, "")


def test_what_is_left_out_is_told(cell, example):
    """A power that no discharge gives, a cell without its table, and one that was not built."""
    refused = heat_balance(cell, power_watt=1e4, temperature_count=2, **COARSE)
    assert refused.heat_watt.shape == (len(refused.source_names), 0)
    assert refused.reason.count("no discharge at") == 2
    assert len(refused.decomposition_heat_watt)
    bare = example("cell_parameters", outcome="a phase of the positive electrode does not percolate", components={})
    nothing = heat_balance(bare, power_watt=10.0, **COARSE)
    assert nothing.reason.startswith("no cell: a phase")
    assert "has no component" in nothing.reason
    assert nothing.conductance_watt_per_kelvin is None
    assert len(nothing.temperature_kelvin) == len(nothing.decomposition_heat_watt) == 0


def test_one_load_is_asked_for(cell):
    """Neither none nor two."""
    for load in ({}, {"power_watt": 1.0, "c_rate": 1.0}):
        with pytest.raises(MissingFieldError, match="give one of the two"):
            heat_balance(cell, **load, **COARSE)


def test_every_temperature_has_its_heats(example):
    """A record whose columns differ in length is none."""
    with pytest.raises(FieldShapeError, match="shape"):
        example("heat_balance", temperature_kelvin=np.array([298.15]))
    with pytest.raises(FieldShapeError, match="each of its temperatures"):
        example("heat_balance", decomposition_heat_watt=np.array([1.0]))
