"""How long do the evaluations of 100 campaigns of 1,000 designs take to filter and sort, and to take up one more?

Putting some million artifacts through durable commits would take hours; the rows of chains from a candidate to nine
KPIs are written with the lake's own tables instead, and the campaigns are put. Cold is a new process: what is timed is
the first answer of a lake that was opened before, warm the next ones. Memory is the peak of that process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.measure import Line, elapsed, seconds, stated, tell
from benchmarks.trivial import build, discharge, kpi, measure
from benchmarks.trivial import draw as drawn
from ragone.dataset import Lake
from ragone.dataset.index import row_of
from ragone.dataset.tables import LINEAGE, RUNS, Rows, Tables, table_name
from ragone.schemas import KINDS, Campaign, CellDesign, Record
from ragone.schemas.recipe import Recipe

_CAMPAIGNS, _DESIGNS = 100, 1_000
_NAMES = ("energy_density", "energy", "capacity", "mean_voltage", "power_density", "specific_energy", "specific_power")
_KPIS = (*_NAMES, "active_material_capacity", "fast_charge_capacity")
_START = datetime(2026, 1, 1, tzinfo=UTC)
_CHOSEN = "campaign, trial, porosity, mass_loading_kilogram_per_square_metre, pore_tortuosity_factor, power_watt"
_QUERY = (
    f"SELECT {_CHOSEN}, energy_density, energy_density_standard_uncertainty, specific_energy, outcome "
    "FROM evaluations WHERE porosity < 0.3 AND energy_density > 600 ORDER BY energy_density DESC"
)
_COLUMNS = f"{_CHOSEN}, energy_density, energy_density_standard_uncertainty, specific_energy, outcome".split(", ")
_ASKED = """
import json, resource, sys, time
import polars as pl
from ragone.dataset import Lake
from benchmarks.evaluations import answer
lake = Lake.open(sys.argv[1])
times = []
for way in ("frame", "frame", "frame", "sql", "sql", "sql"):
    start = time.perf_counter()
    height = answer(lake, way).height
    times.append(time.perf_counter() - start)
