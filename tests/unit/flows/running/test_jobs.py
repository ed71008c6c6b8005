"""Jobs: functions whose parameters a server sees as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ragone.flows
from ragone.dataset import Lake
from ragone.flows import FidelityPlan, GeneratorPlan, Plan, Study, StudyError
from ragone.flows.deploying import Schedule, deployments
from ragone.flows.running.forms import form_of
from ragone.flows.running.jobs import JOBS, Job
from ragone.flows.running.plain_values import read_plain, to_plain
from ragone.flows.running.progress import Silent
from ragone.models.generator.shipped import PLAN
from ragone.schemas import Candidate, Recipe

PARAMS = Path(__file__).parents[4] / "params.yaml"


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def test_every_study_like_function_is_a_job() -> None:
    """Under the names that deployments have."""
    assert ragone.flows.__all__
    assert set(JOBS) == {
        "bruggeman",
        "campaign",
        "cases",
        "fidelity",
        "fidelity-to-volumes",
        "generator-calibration",
        "generator-training",
        "powers",
        "representativity",
        "representativity-of-recipe",
        "representativity-of-volume",
        "surrogate-training",
    }


@pytest.mark.parametrize("name", sorted(JOBS))
def test_parameters_are_plain_and_described(name: str) -> None:
    """The lake first, keywords of plain types whose defaults are JSON; progress and callables stay in the process."""
    parameters = JOBS[name].signature.parameters
    assert next(iter(parameters)) == "lake"
    assert not {"progress", "finished"} & set(parameters)
    defaults = {n: p.default for n, p in parameters.items() if p.default is not p.empty}
    assert json.loads(json.dumps(defaults)) == defaults
    form = form_of(JOBS[name], {}, {})
    assert list(form["properties"]) == list(parameters)
    assert set(form["required"]) == set(parameters) - set(defaults)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (Plan, Plan(edges=(16, 32), target=0.02)),
        (GeneratorPlan, GeneratorPlan.load(PLAN)),
        (FidelityPlan, FidelityPlan(seeds=3)),
        (Plan | None, None),
        (tuple[float, ...], (1.0, 2.0)),
        (Path, Path("params")),
    ],
)
def test_plain_values_lead_back_to_what_they_were_made_of(lake: Lake, hint: Any, value: Any) -> None:
    """Also after they were JSON."""
    assert _plain(read_plain(hint, json.loads(json.dumps(to_plain(value))), "value", lake)) == _plain(value)


def _plain(value: Any) -> Any:
    return to_plain(value), type(value)


def test_a_study_is_the_content_of_its_file(lake: Lake) -> None:
    """With what was changed in it."""
    study = Study.load(PARAMS, ["budget.total=7"])
    again = read_plain(Study, json.loads(json.dumps(study.to_plain())), "study", lake)
    assert again == study
    assert again.budget.total == 7


def test_a_record_is_its_id(lake: Lake) -> None:
    """Ids travel; a record of another kind is refused."""
    recipe_id = lake.put(Recipe(active_material_weight_fraction=0.95, porosity=0.3))
    recipe = lake.get(recipe_id, Recipe)
    assert to_plain(recipe) == recipe_id
    assert read_plain(Recipe, recipe_id, "recipe", lake).id == recipe_id
    with pytest.raises(Exception, match="is a recipe, not a candidate"):
        read_plain(Candidate, recipe_id, "candidate", lake)


@pytest.mark.parametrize(
    ("hint", "given", "said"),
    [
        (int, "3", r"edge = '3' must be of type int"),
        (float, True, r"edge = True must be of type float"),
        (Plan, {"edge": 3}, r"edge\.edge is not known"),
        (tuple[int, ...], [1, "x"], r"edge\[2\] = 'x'"),
        (GeneratorPlan, {"name": "x"}, r"edge is not complete"),
    ],
)
def test_what_cannot_be_read_is_named(lake: Lake, hint: Any, given: Any, said: str) -> None:
    """By the parameter and its place."""
    with pytest.raises(StudyError, match=said):
        read_plain(hint, given, "edge", lake)


def test_a_job_is_called_with_what_a_server_gave(tmp_path: Path) -> None:
    """The lake is made at its address, the progress handed over."""
    asked: list[Any] = []

    def count(lake: Lake, edges: tuple[int, ...], progress: Any = None, *, share: float = 0.5) -> None:
        asked.extend((lake.where, edges, progress, share))

    progress = Silent()
    Job("count", count).run_plain({"lake": str(tmp_path / "new"), "edges": [1, 2]}, progress)
    assert asked == [str(tmp_path / "new"), (1, 2), progress, 0.5]


def test_retraining_can_be_scheduled_for_what_a_study_maximises() -> None:
    """Each time the history has grown by a fifth."""
    study = Study.load(Path(__file__).parents[4] / "params.yaml")
    (made,) = deployments(study, "lake", jobs=["surrogate-training"], schedule=Schedule("0 6 * * *"))
    assert (made.parameters["target"], made.parameters["if_grown"]) == ("energy_density", 0.2)
    assert made.schedule == Schedule("0 6 * * *")
    assert (made.entry()["entrypoint"], made.entry()["description"]) == (
        "ragone.flows.deployed.surrogate_training",
        "Train a surrogate of a KPI, or of a metric of transport, on the evaluations that a query finds.",
    )
