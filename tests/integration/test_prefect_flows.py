"""Jobs under a real Prefect server: watched, deployed, run by a worker; with the records of a run in-process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
from electrode_stand_ins import told
from filelock import FileLock
from prefect_machine import Machine, free_port, require_once, wait_until

from ragone.dataset import Lake
from ragone.flows import StudyError, TrackingError, run_campaign
from ragone.flows.deploying import Schedule, deployments, register, write_file
from ragone.flows.running.server_access import PASSWORD, speaking_to
from ragone.flows.running.tracking import at_server

pytestmark = pytest.mark.filterwarnings("default")  # Prefect and its dependencies warn about each other

BUDGET = {"initial": 1, "total": 2}


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One server and worker for all tests of a session, whichever process they are in; the last one stops it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "machine"
    users, lock = shared.with_suffix(".json"), FileLock(shared.with_suffix(".lock"))
    with lock:
        known = json.loads(users.read_text()) if users.exists() else {"users": 0}
        if not known["users"]:
            started = Machine.started(shared, free_port())
            known = {"users": 0, "port": started.port, "process": started.pid}
        users.write_text(json.dumps({**known, "users": known["users"] + 1}))
    found = Machine(shared, known["port"], known["process"])
    found.use_password()
    yield found
    with lock:
        known = json.loads(users.read_text())
        users.write_text(json.dumps({**known, "users": known["users"] - 1}))
        if known["users"] == 1:
            Machine(shared, known["port"], known["process"]).interrupt()


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """What the campaign says in-process."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Lake.open(tmp_path_factory.mktemp("alone") / "lake", create=True) as lake,
    ):
        electrode_stand_ins.register(patch)
        return told(run_campaign(lake, electrode_stand_ins.study(budget=BUDGET)))


