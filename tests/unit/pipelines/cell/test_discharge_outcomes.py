import math

import numpy as np
import pytest

from ragone.pipelines.cell import discharge_at_constant_power
from ragone.pipelines.cell.sampling import battery_data_current
from ragone.pipelines.characterise import perturb
from ragone.schemas import DischargeOutcome
from ragone.schemas.errors import BoundsError
from tests.built_cells import full_cell


@pytest.fixture(scope="module")
def cell(example):
    """A cell of an ordinary coating."""
    transport = example("transport", pore_fraction=0.335, active_material_fraction=0.6, carbon_binder_fraction=0.065)
    return full_cell(transport)


def test_completed_discharge(cell):
    """It runs from the start to the lower voltage on equal steps of time, at the power asked for."""
    discharge = discharge_at_constant_power(cell, power_watt=50.0)
    assert discharge.outcome is DischargeOutcome.COMPLETED
    assert discharge.reason == ""
    assert discharge.voltage_volt[-1] == pytest.approx(2.5, abs=1e-6)
    assert len(discharge.test_time_second) == 151
    assert discharge.test_time_second[0] == 0
    assert np.ptp(np.diff(discharge.test_time_second)) < 1e-8
    power = -discharge.voltage_volt * discharge.current_ampere
    assert power == pytest.approx(np.full(151, 50.0), rel=1e-4)


def test_discharging_current_is_negative(cell):
    """The Battery Data Format's sign is the opposite of PyBaMM's."""
    assert battery_data_current([1.0, -2.0]).tolist() == [-1.0, 2.0]
    assert (discharge_at_constant_power(cell, power_watt=50.0).current_ampere < 0).all()


@pytest.mark.parametrize("power", [2e4, 1e5, 1e7])
def test_too_high_a_power_is_a_silent_outcome(cell, power, capfd, caplog):
    """It is stored as infeasible, without samples, with one line of reason and no word on the terminal."""
    discharge = discharge_at_constant_power(cell, power_watt=power)
    assert discharge.outcome is DischargeOutcome.INFEASIBLE
    assert discharge.reason
    assert "\n" not in discharge.reason
    assert len(discharge.test_time_second) == len(discharge.voltage_volt) == len(discharge.current_ampere) == 0
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_a_cell_that_warms_fast_does_so_in_silence(cell, capfd, caplog):
    """However much heat it makes: more than 1e5 W/m^3 here."""
    discharge = discharge_at_constant_power(cell, power_watt=150.0, thermal="lumped")
    assert discharge.outcome is DischargeOutcome.COMPLETED
    assert discharge.temperature_kelvin[-1] > 320
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_a_stall_is_a_silent_outcome(cell, capfd, caplog):
    """Below the voltage of greatest power no solution exists: the samples until then are kept."""
    discharge = discharge_at_constant_power(cell, power_watt=100.0, lower_voltage_volt=0.01)
    assert discharge.outcome is DischargeOutcome.SOLVER_FAILED
    assert "no further step after" in discharge.reason
    assert discharge.test_time_second[-1] > 1000
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_time_limit_is_an_outcome(cell):
    """A discharge that is broken off keeps its samples."""
    discharge = discharge_at_constant_power(cell, power_watt=10.0, largest_duration_second=100.0)
    assert discharge.outcome is DischargeOutcome.TIME_LIMIT
    assert discharge.test_time_second[-1] == 100.0
    assert "100 s" in discharge.reason


@pytest.mark.parametrize(
    ("changes", "separator", "outcome"),
    [
        (
            {"pore_outcome": "not percolating", "pore_tortuosity_factor": math.inf},
            12e-6,
            DischargeOutcome.NOT_CONDUCTING,
        ),
        ({}, 0.03, DischargeOutcome.NOT_BUILT),
    ],
)
def test_a_cell_that_is_none_gives_no_samples(example, changes, separator, outcome):
    """A cell that does not conduct or fit is not simulated; the discharge says why."""
    cell = full_cell(example("transport", **changes), separator_thickness_metre=separator)
    discharge = discharge_at_constant_power(cell, power_watt=10.0)
    assert discharge.outcome is outcome
    assert discharge.reason
    assert len(discharge.test_time_second) == 0


def test_the_perturbed_metric_is_carried_along(example):
    """A discharge says at the end of its method which metric of its cell was raised; else it says nothing."""
    transport = example("transport", pore_tortuosity_factor_standard_error=0.1)
    plain, raised = (
        discharge_at_constant_power(full_cell(each), power_watt=50.0).method
        for each in (transport, perturb(transport, metric="pore_tortuosity_factor"))
    )
    assert raised == f"{plain}; pore_tortuosity_factor raised by one standard error"


@pytest.mark.parametrize("changes", [{"power_watt": 0.0}, {"initial_state_of_charge": 1.1}, {"sample_count": 1}])
def test_impossible_parameters_are_refused(cell, changes):
    """What is no discharge at all is an error."""
    with pytest.raises(BoundsError, match=next(iter(changes))):
        discharge_at_constant_power(cell, **{"power_watt": 10.0, **changes})
