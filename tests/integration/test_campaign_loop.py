"""The closed loop on cheap stand-ins: what it stores, what it computes again, and how it takes failures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import electrode_stand_ins
import numpy as np
import pytest
from electrode_stand_ins import study, told, with_parameters

from ragone.dataset import Lake
from ragone.dataset.errors import DroppedError
from ragone.flows import (
    CampaignError,
    CampaignResult,
    Trial,
    TrialOutcome,
    evaluate_microstructure,
    run_campaign,
    write_outputs,
)
from ragone.flows.cell.building import plan_cell
from ragone.flows.running.seeds import volume_element_seed
from ragone.schemas import KpiOutcome, Microstructure
from ragone.schemas.electrode import cubic_voxels
from tests.watched import Watched


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def runs(lake: Lake) -> list[str]:
    """Recipe of every completed run of a stage, sorted."""
    found = lake.sql("SELECT recipe_id FROM runs WHERE outcome = 'completed' AND stage NOT IN ('given', 'drop')")
    return sorted(found["recipe_id"].to_list())


Finished = tuple[Lake, CampaignResult, Watched, list[Trial]]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """A campaign that is over, to be looked at and to be run again."""
    with pytest.MonkeyPatch.context() as patch:
        electrode_stand_ins.register(patch)
        watched, trials = Watched(), list[Trial]()
        with Lake.open(tmp_path_factory.mktemp("finished") / "lake", create=True) as opened:
            yield opened, run_campaign(opened, study(), watched, finished=trials.append), watched, trials


def test_a_campaign_spends_its_budget_and_names_the_best(finished: Finished) -> None:
    """Each design is a trial, told once when it is over; the best is the largest objective, and the record says so."""
    _, result, watched, trials = finished
    assert [t.number for t in result.trials] == list(range(1, 5))
    values = [t.kpis[0].value for t in result.trials]
    assert result.best is not None
    assert result.best.kpis[0].value == max(value for value in values if value is not None)
    assert result.campaign.best_kpi_id == result.best.kpis[0].id
    assert result.campaign.best_candidate_id == result.best.candidate.id
    assert result.campaign.values == [[value] for value in values]
    assert result.campaign.definition == study().definition()
    assert watched.units == watched.total == 4 * 3
    assert sorted(t.number for t in trials) == list(range(1, 5))


def test_the_kpis_rest_on_all_volume_elements_and_have_an_uncertainty(finished: Finished) -> None:
    """Two cubes: a standard error, hence perturbed discharges, hence a standard uncertainty."""
    kpi = finished[1].trials[0].kpis[0]
    assert kpi.sample_count == 2
    assert kpi.standard_uncertainty is not None
    assert kpi.standard_uncertainty > 0


def test_volume_elements_get_their_seeds_by_the_rule(finished: Finished) -> None:
    """A volume element's voxels are those of the seed derived from study, recipe and volume element number."""
    lake = finished[0]
    recipe_id, materials_id = (lake.sql(f"SELECT id FROM {table}")["id"][0] for table in ("recipes", "materials"))
    seed = volume_element_seed(study().seed, recipe_id, 1)
    given = {"recipe": recipe_id, "materials": materials_id, **study().resolution.size, "seed": seed}
    assert lake.run(electrode_stand_ins.draw, **given).reused


def test_running_again_computes_nothing(finished: Finished, tmp_path: Path) -> None:
    """The same ids, the same output files byte for byte, and not one more run."""
    lake, first, *_ = finished
    before = runs(lake)
    written = [p.read_bytes() for p in write_outputs(first, tmp_path / "out")]
    again = run_campaign(lake, study())
    assert told(again) == told(first)
    assert runs(lake) == before
    assert [p.read_bytes() for p in write_outputs(again, tmp_path / "out")] == written


def test_a_larger_budget_goes_on_from_the_trials_that_are_there(lake: Lake) -> None:
    """The first trials are the same and are not computed again."""
    first = run_campaign(lake, study(budget={"total": 3}))
    before = set(runs(lake))
    longer = run_campaign(lake, study(budget={"total": 5}))
    assert told(longer)[1][:3] == told(first)[1]
    assert before <= set(runs(lake))
    assert len(runs(lake)) == len(set(runs(lake)))