def test_a_campaign_is_a_flow_run_whose_tasks_are_steps(
    machine: Machine, alone: tuple[object, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its name, its tasks' names and its artifacts hold record ids; runs of the lake name it; nothing is printed."""
    study = electrode_stand_ins.study(budget=BUDGET, executor={"kind": "threads", "workers": 2})
    with Lake.open(tmp_path / "lake", create=True) as lake, at_server(machine.api):
        assert told(run_campaign(lake, study)) == alone
    assert capfd.readouterr() == ("", "")
    with Lake.open(tmp_path / "lake") as lake:
        rows = lake.sql("SELECT flow_run_id, stage FROM runs")
        recipes = lake.sql("SELECT id FROM recipes")["id"].to_list()
        campaign = lake.sql("SELECT id FROM campaigns")["id"].item()
    (flow_run_id,) = set(rows["flow_run_id"].to_list())
    with machine.client() as client:
        flow_run = client.read_flow_run(flow_run_id)
        assert flow_run.name == f"stand-in {campaign[:21]}"
        assert flow_run.state_name == "Completed"
        assert flow_run.parameters == {"lake": str(tmp_path / "lake"), "study": dict(study.content), "until": ""}
        names = _task_names(machine, flow_run_id, 15)
        kinds = [name.partition(" ")[0] for name in names]
        counted = {kind: kinds.count(kind) for kind in kinds}
        assert counted == {"suggest": 2, "draw": 4, "characterise": 4, "simulate": 2, "extract": 2, "conclude": 1}
        assert {name.partition(" ")[2] for name in names if name.startswith("draw")} == {i[:19] for i in recipes}
        artifacts = [a for a in client.read_artifacts() if str(a.flow_run_id) == flow_run_id]
    by_key = {artifact.key: str(artifact.data) for artifact in artifacts}
    assert campaign in by_key["summary"]
    assert campaign in by_key["records"]
    assert str(tmp_path / "lake") in by_key["lake"]


def _task_names(machine: Machine, flow_run_id: str, count: int) -> list[str]:
    """Names of the completed task runs; the server learns of them a moment later."""
    from prefect.client.schemas import filters

    wanted = filters.FlowRunFilter(id=filters.FlowRunFilterId(any_=[flow_run_id]))  # type: ignore[list-item]
    with machine.client() as client:
        found: list[Any] = []

        def arrived() -> bool:
            found[:] = client.read_task_runs(flow_run_filter=wanted)
            return len(found) >= count and all(run.state_name == "Completed" for run in found)

        wait_until(arrived)
        return [run.name for run in found]


def test_a_worker_runs_what_was_deployed(machine: Machine, alone: tuple[object, ...], tmp_path: Path) -> None:
    """The same campaign, nothing twice; a value that the form gives replaces the study's, a wrong one is refused."""
    from prefect.exceptions import PrefectHTTPStatusError

    deployment = machine.deploy(tmp_path / "lake", budget=BUDGET)
    run = machine.start(deployment)
    machine.wait(run, "Completed", "Failed", "Crashed")
    require_once(tmp_path / "lake", str(alone[0]))
    content = electrode_stand_ins.content(budget={**BUDGET, "total": "many"})["study"]
    with machine.client() as client, pytest.raises(PrefectHTTPStatusError, match=r"study.budget.total.*'many'"):
        client.create_flow_run_from_deployment(deployment, parameters={"study": content})


def test_deployments_have_forms_schedules_and_limits(machine: Machine, tmp_path: Path) -> None:
    """The form says what the stages say of their parameters; the schedule keeps to its time zone."""
    study, lake = electrode_stand_ins.study(), str(tmp_path / "lake")
    made = deployments(study, lake, schedule=Schedule("0 6 * * *", "Europe/Berlin"), at_once=1)
    ids = dict(zip((one.full_name for one in made), register(made, machine.api), strict=True))
    with machine.client() as client:
        campaign = client.read_deployment(ids["campaign/stand-in"])
        powers = client.read_deployment(ids["powers/stand-in"])
    form = campaign.parameter_openapi_schema["properties"]["study"]["properties"]
    power = form["steps"]["properties"]["discharge"]["properties"]["power"]
    assert (power["title"], power["type"]) == ("power [W]", "string")
    assert form["space"]["properties"]["recipe.porosity"]["properties"]["low"]["exclusiveMaximum"] == 1
    assert campaign.enforce_parameter_schema
    assert campaign.parameters == {"lake": lake, "study": dict(study.content)}
    assert campaign.global_concurrency_limit is not None
    assert campaign.global_concurrency_limit.limit == 1
    (schedule,) = campaign.schedules
    assert (schedule.schedule.cron, schedule.schedule.timezone, schedule.active) == ("0 6 * * *", "Europe/Berlin", True)
    assert not powers.schedules
    assert set(powers.parameter_openapi_schema["required"]) == {"lake", "study", "candidates", "powers"}


def test_only_failures_of_the_machine_are_tried_again(
    machine: Machine, alone: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is; a study that cannot be read is not."""
    from ragone.flows import deployed
    from ragone.flows.running import deployable
    from ragone.flows.running.jobs import Job

    given = {"lake": str(tmp_path / "lake"), "study": electrode_stand_ins.content(budget=BUDGET)["study"]}
    left, run_plain = [OSError(28, "No space left on device")], Job.run_plain

    def full_at_first(self: Job, *arguments: Any) -> Any:
        if left:
            raise left.pop()
        return run_plain(self, *arguments)

    monkeypatch.setattr(deployable, "_PAUSE_SECOND", 0)
    monkeypatch.setattr(Job, "run_plain", full_at_first)
    with speaking_to(machine.api):
        assert deployed.campaign(**given)[0] == alone[0]
        with pytest.raises(StudyError, match=r"study\.budget\.total"):
            deployed.campaign(**{**given, "study": electrode_stand_ins.content(budget={"total": "many"})["study"]})
    with machine.client() as client:
        runs = sorted(client.read_flow_runs(), key=lambda run: run.created)[-2:]
    assert [(run.state_name, run.run_count) for run in runs] == [("Completed", 2), ("Failed", 1)]


def test_the_file_is_one_that_prefect_takes(tmp_path: Path) -> None:
    """Every entry passes Prefect's own model of `prefect.yaml`, and its entry point is a flow."""
    import yaml
    from prefect.cli.deploy._models import PrefectYamlModel
    from prefect.flows import load_flow_from_entrypoint

    made = deployments(electrode_stand_ins.study(), str(tmp_path / "lake"), schedule=Schedule("0 6 * * 1"), at_once=2)
    write_file(made, tmp_path / "prefect.yaml")
    text = (tmp_path / "prefect.yaml").read_text()
    read = PrefectYamlModel.model_validate(yaml.safe_load(text))
    assert [one.name for one in read.deployments] == [one.name for one in made]
    assert "&id" not in text
    campaign = next(one for one in read.deployments if one.entrypoint == "ragone.flows.deployed.campaign")
    assert [one.cron for one in campaign.schedules or ()] == ["0 6 * * 1"]
    for one in read.deployments:
        flow = load_flow_from_entrypoint(one.entrypoint or "")
        assert set(one.parameters) <= set(flow.parameters.properties)


@pytest.mark.parametrize(
    ("cron", "timezone", "said"),
    [("0 6 * *", "UTC", "five fields"), ("0 6 * * *", "Mars", "time zone 'Mars' is not known")],
)
def test_a_schedule_that_cannot_be_kept_is_refused(cron: str, timezone: str, said: str) -> None:
    """With what was expected."""
    with pytest.raises(StudyError, match=said):
        Schedule(cron, timezone)


def test_a_job_that_lacks_a_parameter_is_not_scheduled(tmp_path: Path) -> None:
    """It would fail every time."""
    with pytest.raises(StudyError, match="'powers' cannot be scheduled: nothing says its candidates"):
        deployments(electrode_stand_ins.study(), str(tmp_path), jobs=["powers"], schedule=Schedule("0 6 * * *"))


def test_a_server_that_does_not_answer_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    """Nothing is started in its place, and the message says how to run without."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        with (
            at_server("http://127.0.0.1:9/api"),
            pytest.raises(TrackingError, match=r"127\.0\.0\.1:9/api does not answer.*unset PREFECT_API_URL"),
        ):
            run_campaign(lake, electrode_stand_ins.study(budget=BUDGET))
        assert lake.sql("SELECT count(*) AS n FROM runs")["n"].item() == 0


def test_a_server_answers_its_own_user_only(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its password nothing is shown or registered; the file that holds it is closed to others."""
    monkeypatch.setenv(PASSWORD, "ragone:guessed")
    with at_server(machine.api), Lake.open(tmp_path / "lake", create=True) as lake:
        with pytest.raises(TrackingError, match=f"asks for a password. Give it in {PASSWORD}"):
            run_campaign(lake, electrode_stand_ins.study(budget=BUDGET))
        assert lake.sql("SELECT count(*) AS n FROM runs")["n"].item() == 0
    with pytest.raises(TrackingError, match="asks for a password"):
        register(deployments(electrode_stand_ins.study(), str(tmp_path / "lake")), machine.api)
    assert (machine.folder / "password").stat().st_mode & 0o077 == 0


def test_prefect_is_not_imported_without_a_server() -> None:
    """Importing the flows leaves it alone, and torch and PyBaMM too."""
    code = "import sys, ragone.flows; print([m for m in ('prefect', 'torch', 'pybamm', 'botorch') if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
