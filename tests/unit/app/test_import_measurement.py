"""`ragone import-measurement`: a cycler's file in, told, stored once; a bad one leaves no lake behind."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def test_file(tmp_path):
    """Write a discharge at 2 A, with one thing in it changed."""

    def write(old: str = "", new: str = "", name: str = "test.csv") -> str:
        current = np.repeat([0.0, -2.0, 0.0], 20)
        voltage = np.round(3.7 + 0.002 * np.cumsum(current) + 0.05 * current, 6)
        rows = [f"{t},{u},{i}" for t, u, i in zip(np.arange(60.0), voltage, current, strict=True)]
        text = "\n".join(["Test Time / s,Voltage / V,Current / A", *rows, ""])
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new, 1))
        return name

    return write


def test_a_file_is_stored_with_where_it_came_from(cli, test_file):
    """Capacity, ambient temperature, cell, licence, source and hash are kept; the answer says range and steps."""
    words = (
        "--capacity",
        "5 A*h",
        "--ambient",
        "25 degC",
        "--cell",
        "LG M50",
        "--licence",
        "MIT",
        "--source",
        "a test",
    )
    answer = cli("import-measurement", test_file(), *words)
    assert answer.code == 0
    assert "60 samples" in answer.out
    assert "steps 1 to 3" in answer.out
    name = answer.out.split()[1]
    record = cli("show", "--json", name).data["record"]
    assert record["nominal_capacity_ampere_hour"] == 5.0
    assert record["ambient_temperature_kelvin"] == 298.15
    assert (record["cell_name"], record["licence"], record["source"]) == ("LG M50", "MIT", "a test")
    assert len(record["source_sha256"]) == 64


def test_the_same_file_twice_is_one_measurement(cli, test_file):
    """The id is the content's."""
    first = cli("import-measurement", test_file(), "--json").data["measurement_id"]
    assert cli("import-measurement", test_file(), "--json").data["measurement_id"] == first


def test_what_was_noticed_is_told(cli, test_file):
    """A doubled time is on the terminal, with its row."""
    answer = cli("import-measurement", test_file("\n7.0,", "\n6.0,"))
    assert "noticed: 1 row (8) has the time of the row before" in answer.out


@pytest.mark.parametrize(
    ("old", "new", "words", "says"),
    [
        ("\n7.0,", "\n5.5,", (), "row 8"),
        ("Voltage / V", "Colour", (), "no column is voltage"),
        ("", "", ("--flip-current",), "Leave --flip-current out"),
        ("", "", ("--capacity", "5"), "--capacity"),
        ("", "", ("--capacity", "-5 A*h"), "--capacity"),
        ("", "", ("--ambient", "25 A"), "--ambient"),
        ("", "", ("--units", "voltage=furlong"), "furlong"),
        ("", "", ("--largest-size", "100 byte"), "--largest-size"),
    ],
)
def test_what_is_refused_is_not_stored(cli, test_file, tmp_path, old, new, words, says):
    """Exit code 2, one message that says where and what to do, and no lake."""
    answer = cli("import-measurement", test_file(old, new), *words)
    assert answer.code == 2
    assert says in answer.err
    assert answer.out == ""
    assert not (tmp_path / "lake").exists()


def test_a_curve_is_written_and_comes_back(cli, test_file, tmp_path):
    """`ragone show ID --bdf FILE` writes what `import-measurement` reads as the same samples."""
    name = cli("import-measurement", test_file(), "--json").data["measurement_id"]
    assert cli("show", name, "--bdf", "out.bdf.csv").code == 0
    back = cli("import-measurement", "out.bdf.csv", "--json").data["measurement"]
    for column in ("test_time_second", "voltage_volt", "current_ampere", "step_count"):
        assert back[column]["shape"] == [60]
    assert back["voltage_volt"] == cli("show", "--json", name).data["record"]["voltage_volt"]


def test_what_is_no_curve_is_not_written(cli, stored):
    """A KPI has no samples."""
    answer = cli("show", stored.ids["kpi"], "--bdf", "out.bdf.csv")
    assert answer.code == 2
    assert "is no curve" in answer.err


def test_advice_of_a_contradiction_works(cli, test_file, tmp_path):
    """A time in minutes that is read as seconds is refused by the file's own count of charge; the words help."""
    name = test_file("Test Time / s", "Time")
    header, *rows = (tmp_path / name).read_text().splitlines()
    counted = np.cumsum([2 / 60 if 20 <= k < 40 else 0 for k in range(60)])
    lines = [f"{row},{q:.6f}" for row, q in zip(rows, counted, strict=True)]
    (tmp_path / name).write_text("\n".join([f"{header},Capacity (Ah)", *lines]))
    refused = cli("import-measurement", name)
    assert refused.code == 2
    assert "--units time=min" in refused.err
    assert not (tmp_path / "lake").exists()
    answer = cli("import-measurement", name, "--units", "time=min")
    assert answer.code == 0
    assert "60 samples over 0.9833 h" in answer.out


def test_holes_are_shown(cli, test_file, tmp_path):
    """A hole is told at import, and the record holds it with what is known of it."""
    name = test_file("\n30.0,", "\n30.0,")
    header, *rows = (tmp_path / name).read_text().splitlines()
    del rows[25:37]
    rows[25:] = [f"{float(row.split(',')[0]) + 600},{row.split(',', 1)[1]}" for row in rows[25:]]
    (tmp_path / name).write_text("\n".join([header, *rows]))
    answer = cli("import-measurement", name, "--json")
    (hole,) = answer.data["measurement"]["holes"]
    assert hole["after_sample"] == 24
    assert hole["charge_ampere_hour"] is None