def test_threads_give_the_same_campaign(lake: Lake, finished: Finished) -> None:
    """The executor changes nothing in the record."""
    assert told(run_campaign(lake, study(executor={"kind": "threads", "workers": 3}))) == told(finished[1])


def test_voxels_are_dropped_once_measured_and_not_drawn_again(finished: Finished) -> None:
    """The metrics stay, the voxels are tombstones, and a second run brings none of them back."""
    lake, first, *_ = finished
    ids = lake.sql("SELECT id FROM microstructures")["id"].to_list()
    assert len(ids) == 4 * 2
    assert told(run_campaign(lake, study())) == told(first)
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
    """Its KPI is stored without a value and with its outcome, null in the record and never 0; it is not the best."""
    result = run_campaign(lake, with_parameters("discharge", infeasible_above_porosity=0.4))
    outcomes = {t.outcome for t in result.trials}
    assert outcomes == {TrialOutcome.MEASURED, TrialOutcome.INFEASIBLE}
    for trial, row, feasible in zip(result.trials, result.campaign.values, result.campaign.feasible, strict=True):
        assert row == [trial.kpis[0].value]
        assert feasible == (trial.outcome is TrialOutcome.MEASURED)
        if trial.outcome is TrialOutcome.INFEASIBLE:
            assert (trial.kpis[0].value, trial.kpis[0].standard_uncertainty) == (None, None)
            assert trial.kpis[0].outcome is KpiOutcome.INFEASIBLE
    assert result.best is not None
    assert result.best.outcome is TrialOutcome.MEASURED


def test_a_stage_that_raises_makes_a_failed_trial_and_the_campaign_goes_on(lake: Lake, tmp_path: Path) -> None:
    """The trial has no KPI but the reason; the record lists it with an empty id; the outputs are still written."""
    result = run_campaign(lake, with_parameters("manufacture", fail_above_porosity=0.4))
    failed = [t for t in result.trials if t.outcome is TrialOutcome.FAILED]
    assert 0 < len(failed) < 4
    assert all("too much for this stage" in t.error and not t.kpis for t in failed)
    assert [i for i, k in enumerate(result.campaign.kpi_ids) if not k] == [t.number - 1 for t in failed]
    assert [i for i, row in enumerate(result.campaign.values) if row == [None]] == [t.number - 1 for t in failed]
    files = write_outputs(result, tmp_path / "out")
    assert sum(line.split(",")[1] == "failed" for line in files[2].read_text().splitlines()) == len(failed)


def test_a_failed_stage_is_tried_again_and_nothing_else(lake: Lake) -> None:
    """Its failure may have been the machine's: the campaign that is run again ends as before."""
    limited = with_parameters("manufacture", fail_above_porosity=0.4)
    first, before = run_campaign(lake, limited), runs(lake)
    failures = "SELECT count(*) AS n FROM runs WHERE outcome = 'failed'"
    tried = lake.sql(failures)["n"].item()
    again = run_campaign(lake, limited)
    assert again.campaign.id == first.campaign.id
    assert runs(lake) == before
    assert lake.sql(failures)["n"].item() == 2 * tried


def test_a_campaign_whose_designs_all_fail_ends_without_a_best(lake: Lake) -> None:
    """It is recorded all the same."""
    result = run_campaign(lake, with_parameters("manufacture", fail_above_porosity=0.0))
    assert result.best is None
    assert {t.outcome for t in result.trials} == {TrialOutcome.FAILED}
    assert (result.campaign.best_candidate_id, result.campaign.values) == ("", [[None]] * 4)


def test_a_candidate_beyond_the_bounds_of_its_record_fails_alone(lake: Lake) -> None:
    """What a study can only tell when it is tried is a failed trial with the reason, not the end of the campaign."""
    space = {"recipe.particle_aspect_ratio": {"low": 1.5, "high": 3.0}, "recipe.particle_shape": "sphere"}
    shaped = study(space=space, steps={"manufacture": {"stage": "pack_particles"}}, resolution={"edge_voxels": 16})
    result = run_campaign(lake, shaped)
    assert {t.outcome for t in result.trials} == {TrialOutcome.FAILED}
    assert all("aspect" in t.error for t in result.trials)


