"""`ragone evaluations` filters, sorts and chooses; a mistake is answered with what was meant."""

from __future__ import annotations

import csv
import io

import pytest

from ragone.dataset import Lake


def test_rows_are_filtered_sorted_and_cut(cli, stored):
    """As SQL would, with what has no value last."""
    words = ["--where", "energy_density < 600 -- a comment", "--sort", "energy_density", "--descending", "--limit", 2]
    answer = cli("evaluations", *words, "--columns", "energy_density, energy_density_unit", "--json")
    assert answer.code == 0
    assert answer.data == [{"energy_density": v, "energy_density_unit": "W.h/L"} for v in (2.0, 1.0)]
    ascending = cli("evaluations", "--sort", '"energy_density"', "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ascending.out)))
    assert [row["energy_density"] for row in rows] == ["0.0", "1.0", "2.0", "640.0"]
    assert list(rows[0]) == [
        *("campaign", "trial", "outcome", "objective", "objective_value", "objective_unit", "energy_density")
    ]


def test_all_columns_at_a_snapshot(cli, stored, example):
    """Only what the snapshot holds; a file has every column."""
    snapshot = cli("snapshot", "--json").data["id"]
    with Lake.open(stored.place) as lake:
        lake.put(example("kpi", value=7.0))
    cli("evaluations", "--at", snapshot, "--columns", "all", "--output", "rows.csv")
    with open("rows.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    assert {"porosity", "energy_density_id", "candidate_id"} <= set(rows[0])
    assert len(cli("evaluations", "--json").data) == 5


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--columns", "energy_densty"],
            "there is no column 'energy_densty' in evaluations: did you mean 'energy_density'?",
        ),
        (["--where", "porosty < 1"], "there is no column 'porosty' in evaluations: did you mean 'porosity'?"),
        (["--sort", 'porosity"; DROP'], "there is no column"),
        (["--descending"], "--descending has no column to sort by. Name one with --sort COLUMN."),
        (["--limit", "-1"], "--limit -1 is negative"),
        (["--where", "1 = 1); DROP TABLE kpis; SELECT (1"], "a query must be one SELECT"),
    ],
)
def test_refusals(cli, stored, words, message):
    """They name the nearest column, or what is missing; nothing but one SELECT is ever asked."""
    answer = cli("evaluations", *words)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
