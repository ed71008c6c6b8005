"""What the file counts and when it was written outrank what a header leaves open: a contradiction is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from ragone.pipelines.files.cyclers import parse_units, read_measurement
from ragone.pipelines.files.cyclers.errors import BadSampleError, ContradictionError

HEADERS = {"time": "TestTime", "voltage": "Voltage [V]", "current": "Current [A]"}


@pytest.fixture
def minute(series):
    """The series with a sample a minute: what flowed until each sample [A.h], and what was written beside it."""
    time = 60.0 * series["time"]
    hour = np.diff(time) / 3600
    mean = (series["current"][1:] + series["current"][:-1]) / 2

    def counted(flow):
        return np.append(0.0, np.cumsum(flow * hour))

    return {
        "second": time,
        "net": counted(mean),
        "charged": counted(np.maximum(mean, 0)),
        "discharged": counted(np.maximum(-mean, 0)),
        "energy": counted(np.abs(mean) * (series["voltage"][1:] + series["voltage"][:-1]) / 2),
        "dates": [f"{datetime(2024, 3, 4, 9) + timedelta(seconds=t):%m/%d/%Y %I:%M:%S %p}" for t in time],
    }


@pytest.mark.parametrize(
    "column",
    [
        ("Cap. [Ah]", "net", 1),
        ("Chg. Cap.(mAh)", "charged", 1e3),
        ("Energy (Wh)", "energy", 1),
        ("DPT Time", "dates", 0),
    ],
)
def test_minutes_that_look_like_seconds(write, series, minute, column):
    """A count of charge, of energy or a date shows that a time without a unit is in minutes; the advice works."""
    header, name, factor = column
    path = write(HEADERS, **{header: np.round(minute[name] * factor, 9) if factor else minute[name]})
    with pytest.raises(ContradictionError, match=r"fits? if 'TestTime' is in min: --units time=min"):
        read_measurement(path)
    measurement = read_measurement(path, units=parse_units("time=min"))
    assert measurement.test_time_second == pytest.approx(minute["second"])


def test_a_unit_that_the_header_names_wrongly(write, series, minute):
    """Milliamperes called amperes are seen by the counter, though a header names a unit."""
    path = write(
        {"time": "Test Time / s"},
        time=minute["second"],
        **{"I (A)": series["current"] * 1e3, "Q-Qo (mA.h)": minute["net"] * 1e3},
    )
    text = path.read_text().replace("voltage", "Ecell/V", 1).replace(",current", ",x", 1)
    path.write_text(text)
    with pytest.raises(ContradictionError, match=r"counts 0\.001 times.*--units current=mA"):
        read_measurement(path)
    assert np.abs(read_measurement(path, units={"current": "mA"}).current_ampere).max() == pytest.approx(2.0)


@pytest.mark.parametrize(("quantity", "unit"), [("voltage", "mV")])
def test_a_voltage_in_the_wrong_unit(write, series, minute, quantity, unit):
    """Energy beside a charge that fits blames the voltage."""
    path = write(
        time=minute["second"],
        voltage=series["voltage"] * 2e-3,
        **{"Q (Ah)": minute["net"], "Capacity (Ah)": minute["net"], "Energy (Wh)": minute["energy"] * 2e-6},
    )
    with pytest.raises(ContradictionError, match="--units voltage=mV"):
        read_measurement(path)


def test_a_counter_that_agrees_says_nothing(write, minute):
    """Signed, by direction, set back at each step, or in an unnamed unit: what fits is passed over in silence."""
    steps = np.repeat([1, 2, 3, 4, 5], 10)
    since_step = np.concatenate([part - part[0] for part in np.split(minute["net"], 5)])
    for name, values in (
        ("Capacity (Ah)", minute["net"]),
        ("Charge Capacity (mAh)", minute["charged"] * 1e3),
        ("Discharge Capacity", minute["discharged"] * 1e3),
        ("Amp-hr", np.abs(since_step)),
    ):
        measurement = read_measurement(write(time=minute["second"], **{"Step Index": steps, name: values}))
        assert measurement.findings == (), name


def test_a_column_that_counts_something_else(write, series, minute):
    """A nominal capacity or a charge of another cell contradicts no unit; a column that is no number neither."""
    for values in (np.full(50, 5.0), minute["net"] * 1.7, np.arange(50) % 7, ["n/a"] * 50):
        assert read_measurement(write(time=minute["second"], **{"Capacity (Ah)": values})).findings == ()


def test_units_that_the_person_insists_on(write, minute):
    """With all units named, a counter in the wrong unit is told and not obeyed."""
    path = write(HEADERS, **{"Cap. [Ah]": np.round(minute["net"], 9)})
    findings = read_measurement(path, units=parse_units("time=s,current=A")).findings
    assert any("'Cap. [Ah]' counts 60 times" in finding for finding in findings)


def _with_commas(value: float) -> str:
    return f"{value:,.0f}"


@pytest.mark.parametrize(("above", "factor"), [(1, 1.0), (1000, 1.0)])
def test_commas_before_three_digits(write, series, above, factor):
    """Where every comma stands before three digits a file is refused; a number that decides makes it readable."""
    headers = {"time": "Test Time (s)", "voltage": "Voltage (mV)", "current": "Current (mA)"}
    columns = {
        "time": [f"{t:.0f}" for t in series["time"]],
        "voltage": [_with_commas(v * 1e3) for v in series["voltage"]],
        "current": [_with_commas(i * 1e3) for i in series["current"]],
    }
    path = write(headers, delimiter="\t", **columns)
    with pytest.raises(BadSampleError, match=r"every comma stands before exactly three digits, as in '3,\d{3}'"):
        read_measurement(path)
    decisive = write(headers, delimiter="\t", **columns, **{"Temp (C)": ["25.5"] * 50})
    measurement = read_measurement(decisive)
    assert measurement.voltage_volt == pytest.approx(series["voltage"], abs=1e-3)
    assert measurement.current_ampere == pytest.approx(series["current"])
    assert "commas between thousands were left out" in measurement.findings
    columns["time"] = [f"{t:.1f}".replace(".", ",") for t in series["time"]]
    columns["voltage"] = [f"{v:.3f}".replace(".", ",") for v in series["voltage"]]
    measurement = read_measurement(write({**headers, "voltage": "U/V"}, delimiter=";", **columns))
    assert measurement.voltage_volt == pytest.approx(series["voltage"], abs=1e-3)
    assert measurement.current_ampere == pytest.approx(series["current"] / 1e3 * 1e0)


def test_commas_of_both_kinds(write, series):
    """A file with decimal commas and commas between thousands is refused with one of each."""
    path = write(delimiter=";", time=[f"{t:.1f}".replace(".", ",") for t in series["time"]], Step=["1,234,567"] * 50)
    with pytest.raises(BadSampleError, match=r"'1,234,567' has a comma between thousands, '0,0' a decimal comma"):
        read_measurement(path)


def test_points_between_thousands(write, series):
    """Points between thousands are left out where a decimal comma shows them, and refused where nothing does."""
    headers = {"time": "Test Time (s)", "voltage": "Voltage (mV)", "current": "Current (mA)"}

    def german(value: float, decimals: int) -> str:
        return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))

    columns = {
        "voltage": [german(v * 1e3, 1) for v in series["voltage"]],
        "current": [german(i * 1e3, 1) for i in series["current"]],
    }
    measurement = read_measurement(
        write(headers, delimiter=";", **columns, time=[german(t, 1) for t in series["time"]])
    )
    assert measurement.voltage_volt == pytest.approx(series["voltage"], abs=1e-4)
    assert measurement.current_ampere == pytest.approx(series["current"])
    bare = write(headers, delimiter=";", voltage=[german(v * 1e3, 0) for v in series["voltage"]])
    with pytest.raises(
        BadSampleError, match=r"'Voltage \(mV\)' is '3\.700' and alike in every row: 3\.7 mV, or thousands"
    ):
        read_measurement(bare)
    assert read_measurement(bare, units=parse_units("voltage=V")).voltage_volt[0] == 3.7
    assert read_measurement(bare, units=parse_units("voltage=mV")).voltage_volt[0] == 3.7e-3
