"""Evaluations hold what a slow walk over lineages finds: of campaigns, failures, hand-made cells, at any snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import polars as pl
import pytest
from electrode_stand_ins import STUDY, study, with_parameters

from ragone.dataset import Lake
from ragone.dataset.evaluations.columns import OWN
from ragone.flows import CampaignResult, run_campaign
from ragone.pipelines.kpi.whole import delivered_by_curve
from ragone.schemas import KINDS, Candidate, CellDesign, Kpi, Measurement, Recipe, Record, Transport

STEPS = STUDY["study"]["steps"]
FAST = {"fast": {**STEPS["discharge"], "power": "80 W"}}
FROM_BOTH = [
    {"kpi": "energy_density", "maximise": True, "from": "discharge"},
    {"kpi": "energy_density", "at_least": "1 W.h/L", "from": "fast"},
]


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


Finished = tuple[Lake, dict[str, CampaignResult], dict[str, str]]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """Campaigns that share candidates and cells, one after the other, and a snapshot after each."""
    with pytest.MonkeyPatch.context() as patch:
        electrode_stand_ins.register(patch)
        studies = {
            "plain": study(),
            "two": study(name="two", steps=FAST, objectives=FROM_BOTH[:1], constraints=FROM_BOTH[1:]),
            "failing": with_parameters("manufacture", fail_above_porosity=0.4),
            "infeasible": with_parameters("discharge", infeasible_above_porosity=0.4),
        }
        with Lake.open(tmp_path_factory.mktemp("history") / "lake", create=True) as opened:
            results, snapshots = {}, {}
            for name, one in studies.items():
                results[name] = run_campaign(opened, one)
                snapshots[name] = opened.snapshot(name)
                if name != "two":  # the cache is brought up to date in uneven steps
                    opened.evaluations().collect()
            yield opened, results, snapshots


def rows_of(frame: pl.DataFrame, result: CampaignResult) -> list[dict[str, Any]]:
    """The rows of a campaign in order of its trials."""
    return frame.filter(pl.col("campaign_id") == result.campaign.id).sort("trial").to_dicts()


def nearest(lake: Lake, kpi: str, kind: str) -> set[str]:
    """A slow, plain walk: the ids of the nearest artifacts of a kind that a KPI is made of."""
    up = [e for e in lake.lineage(kpi).up if not e.informed and not e.role.startswith("perturbed")]
    level, seen = {kpi}, set[str]()
    while level:
        found = {name for name in level if name.startswith(f"{kind}-")}
        if found:
            return found
        seen |= level
        level = {edge.parent for edge in up if edge.child in level} - seen
    return set()


@pytest.mark.parametrize("name", ["plain", "two"])
def test_a_trial_is_a_row_that_a_slow_join_finds(history: Finished, name: str) -> None:
    """Every KPI with its uncertainty and unit, and every number of recipe, cell design, transport and cell."""
    lake, results, _ = history
    rows = rows_of(lake.evaluations().collect(), results[name])
    assert len(rows) == 4
    for trial, row in zip(results[name].trials, rows, strict=True):
        assert (row["trial"], row["candidate_id"], row["outcome"]) == (trial.number, trial.candidate.id, "measured")
        assert (row["campaign"], row["objective_value"]) == (results[name].campaign.name, trial.kpis[0].value)
        for path, value in trial.candidate.values.items():
            assert row[path.partition(".")[2]] == value
        for key, kpi_id in trial.kpi_ids.items():
            role, kpi = key.split(".")[0], lake.get(kpi_id, Kpi)
            of = " of fast" if role == "fast" else ""
            assert row[f"{kpi.name}_id{of}"] == kpi_id
            assert row[f"{kpi.name}{of}"] == kpi.value
            assert row[f"{kpi.name}_standard_uncertainty{of}"] == kpi.standard_uncertainty
            assert (row[f"{kpi.name}_unit{of}"], row[f"{kpi.name}_outcome{of}"]) == (kpi.unit, str(kpi.outcome))
        goal = trial.kpis[0].id
        for kind in ("recipe", "cell_design", "transport", "cell_parameters", "microstructure", "discharge"):
            assert set(row[f"{kind}_id"].split(",")) == nearest(lake, goal, kind)
        for kind, fields in (("recipe", ("porosity",)), ("transport", ("pore_fraction", "pore_tortuosity_factor"))):
            (artifact,) = nearest(lake, goal, kind)
            record = lake.get(artifact, {"recipe": Recipe, "transport": Transport}[kind])
            assert all(row[field] == getattr(record, field) for field in fields)
        assert row["volume_element_count"] == 2
        assert (row["power_watt"], row.get("power_watt of fast")) == (40.0, 80.0 if name == "two" else None)


def test_one_row_a_trial_and_no_others(history: Finished) -> None:
    """Four campaigns of four trials over the same cells: sixteen rows."""
    lake, results, _ = history
    frame = lake.evaluations().collect()
    assert frame.height == frame.unique(["campaign_id", "trial"]).height == 16
    assert set(frame["campaign_id"]) == {result.campaign.id for result in results.values()}
    assert not frame["created"].null_count()
    assert not frame["code_id"].null_count()


def test_failed_trials_have_the_reason_and_no_kpi(history: Finished) -> None:
    """What they were to be is known from the recipe; whatever was not computed is null."""
    lake, results, _ = history
    rows = rows_of(lake.evaluations().collect(), results["failing"])
    trials = results["failing"].trials
    assert [row["outcome"] for row in rows] == [str(trial.outcome) for trial in trials]
    assert {row["outcome"] for row in rows} == {"measured", "failed"}
    for row in (row for row in rows if row["outcome"] == "failed"):
        assert "is too much for this stage" in row["reason"]
        assert row["porosity"] > 0.4
        assert row["mass_loading_kilogram_per_square_metre"] > 0
        assert [row[c] for c in ("energy_density", "pore_fraction", "cell_parameters_id", "power_watt")] == [None] * 4
        assert row["feasible"] is False


def test_infeasible_trials_keep_their_own_cell(history: Finished) -> None:
    """All of them have one discharge and one KPI, being equal; each row still is of its own design."""
    lake, results, _ = history
    rows = [r for r in rows_of(lake.evaluations().collect(), results["infeasible"]) if r["outcome"] == "infeasible"]
    assert len(rows) == 2
    assert len({row["energy_density_id"] for row in rows}) == len({row["discharge_id"] for row in rows}) == 1
    assert len({row["cell_parameters_id"] for row in rows}) == len({row["porosity"] for row in rows}) == 2
    assert {row["energy_density"] for row in rows} == {None}
    assert rows[0]["reason"] == "energy_density: the discharge delivered nothing"


def test_a_snapshot_is_answered_as_it_was(history: Finished) -> None:
    """Every snapshot holds the rows and columns that a lake of its runs would, whatever came later."""
    lake, results, snapshots = history
    names = list(results)
    for number, name in enumerate(names):
        frame = lake.evaluations(at=snapshots[name]).collect()
        assert set(frame["campaign_id"]) == {results[earlier].campaign.id for earlier in names[: number + 1]}
        assert frame.height == 4 * (number + 1)
        assert ("energy_density of fast" in frame.columns) == (number > 0)
    assert lake.sql("SELECT count(*) FROM evaluations", at=snapshots["plain"]).item() == 4
    now, then = lake.evaluations().collect(), lake.evaluations(at=snapshots["infeasible"]).collect()
    assert alike(now, then)


def test_a_rebuilt_lake_answers_alike(history: Finished) -> None:
    """Also at snapshots from before, although the runs lie in another order now."""
    lake, _, snapshots = history
    before = lake.evaluations().collect()
    then = {name: lake.evaluations(at=snapshot).collect() for name, snapshot in snapshots.items()}
    lake.rebuild()
    with Lake.open(lake.where) as again:
        assert alike(again.evaluations().collect(), before)
        for name, snapshot in snapshots.items():
            assert alike(again.evaluations(at=snapshot).collect(), then[name])
        assert again.fsck().sound


def alike(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether two frames hold the same rows and columns."""
    key = ["campaign_id", "trial", "candidate_id", "cell_parameters_id", "created"]
    return one.sort(key).equals(other.sort(key))


