"""Survivor curves: published values, lifelines' values, and what a curve is by definition."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import KaplanMeierFitter, NelsonAalenFitter, datasets

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.kaplan_meier import kaplan_meier, nelson_aalen
from tests.classic_lives import lung, stanford_heart


def test_lung_has_the_median_of_r_survival():
    """R's survfit(Surv(time, status) ~ 1, lung, conf.type = "log-log"): 228 cells, 165 ended, 310 days (284, 361)."""
    lives = lung()
    assert (len(lives), int(lives.observed.sum())) == (228, 165)
    assert kaplan_meier(lives).quantile(0.5) == (310.0, 284.0, 361.0)


def test_lung_by_sex_has_the_medians_of_r_survival():
    """R's survfit(Surv(time, status) ~ sex, lung): 270 and 426 days."""
    lives = lung("sex")
    medians = [kaplan_meier(lives.among(lives.columns["sex"] == sex)).quantile(0.5)[0] for sex in (1, 2)]
    assert medians == [270.0, 426.0]


def test_leukaemia_of_freireich_has_the_published_curve():
    """6-MP group, Klein and Moeschberger, table 4.1: times, share alive, and standard errors to the printed digits."""
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(Lifetimes.of_durations(np.array(times, float), np.array(ended)))
    assert curve.table.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.survival.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve.standard_error.round(3).tolist() == [0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135]
    assert curve.quantile(0.5)[0] == 23.0


@pytest.mark.parametrize("late", [False, True])
def test_curves_are_those_of_lifelines(late):
    """Share, band and cumulative hazard, also for subjects that came late under observation."""
    frame = datasets.load_waltons()
    entry = np.where(frame["T"] > 20, 10.0, 0.0) if late else np.zeros(len(frame))
    lives = Lifetimes.of_durations(frame["T"].to_numpy(float), frame["E"].to_numpy(), entry=entry)
    theirs = KaplanMeierFitter().fit(frame["T"], frame["E"], entry=entry if late else None)
    ours = kaplan_meier(lives)
    index = theirs.survival_function_.index.to_numpy()
    places = np.searchsorted(index, ours.table.times)
    np.testing.assert_allclose(ours.survival, theirs.survival_function_.to_numpy().ravel()[places], atol=1e-12)
    inside = (ours.survival > 1e-9) & (ours.survival < 1)
    for column, band in enumerate((ours.low, ours.high)):
        expected = theirs.confidence_interval_.to_numpy()[places, column]
        np.testing.assert_allclose(band[inside], expected[inside], atol=1e-10)
    hazard = NelsonAalenFitter(nelson_aalen_smoothing=False).fit(frame["T"], frame["E"], entry=entry if late else None)
    times, cumulative, _ = nelson_aalen(lives)
    np.testing.assert_allclose(cumulative, hazard.cumulative_hazard_at_times(times).to_numpy(), atol=1e-12)


def test_late_entry_counts_from_then_on_only():
    """Two from the start and one from 5: at 4 two are at risk, at 6 two again."""
    lives = Lifetimes.of_durations([4.0, 6.0, 8.0], [True, True, False], entry=[0.0, 0.0, 5.0])
    assert kaplan_meier(lives).survival.tolist() == [0.5, 0.25]
    assert (stanford_heart().entry > 0).any()


def test_a_stop_at_the_time_of_an_end_was_alive_there():
    """One of two ended at 5 when the other was stopped: half are alive."""
    assert kaplan_meier(Lifetimes.of_durations([5.0, 5.0], [True, False])).survival.tolist() == [0.5]


def test_a_median_on_a_step_is_its_middle_as_in_r():
    """Of four, two ended by 2 and the third at 3: exactly one half from 2 to 3."""
    assert kaplan_meier(Lifetimes.of_durations([1.0, 2.0, 3.0, 4.0], [True] * 4)).quantile(0.5)[0] == 2.5


def test_beyond_the_last_observation_nothing_is_known():
    """NaN where cells were stopped, 0 where all had ended."""
    stopped = kaplan_meier(Lifetimes.of_durations([1.0, 2.0], [True, False]))
    assert stopped.at(np.array([0.5, 1.5, 2.0])).tolist() == [1.0, 0.5, 0.5]
    assert np.isnan(stopped.at(np.array([3.0]))).all()
    assert kaplan_meier(Lifetimes.of_durations([1.0, 2.0], [True, True])).at(np.array([3.0])).tolist() == [0.0]


def test_an_end_between_two_looks_is_refused():
    """With what to use in its place."""
    lives = Lifetimes(
        lower=np.array([1.0]), upper=np.array([2.0]), entry=np.zeros(1), subjects=("a",), causes=("capacity",)
    )
    with pytest.raises(LifetimesError, match="Turnbull"):
        kaplan_meier(lives)
