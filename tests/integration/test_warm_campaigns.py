"""A campaign that learns from an earlier one, on cheap stand-ins: what it stores, says, and refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import electrode_stand_ins
import pytest
from electrode_stand_ins import content, told

from ragone.app.pages.campaign_page import campaign_page
from ragone.app.pages.campaign_records import CampaignRecords
from ragone.dataset import Lake
from ragone.flows import CampaignError, CampaignResult, Study, run_campaign
from ragone.flows.design.explained import left_out_of, trial_meant
from ragone.flows.errors import StudyError
from ragone.schemas import Surrogate


def warm(learn_from: Any, **changes: Any) -> Study:
    """The stand-in study at another power and loading, which learns from something."""
    made = content(name="warm", optimiser={"suggest": {"stage": "feasible_improvement", "learn_from": learn_from}})
    made["study"]["steps"]["discharge"]["power"] = "30 W"
    made["study"]["space"]["cell.mass_loading"] = {"low": "8 mg/cm^2", "high": "25 mg/cm^2"}
    made["study"]["budget"] = {"total": 4}
    made["study"].update(changes)
    return Study.read(made)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A lake with an earlier campaign of ten even designs."""
    with pytest.MonkeyPatch.context() as patch:
        electrode_stand_ins.register(patch)
        with Lake.open(tmp_path_factory.mktemp("warm") / "lake", create=True) as opened:
            yield opened


@pytest.fixture(scope="module")
def earlier(lake: Lake) -> CampaignResult:
    """The earlier campaign."""
    return run_campaign(lake, Study.read(content(budget={"initial": 10, "total": 10})))


@pytest.fixture(scope="module")
def finished(lake: Lake, earlier: CampaignResult) -> CampaignResult:
    """A campaign that learned from it."""
    return run_campaign(lake, warm([earlier.campaign.id]))


def test_it_begins_with_what_the_source_expects_best(earlier: CampaignResult, finished: CampaignResult) -> None:
    """The two designs at first are dense, as the source expects best, and better than all even ones were."""
    even = [trial.kpis[0].value or 0.0 for trial in earlier.trials]
    for trial in finished.trials[:2]:
        assert trial.candidate.values["recipe.porosity"] < 0.27
        assert (trial.kpis[0].value or 0.0) > max(even)


def test_what_it_learned_from_is_recorded(lake: Lake, earlier: CampaignResult, finished: CampaignResult) -> None:
    """The record names source and weight; the surrogate is one of the earlier campaign's KPIs, and lineage says so."""
    (said,) = finished.campaign.learned_from
    surrogate = lake.get(said["surrogate_id"], Surrogate)
    assert said["origin"] == earlier.campaign.id
    assert said["kpi"] == "energy_density"
    assert 0 <= said["weight"] < 3
    assert set(surrogate.trained_on) == {trial.kpis[0].id for trial in earlier.trials if trial.kpis}
    assert {feature["name"] for feature in surrogate.features} == {
        "porosity", "binder_adhesion", "mass_loading_kilogram_per_square_metre"
    }  # fmt: skip
    for trial in finished.trials:
        parents = {
            edge.parent
            for edge in lake.lineage(trial.candidate.id, informed=True).edges
            if edge.child == trial.candidate.id
        }
        assert surrogate.id in parents
    assert finished.campaign.definition["optimiser"]["learn_from"] == [earlier.campaign.id]


def test_begun_again_it_is_the_same_campaign(lake: Lake, earlier: CampaignResult, finished: CampaignResult) -> None:
    """Nothing is learned or suggested anew, though the lake has grown."""
    count = "SELECT count(*) AS n FROM runs WHERE stage NOT IN ('given')"
    before = lake.sql(count)["n"][0]
    assert told(run_campaign(lake, warm([earlier.campaign.id]))) == told(finished)
    assert lake.sql(count)["n"][0] == before


def test_a_surrogate_and_a_condition_are_learned_from_too(lake: Lake, finished: CampaignResult) -> None:
    """By the id of a surrogate, and by a condition in a snapshot, ranked."""
    (said,) = finished.campaign.learned_from
    where = {"where": "campaign = 'stand-in' AND porosity < 0.58", "at": lake.snapshot()}
    suggest = {"stage": "feasible_improvement", "learn_from": [said["surrogate_id"], where], "transfer": "ranking"}
    study = warm([], optimiser={"suggest": suggest}, name="ranked", budget={"initial": 3, "total": 4})
    learned = run_campaign(lake, study).campaign.learned_from
    assert [one["origin"] for one in learned] == [said["surrogate_id"], f"evaluations where {where['where']}"]
    assert all(0 <= one["weight"] <= 1 for one in learned)


