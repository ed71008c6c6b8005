"""Contents of a lake: every table and column is described, and the description is that of what queries answer."""

from __future__ import annotations

from dataclasses import dataclass

import lake_stages as stages
import pytest

from ragone.dataset import Lake
from ragone.dataset.contents import contents
from ragone.dataset.tables import Tables
from ragone.schemas import Kpi, Record
from ragone.schemas.field import real
from ragone.schemas.provenance import Run

_SQL_NAMES = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}


@pytest.fixture(scope="module")
def library(tmp_path_factory, example):
    """A lake of two designs, one computed, that tests only read."""
    with Lake.open(tmp_path_factory.mktemp("library") / "lake", create=True) as opened:
        opened.run(stages.denser, design=opened.put(example("design")))
        yield opened


def test_every_table_and_column(library):
    """Names and types are those that DESCRIBE answers, in its order; views are among them."""
    found = library.contents()
    assert sorted(found) == library.sql("SHOW TABLES")["name"].to_list()
    for name, table in found.items():
        described = library.sql(f"SELECT column_name, column_type FROM (DESCRIBE {name})").rows()
        assert [(c.name, c.type) for c in table.columns] == [(n, _SQL_NAMES.get(t, t)) for n, t in described]


def test_rows(library):
    """Rows are counted, also of what was stored a moment ago."""
    rows = {name: table.rows for name, table in library.contents().items() if table.rows}
    expected = {"designs": 2, "codes": 1, "environments": 1, "runs": 2, "lineage": 1, "artifacts": 4}
    assert rows == expected


def test_units_and_meanings(library):
    """A column of a kind has the unit and the description of its field; a choice also its members, a document JSON."""
    kpis = {column.name: column for column in library.contents()["kpis"].columns}
    assert kpis["window_start_second"].unit == "s"
    assert kpis["value"].doc == Kpi.fields()["value"].doc
    assert "the discharge delivered nothing" in kpis["outcome"].doc
    assert kpis["run_id"].doc
    runs = {column.name: column for column in library.contents()["runs"].columns}
    assert runs["parameters"].doc.endswith("; JSON")


def test_everything_has_a_meaning(library):
    """Every table says what it holds; every column of the tables that are of no kind, and of `runs`, what it means."""
    found = library.contents()
    assert all(table.holds for table in found.values())
    assert not [c for name in ("artifacts", "runs", "lineage") for c in found[name].columns if not c.doc]


def test_vectors_and_what_no_column_holds(library):
    """Each entry of a vector is a column with the vector's unit; arrays and weights are named as beyond."""
    table = library.contents()["microstructures"]
    edges = [column for column in table.columns if column.name.startswith("voxel_edges_metre_")]
    assert [column.name[-1] for column in edges] == ["0", "1", "2"]
    assert {column.unit for column in edges} == {"m"}
    assert {"labels", "phase_labels"} <= set(table.beyond)
    assert not library.contents()["runs"].beyond


def test_kind_without_a_docstring(tmp_path):
    """A kind of another package that says nothing of itself is shown without words, not with its signature."""

    @dataclass(frozen=True, kw_only=True, eq=False, repr=False)
    class Plain(Record):
        kind = "plain"
        size: float = real("m")

    kinds = {"run": Run, "plain": Plain}
    tables = Tables(tmp_path, kinds)
    tables.folder.mkdir(exist_ok=True)
    with tables.lock():
        tables.create()
    (found,) = [table for name, table in contents(tables, kinds, {}).items() if name == "plains"]
    assert (found.holds, found.columns[-1].unit) == ("", "m")
