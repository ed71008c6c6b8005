"""Artifacts that an earlier schema version wrote: they keep their ids, and are computed again to the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import lake_stages as stages
import pyarrow as pa
import pytest

from ragone.dataset import artifact_id
from ragone.schemas import Record, Run, Verdict
from ragone.schemas.errors import SchemaVersionError


@pytest.fixture
def first_version(monkeypatch) -> Callable[[], Iterator[None]]:
    """While it lasts, every artifact is written as the first version of its kind; runs are not."""
    written = Record.to_arrow

    def to_arrow(self: Record, version: int | None = None) -> pa.Table:
        return written(self, version if version or isinstance(self, Run) else 1)

    @contextmanager
    def writing():
        with monkeypatch.context() as past:
            past.setattr(Record, "to_arrow", to_arrow)
            yield

    return writing


@pytest.fixture
def old(lake, design, example, first_version, monkeypatch):
    """A microstructure, a transport and a geometry that stages made when the kinds were in their first versions."""
    monkeypatch.setenv(stages.DRIFT, "2.0")
    given, seen = lake.put(design()), lake.put(example("geometry"))
    with first_version():
        made = [
            lake.run(stages.grow, design=given, seed=3).id,
            lake.run(stages.bounded, design=given).id,
            lake.run(stages.reshaped, geometry=seen).id,
        ]
    lake.sql("SELECT 1")  # index what was written,
    lake.rebuild()  # and again by what lies in the files
    return made


def test_they_are_of_the_first_version(lake, old):
    """What the tests below begin with: ids that today's version does not give."""
    versions = lake.sql("SELECT id, schema_version FROM artifacts")
    assert {i: v for i, v in versions.rows() if i in old} == dict.fromkeys(old, 1)
    assert [artifact_id(lake.get(name)) == name for name in old] == [False] * 3
    assert lake.fsck().problems == ()


def test_they_come_out_the_same(lake, old):
    """The form of the recorded version is what is compared: fields that it did not have decide nothing."""
    assert [lake.reproduce(name).verdict for name in old] == [Verdict.BITWISE] * 3


def test_dropped_ones_come_back(lake, old):
    """What was dropped comes back under its own id, as it was written."""
    before = [lake.get(name) for name in old]
    lake.drop(old, reason="space")
    assert [lake.reproduce(name).verdict for name in old] == [Verdict.BITWISE] * 3
    assert [repr(lake.get(name)) for name in old] == [repr(record) for record in before]
    assert lake.fsck().problems == ()


def test_a_chain_of_them_comes_back(lake, old):
    """A dropped input is brought back for what was made of it."""
    counted = lake.run(stages.count, cube=old[0])
    lake.drop([old[0], counted.id], reason="space")
    assert lake.reproduce(counted.id, deep=True).verdict is Verdict.BITWISE
    assert lake.get(old[0]).labels.shape == (4, 4, 4)


def test_deviations_are_of_what_was_recorded(lake, design, first_version, monkeypatch):
    """A number that comes out otherwise is told by name, without the fields that are newer than the record."""
    given = lake.put(design())
    monkeypatch.setenv(stages.DRIFT, "2.0")
    with first_version():
        made = lake.run(stages.bounded, design=given)
    monkeypatch.setenv(stages.DRIFT, "2.0001")
    found = lake.reproduce(made.id)
    assert found.verdict is Verdict.WITHIN
    assert [d["field"] for d in found.deviations] == ["pore_tortuosity_factor"]


def test_what_the_first_version_cannot_say(example):
    """Boxes cannot be written as cubes were; a microstructure of cubes can."""
    boxes = example("microstructure", voxel_edges_metre=[8e-7, 4e-7, 4e-7])
    with pytest.raises(SchemaVersionError, match="voxel_edges_metre"):
        boxes.to_arrow(version=1)
    cubes = example("microstructure").to_arrow(version=1)
    assert cubes.column_names[:2] == ["labels", "voxel_size_metre"]
    assert cubes.schema.field("voxel_size_metre").metadata == {b"unit": b"m"}
