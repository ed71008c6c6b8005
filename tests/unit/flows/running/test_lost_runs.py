"""What becomes of flow runs whose process is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from ragone.flows.running.lost_runs import resume_lost

pytestmark = pytest.mark.filterwarnings("default")  # Prefect and its dependencies warn about each other

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Server:
    """Stands for the client of a server with one flow run; keeps the state that it is given."""

    def __init__(self, kind: str, *, since: datetime = LONG_AGO, run_count: int = 1, message: str = "") -> None:
        from prefect.client.schemas.objects import StateType
        from prefect.states import State

        state = State(type=StateType[kind], timestamp=since, message=message)
        self.run = SimpleNamespace(id=uuid4(), state=state, run_count=run_count)
        self.given: list[Any] = []

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def read_flow_runs(self, **filters: Any) -> list[Any]:
        """The one run."""
        return [self.run]

    def set_flow_run_state(self, run_id: Any, state: Any, *, force: bool) -> None:
        """Remember it."""
        self.given.append((run_id, state.name, force))


def given(server: Server, monkeypatch: pytest.MonkeyPatch, *, at_once: bool = False, alive: bool = False) -> list[str]:
    """The states that the run is given."""
    monkeypatch.setattr("prefect.client.orchestration.get_client", lambda **_: server)
    processes = {str(server.run.id)} if alive else set()
    resume_lost("http://127.0.0.1:9/api", "ragone", processes, at_once=at_once, at_most=3)
    assert all(run_id == server.run.id and force for run_id, _, force in server.given)
    return [name for _, name, _ in server.given]


@pytest.mark.parametrize("kind", ["RUNNING", "PENDING", "CRASHED"])
def test_a_lost_run_goes_on(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is scheduled anew."""
    assert given(Server(kind), monkeypatch) == ["AwaitingRetry"]


def test_a_run_with_a_process_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its state."""
    assert given(Server("RUNNING"), monkeypatch, at_once=True, alive=True) == []


def test_a_run_whose_process_may_be_starting_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless no worker is left that could start it."""
    now = datetime.now(UTC) - timedelta(seconds=1)
    assert given(Server("PENDING", since=now), monkeypatch) == []
    assert given(Server("PENDING", since=now), monkeypatch, at_once=True) == ["AwaitingRetry"]


def test_a_run_that_is_lost_too_often_stays_crashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said once, and then left alone."""
    server = Server("RUNNING", run_count=3)
    assert given(server, monkeypatch) == ["Crashed"]
    said = Server(
        "CRASHED", run_count=3, message="Its process was lost too often. What was stored is kept; start it again."
    )
    assert given(said, monkeypatch) == []


def test_a_lost_run_that_was_being_cancelled_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not go on."""
    assert given(Server("CANCELLING"), monkeypatch) == ["Cancelled"]


def test_a_server_that_does_not_answer_is_asked_later() -> None:
    """Nothing is raised."""
    resume_lost("http://127.0.0.1:9/api", "ragone", set(), at_once=True, at_most=3)
