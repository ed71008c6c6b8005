"""`ragone ask` and `ragone tell`: a study driven by a laboratory, through files, with any time between two calls."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ragone.dataset import Lake
from ragone.schemas import Kpi

ENERGY, SPREAD = "discharge.energy_density [W.h/L]", "discharge.energy_density standard_uncertainty [W.h/L]"


def filled(path: Path, change: Callable[[int, dict[str, str]], Any]) -> Path:
    """The file, with a change made to every row, by its number."""
    rows = list(csv.DictReader(path.read_text().splitlines()))
    for number, row in enumerate(rows):
        change(number, row)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def batch(cli, write_study, tmp_path) -> Path:
    """Three candidates of a study that were asked for, in a file to be filled in."""
    assert cli("ask", write_study(), "--count", 3, "--output", "batch.csv").code == 0
    return tmp_path / "batch.csv"


def test_a_laboratory_drives_a_study(cli, batch):
    """Measured rows join the history with unit and uncertainty, the others stay pending; more are suggested beside."""

    def measured(number: int, row: dict[str, str]) -> None:
        row.update([{ENERGY: "0.64 kW*h/L", SPREAD: "3"}, {"outcome": "failed"}, {}][number])

    told = cli("tell", filled(batch, measured), "--conclude", "--json").data
    assert (told["added"], told["trials"], len(told["pending"])) == (2, 2, 1)
    with Lake.open("lake") as lake:
        campaign = lake.get(told["campaign_id"])
        kpi = lake.get(campaign.best_kpi_id, Kpi)
        (parent,) = (edge.parent for edge in lake.lineage(kpi.id).edges if edge.child == kpi.id)
    assert (kpi.value, kpi.unit, kpi.standard_uncertainty) == (pytest.approx(640.0), "W.h/L", 3.0)
    assert "batch.csv" in kpi.method
    assert parent == campaign.best_candidate_id
    following = cli("ask", "--json").data
    assert len(following["new"]) == 1
    assert {one["candidate_id"] for one in following["pending"]} == {*told["pending"], *following["new"]}


def test_nothing_is_added_twice(cli, batch):
    """A report that is told again adds nothing; a further value in it does."""
    told = filled(batch, lambda number, row: row.update({ENERGY: str(600 + number)} if number < 2 else {}))
    first, again = (cli("tell", told, "--json").data for _ in range(2))
    assert (first["added"], again["added"], again["known"]) == (2, 0, 2)
    assert again["history_id"] == first["history_id"]
    more = cli("tell", filled(batch, lambda number, row: row.update({ENERGY: str(600 + number)})), "--json").data
    assert (more["added"], more["trials"], more["pending"]) == (1, 3, [])


def test_killed_between_suggestion_and_answer(cli, write_study, monkeypatch):
    """Killed before the candidates are kept as pending, the same are suggested again; killed after, they are shown."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    path = write_study()
    with monkeypatch.context() as patched:
        patched.setattr("ragone.flows.design.optimiser.Optimiser.await_results", killed)
        assert cli("ask", path, "--count", 2).code == 130
    with Lake.open("lake") as lake:
        stored = set(lake.sql("SELECT id FROM candidates")["id"])
    found = cli("ask", path, "--count", 2, "--json").data
    assert set(found["new"]) == stored
    assert [one["candidate_id"] for one in cli("ask", path, "--count", 0, "--json").data["pending"]] == [
        one["candidate_id"] for one in found["pending"]
    ]


def test_json_in_and_out_and_other_values_than_suggested(cli, write_study, tmp_path):
    """What was coated otherwise enters as it was made; the suggestion is no longer pending, nor is a withdrawn one."""
    path = write_study()
    cli("ask", path, "--count", 2, "--output", "batch.json")
    first, second = json.loads((tmp_path / "batch.json").read_text())
    first["values"]["recipe.porosity"] = 0.36
    first["kpis"]["discharge.energy_density"] |= {"value": 650, "standard_uncertainty": 2.5, "sample_count": 3}
    second["outcome"] = "withdrawn"
    own = {"values": {**first["values"], "recipe.porosity": 0.4}, "kpis": first["kpis"]}
    (tmp_path / "batch.json").write_text(json.dumps([first, second, own]))
    told = cli("tell", "batch.json", path, "--source", "log book 7", "--json").data
    assert (told["trials"], told["pending"]) == (2, [])
    with Lake.open("lake") as lake:
        rows = lake.get(told["history_id"]).rows()
        assert [lake.get(candidate).values["recipe.porosity"] for candidate, _ in rows] == [0.36, 0.4]
        kpi = lake.get(rows[0][1][0], Kpi)
    assert (kpi.sample_count, kpi.standard_uncertainty) == (3, 2.5)
    assert "log book 7" in kpi.method


