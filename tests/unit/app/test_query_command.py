"""What `ragone query` hands out and when it stops; and that no command shows what a terminal would obey."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragone.dataset import Lake

ROOT = Path(__file__).parents[3]
ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"
START = """import signal, sys
from ragone.app.main import main
signal.signal(2, signal.default_int_handler)
sys.exit(main())
"""
OBEYED = "\x1b]0;title\x07\x1b[2J\x1b[31m\x9b31m\u202egnp.exe\r\nfake line\x08\x7f\u2028\u2066"
UNCANNY = set(OBEYED) - set("]0;title[2J31mgnp.exe\nfake line")


def process(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The command line as a process that hears Ctrl-C, whatever started these tests."""
    environment = {**os.environ, "TMPDIR": str(folder)}
    command = [sys.executable, "-P", "-c", START, *words]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def spilling(folder: Path) -> bool:
    """Whether a query is being answered."""
    return any(path.name.startswith("ragone-query-") for path in folder.iterdir())


@pytest.mark.parametrize(
    "query", [ENDLESS, "SELECT levenshtein(repeat('a', 300000), repeat('b', 300000))"], ids=["endless", "one call"]
)
def test_ctrl_c(tmp_path, stored, query):
    """Exit code 130 and no trace; also where DuckDB cannot be interrupted."""
    running = process(tmp_path, "query", query)
    while not spilling(tmp_path):
        assert running.poll() is None
        time.sleep(0.05)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert "Stopped." in err
    assert "Traceback" not in err
    assert not spilling(tmp_path)


def test_a_call_that_nothing_interrupts(tmp_path, stored):
    """It ends with its command, at the limit of time."""
    running = process(tmp_path, "query", "SELECT levenshtein(repeat('a', 300000), repeat('b', 300000))", "--timeout=1")
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (2, "")
    assert "limit of time" in err
    assert "leaked" not in err


@pytest.mark.parametrize("given", [("--timeout", "0.2"), ("--timeout", "200ms"), ("--timeout", "200 ms")])
def test_limit_of_time(cli, stored, given):
    """With or without its unit; the message says how to allow more."""
    answer = cli("query", ENDLESS, *given)
    assert answer.code == 2
    assert "stopped after 0.2 s" in answer.err
    assert "--timeout" in answer.err


@pytest.mark.parametrize("given", ["100MB", "100 MB", "0.1 GB"])
def test_limit_of_memory(cli, stored, given):
    """An answer that does not end is refused, with the limit and how to allow more."""
    answer = cli("query", "SELECT * FROM range(1000000000)", "--memory", given, "--json")
    assert answer.code == 2
    assert answer.data["error"]["type"] == "QueryLimitError"
    assert "more than 50 MB" in answer.err
    assert "--memory '400 MB'" in answer.err


@pytest.mark.parametrize("given", [("--timeout", "soon"), ("--timeout", "0"), ("--memory", "5 s"), ("--memory", "12")])
def test_limits_that_are_none(cli, stored, given):
    """Are refused by their option's name."""
    answer = cli("query", "SELECT 1", *given)
    assert answer.code == 2
    assert given[0] in answer.err


def test_many_rows_are_no_table(cli, stored):
    """The first thousand are shown, and what to do for the others is said in the answer itself."""
    lines = cli("query", "SELECT * FROM range(1500)", "--quiet").out.splitlines()
    assert len(lines) == 1002
    assert "500 more rows" in lines[-1]
    assert "--format csv" in lines[-1]


def test_json_of_no_and_of_many_rows(cli, stored):
    """Is one list, however it was written."""
    assert cli("query", "SELECT 1 AS n WHERE false", "--json").data == []
    rows = cli("query", "SELECT range AS n FROM range(25000)", "--json").data
    assert [row["n"] for row in rows] == list(range(25000))


@pytest.mark.parametrize("into", [False, True])
def test_csv_of_everything(cli, stored, tmp_path, into):
    """Lists, structures, bytes and texts that spreadsheets compute are cells; on the terminal as in a file."""
    sql = (
        "SELECT [1, 2] AS list, {'a': '=1'} AS struct, 'ab'::blob AS bytes, '=1+1' AS \"=x\", -1.5::double AS n, 'é' t"
    )
    path = tmp_path / "answer.csv"
    answer = cli("query", sql, "--format", "csv", *(["--output", path] if into else []))
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8") if into else answer.out)))
    assert rows == [
        ["list", "struct", "bytes", "'=x", "n", "t"],
        ["[1, 2]", '{"a": "=1"}', "6162", "'=1+1", "-1.5", "é"],
    ]


