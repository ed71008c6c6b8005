"""`ragone kpis`: tables, JSON and pictures of KPIs, through the real entry point."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.dataset import Lake

SHARE = np.linspace(0.0, 1.0, 201)


@pytest.fixture
def curves(tmp_path, example):
    """A lake with two measured discharges, the second with 1 % less capacity and 5 K warmer; their ids."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        return [
            lake.put(
                example(
                    "measurement",
                    cell_name=name,
                    test_time_second=3600.0 * share * SHARE,
                    voltage_volt=4 - SHARE - 0.12 * np.sin(2 * np.pi * SHARE),
                    current_ampere=np.full(201, -2.0),
                    step_count=np.ones(201, int),
                    cycle_count=np.ones(201, int),
                    temperature_kelvin=np.full(201, 300.0 + warmer),
                )
            )
            for name, share, warmer in (("a", 1.0, 0.0), ("b", 0.99, 5.0))
        ]


def test_two_curves_side_by_side(cli, curves):
    """Columns with units, the relative difference, temperatures in kelvin, windows and ids; reasons beneath."""
    answer = cli("kpis", *curves)
    assert answer.code == 0, answer.err
    rows = {line.split()[0]: " ".join(line.split()) for line in reversed(answer.out.splitlines()) if line.strip()}
    assert rows["capacity"].startswith("capacity 2 A.h 1.98 A.h -1.00 %")
    assert rows["maximum_temperature"].endswith("300 K 305 K +5.00 K")
    assert f"1  {curves[0][:24]}" in answer.out
    assert "energy_density, power_density of 1: its conditions do not hold: the volume of the cell" in answer.out
    assert "dqdv_discharge_peak_1_voltage" in answer.out


def test_one_curve_in_one_table(cli, curves):
    """Name, value, id and window in a row; the id leads to the record and reproduces."""
    answer = cli("kpis", curves[0][:24], "--what", "delivered", "--set", "current_uncertainty_ampere=20 mA")
    (row,) = (line.split() for line in answer.out.splitlines() if line.startswith("capacity"))
    assert row[1:5] == ["2.000", "±", "0.020", "A.h"]
    assert "0 to 3600 s" in " ".join(row)
    assert cli("reproduce", row[5]).code == 0


def test_settings_are_read_by_their_type(cli, curves):
    """Truth, whole numbers, quantities with any fitting unit."""
    words = ("--what", "limits,dqdv", "--set", "charging=true", "--set", "most_peaks=1", "--set", "bandwidth_volt=9 mV")
    answer = cli("kpis", curves[0], *words)
    assert answer.code == 0, answer.err
    assert "dqdv_discharge_peak_2_voltage" not in answer.out
    words = ("--what", "dqdv", "--set", "bandwidth_volt=9 mV", "--json")
    assert "9 mV, as given" in cli("kpis", curves[0], *words).data[0]["kpis"]["dqdv_discharge_peak_1_area"]["method"]


def test_as_json(cli, curves):
    """Every stage with its subjects and whole records by name."""
    answer = cli("kpis", *curves, "--what", "delivered,efficiency", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert [(one["stage"], one["subject_ids"]) for one in answer.data] == [
        (stage, [curve]) for stage in ("delivered", "efficiency") for curve in curves
    ]
    kpi = answer.data[0]["kpis"]["capacity"]
    assert (kpi["value"], kpi["unit"], kpi["kind"]) == (pytest.approx(2.0), "A.h", "kpi")
    assert kpi["id"].startswith("kpi-")
    assert answer.data[2]["kpis"]["coulombic_efficiency"]["outcome"] == "its conditions do not hold"


def test_a_picture_of_curves(cli, curves, tmp_path):
    """Drawn where it was asked for; a PNG that is not empty."""
    answer = cli("kpis", *curves, "--what", "dqdv", "--png", tmp_path / "curves.png")
    assert answer.code == 0
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "drawn into" in answer.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--what", "deliverd"), "did you mean 'delivered'?"),
        (("--set", "cell_mass_kilogram"), "is not of the form NAME=VALUE"),
        (("--set", "cell_mass_kilogram=70"), "has no unit"),
        (("--set", "charging=yes"), "must be true or false"),
        (("--set", "most_peaks=a few"), "must be a whole number"),
        (("--set", "mass=70 g"), "no KPI asked for has a parameter 'mass'"),
    ],
)
def test_refusals(cli, curves, words, says):
    """Exit code 2, one line that says what to do."""
    answer = cli("kpis", *curves, *words)
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err


def test_what_has_no_kpis(cli, stored):
    """A design has none; a picture of it neither."""
    answer = cli("kpis", stored.ids["design"])
    assert answer.code == 2
    assert "; give curves, spectra or cells." in answer.err


def test_a_page_without_being_asked_and_all_by_name(cli, curves):
    """Singles are counted, with how to see them; a printed name is a question that is answered."""
    page = cli("kpis", curves[0], "--what", "")
    assert "ohmic_resistance.jump" not in page.out
    names = "capacity,dqdv_discharge_peak_1_voltage"
    asked = cli("kpis", curves[0], "--what", names, "--json")
    assert asked.code == 0, asked.err
    assert [list(one["kpis"]) for one in asked.data] == [["capacity"], ["dqdv_discharge_peak_1_voltage"]]
    absent = cli("kpis", curves[0], "--what", "capacity_step_7")
    assert absent.code == 1
    assert "gave no capacity_step_7; it gave energy_step_1" in " ".join(absent.out.split())


def test_averages_leave_out_what_has_no_value(cli, curves):
    """Null in the table of KPIs: an average is that of the values there are."""
    cli("kpis", *curves, "--what", "delivered,densities,efficiency")
    answer = cli("query", "SELECT avg(value) AS mean, count(value) AS n, count(*) AS every FROM kpis", "--json")
    (row,) = answer.data["rows"] if isinstance(answer.data, dict) else answer.data
    assert row["n"] == 6
    assert row["every"] > row["n"]
    assert row["mean"] > 2
