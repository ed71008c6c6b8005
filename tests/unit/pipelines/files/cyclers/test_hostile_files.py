"""Damaged and malicious files are read or refused by a typed error with a short message; nothing else happens."""

from __future__ import annotations

import os
import stat
import struct
import time
import zlib
from io import BytesIO

import hostile_measurements as hostile
import numpy as np
import polars as pl
import pytest
import scipy.io

from ragone.pipelines.files.cyclers import read_measurement
from ragone.pipelines.files.cyclers.errors import UnreadableMeasurementError
from ragone.pipelines.files.cyclers.impedance import read_impedance
from ragone.schemas.errors import RagoneError

_LONGEST_MESSAGE = 8000


def _ends_well(read, path) -> None:
    refusal = ""
    try:
        read(path)
    except RagoneError as refused:
        refusal = str(refused)
    assert len(refusal) < _LONGEST_MESSAGE


def _write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", hostile.texts())
def test_texts(tmp_path, name):
    """Tables that exhaust a careless reader."""
    _ends_well(read_measurement, _write(tmp_path, "x.csv", hostile.texts()[name]))


@pytest.mark.parametrize("name", hostile.spectra())
def test_spectra(tmp_path, name):
    """Spectra that do."""
    _ends_well(read_impedance, _write(tmp_path, "x.csv", hostile.spectra()[name]))


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.slow)])
def test_damaged_texts(write, tmp_path, count):
    """Text exports cut short, with bytes turned, doubled and left out."""
    valid = write(Step=np.repeat([1, 2, 3, 4, 5], 10), **{"T (C)": ["25.1"] * 50, "Ah": np.arange(50)}).read_bytes()
    for content in hostile.damaged(valid, count, seed=1):
        _ends_well(read_measurement, _write(tmp_path, "x.csv", content))
        _ends_well(
            read_impedance,
            _write(
                tmp_path, "x.csv", content.replace(b"Test Time / s,Voltage / V,Current / A", b"f/Hz,Z'/Ohm,Z''/Ohm")
            ),
        )


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.slow)])
def test_damaged_parquet(series, tmp_path, count):
    """Parquet files likewise."""
    valid = BytesIO()
    pl.DataFrame(series).rename({"time": "time_s", "voltage": "voltage_V", "current": "current_A"}).write_parquet(valid)
    for content in hostile.damaged(valid.getvalue(), count, seed=2):
        _ends_well(read_measurement, _write(tmp_path, "x.parquet", content))


@pytest.mark.parametrize("count", [2, pytest.param(100, marks=pytest.mark.slow)])
def test_damaged_matlab(series, tmp_path, count):
    """MATLAB files likewise, compressed or not."""
    for seed, compressed in enumerate((True, False)):
        valid = BytesIO()
        scipy.io.savemat(
            valid,
            {"a": {"timeVec": series["time"], "volVec": series["voltage"], "currVec": series["current"]}},
            do_compression=compressed,
        )
        for content in hostile.damaged(valid.getvalue(), count, seed):
            _ends_well(read_measurement, _write(tmp_path, "x.mat", content))


def _element(kind: int, content: bytes) -> bytes:
    return struct.pack("<ii", kind, len(content)) + content + b"\0" * (-len(content) % 8)


def _matrix(kind: int, shape: tuple[int, int], content: bytes) -> bytes:
    head = _element(6, struct.pack("<II", kind, 0)) + _element(5, struct.pack("<2i", *shape)) + _element(1, b"a")
    return _element(14, head + content)


@pytest.mark.parametrize("bomb", ["cells", "zeros"])
def test_matlab_bombs(tmp_path, monkeypatch, bomb):
    """A few bytes that stand for gigabytes of cells, or that unpack to more than may be, are refused."""
    monkeypatch.setattr("ragone.pipelines.files.cyclers.trial.LARGEST_MEMORY", 400_000_000)
    head = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x100) + b"IM"
    if bomb == "cells":
        content = _matrix(1, (1 << 15, 1 << 15), b"")
    else:
        packer = zlib.compressobj(1)
        size = 1 << 29
        packed = packer.compress(
            _matrix(6, (1, size // 8), struct.pack("<ii", 9, size))[:-8] + struct.pack("<ii", 9, size)
        )
        packed += b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(size >> 20)) + packer.flush()
        content = struct.pack("<ii", 15, len(packed)) + packed
    with pytest.raises(UnreadableMeasurementError):
        read_measurement(_write(tmp_path, "x.mat", head + content))


def test_parquet_bomb(tmp_path, monkeypatch):
    """A column of one value repeated over and over is refused by its number of rows."""
    rows = 5_000_001
    frame = pl.select(time_s=pl.repeat(0.0, rows), voltage_V=pl.repeat(3.7, rows), current_A=pl.repeat(0.0, rows))
    frame.write_parquet(tmp_path / "x.parquet")
    with pytest.raises(UnreadableMeasurementError, match="5,000,001 rows; 5,000,000 are read at most"):
        read_measurement(tmp_path / "x.parquet")


@pytest.mark.parametrize("values", [[[1.0, 2.0]], [{"a": 1}], [[None]]])
def test_parquet_of_nested_values(tmp_path, values):
    """A column of lists or records is no series."""
    pl.DataFrame({"time_s": [0.0], "voltage_V": values, "current_A": [0.0]}).write_parquet(tmp_path / "x.parquet")
    with pytest.raises(UnreadableMeasurementError, match="holds lists or records"):
        read_measurement(tmp_path / "x.parquet")


@pytest.mark.parametrize("read", [read_measurement, read_impedance])
@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_regular_file(tmp_path, read, kind):
    """A pipe, a folder and a device are refused at once, whatever they are called."""
    path = tmp_path / "x.csv"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(RagoneError, match="not a regular file"):
        read(path)


def test_database_that_pours_out(tmp_path, monkeypatch):
    """What exports an Arbin database is stopped at a limit of bytes."""
    import ragone.pipelines.files.cyclers.arbin_database as arbin

    program = tmp_path / "mdb-export"
    program.write_text("#!/bin/sh\nhead -c 3000000 /dev/zero\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(arbin, "LARGEST_EXPORT", 1 << 20)
    path = _write(tmp_path, "x.res", b"\x00\x01\x00\x00Standard Jet DB" + b"\0" * 100)
    with pytest.raises(UnreadableMeasurementError, match="ended at its limits"):
        read_measurement(path)


def test_slow_reader_is_stopped(tmp_path, monkeypatch):
    """A reader that hangs is ended, by a limit that grows with the file."""
    from ragone.pipelines.files.cyclers import trial

    monkeypatch.setattr(trial, "_LEAST_SECONDS", 0.5)
    begin = time.monotonic()
    with pytest.raises(UnreadableMeasurementError, match=r"took more than 0\.5 s"):
        trial.require_survived(_write(tmp_path, "x", b"x"), "import time; time.sleep(60)", "a test")
    assert time.monotonic() - begin < 30
