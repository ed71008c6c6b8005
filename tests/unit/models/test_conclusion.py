"""What a campaign's record says of its trials."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from goal_problems import candidates, goal, kpi

from ragone.models.conclusion import conclude
from ragone.schemas import Campaign, Kpi, KpiOutcome
from ragone.schemas.errors import FieldShapeError, SchemaVersionError

MORE, LESS = goal("maximise"), goal("minimise")
LIMIT = goal("at_most", 5.0, name="temperature")


def concluded(kpis: tuple[Kpi, ...], goals: list[dict[str, Any]], **changes: Any) -> Campaign:
    """The campaign of these KPIs, trial by trial, of which none failed unless `failed_trials` says so."""
    count = len(kpis) // len(goals) + len(changes.get("failed_trials", ()))
    tried = candidates([{"recipe.porosity": 0.1 * number} for number in range(count)])
    return conclude(tried, kpis, name="c", definition={"a": 1}, goals=goals, **changes)


@pytest.mark.parametrize(("wanted", "best"), [(MORE, 1), (LESS, 2)])
def test_the_best_feasible_trial_is_found(wanted: dict[str, Any], best: int) -> None:
    """The largest value wins if larger is better, the smallest otherwise; the first of equals."""
    kpis = tuple(kpi(v, uncertainty) for v, uncertainty in ((3.0, 0.1), (9.0, 0.1), (1.0, 0.1), (9.0, 0.2)))
    found = concluded(kpis, [wanted])
    assert found.best_kpi_id == kpis[best].id
    assert found.best_candidate_id == found.candidate_ids[best]
    assert found.values == [[3.0], [9.0], [1.0], [9.0]]
    assert (found.objective_name, found.objective_unit) == ("energy_density", "W.h/L")
    assert found.front_ids == ()


def test_an_infeasible_trial_has_no_value_and_is_never_the_best() -> None:
    """A zero in its place would win a minimisation."""
    found = concluded((kpi(3.0), kpi(None)), [LESS])
    assert found.best_candidate_id == found.candidate_ids[0]
    assert found.feasible.tolist() == [1, 0]
    assert found.values == [[3.0], [None]]


def test_values_that_are_bounds_are_marked() -> None:
    """A censored KPI that should be large has its bound as value, marked; one that should be small has no value."""
    censored = replace(kpi(None), outcome=KpiOutcome.CENSORED, lower_bound=5.0)
    found = concluded((kpi(3.0), censored), [MORE])
    assert (found.values, found.bounds) == ([[3.0], [5.0]], [[False], [True]])
    assert [found.is_bound(trial, 0) for trial in (0, 1)] == [False, True]
    small = concluded((kpi(3.0), censored), [LESS])
    assert (small.values, small.bounds) == ([[3.0], [None]], [])
    assert not small.is_bound(1, 0)


def test_a_trial_beyond_a_limit_is_never_the_best() -> None:
    """It keeps its values; so does one whose constraint is not known."""
    rows = ((9.0, 6.0), (7.0, 5.0), (8.0, None), (6.0, 1.0))
    kpis = tuple(k for value, limit in rows for k in (kpi(limit, name="temperature"), kpi(value)))
    found = concluded(kpis, [LIMIT, MORE])
    assert found.feasible.tolist() == [0, 1, 0, 1]
    assert found.best_candidate_id == found.candidate_ids[1]
    assert found.best_kpi_id == kpis[3].id
    assert found.kpi_ids == tuple(k.id for k in kpis)
    assert found.values == [[limit, value] for value, limit in rows]
    assert found.objective_name == "energy_density"


def test_several_objectives_have_a_front() -> None:
    """What no feasible trial beats in all objectives; equals stay side by side, and there is no single best."""
    rows = ((1.0, 1.0), (3.0, 3.0), (2.0, 3.0), (3.0, 3.0), (9.0, 0.0), (2.0, None))
    kpis = tuple(k for a, b in rows for k in (kpi(a), kpi(b, name="cost")))
    limit = goal("at_least", 0.5, name="cost")
    triples = tuple(k for n in range(len(rows)) for k in (kpis[2 * n], kpis[2 * n + 1], kpis[2 * n + 1]))
    found = concluded(triples, [MORE, goal("minimise", name="cost"), limit])
    assert found.front_ids == tuple(found.candidate_ids[n] for n in (0, 1, 3))
    assert found.best_candidate_id == found.best_kpi_id == ""
    assert (found.objective_name, found.objective_unit) == ("energy_density, cost", "W.h/L, W.h/L")


def test_a_failed_trial_keeps_its_place_without_a_kpi() -> None:
    """Its ids are empty, its values null, and the KPIs that follow are still those of their own trials."""
    kpis = (kpi(3.0), kpi(1.0, name="temperature"), kpi(5.0), kpi(2.0, name="temperature"))
    found = concluded(kpis, [MORE, LIMIT], failed_trials=(1,))
    assert found.values == [[3.0, 1.0], [None, None], [5.0, 2.0]]
    assert found.kpi_ids == (kpis[0].id, kpis[1].id, "", "", kpis[2].id, kpis[3].id)
    assert found.feasible.tolist() == [1, 0, 1]
    assert found.best_candidate_id == found.candidate_ids[2]


def test_a_campaign_without_a_feasible_trial_has_no_best() -> None:
    """The ids are empty; nothing is raised."""
    found = concluded((), [MORE], failed_trials=(0, 1))
    assert found.best_candidate_id == found.best_kpi_id == ""
    assert found.objective_unit == ""
    assert found.values == [[None], [None]]


def test_kpis_that_do_not_match_the_trials_are_refused() -> None:
    """A missing KPI, or a failed trial that is none, is an error."""
    tried = candidates([{"a": 1}, {"a": 2}])
    given: dict[str, Any] = {"name": "c", "definition": {}, "goals": [MORE]}
    with pytest.raises(FieldShapeError, match="2 candidates and 1 KPIs"):
        conclude(tried, (kpi(1.0),), **given)
    with pytest.raises(FieldShapeError, match=r"failed_trials = \[2\]"):
        conclude(tried, (kpi(1.0),), **given, failed_trials=(2,))


def first_version(maximise: bool) -> pa.Table:
    """A campaign as version 1 wrote it: one objective, 0 where there was no value."""
    columns = {
        "name": ("c", pa.string(), ""),
        "definition": (f'{{"objective":{{"maximise":{str(maximise).lower()}}}}}', pa.string(), ""),
        "objective_name": ("energy_density", pa.string(), ""),
        "objective_unit": ("W.h/L", pa.string(), ""),
        "design_ids": (["design-a", "design-b", "design-c"], pa.list_(pa.string()), ""),
        "kpi_ids": (["kpi-a", "kpi-b", ""], pa.list_(pa.string()), ""),
        "objective": ([640.5, 0.0, 0.0], pa.large_list(pa.float64()), ""),
        "feasible": ([1, 0, 0], pa.large_list(pa.uint8()), ""),
        "best_design_id": ("design-a", pa.string(), ""),
        "best_kpi_id": ("kpi-a", pa.string(), ""),
    }
    schema = pa.schema(
        [pa.field(name, kind, nullable=False) for name, (_, kind, _) in columns.items()],
        metadata={"kind": "campaign", "schema_version": "1"},
    )
    return pa.Table.from_arrays([pa.array([v], kind) for v, kind, _ in columns.values()], schema=schema)


@pytest.mark.parametrize(("maximise", "sense"), [(True, "maximise"), (False, "minimise")])
def test_a_campaign_of_version_1_opens_and_is_written_back_as_it_was(maximise: bool, sense: str) -> None:
    """Its designs are the candidates, its zeros without a value become null, its goal is the one objective."""
    old = first_version(maximise)
    campaign = Campaign.from_arrow(old)
    assert campaign.candidate_ids == ("design-a", "design-b", "design-c")
    assert campaign.best_candidate_id == "design-a"
    assert campaign.values == [[640.5], [None], [None]]
    assert campaign.goals == [{"kpi": "energy_density", "sense": sense, "limit": None}]
    assert campaign.to_arrow(1).equals(old, check_metadata=True)


def test_a_campaign_of_several_goals_has_no_form_in_version_1() -> None:
    """Nothing is dropped silently."""
    with pytest.raises(SchemaVersionError, match="values has 2 entries a row"):
        concluded((kpi(1.0), kpi(1.0, name="temperature")), [MORE, LIMIT]).to_arrow(1)
