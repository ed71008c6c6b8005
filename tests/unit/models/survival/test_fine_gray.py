"""Fine and Gray's regression: R's printed weights, lifelines on expanded rows, and the limit without stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.competing import cumulative_incidence
from ragone.models.survival.regression.cox import fit_cox
from ragone.models.survival.regression.fine_gray import cause_specific, fit_fine_gray
from ragone.models.survival.stops import Stops

_NAMES = ("", "capacity", "plating")


def _lives(times, kinds, **columns) -> Lifetimes:
    """Kind 0 is a stop."""
    numbers = {name: np.asarray(column, float) for name, column in columns.items()}
    lives = Lifetimes.of_durations(np.asarray(times, float), np.asarray(kinds) > 0, columns=numbers)
    return replace(lives, causes=tuple(_NAMES[kind] for kind in kinds))


@pytest.fixture
def fourteen() -> Lifetimes:
    """The lives of `fdata` in tests/finegray.R of the R package survival."""
    times = [1, 2, 3, 4, 4, 4, 5, 5, 6, 8, 8, 9, 10, 12]
    kinds = [1, 2, 0, 1, 0, 0, 2, 1, 0, 0, 2, 0, 1, 0]
    return _lives(times, kinds, x=[5, 4, 3, 1, 2, 1, 1, 2, 2, 4, 6, 1, 2, 0])


def _mixed(count: int, seed: int, stop: float = 12.0) -> Lifetimes:
    """Untied lives of two causes, the first of which depends on x."""
    random = np.random.default_rng(seed)
    x = random.normal(size=count)
    ends = np.column_stack([random.exponential(10 * np.exp(-0.8 * x)), random.exponential(10, count)])
    stops = random.exponential(stop, count)
    times = np.minimum(ends.min(axis=1), stops)
    return _lives(times, np.where(times < stops, 1 + ends.argmin(axis=1), 0), x=x)


def test_weights_are_those_that_r_computes(fourteen):
    """finegray.Rout.save: stops after ends at one time, so that the share falls after 3, 4, 6, 8 and 9."""
    expected = np.cumprod([1, 11 / 12, 8 / 10, 5 / 6, 3 / 4, 2 / 3])
    moments = np.array([3.0, 4.0, 6.0, 8.0, 9.0, 12.0])
    np.testing.assert_allclose(Stops.of(fourteen).never_before(moments), expected, rtol=1e-14)
    weights = fit_fine_gray(fourteen, "capacity", ["x"]).risk_sets.at_risk
    np.testing.assert_allclose(weights[:, 1], [1, 11 / 12, 11 / 15, 11 / 36], rtol=1e-14)
    assert weights[-1, 6] == pytest.approx(5 / 12)
    assert weights[-1, 10] == pytest.approx(1 / 2)


@pytest.mark.parametrize("cause", _NAMES[1:])
def test_weighed_sets_give_aalen_and_johansens_shares(fourteen, cause):
    """One less Kaplan and Meier's curve of the weighed rows is the share by the cause, as R's test asks."""
    sets = fit_fine_gray(fourteen, cause, ["x"]).risk_sets
    curve = 1 - np.cumprod(1 - 1 / sets.at_risk.sum(axis=1))
    found = cumulative_incidence(fourteen, cause)
    np.testing.assert_allclose(curve, found.share[np.searchsorted(found.times, sets.times)], rtol=1e-12)


def test_lifelines_gives_the_same_on_expanded_rows():
    """Coefficients of a weighted Cox regression with a row for each piece of constant weight.

    Its robust error is not compared: 0.30, where coefficients of samples drawn again scatter by 0.18.
    """
    lives = _mixed(120, 5)
    fit = fit_fine_gray(lives, "capacity", ["x"])
    rows = []
    moments = np.append(0.0, np.unique(fit.risk_sets.times))
    for n, (end, cause) in enumerate(zip(lives.lower.tolist(), lives.causes, strict=True)):
        rows.append((n, lives.columns["x"][n], 0.0, end, cause == "capacity", 1.0))
        if cause == "plating":
            after = np.append(end, moments[moments > end])
            share = Stops.of(lives).never_before(after)
            rows += [
                (n, lives.columns["x"][n], start, stop, False, weight)
                for start, stop, weight in zip(after[:-1], after[1:], share[1:] / share[0], strict=True)
            ]
    frame = pd.DataFrame(rows, columns=["n", "x", "start", "stop", "ended", "weight"])
    given = {"entry_col": "start", "weights_col": "weight", "cluster_col": "n", "robust": True}
    theirs = CoxPHFitter().fit(frame, "stop", "ended", **given)
    assert fit.coefficients[0] == pytest.approx(theirs.params_["x"], rel=1e-5)


def test_errors_are_those_of_the_infinitesimal_jackknife():
    """How the coefficient answers to the weight of each subject, by differences of the score."""
    lives = _mixed(120, 5)
    fit = fit_fine_gray(lives, "capacity", ["x"])
    sets, x, best = fit.risk_sets, fit.columns[:, 0], float(fit.coefficients[0])

    def score(at, weights):
        risks = sets.at_risk * np.exp(x * at) * weights
        return float(weights[sets.dead] @ (x[sets.dead] - risks @ x / risks.sum(axis=1)))

    ones, step = np.ones(120), 1e-5
    slope = (score(best + step, ones) - score(best - step, ones)) / (2 * step)
    moved = [score(best, ones + step * one) - score(best, ones - step * one) for one in np.eye(120)]
    changes = np.array(moved) / (2 * step) / -slope
    assert fit.standard_errors[0] == pytest.approx(float(np.linalg.norm(changes)), rel=1e-6)


def test_without_stops_cells_that_ended_otherwise_never_leave():
    """Nobody stopped: an ordinary Cox regression in which ends by other causes come after all others."""
    lives = _mixed(60, 6, stop=1e9)
    mine = np.array([cause == "capacity" for cause in lives.causes])
    late = Lifetimes.of_durations(np.where(mine, lives.lower, 1e6), mine, columns=dict(lives.columns))
    fit, cox = fit_fine_gray(lives, "capacity", ["x"]), fit_cox(late, ["x"])
    np.testing.assert_allclose(fit.coefficients, cox.coefficients, rtol=1e-9)


def test_a_covariate_of_one_cause_lowers_the_share_of_the_other():
    """Of plating the cause-specific hazard does not depend on x, the subdistribution does."""
    lives = _mixed(1500, 7, stop=30.0)
    specific = fit_cox(cause_specific(lives, "plating"), ["x"])
    assert abs(specific.coefficients[0]) < 3 * specific.standard_errors[0]
    share = fit_fine_gray(lives, "plating", ["x"])
    assert share.coefficients[0] < -4 * share.standard_errors[0]


def test_what_cannot_be_fitted_is_said(fourteen):
    """A cause that nobody died of, late entry."""
    with pytest.raises(LifetimesError, match="causes known are capacity, plating"):
        fit_fine_gray(fourteen, "swelling", ["x"])
    late = replace(fourteen, entry=np.full(14, 0.5))
    with pytest.raises(LifetimesError, match="came late"):
        fit_fine_gray(late, "capacity", ["x"])
