"""A catalogue of crates that must not be taken: broken ones, and those of a stranger who knows the format.

Each entry has the words of the refusal and a function that makes the crate from the files of a sound one. What a
stranger forges, he forges whole: manifests, root and archive are made anew after the change, unless that is the point.
"""

from __future__ import annotations

import json
import os
import socket
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hostile_lakes import ESCAPE, bomb

from ragone.dataset.arrow_files import decode, encode
from ragone.dataset.exchange.archive import write_end, write_entry
from ragone.dataset.exchange.crate_format import CARD, PAYLOAD, Card, digest_of, object_path, run_path, tag_files
from ragone.dataset.hashing import artifact_id, merkle_root, recipe_id
from ragone.schemas import Run, Snapshot
from ragone.schemas.content_hash import table_digest
from ragone.schemas.provenance import Tombstone
from tests.forged import NOW

Files = dict[str, bytes]  # of a bag, by path
Make = Callable[[Files, Path], Path]  # returns where it made the crate

_TAGS = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
_DEEP = b"[" * 100_000 + b"]" * 100_000


def read_crate(path: Path) -> Files:
    """The files of a crate in an archive."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(files: Files) -> Files:
    """The same payload with all that is said of it made anew; the card is as it is."""
    payload = {path: data for path, data in files.items() if path not in _TAGS}
    card = Card(**{n: v for n, v in json.loads(files[f"{PAYLOAD}/{CARD}"]).items() if n in Card.__dataclass_fields__})
    digests = {path: digest_of(data) for path, data in payload.items()}
    return payload | tag_files(digests, sum(map(len, payload.values())), card)


def packed(files: Files, folder: Path) -> Path:
    """An archive in the layout of `ragone export`."""
    path = folder / "crate.zip"
    with path.open("wb") as file:
        write_end(file, [write_entry(file, name, data) for name, data in files.items()])
    return path


def unpacked(files: Files, folder: Path) -> Path:
    """A folder."""
    for name, data in files.items():
        path = folder / "crate" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / "crate"


def broken() -> dict[str, tuple[str, Make]]:
    """What bad luck makes of a crate."""
    return {
        "an empty folder": ("there is no bagit.txt", _empty_folder),
        "no file at all": ("cannot be read", lambda files, folder: folder / "crate.zip"),
        "text": ("no archive as ragone export writes it", _written(b"not a crate\n" * 99)),
        "an empty file": ("no file begins at byte 0", _written(b"")),
        "a cut archive": ("no archive as ragone export writes it", _cut),
        "a longer archive": ("its directory does not say", _appended),
        "no manifest": ("manifest-sha256.txt is missing", _without("manifest-sha256.txt")),
        "no manifest of tags": ("tagmanifest-sha256.txt is missing", _without("tagmanifest-sha256.txt")),
        "no declaration": ("there is no bagit.txt", _without("bagit.txt")),
        "no card": (f"there is no {PAYLOAD}/{CARD}", _without(f"{PAYLOAD}/{CARD}")),
        "no metadata": ("is in manifest-sha256.txt, and missing", _without(f"{PAYLOAD}/ro-crate-metadata.json")),
        "a lost record": ("is in manifest-sha256.txt, and missing", _lost),
        "a cut record": ("is damaged or was swapped", _cut_record),
        "a file too many": ("is not in manifest-sha256.txt", _added(f"{PAYLOAD}/readable/more.csv", whole=False)),
        "another date": ("bag-info.txt does not say what the crate holds", _another_date),
    }


_NO_RECORD, _NO_RUN = "is not a record as a lake holds it", "is not a run as a lake holds it"


def hostile() -> dict[str, tuple[str, Make]]:
    """What a stranger makes of a crate."""
    return _names() | _archives() | _entries() | _records() | _runs() | _documents()


def _names() -> dict[str, tuple[str, Make]]:
    named = {
        "a path that leads out": "../../written.txt",
        "a path that leads out of the payload": f"{PAYLOAD}/readable/../../../written.txt",
        "an absolute path": "/tmp/written.txt",
        "a drive": "C:/written.txt",
        "backslashes": f"{PAYLOAD}\\..\\..\\written.txt",
        "backslashes in the payload": f"{PAYLOAD}/readable/..\\..\\written.txt",
        "a script in a name": f"{PAYLOAD}/readable/<script>alert(1)</script>.csv",
        "a command in a name": f"{PAYLOAD}/readable/$(touch written).csv",
        "control characters in a name": f"{PAYLOAD}/readable/{ESCAPE}.csv",
        "a line break in a name": f"{PAYLOAD}/readable/a\nb.csv",
        "a hidden file": f"{PAYLOAD}/readable/.git/hooks/pre-commit",
        "a name of no crate": f"{PAYLOAD}/lake/tables/state.json",
        "a program beside": "sitecustomize.py",
        "a name of 500 characters": f"{PAYLOAD}/readable/" + "a" * 480,
        "another manifest": "manifest-md5.txt",
    }
    found = {what: ("is no name|does not belong in a crate", _added(path)) for what, path in named.items()}
    return found | {
        "files elsewhere": ("names files elsewhere", _added("fetch.txt")),
        "upper and lower case": ("are one file where upper and lower case are one", _case_clash),
        "a name twice": ("holds .* twice", _twice),
    }


def _archives() -> dict[str, tuple[str, Make]]:
    return {
        "a bomb": ("is compressed", _zip_bomb),
        "a link in an archive": ("its directory does not say", _link_in_archive),
        "a file before the archive": ("no file begins at byte 0", _prepended),
        "a comment behind the archive": ("its directory does not say", _commented),
        "an encrypted file": ("is encrypted", _flagged),
        "files that overlap": ("no archive as ragone export writes it", _overlapping),
        "a check sum of something else": ("its CRC-32 is not the one stated", _wrong_crc),
        "a large file that is not there": ("no archive as ragone export writes it", _claimed_size),
        "too many files": ("more than 65535 files", _many_files),
    }


def _entries() -> dict[str, tuple[str, Make]]:
    return {
        "a link": ("is a symbolic link", _put_beside(lambda path: path.symlink_to("/etc/passwd"))),
        "a link for a folder": ("is a symbolic link", _put_beside(lambda path: path.symlink_to("/etc"), "readable")),
        "a pipe": ("is a named pipe", _put_beside(os.mkfifo)),
        "a socket": ("is a socket", _put_beside(_listen)),
        "a device": ("No archive|is a device", lambda files, folder: Path("/dev/zero")),
        "a file of 2 GiB": ("bytes; at most", _put_beside(_sparse)),
        "folders in folders": ("deep", _put_beside(_deep_folders, "readable")),
    }


def _records() -> dict[str, tuple[str, Make]]:
    return {
        "swapped records": (_NO_RECORD, _swapped),
        "a record of another kind under a name": (_NO_RECORD, _other_kind),
        "a changed value": (_NO_RECORD, _changed),
        "a forged crate": ("not [0-9a-f]{64} as was expected", _forged_value),
        "Arrow that unpacks hugely": ("would become", _arrow_bomb),
        "Arrow that is none": (_NO_RECORD, _garbage),
        "a record of a newer version": ("was written by Ragone", _newer_record),
        "a kind that nobody knows": ("no installed package registers", _unknown_kind),
        "a record that no run made": ("no run of it made it", _orphan),
        "a snapshot of another lake": ("stands for a whole lake", _snapshot),
        "a tombstone for what never was": ("a tombstone of the crate is about|names .* not in the crate", _tombstone),
    }


def _runs() -> dict[str, tuple[str, Make]]:
    return {
        "a run of a foreign entry point": ("lies in no package that registers", _run(entry_point="os:system")),
        "a run of a script": ("lies in no package that registers", _run(entry_point="__main__:evil")),
        "a run whose recipe leads out": (
            _NO_RUN,
            _run(recipe_id="../../written", honest=False),
        ),
        "a run that answers another recipe": ("the recipe of another run", _run(recipe_id="1" * 64, honest=False)),
        "a run that names what is not there": ("is not in the crate", _run(input_ids=("kpi-" + "1" * 64,))),
        "a run with a path for an input": (
            _NO_RUN,
            _run(input_ids=("../kpi",), honest=False),
        ),
        "a run dated back": ("ended before", _dated_back),
        "a run of the year 9999": ("ended at 9999-12-31", _dated(datetime(9999, 12, 31, tzinfo=UTC))),
        "a run of the year 1": ("which cannot be", _dated(datetime(1, 1, 2, tzinfo=UTC))),
        "a circle": ("takes what descends from what it made", _circle),
        "a number beyond all": (_NO_RUN + "|another run", _raw_parameters('{"x": ' + "9" * 400 + "}")),
        "no number": (_NO_RUN, _raw_parameters('{"x": NaN}')),
        "deep parameters": (_NO_RUN, _raw_parameters('{"x": ' + _DEEP.decode() + "}")),
        "a key twice": (_NO_RUN + "|another run", _raw_parameters('{"x": 1, "x": 2}')),
        "parameters that are a list": (_NO_RUN, _raw_parameters("[]")),
        "half a character": (_NO_RUN, _raw_parameters(r'{"x": "\ud800"}')),
        "two runs in one file": ("holds 2 runs, not one", _two_runs),
    }


def _documents() -> dict[str, tuple[str, Make]]:
    metadata = f"{PAYLOAD}/ro-crate-metadata.json"
    endless = b'{"@graph": [' + b"{}," * 300_000 + b"{}]}"
    card = f"{PAYLOAD}/{CARD}"
    return {
        "deep JSON": ("deep", _replaced(metadata, b'{"@graph": ' + _DEEP + b"}")),
        "a million values": ("values", _replaced(metadata, endless)),
        "501 entities": ("500 entities", _replaced(metadata, json.dumps({"@graph": [{}] * 501}).encode())),
        "metadata that are no JSON": ("cannot be read", _replaced(metadata, b"\xff\xfe")),
        "a deep card": (f"{CARD} is damaged", _replaced(card, _DEEP[:1000], whole=False)),
        "a newer format": (
            "written by Ragone 9.1.0; this Ragone reads up to format 1",
            _card(version=2, ragone="9.1.0"),
        ),
        "a format of no number": ("is not that of a crate", _card(version="2")),
        "another format": ("is not that of a crate", _card(format="other")),
        "an escape in the version": ("not as ragone export writes it", _card(ragone=ESCAPE)),
        "other counts": ("the crate says that it holds", _card(artifacts=1, whole=True)),
        "another root": ("or none is about that", _card(root_id="kpi-" + "1" * 64, whole=True)),
    }


def _empty_folder(files: Files, folder: Path) -> Path:
    (folder / "crate").mkdir()
    return folder / "crate"


def _written(data: bytes) -> Make:
    def make(files: Files, folder: Path) -> Path:
        (folder / "crate.zip").write_bytes(data)
        return folder / "crate.zip"

    return make


def _cut(files: Files, folder: Path) -> Path:
    path = packed(files, folder)
    os.truncate(path, path.stat().st_size // 2)
    return path


def _appended(files: Files, folder: Path) -> Path:
    path = packed(files, folder)
    path.write_bytes(path.read_bytes() + b"\0")
    return path


def _without(name: str) -> Make:
    return lambda files, folder: packed({n: d for n, d in files.items() if n != name}, folder)


def _lost(files: Files, folder: Path) -> Path:
    return _without(_a_record(files))(files, folder)


def _cut_record(files: Files, folder: Path) -> Path:
    name = _a_record(files)
    return unpacked({**files, name: files[name][:-8]}, folder)


def _another_date(files: Files, folder: Path) -> Path:
    info = files["bag-info.txt"].replace(b"Bagging-Date: 2", b"Bagging-Date: 1")
    return packed({**files, "bag-info.txt": info}, folder)


def _added(path: str, *, whole: bool = True) -> Make:
    """A file more, of which the manifests know unless they are left as they were."""

    def make(files: Files, folder: Path) -> Path:
        more = {**files, path: b"written\n"}
        return packed(forged(more) if whole and path.startswith(f"{PAYLOAD}/") else more, folder)

    return make


def _case_clash(files: Files, folder: Path) -> Path:
    both = {f"{PAYLOAD}/readable/{name}.csv": b"1\n" for name in ("kpi", "KPI")}
    return packed(forged({**files, **both}), folder)


def _twice(files: Files, folder: Path) -> Path:
    path = folder / "crate.zip"
    name = _a_record(files)
    with path.open("wb") as file:
        entries = [write_entry(file, n, d) for n, d in files.items()]
        write_end(file, [*entries, write_entry(file, name, files[name][::-1])])
    return path


def _zip_bomb(files: Files, folder: Path) -> Path:
    path = folder / "crate.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{PAYLOAD}/readable/zeros.csv", "w", force_zip64=True) as file:
            for _ in range(8):
                file.write(bytes(2**24))
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def _link_in_archive(files: Files, folder: Path) -> Path:
    path = packed(files, folder)
    data = path.read_bytes()
    regular, link = (mode.to_bytes(4, "little") for mode in (0o100644 << 16, 0o120777 << 16))
    place = data.rindex(regular)
    path.write_bytes(data[:place] + link + data[place + 4 :])
    return path


def _prepended(files: Files, folder: Path) -> Path:
    path = packed(files, folder)
    path.write_bytes(b"#!/bin/sh\ntouch written\n" + path.read_bytes())
    return path


def _commented(files: Files, folder: Path) -> Path:
    path = packed(files, folder)
    path.write_bytes(path.read_bytes()[:-2] + b"\x04\0evil")
    return path


def _flagged(files: Files, folder: Path) -> Path:
    path = packed(files, folder)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    path.write_bytes(data)
    return path


def _overlapping(files: Files, folder: Path) -> Path:
    """The directory names the first file again and again: what it holds is read as often."""
    path = folder / "crate.zip"
    with path.open("wb") as file:
        entries = [write_entry(file, name, data) for name, data in files.items()]
        write_end(file, entries + entries[:1] * 1000)
    return path


def _wrong_crc(files: Files, folder: Path) -> Path:
    path = folder / "crate.zip"
    name = _a_record(files)
    with path.open("wb") as file:
        entries = []
        for one, data in files.items():
            entry = write_entry(file, one, data)
            if one == name:
                entry = replace(entry, crc=entry.crc ^ 1)
                file.seek(entry.offset)
                file.write(entry.header())
                file.seek(0, os.SEEK_END)
            entries.append(entry)
        write_end(file, entries)
    return path


def _claimed_size(files: Files, folder: Path) -> Path:
    path = packed(files, folder)
    data = bytearray(path.read_bytes())
    data[18:26] = b"\xff\xff\xff\x7f" * 2
    path.write_bytes(data)
    return path


def _many_files(files: Files, folder: Path) -> Path:
    path = folder / "crate.zip"
    with path.open("wb") as file:
        for number in range(65_540):
            write_entry(file, f"{PAYLOAD}/readable/{number}", b"")
    return path


def _put_beside(make_it: Callable[[Path], Any], name: str = "readable/more") -> Make:
    """Something that is no regular file, in the payload of a folder."""

    def make(files: Files, folder: Path) -> Path:
        crate = unpacked(files, folder)
        path = crate / PAYLOAD / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make_it(path)
        return crate

    return make


def _listen(path: Path) -> None:
    back = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.fchdir(back)
        os.close(back)


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**31)


def _deep_folders(path: Path) -> None:
    (path / "/".join("d" * 40)).mkdir(parents=True)


def _a_record(files: Files, kind: str = "kpi") -> str:
    return min(name for name in files if name.startswith(f"{PAYLOAD}/lake/objects/{kind}/"))


def _replaced(path: str, data: bytes, *, whole: bool = True) -> Make:
    return lambda files, folder: packed(forged({**files, path: data}) if whole else {**files, path: data}, folder)


def _swapped(files: Files, folder: Path) -> Path:
    one, other = sorted(name for name in files if name.startswith(f"{PAYLOAD}/lake/objects/kpi/"))[:2]
    return packed(forged({**files, one: files[other], other: files[one]}), folder)


def _other_kind(files: Files, folder: Path) -> Path:
    name, other = _a_record(files), _a_record(files, "microstructure")
    return packed(forged({**files, name: files[other]}), folder)


def _changed(files: Files, folder: Path) -> Path:
    name = _a_record(files)
    return packed(forged({**files, name: encode(_with_value(files[name], 9e9))}), folder)


def _forged_value(files: Files, folder: Path) -> Path:
    """A KPI with a better value, and everything that names it made anew: a sound crate, and another one."""
    return packed(_with_other_kpi(files), folder)


def _with_other_kpi(files: Files) -> Files:
    card = json.loads(files[f"{PAYLOAD}/{CARD}"])
    old = card["root_id"]
    path = f"{PAYLOAD}/{object_path(old)}"
    table = _with_value(files[path], 9e9)
    new = f"kpi-{table_digest(table)}"
    changed = {name: data for name, data in files.items() if name != path}
    changed[f"{PAYLOAD}/{object_path(new)}"] = encode(table)
    for name in [name for name in changed if name.startswith(f"{PAYLOAD}/lake/runs/")]:
        run = Run.from_arrow(decode(changed[name], name))
        if old in run.output_ids:
            del changed[name]
            put_run(changed, run, output_ids=tuple(new if one == old else one for one in run.output_ids))
    changed[f"{PAYLOAD}/{CARD}"] = Card(**{**_fields(card), "root_id": new}).data()
    return forged(changed)


def _with_value(data: bytes, value: float) -> pa.Table:
    table = decode(data, "kpi")
    place = table.column_names.index("value")
    return table.set_column(place, table.schema.field(place), [[value]])


def put_run(files: Files, run: Run, *, honest: bool = True, **changes: Any) -> None:
    """Add a run with some fields changed; with the recipe that these call for, if it is an honest one."""
    fields = {name: getattr(run, name) for name in run.fields()} | changes
    if honest:
        inputs = list(zip(fields["input_roles"], fields["input_ids"], strict=True))
        given = ("", {"artifact": "".join(fields["output_ids"])}, None)
        call = (fields["code_id"], fields["parameters"], fields["seed"]) if fields["entry_point"] else given
        fields["recipe_id"] = recipe_id(fields["stage"], *call, inputs)
    changed = Run(**fields)
    files[f"{PAYLOAD}/{run_path(artifact_id(changed))}"] = encode(changed.to_arrow())


def _with(files: Files, records: int = 0, runs: int = 0) -> Files:
    """The files with a card that counts what was added."""
    card = _fields(json.loads(files[f"{PAYLOAD}/{CARD}"]))
    counted = Card(**{**card, "artifacts": card["artifacts"] + records, "runs": card["runs"] + runs})
    return forged({**files, f"{PAYLOAD}/{CARD}": counted.data()})


def _fields(card: dict[str, Any]) -> dict[str, Any]:
    return {name: card[name] for name in Card.__dataclass_fields__}


def _arrow_bomb(files: Files, folder: Path) -> Path:
    return packed(forged({**files, _a_record(files): bomb()}), folder)


def _garbage(files: Files, folder: Path) -> Path:
    return packed(forged({**files, _a_record(files): b"\xff\xfe garbage \0" * 99}), folder)


def _newer_record(files: Files, folder: Path) -> Path:
    return _recast(files, folder, {b"schema_version": b"99"}, "kpi")


def _unknown_kind(files: Files, folder: Path) -> Path:
    return _recast(files, folder, {b"kind": b"gadget"}, "gadget")


def _recast(files: Files, folder: Path, metadata: dict[bytes, bytes], kind: str) -> Path:
    """A record whose schema says something else, with a run that put it."""
    table = decode(files[_a_record(files)], "kpi")
    table = table.replace_schema_metadata({**table.schema.metadata, **metadata})
    name = f"{kind}-{table_digest(table)}"
    more = {**files, f"{PAYLOAD}/{object_path(name)}": encode(table)}
    put_run(more, _given_run(), output_roles=(kind,), output_ids=(name,))
    return packed(_with(more, 1, 1), folder)


def _orphan(files: Files, folder: Path) -> Path:
    table = _with_value(files[_a_record(files)], 5.0)
    name = f"kpi-{table_digest(table)}"
    return packed(_with({**files, f"{PAYLOAD}/{object_path(name)}": encode(table)}, 1), folder)


def _snapshot(files: Files, folder: Path) -> Path:
    ids = ("kpi-" + "1" * 64,)
    record = Snapshot(artifact_ids=ids, merkle_root=merkle_root(ids), table_versions={}, taken=NOW)
    return _put(files, folder, record)


def _tombstone(files: Files, folder: Path) -> Path:
    return _put(files, folder, Tombstone(artifact_ids=("kpi-" + "1" * 64,), rows=[], reason="gone", dropped=NOW))


def _put(files: Files, folder: Path, record: Any) -> Path:
    name = artifact_id(record)
    more = {**files, f"{PAYLOAD}/{object_path(name)}": encode(record.to_arrow())}
    put_run(more, _given_run(), output_roles=(record.kind,), output_ids=(name,))
    return packed(_with(more, 1, 1), folder)


def _given_run() -> Run:
    return Run(
        stage="given",
        entry_point="",
        recipe_id="",
        code_id="",
        environment_id="",
        parameters={},
        outcome="completed",
        started=NOW,
        ended=NOW,
    )


def _computed_run(files: Files) -> Run:
    runs = (Run.from_arrow(decode(files[n], n)) for n in sorted(files) if n.startswith(f"{PAYLOAD}/lake/runs/"))
    return next(run for run in runs if run.stage == "scale")


def _run(**changes: Any) -> Make:
    def make(files: Files, folder: Path) -> Path:
        more = dict(files)
        put_run(more, _computed_run(files), **changes)
        return packed(_with(more, 0, 1), folder)

    return make


def _raw_parameters(text: str) -> Make:
    """A run whose parameters are this text, whatever it is."""

    def make(files: Files, folder: Path) -> Path:
        table = _computed_run(files).to_arrow()
        place = table.column_names.index("parameters")
        table = table.set_column(place, table.schema.field(place), pa.array([text], table.schema.field(place).type))
        path = f"{PAYLOAD}/{run_path(f'run-{table_digest(table)}')}"
        return packed(_with({**files, path: encode(table)}, 0, 1), folder)

    return make


def _dated_back(files: Files, folder: Path) -> Path:
    early = NOW - timedelta(days=999)
    return _run(started=early, ended=early)(files, folder)


def _dated(when: datetime) -> Make:
    return _run(started=when, ended=when)


def _circle(files: Files, folder: Path) -> Path:
    """Two records that were made of each other in one moment."""
    tables = [_with_value(files[_a_record(files)], value) for value in (5.0, 6.0)]
    names = [f"kpi-{table_digest(table)}" for table in tables]
    records = {f"{PAYLOAD}/{object_path(name)}": encode(table) for name, table in zip(names, tables, strict=True)}
    more = {**files, **records}
    run = _computed_run(files)
    for one, other in (names, names[::-1]):
        put_run(more, run, input_ids=(one,), output_ids=(other,))
    return packed(_with(more, 2, 2), folder)


def _two_runs(files: Files, folder: Path) -> Path:
    name = min(n for n in files if n.startswith(f"{PAYLOAD}/lake/runs/"))
    table = decode(files[name], name)
    both = pa.concat_tables([table, table]).combine_chunks()
    more = {n: d for n, d in files.items() if n != name}
    more[f"{PAYLOAD}/{run_path(f'run-{table_digest(both)}')}"] = encode(both)
    return packed(forged(more), folder)


def _card(*, whole: bool = False, **changes: Any) -> Make:
    def make(files: Files, folder: Path) -> Path:
        card = {**json.loads(files[f"{PAYLOAD}/{CARD}"]), **changes}
        data = (json.dumps(card, indent=1, sort_keys=True) + "\n").encode()
        more = {**files, f"{PAYLOAD}/{CARD}": data}
        return packed(forged(more) if whole else more, folder)

    return make
