"""Progress of several flows in a row: units add up, and nothing told before stays."""

from __future__ import annotations

from ragone.flows import Parts, Progress
from tests.watched import Watched


def _work(progress: Progress, total: int, *, done: int, growth: int = 0) -> None:
    progress.started(total)
    progress.step("working")
    for _ in range(done):
        progress.advanced()
    if growth:
        progress.started(total + growth)
    for _ in range(growth):
        progress.advanced()


def test_units_of_all_parts_add_up_and_steps_say_whose_they_are():
    """The total is that of all parts from the start, and is never exceeded."""
    watched = Watched()
    parts = Parts(watched, {"first": 3, "second": 2})
    _work(parts.part("first"), 3, done=3)
    _work(parts.part("second"), 2, done=2)
    assert (watched.totals, watched.units) == ([5, 5], 5)
    assert watched.texts == ["first: working", "second: working"]


def test_a_part_that_grows_or_was_not_expected_makes_the_total_larger():
    """As soon as it is known."""
    watched = Watched()
    parts = Parts(watched, {"first": 3})
    _work(parts.part("first"), 3, done=3, growth=2)
    _work(parts.part("second"), 4, done=4)
    assert (watched.totals, watched.units) == ([3, 5, 9], 9)


def test_what_a_part_did_not_need_is_no_longer_expected():
    """Designs that share a recipe are measured once: the rest is not waited for."""
    watched = Watched()
    parts = Parts(watched, {"first": 5, "second": 2})
    _work(parts.part("first"), 5, done=3)
    _work(parts.part("second"), 2, done=2)
    assert (watched.totals, watched.units) == ([7, 5], 5)
