"""Queries end: by themselves, at a limit of time or memory, or when the user has enough of them."""

from __future__ import annotations

import _thread
import os
import signal
import tempfile
import threading
import time
from pathlib import Path

import polars as pl
import pytest

from ragone.dataset import Lake, QueryLimits
from ragone.dataset.errors import NotASelectError, QueryLimitError
from ragone.dataset.limits import left_running, within
from ragone.dataset.query import View, select
from ragone.dataset.tables import Tables
from ragone.schemas import KINDS
from ragone.schemas.errors import BoundsError

ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"
DOUBLING = ", ".join(f"a{n} AS (SELECT * FROM a{n - 1} x, a{n - 1} y)" for n in range(1, 14))
MEGABYTE = 10**6


@pytest.fixture(scope="module")
def library(tmp_path_factory, example):
    """A lake of one design that tests only read."""
    with Lake.open(tmp_path_factory.mktemp("library") / "lake", create=True) as opened:
        opened.put(example("design"))
        yield opened


@pytest.fixture(autouse=True)
def spill(tmp_path, monkeypatch):
    """Where spilled data go; nothing is left there, nor in the current folder, whatever happens."""
    folder = tmp_path / "spill"
    folder.mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert os.listdir(folder) == []
    assert os.listdir(tmp_path / "here") == []


@pytest.mark.parametrize(
    "query",
    [
        ENDLESS,
        "SELECT count(*) FROM range(1000000000000)",
        "SELECT count(*) FROM range(1000000) a(i), range(1000000) b(j) WHERE hash(i, j) = 1",
        "SELECT pg_sleep(1000)",
    ],
)
def test_limit_of_time(library, query):
    """A query without end is stopped, and the message says how long it was let, and how to allow more."""
    with pytest.raises(QueryLimitError, match=r"stopped after 0\.3 s, its limit of time.*--timeout"):
        library.sql(query, limits=QueryLimits(timeout_second=0.3))
    assert not left_running()
    assert library.sql("SELECT 1").item() == 1


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("SELECT * FROM range(1000000) a(i), range(1000) b(j)", "the answer of the query"),
        ("SELECT repeat('x', 100000) FROM range(1000000)", "the .*query"),
        ("SELECT length(list(repeat('x', 1000) || i)) FROM range(20000000) t(i)", "the query"),
    ],
)
def test_limit_of_memory(library, query, what):
    """Neither the work nor the answer grows without end; the message says which, and how to allow more."""
    with pytest.raises(QueryLimitError, match=rf"{what} needs more than 50 MB, half of its limit.*--memory '400 MB'"):
        library.sql(query, limits=QueryLimits(memory_byte=100 * MEGABYTE))
    assert not left_running()


def test_work_beyond_its_memory_is_spilled(library):
    """A sort that does not fit goes by way of a temporary folder, and its answer is right."""
    last = "SELECT i FROM (SELECT i, hash(i) h FROM range(4000000) t(i) ORDER BY h) OFFSET 3999999"
    assert library.sql(last, limits=QueryLimits(memory_byte=120 * MEGABYTE)).height == 1


def test_spilling_is_bounded_too(library):
    """What does not fit into as much disk as memory ends as well."""
    last = "SELECT s FROM (SELECT repeat('x', 500) || hash(i) s FROM range(3000000) t(i) ORDER BY s) OFFSET 2999999"
    with pytest.raises(QueryLimitError, match="limit of memory"):
        library.sql(last, limits=QueryLimits(memory_byte=120 * MEGABYTE))


def test_nobody_reads_what_lies_beside(library, spill):
    """A query reaches its own folder at most."""
    (spill / "secret.csv").write_text("a\n1\n")
    for path in (f"{spill}/*", f"{spill}/secret.csv"):
        for function in ("read_csv", "read_text", "glob"):
            with pytest.raises(NotASelectError, match="cannot be answered"):
                library.sql(f"SELECT * FROM {function}('{path}')")
    (spill / "secret.csv").unlink()


