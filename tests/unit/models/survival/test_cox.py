"""Cox regression: published fits, brute force, ties, late entry, residuals, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, datasets

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.regression import fit_cox
from ragone.models.survival.regression.residuals import (
    coefficient_changes,
    examine_proportionality,
    martingale_residuals,
    schoenfeld_residuals,
)
from tests.classic_lives import lives_of, lung, rossi, stanford_heart

HEART = ("age", "year", "surgery", "transplant")


def test_lung_agrees_with_r():
    """`coxph(Surv(time, status) ~ age + sex + ph.ecog, lung)`: hazard ratios, limits and test as R prints them."""
    fit = fit_cox(lung("age", "sex", "ph.ecog"), ["age", "sex", "ph.ecog"])
    assert np.exp(fit.coefficients).round(4).tolist() == [1.0111, 0.5754, 1.5900]
    margin = 1.959964 * fit.standard_errors
    assert np.exp(fit.coefficients - margin).round(4).tolist() == [0.9929, 0.4142, 1.2727]
    assert np.exp(fit.coefficients + margin).round(4).tolist() == [1.0297, 0.7994, 1.9864]
    assert round(2 * (fit.log_likelihood - fit.null_log_likelihood), 1) == 30.5
    assert round(fit.score_statistic, 1) == 30.5


def test_rossi_agrees_with_fox_and_weisberg():
    """Fox and Weisberg, Cox Proportional-Hazards Regression in R, appendix: coefficients, errors and tests."""
    fit = fit_cox(rossi(), ["fin", "age", "race", "wexp", "mar", "paro", "prio"])
    assert fit.coefficients.round(5).tolist() == [-0.37942, -0.05744, 0.31390, -0.14980, -0.43370, -0.08487, 0.09150]
    assert fit.standard_errors.round(5).tolist() == [0.19138, 0.02200, 0.30799, 0.21222, 0.38187, 0.19576, 0.02865]
    assert round(2 * (fit.log_likelihood - fit.null_log_likelihood), 2) == 33.27
    assert round(fit.score_statistic, 2) == 33.53


def test_breslow_agrees_with_kleinbaum_and_klein():
    """Remission of leukaemia, chapter 3 of Kleinbaum and Klein 2012: models 1 and 2 with likelihoods."""
    frame = datasets.load_leukemia()
    lives = lives_of(frame, "t", lambda one: one["status"] == 1, ("Rx", "logWBC"))
    one = fit_cox(lives, ["Rx"], efron=False)
    assert [*one.coefficients.round(3), *one.standard_errors.round(3)] == [1.509, 0.410]
    assert round(-2 * one.log_likelihood, 3) == 172.759
    two = fit_cox(lives, ["Rx", "logWBC"], efron=False)
    assert [*two.coefficients.round(3), *two.standard_errors.round(3)] == [1.294, 1.604, 0.422, 0.329]
    assert round(-2 * two.log_likelihood, 3) == 144.559


@pytest.mark.parametrize("strata", ["", "group"])
def test_late_entry_strata_and_ties_agree_with_lifelines(strata):
    """Stanford's heart transplants, left-truncated: coefficients, errors and likelihood are those of lifelines."""
    lives = stanford_heart()
    group = np.where(lives.columns["age"] > 0, "old", "young")
    lives = replace(lives, columns={**lives.columns, "group": group})
    fit = fit_cox(lives, HEART, strata=strata)
    frame = pd.DataFrame(
        {
            **lives.columns,
            "stop": lives.lower,
            "start": lives.entry,
            "event": lives.observed,
        }
    )
    kept = frame if strata else frame.drop(columns="group")
    peer = CoxPHFitter().fit(kept, "stop", "event", entry_col="start", strata=[strata] if strata else None)
    assert fit.coefficients == pytest.approx(peer.params_[list(HEART)].to_numpy(), rel=3e-4)
    assert fit.standard_errors == pytest.approx(peer.standard_errors_[list(HEART)].to_numpy(), rel=3e-4)
    assert fit.log_likelihood == pytest.approx(peer.log_likelihood_, rel=1e-7)


def test_residuals_with_late_entry_sum_to_zero():
    """Ours do, as they must at the maximum; lifelines has none for lives with an entry."""
    lives = stanford_heart()
    fit = fit_cox(lives, HEART)
    assert martingale_residuals(fit, lives).sum() == pytest.approx(0, abs=1e-9)
    assert schoenfeld_residuals(fit).sum(axis=0) == pytest.approx(0, abs=1e-4)
    frame = pd.DataFrame({**lives.columns, "stop": lives.lower, "start": lives.entry, "event": lives.observed})
    peer = CoxPHFitter().fit(frame, "stop", "event", entry_col="start")
    with pytest.raises(NotImplementedError, match="entries"):
        peer.compute_residuals(frame, "martingale")


def test_martingale_residuals_agree_with_lifelines():
    """Without ties, in which Breslow's and Efron's hazards differ, they are the same."""
    generator = np.random.default_rng(7)
    x = generator.normal(size=80)
    ends, seen = generator.exponential(np.exp(-x)), generator.random(80) < 0.7
    lives = Lifetimes.of_durations(ends, seen, columns={"x": x})
    frame = pd.DataFrame({"x": x, "end": ends, "seen": seen})
    peer = CoxPHFitter().fit(frame, "end", "seen").compute_residuals(frame, "martingale").sort_index()
    assert martingale_residuals(fit_cox(lives, ["x"]), lives) == pytest.approx(peer["martingale"].to_numpy(), abs=1e-3)