def test_a_test_that_was_stopped(cli, batch, write_study, tmp_path):
    """``>640`` is a bound, in the unit of its column or its own, in JSON too: a censored KPI, perhaps the best."""

    def stopped(number: int, row: dict[str, str]) -> None:
        row.update([{ENERGY: "600"}, {ENERGY: ">640"}, {ENERGY: "> 0.62 kW*h/L"}][number])

    told = cli("tell", filled(batch, stopped), "--conclude", "--json").data
    with Lake.open("lake") as lake:
        campaign = lake.get(told["campaign_id"])
        kpis = [lake.get(one, Kpi) for one in campaign.kpi_ids]
        rows = lake.evaluations().collect().sort("energy_density_lower_bound")
    assert [(kpi.outcome.name, kpi.value, kpi.lower_bound) for kpi in kpis] == [
        ("MEASURED", 600.0, None),
        ("CENSORED", None, 640.0),
        ("CENSORED", None, pytest.approx(620.0)),
    ]
    assert campaign.best_kpi_id == kpis[1].id
    assert rows["energy_density_lower_bound"].to_list() == [None, pytest.approx(620.0), 640.0]
    assert rows["energy_density"].to_list() == [600.0, None, None]
    cli("ask", "--count", 1, "--output", "more.json")
    (entry,) = json.loads((tmp_path / "more.json").read_text())
    entry["kpis"]["discharge.energy_density"]["value"] = ">700"
    (tmp_path / "more.json").write_text(json.dumps([entry]))
    again = cli("tell", "more.json", "--json").data
    with Lake.open("lake") as lake:
        assert lake.get(lake.get(again["history_id"]).rows()[-1][1][0], Kpi).lower_bound == 700.0


def test_lives_that_were_cut_are_bounds_everywhere(cli, write_study, tmp_path):
    """A study of the longest life with lives told as ``>1200`` and ``>=1200``: each answer says ``>= 1200``.

    The plateau is found, the search goes on on the scale of logarithms, and an explanation shows the bound.
    """
    study = write_study("20 W}}", "20 W}, age: {stage: ageing.fade_of_cell, cycles: 1200}}")
    goals = "objectives=[{kpi: cycle_life, maximise: true, from: age}]"
    assert cli("ask", study, "--set", goals, "--count", 6, "--output", "lives.csv").code == 0
    said = ["300", "500", ">1200", ">=1200", "> 1200", "800"]
    path = filled(tmp_path / "lives.csv", lambda n, row: row.update({"age.cycle_life [1]": said[n]}))
    text = cli("tell", path, study, "--set", goals, "--conclude").out
    assert "cycle_life >= 1200 - (censored)" in text
    with Lake.open("lake") as lake:
        (name,) = lake.sql("SELECT id FROM campaigns")["id"].to_list()
        campaign = lake.get(name)
    assert [row[0] for row in campaign.bounds] == [False, False, True, True, True, False]
    assert campaign.goals[0]["scale"] == "log"
    assert "cycle_life >= 1200" in cli("campaigns").out
    (plateau,) = cli("plateau", name, "--json").data
    assert plateau["best_value"] == 1200.0
    assert "censored" in plateau["method"]
    assert ">= 1200 - (censored)" in html(cli, name, tmp_path)
    assert cli("ask", study, "--set", goals, "--count", 1, "--output", "more.csv").code == 0
    path = filled(tmp_path / "more.csv", lambda _, row: row.update({"age.cycle_life [1]": ">1500"}))
    again = cli("tell", path, study, "--set", goals, "--conclude", "--json").data
    assert ">= 1500 - found (censored)" in cli("explain", f"{again['campaign_id']}#7").out


def html(cli, name: str, folder: Path) -> str:
    """The page of a campaign, as text."""
    assert cli("report", name, "--html", folder / "page.html").code == 0
    return (folder / "page.html").read_text().replace("&gt;", ">")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({ENERGY: "nan"}, "is not finite"),
        ({ENERGY: ">"}, "is not a quantity"),
        ({ENERGY: "12 V"}, "has the wrong dimension"),
        ({ENERGY: "600", SPREAD: "-1"}, "standard_uncertainty"),
        ({ENERGY: "600", "sample_count": "0"}, "whole number >= 1"),
        ({"outcome": "measured"}, "has no value"),
        ({"outcome": "perhaps"}, "is not known"),
        ({ENERGY: "600", "candidate_id": ""}, None),
        ({ENERGY: "600", "candidate_id": "candidate-0000"}, "line 2"),
        ({ENERGY: "600", "recipe.porosity [1]": "1.3"}, "outside"),
    ],
)
def test_a_report_that_cannot_be_used(cli, batch, cells, message):
    """Is refused by its line, and nothing of it is stored."""
    before = cli("query", "--json", "SELECT count(*) AS n FROM histories").data
    answer = cli("tell", filled(batch, lambda number, row: row.update(cells if number == 0 else {})))
    if message is None:  # a candidate of the laboratory's own: all of its values are there
        assert answer.code == 0
        return
    assert answer.code == 2
    assert message in answer.err
    assert cli("query", "--json", "SELECT count(*) AS n FROM histories").data == before


