"""Nothing that lies in the current folder is executed by the interpreters that we start."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import lake_stages as stages
import pytest

import ragone
from ragone.dataset.search_path import interpreter_variables, narrowed, search_path
from ragone.schemas import Verdict

HERE = Path(ragone.__file__).parents[1]
SHADOWED = (
    "json.py",
    "struct.py",
    "ragone/__init__.py",
    "ragone/dataset/worker.py",
    "lake_stages.py",
    "numpy/__init__.py",
)


@pytest.fixture
def handed(tmp_path, monkeypatch):
    """The current folder, full of modules with names of ours and of Python's that leave a mark if executed."""
    folder = tmp_path / "handed"
    for name in SHADOWED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"open({str(tmp_path / 'executed')!r}, 'a').write({name!r})\n")
    monkeypatch.chdir(folder)
    yield folder
    assert not (tmp_path / "executed").exists(), (tmp_path / "executed").read_text()


@pytest.mark.parametrize("entry", ["", ".", "{cwd}", "../handed", "{cwd}/../handed"])
def test_reproduce_in_a_folder_of_modules(lake, design, handed, monkeypatch, entry):
    """However the current folder got onto this process's path, the fresh one does not have it."""
    made = lake.run(stages.grow, design=lake.put(design()), seed=3)
    monkeypatch.setattr(sys, "path", [entry.format(cwd=handed), *sys.path])
    assert lake.reproduce(made.id).verdict is Verdict.BITWISE


@pytest.mark.parametrize("given", ["", ":", ".", "lib:", "/nowhere::./"])
def test_empty_and_relative_entries_of_pythonpath(lake, design, handed, monkeypatch, given):
    """They mean the current folder, and go no further."""
    made = lake.run(stages.grow, design=lake.put(design()), seed=3)
    monkeypatch.setenv("PYTHONPATH", given)
    monkeypatch.setattr(sys, "path", [str(handed), str(handed / "lib"), *sys.path])  # as Python's start makes of them
    assert str(handed / "lib") not in search_path() or "lib" not in given
    assert lake.reproduce(made.id).verdict is Verdict.BITWISE


def test_a_folder_that_was_chosen(tmp_path, monkeypatch):
    """An absolute entry of PYTHONPATH stays, also if it is the current folder; so does Ragone's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(HERE), "relative", f"/a{os.pathsep}b", *sys.path])
    assert str(tmp_path) not in search_path()
    assert str(HERE) in search_path()
    assert all(os.path.isabs(p) and os.pathsep not in p for p in search_path())
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert search_path()[0] == str(tmp_path)
    monkeypatch.chdir(HERE)
    assert str(HERE) in search_path()


def test_the_folder_of_a_script(tmp_path):
    """A script that the user started may have modules beside it, wherever it was started."""
    script = tmp_path / "script.py"
    script.write_text("import json, ragone.dataset.search_path as s\nprint(json.dumps(s.search_path()))\n")
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert str(tmp_path) in done.stdout


def test_narrowed_meanwhile(handed, monkeypatch):
    """What workers are told of the path lacks the current folder; afterwards the path is what it was."""
    monkeypatch.setattr(sys, "path", ["", str(handed), *sys.path])
    before = sys.path[:]
    with narrowed():
        assert sys.path == search_path()
        assert "" not in sys.path
        assert str(handed) not in sys.path
    assert sys.path == before


@pytest.mark.parametrize("words", [("-c", "import json"), ("-m", "json.tool", "--help")])
def test_interpreters_do_not_add_it_themselves(handed, words):
    """The variables are enough for a child that is started with -c or -m."""
    subprocess.run(
        [sys.executable, *words], env={**os.environ, **interpreter_variables()}, capture_output=True, check=True
    )


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("-m", "ragone.app"), "{root}"),
        (("-m", "ragone.app.main"), "{root}"),
        (("-P", "-m", "ragone.app"), "{root}:"),
        (("{ragone}",), ":"),
    ],
)
def test_the_command_line_in_a_folder_of_modules(handed, words, path):
    """`ragone` answers in such a folder, however it is started, and executes none of it."""
    shutil.rmtree(handed / "ragone")  # Python executes what it finds by the name asked for, before any line of ours
    script = handed.parent / "ragone"
    script.write_text(
        f"import sys; sys.path.append({str(HERE)!r}); from ragone.app.main import main; sys.exit(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": path.format(root=HERE)}
    command = [sys.executable, *(word.format(ragone=script) for word in words)]
    command += ["query", "SELECT 1", "--lake", str(handed / "none")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "no lake" in done.stderr) == (2, True), done.stderr
