"""Contents of a lake: every table and column is described, and the description is that of what queries answer."""

from __future__ import annotations

from dataclasses import dataclass

import lake_stages as stages
import pytest

from ragone.dataset import Lake
from ragone.dataset.contents import contents
from ragone.dataset.evaluations.columns import Columns
from ragone.dataset.tables import Tables
from ragone.schemas import KINDS, Discharge, Kpi, Record, Transport
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
    """Every table says what it holds, every column what it means, and so does every field that no column holds."""
    found = library.contents()
    assert all(table.holds for table in found.values())
    assert [(table.table, column.name) for table in found.values() for column in table.columns if not column.doc] == []
    assert [(kind, name) for kind in KINDS for name, spec in KINDS[kind].fields().items() if not spec.doc] == []


def test_columns_of_evaluations(library):
    """A column of the evaluations has the unit and the description of its field; KPIs and ids are described as such."""
    columns = Columns(KINDS)
    shown = {column.name: column for column in library.contents()["evaluations"].columns}
    spec = Transport.fields()["specific_surface_area_per_metre"]
    column = shown["specific_surface_area_per_metre"]
    assert (column.unit, column.doc) == (spec.unit, spec.doc)
    assert shown["trial"].doc.startswith("number of the trial")
    assert shown["cell_parameters_id"].doc.startswith("id of the nearest cell_parameters")
    assert columns.meaning("outcome of discharge") == Discharge.fields()["outcome"].doc
    assert columns.meaning("power_watt of fast") == f"{Discharge.fields()['power_watt'].doc} (fast)"
    assert columns.unit_of("power_watt of fast") == "W"
    assert columns.meaning("energy_density_unit of fast") == "unit of energy_density (fast)"
    assert columns.meaning("energy_density_id") == "id of the KPI energy_density"
    assert columns.unit_of("calendering_pressure_pascal") == "Pa"


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