def test_what_cannot_be_learned_from_is_refused_by_name(
    lake: Lake, earlier: CampaignResult, finished: CampaignResult
) -> None:
    """An unknown id, a record of another kind, no evaluation, another KPI: each refusal says which and what to do."""
    (said,) = finished.campaign.learned_from
    nowhere = {"where": "porosity > 2", "at": lake.snapshot()}
    specific = [{"kpi": "specific_energy", "maximise": True}]
    cases = [
        (warm(["campaign-" + "0" * 64]), "learn_from: .*campaign-000"),
        (warm([earlier.trials[0].candidate.id]), "is a candidate; name campaigns or surrogates"),
        (warm([nowhere]), "nothing can be learned from where 'porosity > 2'.*no evaluation fits"),
        (
            warm([said["surrogate_id"]], objectives=specific),
            "predicts energy_density, the goals are of specific_energy",
        ),
    ]
    for study, message in cases:
        with pytest.raises(CampaignError, match=message):
            run_campaign(lake, study)


def test_data_that_were_dropped_are_refused(lake: Lake, earlier: CampaignResult) -> None:
    """Without the KPIs of most of its trials a campaign teaches nothing new; the refusal says how they come back."""
    short = run_campaign(lake, Study.read(content(name="short", seed=11, budget={"initial": 6, "total": 6})))
    lake.drop([trial.kpis[0].id for trial in short.trials[:2]], reason="a test")
    with pytest.raises(CampaignError, match="nothing can be learned from short"):
        run_campaign(lake, warm([short.campaign.id], name="after"))


@pytest.mark.parametrize(
    ("learn_from", "stage", "message"),
    [
        ([{"where": "porosity > 0.3"}], "feasible_improvement", r"learn_from\[0\].at is missing. Name the snapshot"),
        (["campaign-1"], "sobol", "acquisition.sobol learns from no other campaign. Choose"),
        ([3], "feasible_improvement", r"learn_from\[0\]"),
    ],
)
def test_a_study_that_cannot_learn_is_refused(learn_from: Any, stage: str, message: str) -> None:
    """A condition without a snapshot, a stage without sources, something that is no id."""
    with pytest.MonkeyPatch.context() as patch:
        electrode_stand_ins.register(patch)
        with pytest.raises(StudyError, match=message):
            Study.read(content(optimiser={"suggest": {"stage": stage, "learn_from": learn_from}}))


def test_goals_of_one_kpi_learn_each_from_its_own_step(lake: Lake) -> None:
    """Two discharges at powers far apart: each goal has one source, trained on the values of its own step."""
    steps = electrode_stand_ins.STUDY["study"]["steps"]
    two: dict[str, Any] = {
        "steps": {**steps, "fast": {**steps["discharge"], "power": "80 W"}},
        "objectives": [{"kpi": "energy_density", "maximise": True, "from": "discharge"}],
        "constraints": [{"kpi": "energy_density", "at_least": "1 W.h/L", "from": "fast"}],
    }
    first = run_campaign(lake, Study.read(content(name="two", **two, budget={"initial": 8, "total": 8})))
    learned = run_campaign(lake, warm([first.campaign.id], name="two warm", **two)).campaign.learned_from
    assert [one["kpi"] for one in learned] == ["energy_density of discharge", "energy_density of fast"]
    for place, one in enumerate(learned):
        own = {trial.kpis[place].id for trial in first.trials}
        assert set(lake.get(one["surrogate_id"], Surrogate).trained_on) == own


def test_an_explanation_says_that_it_leaves_the_sources_out(lake: Lake, finished: CampaignResult) -> None:
    """The beliefs that it shows are the campaign's own, those of the stage were not."""
    last = finished.trials[-1]
    trial = trial_meant(lake, f"{finished.campaign.id}#{last.number}")
    assert "learned from 1 surrogate" in left_out_of(lake, trial)


def test_a_report_says_what_was_learned_from(lake: Lake, finished: CampaignResult) -> None:
    """Among what was asked stands a line for each source, with its weight."""
    page = campaign_page(CampaignRecords.read(lake, finished.campaign.id))
    assert "learned energy_density from campaign-" in page
