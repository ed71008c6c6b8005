"""Values as plain data and as text."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from ragone.app.tables.answers import plain, quantity, record_table, rows_table, short
from ragone.schemas import KINDS

NAME = "kpi-" + "ab" * 32


def printed(renderable: object) -> str:
    """What a terminal 200 columns wide would show."""
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(renderable)
    return console.export_text()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_record_is_strict_json(kind, example):
    """Any record becomes JSON that a strict parser reads, with every field of it."""
    data = json.loads(json.dumps(plain(example(kind)), allow_nan=False))
    assert data.pop("kind") == kind
    assert set(data) == set(KINDS[kind].fields())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_record_is_a_table(kind, example):
    """Any record is shown with each of its fields, and arrays by their shape."""
    text = printed(record_table(example(kind)))
    assert all(name in text for name in KINDS[kind].fields())


def test_numbers_keep_their_unit_in_the_table(example):
    """A row of the table holds field, value and unit."""
    rows = {line.split()[0]: line.split()[1:] for line in printed(record_table(example("design"))).splitlines() if line}
    assert rows["porosity"] == ["0.3", "-"]
    assert rows["mass_loading_kilogram_per_square_metre"] == ["0.2", "kg/m^2"]


def test_values_that_json_lacks():
    """Infinity, arrays, bytes, moments and paths have a plain form."""
    assert plain({"a": math.inf, "b": np.float64(2.5), "c": b"abc", "d": Path("x/y"), 3: (1, None, True)}) == {
        "a": "inf",
        "b": 2.5,
        "c": {"bytes": 3},
        "d": "x/y",
        "3": [1, None, True],
    }
    assert plain(datetime(2026, 11, 20, tzinfo=UTC)) == "2026-11-20T00:00:00+00:00"
    assert plain(np.array([[3, 1], [2, 2]], np.uint8)) == {"shape": [2, 2], "dtype": "uint8", "lowest": 1, "highest": 3}
    assert plain(np.zeros(0)) == {"shape": [0], "dtype": "float64"}


def test_ids_are_cut_for_the_eye():
    """An id in a text keeps its kind and twelve digits; other words stay."""
    assert (
        short(f"made of {NAME}, cell_parameters-{'0' * 64}") == "made of kpi-abababababab, cell_parameters-000000000000"
    )
    assert short("kpi-abab") == "kpi-abab"


def test_quantity_has_uncertainty_and_unit():
    """A number is never without its unit, and has the digits that its uncertainty leaves."""
    assert quantity(640.12345, "W.h/L", 3.14159) == "640.1 ± 3.1 W.h/L"
    assert quantity(2.22401, "", 0.0087) == "2.2240 ± 0.0087 -"
    assert quantity(15234.5, "S/m", 210.0) == "15230 ± 210 S/m"
    assert quantity(-4.0123e-7, "m", 3e-9) == "-4.012e-07 ± 3.0e-09 m"
    assert quantity(0.3, "", 5.0) == "0.3 ± 5.0 -"
    assert quantity(7.4, "W.h", 104.0) == "10 ± 100 W.h"
    assert quantity(640.12345, "", 0.0) == "640.123 ± 0 -"
    assert quantity(1.5, "A.h", 0.00055) == "1.50000 ± 0.00055 A.h"
    assert quantity(0.3, "") == "0.3 -"


def test_rows_of_a_query():
    """Null is empty, numbers and texts appear, markup in the data is shown as it is."""
    text = printed(rows_table(["name", "[bold]"], [("[red]x[/red]", 1.5), (None, 2.0)]))
    assert "[red]x[/red]" in text
    assert "[bold]" in text
    assert "None" not in text
