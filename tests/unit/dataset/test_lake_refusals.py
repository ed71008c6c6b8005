"""What is not a lake, cannot be written, is full, or means harm: a clear error, and nothing half-stored."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pickle
import tempfile
from pathlib import Path

import lake_stages as stages
import pyarrow as pa
import pytest
import rfc8785

from ragone.dataset import Lake, artifact_id, steps
from ragone.dataset.errors import (
    CorruptObjectError,
    LakeVersionError,
    NotALakeError,
    ReadOnlyLakeError,
    StorageFullError,
)
from ragone.dataset.steps import Step
from ragone.schemas.errors import FieldTypeError

ROOT = Path(__file__).parents[3]


def test_no_lake_there(tmp_path, remote):
    """A folder, a file, nothing at all, or an empty bucket is not a lake, and is not made one by looking."""
    (tmp_path / "file").write_text("text")
    for place in (tmp_path, tmp_path / "absent", tmp_path / "file", remote):
        with pytest.raises(NotALakeError, match="is not a lake"):
            Lake.open(place)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_folder_with_other_files(tmp_path):
    """A lake is not made among files that are not its own."""
    (tmp_path / "thesis.tex").write_text("text")
    with pytest.raises(NotALakeError, match="holds files but no lake"):
        Lake.open(tmp_path, create=True)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(NotALakeError, match="is a file"):
        Lake.open(tmp_path / "thesis.tex", create=True)


def test_bucket_with_other_files(remote, tmp_path):
    """The same for an object store."""
    import fsspec

    fsspec.filesystem("memory").pipe_file(f"/{tmp_path.name}/lake/thesis.tex", b"text")
    with pytest.raises(NotALakeError, match="holds files but no lake"):
        Lake.open(remote, create=True)


def test_create_twice(folder, design):
    """Making a lake where there is one opens it."""
    with Lake.open(folder, create=True) as lake:
        given = lake.put(design())
    with Lake.open(folder, create=True) as lake:
        assert lake.get(given).porosity == 0.3


def page(**changes: object) -> bytes:
    """The page of a lake as docs/LAKE.md describes it."""
    content = {"format": "ragone-lake", "version": 1, "created": "2026-11-20T12:00:00+00:00", **changes}
    digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    return rfc8785.dumps({**content, "sha256": digest}) + b"\n"


def test_newer_format(folder, lake, design):
    """A lake of a newer format is refused, and not touched."""
    (folder / "lake.json").write_bytes(page())
    Lake.open(folder)
    (folder / "lake.json").write_bytes(page(version=2))
    with pytest.raises(LakeVersionError, match="has lake format 2; this Ragone reads up to 1"):
        Lake.open(folder)
    with pytest.raises(LakeVersionError):
        Lake.open(folder, create=True)
    assert json.loads((folder / "lake.json").read_bytes())["version"] == 2


@pytest.mark.parametrize(
    "damaged", [b"", b"[]", b"{}", b"null", page()[:-3], page().replace(b":1}", b":0}"), page(format="x")]
)
def test_damaged_page(folder, lake, damaged):
    """A damaged page is named; the lake is not opened with it."""
    (folder / "lake.json").write_bytes(damaged)
    with pytest.raises(NotALakeError, match=r"lake\.json is damaged"):
        Lake.open(folder)
    assert [p.where for p in lake.fsck().problems] == ["lake.json"]


@pytest.fixture
def unprivileged(lake, design):
    """Run as somebody whom permissions bind, in a folder that they can reach."""
    lake.run(stages.denser, design=lake.put(design()))  # whatever is imported late is imported now
    lake.rebuild()
    lake.sql("SELECT 1")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        if os.geteuid() != 0:
            yield Path(name)
            return
        os.chown(name, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)


def writable(folder: Path, allowed: bool) -> None:
    """Allow or forbid writing to everything below."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod((0o700 if allowed else 0o500) if path.is_dir() else (0o600 if allowed else 0o400))


def test_read_only_folder(unprivileged, design):
    """A folder without permission to write is said to be so, at every door, and holds what it held."""
    place = unprivileged / "lake"
    with Lake.open(place, create=True) as lake:
        given = lake.put(design())
        lake.sql("SELECT 1")
        writable(unprivileged, False)
        try:
            for action in (
                lambda: lake.put(design(0.4)),
                lambda: lake.run(stages.denser, design=given),
                lambda: Lake.open(place),
                lambda: Lake.open(unprivileged / "other", create=True),
                lake.rebuild,
            ):
                with pytest.raises(ReadOnlyLakeError, match="cannot be"):
                    action()
            assert lake.get(given).porosity == 0.3
        finally:
            writable(unprivileged, True)
        assert lake.fsck().problems == ()
        assert lake.sql("SELECT count(*) FROM runs").item() == 1


