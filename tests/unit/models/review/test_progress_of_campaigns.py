"""What a campaign had reached after each trial, against exact volumes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from goal_problems import goal, kpi

from ragone.models.conclusion import conclude
from ragone.models.front import unbeaten
from ragone.models.review import ReviewedTrials, ReviewError, progress_of
from ragone.models.review.progress import hypervolume, hypervolumes, reference_point
from ragone.schemas import Candidate, KpiOutcome


def reviewed(rows, goals, failed=()):
    """The trials of a campaign whose KPIs have these values, each with a standard uncertainty of its number."""
    kpis = [
        [kpi(v, None if v is None else float(n), name=g["kpi"]) for v, g in zip(row, goals, strict=True)]
        for n, row in enumerate(rows)
    ]
    kpis = [[] if number in failed else row for number, row in enumerate(kpis)]
    tried = tuple(Candidate(values={"x": float(number)}) for number in range(len(rows)))
    flat = tuple(one for row in kpis for one in row)
    campaign = conclude(tried, flat, name="any", definition={}, goals=goals, failed_trials=tuple(failed))
    return ReviewedTrials.of(campaign, tried, kpis)


def test_the_best_feasible_value_so_far_with_its_own_uncertainty():
    """Trials beyond a limit, without a value and failed do not count; a later equal does not take over."""
    goals = [goal("minimise", name="cost"), goal("at_most", 5.0, name="heat")]
    rows = [(9.0, 9.0), (7.0, 1.0), (None, 1.0), (4.0, 1.0), (2.0, 5.1), (4.0, 2.0), (6.0, 1.0)]
    found = progress_of(reviewed(rows, goals, failed=[3]))
    assert found.reached == pytest.approx([np.nan, 7, 7, 7, 7, 4, 4], nan_ok=True)
    assert found.deviations == pytest.approx([np.nan, 1, 1, 1, 1, 5, 5], nan_ok=True)
    assert found.trials.tolist() == [-1, 1, 1, 1, 1, 5, 5]


def test_a_bound_is_known_from_a_value():
    """Of a KPI that should be large the value of a censored trial is its bound; of one that should be small none is."""
    cut = replace(kpi(None), outcome=KpiOutcome.CENSORED, lower_bound=7.0)
    tried = tuple(Candidate(values={"x": float(number)}) for number in range(3))
    for sense, bounds in (("maximise", [False, True, False]), ("minimise", [False, False, False])):
        campaign = conclude(tried, (kpi(5.0), cut), name="any", definition={}, goals=[goal(sense)], failed_trials=(2,))
        trials = ReviewedTrials.of(campaign, tried, [[kpi(5.0)], [cut], []])
        assert [trials.is_bound(number, 0) for number in range(3)] == bounds


def test_nothing_is_reached_without_a_feasible_trial():
    """The reason is given."""
    with pytest.raises(ReviewError, match="no design was feasible"):
        progress_of(reviewed([(1.0,), (None,)], [goal("maximise")], failed=[0]))


def test_the_hypervolume_grows_by_what_each_trial_adds():
    """Rectangles over a reference point a tenth of the front's extent beyond its worst ends, each in its own sense."""
    goals = [goal("maximise", name="energy"), goal("minimise", name="cost")]
    found = progress_of(reviewed([(10.0, 20.0), (5.0, 15.0), (None, 1.0), (20.0, 30.0)], goals))
    assert found.reference == pytest.approx([5 - 1.5, 30 + 1.5])
    first = (10 - 3.5) * (31.5 - 20)
    second = first + (5 - 3.5) * (20 - 15)
    assert found.reached == pytest.approx([first, second, second, second + (20 - 10) * (31.5 - 30)])


def test_the_hypervolume_is_measured_from_what_the_study_states():
    """By sense and unit of the objective that states it; the other is inferred."""
    goals = [goal("maximise", name="energy"), goal("minimise", name="cost") | {"reference": 40.0}]
    found = progress_of(reviewed([(10.0, 20.0), (20.0, 30.0)], goals))
    assert found.reference == pytest.approx([10 - 1.0, 40.0])
    assert found.reached == pytest.approx([20.0, 20.0 + 10 * 10])


@pytest.mark.parametrize("objectives", [2, 3, 4])
def test_the_volume_so_far_is_that_of_all_points_so_far(objectives):
    """Random points, beaten ones and equal ones among them: each adds what the whole of them says."""
    points = np.random.default_rng(objectives).random((9, objectives))
    points = np.vstack([points, points[:2], points[3] / 2])
    reference = np.full(objectives, -0.1)
    whole = [hypervolume(points[: n + 1][unbeaten(points[: n + 1])], reference) for n in range(len(points))]
    assert hypervolumes(points, reference) == pytest.approx(whole, rel=1e-12)


def test_the_volume_of_boxes_is_the_share_of_points_inside_them():
    """In three dimensions, counted on a fine grid that the boxes' faces lie on."""
    points = np.random.default_rng(5).integers(1, 13, (7, 3)).astype(float)
    grid = np.stack(np.meshgrid(*[np.arange(13) + 0.5] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    counted = (grid[:, None] <= points[None]).all(axis=2).any(axis=1).sum()
    assert hypervolume(points, np.zeros(3)) == pytest.approx(counted)


def test_a_front_without_extent_still_has_a_reference_point_below_it():
    """One design, or several alike."""
    assert reference_point(np.array([[2.0, -4.0]])) == pytest.approx([1.8, -4.4])
    assert (reference_point(np.zeros((2, 2))) < 0).all()


def test_more_objectives_than_can_be_measured_are_refused():
    """The time grows with the power of their number."""
    with pytest.raises(ReviewError, match="5 objectives"):
        reference_point(np.zeros((1, 5)))


def test_what_infeasible_trials_lack_is_counted():
    """Failures, missing values and broken limits, each by name; nothing that does not occur."""
    goals = [goal("maximise", name="energy"), goal("at_most", 5.0, name="peak_heat")]
    rows = [(9.0, 9.0), (7.0, 1.0), (None, 6.0), (4.0, 1.0)]
    assert reviewed(rows, goals, failed=[3]).shortcomings == {
        "failed": 1,
        "without a value of energy": 1,
        "with peak heat not at most 5 W.h/L": 2,
    }
    assert reviewed([(1.0, 1.0)], goals).shortcomings == {}
