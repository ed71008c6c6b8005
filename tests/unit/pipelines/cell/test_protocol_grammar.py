"""Steps in plain English: what PyBaMM's users write is read as PyBaMM reads it, and what cannot be meant is refused."""

import numpy as np
import pytest

from ragone.pipelines.cell import protocols
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.protocols import (
    ProtocolError,
    ProtocolStage,
    constant_power,
    cycle_cell,
    fast_charge,
    full_cycles,
    pulse_test,
)
from ragone.pipelines.cell.protocols.expansion import MOST_STEPS, expand
from ragone.pipelines.cell.protocols.experiment import pybamm_step
from ragone.pipelines.cell.protocols.grammar import Action, read_step
from ragone.schemas.errors import BoundsError, FieldShapeError

WRITTEN = [
    "Discharge at 1C for 0.5 hours",
    "Discharge at C/20 for 0.5 hours",
    "Charge at 0.5 C for 45 minutes",
    "Discharge at 1 A for 0.5 hours",
    "Charge at 200 mA for 45 minutes",
    "Discharge at 1W for 30 s",
    "Charge at 200mW for 45 min",
    "Discharge at 2 Ohm for 10 seconds",
    "Rest for 10 minutes",
    "Hold at 1V for 20 seconds",
    "Charge at 1 C until 4.1V",
    "Hold at 4.1 V until 50mA",
    "Hold at 3V until C/50",
    "Discharge at C/3 for 2 hours or until 2.5 V",
    "Discharge at 1.5e1 W until 2.5 V",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_steps_are_those_that_pybamm_reads(text):
    """The same control, value and sign, time and limit as PyBaMM's own reading of the text."""
    theirs = load_pybamm().step.string(text)
    ours = pybamm_step(read_step(text), {}, theirs.duration)
    assert type(ours) is type(theirs)
    assert ours.value == pytest.approx(theirs.value)
    assert ours.duration == theirs.duration
    kinds = [(type(one), one.value) for one in theirs.termination]
    assert [(type(one), one.value) for one in ours.termination] == kinds
    assert ours.direction == theirs.direction


def test_a_period_and_any_case_are_understood():
    """Words in any case, blanks as they come, and how often a step is sampled."""
    step = read_step("  discharge at 20 W   for 1 hour  (10 s period)")
    assert (step.action, step.duration, step.period) == (Action.DISCHARGE, 3600.0, 10.0)
    assert (step.setpoint.value, step.setpoint.unit) == (20.0, "W")


REFUSED = [
    ("Dicharge at 1C until 2.5 V", "it is not understood"),
    ("", "it is not understood"),
    ("Discharge at 1C until 2.5 V for 1 hour", "it is not understood"),
    ("Discharge at 1X until 2.5 V", "it is not understood"),
    ("Discharge at -1C until 2.5 V", "above 0"),
    ("Discharge at 0 A for 1 s", "above 0"),
    ("Discharge at C/0 for 1 s", "above 0"),
    ("Rest for 0 s", "above 0"),
    ("Charge at 4.2 V until C/20", "a charge takes a value in A or C or W"),
    ("Hold at 1C for 1 hour", "a hold takes a value in V"),
    ("Rest at 1 A for 1 hour", "a rest takes no value"),
    ("Discharge at 1C", "it has no end"),
    ("Rest for 1 hour or until 4 V", "a rest ends by time alone"),
    ("Hold at 4.2 V until 4.1 V", "cannot end at a voltage"),
    ("Discharge at 1C until 50 mA", "cannot end at a current"),
    ("Discharge at 20 W until 30 W", "at a voltage [V] or at a current"),
    ("Run profile until 2.5 V", "(A), (W) or (C)"),
    ("Rest (A) for 1 s", "(A), (W) or (C)"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_cannot_be_meant_is_refused(text, says):
    """The error names the step by number and text, what is wrong, and an example of what is understood."""
    with pytest.raises(ProtocolError) as refused:
        expand(["Rest for 1 hour", text])
    message = str(refused.value)
    assert message.startswith(f"protocol step 2, {text!r}: ")
    assert says in message
    assert "'Discharge at 1C until 2.5 V'" in message


def test_cycles():
    """Lines that follow each other are one cycle; joined steps are one of their own, repeated as often as it says."""
    planned = expand(
        (
            "Rest for 1 s",
            "Rest for 2 s",
            "repeat 2: Rest for 3 s; Rest for 4 s",
            "Rest for 5 s; Rest for 6 s",
            "Rest for 7 s",
        )
    )
    assert [one.step.duration for one in planned] == [1, 2, 3, 4, 3, 4, 5, 6, 7]
    assert [one.cycle for one in planned] == [1, 1, 2, 2, 3, 3, 4, 4, 5]


@pytest.mark.parametrize(
    ("protocol", "says"),
    [
        ((), "no steps"),
        (("repeat 0: Rest for 1 s",), "repeated 0 times"),
        ((f"repeat {MOST_STEPS + 1}: Rest for 1 s",), "more than"),
    ],
)
def test_protocols_without_end_or_beginning_are_refused(protocol, says):
    """Nothing to do, and more than anybody means."""
    with pytest.raises(ProtocolError, match=says):
        expand(protocol)


NAMED = [one for one in vars(protocols).values() if isinstance(one, ProtocolStage)]


@pytest.mark.parametrize("stage", NAMED, ids=[one.short for one in NAMED])
def test_named_protocols_are_understood(stage):
    """Each writes steps that the grammar reads, with the numbers that it was given."""
    planned = expand(stage.steps())
    assert planned
    assert [one.cycle for one in planned] == sorted(one.cycle for one in planned)
    assert any(one.step.profile for one in planned) == stage.follows_profile


@pytest.mark.parametrize("stage", NAMED, ids=[one.short for one in NAMED])
def test_named_protocols_are_stages(stage):
    """They take a cell, and a profile where they follow one; every parameter of theirs and of a cycling is told."""
    assert list(stage.ports) == ["cell", *(["profile"] if stage.follows_profile else [])]
    assert not any(port.optional for port in stage.ports.values())
    assert set(stage.parameters) == {*stage.settings, *cycle_cell.parameters} - {"protocol"}
    assert all(parameter.doc for parameter in stage.parameters.values())
    assert stage.settings.keys() <= stage.parameters.keys()
    stage.bind({})


def test_settings_of_named_protocols():
    """They arrive in the steps; such that contradict each other are refused."""
    assert len(NAMED) == 10
    assert constant_power.steps(power_watt=12.5) == ("Discharge at 12.5 W until 2.5 V",)
    assert len(expand(full_cycles.steps(cycles=3))) == 15
    assert [one.step.setpoint.value for one in expand(fast_charge.steps())[:3]] == [3.0, 2.0, 1.5]
    with pytest.raises(FieldShapeError, match="one voltage for each rate"):
        fast_charge.steps(rates=(1.0,))
    with pytest.raises(BoundsError, match=r"0\.5 does not follow 0\.4"):
        pulse_test.steps(states_of_charge=(0.4, 0.5))


def test_pulses_come_at_the_states_of_charge_asked_for():
    """Charge counted over the steps: each pulse begins at its state of charge, whatever earlier pulses took."""
    states = (0.9, 0.7, 0.2)
    state, found = 1.0, []
    for one in expand(pulse_test.steps(states_of_charge=states, pulse_second=60.0)):
        step = one.step
        if step.action is Action.DISCHARGE and step.duration == 60.0:
            found.append(state)
        if step.setpoint is not None:
            sign = 1 if step.action is Action.DISCHARGE else -1
            state -= sign * step.setpoint.value * step.duration / 3600
    assert np.array(found) == pytest.approx(np.array(states), abs=1e-9)