@pytest.fixture
def failing():
    """Let the disk fail at the n-th time that a step is reached."""

    def arrange(step: Step, number: int = errno.ENOSPC, after: int = 0) -> None:
        passed = []

        def observer(reached: Step) -> None:
            if reached is step:
                passed.append(reached)
                if len(passed) == after + 1:
                    raise OSError(number, os.strerror(number))

        steps.observe(observer)

    yield arrange
    steps.observe(None)


WRITES = [Step.TEMPORARY_CREATED, Step.TEMPORARY_WRITTEN, Step.TEMPORARY_SYNCED, Step.RENAMED, Step.FOLDER_SYNCED]
COMMITS = [Step.OBJECTS_STORED, Step.RUN_COMMITTED, Step.RECIPE_NOTED]


@pytest.mark.parametrize("after", [0, 1], ids=["object", "run"])
@pytest.mark.parametrize("step", WRITES, ids=str)
def test_disk_full_while_writing(lake, design, failing, folder, step, after):
    """A disk that fills up at any step of any file of a put is named; the lake stays sound, and the next put works."""
    kept = lake.put(design(0.2))
    lake.sql("SELECT 1")
    files = set(folder.rglob("*.arrow"))
    failing(step, after=after)
    with pytest.raises(StorageFullError, match="disk is full") as caught:
        lake.put(design(0.3))
    assert caught.value.errno == errno.ENOSPC
    steps.observe(None)
    assert not list((folder / "tmp").iterdir())
    assert all(lake._store.objects.intact(f"design-{p.stem}") for p in (folder / "objects" / "design").rglob("*.arrow"))
    assert files <= set(folder.rglob("*.arrow"))
    assert lake.get(kept).porosity == 0.2
    with Lake.open(folder) as later:
        assert later.fsck().problems == ()
        again = later.put(design(0.3))
        assert later.get(again).porosity == 0.3
        assert later.sql("SELECT count(*) FROM designs").item() == 2
        assert later.fsck().problems == ()


@pytest.mark.parametrize("step", COMMITS, ids=str)
def test_failure_between_writes(lake, design, failing, folder, step):
    """Whatever fails between two writes, the same lake goes on: nothing is stored by halves, nothing appears later."""
    failing(step)
    with pytest.raises(OSError, match="No space left"):
        lake.put(design(0.3))
    steps.observe(None)
    other = lake.put(design(0.4))
    assert lake.get(other).porosity == 0.4
    committed = step is not Step.OBJECTS_STORED
    with Lake.open(folder) as later:
        assert later.fsck().problems == ()
        assert later.sql("SELECT count(*) FROM designs").item() == 1 + committed
        assert later.put(design(0.3)) == artifact_id(design(0.3))
        assert later.sql("SELECT count(*) FROM designs").item() == 2


@pytest.mark.parametrize("step", [*WRITES, *COMMITS], ids=str)
def test_disk_full_at_the_end_of_a_batch(lake, design, failing, folder, step):
    """All of a batch or none: a run never names what was not stored, also if the lake is used on."""

    def batch() -> None:
        with lake.batch():
            made = lake.run(stages.denser, design=lake.put(design(0.3)))
            lake.run(stages.halves, design=made.id)

    failing(step)
    with pytest.raises(OSError, match=r"full|No space"):
        batch()
    steps.observe(None)
    lake.put(design(0.4))
    with Lake.open(folder) as later:
        assert later.fsck().problems == ()
        assert later.sql("SELECT count(*) FROM runs").item() in (1, 4)
    batch()
    assert lake.fsck().problems == ()
    assert lake.sql("SELECT count(*) FROM runs").item() == 4


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_disk_that_turns_read_only(lake, design, failing, number):
    """A disk that the system set read-only is told from a full one."""
    failing(Step.TEMPORARY_CREATED, number)
    with pytest.raises(ReadOnlyLakeError, match="cannot be written"):
        lake.put(design())


