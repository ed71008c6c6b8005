"""Files that mean harm: each is refused by an error of ours, soon, and without more memory than was granted."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import imagecodecs
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragone.pipelines.files.images import Budget, Choices, import_volume, parse_phases
from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeBudgetError
from ragone.schemas import RagoneError
from tests.unit.pipelines.files.images.written_volumes import (
    FILES,
    FOLDERS,
    VOLUME,
    matlab,
    metaimage,
    nifti,
    nrrd,
    tiff,
    vti,
    zarr_2,
    zarr_3,
)

PHASES = parse_phases("0..100=pore,101..255=active_material")
GRANTED = 8_000_000
APART = ("labels.h5", "labels.mat", "plain.mat")  # read by a process of their own, which takes a moment to start
HANGS_AFTER_SECONDS = 60


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """A reader that hangs is stopped, which fails its test."""
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("the reader hangs"))
    signal.alarm(HANGS_AFTER_SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def bring(path: Path, **choices: Any) -> None:
    """Import within a small budget."""
    import_volume(
        path, phases=PHASES, source="a test", licence="MIT", voxel_size_metre=4e-7,
        choices=Choices(**choices), budget=Budget(voxel_bytes=GRANTED, pages=500),
    )  # fmt: skip


def refused(path: Path, **choices: Any) -> RagoneError:
    """The error, after looking at how much memory was used until then."""
    tracemalloc.start()
    try:
        with pytest.raises(RagoneError) as caught:
            bring(path, **choices)
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert used < 4 * GRANTED
    return caught.value


def chain(*directories: tuple[int, bytes]) -> bytes:
    """A TIFF file of directories at given places, the first at 8."""
    content = bytearray(b"II*\0" + struct.pack("<I", 8))
    for place, directory in directories:
        content = content.ljust(place, b"\0")
        content[place : place + len(directory)] = directory
    return bytes(content)


def directory(following: int, **changed: int) -> bytes:
    """One directory of an 8 x 8 page of bytes that lies at 2000, with some of its tags changed."""
    tags = {"256": 8, "257": 8, "258": 8, "259": 1, "262": 1, "273": 2000, "277": 1, "278": 8, "279": 64}
    tags |= {name.removeprefix("tag"): value for name, value in changed.items()}
    entries = b"".join(
        struct.pack("<HHII", int(tag), 4, 1, value) for tag, value in sorted(tags.items(), key=lambda t: int(t[0]))
    )
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)


def many_pages(count: int) -> bytes:
    """Pages that all show the same pixels, each with a directory of its own."""
    size = len(directory(0))
    places = [8 + (2100 if number else 0) + size * number for number in range(count)]
    nexts = [*places[1:], 0]
    content = bytearray(chain((8, directory(nexts[0]))).ljust(2100, b"\0"))
    for place, following in zip(places[1:], nexts[1:], strict=True):
        content = content.ljust(place, b"\0")
        content += directory(following)
    return bytes(content)


def long_tag() -> bytes:
    """A tag that claims four thousand million values."""
    head = directory(0)
    return chain((8, head[:-4] + head[-4:])).replace(
        struct.pack("<HHI", 279, 4, 1), struct.pack("<HHI", 279, 4, 2**32 - 1)
    )


def picture_bomb(codec: str, tag: int) -> bytes:
    """A page of 8 x 8 whose only piece is a picture of 3000 x 3000."""
    piece = getattr(imagecodecs, f"{codec}_encode")(np.zeros((3000, 3000), np.uint8))
    return chain((8, directory(0, tag259=tag, tag279=len(piece))), (2000, piece))


def deflate_bomb() -> bytes:
    """A page of 8 x 8 whose only piece inflates to 100 MB."""
    piece = zlib.compress(bytes(100_000_000), 9)
    return chain((8, directory(0, tag259=8, tag279=len(piece))), (2000, piece))


def described(text: str) -> bytes:
    """A page that somebody describes."""
    return tiff(VOLUME[0], description=text, metadata=None)


def laughs(root: str) -> str:
    """XML that expands to a thousand million words."""
    entities = "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY a0 "ha">{entities}]><{root}>&a9;</{root}>'


def npy_header(text: str, *, version: int = 1, length: int | None = None) -> bytes:
    """A NPY file with this header and 64 bytes of voxels."""
    raw = text.encode()
    size = struct.pack("<H" if version == 1 else "<I", len(raw) if length is None else length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + raw + bytes(64)


def npy_of(shape: str, descr: str = "'|u1'", order: str = "False") -> bytes:
    """A NPY file that states this shape and type."""
    return npy_header(f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n")


def archive(name: str, content: bytes, **changed: Any) -> bytes:
    """A ZIP archive with one member."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, content)
    return stream.getvalue()


