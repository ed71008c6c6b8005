"""What is shown of work that takes long: where it is, how long it has taken, and how long it will take."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from ragone.app.terminal import durations, waiting
from ragone.app.terminal.durations import computing_again, measuring
from ragone.app.terminal.waiting import Clock, Waiting, duration_text, times_text
from ragone.dataset import Lake


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.seconds


def test_nothing_tells_how_long_it_takes():
    """Without expectation and before a unit is done only the time gone is told."""
    now = Time()
    clock = Clock(now=now)
    now.seconds += 42
    assert (clock.gone(), clock.left()) == (42, None)
    assert times_text(clock) == "42 s"


def test_time_left_by_units_that_are_done():
    """Three of ten took 30 s: seven are left, less what the fourth has had."""
    now = Time()
    clock = Clock(now=now)
    clock.total = 10
    for _ in range(3):
        now.seconds += 10
        clock.advanced()
    assert clock.left() == pytest.approx(70)
    now.seconds += 4
    assert clock.left() == pytest.approx(66)
    assert times_text(clock) == "34 s, about 66 s left"


def test_units_that_were_stored_already_are_forgotten():
    """A campaign that goes on finds its first units at once; the time left follows the last ones."""
    now = Time()
    clock = Clock(now=now)
    clock.total = 140
    for number in range(120):
        now.seconds += 0 if number < 80 else 10
        clock.advanced()
    assert clock.left() == pytest.approx(20 * 10)


def test_expectation_is_corrected_by_what_is_done():
    """The first unit took twice as long as expected; so will the others."""
    now = Time()
    clock = Clock([10.0, 40.0, 50.0], now=now)
    assert clock.left() == pytest.approx(100)
    now.seconds += 20
    clock.advanced()
    assert clock.left() == pytest.approx(180)
    clock.total = 4  # there is more to do than was foreseen: the expectation is of something else
    assert clock.left() == pytest.approx(60)
    unforeseen = Clock([10.0], now=now)
    unforeseen.total = 7
    assert unforeseen.left() is None


def test_longer_than_expected():
    """No time is left where it should have ended; that is said, and no number."""
    now = Time()
    clock = Clock([10.0], now=now)
    now.seconds += 11
    assert times_text(clock) == "11 s, longer than expected"
    clock.advanced()
    assert clock.left() is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (5400, "90 min"), (7800, "2 h 10 min")]
)
def test_durations_as_text(seconds, text):
    """In the unit that fits."""
    assert duration_text(seconds) == text


def shown(*, terminal: bool, seconds: float = 0.3, **options) -> str:
    """What is shown of work that takes so long."""
    file = io.StringIO()
    with Waiting(Console(file=file, force_terminal=terminal, width=100), doing="measuring", **options) as bar:
        bar.started(2)
        bar.advance()
        bar.step("second half")
        time.sleep(seconds)
    return file.getvalue()


def test_lines_where_there_is_no_terminal(monkeypatch):
    """Nothing that takes long is silent in a log; what is quick is."""
    assert shown(terminal=False, hidden=False) == ""
    monkeypatch.setattr(waiting, "_WAITS", (0.05, 60.0))
    assert shown(terminal=False, hidden=False).startswith("second half: 1 of 2, 0 s")
    assert shown(terminal=False, hidden=True) == ""


def test_a_bar_on_a_terminal():
    """It says what is done, how much of it, and the times."""
    text = shown(terminal=True, hidden=False, expected=[0.0, 50.0])
    assert "second half" in text
    assert "1/2" in text
    assert "left" in text
    assert shown(terminal=True, hidden=True) == ""
    assert "1/2" not in shown(terminal=True, hidden=False, whole=True)


def test_the_expectation_is_said_before(monkeypatch):
    """If it is worth it."""
    said = "measuring: about 2 min expected, less what is stored already\n"
    assert shown(terminal=False, hidden=False, expected=[60.0, 60.0]) == said
    assert shown(terminal=False, hidden=True, expected=[60.0, 60.0]) == ""


def test_measurements_by_the_number_of_voxels(example):
    """Larger volumes take longer; of a measurement without a law, or of another record, nothing is said."""
    volume = example("microstructure")
    first, second = measuring(["geometry", "transport"], volume)
    assert first > 0
    assert second > 0
    assert measuring(["geometry", "unheard of"], volume) == []
    assert measuring(["geometry"], example("kpi")) == []


def test_computing_again_takes_what_it_took(stored):
    """What is recorded of the run, or of all runs up to the root; of what was given there is nothing to compute."""
    with Lake.open(stored.place) as lake:
        run = lake.get(stored.ids["run"])
        took = (run.ended - run.started).total_seconds()
        (expected,) = computing_again(lake, stored.ids["microstructure"], deep=False)
        assert expected == pytest.approx(durations._START_SECOND + took)
        assert computing_again(lake, stored.ids["microstructure"], deep=True) == [expected]
        assert computing_again(lake, stored.ids["kpi"], deep=True) == []


def test_commands_say_what_to_expect(cli, stored, monkeypatch):
    """`measure` by the size of the volume, `reproduce` by the record; nothing if progress is unwanted."""
    monkeypatch.setitem(durations.LAWS, "geometry", (300.0, 0.0))
    measure = ["measure", stored.ids["microstructure"], "--what", "geometry"]
    assert "measuring: about 5 min expected" in cli(*measure).err
    assert cli(*measure, "--quiet").err == ""
    assert "again: about 4 s expected" in cli("reproduce", stored.ids["microstructure"]).err
