"""Tables of lives: what is taken, and what is refused with its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ragone.pipelines.files.lives import ImportedLives, LivesColumns, LivesFileError, read_lives
from ragone.schemas import LifeOutcome

TABLE = "cell,life,ended,rate,batch\na,500,1,2.5,first\nb,800.5,0,3,first\nc,700,true,4,second\n"


@pytest.fixture
def read(tmp_path: Path):
    """Read a table, with one thing in it changed."""

    def reading(old: str = "", new: str = "", *, content: bytes | None = None, **columns: Any) -> ImportedLives:
        assert old in TABLE
        (tmp_path / "lives.csv").write_bytes(content or TABLE.replace(old, new, 1).encode())
        given = {"life": "life", "event": "ended", "cell": "cell", **columns}
        return read_lives(tmp_path / "lives.csv", LivesColumns(**given), criterion="80 % of nominal", licence="MIT")

    return reading


def test_lives_have_outcomes_and_covariates(read):
    """Numbers have their unit, texts stay texts, and a life that did not end has no upper end."""
    found = read(covariates=("rate:1/h", "batch")).lives
    assert [(life.cell_name, life.lower, life.upper) for life in found] == [
        ("a", 500, 500),
        ("b", 800.5, None),
        ("c", 700, 700),
    ]
    assert [life.outcome for life in found] == [LifeOutcome.CAPACITY, LifeOutcome.WITHDRAWN, LifeOutcome.CAPACITY]
    assert found[0].covariates == {"rate": {"value": 2.5, "unit": "1/h"}, "batch": "first"}
    assert (found[0].source, found[0].licence, found[0].criterion) == ("lives.csv", "MIT", "80 % of nominal")


def test_censored_is_the_opposite_of_an_event(read):
    """The same column read the other way round."""
    found = read(event="", censored="ended").lives
    assert [life.outcome.is_event for life in found] == [False, True, False]
    assert all(life.outcome.is_event for life in read(event="", all_ended=True).lives)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("500", "0", "row 1 below the header: life = '0' is no number above 0"),
        ("500", "-3", "'-3' is no number above 0"),
        ("500", "NaN", "'NaN' is no number"),
        ("500", "inf", "'inf' is no number"),
        ("500", "1e999", "is no number"),
        ("500", "500 cycles", "is no number"),
        ("500", "", "'' is no number"),
        ("500,1", "500,2", "ended = '2' is neither true nor false"),
        ("500,1", "500,maybe", "neither true nor false"),
        ("\nc,", "\na,", "row 3 below the header: 'a' is that of row 1 too"),
        ("\nc,", "\n,", "the cell has no name"),
        ("rate,batch", "rate,rate", "two columns 'rate'"),
        (",second", "", "row 3 below the header has 4 fields, the header 5"),
        ("first", '"first', "no CSV"),
        ("first", "x" * 2000, "more than 1000 characters"),
        ("first", "\0", "NUL"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(read, old: str, new: str, message: str):
    """The message names the row and what is wrong in it."""
    with pytest.raises(LivesFileError, match=message):
        read(old, new)


@pytest.mark.parametrize("content", [b"life\n", b"\xff\xfe\x00", b"\n\n", b"cell,life,ended\n"])
def test_what_is_no_table_is_refused(read, content: bytes):
    """Other encodings and empty files."""
    with pytest.raises(LivesFileError):
        read(content=content)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"life": "lifes"}, "no column 'lifes' for --life.*life"),
        ({"event": ""}, "--all-ended"),
        ({"all_ended": True}, "one of --event"),
        ({"unit": "hour"}, "none of cycle"),
        ({"unit": "batch"}, "several units: first, second"),
        ({"covariates": ("batch:K",)}, "batch = 'first' is no number of 'K'"),
        ({"entry": "life"}, "came under observation"),
    ],
)
def test_columns_that_do_not_fit_are_refused(read, columns: dict[str, Any], message: str):
    """The message says which option and what is known."""
    with pytest.raises(LivesFileError, match=message):
        read(**columns)


def test_ends_between_two_looks_are_intervals(read):
    """Of cells that were looked at every 50 cycles; an empty upper end is a censored life, a lower end of 0 allowed."""
    table = b"cell,alive,ended,since\na,500,550,0\nb,800,,700\nc,0,50,0\nd,600,600,0\n"
    found = read(content=table, life="", event="", lower="alive", upper="ended", entry="since").lives
    assert [(life.lower, life.upper, life.entry) for life in found] == [
        (500, 550, 0),
        (800, None, 700),
        (0, 50, 0),
        (600, 600, 0),
    ]
    assert [life.outcome.is_event for life in found] == [True, False, True, True]


@pytest.mark.parametrize(
    ("row", "columns", "message"),
    [
        ("500,400", {}, "row 1 below the header: ended = '400' is no number above 0 and not below 500"),
        ("0,0", {}, "no number above 0"),
        ("500,soon", {}, "ended = 'soon'"),
        ("0,", {}, "never seen alive"),
        ("-1,50", {}, "no number not below 0"),
        ("500,550", {"upper": ""}, "by both"),
        ("500,550", {"life": "alive"}, "--life COLUMN, or"),
        ("500,550", {"event": "ended"}, "leave --event"),
    ],
)
def test_intervals_that_cannot_be_are_refused(read, row: str, columns: dict[str, Any], message: str):
    """The message names the row, or the options that contradict each other."""
    given = {"life": "", "event": "", "lower": "alive", "upper": "ended", **columns}
    with pytest.raises(LivesFileError, match=message):
        read(content=f"cell,alive,ended\na,{row}\n".encode(), **given)


def test_what_limits_the_conclusions_is_noted(read):
    """Nobody died, or few; a column of numbers with a text in it is a text."""
    assert "no life ended" in read(content=TABLE.replace(",1,", ",0,").replace("true", "0").encode()).findings[0]
    assert "2 of 3 lives ended" in read().findings[0]
    assert read("2.5", "slow", covariates=("rate",)).findings[0].startswith("rate is taken as text")


def test_severson(shared_data: Path):
    """All 84 cells with the rates of their policies, batch by batch."""
    columns = LivesColumns(
        life="Cycle life",
        all_ended=True,
        cell="Cell barcode",
        covariates=("Batch date",),
        policy="Charging policy",
    )
    found = read_lives(shared_data / "severson_cycle_lives.csv", columns, criterion="80 % of nominal")
    assert len(found.lives) == 84
    assert {life.covariates["batch_date"] for life in found.lives} == {"5/12/17", "6/30/17"}
    assert found.lives[0].covariates["first_rate"] == {"value": 3.6, "unit": "1/h"}
    assert sorted(life.lower for life in found.lives)[41:43] == [535.0, 559.0]  # their median is 547
