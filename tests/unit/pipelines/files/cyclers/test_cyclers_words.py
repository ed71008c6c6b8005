"""The words, layouts and clocks of cyclers' exports are understood, or refused with advice that works."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ragone.pipelines.files.cyclers import parse_units, read_measurement
from ragone.pipelines.files.cyclers.errors import (
    AmbiguousSeriesError,
    BadSampleError,
    DecreasingTimeError,
    UnreadableMeasurementError,
)
from ragone.schemas.errors import UnitError


def same(measurement, series) -> bool:
    """Whether time from the first sample, voltage and current are those of the series."""
    time = measurement.test_time_second - measurement.test_time_second[0]
    return bool(
        np.allclose(time, series["time"], atol=1e-6)
        and np.allclose(measurement.voltage_volt, series["voltage"])
        and np.allclose(measurement.current_ampere, series["current"])
    )


@pytest.mark.parametrize(
    ("headers", "delimiter"),
    [
        (("test_time_s", "voltage_V", "current_A"), ","),
        (("Time_s", "Voltage_V", "Current_A"), ","),
        (("TestTime/s", "Voltage/V", "Current/A"), "\t"),
        (("time/s", "<Ewe/V>", "<I>/A"), "\t"),
        (("time/s", "<Ewe>/V", "I/A"), "\t"),
        (("Corrected time (s)", "WE(1).Potential (V)", "WE(1).Current (A)"), ";"),
        (("Test Time, s", "Voltage, V", "Current, A"), ";"),
        (("Time [s]", "U [V]", "I [A]"), ";"),
        (("Run Time (s)", "Potential (V)", "Current (A)"), ","),
        (("Prog Time{s}", "Cell Voltage{V}", "Cell Current{A}"), "\t"),
    ],
)
def test_names_of_columns(write, series, headers, delimiter):
    """Names and units as instruments spell them."""
    path = write(dict(zip(("time", "voltage", "current"), headers, strict=True)), delimiter=delimiter)
    measurement = read_measurement(path)
    assert same(measurement, series)
    assert not any("without a unit" in finding for finding in measurement.findings)


def test_moduli_of_the_impedance_are_other_quantities(write, series):
    """|I| and |Ewe| beside I and Ewe are passed over."""
    moduli = {"|Ewe|/V": np.zeros(50), "|I|/A": np.zeros(50)}
    assert same(read_measurement(write({"time": "time/s", "voltage": "Ewe/V", "current": "I/A"}, **moduli)), series)


def test_two_columns_of_one_time(write, series):
    """Time in seconds and in hours agree and are one; a time that disagrees is refused."""
    headers = {"time": "time/s", "voltage": "Ewe/V", "current": "I/A"}
    hours = series["time"] / 3600 + 1
    assert same(read_measurement(write(headers, **{"time/h": np.round(hours, 7)})), series)
    with pytest.raises(AmbiguousSeriesError, match="2 columns are time: 'time/s', 'time/h', and they differ"):
        read_measurement(write(headers, **{"time/h": hours * 2}))


def test_units_in_a_row_below_the_header(write, series):
    """Digatron and Gamry write units below the names; rows count from the first with numbers."""
    path = write({"time": "T", "voltage": "Vf", "current": "Im"}, name="test.dta", delimiter="\t")
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, "s\tV vs. Ref.\tmA", *rows]))
    measurement = read_measurement(path)
    assert measurement.current_ampere == pytest.approx(series["current"] / 1e3)
    assert len(measurement.test_time_second) == 50
    path.write_text("\n".join([header, "\t[V]\t[A]", *rows]))
    assert same(read_measurement(path), series)


def test_indented_table(write, series):
    """Gamry's tables are indented; what stands below one at the margin is not of it."""
    path = write({"time": "T", "voltage": "Vf", "current": "Im"}, name="test.dta", delimiter="\t")
    header, *rows = path.read_text().splitlines()
    table = [
        "CURVE\tTABLE\t50",
        *("\t" + line for line in (header, "s\tV vs. Ref.\tA", *rows)),
        "EXPERIMENTABORTED\tTOGGLE\tT",
    ]
    path.write_text("\n".join(["EXPLAIN", *table]))
    assert same(read_measurement(path), series)


