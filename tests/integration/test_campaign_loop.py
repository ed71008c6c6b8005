"""The closed loop on cheap stand-ins: what it stores, what it computes again, and how it takes failures."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import numpy as np
import pytest

from dataset import Lake
from dataset.errors import DroppedError
from flows import (
    CampaignError,
    CampaignResult,
    Study,
    TrialOutcome,
    evaluate_microstructure,
    run_campaign,
    write_outputs,
)
from flows.engines import ENGINES, Engine, default_engine_name
from flows.running.seeds import cube_seed
from schemas import Campaign, Kpi, Microstructure
from schemas.electrode import cubic_voxels
from tests.watched import Watched


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("manufacture", "characterise", "cell", "discharge"):
        monkeypatch.setitem(ENGINES[part], "stand_in", None)  # so that it is taken out again
    electrode_stand_ins.register()


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def study(**changes: Any) -> Study:
    """The stand-in study; keyword arguments replace its sections."""
    content = copy.deepcopy(electrode_stand_ins.STUDY)
    for section, value in changes.items():
        content["study"][section] = {**content["study"].get(section, {}), **value}
    return Study.read(content)


def with_parameters(part: str, **parameters: Any) -> Study:
    """The stand-in study with parameters for one of its engines."""
    return study(stages={part: {"engine": "stand_in", "parameters": parameters}})


def runs(lake: Lake) -> list[str]:
    """Recipe of every completed run of a stage, sorted."""
    found = lake.sql("SELECT recipe_id FROM runs WHERE outcome = 'completed' AND stage NOT IN ('given', 'drop')")
    return sorted(found["recipe_id"].to_list())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, CampaignResult, Watched]]:
    """A campaign that is over, to be looked at and to be run again."""
    electrode_stand_ins.register()
    watched = Watched()
    with Lake.open(tmp_path_factory.mktemp("finished") / "lake", create=True) as opened:
        yield opened, run_campaign(opened, study(), watched), watched


Finished = tuple[Lake, CampaignResult, Watched]


def test_a_campaign_spends_its_budget_and_names_the_best(finished: Finished) -> None:
    """Each design is a trial; the best is the largest objective, and the record says the same."""
    lake, result, watched = finished
    assert [t.number for t in result.trials] == list(range(4))
    assert result.best is not None
    assert result.best.value == max(t.value for t in result.trials if t.value is not None)
    campaign = lake.get(result.campaign_id)
    assert isinstance(campaign, Campaign)
    assert campaign.best_kpi_id == result.best.objective_id
    assert campaign.objective.tolist() == [t.value for t in result.trials]
    assert campaign.definition == study().definition()
    assert watched.units == watched.total == 4 * 3
    assert sorted(t.number for t in watched.trials) == list(range(4))


def test_the_kpis_rest_on_all_cubes_and_have_an_uncertainty(finished: Finished) -> None:
    """Two cubes: a standard error, hence varied discharges, hence a standard uncertainty."""
    lake, result, _ = finished
    kpi = lake.get(result.trials[0].objective_id)
    assert isinstance(kpi, Kpi)
    assert kpi.sample_count == 2
    assert kpi.standard_uncertainty is not None
    assert kpi.standard_uncertainty > 0
    assert kpi.standard_uncertainty == result.trials[0].standard_uncertainty


def test_cubes_get_their_seeds_by_the_rule(finished: Finished) -> None:
    """A cube's voxels are those of the seed derived from study, design and cube number."""
    lake, result, _ = finished
    design_id, resolution = result.trials[0].design_id, study().resolution
    made = lake.run(
        electrode_stand_ins.draw,
        design=design_id,
        edge_voxels=resolution.edge_voxels,
        voxel_size_metre=resolution.voxel_size_metre,
        seed=cube_seed(study().seed, design_id, 1),
    )
    assert made.reused


def test_running_again_computes_nothing(finished: Finished, tmp_path: Path) -> None:
    """The same ids, the same output files byte for byte, and not one more run."""
    lake, first, _ = finished
    before = runs(lake)
    written = [p.read_bytes() for p in write_outputs(first, lake, tmp_path / "out")]
    again = run_campaign(lake, study())
    assert again == first
    assert runs(lake) == before
    assert [p.read_bytes() for p in write_outputs(again, lake, tmp_path / "out")] == written


def test_a_larger_budget_goes_on_from_the_trials_that_are_there(lake: Lake) -> None:
    """The first trials are the same and are not computed again."""
    first = run_campaign(lake, study(budget={"total": 3}))
    before = set(runs(lake))
    longer = run_campaign(lake, study(budget={"total": 5}))
    assert longer.trials[:3] == first.trials
    assert before <= set(runs(lake))
    assert len(runs(lake)) == len(set(runs(lake)))


def test_threads_give_the_same_campaign(lake: Lake, finished: Finished) -> None:
    """The executor changes nothing in the record."""
    assert run_campaign(lake, study(executor={"kind": "threads", "workers": 3})) == finished[1]


def test_voxels_are_dropped_once_measured_and_not_drawn_again(finished: Finished) -> None:
    """The metrics stay, the voxels are tombstones, and a second run brings none of them back."""
    lake, first, _ = finished
    ids = lake.sql("SELECT id FROM microstructures")["id"].to_list()
    assert len(ids) == 4 * 2
    assert run_campaign(lake, study()) == first
    for artifact_id in ids:
        with pytest.raises(DroppedError):
            lake.get(artifact_id)


