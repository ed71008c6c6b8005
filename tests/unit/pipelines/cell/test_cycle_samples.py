"""When a protocol is sampled, that it is the same every time, and that a profile is followed as it was measured."""

import numpy as np
import pytest
from protocol_cells import measured_profile, protocol_cell

from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.cell.protocols.profile import JUMP, load_of
from ragone.pipelines.cell.protocols.times import Sampling, times_of
from ragone.schemas.errors import FieldShapeError

USUAL = Sampling(per_step=100, per_decade=10, first=1e-3)


@pytest.fixture(scope="module")
def cell(example_values):
    """A cell of 5 A.h."""
    return protocol_cell(example_values)


@pytest.mark.parametrize("duration", [1e-4, 1e-3, 0.5, 1.0, 10.0, 3600.0, 36000.3])
def test_times_rise_from_the_first_moment_to_the_last(duration):
    """Whatever the step's length; no more than what was asked for."""
    times = times_of(duration, USUAL)
    assert times[0] == 0
    assert times[-1] == duration
    assert (np.diff(times) > 0).all()
    assert len(times) <= 100 + 10 * 7


def test_the_first_moments_are_sampled_densely():
    """Ten samples a decade from a millisecond on, until they are as far apart as the even ones."""
    times = times_of(3600.0, USUAL)
    early = times[(times > 0) & (times < 36.0)]
    assert early[0] == 1e-3
    assert early[1:] / early[:-1] == pytest.approx(10**0.1)
    assert np.diff(times[times >= 36.0]) == pytest.approx(36.0)


def test_a_period_sets_the_even_samples():
    """As the step says; a short step keeps samples a second apart otherwise."""
    assert np.diff(times_of(3600.0, USUAL, 600.0)[-6:]) == pytest.approx(600.0)
    assert np.diff(times_of(10.0, USUAL)[-9:]) == pytest.approx(1.0)


def test_a_pulse_is_resolved(cell):
    """Both sides of each change of current are there at one time; voltage leaps first and relaxes after."""
    cycling = cycle_cell(
        cell,
        protocol=("Rest for 60 s", "Discharge at 1C for 10 s", "Rest for 40 s"),
        initial_state_of_charge=0.5,
        mesh_points=8,
    )
    time, voltage, step = cycling.test_time_second, cycling.voltage_volt, cycling.step_count
    pulse = step == 2
    assert time[step == 1][-1] == time[pulse][0] == 60.0
    leap = voltage[step == 1][-1] - voltage[pulse][0]
    creep = voltage[pulse][0] - voltage[pulse]
    assert leap > 0.01
    assert (np.diff(voltage[pulse]) < 0).all()
    assert creep[time[pulse] <= 60.01].max() < 0.1 * leap
    assert np.count_nonzero(time[pulse] <= 60.1) >= 20
    assert (np.diff(voltage[step == 3]) > 0).all()


def test_the_same_again_is_bitwise_the_same(cell):
    """Samples depend on nothing but the arguments."""
    words = {"protocol": ("Discharge at 2C until 2.5 V", "Rest for 60 s"), "mesh_points": 8}
    first, second = cycle_cell(cell, **words), cycle_cell(cell, **words)
    assert np.array_equal(first.test_time_second, second.test_time_second)
    assert np.array_equal(first.voltage_volt, second.voltage_volt)
    assert np.array_equal(first.variables, second.variables)


TIME = [100.0, 110.0, 110.0, 120.0, 120.0, 160.0, 160.0, 200.0]
CURRENT = [0.0, 0.0, -4.0, -4.0, 6.0, 6.0, -8.0, -4.0]


@pytest.mark.parametrize(("follow", "scale"), [("A", 1.0), ("C", 2.5)])
def test_a_current_profile_is_reproduced(cell, example_values, follow, scale):
    """At its own times, jumps and all, in the sign of the record; as a rate it is scaled to the cell."""
    profile = measured_profile(example_values, TIME, CURRENT, nominal_capacity_ampere_hour=2.0)
    cycling = cycle_cell(
        cell, profile, protocol=(f"Run profile ({follow})",), initial_state_of_charge=0.5, mesh_points=8
    )
    assert cycling.current_ampere == pytest.approx(scale * np.array(CURRENT), abs=1e-9)
    assert cycling.test_time_second == pytest.approx(np.array(TIME) - 100.0, abs=1.1 * JUMP)
    charge = np.trapezoid(cycling.current_ampere, cycling.test_time_second)
    assert charge == pytest.approx(scale * np.trapezoid(CURRENT, TIME), rel=1e-5)


def test_a_power_profile_is_reproduced(cell, example_values):
    """The power measured, at the voltage that this cell has; repeated, it is followed twice."""
    profile = measured_profile(example_values, TIME, CURRENT)
    cycling = cycle_cell(
        cell, profile, protocol=("repeat 2: Run profile (W)",), initial_state_of_charge=0.5, mesh_points=8
    )
    power = cycling.voltage_volt * cycling.current_ampere
    assert power == pytest.approx(np.tile(3.7 * np.array(CURRENT), 2), rel=1e-5, abs=1e-6)
    assert cycling.cycle_count.tolist() == [1] * 8 + [2] * 8


def test_a_profile_ends_at_its_limit_or_time(cell, example_values):
    """At the voltage given, or after the time given, whichever is first."""
    profile = measured_profile(example_values, [0.0, 7200.0], [-5.0, -5.0])
    limited = cycle_cell(cell, profile, protocol=("Run profile (A) until 3.2 V",), mesh_points=8)
    assert limited.voltage_volt[-1] == pytest.approx(3.2, abs=1e-5)
    timed = cycle_cell(cell, profile, protocol=("Run profile (A) for 10 minutes",), mesh_points=8)
    assert timed.test_time_second[-1] == pytest.approx(600.0)


def test_a_profile_needs_two_moments(cell, example_values):
    """One sample is no profile, and neither is one moment repeated."""
    for time in ([5.0], [5.0, 5.0, 5.0]):
        profile = measured_profile(example_values, time, [-1.0] * len(time))
        with pytest.raises(FieldShapeError, match="two moments"):
            load_of(profile, "A", cell)