def test_other_errors_are_not_hidden(lake, design, failing):
    """An input-output error keeps its own name."""
    failing(Step.TEMPORARY_WRITTEN, errno.EIO)
    with pytest.raises(OSError, match="Input/output error") as caught:
        lake.put(design())
    assert type(caught.value) is OSError


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return (os.mkdir, (str(self.path),))


def test_trap_works(tmp_path):
    """The trap of the tests below does spring when it is unpickled."""
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung")))  # noqa: S301
    assert (tmp_path / "sprung").exists()


def test_pickles_in_objects_are_harmless(lake, design, object_file, tmp_path):
    """Metadata that a careless reader would unpickle are left alone: the content is the same, and is got as ever."""
    given = lake.put(design())
    sprung = tmp_path / "sprung"
    bait = pickle.dumps(Trap(sprung))
    table = design().to_arrow()
    extension = {"ARROW:extension:name": "arrow.py_extension_type", "ARROW:extension:metadata": bait}
    fields = [field.with_metadata({**(field.metadata or {}), **extension}) for field in table.schema]
    metadata = {**table.schema.metadata, b"pandas": bait, b"PANDAS": bait, b"numpy": bait}
    bad = pa.Table.from_arrays(table.columns, schema=pa.schema(fields, metadata=metadata))
    with pa.OSFile(str(object_file(given)), "wb") as sink, pa.ipc.new_file(sink, bad.schema) as writer:
        writer.write_table(bad)
    with Lake.open(lake.where) as later:
        assert later.get(given).porosity == 0.3
        later.fsck()
        later.rebuild()
        later.sql("SELECT * FROM designs")
    assert not sprung.exists()


def test_pickle_instead_of_an_object(lake, design, object_file, tmp_path):
    """A pickle under an object's name is damage, no more."""
    given = lake.put(design())
    object_file(given).write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(CorruptObjectError):
        lake.get(given)
    assert [str(p.kind).partition(";")[0] for p in lake.fsck().problems if given in p.where or given[7:] in p.where]
    assert not (tmp_path / "sprung").exists()


def test_weights_stay_bytes(lake, example, tmp_path):
    """Weights are got as the bytes they were, whatever they would do if they were loaded."""
    bait = pickle.dumps(Trap(tmp_path / "sprung"))
    assert lake.get(lake.put(example("surrogate", weights=bait))).weights == bait
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "word", ["pickle", "torch.load", "allow_pickle", "marshal", "shelve", "eval(", "exec(", "yaml"]
)
def test_no_module_of_the_lake_could(word):
    """No module of the lake so much as names what runs code from data."""
    for path in sorted((ROOT / "dataset").glob("*.py")):
        code = path.read_text(encoding="utf-8")
        assert word not in code, f"{path} names {word}"


def test_stranger_is_named(lake, design, folder):
    """A file that no lake writes is named by fsck and harms nothing."""
    lake.put(design())
    (folder / "objects" / "design" / "notes.txt").write_text("hello")
    (problem,) = lake.fsck().problems
    assert problem.where == "objects/design/notes.txt"
    assert "move it out" in str(problem).lower()


def test_record_of_another_kind_under_a_name(lake, design, folder):
    """Content under the right hash but another kind is not that record."""
    given = lake.put(design())
    digits = given.removeprefix("design-")
    source = folder / "objects" / "design" / digits[:2] / f"{digits}.arrow"
    target = folder / "objects" / "kpi" / digits[:2] / source.name
    target.parent.mkdir(parents=True)
    target.write_bytes(source.read_bytes())
    with pytest.raises(CorruptObjectError):
        lake.get(f"kpi-{digits}")
    assert [p.where for p in lake.fsck().problems] == [str(target.relative_to(folder))]


def test_damaged_tombstone(lake, design, object_file):
    """A damaged tombstone stops nothing but what it explains, and is named."""
    made = lake.run(stages.denser, design=lake.put(design()))
    stone = lake.drop([made.id], reason="space")
    object_file(stone).write_bytes(b"")
    lake.close()
    with Lake.open(lake.where) as later:
        other = later.put(design(0.4))
        assert later.get(other).porosity == 0.4
        assert stone.removeprefix("tombstone-") in " ".join(p.where for p in later.fsck().problems)


def test_record_with_what_no_column_holds(lake, example):
    """Text that is not Unicode is refused before anything is stored."""
    with pytest.raises((FieldTypeError, UnicodeEncodeError)):
        lake.put(example("kpi", name="\ud800"))
    assert lake.sql("SELECT count(*) FROM runs").item() == 0
