"""The stage that fits a regression to lives, its checks in words, and predictions from the record."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.models.survival import Lifetimes, LifetimesError
from ragone.models.survival.regression import fit_accelerated
from ragone.models.survival.regression.diagnosis import calibrate, diagnose
from ragone.models.survival.regression.fit import fit_lives, fit_regression
from ragone.models.survival.regression.prediction import predict_life
from ragone.schemas import CycleLife, LifeOutcome, RegressionOutcome
from tests.classic_lives import rossi


def life(number: int, lower: float, outcome: LifeOutcome = LifeOutcome.CAPACITY) -> CycleLife:
    """A life of one cell."""
    return CycleLife(
        cell_name=f"cell {number}",
        outcome=outcome,
        lower=lower,
        upper=lower if outcome.is_event else None,
        criterion="capacity at 80 % of the first",
        method="between two cycles",
    )


def population(count: int = 150, seed: int = 0, scale: float = 0.3):
    """Weibull lives that a rate shortens and one batch halves; stopped at 1,200 cycles."""
    generator = np.random.default_rng(seed)
    rate, batch = generator.uniform(1, 6, count), np.array(["a", "b"])[generator.integers(0, 2, count)]
    error = np.log(-np.log(generator.random(count)))
    ends = np.exp(7.5 - 0.3 * rate - 0.7 * (batch == "b") + scale * error)
    lives = tuple(
        life(n, min(end, 1200.0), LifeOutcome.CAPACITY if end < 1200 else LifeOutcome.BUDGET)
        for n, end in enumerate(ends.tolist())
    )
    return lives, {"rate": rate.tolist(), "batch": batch.tolist()}


def fitted(model: str = "weibull", **settings):
    """A record of the population."""
    lives, columns = population()
    given = {"terms": ["rate", "batch"], "columns": columns, "units": {"rate": "1/h"}, **settings}
    return fit_regression.function(lives, model=model, **given)


@pytest.mark.parametrize("model", ["weibull", "log-normal", "log-logistic", "cox"])
def test_what_shortens_lives_is_found(model):
    """A rate and a batch shorten lives, significantly, with a concordance that is better than chance."""
    found = fitted(model, hold_out="batch" if model == "none" else "")
    sign = 1 if model == "cox" else -1
    assert found.outcome is RegressionOutcome.FITTED
    assert found.names[-2:] == ("rate", "batch=b")
    assert (sign * found.coefficients[-2:] > 0).all()
    assert (found.p_values[-2:] < 1e-6).all()
    assert 0.75 < found.concordance < 0.98
    assert found.ranges["rate"]["unit"] == "1/h"
    assert (found.life_count, found.event_count) == (150, sum(one.outcome.is_event for one in population()[0]))


def test_groups_left_out_in_turn():
    """The held-out concordance is below that of the lives fitted to, above chance, and has an error."""
    lives, columns = population()
    columns["policy"] = [f"p{n % 30}" for n in range(len(lives))]
    found = fit_regression.function(lives, terms=["rate", "batch"], columns=columns, hold_out="policy")
    assert 0.7 < found.held_out_concordance <= found.concordance + 0.01
    assert 0 < found.held_out_standard_error < 0.1


def test_coefficients_are_covered():
    """The true coefficients lie within 95 % intervals in about 95 % of 100 populations, of which many were stopped."""
    held = []
    for seed in range(100):
        lives, columns = population(60, seed)
        arrays = {name: np.array(values) for name, values in columns.items()}
        found = fit_accelerated(replace(Lifetimes.of_records(lives), columns=arrays), "weibull", ["rate", "batch"])
        held.append(np.abs(found.coefficients - [7.5, -0.3, -0.7]) < 1.96 * found.standard_errors[:3])
    assert 0.9 <= np.mean(held) <= 0.985


def test_predictions_cover_lives_that_were_not_fitted():
    """Of new cells about 90 % live within the 90 % interval; the median is that of the truth within its own."""
    found = fitted()
    lives, _ = population(400, seed=9)
    rates, batches = (population(400, seed=9)[1][name] for name in ("rate", "batch"))
    held, decided = 0, 0
    for n in range(0, 400, 4):
        predicted = predict_life(found, {"rate": rates[n], "batch": batches[n]}, confidence=0.9)
        if lives[n].upper is not None:
            held += predicted.low <= lives[n].lower <= predicted.high
            decided += predicted.low < 1200
    assert 0.82 <= held / decided <= 0.97
    one = predict_life(found, {"rate": 3.0, "batch": "a"})
    truth = np.exp(7.5 - 0.9 + 0.3 * np.log(np.log(2)))
    assert one.median_low < truth < one.median_high
    assert one.low < one.median_low < one.median < one.median_high < one.high


def test_a_cell_that_lived_long_lives_longer():
    """What is left is predicted, and none of it lies in the past."""
    found = fitted()
    fresh = predict_life(found, {"rate": 3.0, "batch": "a"})
    old = predict_life(found, {"rate": 3.0, "batch": "a"}, alive_at=fresh.median)
    assert old.low > fresh.median
    assert old.high > fresh.high


def test_predictions_outside_of_what_was_fitted_say_so():
    """A rate beyond those of the lives is named; an unknown batch is refused."""
    found = fitted()
    assert predict_life(found, {"rate": 9.0, "batch": "a"}).outside == ("rate",)
    with pytest.raises(LifetimesError, match="'c' is none of the options"):
        predict_life(found, {"rate": 2.0, "batch": "c"})
    with pytest.raises(LifetimesError, match="'batch' is missing"):
        predict_life(found, {"rate": 2.0})


def test_cox_predicts_by_its_hazard():
    """The median is that of an accelerated model where lives ended; beyond the last death there is none."""
    found, peer = fitted("cox"), fitted("weibull")
    given = {"rate": 4.0, "batch": "b"}
    assert predict_life(found, given).median == pytest.approx(predict_life(peer, given).median, rel=0.15)
    assert predict_life(found, {"rate": 1.0, "batch": "a"}).median is None


@pytest.mark.parametrize("family", ["weibull", "log-normal", "log-logistic"])
def test_expected_deaths_are_those_observed(family):
    """Over all lives the expected deaths are about the observed ones; of Weibull lives exactly."""
    lives = rossi()
    groups = calibrate(fit_accelerated(lives, family, ["age", "prio"]), lives)
    expected, observed = sum(one.expected for one in groups), sum(one.observed for one in groups)
    assert observed == 114
    assert expected == pytest.approx(observed, rel=1e-6 if family == "weibull" else 0.1)


def checks(lives: Lifetimes, model: str, terms: list[str], **settings):
    """Findings and concerns by what was checked."""
    fit = fit_lives(lives, model, terms, **settings)
    return {one.check: one for one in diagnose(fit, lives, **{k: v for k, v in settings.items() if k == "penalty"})}


def test_rossi_in_words():
    """Age and work experience are no proportional hazards, as Fox and Weisberg find; 114 deaths suffice."""
    found = checks(rossi(), "cox", ["fin", "age", "race", "wexp", "mar", "paro", "prio"])
    assert found["proportional hazards"].concern
    assert "age" in found["proportional hazards"].finding
    assert "wexp" in found["proportional hazards"].finding
    assert not found["number of deaths"].concern
    assert not found["convergence"].concern


def test_bent_effects_wrong_distributions_and_single_cells_are_found():
    """Each by its own check, and not where there is nothing to find."""
    generator = np.random.default_rng(3)
    x = generator.uniform(-2, 2, 300)
    bent = Lifetimes.of_durations(np.exp(6 - x**2 + 0.4 * generator.normal(size=300)), [True] * 300, columns={"x": x})
    straight = Lifetimes.of_durations(np.exp(6 - x + 0.4 * generator.normal(size=300)), [True] * 300, columns={"x": x})
    assert checks(bent, "log-normal", ["x"])["functional form"].concern
    assert not checks(straight, "log-normal", ["x"])["functional form"].concern
    assert "log-normal describes the lives better" in checks(straight, "weibull", ["x"])["distribution"].finding
    assert not checks(straight, "log-normal", ["x"])["distribution"].concern
    lone = np.append(generator.normal(size=40), 3.0)
    ends = np.append(generator.exponential(100, 40), 1.0) * np.exp(-np.append(lone[:40], 0.0)) + 0.1 * (lone == 3) * 5e5
    lives = Lifetimes.of_durations(ends, [True] * 41, columns={"x": lone})
    assert "without 41 the coefficient of x" in checks(lives, "cox", ["x"])["influential cells"].finding


def test_few_deaths_and_separation_are_said():
    """Six deaths for two covariates are few; lives told apart perfectly have no maximum, and a penalty gives one."""
    batch = np.array(["a"] * 6 + ["b"] * 6)
    lives = Lifetimes.of_durations([100.0, 120, 140, 160, 180, 190] * 2, batch == "a", columns={"batch": batch})
    found = checks(lives, "weibull", ["batch"])
    assert found["number of deaths"].concern
    assert "batch=b" in found["convergence"].finding
    assert not checks(lives, "weibull", ["batch"], penalty=0.1)["convergence"].concern


def test_what_cannot_be_fitted_is_an_outcome():
    """Nobody died, one cell, an unknown model, columns that do not fit: a record with the reason, not an exception."""
    stopped = tuple(life(n, 100.0 + n, LifeOutcome.BUDGET) for n in range(3))
    found = fit_regression.function(stopped, terms=["rate"], columns={"rate": [1.0, 2.0, 3.0]})
    assert found.outcome is RegressionOutcome.NOT_FITTED
    assert "longer than it was observed, up to 102 cycle" in found.reason
    assert "for all 1 lives" in fit_regression.function((life(1, 9.0),), terms=["x"], columns={"x": [1.0]}).reason
    assert "no model 'gamma'" in fit_regression.function((life(1, 9.0),), terms=[], columns={}, model="gamma").reason
    assert "columns of length" in fit_regression.function((life(1, 9.0),), terms=["x"], columns={"x": []}).reason
    assert "no lives to analyse" in fit_regression.function((), terms=[], columns={}).reason
    with pytest.raises(LifetimesError, match="predicts nothing"):
        predict_life(found, {"rate": 1.0})


def test_everyone_died_at_once():
    """Lives without any spread have no scale; that is said."""
    found = fit_regression.function(
        tuple(life(n, 100.0) for n in range(4)), terms=["x"], columns={"x": [1.0, 2.0, 3.0, 4.0]}
    )
    assert found.outcome is not RegressionOutcome.FITTED
