"""`ragone import-lives` and `ragone fade`: lives in as columns, and lives read off a record of many cycles."""

from __future__ import annotations

import csv

import pytest
from cycled_cells import measurement


@pytest.fixture
def lives(tmp_path):
    """A table of three lives."""
    (tmp_path / "lives.csv").write_text("cell,life,ended,policy\na,500,1,5.4C(60%)-3.6C\nb,800,0,4C(80%)-4C\n")
    return "lives.csv"


@pytest.fixture
def cycles(tmp_path):
    """A cycler's file of thirty cycles down to 71 %."""
    cell = measurement([1.0 - 0.01 * n for n in range(30)], rows=10)
    with (tmp_path / "cycles.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Test Time / s", "Voltage / V", "Current / A", "Cycle Count / 1", "Step Count / 1"])
        columns = (cell.test_time_second, cell.voltage_volt, cell.current_ampere, cell.cycle_count, cell.step_count)
        writer.writerows(zip(*columns, strict=True))
    return "cycles.csv"


def test_imported_lives_are_columns_of_a_query(cli, lives):
    """The rates of the policies are covariates, and the same table twice is the same lives."""
    words = ("import-lives", lives, "--life", "life", "--event", "ended", "--cell", "cell", "--policy", "policy")
    answer = cli(*words)
    assert answer.code == 0
    assert "1 ended, 1 censored; 500 to 800 cycle" in answer.out
    assert cli(*words, "--json").data["lives"] == 2
    rows = cli("query", "SELECT cell_name, observed FROM lives WHERE first_rate > 5", "--json").data
    assert rows == [{"cell_name": "a", "observed": True}]


def test_a_refused_table_leaves_no_lake(cli, lives, tmp_path):
    """Nothing is stored of a table with a wrong row."""
    answer = cli("import-lives", lives, "--life", "cell", "--all-ended")
    assert answer.code == 2
    assert "is no number" in answer.err
    assert not (tmp_path / "lake").exists()


def test_a_fade_is_read_off_a_cyclers_file(cli, cycles, tmp_path):
    """Capacity by cycle, the end of life, knees or why there is none; drawn on request."""
    name = cli("import-measurement", cycles, "--json").data["measurement_id"]
    answer = cli("fade", name, "--output", "fade.png")
    assert answer.code == 0
    assert "30 of 30 are of one kind" in answer.out
    assert "there is no knee" in answer.out
    assert (tmp_path / "fade.png").read_bytes()[:4] == b"\x89PNG"
    found = cli("fade", name, "--set", "capacity_share=0.9", "--set", "reference=nominal", "--json")
    assert found.code != 0
    assert "nominal capacity" in found.err
    found = cli("fade", name, "--set", "capacity_share=0.9", "--json").data
    assert found["life"]["lower"] == pytest.approx(11, abs=0.05)
    assert len(found["cycles"]["cycle_count"]) == 30
    again = cli("fade", found["fade_id"], "--json").data
    assert again["life"]["lower"] == pytest.approx(21, abs=0.05)


def test_a_life_reproduces(cli, cycles):
    """What was read off is computed again in a fresh process from the fade."""
    name = cli("import-measurement", cycles, "--json").data["measurement_id"]
    life = cli("fade", name, "--json").data["life_id"]
    assert cli("reproduce", life).code == 0


def test_other_records_have_no_fade(cli, lives):
    """The message says what to name."""
    name = cli("import-lives", lives, "--life", "life", "--event", "ended", "--json").data["ids"][0]
    answer = cli("fade", name)
    assert answer.code == 2
    assert "Name a measurement" in answer.err
