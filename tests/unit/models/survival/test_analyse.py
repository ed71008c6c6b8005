"""The stage that analyses lives: what it says of good and of bad input."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.models.survival import LifetimesError
from ragone.models.survival.analyse import analyse_lives
from ragone.schemas import CycleLife, LifeOutcome
from ragone.schemas.errors import StageError


def life(end: float, *, ended: bool = True, width: float = 0.0, **changes) -> CycleLife:
    """A life that ended between two looks, or was stopped."""
    outcome = LifeOutcome.CAPACITY if ended else LifeOutcome.BUDGET
    values = {"cell_name": "a", "criterion": "80 %", "method": "given", "outcome": outcome, **changes}
    return CycleLife(lower=end - width, upper=end if ended else None, **values)


def analysed(lives, groups=(), **given):
    """The stage as a function."""
    return analyse_lives.function(tuple(lives), groups=tuple(groups), seed=0, **given)


def test_two_groups_are_summed_up_and_compared():
    """Counts, medians, restricted means up to what both were observed for, tests and a difference with its tipping."""
    random = np.random.default_rng(1)
    one = [life(end) for end in 500 + 50 * random.standard_normal(20)]
    two = [life(end) for end in 700 + 50 * random.standard_normal(14)] + [life(500.0, ended=False)] * 6
    found = analysed([*one, *two], ["a"] * 20 + ["b"] * 20)
    assert (found.subject_count, found.event_count, found.group_names) == (40, 34, ("a", "b"))
    first, second = found.groups
    assert first["median"]["low"] < 500 < first["median"]["high"]
    assert first["restricted_mean"]["value"] < first["horizon"]
    assert second["restricted_mean"] is None  # none of it ended before the horizon: its error is not known
    tests = {row["test"]: row for row in found.comparisons if "test" in row}
    assert tests["log_rank"]["p_value"] < 1e-6
    (gap,) = [row for row in found.comparisons if "difference" in row]
    assert gap["difference"]["low"] > 0
    assert gap["tipping_factor"] is None or gap["tipping_factor"] > 1
    assert len(found.stop_times) == 6
    assert set(found.stop_groups.tolist()) == {1}


def test_naive_estimates_stand_beside():
    """The median of the dead alone is below the median."""
    random = np.random.default_rng(2)
    ends, stops = 1000 * random.weibull(2.5, 80), 1000 * random.exponential(1.0, 80)
    lives = [life(min(end, stop), ended=bool(end <= stop)) for end, stop in zip(ends, stops, strict=True)]
    naive = {row["estimator"].partition(" of")[0]: row for row in analysed(lives).groups[0]["naive"][1:2]}
    assert all(row["relative"] < 0 for row in naive.values())


def test_no_deaths_leave_a_lower_bound():
    """Of ten cells alive at 500 the median is above 500."""
    found = analysed([life(500.0, ended=False)] * 10)
    assert found.groups[0]["median"] == {
        "value": None,
        "low": 500.0,
        "high": None,
        "method": "lower bound only: too few ends were seen",
        "extrapolated": False,
    }
    assert "none of 10 cells ended; the median is above 500 cycle" in found.remarks[0]


@pytest.mark.parametrize(
    ("lives", "said"),
    [
        ([life(500.0)], "one cell says nothing"),
        ([life(500.0), *[life(400.0, ended=False)] * 5], "no cell ended before 500"),
        ([life(400.0), life(500.0)], "all 2 cells ended"),
        ([life(400.0), life(450.0), *[life(500.0, ended=False)] * 8], "beyond the longest observation"),
        ([life(400.0, width=200.0), life(500.0, width=100.0), life(600.0, ended=False)], "Turnbull's"),
    ],
)
def test_what_cannot_be_concluded_is_said(lives, said):
    """In a sentence of the record; nothing is raised."""
    assert any(said in sentence for sentence in analysed(lives).remarks)


def test_no_figure_has_an_error_of_zero():
    """Of one cell that ended, and of cells none of which ended before the horizon: neither interval nor mean."""
    one = analysed([life(500.0)]).groups[0]
    assert (one["median"]["value"], one["median"]["high"], one["restricted_mean"]) == (None, None, None)
    found = analysed([life(400.0 + n, ended=False) for n in range(8)] * 2, ["a"] * 8 + ["b"] * 8)
    assert [group["restricted_mean"] for group in found.groups] == [None, None]
    assert not [row for row in found.comparisons if "difference" in row]


def test_groups_are_in_the_order_of_their_numbers():
    """Policy 9 before policy 10, and 2.5 before 10."""
    lives = [life(400.0), life(500.0), life(600.0), life(700.0)]
    assert analysed(lives, ["p 10", "p 9", "a", "p 9"]).group_names == ("a", "p 9", "p 10")
    assert analysed(lives, ["10", "2.5 to 3", "10", "10"]).group_names == ("2.5 to 3", "10")


def test_stops_by_allocation_are_said():
    """A stop that depended on the fade is informative; whose lives those are is named."""
    lives = [life(400.0, cell_name="a"), life(500.0, cell_name="b", ended=False), life(450.0, cell_name="c")]
    (said,) = [one for one in analysed(lives, allocated=("a", "b")).remarks if "allocation" in one]
    assert "1 of 1 censored cells" in said
    assert not [one for one in analysed(lives, allocated=("a",)).remarks if "allocation" in one]


def test_ends_between_close_looks_count_in_their_middle():
    """Looked at each cycle: the curve is Kaplan and Meier's, half a cycle earlier."""
    found = analysed([life(500.0, width=1.0), life(600.0, width=1.0)])
    assert found.step_times.tolist() == [499.5, 599.5]