def hdf5_file(write: Callable[[h5py.File], Any]) -> bytes:
    """An HDF5 file with whatever is written into it."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        write(file)
    return stream.getvalue()


def virtual(file: h5py.File) -> None:
    """A dataset whose voxels lie in another file."""
    layout = h5py.VirtualLayout(shape=(6, 5, 7), dtype="u1")
    layout[:] = h5py.VirtualSource("/etc/passwd", "labels", shape=(6, 5, 7))
    file.create_virtual_dataset("labels", layout)


CRAFTED: dict[str, tuple[str, bytes]] = {
    "a page that follows itself": ("a.tif", chain((8, directory(8)), (2000, bytes(64)))),
    "pages in a circle": ("a.tif", chain((8, directory(500)), (500, directory(8)), (2000, bytes(64)))),
    "twenty thousand pages": ("a.tif", many_pages(20_000)),
    "pages that share pixels": (
        "a.tif",
        many_pages(400).replace(struct.pack("<HHII", 256, 4, 1, 8), struct.pack("<HHII", 256, 4, 1, 60_000)),
    ),
    "a page of terabytes": ("a.tif", chain((8, directory(0, tag256=10**6, tag257=10**6)), (2000, bytes(64)))),
    "a page without rows": ("a.tif", chain((8, directory(0, tag257=0)), (2000, bytes(64)))),
    "a tag without end": ("a.tif", long_tag()),
    "bits that are none": ("a.tif", chain((8, directory(0, tag258=77)), (2000, bytes(64)))),
    "a compression that is none": ("a.tif", chain((8, directory(0, tag259=4711)), (2000, bytes(64)))),
    "a piece that inflates": ("a.tif", deflate_bomb()),
    "a picture in a page, PNG": ("a.tif", picture_bomb("png", 34933)),
    "a picture in a page, JPEG XL": ("a.tif", picture_bomb("jpegxl", 50002)),
    "slices without pages": ("a.tif", described("ImageJ=1.0\nimages=999999999\nslices=999999999\n")),
    "a shape in words": ("a.tif", described('{"shape": [999999999, 5, 7]}')),
    "words in words": ("a.tif", described('{"shape":' + "[" * 100_000)),
    "OME that laughs": ("a.tif", described(laughs("OME"))),
    "OME of a thousand million slices": (
        "a.tif",
        described(
            '<OME><Image><Pixels SizeZ="999999999"><TiffData FirstZ="0" PlaneCount="999999999"><UUID FileName="b.tif"/>'
            "</TiffData></Pixels></Image></OME>"
        ),
    ),
    "a directory of nothing": ("a.tif", chain((8, struct.pack("<HI", 0, 0)))),
    "big and cut": ("a.tif", b"II+\0\x08\0\0\0"),
    "an archive with a long directory": ("a.npz", archive("labels.npy", b"x")[:-10] + struct.pack("<IIH", 2**31, 0, 0)),
    "an archive that is none": ("a.npz", b"PK\3\4" + bytes(100)),
    "an archive that inflates": ("a.npz", archive("labels.npy", npy_of("(1000, 1000, 1000)") + bytes(50_000_000))),
    "an archive without volumes": ("a.npz", archive("labels.txt", b"hello")),
    "NRRD without an end of its header": ("a.nrrd", b"NRRD0004\n" + b"x: y\n" * 4_000_000),
    "NRRD in one line": ("a.nrrd", b"NRRD0004\n" + b"x" * 20_000_000),
    "NRRD that skips": ("a.nrrd", nrrd(VOLUME, "line skip: 999999999999")),
    "NRRD that skips bytes": ("a.nrrd", nrrd(VOLUME, "byte skip: 999999999999")),
    "NRRD that skips back": ("a.nrrd", nrrd(VOLUME, "byte skip: -1").replace(b"6 5 7", b"60 50 70")),
    "NRRD that skips what it inflates": ("a.nrrd", nrrd(VOLUME, "byte skip: 99999999999", coding="gzip")),
    "NRRD of terabytes": ("a.nrrd", nrrd().replace(b"6 5 7", b"99999 99999 99999")),
    "NRRD of nothing": ("a.nrrd", nrrd().replace(b"6 5 7", b"0 5 7")),
    "NRRD below nothing": ("a.nrrd", nrrd().replace(b"6 5 7", b"-6 -5 7")),
    "NRRD that inflates": (
        "a.nrrd",
        nrrd(np.zeros((200, 100, 100), np.uint8), coding="gzip").replace(b"200 100 100", b"200 100 101"),
    ),
    "NRRD from a device": ("a.nhdr", nrrd(VOLUME, "data file: /dev/zero")),
    "NRRD of many files": ("a.nhdr", nrrd(VOLUME, "data file: %d 1 999999999 1")),
    "NRRD of a type that is none": ("a.nrrd", nrrd().replace(b"uint8", b"block")),
    "MHA without an end of its header": ("a.mha", b"NDims = 3\n" * 3_000_000),
    "MHA of terabytes": ("a.mha", metaimage().replace(b"7 5 6", b"99999 99999 99999")),
    "MHA below nothing": ("a.mha", metaimage().replace(b"7 5 6", b"-7 -5 6")),
    "MHA of no shape": ("a.mha", metaimage().replace(b"7 5 6", b"")),
    "MHA from a device": ("a.mhd", metaimage().replace(b"LOCAL", b"/dev/zero")),
    "MHA that begins at its end": ("a.mha", metaimage(VOLUME, "HeaderSize = -1").replace(b"7 5 6", b"70 50 60")),
    "NIfTI of terabytes": (
        "a.nii",
        nifti().replace(struct.pack("<4h", 3, 7, 5, 6), struct.pack("<4h", 3, 32767, 32767, 32767)),
    ),
    "NIfTI of no axes": ("a.nii", nifti().replace(struct.pack("<4h", 3, 7, 5, 6), struct.pack("<4h", 0, 7, 5, 6))),
    "NIfTI of many axes": ("a.nii", nifti().replace(struct.pack("<4h", 3, 7, 5, 6), struct.pack("<4h", 99, 7, 5, 6))),
    "NIfTI below nothing": ("a.nii", nifti().replace(struct.pack("<4h", 3, 7, 5, 6), struct.pack("<4h", 3, -7, -5, 6))),
    "NIfTI that begins in its header": ("a.nii", nifti().replace(struct.pack("<f", 352), struct.pack("<f", 10))),
    "NIfTI that begins nowhere": ("a.nii", nifti().replace(struct.pack("<f", 352), struct.pack("<f", np.nan))),
    "NIfTI that begins far away": ("a.nii", nifti().replace(struct.pack("<f", 352), struct.pack("<f", 1e11))),
    "NIfTI that inflates": ("a.nii.gz", imagecodecs.gzip_encode(bytes(100_000_000))),
    "VTI that laughs": ("a.vti", laughs("VTKFile").encode()),
    "VTI of terabytes": ("a.vti", vti().replace(b"0 7 0 5 0 6", b"0 9999 0 9999 0 9999")),
    "VTI below nothing": ("a.vti", vti().replace(b"0 7 0 5 0 6", b"7 0 5 0 0 6")),
    "VTI of many blocks": (
        "a.vti",
        vti(form="appended").replace(struct.pack("<2I", 1, 210), struct.pack("<2I", 2**31, 210)),
    ),
    "VTI that inflates": (
        "a.vti",
        vti(np.zeros((200, 100, 100), np.uint8)).replace(b"0 100 0 100 0 200", b"0 100 0 100 0 2000"),
    ),
    "VTI deep in itself": ("a.vti", b"<VTKFile>" + b"<a>" * 500_000),
    "VTI of an offset that is none": ("a.vti", vti(form="appended").replace(b'offset="0"', b'offset="-9"')),
    "raw of terabytes": ("a_99999x99999x99999_uint8.raw", b"x"),
    "raw of nothing": ("a_0x5x7_uint8.raw", b""),
    "HDF5 of terabytes that are never written": (
        "a.h5",
        hdf5_file(lambda f: f.create_dataset("a", (10**4,) * 3, "u1", chunks=(100,) * 3)),
    ),
    "HDF5 in chunks of terabytes": (
        "a.h5",
        hdf5_file(
            lambda f: f.create_dataset("a", (9, 9, 9), "u1", chunks=(9, 9, 9), maxshape=(None,) * 3).resize(
                (9 * 10**5, 99, 99)
            )
        ),
    ),
    "HDF5 from another file": ("a.h5", hdf5_file(virtual)),
    "HDF5 from any bytes": (
        "a.h5",
        hdf5_file(lambda f: f.create_dataset("a", (6, 5, 7), "u1", external=[("/etc/passwd", 0, 210)])),
    ),
    "HDF5 that points elsewhere": (
        "a.h5",
        hdf5_file(lambda f: f.__setitem__("a", h5py.ExternalLink("/etc/passwd", "a"))),
    ),
    "HDF5 that points to itself": ("a.h5", hdf5_file(lambda f: f.__setitem__("a", h5py.SoftLink("/a")))),
    "MATLAB that inflates": ("a.mat", matlab(np.zeros((300, 300, 300), np.uint8))),
    "MATLAB cut in its middle": ("a.mat", matlab()[:200]),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_file_is_refused(tmp_path: Path, name: str) -> None:
    """Whatever it announces, no more is decoded than was granted, and no other file is opened."""
    file, content = CRAFTED[name]
    (tmp_path / file).write_bytes(content)
    message = str(refused(tmp_path / file))
    assert "a.tif" not in file or "a.tif" in message
    assert "root:" not in message


HEADERS = {
    "negative": npy_of("(-8, 1, 1)"),
    "two negative": npy_of("(-1, -1, 8)"),
    "truth": npy_of("(True, 2, 2)"),
    "real": npy_of("(2.0, 2, 2)"),
    "text": npy_of("('2', 2, 2)"),
    "list": npy_of("[2, 2, 2]"),
    "number": npy_of("8"),
    "none": npy_of("None"),
    "huge": npy_of("(99999999999999999999, 1, 1)"),
    "terabytes": npy_of("(9999, 9999, 9999)"),
    "product": npy_of("(4294967296, 4294967296, 4294967296)"),
    "empty": npy_of("(0, 2, 2)"),
    "scalar": npy_of("()"),
    "many axes": npy_of("(1,) * 40"),
    "40 axes": npy_of("(" + "1, " * 40 + ")"),
    "no bytes": npy_of("(2, 2, 2)", "'|V0'"),
    "no text": npy_of("(2, 2, 2)", "'|S0'"),
    "no letters": npy_of("(2, 2, 2)", "'<U0'"),
    "void": npy_of("(2, 2, 2)", "'|V8'"),
    "objects": npy_of("(2, 2, 2)", "'|O'"),
    "dates": npy_of("(2, 2, 2)", "'<M8[s]'"),
    "complex": npy_of("(2, 2, 2)", "'<c8'"),
    "fields": npy_of("(2, 2, 2)", "[('a', '|u1')]"),
    "field of fields": npy_of("(2, 2, 2)", "[('a', '|u1', (99999999,))]"),
    "type of nothing": npy_of("(2, 2, 2)", "'|zz'"),
    "type that is a number": npy_of("(2, 2, 2)", "7"),
    "wide": npy_of("(2, 2, 2)", "'|S999999999'"),
    "no shape": npy_header("{'descr': '|u1', 'fortran_order': False}"),
    "code": npy_header("__import__('os').system('true')"),
    "braces": npy_header("{" * 5000),
    "minus": npy_header("-" * 9000 + "1"),
    "not a header": npy_header("\0\xff"),
    "long": npy_header("{}", version=2, length=2**32 - 1),
    "longer than NumPy reads": npy_header(" " * 20_000, version=2),
    "version 9": npy_header("{}", version=9),
    "cut": npy_of("(2, 2, 2000)"),
    "no version": b"\x93NUMPY",
    "pickle": b"\x80\x04K\x01.",
    "other": b"hello, reader",
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_crafted_npy_header_is_refused(tmp_path: Path, name: str) -> None:
    """No header is taken by its word."""
    (tmp_path / "a.npy").write_bytes(HEADERS[name])
    assert "a.npy" in str(refused(tmp_path / "a.npy"))


CHANGED: dict[str, dict[str, Any]] = {
    "terabytes": {"shape": [10**6] * 3},
    "negative": {"shape": [-6, 5, 7]},
    "truth": {"shape": [True, 5, 7]},
    "real": {"shape": [6.5, 5, 7]},
    "text": {"shape": "657"},
    "none": {"shape": None},
    "empty": {"shape": []},
}
CHANGED_2 = {
    **CHANGED,
    "many chunks": {"chunks": [1, 1, 1], "shape": [100, 100, 100]},
    "no chunks": {"chunks": [0, 5, 7]},
    "a chunk of terabytes": {"chunks": [10**6] * 3},
    "two axes of chunks": {"chunks": [5, 7]},
    "objects": {"dtype": "|O"},
    "no type": {"dtype": None},
    "fields": {"dtype": [["a", "|u1"]]},
    "no codec": {"compressor": {"id": "rot13"}},
    "a codec without a name": {"compressor": {}},
    "filters": {"filters": [{"id": "delta", "dtype": "u1"}]},
    "another codec": {"compressor": {"id": "zstd"}},
}
CHANGED_3 = {
    **CHANGED,
    "no grid": {"chunk_grid": None},
    "no codecs": {"codecs": None},
    "strange codecs": {"codecs": [{"name": "rot13"}]},
    "turned": {"codecs": [{"name": "transpose", "configuration": {"order": [0, 0, 1]}}, {"name": "bytes"}]},
    "shards of nothing": {
        "codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [0, 1, 1], "codecs": []}}]
    },
    "shards of no fit": {
        "codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [4, 5, 7], "codecs": []}}]
    },
    "tiny chunks": {
        "codecs": [{"name": "sharding_indexed", "configuration": {"chunk_shape": [1, 1, 1], "codecs": []}}]
    },
}


@pytest.mark.parametrize("name", CHANGED_2)
def test_a_crafted_zarr_2_is_refused(tmp_path: Path, name: str) -> None:
    """No description is taken by its word."""
    refused(zarr_2(tmp_path / "a.zarr", **CHANGED_2[name]))


@pytest.mark.parametrize("name", CHANGED_3)
def test_a_crafted_zarr_3_is_refused(tmp_path: Path, name: str) -> None:
    """No description is taken by its word."""
    refused(zarr_3(tmp_path / "a.zarr", **CHANGED_3[name]))


def test_zarr_files_that_are_none(tmp_path: Path) -> None:
    """Pipes, links out of the folder, chunks that inflate, text that nests, groups without end."""
    folder = zarr_2(tmp_path / "a.zarr")
    (folder / "0.0.0").write_bytes(zlib.compress(bytes(100_000_000), 9))
    refused(folder)
    (folder / "0.0.0").unlink()
    os.mkfifo(folder / "0.0.0")
    (folder / "1.0.0").unlink()
    refused(folder)
    (folder / ".zarray").write_text("[" * 1_000_000)
    refused(folder)
    (folder / ".zarray").unlink()
    deep = folder
    for _ in range(40):
        (deep / ".zgroup").write_text("{}")
        deep = deep / "g"
        deep.mkdir()
    refused(folder)
    (folder / ".zattrs").write_text('{"multiscales": [{"datasets": [{"path": "../../secret"}]}]}')
    assert "outside of itself" in str(refused(folder))
    refused(folder, inside="../secret")


@pytest.mark.parametrize("suffix", ["tif", "npy", "npz", "h5", "mat", "nrrd", "mha", "nii", "vti", "raw", "xyz"])
def test_a_pipe_or_a_device_holds_nobody(tmp_path: Path, suffix: str) -> None:
    """Only regular files are opened, also where a link leads elsewhere, and as slices of a folder."""
    os.mkfifo(tmp_path / f"pipe.{suffix}")
    (tmp_path / f"device.{suffix}").symlink_to("/dev/zero")
    for name in ("pipe", "device"):
        assert "not a regular file" in str(refused(tmp_path / f"{name}.{suffix}"))
        assert "not a regular file" in str(refused(tmp_path / f"{name}.{suffix}", layout="6x5x7 uint8"))
    if suffix in ("tif", "npy"):
        refused(tmp_path)


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    """Its size is looked at first, and stated with the limit and the option that raises it."""
    for suffix in ("tif", "npy", "h5", "raw"):
        with (tmp_path / f"a.{suffix}").open("wb") as file:
            file.truncate(10**12)
        error = refused(tmp_path / f"a.{suffix}")
        assert isinstance(error, VolumeBudgetError)
        assert "1,000,000 MB" in str(error)
        assert "--largest-size" in str(error)


def test_more_can_be_granted(tmp_path: Path) -> None:
    """A volume beyond the budget is read when more is granted, as the message says."""
    np.save(tmp_path / "a.npy", np.zeros((21, 1000, 1000), np.uint8))
    message = str(refused(tmp_path / "a.npy"))
    advised = re.search(r"--largest-size '(\d+) MB'\.$", message)
    assert advised
    budget = Budget(voxel_bytes=int(advised[1]) * 10**6)
    import_volume(tmp_path / "a.npy", phases=PHASES, source="", licence="", voxel_size_metre=1e-6, budget=budget)


def test_time_is_a_budget(tmp_path: Path) -> None:
    """A reader looks at its clock between pages, chunks and slices."""
    files = [tmp_path / "a.tif", zarr_2(tmp_path / "a.zarr"), tmp_path / "a.h5"]
    files[0].write_bytes(tiff())
    files[2].write_bytes(FILES["labels.h5"]())
    for path in files:
        with pytest.raises(VolumeBudgetError, match="is not read after 0 s"):
            import_volume(path, phases=PHASES, source="", licence="", voxel_size_metre=1e-6, budget=Budget(seconds=0))


@pytest.mark.parametrize("name", ["labels.npz", "deflated.nrrd", "labels.nii.gz"])
def test_a_flipped_bit_is_found_by_a_checksum(tmp_path: Path, name: str) -> None:
    """Where the format has a strong one, no bit gives other voxels, up to the last one."""
    content, phases = FILES[name](), parse_phases("0=pore,1=active_material,2=carbon_binder")
    refusals = 0
    for place in range(len(content) // 2, len(content), max(1, len(content) // 200)):
        changed = bytearray(content)
        changed[place] ^= 0x10
        (tmp_path / name).write_bytes(changed)
        try:
            found = import_volume(tmp_path / name, phases=phases, source="", licence="", voxel_size_metre=4e-7)
        except RagoneError:
            refusals += 1
        else:
            np.testing.assert_array_equal(found.microstructure.labels, VOLUME)
    assert refusals


@pytest.mark.parametrize(
    ("name", "behind"),
    [("deflated.mha", b""), ("deflated.nrrd", b""), ("labels.nii.gz", b""), ("appended.vti", b"</AppendedData>")],
)
def test_a_checksum_is_read(tmp_path: Path, name: str, behind: bytes) -> None:
    """The stream is decoded to its end, where the checksum stands; a wrong one refuses the file."""
    content = bytearray(FILES[name]())
    end = content.rindex(behind) if behind else len(content)
    content[end - (5 if name in ("deflated.nrrd", "labels.nii.gz") else 1)] ^= 1  # gzip has four bytes of length behind
    (tmp_path / name).write_bytes(content)
    assert "cannot be decoded" in str(refused(tmp_path / name))


Edit = tuple[str, float, bytes]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["write", "insert", "delete", "cut"]),
        st.floats(0, 1),
        st.binary(min_size=1, max_size=8)
        | st.sampled_from([b"\xff" * 4, b"\x00" * 8, b"\x7f" + b"\xff" * 7, b"-1", b"9" * 8]),
    ),
    min_size=1,
    max_size=6,
)


def edited(content: bytes, edits: list[Edit]) -> bytes:
    """The content with bytes written over, inserted and left out, more of them near its start."""
    changed = bytearray(content)
    for kind, where, what in edits:
        place = int(where**2 * len(changed))
        if kind == "cut":
            del changed[place:]
        elif kind == "insert":
            changed[place:place] = what
        else:
            changed[place : place + len(what)] = what if kind == "write" else b""
    return bytes(changed)


def survive(path: Path) -> None:
    """Read it or refuse it, by an error of ours; any other one fails the test."""
    with suppress(RagoneError):
        bring(path)


def _quickly(examples: int) -> Any:
    return settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


@pytest.mark.parametrize("name", [name for name in FILES if name not in APART])
@_quickly(15)
@given(edits=EDITS)
def test_a_file_with_wrong_bytes_is_read_or_refused(tmp_path: Path, name: str, edits: list[Edit]) -> None:
    """Bytes changed anywhere end in no other error, in any format."""
    (tmp_path / name).write_bytes(edited(FILES[name](), edits))
    survive(tmp_path / name)


@pytest.mark.parametrize("name", FOLDERS)
@_quickly(15)
@given(number=st.integers(0, 3), edits=EDITS)
def test_a_folder_with_wrong_bytes_is_read_or_refused(
    tmp_path: Path, name: str, number: int, edits: list[Edit]
) -> None:
    """The same for the files of a folder."""
    shutil.rmtree(tmp_path / name, ignore_errors=True)
    folder = FOLDERS[name](tmp_path / name)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    changed = files[number % len(files)]
    changed.write_bytes(edited(changed.read_bytes(), edits))
    survive(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@_quickly(150)
@given(edits=EDITS)
def test_many_files_with_wrong_bytes(tmp_path: Path, name: str, edits: list[Edit]) -> None:
    """Many more of them, and those that are read by a process of their own."""
    signal.alarm(HANGS_AFTER_SECONDS)
    (tmp_path / name).write_bytes(edited(FILES[name](), edits))
    survive(tmp_path / name)


def test_a_reader_that_crashes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends otherwise than by an answer is no trace of ours, but a damaged file."""
    (tmp_path / "a.h5").write_bytes(FILES["labels.h5"]())
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    with pytest.raises(UnreadableVolumeError, match="is damaged: its reader ended with code 1"):
        bring(tmp_path / "a.h5")


def test_a_reader_imports_nothing_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of a stranger beside the file is not executed."""
    (tmp_path / "h5py.py").write_text("raise SystemExit('executed')")
    (tmp_path / "json.py").write_text("raise SystemExit('executed')")
    (tmp_path / "a.h5").write_bytes(FILES["labels.h5"]())
    monkeypatch.chdir(tmp_path)
    bring(Path("a.h5"))