print(json.dumps([times, height, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def lines() -> list[Line]:
    """One lake that grows to all campaigns; asked, and given one campaign more, at a tenth and at the end."""
    found: list[Line] = []
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "lake"
        lake = Lake.open(path, create=True)
        tables = Tables(path / "tables", KINDS)
        growth = {}
        for number in range(_CAMPAIGNS):
            _write(lake, tables, number)
            taken = elapsed(lambda: lake.evaluations().collect())
            if number + 1 in (_CAMPAIGNS // 10, _CAMPAIGNS):
                growth[number + 1] = taken
                found.append(
                    stated(f"one campaign more, of {_DESIGNS:,} designs, as number {number + 1}", seconds(taken))
                )
            tell(f"{number + 1} campaigns, {seconds(taken)}") if number % 10 == 9 else None
        lake.close()
        found += _questions(path)
        with Lake.open(path) as again:
            found.append(stated("all evaluations made anew", seconds(elapsed(lambda: _anew(again, path)))))
    few, many = growth.values()
    return [*found, Line("one campaign more, last over tenth part", f"{many / few:.2g}", "", "", "< 2", many < 2 * few)]


def answer(lake: Lake, way: str) -> Any:
    """Ten columns of some of the evaluations, sorted: as a frame, or by SQL."""
    import polars as pl

    if way == "sql":
        return lake.sql(_QUERY)
    chosen = lake.evaluations().filter(pl.col("porosity") < 0.3, pl.col("energy_density") > 600)
    return chosen.select(_COLUMNS).sort("energy_density", descending=True).collect()


def _questions(path: Path) -> list[Line]:
    done = subprocess.run([sys.executable, "-c", _ASKED, str(path)], capture_output=True, text=True, check=True)
    (cold, *warm, first, second, third), height, peak = json.loads(done.stdout)
    what = f"{_CAMPAIGNS * _DESIGNS:,} evaluations, filtered and sorted, ten columns ({height:,} rows)"
    memory = peak / 2**20
    return [
        Line(f"{what}: cold", seconds(cold), "", "", "<= 1 s", cold <= 1),
        Line(f"{what}: warm", seconds(median(warm)), "", "", "<= 0.2 s", median(warm) <= 0.2),
        Line(
            f"{what}: SQL, warm", seconds(median((second, third))), "", "", "<= 0.2 s", median((second, third)) <= 0.2
        ),
        stated(f"{what}: SQL, first", seconds(first)),
        Line(f"{what}: memory", f"{memory:.2g} GiB", "", "", "<= 1 GB", memory <= 1e9 / 2**30),
    ]


def _anew(lake: Lake, path: Path) -> None:
    for file in (path / "tables" / "evaluations").iterdir():
        file.unlink()
    lake.evaluations().collect()


def _write(lake: Lake, tables: Tables, number: int) -> None:
    """Add one campaign: the rows of its chains, its record, and what that is made of."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for design in range(_DESIGNS):
        for table, row in _chain(number * _DESIGNS + design):
            rows.setdefault(table, []).append(row)
    with tables.lock():
        tables.write(rows)
    first = range(number * _DESIGNS, (number + 1) * _DESIGNS)
    campaign = lake.put(
        Campaign(
            name=f"campaign {number}",
            definition={},
            goals=[{"kpi": "energy_density", "sense": "maximise", "limit": None}],
            objective_name="energy_density",
            objective_unit="W.h/L",
            candidate_ids=tuple(_id("candidate", n) for n in first),
            kpi_ids=tuple(_id("kpi", n * len(_KPIS)) for n in first),
            values=[[_value(n)] for n in first],
            feasible=np.ones(_DESIGNS, np.uint8),
        )
    )
    lake.lineage(campaign)  # indexes it
    run = tables.read("artifacts", where=f"id = '{campaign}'")["run_id"][0].as_py()
    named = [_edge(campaign, _id("kpi", n * len(_KPIS)), run, "kpis", "campaign.conclude") for n in first]
    with tables.lock():
        tables.write({LINEAGE: named})


def _chain(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of one design, by table."""
    steps: list[tuple[str, list[tuple[str, str]], list[str]]] = [
        ("acquisition.sobol", [], ["candidate"]),
        ("study.realise", [("candidate", "candidate")], ["recipe", "cell_design"]),
        ("manufacture.pack", [("recipe", "recipe")], ["microstructure"]),
        ("characterise.average", [("transports", "microstructure")], ["transport"]),
        ("cell.assemble_cell", [("transport", "transport"), ("design", "cell_design")], ["cell_parameters"]),
        ("cell.discharge", [("cell", "cell_parameters")], ["discharge"]),
        ("kpi.densities", [("curve", "discharge"), ("cell", "cell_parameters")], ["kpi"] * len(_KPIS)),
    ]
    for step, (stage, inputs, outputs) in enumerate(steps):
        run, ended = f"run-{number * 10 + step:064x}", _START + timedelta(seconds=10 * number + step)
        made = [_id(kind, number * len(_KPIS) + n if kind == "kpi" else number) for n, kind in enumerate(outputs)]
        taken = [(role, _id(kind, number)) for role, kind in inputs]
        for n, (kind, name) in enumerate(zip(outputs, made, strict=True)):
            row = _record_row(kind, number, n)
            yield table_name(kind), {**row["columns"], "id": name, "run_id": run, "created": ended}
            artifact = {key: row[key] for key in ("kind", "schema_version", "bytes")}
            yield "artifacts", artifact | {"id": name, "run_id": run, "created": ended}
            for role, parent in taken:
                yield LINEAGE, _edge(name, parent, run, role, stage)
        yield RUNS, _run_row(run, stage, ended, taken, made)


def _run_row(run: str, stage: str, ended: datetime, taken: list[tuple[str, str]], made: list[str]) -> dict[str, Any]:
    return {
        "id": run,
        "stage": stage,
        "entry_point": stage,
        "recipe_id": run,
        "code_id": _id("code", len(stage)),
        "environment_id": _id("environment", 0),
        "outcome": "completed",
        "error": "",
        "started": ended,
        "ended": ended,
        "parameters": '{"power_watt":40.0}' if stage == "cell.discharge" else "{}",
        "input_roles": [role for role, _ in taken],
        "input_ids": [name for _, name in taken],
        "output_roles": [str(n) for n in range(len(made))],
        "output_ids": made,
        "note": "",
        "flow_run_id": "",
        "informed_roles": [],
        "file": "none",
        "row": 0,
    }


def _edge(child: str, parent: str, run: str, role: str, stage: str) -> dict[str, Any]:
    return {"child_id": child, "parent_id": parent, "run_id": run, "role": role, "stage": stage, "informed": False}


def _id(kind: str, number: int) -> str:
    return f"{kind}-{number:064x}"


def _value(number: int) -> float:
    return 400.0 + number * 7919 % 400_009 / 1_000


def _record_row(kind: str, number: int, which: int) -> dict[str, Any]:
    """The row of a record, with numbers of its own where a question looks."""
    row = dict(_TEMPLATES[kind])
    own: dict[str, Any] = {}
    if kind == "recipe":
        own = {"porosity": 0.2 + number * 31 % 3_001 / 10_000}
    if kind == "candidate":
        own = {"values": json.dumps({"recipe.porosity": 0.2 + number * 31 % 3_001 / 10_000})}
    if kind == "kpi":
        own = {"name": _KPIS[which], "value": _value(number) / (1 + which), "standard_uncertainty": 1.0}
    return row | {"columns": row["columns"] | own}


def _template(record: Record) -> dict[str, Any]:
    return row_of(record, record.id, 1_000, record.schema_version)


def _templates() -> dict[str, Rows | Any]:
    from benchmarks.trivial import design
    from ragone.schemas import Candidate

    start = design(0)
    recipe = Recipe(active_material_weight_fraction=0.95, porosity=0.3)
    around = CellDesign(mass_loading_kilogram_per_square_metre=0.2)
    cube = drawn(start, seed=1)
    transport = measure(start, cube)
    cell = build(transport)
    records = (Candidate(values={}), recipe, around, cube, transport, cell, discharge(cell), kpi(600.0))
    return {record.kind: _template(record) for record in records}


_TEMPLATES = _templates()
