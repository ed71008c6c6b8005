"""A lake written by format version 1 opens, and holds what it held."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from compat_stages import thinned, valued
from make_lake_v1 import plain
from registered import register

from ragone.dataset import Lake, table_digest
from ragone.dataset.errors import DroppedError
from ragone.schemas import Verdict

HERE = Path(__file__).parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def old_lake(tmp_path, monkeypatch):
    """A copy of the lake, opened; its tables are made on the way."""
    monkeypatch.syspath_prepend(register(tmp_path, "compat_stages", stages={"thinned": "compat_stages:thinned"}))
    shutil.copytree(HERE / "lake-v1", tmp_path / "lake")
    with Lake.open(tmp_path / "lake") as lake:
        yield lake


def test_it_is_sound(old_lake):
    """Every object hashes to its name, every run names what is there, the tables are complete."""
    report = old_lake.fsck()
    assert report.problems == ()
    assert (report.counts["objects"], report.counts["runs"]) == (8, 7)


def test_records_are_as_recorded(old_lake):
    """Every id leads to the values that it led to, and to them again as its version writes them today."""
    for name, values in EXPECTED["records"].items():
        record = old_lake.get(name)
        found = json.loads(json.dumps({field: plain(getattr(record, field)) for field in values}))
        assert found == values
        assert f"{record.kind}-{table_digest(record.to_arrow(version=1))}" == name  # a migrated one has its own id too


def test_the_cube_has_its_voxel(old_lake):
    """A volume of cubes, stored with one edge, is read as one of boxes with three equal edges."""
    (cube,) = (name for name in EXPECTED["records"] if name.startswith("microstructure"))
    edge = EXPECTED["records"][cube]["voxel_size_metre"]
    assert old_lake.get(cube).voxel_edges_metre.tolist() == [edge] * 3
    assert old_lake.get(cube).voxel_size_metre == edge
    assert old_lake.sql("SELECT voxel_edges_metre_1 FROM microstructures").item() == edge


def test_queries(old_lake):
    """The tables answer, of the present and of the snapshot."""
    stages = old_lake.sql("SELECT stage, outcome FROM runs ORDER BY started, stage").rows()
    assert stages[:3] == [("given", "completed"), ("given", "completed"), ("thinned", "completed")]
    assert ("valued", "failed") in stages
    assert old_lake.sql("SELECT value FROM kpis").item() == 304.0
    assert old_lake.sql("SELECT count(*) FROM designs").item() == 2
    seen = old_lake.sql("SELECT count(*) FROM runs", at=EXPECTED["snapshot"]).item()
    assert seen == 5
    assert EXPECTED["dropped"] in old_lake.lineage(EXPECTED["made"]).ancestors


def test_dropped_data_come_back(old_lake):
    """What a tombstone explains is computed again, to the same id, and so is what was made of it."""
    with pytest.raises(DroppedError):
        old_lake.get(EXPECTED["dropped"])
    assert old_lake.reproduce(EXPECTED["made"], deep=True).verdict is Verdict.BITWISE
    assert old_lake.get(EXPECTED["dropped"]).mass_loading_kilogram_per_square_metre == pytest.approx(0.15)


def test_it_goes_on(old_lake):
    """New work is recorded beside the old."""
    dropped = EXPECTED["dropped"]
    made = old_lake.run(valued, design=old_lake.run(thinned, design=dropped).id, seed=6)
    assert old_lake.get(made.id).value == 306.0
    assert old_lake.fsck().problems == ()


def test_its_kpi_is_an_evaluation(old_lake):
    """Of the design that it was made of; without campaign or trial."""
    (row,) = old_lake.evaluations().collect().to_dicts()
    (kpi,) = old_lake.sql("SELECT id, value, run_id FROM kpis").to_dicts()
    assert (row["energy_density_id"], row["energy_density"]) == (kpi["id"], kpi["value"])
    (edge,) = old_lake.lineage(kpi["id"]).parents_of(kpi["id"])
    assert row["design_id"] == edge.parent
    assert row["campaign_id"] is row["trial"] is None
