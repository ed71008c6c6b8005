"""Completion of words, in the shells themselves where they are installed, and of the words that only a lake knows."""

from __future__ import annotations

import os
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragone.app.completion.script import SHELLS
from ragone.app.completion.words import WORDS
from ragone.dataset import Lake

PROGRAMS = Path(sys.executable).parent
LIMIT_SECOND = 60


@pytest.fixture
def words(cli, stored):
    """The words that complete one, of a kind, in the lake."""
    return lambda what, begun, *line: cli("__words", what, begun, "ragone", *line).out.split()


def test_ids(words, stored):
    """Ids are shortened, those that begin so; bare digits complete to digits; kinds may be chosen."""
    kpi = stored.ids["kpi"]
    assert sum(word.startswith("kpi-") for word in words("ids", "")) == 3
    assert kpi[:16] in words("ids", "kp")
    assert set(words("ids", "kpi-")) == {stored.ids[name][:16] for name in ("kpi", "kpi 0", "kpi 1", "kpi 2")}
    assert words("ids", kpi[:10]) == [kpi[:16]]
    assert words("ids", kpi[:30]) == [kpi[:30]]
    assert words("ids", kpi[4:14]) == [kpi[4:16]]
    assert {word.partition("-")[0] for word in words("ids:design:recipe", "")} == {"design", "recipe"}
    assert words("ids", "kpi-../") == words("ids", "nothing-") == []


def test_newest_first(words, stored, example):
    """Of many ids the newest are offered."""
    with Lake.open(stored.place) as lake:
        made = [lake.put(example("kpi", value=100.0 + number)) for number in range(30)]
    for number, name in enumerate(made):
        path = stored.place / "objects/kpi" / name[4:6] / f"{name[4:]}.arrow"
        os.utime(path, (2e9 + number, 2e9 + number))
        os.utime(path.parent, (2e9 + number, 2e9 + number))
    assert words("ids:kpi", "")[:3] == [name[:16] for name in made[:-4:-1]]


def test_names(words, stored):
    """Tags stand where ids are expected; saved queries, tables and columns have their own places."""
    with Lake.open(stored.place) as lake:
        lake.annotations.tag(stored.ids["kpi"], "best", "bygone")
        lake.annotations.untag(stored.ids["kpi"], "bygone")
        lake.annotations.save_query("densest", "SELECT 1")
    assert words("ids", "bes") == words("tags", "") == ["best"]
    assert words("queries", "") == ["densest"]
    assert {"kpis", "evaluations", "runs", "tags"} <= set(words("tables", ""))
    assert words("tables", "campaign_") == ["campaign_summary"]
    assert "porosity" in words("columns", "por")
    assert words("columns", "porosity,energy_density_s") == ["porosity,energy_density_standard_uncertainty"]


def test_lake_that_the_line_names(cli, stored, tmp_path, monkeypatch):
    """The lake of --lake, of the environment, or ./lake; a shell may take ``--lake=DIR`` apart."""
    kpi = stored.ids["kpi"][:16]
    monkeypatch.chdir("/")
    asked = ("__words", "ids", kpi[:8], "ragone", "show")
    assert cli(*asked).out == ""
    for given in (("--lake", stored.place), (f"--lake={stored.place}",), ("--lake", "=", stored.place)):
        assert cli(*asked, *given).out.split() == [kpi], given
    monkeypatch.setenv("RAGONE_LAKE", str(stored.place))
    assert cli(*asked).out.split() == [kpi]


def test_nothing_is_written_or_said(cli, stored):
    """Completing leaves every file as it was, tables too; where there is no lake, or a broken one, it is silent."""

    def files():
        return {path: path.stat().st_mtime_ns for path in stored.place.rglob("*")}

    before = files()
    shutil.rmtree(stored.place / "tables")
    without = files()
    for what in ("ids", "tags", "queries", "columns", "tables"):
        assert cli("__words", what, "", "ragone").err == ""
    assert files() == without != before
    answer = cli("__words", "ids", "", "ragone", "--lake", "/nowhere")
    assert (answer.out, answer.err) == ("", "")
    for words in (("__words",), ("__words", "unknown", ""), ("__words", "ids", "")):
        assert cli(*words).err == ""


