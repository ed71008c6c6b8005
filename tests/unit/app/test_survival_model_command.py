"""`ragone survival-model`, through the real entry point."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows.survival.regression import RegressionPlan, fit_in_lake
from ragone.schemas import CycleLife, LifeOutcome, SurvivalRegression, Verdict


def lives():
    """Lives that a rate shortens and a batch halves, stopped at 1,000 cycles; of one the rate is not known."""
    generator = np.random.default_rng(0)
    for number in range(60):
        rate, batch = float(generator.uniform(1, 6)), "ab"[number % 2]
        end = float(np.exp(7.5 - 0.3 * rate - 0.7 * (batch == "b") + 0.25 * generator.normal()))
        dead = end < 1000
        known = {"rate": {"value": rate, "unit": "1/h"}} if number else {}
        yield CycleLife(
            cell_name=f"cell {number}",
            outcome=LifeOutcome.CAPACITY if dead else LifeOutcome.BUDGET,
            lower=min(end, 1000.0),
            upper=end if dead else None,
            criterion="capacity at 80 % of the first",
            covariates={"batch": batch, "policy": f"policy {number // 3}", **known},
            method="between two cycles",
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A lake with lives, and a snapshot of it."""
    folder = tmp_path_factory.mktemp("survival_model") / "lake"
    with Lake.open(folder, create=True) as lake:
        for one in lives():
            lake.put(one)
        snapshot = lake.snapshot("lives")
    return folder, snapshot


def test_effects_ranking_and_checks_are_printed(cli, place):
    """What each covariate does to a life, how well lives are ranked, what to beware of, and one life."""
    words = ("--covariates", "log(rate),batch", "--model", "log-normal", "--hold-out", "policy", "--where", "rate > 0")
    shown = cli("survival-model", *words, "--predict", "rate=3, batch=b", "--lake", place[0])
    assert shown.code == 0, shown.err
    assert "log(rate)" in shown.out
    assert "each policy left out 0." in shown.out
    assert "number of deaths" in shown.out
    assert "median life" in shown.out


def test_the_answer_is_data(cli, place):
    """Coefficients as lists, the prediction with both intervals; a life without the covariate is counted."""
    words = ("survival-model", "--covariates", "rate,batch", "--predict", "rate=3 1/h, batch=a", "--json")
    found = json.loads(cli(*words, "--lake", place[0]).out)
    assert found["names"] == ["intercept", "rate", "batch=b"]
    assert found["coefficients"][1] == pytest.approx(-0.3, abs=0.1)
    assert found["left_out"] == {"rate is not known": 1}
    assert found["ranges"]["rate"]["unit"] == "1/h"
    assert found["prediction"]["low"] < found["prediction"]["median_low"] < found["prediction"]["median"]
    again = json.loads(
        cli("survival-model", found["id"], "--predict", "rate=9, batch=a", "--json", "--lake", place[0]).out
    )
    assert again["id"] == found["id"]
    assert again["prediction"]["outside"] == ["rate"]


@pytest.mark.parametrize("model", ["weibull", "cox"])
def test_it_is_stored_once_names_its_snapshot_and_reproduces(place, model):
    """The record is informed by the lives."""
    folder, snapshot = place
    with Lake.open(folder) as lake:
        plan = RegressionPlan(model=model, terms=("rate", "batch"))
        first, again = (fit_in_lake(lake, plan, at=snapshot) for _ in range(2))
        assert first.id == again.id
        assert isinstance(first, SurvivalRegression)
        assert first.snapshot_id == snapshot
        assert lake.reproduce(first.id).verdict is Verdict.BITWISE
        assert len({edge.parent for edge in lake.lineage(first.id).informed_by}) == 59


def test_a_fit_of_the_present_names_a_snapshot_of_it(place):
    """The lives that it was fitted to can be asked for again, whatever comes into the lake."""
    with Lake.open(place[0]) as lake:
        fit = fit_in_lake(lake, RegressionPlan(terms=("rate",)))
        held = len(lake.sql("SELECT id FROM lives", at=fit.snapshot_id))
        assert held == fit.life_count + sum(fit.left_out.values())


def test_lives_that_determine_nothing_are_said(cli, place):
    """Nobody of the cells chosen died: an answer with the reason, and the exit code for something found."""
    answer = cli("survival-model", "--covariates", "rate", "--where", "NOT observed", "--lake", place[0])
    assert answer.code == 1
    assert "lives ended, so that no life time" in answer.out.replace("\n", " ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--covariates", "rte"], "did you mean"),
        (["--covariates", "rate", "--where", "cell_name = 'nobody'"], "no cycle life that fits"),
        (["--model", "cox"], "--covariates"),
        (["--covariates", "rate", "--penalty", "-1"], "is negative"),
        (["--covariates", "rate", "--predict", "3"], "no covariate with a value"),
        (["--covariates", "rate,batch", "--predict", "rate=3"], "'batch' is missing"),
        (["--covariates", "rate", "--confidence", "2"], "--confidence"),
    ],
)
def test_what_cannot_be_done_is_said(cli, place, arguments, said):
    """In one message, without a traceback."""
    answer = cli("survival-model", *arguments, "--lake", place[0])
    assert answer.code != 0
    assert said.lower() in answer.err.lower()
    assert "Traceback" not in answer.err