def test_a_group_that_never_started_is_named():
    """Nothing can be concluded of it, and the others are analysed."""
    dead = life(0.0, ended=False, outcome=LifeOutcome.NOT_STARTED)
    found = analysed([life(400.0), life(500.0), dead], ["a", "a", "b"])
    assert found.group_names == ("a",)
    assert "1 life was left out" in found.remarks[0]
    assert "group 'b' has no cell that was ever at risk" in found.remarks[1]


def test_causes_are_given_where_there_are_several():
    """Shares that ended by each, at four times."""
    lives = [life(300.0), life(400.0, outcome=LifeOutcome.PLATING), life(500.0), life(600.0, ended=False)]
    found = analysed(lives)
    assert [row["cause"] for row in found.causes] == ["capacity", "plating"]
    assert found.causes[0]["share"][-1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("lives", "said"),
    [
        ([life(500.0), life(20.0, unit="day")], "2 units: cycle; day"),
        ([life(500.0), life(0.0)], "duration of 0 or less"),
        ([life(500.0), life(600.0, outcome=LifeOutcome.BUDGET)], "An event has an upper end"),
        ([], "there are no lives"),
    ],
)
def test_lives_that_cannot_be_put_together_are_refused(lives, said):
    """With what is wrong and what to do."""
    with pytest.raises(LifetimesError, match=said):
        analysed(lives)


def test_each_life_needs_a_group():
    """A list of another length is refused."""
    with pytest.raises(StageError, match="2 lives, but 1 groups"):
        analysed([life(1.0), life(2.0)], ["a"])


def test_few_cells_have_no_narrow_intervals():
    """A mean of two cells, or up to a time before which none ended, has no error, and two cells are not compared."""
    random = np.random.default_rng(2)
    many = [life(end) for end in 700 + 50 * random.standard_normal(12)]
    lives, names = [life(600.0), life(1100.0, ended=False), *many], ["few"] * 2 + ["many"] * 12
    found = analysed(lives, names, horizon=800.0)
    few, _ = found.groups
    assert few["restricted_mean"]["value"] == 700
    assert few["restricted_mean"]["low"] is None
    assert not [row for row in found.comparisons if "difference" in row]
    assert any("mean of 2 cells has no interval" in remark for remark in found.remarks)
    early = analysed(lives, names, horizon=500.0)
    assert [group["restricted_mean"] for group in early.groups] == [None, None]
    assert any("no cell ended before 500 cycle" in remark for remark in early.remarks)