def test_lake_of_a_stranger(cli, stored, example, tmp_path):
    """What a shell might expand is not offered; no link is followed; a damaged file costs itself."""
    with Lake.open(stored.place) as lake:
        lake.put(example("kpi", name="$(touch x)"))
        lake.annotations.tag(stored.ids["kpi"], "good", "damaged")
    tags = sorted((stored.place / "objects/annotation").rglob("*.arrow"))
    damaged = next(path for path in tags if b"damaged" in path.read_bytes())
    damaged.write_bytes(damaged.read_bytes().replace(b"damaged", b"dam$(x)"))
    assert cli("__words", "tags", "", "ragone").out.split() == ["good"]
    assert "$" not in cli("__words", "columns", "", "ragone").out
    (stored.place / "objects/design").rename(tmp_path / "elsewhere")
    (stored.place / "objects/design").symlink_to(tmp_path / "elsewhere")
    assert cli("__words", "ids", "design-", "ragone").out == ""


def test_words_that_a_shell_might_expand(cli, monkeypatch):
    """Whatever a lake offers, only harmless characters reach a shell; an error says nothing."""
    monkeypatch.setitem(WORDS, "tags", lambda *_: ["good", "$(touch x)", "`x`", "a b", "x;y", "a\nb", "größe"])
    assert cli("__words", "tags", "", "ragone").out.splitlines() == ["good", "größe"]
    monkeypatch.setitem(WORDS, "tags", lambda *_: 1 / 0)
    answer = cli("__words", "tags", "", "ragone")
    assert (answer.out, answer.err) == ("", "")


@pytest.fixture
def script(cli, tmp_path):
    """The file of the script of a shell."""

    def write(shell):
        path = tmp_path / f"completion.{shell}"
        path.write_text(cli("completion", shell).out)
        return path

    return write


@pytest.mark.parametrize("shell", SHELLS)
def test_script(script, shell):
    """The script names commands of one and of two words, options and choices, and asks for the rest."""
    text = script(shell).read_text()
    for word in ("campaigns", "calibrate", "informed", "parquet", "__words ids:cell_parameters"):
        assert word in text, word


def _environment():
    return {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb"}


def _bash(script, line):
    """What bash would offer for the last word of a line."""
    words = shlex.join(line.split(" "))
    program = (
        f"source {script}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
        '_shtab_ragone; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return ["bash", "--norc", "--noprofile", "-c", program]


def _fish(script, line):
    return ["fish", "--no-config", "-c", f"source {script}; complete -C {shlex.quote(line)}"]


@pytest.mark.parametrize(("shell", "asked"), [("bash", _bash), ("fish", _fish)])
def test_in_the_shell(script, stored, shell, asked):
    """Commands, options, choices, ids, tables and files are offered where they belong."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = script(shell)

    def offered(line):
        done = subprocess.run(
            asked(path, line), capture_output=True, text=True, env=_environment(), timeout=LIMIT_SECOND, check=True
        )
        assert done.stderr == ""
        return {one.partition("\t")[0] for one in done.stdout.splitlines()} - {""}

    assert {"campaigns", "cases"} <= offered("ragone ca")
    assert "train" in offered("ragone generator t")
    assert "--informed" in offered("ragone lineage --i")
    assert {"csv", "parquet"} <= offered("ragone query --format ")
    assert offered(f"ragone show kpi-{stored.ids['kpi'][4:12]}") == {stored.ids["kpi"][:16]}
    assert offered("ragone tables campaign_") == {"campaign_summary"}
    assert offered(f"ragone show --png completion.{shell[0]}") == {f"completion.{shell}"}
    assert offered("ragone show zzz-") == set()


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_typed(script, stored, shell, tmp_path):
    """An id is completed by the tabulator, as a user types it."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path, kpi = script(shell), stored.ids["kpi"]
    starts = {
        "bash": ("bash --norc --noprofile -i", f"source {path}"),
        "zsh": ("zsh -f -i", f"autoload -U compinit; compinit -D -u; source {path}; compdef _shtab_ragone ragone"),
        "fish": ("fish --no-config -i", f"source {path}"),
    }
    command, prepared = starts[shell]
    spawned = [sys.executable, "-c", "import pty, sys; pty.spawn(sys.argv[1:])", *command.split()]
    environment = _environment() | {"HOME": str(tmp_path), "COLUMNS": "200"}
    with subprocess.Popen(spawned, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        try:
            _type(process, f"{prepared}; echo rea''dy\n", "ready")
            _type(process, f"ragone show kpi-{kpi[4:10]}\t", kpi[:16])
        finally:
            process.kill()


def _type(process, typed, text):
    """Type something, and read until the terminal shows a text."""
    process.stdin.write(typed.encode())
    process.stdin.flush()
    shown, end = "", time.monotonic() + LIMIT_SECOND
    while text not in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown):
        assert time.monotonic() < end, shown
        if select.select([process.stdout], [], [], 0.1)[0]:
            shown += os.read(process.stdout.fileno(), 65536).decode(errors="replace")