def test_voxels_are_kept_if_the_study_says_so_and_dropped_when_it_does_not_any_more(lake: Lake) -> None:
    """Kept voxels can be read; the study run again without drops them all and draws none."""
    small = {"initial": 1, "total": 1}
    run_campaign(lake, study(budget=small, storage={"keep_voxels": True}))
    ids, before = lake.sql("SELECT id FROM microstructures")["id"].to_list(), runs(lake)
    assert all(isinstance(lake.get(artifact_id), Microstructure) for artifact_id in ids)
    run_campaign(lake, study(budget=small))
    assert runs(lake) == before
    for artifact_id in ids:
        with pytest.raises(DroppedError):
            lake.get(artifact_id)


def test_an_infeasible_design_is_a_trial_and_the_campaign_goes_on(lake: Lake) -> None:
    """Its KPI is stored without a value and with its outcome; it is not the best."""
    result = run_campaign(lake, with_parameters("discharge", infeasible_above_porosity=0.4))
    outcomes = {t.outcome for t in result.trials}
    assert outcomes == {TrialOutcome.MEASURED, TrialOutcome.INFEASIBLE}
    assert all(t.value is None and t.objective_id for t in result.trials if t.outcome is TrialOutcome.INFEASIBLE)
    assert result.best is not None
    assert result.best.outcome is TrialOutcome.MEASURED


def test_a_stage_that_raises_makes_a_failed_trial_and_the_campaign_goes_on(lake: Lake, tmp_path: Path) -> None:
    """The trial has no KPI but the reason; the record lists it with an empty id; the outputs are still written."""
    result = run_campaign(lake, with_parameters("manufacture", fail_above_porosity=0.4))
    failed = [t for t in result.trials if t.outcome is TrialOutcome.FAILED]
    assert 0 < len(failed) < 4
    assert all("too much for this engine" in t.error and not t.objective_id for t in failed)
    campaign = lake.get(result.campaign_id)
    assert isinstance(campaign, Campaign)
    assert [i for i, k in enumerate(campaign.kpi_ids) if not k] == [t.number for t in failed]
    files = write_outputs(result, lake, tmp_path / "out")
    assert sum(line.split(",")[1] == "failed" for line in files[2].read_text().splitlines()) == len(failed)


def test_a_campaign_whose_designs_all_fail_ends_without_a_best(lake: Lake) -> None:
    """It is recorded all the same."""
    result = run_campaign(lake, with_parameters("manufacture", fail_above_porosity=0.0))
    assert result.best is None
    assert {t.outcome for t in result.trials} == {TrialOutcome.FAILED}


def test_a_campaign_without_suggestions_stops_with_a_remedy(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was evaluated is stored; the error says what to change."""
    monkeypatch.setitem(ENGINES["suggest"], "no_idea", electrode_stand_ins.run_out_of_ideas)
    with pytest.raises(CampaignError, match=r"after 2 trials.*out of ideas.*study\.stages\.suggest"):
        run_campaign(lake, study(stages={"suggest": {"engine": "no_idea"}}))
    assert lake.sql("SELECT count(*) AS n FROM kpis")["n"].item() > 0


def test_the_optimiser_s_suggestions_are_recorded_with_the_trials_they_rest_on(lake: Lake) -> None:
    """A suggested design descends from the KPIs before it, and the loop improves on its start."""
    result = run_campaign(lake, study(stages={"suggest": {"engine": "expected_improvement"}}))
    last = result.trials[-1]
    assert {t.objective_id for t in result.trials[:2]} <= set(lake.lineage(last.design_id).ancestors)


def test_an_imported_microstructure_goes_through_the_same_stages(lake: Lake) -> None:
    """Transport, cell, discharge and KPIs of a volume that was put, not drawn."""
    labels = (np.random.default_rng(0).random((8, 8, 8)) > 0.4).astype(np.uint8)
    given = Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="scan",
        licence="MIT",
    )
    engines = {part: Engine(part, default_engine_name(part)) for part in ENGINES}
    engines |= {p: Engine(p, "stand_in") for p in ("manufacture", "characterise", "cell", "discharge")}
    found = evaluate_microstructure(
        lake,
        lake.put(given)[:24],
        mass_loading_kilogram_per_square_metre=0.2,
        power_watt=40.0,
        engines=engines,
    )
    assert not found.error
    kpi = lake.get(found.kpi_ids["energy_density"])
    assert isinstance(kpi, Kpi)
    assert kpi.value > 0
    assert kpi.standard_uncertainty is None
    assert lake.put(given) in lake.lineage(found.kpi_ids["energy_density"]).ancestors


def test_the_outputs_name_what_the_lake_holds(finished: Finished, tmp_path: Path) -> None:
    """The lock is sorted and complete, the metrics quote the best, and nothing depends on when or where."""
    lake, result, _ = finished
    lock, metrics, trials = write_outputs(result, lake, tmp_path / "deep" / "out")
    names = lock.read_text().splitlines()
    wanted = {result.campaign_id} | {t.design_id for t in result.trials}
    wanted |= {kpi_id for t in result.trials for kpi_id in t.kpi_ids.values()}
    assert names == sorted(wanted)
    assert all(lake.get(name) for name in names)
    assert result.best is not None
    assert f'"best": {result.best.value!r}' in metrics.read_text()
    assert len(trials.read_text().splitlines()) == 1 + 4
    assert str(tmp_path) not in lock.read_text() + metrics.read_text() + trials.read_text()
