"""Every format gives the same measurement: seconds, volts, amperes with charge positive, kelvin."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import zipfile

import numpy as np
import polars as pl
import pytest
import scipy.io

from ragone.pipelines.files.cyclers import read_measurement
from ragone.pipelines.files.cyclers.errors import (
    AmbiguousSeriesError,
    MissingColumnsError,
    ReaderMissingError,
    UnreadableMeasurementError,
)

MACHINE = {"time": "test_time_second", "voltage": "voltage_volt", "current": "current_ampere"}


def same(measurement, series) -> bool:
    """Whether the measurement holds the series to the last digit that a unit conversion leaves."""
    return bool(
        np.allclose(measurement.test_time_second, series["time"], rtol=1e-12, atol=1e-12)
        and np.allclose(measurement.voltage_volt, series["voltage"], rtol=1e-12)
        and np.allclose(measurement.current_ampere, series["current"], rtol=1e-12)
    )


@pytest.mark.parametrize("headers", [None, MACHINE])
def test_battery_data_csv(write, series, headers):
    """Preferred labels and machine-readable names are both read, bit by bit, and the file's hash is kept."""
    path = write(headers)
    measurement = read_measurement(path, licence="MIT", source="a test")
    assert measurement.source_format == "Battery Data Format CSV"
    assert measurement.source_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (measurement.licence, measurement.source, measurement.cell_name) == ("MIT", "a test", "test.csv")
    assert np.array_equal(measurement.voltage_volt, series["voltage"])
    assert np.array_equal(measurement.test_time_second, series["time"])
    assert np.array_equal(measurement.current_ampere, series["current"])
    assert measurement.findings == ()


def test_units_of_the_header(write, series):
    """Milliseconds, millivolts, milliamperes and degrees Celsius are converted as the header names them."""
    path = write(
        {"time": "Test Time / ms", "voltage": "Voltage / mV", "current": "Current / mA"},
        **{
            "time": series["time"] * 1e3,
            "voltage": series["voltage"] * 1e3,
            "current": series["current"] * 1e3,
            "Temperature T1 / degC": np.full(50, 25.0),
            "Ambient Temperature / K": np.full(50, 298.0),
        },
    )
    measurement = read_measurement(path)
    assert same(measurement, series)
    assert set(measurement.temperature_kelvin) == {298.15}
    assert measurement.ambient_temperature_kelvin == 298.0


def test_battery_data_parquet(tmp_path, series):
    """Parquet files are read by the same names; columns of no use are passed over."""
    path = tmp_path / "test.bdf.parquet"
    columns = {MACHINE[name]: values for name, values in series.items()}
    pl.DataFrame({**columns, "remark": ["x"] * 50}).write_parquet(path)
    measurement = read_measurement(path)
    assert same(measurement, series)
    assert measurement.source_format == "Battery Data Format Parquet"


def test_biologic_text(write, series):
    """An .mpt export: preamble, Latin-1, tabs, decimal commas, milliamperes; the cell's voltage, not an electrode's."""
    text = {name: [str(value).replace(".", ",") for value in values] for name, values in series.items()}
    text["current"] = [str(value * 1000).replace(".", ",") for value in series["current"]]
    electrode = ["0,1"] * 50
    path = write(
        {"time": "time/s", "voltage": "Ecell/V", "current": "I/mA"},
        name="test.mpt",
        delimiter="\t",
        above="EC-Lab ASCII FILE\nNb header lines : 5\nCell surface : 1 cm²\nI, E control, 0,5 s\n",
        encoding="latin-1",
        **{"Ewe/V": electrode, **text, "Ns": np.repeat([0, 1, 2, 3, 4], 10), "Temperature/°C": ["25,5"] * 50},
    )
    measurement = read_measurement(path)
    assert measurement.source_format == "BioLogic EC-Lab text"
    assert same(measurement, series)
    assert list(np.unique(measurement.step_count)) == [1, 2, 3, 4, 5]
    assert measurement.temperature_kelvin[0] == pytest.approx(298.65)
    assert any("Latin-1" in finding for finding in measurement.findings)
    assert any("decimal commas" in finding for finding in measurement.findings)


