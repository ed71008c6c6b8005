"""What cannot be right is refused, with the row and what to do."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ragone.pipelines.files.cyclers import parse_units, read_measurement
from ragone.pipelines.files.cyclers.errors import (
    AmbiguousSeriesError,
    BadSampleError,
    CurrentSignError,
    DecreasingTimeError,
    EmptyMeasurementError,
    FileTooLargeError,
    ImplausibleUnitError,
    MeasurementNotFoundError,
    MissingColumnsError,
    UnreadableMeasurementError,
)
from ragone.schemas.errors import UnitError


@pytest.mark.parametrize("content", [b"", b"\n\n  \n"])
def test_an_empty_file(tmp_path, content):
    """A file without content holds nothing."""
    path = tmp_path / "empty.csv"
    path.write_bytes(content)
    with pytest.raises(EmptyMeasurementError, match="is empty"):
        read_measurement(path)


def test_no_rows(tmp_path):
    """A header without rows holds nothing."""
    path = tmp_path / "header.csv"
    path.write_text("Test Time / s,Voltage / V,Current / A\n")
    with pytest.raises(EmptyMeasurementError, match="no row"):
        read_measurement(path)


def test_no_file(tmp_path):
    """A path without a file is told so."""
    with pytest.raises(MeasurementNotFoundError, match=r"nowhere\.csv"):
        read_measurement(tmp_path / "nowhere.csv")


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    """Two gigabytes are refused by their size, before a byte is read; the limit can be raised."""
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2 * 10**9)
    monkeypatch.setattr("ragone.pipelines.files.cyclers.files.require_signature", lambda path: pytest.fail("was read"))
    with pytest.raises(FileTooLargeError, match=r"2,000,000,000 bytes.*--largest-size '2000000000 byte'"):
        read_measurement(path)


@pytest.mark.parametrize("header", ["Voltage / V", "Current / A", "Test Time / s"])
def test_a_missing_column(write, header):
    """What was found and what was expected are named, with the nearest name."""
    path = write(old=header, new="Voltagee" if "V" in header else "other")
    with pytest.raises(MissingColumnsError) as refused:
        read_measurement(path)
    assert "Expected are 'test_time_second'" in str(refused.value)
    assert ("is 'Voltagee' the voltage?" in str(refused.value)) == ("V" in header)


def test_no_header(tmp_path):
    """A table of bare numbers names no columns."""
    path = tmp_path / "bare.csv"
    path.write_text("0,3.7,0.1\n1,3.6,0.1\n")
    with pytest.raises(MissingColumnsError, match="names no columns: line 1"):
        read_measurement(path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.parquet", b"Test Time / s,Voltage / V", "ends in .parquet but looks like text"),
        ("x.csv", b"PAR1\0\0\0", "looks like a Parquet file"),
        ("x.csv", b"\xff\xfet\0e\0s\0t\0", "UTF-16"),
        ("x.mat", b"hello", "ends in .mat but looks like text"),
        ("x.mpr", b"BIO-LOGIC MODULAR FILE", "Export it as text"),
        ("x.parquet", b"PAR1 and nothing else", "cannot be read as Parquet"),
        ("x.mat", b"MATLAB 5.0 MAT-file" + b"\0" * 300, "cannot be read as a MATLAB file"),
        ("x.csv", b"one column\n1\n2\n", "no line is divided"),
        ("x.docx", b"", "did you mean|known are"),
    ],
)
def test_not_the_format_it_claims(tmp_path, name, content, says):
    """A file of another format than its name says, a damaged one, and one that is never read."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableMeasurementError, match=says):
        read_measurement(path)


def test_decreasing_time(write):
    """Time that falls is refused with the rows between which it does."""
    path = write(old="\n20.0,", new="\n18.5,")
    with pytest.raises(DecreasingTimeError, match=r"from 19 s in row 20 to 18\.5 s in row 21\. It must never decrease"):
        read_measurement(path)


def test_two_tests_one_after_another(write, series):
    """Time that begins anew is told as a second test in the file."""
    path = write(**{name: np.tile(values, 2) for name, values in series.items()})
    with pytest.raises(DecreasingTimeError, match=r"49 s in row 50 to 0 s in row 51.*2 tests"):
        read_measurement(path)


def test_two_cells_in_one_file(write):
    """Rows of two channels are refused with their list, and one of them can be chosen."""
    path = write(Channel=np.tile(["A1", "A2"], 25))
    with pytest.raises(AmbiguousSeriesError, match=r"'Channel' names 2 cells: A1, A2.*--select 'Channel=A1'"):
        read_measurement(path)
    with pytest.raises(AmbiguousSeriesError, match="there is no cell 'A3'"):
        read_measurement(path, select="A3")
    with pytest.raises(AmbiguousSeriesError, match="fits no column"):
        read_measurement(path, select="Cell=A1")
    one = read_measurement(path, select="Channel=A2")
    assert list(one.test_time_second) == list(np.arange(1.0, 50.0, 2.0))
    assert one.source_selection == "Channel=A2"


def test_two_columns_of_one_quantity(write, series):
    """Two voltages that differ, as of two cells side by side, are ambiguous."""
    path = write(voltage_volt=series["voltage"] + 0.01)
    with pytest.raises(AmbiguousSeriesError, match="2 columns are voltage: 'Voltage / V', 'voltage_volt'"):
        read_measurement(path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("\n5.0,3.7", "\n5.0,x3.7", "'Voltage / V' is 'x3.7' in row 6, no number"),
        ("\n5.0,3.7", "\n5.0,inf", "'Voltage / V' is infinite in row 6"),
        ("\n5.0,3.7", "\n5.0,1.0,3.7", "row 6 has more fields than the header has names (3)"),
    ],
)
def test_a_broken_row(write, old, new, says):
    """A value that is no number, an infinite one, and a field too many are refused with the row."""
    with pytest.raises((BadSampleError, UnreadableMeasurementError), match=re.escape(says)):
        read_measurement(write(old=old, new=new))


