"""Tables are named for their kinds, and follow when records get new fields or a lake new kinds."""

from __future__ import annotations

import dataclasses
from copy import copy
from pathlib import Path

import lake_stages as stages
import pytest

from ragone.dataset import Lake, artifact_id
from ragone.dataset import index as index_module
from ragone.dataset import tables as tables_module
from ragone.dataset.tables import Tables, is_column, table_name
from ragone.schemas import KINDS, Record
from ragone.schemas.field import FieldSpec

BOUND = "pore_tortuosity_factor_upper"
ROWS = f"SELECT id, created, pore_tortuosity_factor, {BOUND} FROM transports ORDER BY pore_tortuosity_factor"
PLURALS = {
    "design": "designs",
    "kpi": "kpis",
    "geometry": "geometries",
    "representativity": "representativities",
    "transport_tensor": "transport_tensors",
    "random_walk": "random_walks",
    "electrode_tortuosity": "electrode_tortuosities",
    "cell_parameters": "cell_parameters",
    "discharge": "discharges",
    "cycle_life": "cycle_lives",
}


@pytest.mark.parametrize(("kind", "plural"), PLURALS.items())
def test_a_table_is_the_plural_of_its_kind(kind: str, plural: str) -> None:
    """As one would say it."""
    assert kind in KINDS
    assert table_name(kind) == plural


def test_every_kind_has_a_table_of_its_own(lake: Lake) -> None:
    """No two kinds share one, and each can be asked."""
    names = [table_name(kind) for kind in KINDS]
    assert len(set(names)) == len(names)
    for name in names:
        assert lake.sql(f"SELECT count(*) FROM {name}").item() >= 0


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch):
    """Write tables as an older release did, which knew no certified interval; ends when called."""

    def older(spec: FieldSpec) -> bool:
        return is_column(spec) and not spec.name.endswith(("_lower", "_upper"))

    monkeypatch.setattr(tables_module, "is_column", older)
    monkeypatch.setattr(index_module, "is_column", older)
    return monkeypatch.undo


def columns(folder: Path) -> list[str]:
    """Of the transports as they lie on the disk."""
    with Lake.open(folder) as lake:
        return lake.sql("SELECT * FROM transports LIMIT 0").columns


def test_tables_get_the_columns_that_records_got(folder, example, narrow) -> None:
    """A lake whose tables lack a column is indexed anew when it is opened: same rows, with the column's values."""
    with Lake.open(folder, create=True) as lake:
        ids = [lake.put(example("transport", pore_tortuosity_factor=t, **{BOUND: t + 0.5})) for t in (2.0, 3.0)]
        kpi = lake.put(example("kpi"))
        made = lake.sql("SELECT id, created FROM transports ORDER BY pore_tortuosity_factor").rows()
        before = lake.sql("SELECT id, run_id FROM artifacts ORDER BY id").rows()
    assert BOUND not in columns(folder)
    narrow()
    with Lake.open(folder) as lake:
        assert lake.sql(ROWS).rows() == [(*made[0], 2.0, 2.5), (*made[1], 3.0, 3.5)]
        assert lake.sql("SELECT id, run_id FROM artifacts ORDER BY id").rows() == before
        assert lake.sql("SELECT id FROM kpis").item() == kpi
        assert lake.get(ids[0]).pore_tortuosity_factor_upper == 2.5
        assert lake.fsck().problems == ()
        versions = lake._store.tables.versions()
    with Lake.open(folder) as lake:  # once is enough
        assert lake._store.tables.versions() == versions


def test_a_lake_in_use_takes_new_work_after_its_tables_were_widened(folder, example, narrow) -> None:
    """New rows go beside those that were there."""
    with Lake.open(folder, create=True) as lake:
        lake.put(example("transport", pore_tortuosity_factor=2.0))
    narrow()
    with Lake.open(folder) as lake:
        lake.put(example("transport", pore_tortuosity_factor=3.0, **{BOUND: 3.5}))
        assert [row[2:] for row in lake.sql(ROWS).rows()] == [(2.0, None), (3.0, 3.5)]


def test_a_new_kind_gets_a_table(folder, example, monkeypatch) -> None:
    """A lake of a release that knew fewer kinds opens, keeps its rows, and takes records of the new kinds."""
    fewer = {kind: cls for kind, cls in KINDS.items() if kind not in ("geometry", "transport_tensor")}
    monkeypatch.setattr("ragone.dataset.lake.KINDS", fewer)
    with Lake.open(folder, create=True) as lake:
        kpi = lake.put(example("kpi"))
    assert not (folder / "tables" / "geometries.lance").exists()
    monkeypatch.undo()
    with Lake.open(folder) as lake:
        assert lake.sql("SELECT id FROM kpis").item() == kpi
        tensor = lake.put(example("transport_tensor"))
        assert lake.sql("SELECT id, pore_anisotropy FROM transport_tensors").row(0) == (tensor, 1.375)
        assert lake.fsck().problems == ()


def test_a_record_of_an_older_version_is_shown_with_nulls(folder, example) -> None:
    """Its id stays; it is read as the present version, and where its own had no field its row has no value."""
    record = example("transport", **{BOUND: 2.5})
    old = first_version(record)
    with Lake.open(folder, create=True) as lake:
        name, present = lake.put(old), lake.put(record)
    assert name != present
    for _ in ("as written", "as made again"):
        with Lake.open(folder) as lake:
            rows = lake.sql(f"SELECT id, {BOUND} FROM transports ORDER BY {BOUND}").rows()
            assert sorted(rows, key=str) == sorted([(name, None), (present, 2.5)], key=str)
            versions = dict(lake.sql("SELECT id, schema_version FROM artifacts WHERE kind = 'transport'").rows())
            assert versions == {name: 1, present: type(record).schema_version}
            assert lake.get(name).pore_tortuosity_factor_upper is None
            assert artifact_id(lake.get(name)) != name  # what it was migrated to is content of its own
            assert lake.fsck().problems == ()
            lake.rebuild()


def first_version(transport: Record) -> Record:
    """The record as a release made it whose transports knew no certified interval."""
    kept = [f for f in dataclasses.fields(transport) if not f.name.endswith(("_lower", "_upper"))]
    cls = dataclasses.make_dataclass(
        "Transport",
        [(f.name, f.type, copy(f)) for f in kept],
        bases=(Record,),
        namespace={"kind": "transport", "schema_version": 1},
        frozen=True,
        kw_only=True,
        eq=False,
        repr=False,
    )
    return cls(**{f.name: getattr(transport, f.name) for f in kept})


def test_ordinary_work_does_not_make_the_tables_anew(folder, example, monkeypatch) -> None:
    """A batch of runs without edges, rows that are there already, and many that are new are written into them."""
    made: list[str] = []
    create = Tables.create
    monkeypatch.setattr(Tables, "create", lambda self: (made.append("anew"), create(self)))
    with Lake.open(folder, create=True) as lake:
        lake.run(stages.grow, design=lake.put(example("design")), seed=1)  # so that there are edges already
        for value in (2.0, 3.0, 3.0):
            lake.put(example("transport", pore_tortuosity_factor=value))
            assert lake.sql("SELECT count(*) FROM transports").item() == min(int(value) - 1, 2)
        lake.snapshot("now")
        lake.sql("SELECT 1")
    assert made == ["anew"]
