"""How a protocol ends: what is done, passed over, cannot be done, or takes too long; and that nothing is said aloud."""

import subprocess
import sys
import textwrap
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from protocol_cells import half_cell, measured_profile, protocol_cell

from ragone.pipelines.cell.protocols import ProtocolError, cycle_cell
from ragone.schemas import CyclingOutcome
from ragone.schemas.errors import BoundsError, MissingFieldError, UnknownFieldError

cycle = partial(cycle_cell, mesh_points=8)  # a coarse mesh ends as a fine one does


@pytest.fixture(scope="module")
def cell(example_values):
    """A cell of 5 A.h."""
    return protocol_cell(example_values)


def test_every_step_is_done(cell):
    """Currents, limits and numbers of steps and cycles are those of the protocol; discharge is negative."""
    protocol = (
        "Discharge at 1C until 2.5 V; Rest for 10 minutes",
        "repeat 1: Charge at 2.5 A until 4.2 V; Hold at 4.2 V until 0.5 A",
    )
    cycling = cycle(cell, protocol=protocol)
    assert (cycling.outcome, cycling.reason) == (CyclingOutcome.COMPLETED, "")
    assert cycling.protocol == (
        "Discharge at 1C until 2.5 V",
        "Rest for 10 minutes",
        "Charge at 2.5 A until 4.2 V",
        "Hold at 4.2 V until 0.5 A",
    )
    step = cycling.step_count
    assert np.unique(step).tolist() == [1, 2, 3, 4]
    assert cycling.cycle_count.tolist() == [1 if number < 3 else 2 for number in step]
    assert cycling.current_ampere[step == 1] == pytest.approx(-5.0)
    assert not cycling.current_ampere[step == 2].any()
    assert cycling.current_ampere[step == 3] == pytest.approx(2.5)
    assert cycling.voltage_volt[step == 1][-1] == pytest.approx(2.5, abs=1e-5)
    assert cycling.voltage_volt[step == 4] == pytest.approx(4.2, abs=1e-5)
    assert cycling.current_ampere[-1] == pytest.approx(0.5, rel=1e-4)
    assert np.ptp(cycling.test_time_second[step == 2]) == pytest.approx(600.0)
    assert cycling.temperature_kelvin == pytest.approx(298.15)


def test_voltage_is_the_sum_of_its_parts(cell):
    """Open circuit and the recorded overpotentials add up to the voltage, contact resistance and all."""
    cycling = cycle(replace(cell, contact_resistance_ohm=5e-3), protocol=("Discharge at 1C until 2.5 V",))
    parts = (
        "Bulk open-circuit voltage [V]",
        "Battery particle concentration overpotential [V]",
        "X-averaged battery reaction overpotential [V]",
        "X-averaged battery concentration overpotential [V]",
        "X-averaged battery electrolyte ohmic losses [V]",
        "X-averaged battery solid phase ohmic losses [V]",
    )
    total = sum(cycling.variable(name) for name in parts) - 5.0 * 5e-3
    assert total == pytest.approx(cycling.voltage_volt, abs=1e-5)
    assert cycling.variable("Contact resistance heating [W]") == pytest.approx(25 * 5e-3)


def test_nothing_to_do_is_passed_over_and_told(cell):
    """A full cell is not charged: the steps are skipped, their numbers left out, and the reason names them."""
    cycling = cycle(
        cell, protocol=("Charge at C/3 until 4.2 V", "Hold at 4.2 V until C/20", "Discharge at 1C for 60 s")
    )
    assert cycling.outcome is CyclingOutcome.COMPLETED
    assert cycling.reason == ("nothing to do in step 1 (Charge at C/3 until 4.2 V), step 2 (Hold at 4.2 V until C/20)")
    assert set(cycling.step_count) == {3}


@pytest.mark.parametrize(
    "protocol", [("Charge at C/3 until 4.2 V",), ("Charge at C/3 until 4.2 V", "Charge at 1C until 4 V")]
)
def test_nothing_to_do_at_all(cell, protocol):
    """No samples, and every step named."""
    cycling = cycle(cell, protocol=protocol)
    assert cycling.outcome is CyclingOutcome.COMPLETED
    assert len(cycling.test_time_second) == 0
    assert cycling.reason.count("step ") == len(protocol)