def test_summaries_of_campaigns(history: Finished) -> None:
    """A row for each campaign, and the best evaluation of each, as the campaign's record says."""
    lake, results, _ = history
    summary = {row["campaign_id"]: row for row in lake.sql("FROM campaign_summary").to_dicts()}
    best = {row["campaign_id"]: row for row in lake.sql("SELECT * FROM best").to_dicts()}
    for result in results.values():
        row = summary[result.campaign.id]
        outcomes = [str(trial.outcome) for trial in result.trials]
        assert (row["trials"], row["feasible"]) == (4, int(result.campaign.feasible.sum()))
        assert row["failed"] == outcomes.count("failed")
        assert result.best is not None
        assert (row["best_trial"], row["best_value"]) == (result.best.number, result.best.kpis[0].value)
        assert best[result.campaign.id]["candidate_id"] == result.campaign.best_candidate_id
        assert best[result.campaign.id]["energy_density"] == row["best_value"]


def before_the_end(lake: Lake) -> pl.DataFrame:
    """The evaluations of a lake whose campaign was killed before it was concluded."""
    runs = lake.sql("SELECT id FROM runs WHERE stage <> 'campaign.conclude'")
    artifacts = lake.sql("SELECT id FROM artifacts WHERE kind <> 'campaign'")
    return lake._store.evaluations.at("killed", (*runs["id"], *artifacts["id"]))