def test_decimal_commas_between_commas(tmp_path):
    """Decimal commas in a file divided by commas are seen by the surplus of fields."""
    path = tmp_path / "commas.csv"
    path.write_text("Test Time / s,Voltage / V,Current / A\n0,0,3,7,0,1\n1,0,3,6,0,1\n")
    with pytest.raises(UnreadableMeasurementError, match="If decimals are commas"):
        read_measurement(path)


def test_many_missing_values(write, series):
    """More than one row in a hundred without a value is refused."""
    path = write(voltage=["" if k in (3, 7) else value for k, value in enumerate(series["voltage"])])
    with pytest.raises(BadSampleError, match="missing in 2 of 50 rows, first in row 4; at most 1% may be"):
        read_measurement(path)


def test_an_unknown_unit(write):
    """A unit of another quantity is refused."""
    with pytest.raises(UnitError, match="'furlong' of column 'Voltage / furlong'"):
        read_measurement(write(old="/ V", new="/ furlong"))


@pytest.mark.parametrize(
    ("header", "asked"), [("Voltage", {}), ("Voltage / V", {}), ("Voltage / V", {"voltage": "mV"})]
)
def test_millivolts_that_the_header_does_not_say(write, series, header, asked):
    """Values that no cell has are refused with what to do, and are read in the unit that is then named."""
    path = write(old="Voltage / V", new=header, voltage=series["voltage"] * 1000)
    if asked:
        assert np.allclose(read_measurement(path, units=asked).voltage_volt, series["voltage"])
        return
    with pytest.raises(ImplausibleUnitError, match=r"3\d\d\d.*-5 to 10 V was expected.*--units voltage=mV"):
        read_measurement(path)


def test_milliamperes_beside_the_capacity(write, series):
    """A current of 2000 beside 5 A*h is refused where no unit is written, and flagged where one is."""
    unwritten = write(old="Current / A", new="Current", current=series["current"] * 1000)
    with pytest.raises(ImplausibleUnitError, match="400 C of the nominal 5 A"):
        read_measurement(unwritten, nominal_capacity_ampere_hour=5.0)
    written = write(current=series["current"] * 1000)
    findings = read_measurement(written, nominal_capacity_ampere_hour=5.0).findings
    assert any("400 C" in finding for finding in findings)


def test_hours_read_as_seconds(write, series):
    """More charge than the cell holds shows that the unit of time is wrong."""
    path = write(old="Test Time / s", new="Test Time / h")
    findings = read_measurement(path, nominal_capacity_ampere_hour=5.0).findings
    assert any("times the nominal 5 A*h: check the units of time" in finding for finding in findings)


def test_years_of_time(write, series):
    """A test of decades is one whose time is in another unit."""
    with pytest.raises(ImplausibleUnitError, match="--units time=ms"):
        read_measurement(write(time=series["time"] * 1e8))


def test_a_flipped_current(write, series):
    """A current that charges where the voltage falls is refused, unless it is to be reversed; never done unasked."""
    path = write(current=-series["current"])
    with pytest.raises(
        CurrentSignError, match=r"from row 10 to row 11 the current goes from -?0 to 2 A.*--flip-current"
    ):
        read_measurement(path)
    measurement = read_measurement(path, flip_current=True)
    assert np.array_equal(measurement.current_ampere, series["current"])
    assert "reversed as asked for" in measurement.method


def test_flipping_a_right_current(write):
    """Reversing a current that was right is refused too."""
    with pytest.raises(CurrentSignError, match="Leave --flip-current out"):
        read_measurement(write(), flip_current=True)


def test_a_flipped_discharge_without_a_rest(write):
    """The sign shows in the trend of the voltage where no current step tells it."""
    path = write(current=np.full(50, 2.0), voltage=np.linspace(4.2, 3.0, 50))
    with pytest.raises(CurrentSignError, match="voltage falls where the cell would be charged"):
        read_measurement(path)


def test_a_current_without_sign(write, series):
    """A magnitude is no current."""
    with pytest.raises(CurrentSignError, match="it is a magnitude"):
        read_measurement(write(current=np.abs(series["current"])))


def test_a_path_into_a_file_of_one_table(write):
    """A path where there is nothing to choose is refused rather than passed over."""
    with pytest.raises(UnreadableMeasurementError, match="--path is for"):
        read_measurement(write(), inside="T25")


def test_a_file_that_is_still_written(write, monkeypatch):
    """A file that changes while it is read is refused, since its hash would not be that of the data."""
    from ragone.pipelines.files.cyclers import files

    path = write()

    def grow(path):
        table = files.read_delimited(path)
        with path.open("a") as file:
            file.write("50,3.6,0\n")
        return table

    monkeypatch.setitem(files._SINGLE, ".csv", grow)
    with pytest.raises(UnreadableMeasurementError, match="was written to"):
        read_measurement(path)


@pytest.mark.parametrize("text", ["voltage", "voltage=furlong", "colour=mV"])
def test_malformed_units(text):
    """Units are pairs of a known quantity and one of its units."""
    with pytest.raises(UnitError):
        parse_units(text)


def test_units_by_quantity():
    """Several units are joined by commas."""
    assert parse_units("voltage=mV, time=h") == {"voltage": "mV", "time": "h"}
