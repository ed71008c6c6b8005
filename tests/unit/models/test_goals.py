"""Objectives and constraints, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from goal_problems import goal, kpi

from ragone.models.goals import goals_of, is_feasible, rows_of, value_of
from ragone.schemas.errors import FieldShapeError, ParameterError

GOALS = goals_of([goal("maximise"), goal("at_least", 2.0), goal("at_most", 5.0)])


@pytest.mark.parametrize(
    ("values", "feasible"),
    [
        ((-9.0, 2.0, 5.0), True),  # the limit itself is kept, and an objective has none
        ((1.0, 1.999, 5.0), False),
        ((1.0, 2.0, 5.001), False),
        ((None, 2.0, 5.0), False),
        ((1.0, None, 5.0), False),
    ],
)
def test_a_candidate_is_feasible_with_all_values_and_within_all_limits(values: Any, feasible: bool) -> None:
    """At least and at most include the limit; no value is on no side."""
    assert is_feasible(GOALS, values) is feasible


def test_a_goal_is_written_as_it_was_read() -> None:
    """With its sense and limit, and its reference if it has one."""
    given = [goal("minimise"), goal("maximise") | {"reference": 2.0}, goal("at_most", 5.0)]
    assert [each.definition() for each in goals_of(given)] == given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([goal("maximize")], "did you mean 'maximise'"),
        ([goal("maximise", 3.0)], "has no limit; remove it"),
        ([goal("maximise"), goal("at_most")], r"goals\[1\]: .* needs a limit"),
        ([goal("at_most", 3.0)], "hold no objective"),
        ([goal("maximise"), goal("at_most", 3.0) | {"reference": 2.0}], "Only objectives have one"),
    ],
)
def test_goals_that_say_nothing_clear_are_refused(given: Any, message: str) -> None:
    """The message says which, and what to write."""
    with pytest.raises(ParameterError, match=message):
        goals_of(given)


def test_kpis_are_read_candidate_by_candidate() -> None:
    """A KPI too few, or another KPI or unit within one goal, is an error and not a shift."""
    kpis = [kpi(float(n), name=f"kpi_{n % 3}") for n in range(6)]
    assert [[k.value for k in row] for row in rows_of(GOALS, kpis, 2)] == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    with pytest.raises(FieldShapeError, match="2 candidates and 5 KPIs for 3 goals"):
        rows_of(GOALS, kpis[:5], 2)
    with pytest.raises(FieldShapeError, match=r"kpi_0 \[W.h/L\], kpi_1 \[W.h/L\]"):
        rows_of(GOALS, [*kpis[:3], *kpis[4:], kpis[3]], 2)


def test_only_what_was_measured_has_a_value() -> None:
    """An infeasible KPI, or none, has none."""
    assert [value_of(k) for k in (kpi(3.0), kpi(None), None)] == [3.0, None, None]