def test_a_campaign_without_its_record(lake: Lake) -> None:
    """Its evaluations are there with their candidates, without campaign and trial; so is what failed."""
    result = run_campaign(lake, with_parameters("manufacture", fail_above_porosity=0.4))
    everything = lake.snapshot()
    frame = before_the_end(lake)
    assert frame.height == 4
    assert frame["campaign_id"].null_count() == frame["trial"].null_count() == frame["feasible"].null_count() == 4
    assert set(frame["candidate_id"]) == {trial.candidate.id for trial in result.trials}
    assert sorted(frame["outcome"]) == sorted(str(trial.outcome) for trial in result.trials)
    concluded = lake.evaluations(at=everything).collect()
    shared = ["candidate_id", "porosity", "energy_density", "outcome", "reason"]
    assert frame.select(shared).sort(shared).equals(concluded.select(shared).sort(shared))


def test_a_measured_cell_is_a_row(lake: Lake, example: Callable[..., Record]) -> None:
    """Its KPIs without campaign or candidate; a cell built by hand likewise."""
    measured = lake.put(example("measurement"))
    lake.run(delivered_by_curve, curve=measured)
    cell = lake.put(example("cell_parameters"))
    curve = lake.run(electrode_stand_ins.discharge, cell=cell, power_watt=40.0).id
    lake.run(delivered_by_curve, curve=curve)
    frame = lake.evaluations().collect()
    assert frame.height == 2
    by_measurement = frame.filter(pl.col("measurement_id") == measured).to_dicts()[0]
    assert by_measurement["cell_name"] == lake.get(measured, Measurement).cell_name
    assert by_measurement["energy"] > 0
    by_hand = frame.filter(pl.col("cell_parameters_id") == cell).to_dicts()[0]
    assert (by_hand["power_watt"], by_hand["measurement_id"]) == (40.0, None)
    for row in (by_measurement, by_hand):
        assert [row[name] for name in ("campaign", "campaign_id", "trial", "candidate_id", "porosity")] == [None] * 5


def test_operating_points_without_a_study(lake: Lake, example: Callable[..., Record]) -> None:
    """The first that was computed has the plain names; others are told apart by what differs."""
    cell = lake.put(example("cell_parameters"))
    for power in (40.0, 80.0):
        lake.run(delivered_by_curve, curve=lake.run(electrode_stand_ins.discharge, cell=cell, power_watt=power).id)
        lake.evaluations().collect()
    (row,) = lake.evaluations().collect().to_dicts()
    assert (row["power_watt"], row["power_watt of power_watt=80"]) == (40.0, 80.0)
    assert row["energy"] > row["energy of power_watt=80"] > 0


def test_a_kpi_extracted_later_joins_its_evaluation(lake: Lake) -> None:
    """The row of the trial gains columns; there is no second row."""
    result = run_campaign(lake, study())
    before = lake.evaluations().collect()
    cell = before["cell_parameters_id"][0]
    curve = lake.run(electrode_stand_ins.discharge, cell=cell, power_watt=5.0).id
    lake.run(delivered_by_curve, curve=curve)
    after = lake.evaluations().collect()
    assert after.height == before.height == 4
    (row,) = after.filter(pl.col("cell_parameters_id") == cell).to_dicts()
    assert row["campaign_id"] == result.campaign.id
    assert row["power_watt of power_watt=5"] == 5.0
    assert row["energy of power_watt=5"] > row["energy"] > 0


