"""Tags, notes and saved queries: records that stand until they are withdrawn, and survive all that a lake survives."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import lake_stages as stages
import pytest

from ragone.dataset import Lake
from ragone.dataset.errors import AmbiguousIdError, MalformedIdError, NotASelectError, UnknownIdError, UnknownNameError
from ragone.schemas.annotation import Annotation
from ragone.schemas.errors import FieldTypeError


def test_tag_stands_for_its_artifact(any_lake, design):
    """Where an id is expected a tag may be given, also one of a run; what has it is found in SQL."""
    name = any_lake.put(design())
    made = any_lake.run(stages.denser, design=name)
    any_lake.annotations.tag(name, "best-so-far", "paper")
    any_lake.annotations.tag(made.run_id, "first")
    assert any_lake.resolve("best-so-far") == name
    assert any_lake.get("paper").id == name
    assert any_lake.resolve("first") == made.run_id
    assert any_lake.run(stages.denser, design="paper").reused
    assert any_lake.sql("SELECT subject_id, tag FROM tags ORDER BY tag").rows() == [
        (name, "best-so-far"),
        (made.run_id, "first"),
        (name, "paper"),
    ]


def test_tags_and_notes_withdrawn(lake, design):
    """What is withdrawn does not stand; it may be said again, and what was said remains in its table."""
    name = lake.put(design())
    said = lake.annotations
    said.tag(name, "one", "two")
    said.tag(name, "one")
    said.untag(name, "one")
    assert [remark.content for remark in said.tags(name)] == ["two"]
    with pytest.raises(MalformedIdError, match="nor a tag of this lake"):
        lake.resolve("one")
    said.tag(name, "one")
    assert [remark.content for remark in said.tags(name)] == ["two", "one"]
    said.note(name, "it's thick")
    said.note(name, "it is thin")
    assert [remark.content for remark in said.notes(name)] == ["it's thick", "it is thin"]
    said.withdraw_notes(name)
    assert said.notes() == []
    assert lake.sql("SELECT aspect, content, withdrawn FROM annotations ORDER BY annotated").rows() == [
        ("tag", "one", False),
        ("tag", "two", False),
        ("tag", "one", True),
        ("tag", "one", False),
        ("note", "it's thick", False),
        ("note", "it is thin", False),
        ("note", "it's thick", True),
        ("note", "it is thin", True),
    ]


def test_tag_on_several(lake, design):
    """A tag on several artifacts groups them; as an id it is refused until it is moved to one."""
    one, other = lake.put(design(0.3)), lake.put(design(0.4))
    lake.annotations.tag(one, "best")
    lake.annotations.tag(other, "best")
    with pytest.raises(AmbiguousIdError, match="is on 2 artifacts: design-"):
        lake.get("best")
    lake.annotations.tag(one, "best", move=True)
    assert lake.resolve("best") == one
    with pytest.raises(UnknownNameError, match="has no tag 'best'"):
        lake.annotations.untag(other, "best")


@pytest.mark.parametrize("tag", ["", "dead", "kpi-3fa9", "kpi-" + "0" * 64, "a b", "-x", "a'b", "x" * 65, "a\nb"])
def test_what_is_no_tag(lake, design, tag):
    """An id, or what could be read as one, is no tag, so that ids always win; nothing is stored then."""
    name = lake.put(design())
    with pytest.raises(FieldTypeError, match="is no tag"):
        lake.annotations.tag(name, "good", tag)
    assert lake.annotations.tags() == []


@pytest.mark.parametrize("kind", ["kpi", "run"])
def test_subject_that_is_not_there(lake, kind):
    """What the lake does not know has no tags and no notes, though its id is written out whole."""
    with pytest.raises(UnknownIdError):
        lake.annotations.tag(f"{kind}-{'0' * 64}", "best")
    with pytest.raises(UnknownIdError):
        lake.annotations.note(f"{kind}-{'0' * 64}", "best")


def test_tags_of_a_stranger(lake, design):
    """A tag that could be read as an id, or that leads to no id, is none."""
    name, now = lake.put(design()), datetime.now(UTC)
    lake.put(Annotation(subject_id=name, aspect="tag", content=f"design-{'0' * 64}", annotated=now))
    lake.put(Annotation(subject_id="../../x", aspect="tag", content="good", annotated=now))
    assert lake.annotations.tags() == []
    with pytest.raises(MalformedIdError):
        lake.get("good")


def test_author(lake, design, monkeypatch):
    """The author is the user, or whom the environment names."""
    name = lake.put(design())
    monkeypatch.setenv("RAGONE_AUTHOR", "https://orcid.org/0000-0002-1825-0097")
    lake.annotations.note(name, "x")
    monkeypatch.delenv("RAGONE_AUTHOR")
    monkeypatch.setenv("LOGNAME", "somebody")
    lake.annotations.note(name, "y")
    assert [note.author for note in lake.annotations.notes()] == ["https://orcid.org/0000-0002-1825-0097", "somebody"]


@pytest.fixture
def annotated(lake, design):
    """A lake with a tag, a note, one of each withdrawn, and a saved query; gives the id of the subject."""
    name = lake.put(design())
    lake.annotations.tag(name, "best", "gone")
    lake.annotations.untag(name, "gone")
    lake.annotations.note(name, "thick")
    lake.annotations.save_query("some", "SELECT count(*) FROM designs WHERE porosity < $most", {"most": 0.4})
    lake.close()
    return name


def _stands(lake, name):
    assert [remark.content for remark in lake.annotations.tags()] == ["best"]
    assert [remark.content for remark in lake.annotations.notes(name)] == ["thick"]
    assert lake.resolve("best") == name
    assert lake.annotations.query("some").sql.startswith("SELECT count(*)")
    assert lake.fsck().sound


def test_rebuilt(lake, folder, annotated):
    """Tags, notes and queries are there when the tables are made anew, or were lost."""
    lake.rebuild()
    _stands(lake, annotated)
    shutil.rmtree(folder / "tables")
    with Lake.open(folder) as again:
        _stands(again, annotated)


def test_backed_up_and_restored(lake, tmp_path, annotated):
    """A backup brings them back."""
    lake.backup(tmp_path / "backup")
    Lake.restore(tmp_path / "backup", tmp_path / "restored")
    with Lake.open(tmp_path / "restored") as restored:
        _stands(restored, annotated)


def test_at_a_snapshot(lake, annotated):
    """A snapshot knows what had been said by then, and nothing that was said or withdrawn since."""
    before = lake.snapshot()
    lake.annotations.untag(annotated, "best")
    lake.annotations.note(annotated, "later")
    lake.annotations.remove_query("some")
    assert lake.sql("SELECT tag FROM tags", at=before).rows() == [("best",)]
    assert lake.sql("SELECT note FROM notes", at=before).rows() == [("thick",)]
    assert lake.sql("SELECT name FROM queries", at=before).rows() == [("some",)]
    assert lake.sql("SELECT count(*) FROM tags").item() == lake.sql("SELECT count(*) FROM queries").item() == 0


def test_found(lake, annotated):
    """A search finds what stands, and what it is about; nothing that was withdrawn."""
    assert [(one.table, one.newest) for one in lake.find("BEST")] == [("tags", annotated)]
    assert [(one.table, one.newest) for one in lake.find("thick")] == [("notes", annotated)]
    assert lake.find("gone") == []
    assert [one.table for one in lake.find("some")] == ["queries"]


def test_queries(lake, annotated):
    """A query of the same name takes the place of the former; one that is removed is no more."""
    assert lake.annotations.query("some").parameters == {"most": 0.4}
    lake.annotations.save_query("some", "SELECT 1")
    assert lake.annotations.query("some").sql == "SELECT 1"
    lake.annotations.remove_query("some")
    with pytest.raises(UnknownNameError, match="no saved query 'some': none is saved"):
        lake.annotations.query("some")


@pytest.mark.parametrize("value", ["0.4", "x' OR 1=1 --", 'a"b', "$most"])
def test_parameters_are_bound(lake, design, value):
    """A value is a value, whatever it says."""
    lake.put(design())
    assert lake.sql("SELECT $most AS x, count(*) AS n FROM designs", parameters={"most": value}).rows() == [(value, 1)]
    assert lake.sql("SELECT id FROM designs WHERE id = $most", parameters={"most": value}).height == 0


@pytest.mark.parametrize("sql", ["DROP TABLE designs", "SELECT 1; SELECT 2", "SELEC 1", "", "COPY (SELECT 1) TO 'x'"])
def test_what_is_no_query(lake, sql):
    """Only one SELECT is saved."""
    with pytest.raises(NotASelectError):
        lake.annotations.save_query("some", sql)
    assert lake.sql("SELECT count(*) FROM saved_queries").item() == 0


def test_parameters_that_do_not_fit(lake):
    """A parameter without a value, and a value without a parameter, are named."""
    with pytest.raises(NotASelectError, match=r"no value for \$a"):
        lake.sql("SELECT $a + 1")
    with pytest.raises(NotASelectError, match=r"no parameter \$b"):
        lake.sql("SELECT $a + 1", parameters={"a": 1, "b": 2})
