"""Campaigns in which a generator draws: designs outside of its domain are flagged, or simulated and learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import generator_stand_ins
import pytest

from ragone.app.tables.campaigns import as_text, trial_line
from ragone.dataset import Lake
from ragone.flows import Study, StudyError, run_campaign
from ragone.flows.generator import drawer
from ragone.flows.stages import STAGES
from ragone.schemas import Generator, Microstructure, PredictedErrors
from tests.watched import Watched

Make = Callable[..., Study]


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)
    monkeypatch.setitem(STAGES, "stand_in.generate", generator_stand_ins.generate)
    monkeypatch.setitem(STAGES, "manufacture.stand_in", electrode_stand_ins.draw)
    monkeypatch.setattr(drawer, "fine_tune_generator", generator_stand_ins.fine_tune)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture
def study(lake: Lake, example: Any) -> Make:
    """The stand-in study with a generator; keyword arguments are further parameters of the step that draws."""
    generator_id, errors_id = generator_stand_ins.stored(lake, example("generator"))

    def make(budget: int = 4, **parameters: Any) -> Study:
        draw = {"stage": "stand_in.generate", "generator": generator_id, "errors": errors_id, "simulator": "stand_in"}
        measure = {"stage": "stand_in.measure"}
        steps = {"manufacture": {**draw, **parameters}, "characterise": measure}
        return electrode_stand_ins.study(steps=steps, budget={"total": budget})

    return make


def runs(lake: Lake, stage: str = "%") -> int:
    """Completed runs of a stage."""
    found = lake.sql(f"SELECT count(*) AS n FROM runs WHERE outcome = 'completed' AND stage LIKE '{stage}'")
    return int(found["n"].item())


def test_a_design_outside_is_flagged_drawn_and_carries_its_error(lake: Lake, study: Make) -> None:
    """Porosities beyond those of the training are reported, with the command that simulates them."""
    result = run_campaign(lake, study())
    assert {trial.is_extrapolated for trial in result.trials} == {True, False}
    for trial in result.trials:
        assert trial.expected is not None
        assert trial.objective is not None
        assert trial.objective.standard_uncertainty is not None
        assert isinstance(lake.get(trial.expected.predicted_id), PredictedErrors)
        assert trial.expected.predicted_id in lake.lineage(trial.objective.id).ancestors
        if trial.is_extrapolated:
            assert "outside" in trial.expected.statement
            assert trial.expected.proposal.startswith("ragone generator draw --active-material-weight-fraction 0.95")
            assert trial.expected.proposal in as_text(result)
        assert trial_line(trial).endswith("(outside of the generator's domain)") == trial.is_extrapolated
    assert runs(lake, "stand_in.tune") == 0


def test_a_design_outside_is_simulated_and_learned_from(lake: Lake, study: Make) -> None:
    """The simulator's volumes are kept, the generator goes on from them, and no error of it enters that trial."""
    result = run_campaign(lake, study(out_of_distribution="simulate"))
    outside = [trial for trial in result.trials if trial.is_extrapolated]
    assert outside
    generator = lake.get(result.generator_id, Generator)
    assert len(generator.trained_on) == 4 + 2 * len(outside)
    for volume_id in generator.trained_on[4:]:
        assert isinstance(lake.get(volume_id), Microstructure)
    for trial in outside:
        assert trial.expected is not None
        assert trial.expected.simulated
        assert trial_line(trial).endswith(": simulated)")
        assert trial.objective is not None
        assert trial.expected.predicted_id not in lake.lineage(trial.objective.id).ancestors
    assert runs(lake, "stand_in.tune") > 0
    assert "learned from" in as_text(result)


def test_what_was_learned_on_the_way_does_not_change_what_was_defined(lake: Lake, study: Make) -> None:
    """The record holds the study as it was read, with the generator that it began with, and so does one read anew."""
    wanted = study(out_of_distribution="simulate")
    before = wanted.definition()
    result = run_campaign(lake, wanted)
    begun_with = before["steps"]["manufacture"]["inputs"]["generator"]
    assert result.generator_id not in ("", begun_with)
    assert result.campaign.definition == before == study(out_of_distribution="simulate").definition()
    assert result.generator_id not in str(result.campaign.definition)


def test_learning_is_reported_and_does_not_count(lake: Lake, study: Make) -> None:
    """Its steps are shown; the units of the campaign stay those of its designs."""
    watched = Watched()
    run_campaign(lake, study(out_of_distribution="simulate"), watched)
    assert "tuning the stand-in" in watched.texts
    assert watched.units == watched.total > 1


@pytest.mark.parametrize("action", ["flag", "simulate"])
def test_running_again_computes_nothing(lake: Lake, study: Make, action: str) -> None:
    """Predictions, simulations and fine-tuning included; and the study is recorded as it was defined."""
    first = run_campaign(lake, study(out_of_distribution=action))
    before = runs(lake)
    assert run_campaign(lake, study(out_of_distribution=action)).campaign.id == first.campaign.id
    assert runs(lake) == before
    assert first.campaign.definition == study(out_of_distribution=action).definition()


def test_a_campaign_goes_on_with_what_the_generator_learned(lake: Lake, study: Make) -> None:
    """A campaign stopped by a smaller budget is the beginning of the longer one."""
    shorter = run_campaign(lake, study(budget=3, out_of_distribution="simulate"))
    longer = run_campaign(lake, study(budget=5, out_of_distribution="simulate"))
    assert [trial.kpi_ids for trial in longer.trials[:3]] == [trial.kpi_ids for trial in shorter.trials]


def test_errors_of_another_generator_are_refused(lake: Lake, study: Make, example: Any) -> None:
    """With the command that makes the right ones."""
    other = lake.put(example("generator"))
    with pytest.raises(StudyError, match="ragone generator calibrate generator-"):
        run_campaign(lake, study(generator=other))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"out_of_distribution": "hope"}, r"manufacture\.out_of_distribution"),
        ({"simulator": "generator"}, r"manufacture\.simulator"),
        ({"generator": 7}, r"manufacture\.generator"),
        ({"largest_error": 0}, r"manufacture\.largest_error"),
        ({"unheard": 1}, r"manufacture\.unheard"),
    ],
)
def test_mistakes_are_named_by_their_path(study: Make, parameters: dict[str, Any], message: str) -> None:
    """As everywhere in a study."""
    with pytest.raises(StudyError, match=message):
        study(**parameters)