@pytest.mark.parametrize("before", [(), ("Rest for 10 s",)])
def test_a_current_that_passes_the_limit_at_once_is_infeasible(cell, before):
    """PyBaMM would skip it without a word; here it ends the protocol, with the samples until then."""
    cycling = cycle(cell, protocol=(*before, "Discharge at 100C until 3.5 V", "Rest for 10 s"))
    assert cycling.outcome is CyclingOutcome.INFEASIBLE
    number = len(before) + 1
    assert cycling.reason.startswith(
        f"step {number} (Discharge at 100C until 3.5 V): the cell passes 3.5 V as soon as the step begins, from 4.2"
    )
    assert set(cycling.step_count) == ({1} if before else set())


def test_constant_voltage_takes_over_where_the_current_is_too_much(cell):
    """A charging current that passes the limit at once is left to the hold that follows, as a cycler does."""
    protocol = ("Charge at 10C until 4.2 V", "Hold at 4.2 V for 60 s")
    cycling = cycle(cell, protocol=protocol, initial_state_of_charge=0.9)
    assert cycling.outcome is CyclingOutcome.COMPLETED
    assert cycling.reason == "nothing to do in step 1 (Charge at 10C until 4.2 V)"
    assert cycling.current_ampere.min() > 0


def test_a_limit_beside_a_time_guards_the_cell(cell):
    """A pulse that passes it at once is passed over and named, and the protocol goes on, as on a cycler."""
    protocol = ("Charge at 3C for 10 s or until 4.2 V", "Rest for 10 s")
    cycling = cycle(cell, protocol=protocol, initial_state_of_charge=0.95)
    assert cycling.outcome is CyclingOutcome.COMPLETED
    assert cycling.reason == "nothing to do in step 1 (Charge at 3C for 10 s or until 4.2 V)"
    assert set(cycling.step_count) == {2}


def test_a_voltage_beyond_the_model_is_infeasible(cell):
    """It is said in the model's own words that its limit is passed."""
    cycling = cycle(cell, protocol=("Hold at 9 V for 10 s",))
    assert cycling.outcome is CyclingOutcome.INFEASIBLE
    assert "the model's own limit 'Maximum voltage [V]' is passed as soon as it begins" in cycling.reason


def test_steps_are_read_a_few_at_a_time(cell, monkeypatch):
    """What is sampled does not depend on how many steps are read together."""
    protocol = ("repeat 3: Discharge at 1C for 20 s; Rest for 20 s",)
    together = cycle(cell, protocol=protocol)
    monkeypatch.setattr("ragone.pipelines.cell.protocols.columns.STEPS_AT_ONCE", 4)
    apart = cycle(cell, protocol=protocol)
    assert np.array_equal(apart.step_count, together.step_count)
    assert np.array_equal(apart.test_time_second, together.test_time_second)
    np.testing.assert_allclose(apart.voltage_volt, together.voltage_volt, rtol=1e-9)
    np.testing.assert_allclose(apart.variables, together.variables, rtol=1e-6, atol=1e-12)


def test_the_limits_of_the_model_are_infeasible(cell):
    """A discharge without a voltage limit is ended by PyBaMM's own, and the samples until then are kept."""
    cycling = cycle(cell, protocol=("Discharge at 1C for 3 hours", "Rest for 1 hour"))
    assert cycling.outcome is CyclingOutcome.INFEASIBLE
    assert "step 1 (Discharge at 1C for 3 hours)" in cycling.reason
    assert "'Minimum voltage [V]' was reached after" in cycling.reason
    assert set(cycling.step_count) == {1}
    assert cycling.voltage_volt[-1] == pytest.approx(1.5, abs=1e-4)


def test_a_power_beyond_the_cell(cell):
    """No initial state, or no further step: an outcome either way, the earlier steps kept."""
    impossible = cycle(cell, protocol=("Rest for 10 s", "Discharge at 50000 W for 10 s"))
    assert impossible.outcome is CyclingOutcome.INFEASIBLE
    assert impossible.reason.startswith("step 2 (Discharge at 50000 W for 10 s): no initial state")
    assert set(impossible.step_count) == {1}
    stalled = cycle(cell, protocol=("Discharge at 500 W for 1 hour",))
    assert stalled.outcome in (CyclingOutcome.SOLVER_FAILED, CyclingOutcome.INFEASIBLE)
    assert stalled.test_time_second[-1] > 0


