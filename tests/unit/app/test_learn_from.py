"""`learn_from` on the command line: a laboratory whose second study begins with what the first one found."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from ragone.dataset import Lake
from ragone.schemas import Campaign

ENERGY = "discharge.energy_density [W.h/L]"
LEARN = "optimiser: {suggest: {stage: feasible_improvement, learn_from: [%s]}}\n  budget: {total: 4}"
BUDGET = "budget: {initial: 2, total: 2}"


def measured(path: Path) -> Path:
    """The file with the energy density of each candidate: most at a porosity of 0.35 and the largest loading."""
    rows = list(csv.DictReader(path.read_text().splitlines()))
    porosity = next(name for name in rows[0] if "porosity" in name)
    loading = next(name for name in rows[0] if "mass_loading" in name)
    for row in rows:
        row[ENERGY] = str(600 - 9000 * (float(row[porosity]) - 0.35) ** 2 + 300 * float(row[loading]))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_second_study_begins_where_the_first_one_was_best(cli: Any, write_study: Any, tmp_path: Path) -> None:
    """Two designs are asked for, the first near the best; the campaign says from what it learned, and how much."""
    assert cli("ask", write_study(), "--count", 8, "--output", "batch.csv").code == 0
    first = cli("tell", measured(tmp_path / "batch.csv"), "--conclude", "--json").data["campaign_id"]
    study = write_study(BUDGET, LEARN % first)
    study.write_text(study.read_text().replace("name: tiny", "name: second"))
    asked = cli("ask", study, "--output", "second.csv", "--json").data
    assert len(asked["new"]) == 2
    values = asked["pending"][0]["values"]
    assert abs(values["recipe.porosity"] - 0.35) < 0.02
    assert values["cell.mass_loading_kilogram_per_square_metre"] > 0.25
    told = cli("tell", measured(tmp_path / "second.csv"), study, "--conclude", "--json").data
    with Lake.open("lake") as lake:
        (said,) = lake.get(told["campaign_id"], Campaign).learned_from
    assert (said["origin"], said["kpi"]) == (first, "energy_density")
    assert said["weight"] > 0.5


def test_a_source_that_is_not_there_is_an_error_without_a_trace(cli: Any, write_study: Any) -> None:
    """An unknown id ends with its name and a hint."""
    found = cli("ask", write_study(BUDGET, LEARN % ("campaign-" + "0" * 64)))
    assert found.code == 1
    assert "learn_from" in found.err
    assert "Traceback" not in found.err