def test_quoted_lines(write, series):
    """A file of which each whole line is quoted is read as if none was."""
    path = write(above="[Data]\n")
    first, *lines = path.read_text().splitlines()
    path.write_text("\n".join([first, *(f'"{line}"' for line in lines)]))
    assert same(read_measurement(path), series)


def test_layered_report(write, series):
    """Of a report of cycles, steps and records the records are read, and the rest is told."""
    path = write({"time": "Total Time", "voltage": "Voltage(V)", "current": "Current(A)"})
    header, *rows = path.read_text().splitlines()
    clock = [f"00:00:{int(float(row.split(',')[0])):02},{row.split(',', 1)[1]}" for row in rows]
    layers = [
        "Cycle Index,Chg. Cap.(Ah),Chg. Time,DChg. Cap.(Ah)",
        ",Step Index,Step Type,Capacity(Ah)",
        f",,DataPoint,{header}",
    ]
    body = [
        "1,0.1,00:03:00,0.2",
        ",1,Rest,0.0",
        *(f",,{k},{row}" for k, row in enumerate(clock[:10])),
        ",2,CC DChg,0.2",
    ]
    path.write_text("\n".join([*layers, *body, *(f",,{k},{row}" for k, row in enumerate(clock[10:], 10))]))
    measurement = read_measurement(path)
    assert same(measurement, series)
    assert "3 rows of other layers of the report (cycles, steps) were passed over" in measurement.findings


def test_index_without_a_name(write, series):
    """A first column without a name is no layer where every row fills it."""
    path = write()
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f",{header}", *(f"{k},{row}" for k, row in enumerate(rows))]))
    assert same(read_measurement(path), series)


@pytest.mark.parametrize("suffix", [".012", ".034", ".dat"])
def test_numbered_suffix(write, series, suffix):
    """Maccor numbers its files by channel."""
    assert same(read_measurement(write(name=f"cell{suffix}")), series)


@pytest.mark.parametrize(
    "written",
    [
        [f"2024-03-04 23:59:{t:02}" if t < 60 else f"2024-03-05 00:00:{t - 60:02}" for t in range(40, 90)],
        [f"03/04/2024 23:59:{t:02}.500" if t < 60 else f"03/05/2024 00:00:{t - 60:02}.500" for t in range(40, 90)],
        [f"30.12.2024 23:59:{t:02}" if t < 60 else f"31.12.2024 00:00:{t - 60:02}" for t in range(40, 90)],
        [f"12/31/2024 11:59:{t:02} PM" if t < 60 else f"1/1/2025 12:00:{t - 60:02} AM" for t in range(40, 90)],
        [f"2024-10-27T02:59:{t:02}+02:00" if t < 60 else f"2024-10-27T02:00:{t - 60:02}+01:00" for t in range(40, 90)],
        [f"23:59:{t:02}" if t < 60 else f"00:00:{t - 60:02}" for t in range(40, 90)],
        [1.7e9 + t for t in range(50)],
    ],
    ids=["iso", "month first, fractions", "day first", "AM and PM", "change to winter time", "time of day", "unix"],
)
def test_absolute_time(write, series, written):
    """Where there is no other time, dates are; across midnight, the end of a year and of summer time."""
    measurement = read_measurement(
        write({"time": "Timestamp", "voltage": "Voltage(V)", "current": "Current(A)"}, time=written)
    )
    assert same(measurement, series)
    assert any("dates in 'Timestamp'" in one or "passes midnight" in one for one in measurement.findings)


