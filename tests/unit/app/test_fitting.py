"""Rows of a query on terminals of any width: nothing is drawn a few letters wide, and what is left out is named."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from rich.console import Console

from ragone.app.tables.answers import cell_text, plain
from ragone.app.tables.fitting import fitted

WORDS = ("one", "two", "three")
LONG = "x" * 30


def printed(renderable: object, width: int) -> list[str]:
    """The lines that a terminal of this width would show."""
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(renderable)
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_a_table_that_fits_is_a_table():
    """Every column is there, and numbers stand right, whatever their type."""
    found = fitted(WORDS, [("a", 1.5, Decimal(7)), ("b", None, Decimal(1000))], 80)
    assert found.left_out == ()
    assert printed(found.shown, 80) == ["one  two  three", "a    1.5      7", "b          1000"]


def test_few_wide_rows_are_records():
    """A line for each column of each row, and an empty one between rows."""
    found = fitted(WORDS, [(LONG, LONG, LONG), (LONG, LONG, 2)], 60)
    assert found.left_out == ()
    assert printed(found.shown, 60) == [
        *(f"{name:<5}  {LONG}" for name in WORDS),
        "",
        *(f"{name:<5}  {cell}" for name, cell in zip(WORDS, (LONG, LONG, "2"), strict=True)),
    ]


def test_records_on_demand():
    """Also where a table would fit."""
    assert printed(fitted(WORDS, [(1, 2, 3)], 80, records=True).shown, 80) == ["one    1", "two    2", "three  3"]


def test_many_wide_rows_keep_the_columns_that_fit():
    """From the left, each in one piece; narrower ones after one that does not fit are kept; the others are named."""
    found = fitted(("a", "b", "c", "d"), [(LONG, LONG, LONG, "short")] * 40, 71)
    assert found.left_out == ("c",)
    lines = printed(found.shown, 70)
    assert len(lines) == 41
    assert lines[1].split() == [LONG, LONG, "short"]


def test_one_column_is_always_kept():
    """Though it is wider than the terminal."""
    found = fitted(WORDS, [(LONG, LONG, LONG)] * 40, 20)
    assert found.left_out == ("two", "three")
    assert "".join(printed(found.shown, 20)[1:]).count("x") == 40 * 30


def test_nothing_is_left_out_where_lines_may_be_long():
    """A row is one line then, which a search finds."""
    found = fitted(WORDS, [("y" * 150, "z" * 150, 1)] * 40, None)
    assert found.left_out == ()
    assert printed(found.shown, 500)[1].split() == ["y" * 150, "z" * 150, "1"]


def test_no_rows():
    """The names of the columns are shown."""
    assert printed(fitted(WORDS, [], 80).shown, 80) == ["one  two  three"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.0123, "12.3 ms"), (2.470425, "2.47 s"), (-3, "-3 s"), (180, "3 min"), (8000, "2 h 13 min")],
)
def test_durations(seconds, text):
    """They are for humans in a table, and seconds in JSON."""
    assert cell_text(timedelta(seconds=seconds)) == text
    assert plain(timedelta(seconds=seconds)) == seconds


def test_exact_numbers_of_sql_are_numbers():
    """A sum of whole numbers, which SQL answers as a decimal, is a number in JSON."""
    assert [plain(Decimal("2747744")), plain(Decimal("1.50"))] == [2747744, 1.5]
    assert isinstance(plain(Decimal("2747744")), int)