def test_changes_of_coefficients_are_those_of_leaving_a_subject_out():
    """To first order; ties included."""
    lives = lung("age", "sex")
    fit = fit_cox(lives, ["age", "sex"])
    changes = coefficient_changes(fit)
    left_out = [0, 30, 70, 110, 200]
    actual = [
        fit.coefficients - fit_cox(lives.among(np.arange(228) != n), ["age", "sex"]).coefficients for n in left_out
    ]
    assert (np.abs(changes[left_out] - actual) < 0.02 * fit.standard_errors).all()
    assert np.corrcoef(changes[left_out].ravel(), np.ravel(actual))[0, 1] > 0.99


def test_proportional_hazards_of_lung_agree_with_r():
    """`cox.zph(coxph(Surv(time, status) ~ age + sex + wt.loss, lung))` of R survival 3, to the printed digits."""
    lives = lung("age", "sex", "wt.loss")
    found = examine_proportionality(fit_cox(lives, ["age", "sex", "wt.loss"]), lives)
    assert found.statistics.round(4).tolist() == [0.5077, 2.5489, 0.0144]
    assert found.p_values.round(2).tolist() == [0.48, 0.11, 0.90]
    assert (round(found.overall, 4), round(found.overall_p_value, 2)) == (3.0051, 0.39)


def test_proportional_hazards_by_brute_force():
    """The statistic is the score statistic of a covariate times time, the lives cut at every death; late entry too."""
    lives = stanford_heart()
    names = ["age", "surgery"]
    found = examine_proportionality(fit := fit_cox(lives, names, efron=False), lives)
    deaths = np.unique(lives.upper[lives.observed])
    kept, entries, ends = [], [], []
    for number in range(len(lives)):
        cuts = [lives.entry[number], *deaths[(deaths > lives.entry[number]) & (deaths < lives.lower[number])]]
        cuts.append(lives.lower[number])
        kept += [number] * (len(cuts) - 1)
        entries += cuts[:-1]
        ends += cuts[1:]
    rows, ends = np.array(kept), np.array(ends)
    seen = lives.observed[rows] & (ends == lives.lower[rows])
    at_risk = ((lives.entry < deaths[:, None]) & (lives.lower >= deaths[:, None])).sum(axis=1)
    died = (lives.observed & (lives.upper == deaths[:, None])).sum(axis=1)
    dead_before = 1 - np.concatenate([[1], np.cumprod(1 - died / at_risk)])
    clock = dead_before[np.searchsorted(deaths, ends)]
    columns = {name: lives.columns[name][rows].astype(float) for name in names}
    cut = Lifetimes.of_durations(ends, seen, entry=entries, columns={**columns, "later": columns["age"] * clock})
    step = 1e-4

    def likelihood(later: float) -> float:
        """The partial likelihood with a coefficient that changes, the others at their best."""
        from ragone.models.survival.regression.cox import RiskSets

        sets = RiskSets.of(cut, np.zeros(len(cut), dtype=int), efron=False)
        x = np.column_stack([columns[name] for name in names])
        beta = fit.coefficients.copy()
        for _ in range(30):
            risks = np.exp(x @ beta + later * cut.columns["later"])
            weighed = sets.at_risk * risks
            means = weighed @ x / weighed.sum(axis=1)[:, None]
            gradient = (x[sets.dead] - means).sum(axis=0)
            shares = weighed.T @ (1 / weighed.sum(axis=1))
            beta = beta + np.linalg.solve((x * shares[:, None]).T @ x - means.T @ means, gradient)
        eta = x @ beta + later * cut.columns["later"]
        return float(eta[sets.dead].sum() - np.log(sets.at_risk @ np.exp(eta)).sum())

    low, middle, high = (likelihood(at) for at in (-step, 0.0, step))
    slope, curvature = (high - low) / (2 * step), (high - 2 * middle + low) / step**2
    assert found.statistics[0] == pytest.approx(slope**2 / -curvature, rel=1e-3)


def test_a_change_with_time_is_found():
    """A rate that kills early only is no proportional hazard; one that always does is."""
    generator = np.random.default_rng(4)
    group = generator.integers(0, 2, 400)
    plain = generator.exponential(100, 400)
    early = np.where((group == 1) & (plain < 200), plain * 0.4, plain)
    results = []
    for ends in (plain * 0.5**group, early):
        lives = Lifetimes.of_durations(ends, np.full(400, True), columns={"group": group.astype(float)})
        results.append(examine_proportionality(fit_cox(lives, ["group"]), lives).overall_p_value)
    assert results[0] > 0.05
    assert results[1] < 1e-3


def test_refusals_and_separation():
    """Nobody dead, intervals, and a covariate that separates the dead are each said."""
    batch = np.array(["a"] * 5 + ["b"] * 5)
    lives = Lifetimes.of_durations([100.0, 120, 140, 160, 180] * 2, batch == "a", columns={"batch": batch})
    assert not fit_cox(lives, ["batch"]).converged
    assert fit_cox(lives, ["batch"], penalty=0.1).converged
    with pytest.raises(LifetimesError, match="no hazards can be compared"):
        fit_cox(lives.among(batch == "b"), ["batch"])
    with pytest.raises(LifetimesError, match=r"10 of 10 lives ended between two looks.*weibull"):
        fit_cox(replace(lives, upper=lives.lower + 10), ["batch"])


def test_a_stratum_is_no_covariate():
    """What takes one value in each stratum has no effect that could be estimated: refused, by its name."""
    lives = lung("age", "sex")
    fit_cox(lives, ["age"], strata="sex")
    with pytest.raises(LifetimesError, match="'sex' takes one value in each stratum of 'sex'"):
        fit_cox(lives, ["age", "sex"], strata="sex")