def test_arbin_text(write, series):
    """Arbin's CSV: units in brackets, the instrument's steps and cycles."""
    path = write(
        {"time": "Test_Time(s)", "voltage": "Voltage(V)", "current": "Current(A)"},
        Step_Index=np.repeat([1, 2, 3, 4, 5], 10),
        Cycle_Index=np.ones(50, int),
        **{"Step_Time(s)": np.arange(50.0)},
    )
    measurement = read_measurement(path)
    assert measurement.source_format == "Arbin CSV"
    assert same(measurement, series)
    assert list(measurement.step_count) == list(np.repeat([1, 2, 3, 4, 5], 10))
    assert "steps from 'Step_Index', cycles from 'Cycle_Index'" in measurement.method


def test_maccor_text(write, series):
    """Maccor's text: clock times, a current without sign, and states that give it one."""
    path = write(
        {"time": "TestTime", "voltage": "Volts", "current": "Amps"},
        name="test.txt",
        delimiter="\t",
        above="Today's Date 11/20/2026\nFilename: C:\\test.000\n\n",
        **{
            "Rec#": np.arange(50),
            "time": [f"  1d 00:{int(t) // 60:02d}:{t % 60:06.3f}" for t in series["time"]],
            "current": np.abs(series["current"]),
            "State": np.repeat(["R", "D", "R", "C", "S"], 10),
            "Step (Sec)": np.arange(50.0),
        },
    )
    measurement = read_measurement(path)
    assert measurement.source_format == "Maccor text"
    assert same(measurement, {**series, "time": series["time"] + 86400})
    assert "sign from the instrument's state" in measurement.method
    assert "steps found from the current" in measurement.method  # 'Step (Sec)' is a time, no number of a step
    assert list(np.unique(measurement.step_count)) == [1, 2, 3, 4, 5]


def test_matlab_structs(tmp_path, series):
    """One series of a file is chosen by its path or the end of it; without a choice all are listed."""
    flat = {"timeVec": series["time"], "volVec": series["voltage"], "currVec": series["current"], "note": "x"}
    path = tmp_path / "rate.mat"
    scipy.io.savemat(path, {"Rate": {"T25": {"C1": flat, "C2": {**flat, "volVec": series["voltage"] + 0.1}}}})
    assert same(read_measurement(path, inside="T25.C1"), series)
    second = read_measurement(path, inside="Rate.T25.C2")
    assert second.source_selection == "Rate.T25.C2"
    assert second.voltage_volt[0] == series["voltage"][0] + 0.1
    with pytest.raises(AmbiguousSeriesError, match=r"2 series: Rate\.T25\.C1, Rate\.T25\.C2\. Choose one with --path"):
        read_measurement(path)
    with pytest.raises(AmbiguousSeriesError, match=r"did you mean 'T25\.C1'\?"):
        read_measurement(path, inside="T25.D1")


def test_matlab_without_a_series(tmp_path):
    """A MATLAB file without a time series says so."""
    path = tmp_path / "other.mat"
    scipy.io.savemat(path, {"x": np.arange(5.0)})
    with pytest.raises(MissingColumnsError, match="no struct"):
        read_measurement(path)


def test_matlab_7_3_is_refused(tmp_path):
    """A MATLAB 7.3 file is HDF5: the message says how to save it."""
    path = tmp_path / "new.mat"
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    path.write_bytes(header + b"\0" * 400)
    with pytest.raises(UnreadableMeasurementError, match="-v7"):
        read_measurement(path)


@pytest.mark.parametrize(
    ("code", "says"), [(-11, "crashes on it"), (3, r"needs more than 1,000,000,000 bytes"), (None, r"more than 4\.0 s")]
)
def test_a_matlab_file_that_crashes_its_reader(tmp_path, monkeypatch, series, code, says):
    """A file is tried in another process first; a crash, a bomb or a hang there is a refusal here."""
    from ragone.pipelines.files.cyclers import trial

    def ends(words, *, timeout, **_):
        if code is None:
            raise subprocess.TimeoutExpired(words, timeout)
        return subprocess.CompletedProcess(words, code)

    path = tmp_path / "test.mat"
    scipy.io.savemat(path, {"timeVec": series["time"], "volVec": series["voltage"], "currVec": series["current"]})
    assert same(read_measurement(path), series)
    monkeypatch.setattr(trial.subprocess, "run", ends)
    with pytest.raises(UnreadableMeasurementError, match=says):
        read_measurement(path)