def test_order_of_day_and_month(write, series):
    """Where neither exceeds twelve, the order is taken that makes the record shorter, and told."""
    written = [f"03/04/2024 23:59:{t:02}" if t < 60 else f"04/04/2024 00:00:{t - 60:02}" for t in range(40, 90)]
    headers = {"time": "Date Time", "voltage": "Voltage(V)", "current": "Current(A)"}
    measurement = read_measurement(write(headers, time=written))
    assert same(measurement, series)
    assert any("read as day/month" in finding for finding in measurement.findings)


def test_clock_that_was_set_back(write):
    """Local times at the end of summer time run backwards, and the message says what may have happened."""
    written = [f"2024-10-27 02:59:{t:02}" if t < 60 else f"2024-10-27 02:00:{t - 60:02}" for t in range(40, 90)]
    with pytest.raises(DecreasingTimeError, match=r"clock was set back.*offset from UTC"):
        read_measurement(write({"time": "Timestamp", "voltage": "Voltage(V)", "current": "Current(A)"}, time=written))


def test_date_that_is_none(write, series):
    """A moment that cannot be is refused with its row."""
    written = [f"2024-02-{29 + t // 25} 00:00:{t:02}" for t in range(50)]
    with pytest.raises(BadSampleError, match="'2024-02-30 00:00:25' in row 26, no date with a time of day"):
        read_measurement(write({"time": "Timestamp", "voltage": "Voltage(V)", "current": "Current(A)"}, time=written))


@pytest.mark.parametrize("degree", ["\ufffdC", "Â°C", "?C", "°C", "\ufffd", "øC"])
def test_degrees_in_any_encoding(write, degree):
    """What is left of a degree sign still says Celsius."""
    measurement = read_measurement(write(**{f"Temperature/{degree}": ["25.5"] * 50}))
    assert measurement.temperature_kelvin[0] == pytest.approx(298.65)


@pytest.mark.parametrize(
    ("header", "values", "says"),
    [
        ("Temperature/furlong", ["25"] * 50, "column 'Temperature/furlong' was left out: 'furlong' of column"),
        ("Temperature (C)", ["-2501.7"] * 50, "column 'Temperature (C)' was left out: temperature runs from"),
        (
            "Temperature (C)",
            ["warm"] * 50,
            "column 'Temperature (C)' was left out: 'Temperature (C)' is 'warm' in row 1",
        ),
    ],
)
def test_optional_column_refuses_nothing(write, series, header, values, says):
    """What the import can do without is left out with its reason; a step that is a word is found from the current."""
    measurement = read_measurement(write(**{header: values, "Step Index": ["CC_Chg"] * 50}))
    assert same(measurement, series)
    assert len(measurement.temperature_kelvin) == 0
    assert any(finding.startswith(says) for finding in measurement.findings)
    assert "steps found from the current" in measurement.method


def test_advice_on_an_unknown_unit_works(write, series):
    """What the message says to write is what reads the file."""
    path = write(old="Voltage / V", new="Voltage / Vxy")
    with pytest.raises(UnitError) as refused:
        read_measurement(path)
    advice = re.search(r"--units (\S+)\.", str(refused.value))
    assert advice
    assert same(read_measurement(path, units=parse_units(advice[1])), series)


def test_count_of_rows_names_no_cells(write, series):
    """A column called a channel that differs in every row counts rows."""
    assert same(read_measurement(write(channel_index=np.arange(1, 51))), series)


def test_spectrum_is_sent_to_its_command(write):
    """An export of impedance is no measurement of current and voltage, though it has columns of them."""
    with pytest.raises(UnreadableMeasurementError, match=r"is an impedance spectrum\. Read it with: ragone impedance"):
        read_measurement(write(**{"freq/Hz": np.geomspace(1e4, 1, 50)}))


@pytest.mark.parametrize("suffix", [".nda", ".ndax", ".mpr", ".xls"])
def test_binary_formats_name_the_way_out(tmp_path, suffix):
    """What is not read says how to export it."""
    path = tmp_path / f"test{suffix}"
    path.write_bytes(b"\0binary")
    with pytest.raises(UnreadableMeasurementError, match=r"not read\. (Export|Save) it as"):
        read_measurement(path)
