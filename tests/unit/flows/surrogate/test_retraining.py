"""Surrogates learn from what a query finds at a snapshot; the record of a promotion says who was judged by what."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from evaluated_designs import fill

from ragone.app.tables.surrogates import retrained_text
from ragone.dataset import Lake
from ragone.dataset.errors import StageFailedError
from ragone.flows.errors import RetrainingError
from ragone.flows.surrogate.retraining import retrain, surrogate_in_use
from ragone.flows.surrogate.screening import screen
from ragone.flows.surrogate.surrogate_files import export_surrogate, read_surrogate, stored_surrogate
from ragone.models.surrogate.errors import SurrogateFileError
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.schemas import Kpi, PromotionOutcome

QUICK = {"methods": ("mean", "linear", "quadratic")}
TARGET = "energy_density"


@pytest.fixture(scope="module")
def _filled(tmp_path_factory) -> Path:
    """Thirty designs, each evaluated twice, some of them infeasible."""
    place = tmp_path_factory.mktemp("filled") / "lake"
    with Lake.open(place, create=True) as lake:
        fill(lake, 30, repeats=2, high=0.46)
    return place


@pytest.fixture
def lake(_filled, tmp_path):
    """A copy of that lake."""
    shutil.copytree(_filled, tmp_path / "lake")
    with Lake.open(tmp_path / "lake") as opened:
        yield opened


def test_a_surrogate_names_its_snapshot_query_and_observations(lake):
    """Its lineage leads to the KPIs; what has no value is counted; it comes out again bit by bit."""
    snapshot = lake.snapshot("before")
    fill(lake, 3, seed=8)
    done = retrain(lake, TARGET, where="porosity < 0.44", at=snapshot, **QUICK)
    found = done.surrogate
    assert (found.snapshot_id, found.where, found.target_unit) == (snapshot, "porosity < 0.44", "W.h/L")
    frame = lake.sql("SELECT energy_density_id FROM evaluations WHERE porosity < 0.44", at=snapshot)
    assert set(found.trained_on) == set(frame["energy_density_id"])
    parents = {edge.parent for edge in lake.lineage(found.id, informed=True).parents_of(found.id)}
    assert set(found.trained_on) <= parents
    assert {one["name"]: one["unit"] for one in found.features} == {
        "porosity": "1",
        "binder_adhesion": "1",
        "mass_loading_kilogram_per_square_metre": "kg/m^2",
    }
    assert found.card["data"]["design_count"] == len(found.trained_on) / 2
    assert found.card["data"]["snapshot_id"] == snapshot
    assert (done.promotion.promoted, done.promotion.outcome) == (True, PromotionOutcome.FIRST)
    assert lake.reproduce(found.id).verdict == "bitwise equal"
    assert retrain(lake, TARGET, where="porosity < 0.44", at=snapshot, against="none", **QUICK).surrogate.id == found.id


def test_a_metric_of_transport_is_learned_from_the_recipe(lake):
    """With its standard error as its noise; what does not percolate has no finite tortuosity factor, and is counted."""
    done = retrain(lake, "pore_tortuosity_factor", features=("porosity",), methods=("mean", "gaussian_process"))
    found = done.surrogate
    assert (found.target_unit, found.card["data"]["noise"]) == ("1", "standard uncertainty of each")
    assert all(name.startswith("transport-") for name in found.trained_on)
    closed = "pore_tortuosity_factor = 'Infinity'::DOUBLE"
    counted = lake.sql(f"SELECT count(*) FROM evaluations WHERE {closed}").item()
    assert counted > 0
    assert done.left_out["without a value of pore_tortuosity_factor"] == counted
    predicted = TrainedSurrogate.load(found).predict_rows({"porosity": [0.25, 0.4]})
    assert predicted.means == pytest.approx([2.0, 0.4**-0.5], rel=0.01)


def test_infeasible_designs_are_counted_not_learned(lake):
    """They have no value of the KPI."""
    done = retrain(lake, TARGET, **QUICK)
    infeasible = sum(lake.get(i, Kpi).value is None for i in lake.sql("SELECT id FROM kpis")["id"])
    assert infeasible > 0
    assert dict(done.left_out) == {f"without a value of {TARGET}": infeasible}
    assert done.surrogate.card["data"]["left_out"] == dict(done.left_out)


def test_censored_designs_are_counted_with_the_bias_that_they_leave(lake):
    """Those that are only known to be larger are no values: left out, and said to make predictions too low."""
    fill(lake, 12, seed=5, high=0.4, budget=600.0)
    count = lake.sql("SELECT count(*) FROM kpis WHERE lower_bound = 600").item()
    assert count > 0
    done = retrain(lake, TARGET, where="porosity < 0.4", **QUICK)
    (said,) = [reason for reason in done.left_out if reason.startswith("censored")]
    assert done.left_out[said] == count
    assert "predictions are too low" in said
    assert f"left out: {count} {said}" in str([part.plain for part in retrained_text(done).renderables[:-1]])


def test_retraining_holds_out_designs_that_neither_has_seen(lake):
    """Half of the new ones; the rest is learned. What was held out is learned the next time, and judges no more."""
    first = retrain(lake, TARGET, **QUICK)
    fill(lake, 20, seed=1)
    second = retrain(lake, TARGET, **QUICK)
    assert second.growth == pytest.approx(20 / len(first.surrogate.trained_on))
    held_out = set(second.promotion.held_out)
    assert (len(held_out), second.promotion.design_count) == (10, 10)
    assert held_out == set(second.surrogate.held_out)
    assert not held_out & {*first.surrogate.trained_on, *second.surrogate.trained_on}
    assert set(first.surrogate.trained_on) < set(second.surrogate.trained_on)
    fill(lake, 12, seed=2)
    third = retrain(lake, TARGET, against=second.surrogate.id, **QUICK)
    assert held_out <= set(third.surrogate.trained_on)
    assert not held_out & set(third.promotion.held_out)
    assert lake.reproduce(second.promotion.id).verdict == "bitwise equal"


def test_a_better_surrogate_is_in_use_and_a_worse_one_is_not(lake):
    """What knows the response takes the place of a mean; a mean takes no place."""
    poor = retrain(lake, TARGET, methods=("mean",)).surrogate
    fill(lake, 24, seed=1)
    better = retrain(lake, TARGET, **QUICK)
    assert better.promotion.outcome == PromotionOutcome.BETTER
    assert better.promotion.incumbent_id == poor.id
    fill(lake, 24, seed=2)
    worse = retrain(lake, TARGET, methods=("mean",))
    assert worse.promotion.outcome == PromotionOutcome.NOT_BETTER
    assert surrogate_in_use(lake, TARGET).id == better.surrogate.id
    assert stored_surrogate(lake, TARGET).id == better.surrogate.id
    assert stored_surrogate(lake, worse.surrogate.id[:24]).id == worse.surrogate.id


def test_nothing_is_trained_until_the_history_has_grown(lake):
    """By the share that is asked for."""
    first = retrain(lake, TARGET, if_grown=0.5, **QUICK)
    assert first.growth is None
    fill(lake, 10, seed=1)
    waiting = retrain(lake, TARGET, if_grown=0.5, **QUICK)
    assert waiting.surrogate is None
    assert 0 < waiting.growth < 0.5
    fill(lake, 30, seed=2)
    assert retrain(lake, TARGET, if_grown=0.5, **QUICK).surrogate is not None


def test_what_was_dropped_is_left_out_and_said(lake):
    """Also at a snapshot that held it; if all is gone, it is said how to bring it back."""
    snapshot = lake.snapshot()
    ids = lake.sql("SELECT id FROM kpis WHERE value IS NOT NULL ORDER BY id")["id"].to_list()
    lake.drop(ids[:5], reason="room")
    done = retrain(lake, TARGET, at=snapshot, **QUICK)
    assert done.left_out["of which the data were dropped"] == 5
    assert not set(ids[:5]) & set(done.surrogate.trained_on)
    lake.drop(ids[5:], reason="room")
    with pytest.raises(RetrainingError, match=r"data were dropped.*ragone reproduce"):
        retrain(lake, TARGET, at=snapshot, **QUICK)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"where": "porosity > 0.9"}, "no evaluation fits --where 'porosity > 0.9'"),
        ({"where": "energy_density IS NULL"}, "none of .* can be learned from: .* without a value of energy_density"),
        ({"features": ("porosty",)}, "no column 'porosty': did you mean 'porosity'"),
        ({"target": "energy_densty"}, "no column 'energy_densty': did you mean 'energy_density'"),
        ({"features": ("power_watt",)}, "no observation of energy_density has a value of power_watt"),
    ],
)
def test_a_query_that_finds_nothing_is_refused(lake, given, said):
    """Naming what was asked for."""
    with pytest.raises(RetrainingError, match=said):
        retrain(lake, **{"target": TARGET, **given}, **QUICK)


def test_what_cannot_be_learned_is_a_failed_run_that_says_why(lake):
    """Two definitions of one KPI; one design."""
    fill(lake, 8, seed=5, definition="energy over the volume of the stack")
    with pytest.raises(StageFailedError, match="defined in 2 ways"):
        retrain(lake, TARGET, **QUICK)
    one = lake.sql("SELECT energy_density_id FROM evaluations WHERE energy_density > 0 LIMIT 1")[0, 0]
    with pytest.raises(StageFailedError, match=r"1 observations .* are too few"):
        retrain(lake, TARGET, where=f"energy_density_id = '{one}'", **QUICK, features=("porosity",))


def test_an_exported_surrogate_comes_back_and_a_damaged_one_is_refused(lake, tmp_path):
    """By the name of the file, whichever of the two is cut short, foreign or missing."""
    found = retrain(lake, TARGET, **QUICK).surrogate
    path = export_surrogate(found, tmp_path / "out")
    weights, text = path.with_suffix(".safetensors"), path.read_text()
    again = read_surrogate(path)
    assert again.id == found.id
    row = {"porosity": [0.3], "binder_adhesion": [0.5], "mass_loading_kilogram_per_square_metre": [0.2]}
    assert TrainedSurrogate.load(again).predict_rows(row).means == TrainedSurrogate.load(found).predict_rows(row).means
    whole = weights.read_bytes()
    for content, said in (
        (whole[:-1], "is not the file that energy_density.json belongs to"),
        (None, "there is no file"),
    ):
        weights.unlink() if content is None else weights.write_bytes(content)
        with pytest.raises(SurrogateFileError, match=rf"energy_density.safetensors.*{said}|{said}.*safetensors"):
            read_surrogate(path)
    weights.write_bytes(whole)
    other = json.loads(text)
    for content in (text[:-30], "[1]", json.dumps({**other, "kind": "generator"}), json.dumps({"a": 1})):
        path.write_text(content)
        with pytest.raises(SurrogateFileError, match=r"energy_density\.json"):
            read_surrogate(path)
    foreign = b"PK\x03\x04" * 20  # its own hash beside it, but no weights
    weights.write_bytes(foreign)
    path.write_text(json.dumps({**other, "weights_sha256": hashlib.sha256(foreign).hexdigest()}))
    with pytest.raises(SurrogateFileError, match=r"energy_density\.json and the weights beside it hold no surrogate"):
        read_surrogate(path)
    weights.write_bytes(whole)
    for record in ({**other["record"], "seed": -1}, {"seed": 1}, [], None):
        path.write_text(json.dumps({**other, "record": record}))
        with pytest.raises(SurrogateFileError, match="hold no surrogate"):
            read_surrogate(path)


def test_screening_is_the_same_by_any_number_of_cores(lake):
    """A million is screened in chunks; what is kept is the best of all, near the known optimum."""
    found = retrain(lake, TARGET, **QUICK).surrogate
    few, many = (screen(found, count, top=3) for count in (10, 100_000))
    assert (few.screened, many.screened) == (10, 100_000)
    assert few.columns["prediction"][0] <= many.columns["prediction"][0]
    assert many.columns["porosity"] == pytest.approx([0.32] * 3, abs=0.05)
    assert screen(found, 100_000, top=3).columns == many.columns
    assert screen(found, 1000, top=1, minimise=True).columns["prediction"][0] < few.columns["prediction"][0]
    with pytest.raises(RetrainingError, match="must be 1 or more"):
        screen(found, 0)


def test_another_surrogate_of_the_target_may_be_compared_with_by_id(lake):
    """Or none: then it is promoted as the first."""
    first = retrain(lake, TARGET, **QUICK).surrogate
    fill(lake, 12, seed=1)
    assert retrain(lake, TARGET, against=first.id[:22], **QUICK).promotion.incumbent_id == first.id
    assert retrain(lake, TARGET, against="none", **QUICK).promotion.outcome == PromotionOutcome.FIRST
    assert replace(first, seed=3).id != first.id