@pytest.mark.parametrize(
    ("protocol", "says"),
    [
        (("Discharge at C/50 until 2.5 V",), "step 1 (Discharge at C/50 until 2.5 V): broken off after 5000 s"),
        (("Rest for 5000 s", "Discharge at C/50 until 2.5 V"), "time was up before step 2"),
    ],
)
def test_simulated_time_is_limited(cell, protocol, says):
    """A protocol that takes longer is broken off there, with the samples until then."""
    cycling = cycle(cell, protocol=protocol, largest_duration_second=5000.0)
    assert cycling.outcome is CyclingOutcome.TIME_LIMIT
    assert cycling.reason.startswith(says)
    assert cycling.test_time_second[-1] == pytest.approx(5000.0)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("a phase of the positive electrode does not percolate", CyclingOutcome.NOT_CONDUCTING),
        ("the coating does not fit the can", CyclingOutcome.NOT_BUILT),
    ],
)
def test_cells_that_cannot_be_built_are_not_cycled(example_values, outcome, expected):
    """The outcome says so; there are no samples."""
    cycling = cycle(protocol_cell(example_values, outcome=outcome), protocol=("Rest for 10 s",))
    assert cycling.outcome is expected
    assert cycling.reason == outcome
    assert cycling.variables.shape == (0, 0)


def test_open_circuit_potentials_may_be_tables(example_values):
    """As those of O'Kane's set: the voltage before the first step is read off them all the same."""
    tabulated = protocol_cell(example_values, parameter_set="OKane2022")
    cycling = cycle(tabulated, protocol=("Charge at 1C until 3 V", "Rest for 1 s"), initial_state_of_charge=0.5)
    assert cycling.outcome is CyclingOutcome.COMPLETED
    assert cycling.reason == "nothing to do in step 1 (Charge at 1C until 3 V)"


def test_half_cells_have_no_plating_margin(example_values):
    """Against lithium metal nothing of a negative electrode is recorded."""
    cycling = cycle(half_cell(example_values), protocol=("Discharge at 1C until 3 V",))
    assert cycling.outcome is CyclingOutcome.COMPLETED
    assert not [name for name in cycling.variable_names if "negative" in name.lower()]
    assert "Positive electrode stoichiometry" in cycling.variable_names


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"protocol": ("Run profile (A)",)}, ProtocolError),
        ({"protocol": ("Nap for 1 hour",)}, ProtocolError),
        ({"initial_state_of_charge": 1.1}, BoundsError),
        ({"largest_duration_second": 0.0}, BoundsError),
        ({"samples_per_step": 0}, BoundsError),
        ({"thermal": "lumpd"}, UnknownFieldError),
    ],
)
def test_impossible_requests_are_refused(cell, changes, error):
    """What is no protocol, or out of bounds, is an error and no outcome."""
    with pytest.raises(error):
        cycle(cell, **{"protocol": ("Rest for 10 s",), **changes})


def test_a_profile_that_nothing_follows_is_refused(cell, example_values):
    """It would be part of the recipe and of nothing else; a rate needs the capacity that it refers to."""
    profile = measured_profile(example_values, [0, 1], [-1, -1])
    with pytest.raises(ProtocolError, match="no step follows it"):
        cycle(cell, profile, protocol=("Rest for 10 s",))
    with pytest.raises(MissingFieldError, match="nominal_capacity_ampere_hour"):
        cycle(cell, profile, protocol=("Run profile (C)",))


def test_lumped_cells_need_what_cools_them(example_values):
    """They warm up; a record that does not say how it is cooled is refused."""
    warm = cycle(protocol_cell(example_values), protocol=("Discharge at 2C until 2.5 V",), thermal="lumped")
    assert warm.temperature_kelvin[0] == pytest.approx(298.15)
    assert warm.temperature_kelvin.max() > 305
    cold = protocol_cell(example_values, cooled_area_square_metre=None)
    with pytest.raises(MissingFieldError):
        cycle(cold, protocol=("Rest for 1 s",), thermal="lumped")


_NOISY = """
    import logging, sys, warnings
    sys.path.insert(0, "tests/unit/pipelines/cell")
    sys.path.insert(0, "tests")
    from conftest import _EXAMPLES
    from protocol_cells import protocol_cell
    from ragone.pipelines.cell.protocols import cycle_cell
    cell = protocol_cell(lambda kind: dict(_EXAMPLES[kind]))
    for protocol in (
        ("Discharge at 100C until 3.5 V",),
        ("Discharge at 1C for 3 hours",),
        ("Rest for 1 s", "Discharge at 50000 W for 10 s"),
        ("Discharge at 500 W for 1 hour",),
        ("Discharge at C/50 until 2.5 V",),
    ):
        assert cycle_cell(cell, protocol=protocol, mesh_points=6, largest_duration_second=2e4).outcome
"""


def test_nothing_reaches_the_terminal():
    """In a process of its own, whatever SUNDIALS, PyBaMM's log and Python's warnings would say."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_NOISY)], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