def _workbook(path, sheets) -> None:
    """Write a minimal workbook; sheets are lists of rows of numbers and text, by name."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbered = dict(enumerate(sheets, 1))
    names = "".join(f'<sheet name="{name}" sheetId="{k}" r:id="r{k}"/>' for k, name in numbered.items())

    def links(targets):
        parts = (f'<Relationship Id="r{k}" Type="{office}/{kind}" Target="{to}"/>' for k, kind, to in targets)
        return f'<Relationships xmlns="{package}/relationships">{"".join(parts)}</Relationships>'

    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        book.writestr("_rels/.rels", links([(1, "officeDocument", "xl/workbook.xml")]))
        book.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>'
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels", links((k, "worksheet", f"worksheets/sheet{k}.xml") for k in numbered)
        )
        for k, name in numbered.items():
            rows = "".join(f'<row r="{r}">{_cells(row, r)}</row>' for r, row in enumerate(sheets[name], 1))
            sheet = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
            book.writestr(f"xl/worksheets/sheet{k}.xml", sheet)


def _cells(row, number) -> str:
    cells = []
    for letter, value in zip("ABCDEF", row, strict=False):
        place = f'r="{letter}{number}"'
        text = f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>'
        cells.append(text if isinstance(value, str) else f"<c {place}><v>{float(value)!r}</v></c>")
    return "".join(cells)


def test_excel_workbook(tmp_path, series):
    """A sheet is found by its header, wherever that stands; of several one is chosen."""
    pytest.importorskip("fastexcel", reason="reads .xlsx; not installed")
    head = [["Test started on Monday"], ["Test_Time(s)", "Voltage(V)", "Current(A)"]]
    rows = [*head, *zip(*series.values(), strict=True)]
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    _workbook(one, {"Info": [["nothing"]], "Channel_1": rows})
    _workbook(two, {"Channel_1": rows, "Channel_2": rows})
    assert same(read_measurement(one), series)
    assert same(read_measurement(two, inside="Channel_2"), series)
    with pytest.raises(AmbiguousSeriesError, match="2 series: Channel_1, Channel_2"):
        read_measurement(two)


def test_excel_without_its_reader(tmp_path, monkeypatch):
    """Where the reader of workbooks is not installed, the message says what to install."""
    monkeypatch.setitem(sys.modules, "fastexcel", None)
    path = tmp_path / "test.xlsx"
    _workbook(path, {"Channel_1": [["Test_Time(s)", "Voltage(V)", "Current(A)"]]})
    with pytest.raises(ReaderMissingError, match="pip install fastexcel"):
        read_measurement(path)


@pytest.fixture
def arbin_database(tmp_path):
    """A file that begins as an Access database does."""
    path = tmp_path / "test.res"
    path.write_bytes(b"\x00\x01\x00\x00Standard Jet DB\x00" + b"\0" * 64)
    return path


def test_arbin_database(tmp_path, monkeypatch, write, series, arbin_database):
    """A .res file is read through `mdb-export`, whose columns are in seconds, volts and amperes."""
    exported = write({"time": "Test_Time", "voltage": "Voltage", "current": "Current"}, Test_ID=np.full(50, 7))
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "mdb-export"
    program.write_text(f'#!/bin/sh\n[ "$2" = Channel_Normal_Table ] && cat "{exported}"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    measurement = read_measurement(arbin_database)
    assert same(measurement, series)
    assert measurement.source_format == "Arbin .res"
    assert measurement.findings == ()


def test_arbin_database_without_its_reader(monkeypatch, arbin_database):
    """Where MDB Tools are not installed, the message names them."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ReaderMissingError, match="mdbtools"):
        read_measurement(arbin_database)
