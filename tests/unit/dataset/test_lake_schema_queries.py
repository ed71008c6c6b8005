"""Asking a lake what it holds, of the present and at a snapshot: SHOW, DESCRIBE, SUMMARIZE; and durations."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest

from ragone.dataset import Lake
from ragone.dataset.errors import NotASelectError
from ragone.dataset.evaluations import VIEWS
from ragone.dataset.lives import VIEW as LIVES
from ragone.dataset.tables import Tables
from ragone.schemas import KINDS

EVERY = {"artifacts", "lineage", "runs"}


@pytest.fixture(scope="module")
def library(tmp_path_factory, example):
    """A lake of a design, and of another one since its snapshot, that tests only read."""
    with Lake.open(tmp_path_factory.mktemp("library") / "lake", create=True) as opened:
        opened.put(example("design"))
        opened.snapshot("before")
        opened.put(example("design", porosity=0.5))
        yield opened


@pytest.fixture(scope="module")
def names(library):
    """The names of all tables."""
    found = set(Tables(library.where, KINDS).schemas)
    assert found > EVERY
    return found


@pytest.fixture(scope="module", params=["present", "snapshot"])
def ask(library, request):
    """Ask of the present, or at the snapshot."""
    at = None if request.param == "present" else library.sql("SELECT id FROM snapshots").item()
    return lambda query: library.sql(query, at=at)


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("SHOW TABLES", "name"),
        ("show all tables", "name"),
        ("DESCRIBE", "name"),
        ("FROM (SHOW TABLES)", "name"),
        ("SELECT table_name FROM information_schema.tables", "table_name"),
        ("SELECT DISTINCT table_name FROM information_schema.columns", "table_name"),
        ("SELECT table_name FROM information_schema.tables WHERE 'designs' <> 'kpis'", "table_name"),
        ("SELECT view_name FROM duckdb_views() WHERE NOT internal", "view_name"),
        ("SELECT name FROM sqlite_master", "name"),
    ],
)
def test_names_of_tables(ask, names, query, column):
    """Every table and view is listed, once, and nothing besides."""
    listed = ask(query)[column].to_list()
    assert sorted(listed) == sorted([*names, *VIEWS, LIVES, "notes", "queries", "tags"])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT column_name FROM (DESCRIBE designs)",
        "SELECT column_name FROM (DESCRIBE SELECT * FROM designs)",
        "SELECT column_name FROM (SUMMARIZE designs)",
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'designs' ORDER BY ordinal_position",
        "SELECT name AS column_name FROM pragma_table_info('designs')",
    ],
)
def test_columns_of_a_table(ask, library, query):
    """They are those that a query of the table answers with, in the same order."""
    assert ask(query)["column_name"].to_list() == library.sql("SELECT * FROM designs").columns


def test_columns_of_a_query(ask):
    """DESCRIBE says names and types of an answer without computing it."""
    found = ask("DESCRIBE SELECT porosity, count(*) AS n FROM designs GROUP BY 1")
    assert list(zip(found["column_name"], found["column_type"], strict=True)) == [
        ("porosity", "DOUBLE"),
        ("n", "BIGINT"),
    ]


def test_listing_changes_no_rows(ask, library):
    """A table that is named beside a listing has its rows, as they are at that moment."""
    gc.collect()
    count = ask("SELECT count(*) FROM designs").item()
    assert ask("SELECT count(*) FROM designs WHERE 'runs' IN (FROM (SHOW TABLES))").item() == count
    assert ask("SELECT count FROM (SUMMARIZE designs) WHERE column_name = 'porosity'").item() == count
    assert library.sql("SELECT count(*) FROM designs").item() == 2


def test_rows_at_the_snapshot(library):
    """A summary at a snapshot is of the rows of then."""
    taken = library.sql("SELECT id FROM snapshots").item()
    assert library.sql("SELECT count FROM (SUMMARIZE designs) LIMIT 1", at=taken).item() == 1


def test_unknown_table(ask):
    """A table that is not there is named, with the nearest."""
    with pytest.raises(NotASelectError, match="no table 'desings': did you mean 'designs'"):
        ask("DESCRIBE desings")


@pytest.mark.parametrize("query", ["SHOW TABLES; DROP VIEW designs", "PRAGMA show_tables", "EXPLAIN SELECT 1"])
def test_nothing_but_answers(ask, query):
    """What is no SELECT to DuckDB stays refused."""
    with pytest.raises(NotASelectError, match="must be one SELECT"):
        ask(query)


def test_intervals_are_durations(library):
    """Days and parts of a second count, nulls stay, in every batch of a long answer."""
    found = library.sql(
        "SELECT INTERVAL 1 DAY + INTERVAL '2.5' SECOND AS d UNION ALL SELECT NULL ORDER BY d NULLS LAST"
    )
    assert found["d"].to_list() == [timedelta(days=1, seconds=2.5), None]
    long = library.sql("SELECT INTERVAL (i) SECOND AS d FROM range(25000) t(i)")
    assert long["d"].dt.total_seconds().to_list() == list(range(25000))
    assert library.sql("SELECT INTERVAL 1 DAY AS d WHERE false").height == 0


@pytest.mark.parametrize(
    "value", ["INTERVAL 1 MONTH", "[INTERVAL 1 DAY]", "{'a': INTERVAL 1 DAY}", "MAP {1: INTERVAL 1 DAY}"]
)
def test_intervals_that_have_no_length_here(library, value):
    """Months, and intervals inside of other values, are refused with what to do."""
    with pytest.raises(NotASelectError, match="such as an interval of months"):
        library.sql(f"SELECT {value} AS v")
