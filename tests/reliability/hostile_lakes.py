"""A catalogue of what a stranger, or bad luck, may put into a lake: crafted runs and objects, links, pipes, bombs.

Each entry is a name and a function that spoils a sound lake. The lake lies in a folder `place / "lake"`; beside it lies
`place / "outside"`, which nothing may touch. Whoever crafts files here knows the format: hashes match contents.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from reliability_stages import kpi, scale, scatter

from ragone.dataset import Lake, artifact_id
from ragone.dataset.arrow_files import encode
from ragone.dataset.objects import object_key
from ragone.schemas import Microstructure, Run, Snapshot
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.provenance import Tombstone
from tests.forged import NOW, RUN, keep_runs, put_object, put_run

Spoil = Callable[[Path], None]

ESCAPE = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31m"
_DEEP = "[" * 5000 + "]" * 5000
_BOMB = 3_000_000_000  # bytes that a few kilobytes unpack to
KEPT = artifact_id(kpi(7))  # what every lake holds, and no entry spoils
SPOILED = artifact_id(kpi(3))  # what most entries are about


def make_sound_lake(path: Path) -> None:
    """A small lake with a file of every sort that the catalogue spoils."""
    with Lake.open(path, create=True) as lake:
        lake.put(kpi(7))
        of = lake.put(kpi(3))
        lake.run(scale, of=of, factor=0.5)
        kept, dropped = (lake.run(scatter, of=of, edge=edge, seed=1).id for edge in (9, 8))
        assert kept != dropped
        lake.drop([dropped], reason="its metrics are stored")
        lake.snapshot("sound")
        with lake.batch():
            lake.put(kpi(8))
            lake.put(kpi(9))


def catalogue() -> dict[str, Spoil]:
    """Every entry, by name."""
    found: dict[str, Spoil] = {}
    for sort, find in _FILES.items():
        for name, bad in _INSTEAD_OF_A_FILE.items():
            found[f"{sort}: {name}"] = partial(_replace, find, bad)
    for folder in _FOLDERS:
        for name, bad in _INSTEAD_OF_A_FOLDER.items():
            found[f"folder {folder}: {name}"] = partial(_replace_folder, folder, bad)
    found |= {f"run: {name}": partial(_put_run, **changes) for name, changes in _RUNS.items()}
    found |= {f"field of a run: {name}": partial(_put_raw_run, *changes) for name, changes in _RAW_RUNS.items()}
    found |= {f"object: {name}": partial(_put_table, change) for name, change in _OBJECTS.items()}
    found |= {f"tombstone: {name}": partial(_put_tombstone, rows) for name, rows in _TOMBSTONES.items()}
    found |= {f"snapshot: {name}": partial(_put_snapshot, ids) for name, ids in _SNAPSHOTS.items()}
    return found | _OTHERS


# What may stand where a file belongs: functions of the file's path and the folder outside.


def _write(data: bytes, path: Path, outside: Path) -> None:
    path.write_bytes(data)


def _link(target: str, path: Path, outside: Path) -> None:
    path.symlink_to(target.format(outside=outside))


def _pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, outside: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket may have a hundred characters only
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name[:90])
    finally:
        os.chdir(here)


def _folder(path: Path, outside: Path) -> None:
    path.mkdir()
    (path / "inside").write_text("x")


def _hard_link(path: Path, outside: Path) -> None:
    os.link(outside / "precious", path)


def _sparse(path: Path, outside: Path) -> None:
    with path.open("wb") as file:
        file.truncate(_BOMB)


def bomb() -> bytes:
    """An Arrow file of some kilobytes that unpacks to gigabytes: one block of zeros, said to be there many times."""
    block = np.zeros(2**20, np.uint8)
    labels = pa.LargeListArray.from_arrays(pa.array([0, len(block)], pa.int64()), pa.array(block))
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    schema = pa.schema([("labels", labels.type)], metadata={"kind": "kpi", "schema_version": "1"})
    with pa.ipc.new_file(sink, schema, options=options) as writer:
        for _ in range(_BOMB // len(block)):
            writer.write_batch(pa.record_batch([labels], schema))
    return bytes(sink.getvalue())


_INSTEAD_OF_A_FILE: dict[str, Callable[[Path, Path], None]] = {
    "empty": partial(_write, b""),
    "garbage": partial(_write, b"\xff\xfe garbage \x00" * 99),
    "deep JSON": partial(_write, _DEEP.encode()),
    "an Arrow file of nothing": partial(_write, encode(pa.table({"x": [1]}))),
    "the head of an Arrow file": partial(_write, b"ARROW1\0\0" + b"\xff" * 64),
    "gone": lambda path, outside: None,
    "link to what is precious": partial(_link, "{outside}/precious"),
    "link to zeros without end": partial(_link, "/dev/zero"),
    "link to nothing": partial(_link, "/nonexistent/place"),
    "hard link to what is precious": _hard_link,
    "named pipe": _pipe,
    "socket": _socket,
    "folder": _folder,
    "gigabytes of nothing": _sparse,
}


def _object_of(kind: str, lake: Path) -> Path:
    return min((lake / "objects" / kind).rglob("*.arrow"))


_FILES: dict[str, Callable[[Path], Path]] = {
    "lake.json": lambda lake: lake / "lake.json",
    "KPI": lambda lake: lake / object_key(SPOILED),
    **{kind: partial(_object_of, kind) for kind in ("microstructure", "tombstone", "snapshot", "code", "environment")},
    "file of runs": lambda lake: max((lake / "runs").rglob("*.arrow"), key=lambda path: path.stat().st_size),
    "pointer": lambda lake: min(p for p in (lake / "recipes").rglob("*") if p.is_file()),
    "state of the tables": lambda lake: lake / "tables" / "state.json",
    "manifest": lambda lake: min((lake / "tables" / "kpis.lance" / "_versions").glob("*.manifest")),
    "data of a table": lambda lake: min((lake / "tables" / "kpis.lance" / "data").iterdir()),
    "lock": lambda lake: lake / "tables" / ".lock",
}


def _replace(find: Callable[[Path], Path], bad: Callable[[Path, Path], None], place: Path) -> None:
    path = find(place / "lake")
    path.unlink(missing_ok=True)
    bad(path, place / "outside")


_FOLDERS = (
    *("objects", "objects/kpi", f"objects/kpi/{SPOILED[4:6]}", "runs", "recipes", "tmp"),
    *("tables", "tables/kpis.lance", "tables/kpis.lance/data", "tables/kpis.lance/_versions"),
)
_INSTEAD_OF_A_FOLDER: dict[str, Callable[[Path, Path], None]] = {
    "link to a folder outside": partial(_link, "{outside}"),
    "link to nothing": partial(_link, "/nonexistent/place"),
    "file": partial(_write, b"x"),
    "named pipe": _pipe,
    "gone": lambda path, outside: None,
}


def _replace_folder(folder: str, bad: Callable[[Path, Path], None], place: Path) -> None:
    path = place / "lake" / folder
    shutil.rmtree(path, ignore_errors=True)
    bad(path, place / "outside")


# Runs that are hashed as they should be, and name what they should not.

_RUNS: dict[str, dict[str, Any]] = {
    "recipe leads out": {"recipe_id": "../../../outside/written"},
    "recipe is absolute": {"recipe_id": "/tmp/written"},
    "recipe overwrites the page": {"recipe_id": "../../lake.json"},
    "recipe is a start-up file": {"recipe_id": "../../outside/.bash_profile"},
    "recipe is empty": {"recipe_id": ""},
    "recipe holds a zero byte": {"recipe_id": "a\0b"},
    "recipe is endless": {"recipe_id": "a" * 100_000},
    "recipe in capitals": {"recipe_id": "A" * 64},
    "recipe ends in a newline": {"recipe_id": "1" * 63 + "\n"},
    "output is a query": {"output_roles": ("a",), "output_ids": ("kpi-' OR '1'='1",)},
    "output leads out": {"output_roles": ("a",), "output_ids": ("kpi-../../../../outside/precious",)},
    "output is empty": {"output_roles": ("a",), "output_ids": ("",)},
    "output ends in a newline": {"output_roles": ("a",), "output_ids": (f"{SPOILED}\n",)},
    "output of an unknown kind": {"output_roles": ("a",), "output_ids": ("zzz-" + "0" * 64,)},
    "output was never stored": {"output_roles": ("a",), "output_ids": ("kpi-" + "0" * 64,)},
    "output is a run": {"output_roles": ("a",), "output_ids": ("run-" + "0" * 64,)},
    "more roles than outputs": {"output_roles": ("a", "b"), "output_ids": (KEPT,)},
    "more roles than inputs": {"input_roles": ("a", "b"), "input_ids": (KEPT,)},
    "input is a command": {"input_roles": ("a",), "input_ids": ("; touch outside/written",)},
    "a thousand inputs": {"input_roles": ("a",) * 1000, "input_ids": (KEPT,) * 1000},
    "code leads out": {"code_id": "../../outside/precious"},
    "code is a KPI": {"code_id": KEPT},
    "environment is a quote": {"environment_id": "x'y"},
    "names that command a terminal": {"stage": ESCAPE, "note": ESCAPE, "error": ESCAPE, "input_roles": ()},
    "stage of a foreign package": {"entry_point": "os:system", "output_roles": ("a",), "output_ids": (SPOILED,)},
    "stage that is a program": {
        "entry_point": "ragone.pipelines.characterise.kernel.__main__:x",
        "output_roles": ("a",),
        "output_ids": (SPOILED,),
    },
    "made of itself": {
        "input_roles": ("a",),
        "input_ids": (SPOILED,),
        "output_roles": ("a",),
        "output_ids": (SPOILED,),
    },
    "long before all others": {"ended": datetime(1, 1, 2, tzinfo=UTC), "started": datetime(1, 1, 1, tzinfo=UTC)},
    "long after all others": {"ended": datetime(9999, 12, 31, tzinfo=UTC)},
    "a text of a megabyte": {"note": "x" * 2**20},
    "numbers without measure": {"parameters": {"edge": 2**52, "nested": {"a": [[[[1]]]]}}},
}


def _put_run(place: Path, **changes: Any) -> None:
    put_run(place / "lake", **changes)


def _keep_run(place: Path, table: pa.Table) -> None:
    keep_runs(place / "lake", table)


_RAW_RUNS: dict[str, tuple[str, Any, pa.DataType | None]] = {
    "parameters too deep": ("parameters", f'{{"a":{_DEEP}}}', None),
    "parameters no JSON": ("parameters", "{", None),
    "parameters no number": ("parameters", '{"a":NaN}', None),
    "parameters of endless digits": ("parameters", '{"a":' + "9" * 5000 + "}", None),
    "parameters a list": ("parameters", "[1,2]", None),
    "parameters nothing": ("parameters", "null", None),
    "outcome unknown": ("outcome", "maybe", None),
    "end before time": ("ended", -(2**62), pa.timestamp("us", "UTC")),
    "end after time": ("ended", 2**62, pa.timestamp("us", "UTC")),
    "end in nanoseconds": ("ended", 123, pa.timestamp("ns", "UTC")),
    "seed a text": ("seed", "x", pa.string()),
    "stage nothing": ("stage", None, None),
    "an output is nothing": ("output_ids", [None], None),
    "stage a structure": ("stage", {"a": 1}, pa.struct([("a", pa.int64())])),
}


def _put_raw_run(field: str, value: Any, kind: pa.DataType | None, place: Path) -> None:
    table = Run(**RUN).to_arrow()
    position = table.column_names.index(field)
    column = pa.field(field, kind) if kind is not None else table.schema.field(position)
    _keep_run(place, table.set_column(position, column, pa.array([value], column.type)))


# Objects under their right hashes that are no records, each named by a run.

_KPI = kpi(3.5).to_arrow()
_META = {"kind": "kpi", "schema_version": "1"}
_OBJECTS: dict[str, Callable[[], pa.Table]] = {
    "other columns": lambda: pa.table({"x": [1]}).replace_schema_metadata(_META),
    "no version": lambda: _KPI.replace_schema_metadata({"kind": "kpi"}),
    "a newer version": lambda: _KPI.replace_schema_metadata({"kind": "kpi", "schema_version": "99"}),
    "no rows": lambda: _KPI.slice(0, 0),
    "two rows": lambda: pa.concat_tables([_KPI, _KPI]),
    "a column too many": lambda: _KPI.append_column("more", pa.array([1])),
    "a thousand columns": lambda: pa.table({f"c{i}": [1] for i in range(1000)}).replace_schema_metadata(_META),
    "words by dictionary": lambda: _recoded(lambda column: column.combine_chunks().dictionary_encode()),
    "a value too high": lambda: _changed("sample_count", pa.array([-5])),
    "no number": lambda: _changed("value", pa.array([float("nan")])),
    "a name that commands a terminal": lambda: kpi(4.5, name=ESCAPE, method=ESCAPE).to_arrow(),
    "a type of types": lambda: pa.table({"x": pa.array([[[[[1]]]]])}).replace_schema_metadata(_META),
    "runs without end": lambda: pa.table(
        {"x": pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array([1.0]))}
    ).replace_schema_metadata(_META),
}


def _recoded(change: Callable[[pa.ChunkedArray], pa.Array]) -> pa.Table:
    position = _KPI.column_names.index("name")
    return _KPI.set_column(position, "name", change(_KPI.column(position)))


def _changed(name: str, values: pa.Array) -> pa.Table:
    position = _KPI.column_names.index(name)
    field = _KPI.schema.field(position)
    return _KPI.set_column(position, field, values.cast(field.type))


def _put_table(make: Callable[[], pa.Table], place: Path) -> None:
    put_object(place / "lake", make(), recipe="6" * 64)


def _put_record(place: Path, record: Any) -> None:
    put_object(place / "lake", record.to_arrow())


FORGED = "kpi-" + "f" * 64
_TOMBSTONES: dict[str, Any] = {
    "no id": [{}],
    "rows a text": '"x"',
    "rows a number": 5,
    "an unknown kind": [{"id": FORGED, "kind": "evil", "schema_version": 1, "bytes": 1, "columns": {}}],
    "no columns": [{"id": FORGED, "kind": "kpi"}],
    "wrong types": [{"id": FORGED, "kind": "kpi", "schema_version": "x", "bytes": [], "columns": {"value": "text"}}],
    "a forged value": [
        {"id": FORGED, "kind": "kpi", "schema_version": 1, "bytes": 1, "columns": {"name": "energy", "value": 9999.0}}
    ],
    "a forged seal": [{"id": FORGED, "seal": "0" * 64, "content": {"id": FORGED, "kind": "kpi", "columns": {}}}],
    "columns of others": [{"id": FORGED, "kind": "kpi", "columns": {"run_id": "evil", "none": 1}}],
}


def _put_tombstone(rows: Any, place: Path) -> None:
    _put_record(place, Tombstone(artifact_ids=(FORGED,), rows=rows, reason="x", dropped=NOW))
    _put_run(place, output_roles=("kpi",), output_ids=(FORGED,), recipe_id="3" * 64)


_SNAPSHOTS: dict[str, tuple[str, ...]] = {
    "of what never was": ("kpi-" + "0" * 64,),
    "of a query": ("x' OR 1=1; --",),
    "of paths": ("../../outside/precious", "/etc/passwd"),
    "of nothing": (),
}


def _put_snapshot(ids: tuple[str, ...], place: Path) -> None:
    versions = {"runs": "../../outside"}
    _put_record(place, Snapshot(name=ESCAPE, artifact_ids=ids, merkle_root="z", table_versions=versions, taken=NOW))


def _put_bomb(place: Path) -> None:
    data = bomb()
    path = place / "lake" / object_key(SPOILED)
    path.write_bytes(data)


def _put_large_volume(place: Path) -> None:
    """A volume of 0.3 GB in some kilobytes: large, and within the budget."""
    labels = np.zeros((670, 670, 670), np.uint8)
    _put_record(
        place,
        Microstructure(
            labels=labels,
            voxel_edges_metre=cubic_voxels(1e-6),
            phase_names=("pore",),
            phase_labels=np.zeros(1, np.uint8),
            source="x",
            licence="own",
        ),
    )


def _put_circle(place: Path) -> None:
    names = [artifact_id(kpi(value)) for value in (31.0, 32.0)]
    for value in (31.0, 32.0):
        _put_record(place, kpi(value))
    for (one, other), recipe in zip((names, names[::-1]), ("7", "8"), strict=True):
        made = {"input_roles": ("of",), "input_ids": (one,), "output_roles": ("a",), "output_ids": (other,)}
        early = {"started": datetime(2020, 1, 1, tzinfo=UTC), "ended": datetime(2020, 1, 1, tzinfo=UTC)}
        entry = {"entry_point": "reliability_stages:scale", "stage": "scale", "recipe_id": recipe * 64}
        _put_run(place, **made, **early, **entry)


def _name(parts: str | bytes, place: Path) -> None:
    raw = os.fsencode(place / "lake") + b"/" + os.fsencode(parts)
    os.makedirs(os.path.dirname(raw), exist_ok=True)
    with open(raw, "wb") as file:
        file.write(b"x")


def _deep_folders(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place / "lake" / "objects")
    with suppress(OSError):
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
    os.chdir(here)


def _pointer(content: bytes, place: Path) -> None:
    path = place / "lake" / "recipes" / "00" / ("0" * 64)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


_OTHERS: dict[str, Spoil] = {
    "bomb under the name of a KPI": _put_bomb,
    "a large volume": _put_large_volume,
    "two runs that made each other": _put_circle,
    "a run of a newer version": lambda place: _keep_run(
        place, Run(**RUN).to_arrow().replace_schema_metadata({"kind": "run", "schema_version": "9"})
    ),
    "a run with a column too many": lambda place: _keep_run(
        place, Run(**RUN).to_arrow().append_column("more", pa.array([1]))
    ),
    "runs without rows": lambda place: _keep_run(place, Run(**RUN).to_arrow().slice(0, 0)),
    "a name that commands a terminal": partial(_name, f"runs/2026/11/30/{ESCAPE.replace('/', '')}.arrow"),
    "a name that is no text": partial(_name, b"runs/2026/11/30/\xff\xfe.arrow"),
    "a name that leads on": partial(_name, "objects/kpi/\n#!/bin/sh/x.arrow"),
    "a kind that nobody knows": partial(_name, f"objects/evil/00/{'0' * 64}.arrow"),
    "a run among the objects": partial(_name, f"objects/run/00/{'0' * 64}.arrow"),
    "hex that is none": partial(_name, f"objects/kpi/zz/{'z' * 64}.arrow"),
    "a note among tombstones": partial(_name, "objects/tombstone/notes.txt"),
    "a module beside": partial(_name, "json.py"),
    "a temporary file of nobody": partial(_name, "tmp/999999-precious"),
    "folders without end": _deep_folders,
    "pointer to the password file": partial(_pointer, b"../../../../../../etc/passwd 0\n"),
    "pointer of garbage": partial(_pointer, b"\xff\xfe ../../../etc/passwd 5 6 7"),
    "pointer to a row that is not there": partial(_pointer, b"runs/2026/11/30/" + b"0" * 64 + b".arrow 99999999999999"),
    "page of deep JSON": lambda place: (place / "lake" / "lake.json").write_text("[" * 60_000),  # type: ignore[dict-item]
}


def contents(folder: Path) -> Iterator[tuple[str, bytes | str]]:
    """Names and contents of everything below, links as what they point to."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield str(path), os.readlink(path)
        elif path.is_file():
            yield str(path), path.read_bytes()
        else:
            yield str(path), "folder"
