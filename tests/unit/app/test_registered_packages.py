"""What other packages register is listed by the doctor, and what cannot be used is told once, in a line."""

from __future__ import annotations

import sys

import pytest
from registered import register

from ragone.app.commands.doctor import _extensions
from ragone.dataset import Lake

STAGE = """
from ragone import stage
from ragone.schemas import Kpi

@stage("app_lab.same")
def same(kpi: Kpi) -> Kpi:
    return kpi
"""


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A package that works, and one that lacks what it needs."""
    folder = tmp_path / "installed"
    folder.mkdir()
    (folder / "app_lab.py").write_text(STAGE)
    (folder / "lame_lab.py").write_text("import no_such_library\n")
    register(folder, "app_lab", stages={"app_lab.same": "app_lab:same"})
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(folder)
    yield lambda: register(folder, "lame_lab", records={"lame": "lame_lab:Lame"})
    sys.modules.pop("app_lab", None)


def test_the_doctor_lists_what_is_registered(packages, cli):
    """By package; with what cannot be used, which is a finding."""
    assert _extensions() == (True, "app-lab 1.0: app_lab.same")
    packages()
    sys.path[:] = [*sys.path, "/nowhere"]  # as a process that is started after the package was installed
    good, told = _extensions()
    assert not good
    assert told.startswith("app-lab 1.0: app_lab.same; ragone.records 'lame' of lame-lab 1.0 (lame_lab:Lame) cannot be")
    assert "No module named 'no_such_library'" in told


def test_a_broken_package_costs_a_line(packages, cli, tmp_path):
    """A command that meets it answers as ever, and names the package."""
    packages()
    Lake.open(tmp_path / "lake", create=True).close()
    found = cli("query", "SELECT count(*) AS n FROM kpis", "--format", "csv")
    assert (found.code, found.out.split()) == (0, ["n", "0"])
    lines = [line for line in found.err.splitlines() if "lame-lab 1.0" in line]
    assert len(lines) == 1
    assert "no_such_library" in lines[0]


def test_a_lake_of_kinds_that_nobody_knows(packages, cli, tmp_path):
    """Every command names them, and fsck their files."""
    Lake.open(tmp_path / "lake", create=True).close()
    (tmp_path / "lake" / "objects" / "weather").mkdir(parents=True)
    found = cli("query", "SELECT count(*) FROM kpis")
    assert found.code == 0
    assert "no installed package knows these kinds of record of lake: weather" in found.err
