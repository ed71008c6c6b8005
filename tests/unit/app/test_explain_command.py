"""`ragone explain`: a design of a campaign explained, through the real entry point."""

from __future__ import annotations

import shutil

import pytest
from goal_problems import candidates, goal, kpi

from ragone.dataset import Lake
from ragone.models.acquisition import suggest_by_feasible_improvement, suggest_by_sobol
from ragone.models.conclusion import conclude
from ragone.models.history import tell
from ragone.schemas import Kpi, Verdict

PATH = "cell.mass_loading_kilogram_per_square_metre"
SPACE = {PATH: {"low": 0.1, "high": 0.5}, "recipe.porosity": {"low": 0.2, "high": 0.4}}
AIM = goal("maximise")


def measured(values) -> Kpi:
    """500 W.h/L at a loading of 25 mg/cm^2, and less away from it."""
    return kpi(500 - 2000 * (values[PATH] - 0.25) ** 2 - values["recipe.porosity"], 0.1)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A lake with a campaign of six even and one suggested design, one that failed, and one that somebody gave."""
    path, ids = tmp_path_factory.mktemp("explain") / "lake", {}
    asked = {"space": SPACE, "goals": [AIM], "seed": 1}
    with Lake.open(path, create=True) as lake:
        first = lake.run(suggest_by_sobol, candidates=[], kpis=[], count=6, **asked)
        tried = [first.outputs[str(number)] for number in range(6)]
        kpis = [lake.put(measured(lake.get(one).values)) for one in tried]
        known = {"candidates": tried[:5], "kpis": kpis[:5], "failed": tried[5:]}
        made = lake.run(suggest_by_feasible_improvement, **known, count=1, **asked)
        ids["suggested"] = made.outputs["0"]
        (given,) = candidates([{PATH: 0.3, "recipe.porosity": 0.3}])
        ids["given"] = lake.put(given)
        further = [lake.put(measured(lake.get(ids[name]).values)) for name in ("suggested", "given")]
        ids["kpi"] = further[0]
        concluded = {
            "candidates": [*tried, ids["suggested"], ids["given"]],
            "kpis": [*kpis[:5], *further],
            "name": "c",
            "definition": {"space": SPACE},
            "goals": [AIM],
            "failed_trials": [5],
        }
        ids["campaign"] = lake.run(conclude, **concluded).id
        ids["first"], ids["failed"] = tried[0], tried[5]
        ids["unheld"] = lake.put(candidates([{PATH: 0.2, "recipe.porosity": 0.2}])[0])
        ids["history"] = lake.run(
            tell, before=None, candidates=tried[:2], kpis=kpis[:2], name="h", goals=[AIM], failed=[]
        ).id
    return path, ids


def test_a_suggested_design_is_explained(cli, place, tmp_path):
    """Belief, value, what matters, what it rests on and what would change it, in words, as data and as a picture."""
    path, ids = place
    words = ("explain", f"{ids['campaign'][:22]}#7", "--lake", path)
    shown = cli(*words, "--png", tmp_path / "why.png")
    assert shown.code == 0, shown.err
    for text in ("trial 7 of c", "after 6 of the 8 designs", "expected gain", "total index", "mass_loading [mg/cm^2]"):
        assert text in shown.out
    assert "chance that no other evaluated design is better" in shown.out
    assert "its KPIs were not read off a simulated discharge" in shown.out
    assert "the study states no tolerances" in shown.out
    assert (tmp_path / "why.png").read_bytes().startswith(b"\x89PNG")
    found = cli(*words, "--json").data
    assert found["candidate_id"] == ids["suggested"]
    assert found["known_count"] == 6
    assert found["influences"]["energy_density"][PATH]["total"] > 0.9
    assert found["kpi_ids"] == [ids["kpi"]]
    assert found["plateau_id"].startswith("plateau-")


@pytest.mark.parametrize("name", ["suggested", "kpi"])
def test_a_candidate_and_a_kpi_mean_their_trial(cli, place, name):
    """As the campaign and a number do."""
    path, ids = place
    assert cli("explain", ids[name], "--lake", path, "--json").data["trial"] == 7


def test_a_campaign_means_its_best(cli, place):
    """Whichever trial that is."""
    path, ids = place
    found = cli("explain", ids["campaign"], "--lake", path, "--json").data
    with Lake.open(path) as lake:
        assert found["candidate_id"] == lake.get(ids["campaign"]).best_candidate_id


def test_a_history_of_a_laboratory_is_explained_too(cli, place):
    """Its second trial, by a number: the space is that of the recorded suggestion; there is no plateau yet."""
    path, ids = place
    found = cli("explain", f"{ids['history']}#2", "--lake", path, "--json").data
    assert (found["trial"], found["evaluated_count"]) == (2, 2)
    assert found["influences"]
    assert "has not concluded" in found["no_plateau"]


@pytest.mark.parametrize(
    ("name", "part", "reason"),
    [
        ("first", "believed", "fewer than two designs"),
        ("given", "believed", "somebody gave it"),
        ("failed", "rivals", "no value for every goal"),
    ],
)
def test_what_has_no_value_is_said_with_its_reason(cli, place, name, part, reason):
    """The first even design, one that somebody gave, and one that failed."""
    path, ids = place
    found = cli("explain", ids[name], "--lake", path, "--json").data
    assert reason in found["reasons"][part]
    assert reason in cli("explain", ids[name], "--lake", path).out


def test_an_explanation_is_a_record_that_reproduces(cli, place):
    """Asked again it is found, and computed again it is the same to the last bit."""
    path, ids = place
    first, again = (cli("explain", ids["suggested"], "--lake", path, "--json").data for _ in range(2))
    assert first["id"] == again["id"]
    with Lake.open(path) as lake:
        assert lake.reproduce(first["id"]).verdict is Verdict.BITWISE


def test_a_campaign_of_several_objectives_is_explained_trial_by_trial(cli, place, tmp_path):
    """It has no one best design, and no plateau, for which nothing is run."""
    ids, path = place[1], shutil.copytree(place[0], tmp_path / "lake")
    two = [AIM, goal("minimise", name="weight")]
    with Lake.open(path) as lake:
        tried = [lake.get(ids[name]) for name in ("first", "suggested", "given")]
        rows = [(measured(one.values), kpi(one.values[PATH], 0.001, name="weight")) for one in tried]
        kpis = [lake.put(one) for row in rows for one in row]
        given = {"candidates": [one.id for one in tried], "kpis": kpis, "name": "two", "goals": two}
        front = lake.run(conclude, **given, definition={"space": SPACE}).id
        runs = len(lake.sql("SELECT id FROM runs WHERE stage = 'campaign.plateau'"))
    refused = cli("explain", front, "--lake", path)
    assert refused.code == 2
    assert "has a front, of trials" in refused.err
    found = cli("explain", f"{front}#2", "--lake", path, "--json").data
    assert set(found["influences"]) == {"energy_density", "weight"}
    assert found["no_plateau"] == "the campaign has no single best design"
    with Lake.open(path) as lake:
        assert len(lake.sql("SELECT id FROM runs WHERE stage = 'campaign.plateau'")) == runs


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("{campaign}#9", "numbered from 1 to 8"),
        ("{campaign}#x", "numbered from 1 to 8"),
        ("{kpi}#1", "has no trial"),
        ("{unheld}", "no campaign and no history"),
        ("{history}", "names no best design"),
    ],
)
def test_what_means_no_design_is_refused(cli, place, name, message):
    """A trial that is not there, a record without trials, a candidate of no campaign, a history without a number."""
    path, ids = place
    answer = cli("explain", name.format(**ids), "--lake", path)
    assert answer.code == 2
    assert message in answer.err


def test_a_trial_of_before_there_were_candidates_is_refused(cli, place, example):
    """Its designs say no space."""
    path, _ = place
    with Lake.open(path) as lake:
        old = lake.put(example("campaign"))
    answer = cli("explain", f"{old}#1", "--lake", path)
    assert answer.code == 2
    assert "before there were candidates" in answer.err
