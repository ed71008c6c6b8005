"""Bad input: one clear message, the right exit code, and a lake that is as it was."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ragone.app.arguments import COMMANDS, GROUPS
from ragone.app.main import main
from ragone.app.terminal.session import module_of

ROOT = Path(__file__).parents[3]


def one_block(text: str) -> bool:
    """Whether a complaint is one block: our name, no traceback, a few lines at most."""
    return text.startswith("ragone: ") and "Traceback" not in text and len(text.strip().splitlines()) <= 2


BAD = {
    "no such id": (["show", "kpi-0123456789ab"], "kpi-0123456789ab"),
    "malformed id": (["show", "k$!"], "not an id"),
    "id of an unknown kind": (["why", "banana-12345678"], "banana"),
    "not a select": (["query", "DELETE FROM kpis"], "one SELECT"),
    "two statements": (["query", "SELECT 1; SELECT 2"], "one SELECT"),
    "unknown table": (["query", "SELECT * FROM kpi"], "did you mean 'kpis'"),
    "unknown column": (["query", "SELECT valu FROM kpis"], "valu"),
    "no sql": (["query", "energy density please"], "ragone"),
    "reads a file": (["query", "SELECT * FROM read_csv('/etc/passwd')"], ""),
    "unknown snapshot": (["query", "SELECT 1", "--at", "snapshot-0123456789"], "snapshot-0123456789"),
    "parquet on the terminal": (["query", "SELECT 1", "--format", "parquet"], "--output"),
    "unknown ending": (["query", "SELECT 1", "--output", "x.xyz"], "--format"),
    "folder is missing": (["query", "SELECT 1", "--output", "nowhere/x.csv"], "nowhere/x.csv"),
    "unknown command": (["querry"], "did you mean 'query'"),
    "unknown command of the generator": (["generator", "darw"], "did you mean 'draw'"),
    "no command of the generator": (["generator"], "ragone generator --help"),
    "unknown option": (["fsck", "--hard"], "--hard"),
    "no command": ([], "command"),
    "drop without a reason": (["drop", "kpi-01234567"], "--reason"),
    "up and down": (["lineage", "kpi-0123", "--up", "--down"], "not allowed"),
    "unknown format": (["query", "SELECT 1", "--format", "parqet"], "did you mean 'parquet'"),
    "missing study": (["run", "nowhere.yaml"], "nowhere.yaml"),
    "missing study of the demo": (["demo", "nowhere.yaml"], "nowhere.yaml"),
}


@pytest.mark.parametrize(("words", "says"), BAD.values(), ids=BAD)
def test_bad_input_is_refused(cli, stored, words, says):
    """Exit code 2, one message on standard error that names what is wrong, nothing on standard output."""
    before = stored.listing()
    answer = cli(*words)
    assert answer.code == 2
    assert one_block(answer.err), answer.err
    assert says in answer.err
    assert answer.out == ""
    assert stored.listing() == before


def test_complaint_as_json(cli, stored):
    """With --json the complaint is an object on standard output too."""
    answer = cli("show", "kpi-0123456789ab", "--json")
    assert answer.code == 2
    assert answer.data["error"]["type"] == "UnknownIdError"


def test_ambiguous_id(cli, stored):
    """An id that fits several artifacts is refused, and they are listed."""
    kpis = sorted(name for name in stored.ids.values() if name.startswith("kpi-"))
    assert len(kpis) == 4
    for shown in (cli("show", "kpi-"), cli("drop", "kpi-", "--reason", "x")):
        assert shown.code == 2
        assert one_block(shown.err)


def test_picture_of_what_has_none(cli, stored, tmp_path):
    """A KPI cannot be drawn."""
    answer = cli("show", stored.ids["kpi"], "--png", tmp_path / "x.png")
    assert answer.code == 2
    assert "has no picture" in answer.err
    assert not (tmp_path / "x.png").exists()


def test_dropping_what_was_given(cli, stored):
    """What nothing could bring back is not dropped."""
    before = stored.listing()
    answer = cli("drop", stored.ids["kpi"], "--reason", "x")
    assert answer.code == 2
    assert "given, not computed" in answer.err
    assert stored.listing() == before


@pytest.mark.parametrize(
    "command", ["query", "show", "lineage", "reproduce", "why", "snapshot", "drop", "fsck", "rebuild"]
)
def test_a_folder_that_is_no_lake(cli, tmp_path, command):
    """A folder without a lake is refused and left as it is."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("hello")
    words = {"query": ["SELECT 1"], "drop": ["kpi-01234567", "--reason", "x"]}
    takes_id = {"show", "lineage", "reproduce", "why"}
    given = words.get(command, ["kpi-01234567"] if command in takes_id else [])
    answer = cli(command, *given, "--lake", tmp_path / "folder")
    assert answer.code == 2
    assert "is not a lake" in answer.err
    assert [p.name for p in (tmp_path / "folder").iterdir()] == ["letter.txt"]


