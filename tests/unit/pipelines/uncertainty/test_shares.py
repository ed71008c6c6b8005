"""Shares of the variance against functions whose shares are known, and what a budget says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.uncertainty import estimate_shares, share_near_best
from ragone.pipelines.uncertainty.draws import scores
from ragone.pipelines.uncertainty.shares import variance_shares
from ragone.schemas import KINDS, KpiOutcome, Priors
from ragone.schemas.errors import StageError
from ragone.schemas.priors import Holder, Prior, Source

SEED = 3


def priors(count):
    """As many quantities of a cell, each with a factor of 1.1."""
    return Priors.of(Prior(Holder.CELL, f"quantity {n}", Source.CELL, 1.1, "test") for n in range(count))


def drawn(function, quantities=4, draws=128, seed=SEED):
    """Scores of some draws and what a function makes of them."""
    found = scores(priors(quantities), np.arange(draws), seed)
    return found, function(found)


def kpi(example, value, **changes):
    """A KPI of that value."""
    outcome = KpiOutcome.INFEASIBLE if value is None else KpiOutcome.MEASURED
    return example("kpi", value=value, outcome=str(outcome), **changes)


def test_scores_are_standard_normal_and_the_first_draws_stay():
    """More draws of one seed go on where fewer ended; another seed draws others."""
    few, many = (scores(priors(5), np.arange(n), SEED) for n in (64, 256))
    assert np.array_equal(few, many[:64])
    assert np.abs(many.mean(axis=0)).max() < 0.02
    assert many.std(axis=0) == pytest.approx(1, abs=0.02)
    assert not np.allclose(few, scores(priors(5), np.arange(64), SEED + 1))


def test_shares_of_a_sum_are_exact():
    """3 a + 4 b: 0.36 and 0.64, and nothing of the others."""
    found = variance_shares(*drawn(lambda z: 3 * z[:, 0] + 4 * z[:, 1] + 7))
    assert found.order == 2
    assert found.shares == pytest.approx([0.36, 0.64, 0, 0], abs=0.01)
    assert found.effects == pytest.approx([3, 4, 0, 0], abs=1e-9)


def test_a_parabola_counts_as_much_as_a_line():
    """In a + (b^2 - 1)/sqrt 2 both have the same variance, though the effect of b on the mean slope is none."""
    found = variance_shares(*drawn(lambda z: z[:, 0] + (z[:, 1] ** 2 - 1) / np.sqrt(2), draws=512))
    assert found.shares[:2] == pytest.approx([0.5, 0.5], abs=0.03)
    assert found.effects[1] == pytest.approx(0, abs=1e-9)


def test_an_interaction_is_nobodys_share():
    """The product a b has the whole variance in its interaction."""
    found = variance_shares(*drawn(lambda z: z[:, 0] * z[:, 1], draws=512))
    assert found.shares.sum() < 0.05


def test_the_standard_error_of_a_share_holds_what_other_seeds_give():
    """Of a function with an interaction the share scatters from seed to seed by about its standard error."""

    def function(z):
        return 2 * z[:, 0] + z[:, 1] + z[:, 2] * z[:, 3]

    found = [variance_shares(*drawn(function, draws=64, seed=seed)) for seed in range(40)]
    deviations = [(one.shares[0] - 4 / 6) / one.standard_errors[0] for one in found]
    assert np.mean(np.abs(deviations) < 2) > 0.9
    assert 0.2 < np.std(deviations) < 1.2


def budget(example, function, count=64, **given):
    """The budget of a KPI that is a function of the scores."""
    _, values = drawn(function, draws=count)
    nominal = kpi(example, 100.0)
    kpis = tuple(kpi(example, float(value)) for value in values)
    return estimate_shares(nominal, kpis, priors(4), indices=tuple(range(count)), seed=SEED, **given)


def test_the_interval_is_that_of_the_draws(example):
    """Of a normal number with a standard deviation of 5 the interval of 90 % is +- 8.22."""
    found = budget(example, lambda z: 100 + 3 * z[:, 0] + 4 * z[:, 1], count=256)
    assert found.standard_deviation == pytest.approx(5, rel=0.02)
    assert (found.interval_low, found.interval_high) == pytest.approx((91.78, 108.22), abs=0.5)
    assert found.interval_middle == pytest.approx(100, abs=0.3)
    assert found.interaction_share == pytest.approx(0, abs=0.02)
    assert "quantity 1: 64% of the variance" in found.advice
    assert found.by_source()["cell parameters"][0] == pytest.approx(1, abs=0.02)


def test_draws_without_a_value_are_counted_and_too_many_leave_no_interval(example):
    """Nothing is drawn from what is left at the edge of what a cell can do."""
    _, values = drawn(lambda z: z[:, 0], draws=64)
    nominal, lost = kpi(example, 1.0), kpi(example, None)
    few = [lost if n < 3 else kpi(example, float(v)) for n, v in enumerate(values)]
    many = [lost if n < 9 else one for n, one in enumerate(few)]
    first, second = (
        estimate_shares(nominal, tuple(kpis), priors(4), indices=tuple(range(64)), seed=SEED) for kpis in (few, many)
    )
    assert (first.draw_count, first.failed_count) == (61, 3)
    assert first.interval_low is not None
    assert (second.interval_low, second.standard_deviation, second.interaction_share) == (None, None, None)
    assert (len(second.shares), len(second.effects), second.by_source()) == (0, 0, {})
    assert "9 of 64 draws have no value" in second.method


def test_too_few_draws_leave_no_interval(example):
    """Nineteen are the fewest whose extremes enclose 90 %."""
    assert budget(example, lambda z: z[:, 0], count=18).interval_low is None
    assert budget(example, lambda z: z[:, 0], count=19).interval_low is not None


def test_alternatives_stand_beside_the_interval(example):
    """One that failed has a reason, one without a value too; neither changes the interval."""

    def function(z):
        return 100 + z[:, 0]

    plain = budget(example, function)
    found = budget(
        example,
        function,
        alternatives=(kpi(example, 130.0), kpi(example, None, method="too hot")),
        alternative_names=("lumped", "all sizes", "cold"),
        alternative_reasons=("", "refused", ""),
    )
    assert found.alternative_values == [130.0, None, None]
    assert found.alternative_reasons == ("", "refused", "too hot")
    assert found.interval_high == plain.interval_high


def test_draws_of_another_kpi_are_refused(example):
    """Numbers that do not belong together, too."""
    nominal = kpi(example, 1.0)
    with pytest.raises(StageError, match="is drawn"):
        estimate_shares(nominal, (replace(nominal, name="other"),), priors(1), indices=(0,), seed=SEED)
    with pytest.raises(StageError, match="its own number"):
        estimate_shares(nominal, (nominal, nominal), priors(1), indices=(0, 0), seed=SEED)
    with pytest.raises(StageError, match="has no value"):
        estimate_shares(kpi(example, None), (), priors(1), indices=(), seed=SEED)


def test_how_often_a_design_is_near_the_best(example):
    """Within 2 % in three draws of four; a draw without a value is one in which it is not."""
    own = [kpi(example, value) for value in (100.0, 99.0, 90.0, None)]
    other = [kpi(example, value) for value in (90.0, 100.0, 91.0, 50.0)]
    found = share_near_best(tuple(own), tuple(other))
    assert found.value == 0.75
    assert found.unit == "1"
    failed = share_near_best(tuple(own), tuple(other), failed_draws=2)
    assert (failed.value, failed.sample_count) == (0.5, 6)
    assert share_near_best(tuple(own), tuple(other), tolerance=0.005).value == 0.25
    assert share_near_best(tuple(own), tuple(other), maximise=False, tolerance=0.0).value == 0.5
    with pytest.raises(StageError, match="as many of each"):
        share_near_best(tuple(own), tuple(other[:3]))


def test_a_draw_in_which_no_design_has_a_value_is_near_for_none(example):
    """Without a warning; and numbers of another KPI are refused."""
    own, other = ((kpi(example, 100.0), kpi(example, None)) for _ in range(2))
    assert share_near_best(own, other).value == 0.5
    with pytest.raises(StageError, match="different KPIs"):
        share_near_best(own, tuple(replace(one, name="other") for one in other))


def test_what_nothing_changes_has_no_share_of_interactions(example):
    """Draws that are all alike have an interval of no width, and nothing to be shared."""
    found = budget(example, lambda z: np.full(len(z), 100.0))
    assert (found.interval_low, found.interval_high) == (100.0, 100.0)
    assert found.interaction_share is None


def test_the_records_are_kinds():
    """A lake can hold both."""
    assert {"priors", "uncertainty_budget"} <= set(KINDS)
