"""An empty lake, in a folder and in an object store, whose stages fresh processes may import."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from registered import register

from ragone.dataset import Lake, fingerprint
from ragone.schemas import Design, Record


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the metadata by which the packages of the stages are registered."""
    folder = register(tmp_path_factory.mktemp("installed"), "lake_stages", stages={"denser": "lake_stages:denser"})
    return register(folder, "lake_studio", stages={"made": "lake_studio.steps:made"})


@pytest.fixture(autouse=True)
def _trust_the_stages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, installed: Path) -> None:
    monkeypatch.syspath_prepend(installed)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the lake of the test lies."""
    return tmp_path / "lake"


@pytest.fixture
def lake(folder: Path) -> Iterator[Lake]:
    """An empty lake in a folder."""
    with Lake.open(folder, create=True) as opened:
        yield opened


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[str]:
    """The address of a lake in an object store kept in memory."""
    address = f"memory://{tmp_path.name}/lake"
    yield address
    system = fsspec.filesystem("memory")
    if system.exists(f"/{tmp_path.name}"):
        system.rm(f"/{tmp_path.name}", recursive=True)


@pytest.fixture(params=["folder", "object store"])
def any_lake(request: pytest.FixtureRequest, folder: Path, remote: str) -> Iterator[Lake]:
    """An empty lake of either kind."""
    with Lake.open(folder if request.param == "folder" else remote, create=True) as opened:
        yield opened


@pytest.fixture
def design(example: Callable[..., Record]) -> Callable[[float], Design]:
    """A design of a given porosity."""
    return lambda porosity=0.3: example("design", porosity=porosity)


@pytest.fixture
def object_file(folder: Path) -> Callable[[str], Path]:
    """The file of an artifact."""

    def find(artifact_id: str) -> Path:
        kind, _, digits = artifact_id.partition("-")
        return folder / "objects" / kind / digits[:2] / f"{digits}.arrow"

    return find


class Studio:
    """A package of stages whose source the test writes, as a developer would between two runs."""

    def __init__(self, folder: Path) -> None:
        self._package = folder / "lake_studio"
        self._package.mkdir()

    def write(self, **modules: str) -> None:
        """Write modules of the package, `init` being its ``__init__``."""
        for name, source in modules.items():
            (self._package / f"{'__init__' if name == 'init' else name}.py").write_text(textwrap.dedent(source))

    def stage(self, name: str = "steps:made") -> Any:
        """A stage of the package, as a process that is started now would import it."""
        restart()
        module, _, attribute = name.partition(":")
        return getattr(importlib.import_module(f"lake_studio.{module}"), attribute)


def restart() -> None:
    """Forget what this process knows of the code, as a new one would."""
    for name in [n for n in sys.modules if n.partition(".")[0] == "lake_studio"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    for known in vars(fingerprint).values():
        if hasattr(known, "cache_clear"):
            known.cache_clear()


@pytest.fixture
def restarted() -> Iterator[Callable[[], None]]:
    """Forget what this process knows of the code; also when the test ends."""
    yield restart
    restart()


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restarted: Callable[[], None]) -> Studio:
    """A package of stages, written by the test."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(tmp_path)
    made = Studio(tmp_path)
    made.write(
        init='''
            """The package."""
            from lake_studio.helper import halved
            from lake_studio.neighbour import unrelated
            ''',
        helper='''
            """A helper."""
            def halved(porosity):
                """Half of it."""
                return porosity / 2  # exactly
            ''',
        neighbour="def unrelated(): return 1\n",
        steps="""
            from lake_stages import with_porosity
            from lake_studio import halved
            from ragone.schemas import Design, stage

            @stage("made")
            def made(design: Design) -> Design:
                return with_porosity(design, halved(design.porosity))
            """,
    )
    return made