@pytest.fixture
def hostile(stored, example):
    """The small lake, with texts in it that a terminal would obey."""
    with Lake.open(stored.place) as lake:
        ids = [
            lake.put(example("kpi", definition=OBEYED, method=OBEYED, value=7.0), note=OBEYED),
            lake.put(example("snapshot", name=OBEYED), note=OBEYED),
            lake.put(example("verification", error=OBEYED, environment_changed=(OBEYED,)), note=OBEYED),
        ]
        lake.drop([stored.ids["microstructure"]], reason=OBEYED)
        return [*ids, *lake.sql("SELECT id FROM runs")["id"]]


def test_nothing_obeyed_reaches_the_terminal(cli, stored, hostile):
    """Whatever lies in a lake, every command that tells of it writes characters to be seen."""
    asked = [["fsck"], ["rebuild"], ["snapshot", OBEYED], ["query", "SELECT * FROM runs"], ["kpis", hostile[0]]]
    asked += [["query", f"SELECT * FROM {table}", "--format", "csv"] for table in ("runs", "snapshots", "kpis")]
    asked += [[command, name] for name in hostile for command in ("show", "why", "lineage")]
    asked += [["query", "SELECT note FROM runs", "--output", f"{OBEYED}.csv"], ["reproduce", hostile[0]]]
    for words in asked:
        answer = cli(*words)
        assert not UNCANNY & set(answer.out + answer.err), words
        assert "\nfake line" not in answer.out + answer.err, words
    assert OBEYED in {row["note"] for row in cli("query", "SELECT note FROM runs", "--json").data}


@pytest.mark.parametrize(
    "words",
    [
        ("import", f"{OBEYED}.tif", "--voxel-size", "1 um", "--phases", "0=pore"),
        ("import", "x.tif", "--voxel-size", f"1{OBEYED} um", "--phases", f"0={OBEYED}"),
        ("import-measurement", f"{OBEYED}.csv"),
        ("query", f"SELECT {OBEYED} FROM x"),
        ("query", f'SELECT * FROM "{OBEYED}"'),
        ("show", f"kpi-{OBEYED}"),
        ("show", "a", "b", OBEYED),
        (OBEYED,),
        ("query", "SELECT 1", "--lake", OBEYED),
        ("run", f"{OBEYED}.yaml"),
    ],
    ids=str,
)
def test_complaints(cli, stored, words):
    """File names, ids, queries and options come back as characters to be seen."""
    answer = cli(*words)
    assert answer.code == 2
    assert not UNCANNY & set(answer.out + answer.err)


def test_libraries_that_write(cli, stored, monkeypatch):
    """What a library prints, logs or warns of while a command runs is guarded as well."""

    def loud(session):
        print(OBEYED)
        print(OBEYED, file=sys.stderr)
        raise RuntimeError(OBEYED)

    monkeypatch.setattr("ragone.app.commands.fsck.execute", loud)
    answer = cli("fsck")
    assert answer.code == 1
    assert "\\x1b" in answer.out
    assert not UNCANNY & set(answer.out + answer.err)


def test_columns_that_are_chosen(cli, stored, tmp_path):
    """Only these are answered, in this order, on the terminal and in files; the nearest name is suggested."""
    assert cli("query", "SELECT * FROM kpis", "--columns", "unit, name", "--json").data[0] == {
        "unit": "W.h/L",
        "name": "energy_density",
    }
    cli("query", "SELECT * FROM kpis", "--columns", "value", "--output", tmp_path / "v.csv")
    assert (tmp_path / "v.csv").read_text("utf-8").splitlines()[0] == "value"
    answer = cli("query", "SELECT * FROM kpis", "--columns", "vale")
    assert answer.code == 2
    assert "no column 'vale': did you mean 'value'" in answer.err


def test_wide_answers(cli, stored, monkeypatch):
    """What does not fit is said in the answer, with how to see it; in a pipe nothing is left out."""
    monkeypatch.setenv("COLUMNS", "80")
    wide = "SELECT kpis.*, range FROM kpis, range(20)"
    out = cli("query", wide).out.splitlines()
    assert out[-1].startswith("too wide, left out:")
    assert "method" in out[-1]
    assert "--columns a,b" in out[-1]
    assert max(map(len, out[:-1])) <= 80
    assert cli("query", wide, "--records").out.count("trapezoidal rule") == 80
    monkeypatch.delenv("COLUMNS")
    assert cli("query", wide).out.count("trapezoidal rule") == 80


def test_durations_of_runs(cli, stored):
    """A difference of moments, and its mean, is a duration: seconds in JSON."""
    sql = "SELECT avg(ended - started) AS mean, max(epoch(ended - started)) AS seconds FROM runs"
    row = cli("query", sql, "--json").data[0]
    assert 0 < row["mean"] <= row["seconds"]
    assert cli("query", sql).out.splitlines()[1].split()[1] in ("s", "ms")