def test_a_file_that_is_no_report(cli, batch, write_study, tmp_path):
    """An ending, a column or a text that is not known is refused, with what is."""
    batch.write_text(batch.read_text().replace("outcome", "outcom"))
    assert "did you mean 'outcome'" in cli("tell", batch).err
    (tmp_path / "r.txt").write_text("x")
    assert "ends in .csv or .json" in cli("tell", "r.txt").err
    (tmp_path / "r.json").write_text('{"a": ')
    assert "it is no JSON" in cli("tell", "r.json").err
    (tmp_path / "r.json").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in cli("tell", "r.json").err
    assert "names no format" in cli("ask", "--output", "r.xyz").err


def test_a_campaign_is_gone_on_from_and_other_goals_are_refused(cli, write_study):
    """The trials of a campaign are what the next suggestion rests on; a study of other goals is another study."""
    path = write_study()
    campaign = cli("run", path, "--json").data["campaign_id"]
    found = cli("ask", path, "--after", campaign, "--json").data
    with Lake.open("lake") as lake:
        assert len(lake.get(found["history_id"]).trials) == 2
    assert len(found["new"]) == 1
    other = write_study("kpi: energy_density, maximise", "kpi: energy, maximise")
    for words in ((), ("--after", campaign)):
        refused = cli("ask", other, *words)
        assert refused.code == 1
        assert "goals" in refused.err


def test_a_stage_that_takes_no_account_of_pending_candidates(cli, batch):
    """Is not asked while some are pending: it would suggest the same places again."""
    cli("tell", filled(batch, lambda number, row: row.update({ENERGY: "600"} if number < 2 else {})))
    answer = cli("ask", "--set", "optimiser.suggest=expected_improvement")
    assert answer.code == 1
    assert "takes no account" in answer.err
    assert cli("ask", "--set", "optimiser.suggest=feasible_improvement").code == 0


def test_the_kpis_of_a_row_are_one_evaluation(cli, write_study, tmp_path):
    """Before and after the campaign is concluded, and under one definition whichever file they come from."""
    goal = "kpi: energy_density, maximise: true"
    path = write_study(goal, f"{goal}}}, {{kpi: specific_energy, maximise: true")
    cli("ask", path, "--count", 2, "--output", "batch.json")
    rows = json.loads((tmp_path / "batch.json").read_text())
    for number, row in enumerate(rows):
        row["kpis"]["discharge.energy_density"] |= {"value": 600.0, "standard_uncertainty": 2.0}
        row["kpis"]["discharge.specific_energy"] |= {"value": 240.0 + number}
        (tmp_path / f"day-{number}.json").write_text(json.dumps([row]))
        assert cli("tell", f"day-{number}.json", path, *(["--conclude"] if number else [])).code == 0
        with Lake.open("lake") as lake:
            found = lake.evaluations().collect()
        measured = found.filter(found["specific_energy"].is_not_null()).sort("specific_energy")
        assert measured["specific_energy"].to_list() == [240.0, 241.0][: number + 1]
        assert measured["energy_density"].to_list() == [600.0] * (number + 1)
        assert len(found) == number + 1
    assert found["campaign_id"].null_count() == 0
    definitions = cli("query", "--json", "SELECT DISTINCT name, definition FROM kpis").data
    assert len(definitions) == 2


def test_one_kpi_of_two_steps_is_two_columns(cli, write_study, tmp_path):
    """The further one says of which step it is; a simulated campaign, whose KPIs do not, is gone on from too."""
    goal = "kpi: energy_density, maximise: true"
    path = write_study(goal, f"{goal}, from: discharge}}, {{kpi: energy_density, maximise: true, from: fast")
    step = "discharge: {stage: discharge_at_constant_power, power: 20 W}"
    path.write_text(path.read_text().replace(step, f"{step}, fast: {step.partition(': ')[2].replace('20', '40')}"))
    campaign = cli("run", path, "--json").data["campaign_id"]
    cli("ask", path, "--after", campaign, "--count", 1, "--output", "batch.json")
    (row,) = json.loads((tmp_path / "batch.json").read_text())
    row["kpis"]["discharge.energy_density"]["value"] = 600.0
    row["kpis"]["fast.energy_density"]["value"] = 500.0
    (tmp_path / "batch.json").write_text(json.dumps([row]))
    assert cli("tell", "batch.json", path, "--conclude").code == 0
    with Lake.open("lake") as lake:
        (found,) = lake.evaluations().collect().filter(candidate_id=row["candidate_id"]).to_dicts()
    assert (found["energy_density"], found["energy_density of fast"]) == (600.0, 500.0)
    assert cli("ask", path).code == 0


def test_the_reference_of_a_front_may_change_on_the_way(cli, write_study):
    """What is of interest may change: the same trials are gone on from."""
    goal = "kpi: energy_density, maximise: true"
    two = "kpi: energy, maximise: true}, {kpi: energy_density, maximise: true"
    assert cli("ask", write_study(goal, two), "--count", 2).code == 0
    answer = cli("ask", write_study(goal, f"{two}, better_than: 400 W.h/L"), "--count", 1, "--json")
    assert answer.code == 0
    assert len(answer.data["pending"]) == 3
