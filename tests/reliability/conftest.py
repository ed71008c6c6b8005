"""What the reliability tests share: counts shown at the end of the run, and a lake that holds every kind of file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from furnished_lake import furnish
from registered import register

from ragone.schemas import Record

COUNTED = "counted"


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say what was counted; shown when the tests have ended, whether they passed or not."""
    return lambda text: record_property(COUNTED, text)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder; in memory where that is possible: a killed process needs no disk to lose its writes from."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the metadata by which the package of the stages is registered."""
    entries = {"scale": "reliability_stages:scale"}
    return register(tmp_path_factory.mktemp("installed"), "reliability_stages", stages=entries)


@pytest.fixture(autouse=True)
def _trust_the_stages(monkeypatch: pytest.MonkeyPatch, installed: Path) -> None:
    monkeypatch.syspath_prepend(installed)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, installed: Path, example: Callable[..., Record]) -> Path:
    """A lake with a file of every kind, indexed tables among them. Tests work on copies."""
    path = tmp_path_factory.mktemp("furnished") / "lake"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(installed)
        furnish(path, example)
    return path


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was counted."""
    reports = [r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, [])]
    lines = sorted(
        f"{r.nodeid.rpartition('/')[2]}: {text}" for r in reports for n, text in r.user_properties if n == COUNTED
    )
    if lines:
        terminalreporter.section("reliability, counted")
        for line in lines:
            terminalreporter.write_line(line)