def test_a_campaign_without_suggestions_stops_with_a_remedy(lake: Lake) -> None:
    """What was evaluated is stored; the error says what to change."""
    with pytest.raises(CampaignError, match=r"after 2 trials.*out of ideas.*study\.optimiser\.suggest"):
        run_campaign(lake, study(optimiser={"suggest": "out_of_ideas"}))
    assert lake.sql("SELECT count(*) AS n FROM kpis")["n"].item() > 0


def test_the_optimiser_s_suggestions_are_recorded_with_the_trials_they_rest_on(lake: Lake) -> None:
    """A suggested design is informed by the KPIs before it, and made of none of them."""
    result = run_campaign(lake, study(optimiser={"suggest": "expected_improvement"}))
    found = lake.lineage(result.trials[-1].candidate.id)
    assert {t.kpis[0].id for t in result.trials[:2]} <= {edge.parent for edge in found.informed_by}
    assert found.ancestors == ()


def test_the_record_descends_from_every_candidate_and_kpi(finished: Finished) -> None:
    """And each KPI from its recipe, the materials and every volume element, from no other candidate."""
    lake, result, *_ = finished
    ancestors = set(lake.lineage(result.campaign.id).ancestors)
    assert {t.candidate.id for t in result.trials} | {t.kpis[0].id for t in result.trials} <= ancestors
    above = lake.lineage(result.trials[0].kpis[0].id).ancestors
    kinds = [name.partition("-")[0] for name in above]
    assert {"recipe", "materials", "cell_design"} <= set(kinds)
    assert kinds.count("microstructure") == 2
    assert [name for name in above if name.startswith("candidate-")] == [result.trials[0].candidate.id]


def test_one_materials_record_serves_the_whole_chain(finished: Finished) -> None:
    """Voxels, metrics and cell are made of the same one."""
    lake, result, *_ = finished
    edges = lake.lineage(result.trials[0].kpis[0].id).edges
    users = {edge.child.partition("-")[0] for edge in edges if edge.parent.startswith("materials-")}
    assert users == {"microstructure", "transport", "cell_parameters"}
    assert len({edge.parent for edge in edges if edge.parent.startswith("materials-")}) == 1


def test_an_imported_microstructure_goes_through_the_same_stages(lake: Lake) -> None:
    """Transport, cell, discharge and KPIs of a volume that was put, not drawn."""
    labels = (np.random.default_rng(0).random((12, 12, 12)) > 0.45).astype(np.uint8)
    scan = Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        phase_names=("pore", "active_material", "carbon_binder"),
        source="scan",
        licence="MIT",
    )
    plan = plan_cell({"mass_loading": "15 mg/cm^2"}, of_electrode=True)
    volume = lake.get(lake.put(scan), Microstructure)
    found = evaluate_microstructure(lake, volume, plan, power_watt=40.0)
    kpi = found.kpis["energy_density"]
    assert kpi.measured_value > 0
    assert "no metric was perturbed" in kpi.method or (kpi.standard_uncertainty or 0.0) < 1e-6 * kpi.measured_value
    assert volume.id in lake.lineage(kpi.id).ancestors


def test_the_outputs_name_what_the_lake_holds(finished: Finished, tmp_path: Path) -> None:
    """The lock is sorted and complete, the metrics quote the best, and nothing depends on when or where."""
    lake, result, *_ = finished
    lock, metrics, trials = write_outputs(result, tmp_path / "deep" / "out")
    names = lock.read_text().splitlines()
    wanted = {result.campaign.id} | {t.candidate.id for t in result.trials}
    wanted |= {kpi_id for t in result.trials for kpi_id in t.kpi_ids.values()}
    assert names == sorted(wanted)
    assert all(lake.get(name) for name in names)
    assert result.best is not None
    assert f'"best": {result.best.kpis[0].value!r}' in metrics.read_text()
    assert len(trials.read_text().splitlines()) == 1 + 4
    assert str(tmp_path) not in lock.read_text() + metrics.read_text() + trials.read_text()