def test_candidates_of_one_cell_at_their_own_powers(lake: Lake) -> None:
    """A varied parameter of a step is in its own column, and the KPIs are those at that power."""
    space = {**STUDY["study"]["space"], "recipe.porosity": 0.3, "recipe.binder_adhesion": 0.5}
    space |= {"cell.mass_loading": "20 mg/cm^2", "discharge.power": {"low": "20 W", "high": "80 W"}}
    steps = {"discharge": {"stage": STEPS["discharge"]["stage"]}}
    result = run_campaign(lake, study(space=space, steps=steps))
    rows = rows_of(lake.evaluations().collect(), result)
    assert len({row["cell_parameters_id"] for row in rows}) == 1
    for trial, row in zip(result.trials, rows, strict=True):
        assert row["power_watt"] == trial.candidate.values["discharge.power_watt"]
        assert row["energy_density"] == trial.kpis[0].value
    assert not [name for name in lake.evaluations().collect_schema().names() if name.startswith("energy_density of")]


def test_candidates_that_share_a_cell_before_the_end(lake: Lake) -> None:
    """Without the record of a campaign, each of them has the KPIs at the power that it says."""
    space = {**STUDY["study"]["space"], "recipe.porosity": 0.3, "recipe.binder_adhesion": 0.5}
    space |= {"cell.mass_loading": {"choices": ["20 mg/cm^2", "25 mg/cm^2"]}}
    space |= {"discharge.power": {"low": "20 W", "high": "80 W"}}
    result = run_campaign(lake, study(space=space, steps={"discharge": {"stage": STEPS["discharge"]["stage"]}}))
    for frame in (lake.evaluations().collect(), before_the_end(lake)):
        rows = {row["candidate_id"]: row for row in frame.to_dicts()}
        assert len({row["cell_parameters_id"] for row in rows.values()}) == 2 < frame.height == len(result.trials)
        for trial in result.trials:
            row = rows[trial.candidate.id]
            assert row["power_watt"] == trial.candidate.values["discharge.power_watt"]
            assert row["energy_density"] == trial.kpis[0].value
        assert not [name for name in frame.columns if name.startswith("energy_density of")]


def test_names_of_columns_do_not_depend_on_what_a_lake_holds(history: Finished, tmp_path: Path) -> None:
    """An empty lake has the columns of every evaluation and of the usual records, of their types, and answers."""
    full = history[0].evaluations().collect_schema()
    with Lake.open(tmp_path / "empty", create=True) as empty:
        schema = empty.evaluations().collect_schema()
        assert schema.names() == [name for name in full.names() if name in schema]
        assert all(full[name] == dtype for name, dtype in schema.items())
        assert {"candidate_id", "porosity", "pore_tortuosity_factor", "power_watt"} <= set(schema)
        assert empty.sql("FROM evaluations").height == 0
        assert empty.sql("FROM campaign_summary").height == empty.sql("FROM best").height == 0
    names = history[0].evaluations().collect_schema().names()
    assert tuple(names[: len(OWN)]) == OWN
    assert len(set(names)) == len(names)
    assert {"porosity", "pore_tortuosity_factor_standard_error", "nominal_capacity_ampere_hour"} <= set(names)
    assert {Candidate.kind, CellDesign.kind} <= KINDS.keys()


def test_what_a_candidate_says_and_no_record_shows_has_a_column(lake: Lake) -> None:
    """The parameter of a step that leaves no trace in any record."""
    space = {**STUDY["study"]["space"], "manufacture.fail_above_porosity": {"low": 0.9, "high": 1.0}}
    result = run_campaign(lake, study(space=space))
    for trial, row in zip(result.trials, rows_of(lake.evaluations().collect(), result), strict=True):
        said = json.loads(json.dumps(trial.candidate.values))
        assert row["fail_above_porosity"] == said["manufacture.fail_above_porosity"]
