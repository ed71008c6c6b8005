"""A chain of segments that is killed at random moments and started again."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("ageing_script.py")


def _started(place, cycles, segment):
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(place), str(cycles), str(segment)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _whole(place, cycles, segment):
    process = _started(place, cycles, segment)
    out, _ = process.communicate(timeout=600)
    assert process.returncode == 0
    return out.split()


def _killed(place, cycles, segment, kills, latest):
    """Ids at the end, after so many kills, each before the latest second."""
    clock = random.Random(20261201)
    for _ in range(kills):
        process = _started(place, cycles, segment)
        try:
            process.wait(clock.uniform(0.3, latest))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
    return _whole(place, cycles, segment)


def test_the_same_result_after_kills(tmp_path):
    """Fade and state are those of a run that nobody disturbed and that was cut otherwise, to the last bit."""
    whole = _whole(tmp_path / "whole", 24, 24)
    assert _killed(tmp_path / "killed", 24, 4, kills=2, latest=9.0) == whole


def test_two_at_once_on_one_chain(tmp_path):
    """Two processes that age the same cell in the same lake end with the same fade and state."""
    both = [_started(tmp_path / "lake", 6, 2) for _ in range(2)]
    answers = [process.communicate(timeout=600)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert len(answers[0]) == 2
    assert answers[0] == answers[1]


@pytest.mark.slow
def test_the_same_result_after_kills_of_a_thousand_cycles(tmp_path):
    """As above, with ten kills of a long life."""
    whole = _whole(tmp_path / "whole", 1000, 500)
    assert _killed(tmp_path / "killed", 1000, 50, kills=10, latest=20.0) == whole
