"""A goal on a logarithmic scale: its surrogate takes logarithms, and what is believed is in the unit of the KPI."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from goal_problems import candidates, goal, kpi

from ragone.models.acquisition.belief import Beliefs
from ragone.models.acquisition.slopes import slopes_of
from ragone.models.explanation.ranking import leads
from ragone.models.explanation.suggestion import promise
from ragone.models.goals import goals_of
from ragone.schemas import Kpi, KpiOutcome
from ragone.schemas.errors import ParameterError

LINE: dict[str, Any] = {"x": {"low": 0.0, "high": 1.0}}
TRIED = candidates([{"x": value} for value in np.linspace(0.0, 1.0, 7)])


def life(x: float) -> float:
    """A life that grows by a factor of 100 along the line."""
    return float(100.0 * np.exp(np.log(100.0) * x))


def beliefs_in(scale: str, sense: str = "maximise", kpis: list[Kpi] | None = None) -> Beliefs:
    """The beliefs after seven lives."""
    found = kpis or [kpi(life(one.values["x"])) for one in TRIED]
    return Beliefs.of(TRIED, found, (), space=LINE, goals=[{**goal(sense), "scale": scale}], seed=1)


def logarithms(sense: str = "maximise") -> Beliefs:
    """The beliefs after the logarithms of the same lives, on a linear scale."""
    return beliefs_in("linear", sense, [kpi(float(np.log(life(one.values["x"])))) for one in TRIED])


@pytest.mark.parametrize("sense", ["maximise", "minimise"])
def test_values_are_believed_as_their_logarithms_on_a_linear_scale(sense: str) -> None:
    """Medians are the exponentials of what is believed of logarithms, deviations those times the medians."""
    points = np.array([[0.05], [0.45], [0.9]])
    means, deviations = beliefs_in("log", sense).predict(points)
    expected, relative = logarithms(sense).predict(points)
    assert means == pytest.approx(np.exp(expected), rel=1e-9)
    assert deviations == pytest.approx(relative * np.exp(expected), rel=1e-9)
    assert means[:, 0] == pytest.approx([life(x) for x in (0.05, 0.45, 0.9)], rel=0.05)


def test_a_linear_scale_is_the_default_to_the_last_bit() -> None:
    """A goal that says nothing of a scale is believed as one that says linear."""
    points, kpis = np.array([[0.3]]), [kpi(life(one.values["x"])) for one in TRIED]
    silent = Beliefs.of(TRIED, kpis, (), space=LINE, goals=[goal("maximise")], seed=1)
    assert (silent.predict(points)[0] == beliefs_in("linear").predict(points)[0]).all()


def test_relative_uncertainties_are_those_of_logarithms() -> None:
    """A standard uncertainty of a tenth of each value is a variance of 0.01 of its logarithm."""
    kpis = [kpi(life(one.values["x"]), life(one.values["x"]) / 10) for one in TRIED]
    (response,) = beliefs_in("log", kpis=kpis).seen.responses
    assert response.variances == pytest.approx(np.full(7, 0.01))
    assert response.values == pytest.approx([np.log(life(one.values["x"])) for one in TRIED])


def test_a_bound_is_a_bound_of_the_logarithm() -> None:
    """Lives cut at 1000 are believed to be longer; one that was cut before its first cycle teaches nothing."""

    def cut(value: float, bound: float) -> Kpi:
        return kpi(value) if value <= bound else replace(kpi(None), outcome=KpiOutcome.CENSORED, lower_bound=bound)

    found = beliefs_in("log", kpis=[cut(life(one.values["x"]), 1000.0) for one in TRIED])
    assert (found.predict(np.array([[0.8], [1.0]]))[0] > 1000.0).all()
    (response,) = beliefs_in("log", kpis=[cut(life(one.values["x"]), 0.0) for one in TRIED]).seen.responses
    assert response.censored is None


def test_slopes_and_leads_are_in_the_unit_of_the_kpi() -> None:
    """A slope is the derivative of the life, a lead the difference of two lives."""
    found = beliefs_in("log")
    (slope,) = slopes_of(found, candidates([{"x": 0.5}])[0])
    step = 1e-4
    low, high = found.predict(np.array([[0.5 - step], [0.5 + step]]))[0][:, 0]
    assert slope.value == pytest.approx((high - low) / (2 * step), rel=1e-4)
    lead, _ = leads(found, np.array([[1.0], [0.0]]), 0)
    assert lead[1] == pytest.approx(life(1.0) - life(0.0), rel=0.05)


def test_the_chance_to_keep_a_limit_is_that_of_the_logarithm() -> None:
    """A limit at the median is kept with probability one half, and one that is a deviation of the logarithm below it
    with that of a normal variable.
    """
    point, start = candidates([{"x": 0.5}]), beliefs_in("log")
    means, deviations = start.predict(np.array([[0.5]]))
    median, relative = float(means[0, 0]), float(deviations[0, 0] / means[0, 0])
    for limit, chance in ((median, 0.5), (median * np.exp(-relative), 0.841345)):
        goals = [goal("maximise"), {**goal("at_least", limit), "scale": "log"}]
        kpis = [kpi(value) for one in TRIED for value in (life(one.values["x"]),) * 2]
        found = Beliefs.of(TRIED, kpis, (), space=LINE, goals=goals, seed=1)
        assert promise(found, point[0])["chance_of_feasibility"] == pytest.approx(chance, abs=1e-3)


@pytest.mark.parametrize(("scale", "limit", "message"), [("lin", 1.0, "scale = 'lin'"), ("log", 0.0, "no logarithm")])
def test_a_scale_that_cannot_be_is_refused(scale: str, limit: float, message: str) -> None:
    """An unknown scale, and a limit that has no logarithm."""
    with pytest.raises(ParameterError, match=message):
        goals_of([goal("maximise"), {**goal("at_least", limit), "scale": scale}])