def test_a_lake_of_a_newer_format(cli, stored, monkeypatch):
    """A lake from the future is refused and left alone."""
    monkeypatch.setattr("ragone.dataset.layout.FORMAT_VERSION", 0)
    before = stored.listing()
    answer = cli("query", "SELECT 1")
    assert answer.code == 2
    assert "lake format 1" in answer.err
    assert stored.listing() == before


STUDIES = {
    "misspelled key": ("recipe.porosity:", "recipe.porosty:", "did you mean 'porosity'"),
    "out of bounds": ("recipe.porosity: {low: 0.30", "recipe.porosity: {low: -0.30", "porosity"),
    "percentage": ("recipe.porosity: {low: 0.30, high: 0.45}", "recipe.porosity: {low: 28, high: 45}", "divide by 100"),
    "wrong unit": ("power: 20 W", "power: 20 m", "wrong dimension"),
    "missing unit": ("power: 20 W", "power: 20", "has no unit"),
    "unknown unit": ("power: 20 W", "power: 20 quux", "quux"),
    "not a number": ("power: 20 W", "power: .nan W", "power"),
    "infinite": ("power: 20 W", "power: inf W", "not finite"),
    "no yaml": ("study:", "study: [", "YAML"),
    "unknown KPI": ("kpi: energy_density", "kpi: energy_densty", "did you mean 'energy_density'"),
    "unknown step": ("maximise: true", "maximise: true, from: dischrge", "did you mean 'discharge'"),
    "unknown choice": ("recipe.porosity: {low", "cell.form_factor: {low", "cell.form_factor has no range"),
    "former form": ("recipe.porosity:", "porosity:", "space.porosity is recipe.porosity now"),
}


@pytest.mark.parametrize("command", ["run", "demo"])
@pytest.mark.parametrize(("old", "new", "says"), STUDIES.values(), ids=STUDIES)
def test_bad_study_leaves_nothing(cli, tmp_path, write_study, command, old, new, says):
    """A study that cannot be used is refused before a lake is made."""
    answer = cli(command, write_study(old, new))
    assert answer.code == 2
    assert one_block(answer.err)
    assert says in answer.err
    assert [p.name for p in tmp_path.iterdir()] == ["params.yaml"]


def test_unforeseen_error_is_one_line(cli, stored, monkeypatch, tmp_path):
    """What nobody foresaw is one message, exit code 1, with the trace in a file."""
    monkeypatch.setattr("ragone.dataset.Lake.why", lambda *_: 1 / 0)
    answer = cli("why", stored.ids["kpi"])
    assert answer.code == 1
    assert one_block(answer.err)
    (log,) = (tmp_path / "state" / "ragone").iterdir()
    assert str(log) in answer.err
    assert "ZeroDivisionError" in log.read_text()


def test_ctrl_c_says_what_is_kept(cli, stored, monkeypatch):
    """Stopped by the user: exit code 130, what is kept and how to go on."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ragone.dataset.Lake.inspect", interrupted)
    answer = cli("fsck")
    assert answer.code == 130
    assert "kept in lake" in answer.err
    assert "Traceback" not in answer.err


def test_every_command_is_documented():
    """The page of commands has every command and no other, in the groups and the order of the help."""
    page = (ROOT / "docs" / "COMMANDS.md").read_text(encoding="utf-8")
    titles = [title.lower() for title in re.findall(r"^## (.+)$", page, re.MULTILINE)]
    assert titles == [title.lower() for title in GROUPS]
    assert re.findall(r"^\| `ragone ([a-z-]+(?: [a-z]+)?)", page, re.MULTILINE) == list(COMMANDS)


def test_every_command_can_be_executed():
    """There is a module for each command."""
    for command in COMMANDS:
        assert importlib.import_module(module_of(command)).execute


def test_help_lists_every_command(capsys):
    """`ragone --help` names every command with what it does, under its group, on one line of a narrow terminal."""
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for title, group in GROUPS.items():
        start = lines.index(f"{title}:") + 1
        assert [line.split(maxsplit=len(name.split())) for name, line in zip(group, lines[start:], strict=False)] == [
            [*name.split(), what] for name, what in group.items()
        ]
    assert max(map(len, lines)) <= 80


def test_help_of_the_generator_lists_its_commands(capsys):
    """`ragone generator --help` names the commands below it, and no others."""
    assert main(["generator", "--help"]) == 0
    shown = capsys.readouterr().out
    for name, what in COMMANDS.items():
        assert (what in shown) is name.startswith("generator ")


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["--version"], 0), (["fsck"], 2), (["querry"], 2)])
def test_as_a_process(tmp_path, words, code):
    """The same exit codes from a real process."""
    command = [sys.executable, "-m", "ragone.app.main", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout if code == 0 else done.stderr


def test_a_reader_that_stops_early(tmp_path, stored):
    """A pipe that is closed early, as by `head`, is no error."""
    sql = "SELECT * FROM range(200000)"
    command = f"{sys.executable} -m ragone.app.main query --quiet --format csv '{sql}' | head -n 1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("range\n", "")
