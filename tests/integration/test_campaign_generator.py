"""Campaigns whose cubes a generator draws: blind designs are told, or simulated and learned from."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import generator_stand_ins
import pytest

import flows.generator.foresight
from app.tables.campaigns import shown
from app.terminal.progress import trial_line
from dataset import Lake
from flows import Study, StudyError, run_campaign
from flows.design.cubes import require_simulator
from flows.engines import ENGINES
from schemas import Generator, Kpi, Microstructure, PredictedErrors
from tests.watched import Watched


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("manufacture", "characterise", "cell", "discharge"):
        monkeypatch.setitem(ENGINES[part], "stand_in", None)
    electrode_stand_ins.register()
    monkeypatch.setitem(ENGINES["manufacture"], "generator", generator_stand_ins.generate)
    monkeypatch.setattr(flows.generator.foresight, "fine_tune_generator", generator_stand_ins.fine_tune)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture
def study(lake: Lake, example: Any) -> Any:
    """The stand-in study with a generator; keyword arguments are further parameters of the engine."""
    generator_id, errors_id = generator_stand_ins.stored(lake, example("generator"))

    def make(**parameters: Any) -> Study:
        content = copy.deepcopy(electrode_stand_ins.STUDY)
        named = {"generator": generator_id, "errors": errors_id, "oracle": "stand_in", **parameters}
        content["study"]["stages"]["manufacture"] = {"engine": "generator", "parameters": named}
        return Study.read(content)

    return make


def runs(lake: Lake, stage: str = "%") -> int:
    """Completed runs of a stage."""
    found = lake.sql(f"SELECT count(*) AS n FROM runs WHERE outcome = 'completed' AND stage LIKE '{stage}'")
    return int(found["n"].item())


def test_a_blind_design_is_flagged_drawn_and_carries_its_error(lake: Lake, study: Any) -> None:
    """Porosities beyond those of the training are told, with the command that simulates them."""
    result = run_campaign(lake, study())
    assert {trial.blind for trial in result.trials} == {True, False}
    for trial in result.trials:
        assert trial.foreseen is not None
        assert isinstance(lake.get(trial.foreseen.predicted_id), PredictedErrors)
        assert trial.foreseen.predicted_id in lake.lineage(trial.objective_id).ancestors
        kpi = lake.get(trial.objective_id)
        assert isinstance(kpi, Kpi)
        assert kpi.standard_uncertainty is not None
        if trial.blind:
            assert "outside the envelope" in trial.foreseen.statement
            assert trial.foreseen.proposal.startswith("ragone generate --active-material-weight-fraction 0.95")
            assert trial.foreseen.proposal in shown(result, lake)
        assert trial_line(trial).endswith("(by a blind generator)") == trial.blind
    assert runs(lake, "stand_in.tune") == 0


def test_a_blind_design_is_simulated_and_learned_from(lake: Lake, study: Any) -> None:
    """The oracle's volumes are kept, the generator goes on from them, and no generator's error enters that trial."""
    result = run_campaign(lake, study(when_blind="simulate"))
    blind = [trial for trial in result.trials if trial.blind]
    assert blind
    generator = lake.get(result.generator_id)
    assert isinstance(generator, Generator)
    assert len(generator.trained_on) == 4 + 2 * len(blind)
    for volume_id in generator.trained_on[4:]:
        assert isinstance(lake.get(volume_id), Microstructure)
    for trial in blind:
        assert trial.foreseen is not None
        assert trial.foreseen.simulated
        assert trial.foreseen.predicted_id not in lake.lineage(trial.objective_id).ancestors
        assert "(simulated: " in trial_line(trial)
    assert runs(lake, "stand_in.tune") > 0
    assert "learned from" in shown(result, lake)


def test_learning_is_told_and_does_not_count(lake: Lake, study: Any) -> None:
    """Its steps are shown; the units of the campaign stay those of its designs."""
    watched = Watched()
    run_campaign(lake, study(when_blind="simulate"), watched)
    assert "tuning the stand-in" in watched.texts
    assert watched.units == watched.total > 1


@pytest.mark.parametrize("when_blind", ["flag", "simulate"])
def test_running_again_computes_nothing(lake: Lake, study: Any, when_blind: str) -> None:
    """Predictions, oracle and fine-tuning included."""
    first = run_campaign(lake, study(when_blind=when_blind))
    before = runs(lake)
    assert run_campaign(lake, study(when_blind=when_blind)) == first
    assert runs(lake) == before


def test_a_campaign_goes_on_with_what_the_generator_learned(lake: Lake, study: Any) -> None:
    """A campaign stopped by a smaller budget is the beginning of the longer one."""

    def spend(total: int) -> Any:
        wanted = study(when_blind="simulate")
        return Study(**{**vars(wanted), "budget": type(wanted.budget)(2, total, 1)})

    shorter = run_campaign(lake, spend(3))
    assert run_campaign(lake, spend(5)).trials[:3] == shorter.trials


def test_errors_of_another_generator_are_refused(lake: Lake, study: Any, example: Any) -> None:
    """With the command that makes the right ones."""
    other = lake.put(example("generator"))
    with pytest.raises(StudyError, match="ragone calibrate-generator generator-"):
        run_campaign(lake, study(generator=other))


def test_other_flows_refuse_a_generator(study: Any) -> None:
    """They would lose its errors."""
    with pytest.raises(StudyError, match="only a campaign carries along"):
        require_simulator(study())


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"when_blind": "hope"}, r"manufacture\.parameters\.when_blind"),
        ({"oracle": "generator"}, r"manufacture\.parameters\.oracle"),
        ({"generator": 7}, r"manufacture\.parameters\.generator"),
        ({"largest_error": 0}, r"manufacture\.parameters\.largest_error"),
        ({"unheard": 1}, r"manufacture\.parameters\.unheard"),
    ],
)
def test_mistakes_are_named_by_their_path(study: Any, parameters: dict[str, Any], message: str) -> None:
    """As everywhere in a study."""
    with pytest.raises(StudyError, match=message):
        study(**parameters)
