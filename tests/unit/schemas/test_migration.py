"""Old records are brought to the present version by named verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pytest

from ragone.schemas import Kpi, Microstructure
from ragone.schemas.errors import SchemaVersionError, UnknownFieldError
from ragone.schemas.field import array, document, real, text
from ragone.schemas.migration import (
    Migrations,
    added,
    annotated,
    folded,
    nulled,
    removed,
    renamed,
    repeated,
    reworded,
    scaled,
    stacked,
    withdrawn,
)
from ragone.schemas.record import Record


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sample(Record):
    """A record in its third version; the second renamed tau, the third turned micrometres into metres."""

    kind: ClassVar[str] = "sample"
    schema_version: ClassVar[int] = 3
    migrations: ClassVar[Migrations] = {
        1: (renamed("tau", "tortuosity_factor"), removed("comment")),
        2: (renamed("size_micrometre", "size_metre"), scaled("size_metre", 1e-6, "um"), added("method", "unknown")),
    }

    tortuosity_factor: float = real("1", low=1)
    size_metre: float | None = real("m", optional=True)
    method: str = text()


def row(version: int, **values: object) -> pa.Table:
    """One stored row of a version."""
    table = pa.table({name: [value] for name, value in values.items()})
    return table.replace_schema_metadata({"kind": "sample", "schema_version": str(version)})


def test_first_version_takes_every_step():
    """All verbs between the stored and the present version are applied in order."""
    sample = Sample.from_arrow(row(1, tau=2.0, comment="x", size_micrometre=5.0))
    assert (sample.tortuosity_factor, sample.method) == (2.0, "unknown")
    assert sample.size_metre == pytest.approx(5e-6)


def test_second_version_skips_the_first_step():
    """A newer record takes only the steps that remain; null stays null."""
    sample = Sample.from_arrow(row(2, tortuosity_factor=2.0, size_micrometre=None))
    assert sample.size_metre is None


def test_present_version_is_read_as_it_is():
    """Nothing is applied to a record of the present version."""
    sample = Sample.from_arrow(row(3, tortuosity_factor=2.0, size_metre=1.0, method="x"))
    assert (sample.size_metre, sample.method) == (1.0, "x")


def test_the_way_back():
    """A record is written as an older version wrote it: its names, units, types and order of fields."""
    written = Sample(tortuosity_factor=2.0, size_metre=5e-6, method="unknown").to_arrow(version=2)
    assert written.schema.metadata == {b"kind": b"sample", b"schema_version": b"2"}
    assert written.to_pylist() == [{"tortuosity_factor": 2.0, "size_micrometre": pytest.approx(5.0)}]
    assert written.schema.field("size_micrometre").metadata == {b"unit": b"um"}
    assert written.schema.field("size_micrometre").nullable


@pytest.mark.parametrize(
    ("version", "method", "message"),
    [
        (2, "laser", "method = 'laser'; the older version means 'unknown'"),
        (1, "unknown", "needs comment"),
        (4, "", "4"),
    ],
)
def test_what_an_older_version_cannot_say(version, method, message):
    """A value that differs from what the older version meant, a field that is gone, and no version at all: refused."""
    with pytest.raises(SchemaVersionError, match=message):
        Sample(tortuosity_factor=2.0, size_metre=5e-6, method=method).to_arrow(version=version)


@pytest.mark.parametrize("nothing", [None, "", (), {}, np.empty(0)])
def test_what_was_not_kept_is_left_out(nothing):
    """A field that old records leave empty said nothing then: whatever it holds now, the old form is without it."""
    spec = Sample.fields()["method"]
    assert added("method", nothing).back({"method": (spec, "laser")}) == {}


def test_one_number_for_all():
    """Equal entries were one number, bit for bit; unequal ones were none."""
    verb = repeated("edge", "edges", 3)
    read = verb.forth({"name": "a", "edge": 0.1, "label": 1})
    assert list(read) == ["name", "edges", "label"]
    spec = Microstructure.fields()["voxel_edges_metre"]
    cells = verb.back({"edges": (spec, read["edges"])})
    assert (cells["edge"][0].shape, cells["edge"][1]) == ("scalar", 0.1)
    with pytest.raises(SchemaVersionError, match="one number for all"):
        verb.back({"edges": (spec, np.array([0.1, 0.1, 0.2]))})


def test_a_number_that_stood_in_for_none():
    """Null where another field says so, else kept; back as the number that stood in."""
    verb = nulled("value", 0.0, unless=("outcome", "measured"))
    assert verb.forth({"value": 0.0, "outcome": "its conditions do not hold"})["value"] is None
    assert verb.forth({"value": 0.0, "outcome": "measured"})["value"] == 0.0
    spec = Kpi.fields()["value"]
    old, held = verb.back({"value": (spec, None)})["value"]
    assert (old.optional, held) == (False, 0.0)
    assert verb.back({"value": (spec, 1.5)})["value"][1] == 1.5


def test_nothing_is_guessed():
    """A field that no verb explains is refused."""
    with pytest.raises(UnknownFieldError, match="tau"):
        Sample.from_arrow(row(2, tau=2.0, size_micrometre=1.0))


def test_a_gap_is_refused():
    """A version from which no step leads is refused."""
    with pytest.raises(SchemaVersionError, match="no migration leads from sample version 0 to 1"):
        Sample.from_arrow(row(0, tau=2.0))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Section(Record):
    """A record whose second version says nothing of what is absent, and has lengths for each axis."""

    kind: ClassVar[str] = "section"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Migrations] = {
        1: (
            withdrawn("joined", 0.0, lambda values: values["fraction"] == 0),
            stacked("length_metre", 2),
            annotated("methods", "reasons"),
        )
    }

    fraction: float = real("1")
    joined: float | None = real("1", optional=True)
    length_metre: np.ndarray = array("m", "float64", 2)
    methods: dict = document()


@pytest.mark.parametrize(("fraction", "joined"), [(0.0, None), (0.5, 0.0), (0.5, 0.25)])
def test_a_stand_in_becomes_null_and_is_written_again(fraction, joined):
    """Of what is absent the old 0 is no value; of what is there it is one. Rows, and reasons, go as they came."""
    reasons = {} if joined is not None else {"reasons": {"joined": "nothing is there"}}
    rows = np.array([[1.0, 2.0]] * 2)
    section = Section(fraction=fraction, joined=joined, length_metre=rows, methods={"joined": "by hand", **reasons})
    written = section.to_arrow(version=1)
    assert written.to_pylist() == [
        {"fraction": fraction, "joined": joined or 0.0, "length_metre": [1.0, 2.0], "methods": '{"joined":"by hand"}'}
    ]
    assert not written.schema.field("joined").nullable
    read = Section.from_arrow(written)
    assert read.joined == joined
    assert read.length_metre.tolist() == rows.tolist()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Label(Record):
    """A record whose second version says brush for broom, in a text and in a document."""

    kind: ClassVar[str] = "label"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Migrations] = {
        1: (reworded("method", "a broom", "a brush"), reworded("card", "broom", "brush"))
    }

    method: str = text()
    card: dict = document()


def test_words_are_others_and_are_written_again_as_they_were():
    """Wherever they stand in a text, or in the texts of a document; the rest of both stays."""
    label = Label(method="by a brush, broom in hand", card={"made": {"with": "brush"}, "count": 2, "parts": ["brush"]})
    written = label.to_arrow(version=1)
    older = {"method": "by a broom, broom in hand", "card": '{"count":2,"made":{"with":"broom"},"parts":["broom"]}'}
    assert written.to_pylist() == [older]
    read = Label.from_arrow(written)
    assert (read.method, read.card) == (label.method, label.card)


def test_rows_that_differ_are_not_one():
    """The older version has one row for all."""
    section = Section(fraction=1.0, joined=1.0, length_metre=np.array([[1.0], [2.0]]), methods={})
    with pytest.raises(SchemaVersionError, match="rows of length_metre differ"):
        section.to_arrow(version=1)


class TestFolded:
    """A word that is said at the end of a text instead."""

    VERB = folded("varied", "method", "; {} raised")

    @pytest.mark.parametrize(("word", "said"), [("tau", "DFN; tau raised"), ("", "DFN")])
    def test_there_and_back(self, word, said):
        """The sentence holds the word, or is not there; the field stands before the text again, as it was."""
        assert self.VERB.forth({"x": 1, "varied": word, "method": "DFN"}) == {"x": 1, "method": said}
        spec = Sample.fields()["method"]
        back = self.VERB.back({"x": (spec, 1), "method": (spec, said)})
        assert list(back) == ["x", "varied", "method"]
        assert {name: value for name, (_, value) in back.items()} == {"x": 1, "varied": word, "method": "DFN"}
        assert back["varied"][0].name == "varied"

    def test_only_the_end_is_meant(self):
        """The same words in the middle of a text are its own."""
        spec = Sample.fields()["method"]
        back = self.VERB.back({"method": (spec, "DFN; tau raised; coarse")})
        assert (back["varied"][1], back["method"][1]) == ("", "DFN; tau raised; coarse")
