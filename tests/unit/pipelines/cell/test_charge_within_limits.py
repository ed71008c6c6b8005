"""Charging as fast as current, voltage, temperature and plating margin allow."""

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.errors import TemperatureLawError
from ragone.pipelines.cell.protocols import charge_within_limits
from ragone.pipelines.cell.protocols.variables import PLATING_MARGIN
from ragone.pipelines.kpi import charge_time
from ragone.schemas import CyclingOutcome, KpiOutcome
from ragone.schemas.errors import BoundsError

COARSE = {"mesh_points": 10, "relative_tolerance": 1e-5, "absolute_tolerance": 1e-5}


@pytest.fixture(scope="module")
def cell():
    """The LG M50 with activation energies."""
    return reference_cell(parameter_set="Chen2020_Arrhenius", form_factor="21700")


@pytest.fixture(scope="module")
def fast(cell):
    """A charge with up to 4C from 10 to 80 %."""
    return charge_within_limits(cell, **COARSE)


def test_one_limit_is_always_met_and_none_passed(cell, fast):
    """At every sample current, voltage or margin is at its limit, within what a smooth minimum leaves, up to 80 %."""
    assert fast.outcome is CyclingOutcome.COMPLETED
    current = fast.current_ampere / (4 * cell.nominal_capacity_ampere_hour)
    derated = np.minimum(1, (333.15 - fast.temperature_kelvin) / 5)
    distance = np.stack([derated - current, (4.2 - fast.voltage_volt) / 0.1, fast.variable(PLATING_MARGIN) / 0.1])
    assert np.abs(distance.min(axis=0)).max() < 5e-3
    assert distance.min() > -1e-4
    charge = np.trapezoid(fast.current_ampere, fast.test_time_second) / 3600
    assert charge == pytest.approx(0.7 * cell.nominal_capacity_ampere_hour, rel=1e-3)


def test_the_plating_limit_costs_time(cell, fast):
    """Without it the same charge is faster and passes it, which the KPI of the limited one says is infeasible."""
    careless = charge_within_limits(cell, smallest_plating_margin_volt=-1.0, **COARSE)
    assert careless.test_time_second[-1] < fast.test_time_second[-1]
    assert charge_time.function(careless).outcome is KpiOutcome.NOT_REACHED
    time = charge_time.function(fast)
    assert time.value == pytest.approx(fast.test_time_second[-1], rel=2e-3)


def test_a_charger_that_limits_nothing_else_gives_the_rate(cell):
    """At C/2 no limit of the cell is met: 70 % take 0.7 h / 0.5."""
    slow = charge_within_limits(cell, largest_rate=0.5, **COARSE)
    assert slow.test_time_second[-1] == pytest.approx(0.7 / 0.5 * 3600, rel=1e-3)


def test_temperature_is_kept_by_a_smaller_current(cell):
    """A limit ten kelvins above the ambient makes the charge longer, and is not passed; the KPI asks for it too."""
    cool = charge_within_limits(cell, largest_temperature_kelvin=308.15, **COARSE)
    assert cool.outcome is CyclingOutcome.COMPLETED
    assert 306.0 < cool.temperature_kelvin.max() < 308.15
    assert charge_time.function(cool, largest_temperature_kelvin=305.0).outcome is KpiOutcome.NOT_REACHED
    assert charge_time.function(cool, largest_temperature_kelvin=308.15).value > 2000


def test_what_is_never_charged_has_no_time(fast):
    """Of a charge that ends at 80 % a share of 0.9 is asked for in vain; a discharge is not asked."""
    kpi = charge_time.function(fast, charged_share=0.9)
    assert kpi.outcome is KpiOutcome.NOT_REACHED
    assert "A.h were charged" in str(kpi)


def test_a_charge_that_ends_at_its_share_has_a_time_however_coarse(cell):
    """Samples far apart do not integrate to what was charged, as the model's own counter does: the time is the end."""
    for count in (11, 60):
        coarse = charge_within_limits(cell, sample_count=count, **COARSE)
        assert charge_time.function(coarse).value == pytest.approx(coarse.test_time_second[-1], rel=1e-4)


def test_a_cell_that_was_not_built_is_not_charged(cell):
    """The outcome says so, without samples."""
    none = charge_within_limits(replace(cell, outcome="the coating does not fit the can"))
    assert none.outcome is CyclingOutcome.NOT_BUILT
    assert len(none.test_time_second) == 0
    assert charge_time.function(none).outcome is KpiOutcome.NOT_REACHED


def test_what_makes_no_sense_is_refused(cell):
    """A final state of charge below the first, a limit below the ambient temperature, a set of one temperature."""
    with pytest.raises(BoundsError, match="final_state_of_charge"):
        charge_within_limits(cell, final_state_of_charge=0.05)
    with pytest.raises(BoundsError, match="largest_temperature_kelvin"):
        charge_within_limits(cell, largest_temperature_kelvin=290.0)
    with pytest.raises(TemperatureLawError, match="Chen2020_Arrhenius"):
        charge_within_limits(reference_cell(parameter_set="Chen2020", form_factor="21700"))