# An interrupt may fall between psutil's opening of a file of /proc and its closing, which Python then tells.
@pytest.mark.filterwarnings("ignore:.*/proc/:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("query", [ENDLESS, "SELECT pg_sleep(1000)"])
def test_interrupted_by_the_user(library, query):
    """Ctrl-C is heard while DuckDB works, and ends its work."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts us may have it ignored
    try:
        threading.Timer(0.5, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            library.sql(query)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not left_running()


def test_names_that_multiply(library):
    """A query that DuckDB needs for ever to understand ends as well; so does its thread, once it has understood."""
    query = f"WITH a0 AS (SELECT 1 AS n), {DOUBLING} SELECT count(*) FROM a13"
    with pytest.raises(QueryLimitError, match="limit of time"):
        library.sql(query, limits=QueryLimits(timeout_second=0.05))
    while left_running():
        time.sleep(0.01)


def test_work_that_cannot_be_interrupted():
    """Its caller goes on; that it still runs is known until it ends."""
    end = threading.Event()
    with pytest.raises(QueryLimitError, match="limit of time"):
        within(QueryLimits(0.05, MEGABYTE), lambda: end.wait(30), lambda: None)
    assert left_running()
    end.set()
    while left_running():
        time.sleep(0.01)


def test_errors_of_the_work_are_the_callers():
    """As they were raised."""
    with pytest.raises(ZeroDivisionError):
        within(QueryLimits().settled(), lambda: 1 // 0, lambda: None)
    assert within(QueryLimits().settled(), lambda: 7, lambda: None) == 7


@pytest.mark.parametrize("given", [{"timeout_second": 0}, {"timeout_second": -1.0}, {"memory_byte": 0}])
def test_limits_are_positive(given):
    """Nothing can be answered in no time or no memory."""
    with pytest.raises(BoundsError, match="outside"):
        QueryLimits(**given)


def test_default_memory():
    """A share of what is free, and never less than what a small query needs."""
    assert QueryLimits().settled().memory_byte >= 256 * 2**20
    assert QueryLimits(memory_byte=5).settled().memory_byte == 5


@pytest.mark.parametrize(
    ("query", "message"),
    [("UPDATE EXTENSIONS", "must be one SELECT"), ("SELECT INTERVAL 1 MONTH AS m", "interval.*Cast it")],
)
def test_what_duckdb_does_not_hand_on(library, query, message):
    """Statements and types that its Python side does not know are refused like others."""
    with pytest.raises(NotASelectError, match=message):
        library.sql(query)


def test_hidden_rows_stay_hidden(library):
    """At a snapshot no name leads to the rows that it does not hold."""
    taken = library.snapshot()
    views = library.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal AND 'designs' <> ''", at=taken)
    for name in views["view_name"]:
        if name.startswith("hidden"):
            with pytest.raises(NotASelectError, match="no table"):
                library.sql(f"SELECT * FROM {name}", at=taken)
    assert Path(library.where).is_dir()


def test_view_that_takes_too_long(library):
    """A view is made within the time of the query that names it; one that the query does not name is not made."""
    let_go = threading.Event()

    def rows():
        let_go.wait(60)
        return pl.DataFrame({"x": [1]})

    slow = View(rows, lambda: pl.DataFrame({"x": [1]}).clear(), "", lambda name: ("", ""))
    tables = Tables(Path(library.where) / "tables", KINDS)
    with pytest.raises(QueryLimitError, match="its limit of time"):
        select(tables, "SELECT x FROM slow", limits=QueryLimits(timeout_second=0.3), views={"slow": slow})
    assert left_running()
    assert select(tables, "SELECT 1 AS one", views={"slow": slow}).item() == 1
    let_go.set()
    assert select(tables, "SELECT x FROM slow", views={"slow": slow}).item() == 1


def test_time_of_a_view_counts(library):
    """A query has the time that the making of its views leaves."""

    def rows():
        time.sleep(0.4)
        return pl.DataFrame({"x": [1]})

    slow = View(rows, rows, "", lambda name: ("", ""))
    tables = Tables(Path(library.where) / "tables", KINDS)
    with pytest.raises(QueryLimitError, match=r"stopped after 0\.5 s"):
        select(tables, f"{ENDLESS}, slow", limits=QueryLimits(timeout_second=0.5), views={"slow": slow})
