"""`ragone impedance`: a cell's spectrum simulated, a measured one imported, split and drawn."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.schemas import Impedance, ImpedanceOutcome

FREQUENCY = np.geomspace(1e4, 1e-2, 49)
MEASURED = 0.01 + 0.02 / (1 + (2j * np.pi * FREQUENCY * 0.01) ** 0.9)


@pytest.fixture
def place(tmp_path, example):
    """A lake with a cell, and with one that cannot be built."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        return {
            "cell": lake.put(example("cell_parameters")),
            "none": lake.put(example("cell_parameters", outcome="the coating does not fit the can")),
            "kpi": lake.put(example("kpi")),
        }


@pytest.fixture
def measured(tmp_path):
    """A file of a measured spectrum; it writes the negative imaginary part and does not say so."""
    rows = np.stack([FREQUENCY, MEASURED.real, -MEASURED.imag], axis=1)
    path = tmp_path / "spectrum.csv"
    np.savetxt(path, rows, delimiter=",", header="freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm", comments="")
    return path


def test_cell_is_simulated_once_and_split(cli, place):
    """The spectrum and its KPIs have ids; the same question again computes nothing, and they can be reproduced."""
    words = ("impedance", place["cell"], "--lowest", "10 mHz", "--state-of-charge", "60 %", "--temperature", "40 degC")
    answer = cli(*words, "--json")
    assert answer.code == 0, answer.err
    assert answer.err == ""
    data = answer.data
    assert data["impedance"]["state_of_charge"] == 0.6
    assert data["impedance"]["temperature_kelvin"] == pytest.approx(313.15)
    assert data["impedance"]["frequency_hertz"]["lowest"] == pytest.approx(0.01)
    series, transfer = (data["kpis"][f"{part}_resistance"] for part in ("series", "charge_transfer"))
    assert 0 < series["value"] < transfer["value"]
    assert data["kpis"]["diffusion_resistance"]["outcome"] == "the data do not determine it"
    with Lake.open("lake") as lake:
        before = lake.sql("SELECT count(*) AS n FROM runs")["n"].item()
    assert cli(*words, "--json").data == data
    assert cli("impedance", data["impedance_id"], "--json").data["kpis"] == data["kpis"]
    with Lake.open("lake") as lake:
        assert lake.sql("SELECT count(*) AS n FROM runs")["n"].item() == before
    assert cli("reproduce", series["id"]).code == 0


def test_file_is_imported_split_and_drawn(cli, measured, tmp_path):
    """A lake is made; table, reasons and the reversed sign are told, and the picture is one."""
    answer = cli("impedance", measured, "--licence", "MIT", "--png", "out.png")
    assert answer.code == 0, answer.err
    assert "charge_transfer_resistance      0.02" in answer.out
    assert "diffusion_resistance" in answer.out.split("no value: ")[0].splitlines()[-1]
    assert "'Im(Z)/Ohm' has the other sign than its header says: reversed" in answer.out
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    with Lake.open("lake") as lake:
        record = lake.get(answer.out.split()[0])
    assert isinstance(record, Impedance)
    assert record.licence == "MIT"
    assert record.imaginary_ohm == pytest.approx(MEASURED.imag)


def test_cell_that_is_none(cli, place):
    """No spectrum is bad news, told with its reason; nothing can be drawn."""
    answer = cli("impedance", place["none"])
    assert answer.code == 1
    assert "cannot be built: the coating does not fit the can" in answer.out
    assert cli("impedance", place["none"], "--json").data["impedance"]["outcome"] == ImpedanceOutcome.NOT_BUILT
    refused = cli("impedance", place["none"], "--png", "out.png")
    assert refused.code == 2
    assert "has no picture: the cell cannot be built" in refused.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("kpi",), "has no impedance"),
        (("cell", "--lowest", "1"), "--lowest = '1' has no unit"),
        (("cell", "--lowest", "1 MHz"), "lowest_frequency_hertz = 1e+06 Hz is not below"),
        (("cell", "--state-of-charge", "60"), "--state-of-charge = 60 [-] is outside [0, 1]. If it is a percentage"),
        (("cell", "--border", "1 ohm"), "--border = '1 ohm' has the wrong dimension"),
    ],
)
def test_what_cannot_be_used_is_refused(cli, place, words, told):
    """In one block, before anything is stored."""
    name, *rest = words
    answer = cli("impedance", place[name], *rest)
    assert answer.code != 0
    assert told in answer.err
    assert "Traceback" not in answer.err


def test_units_of_a_file_without(cli, measured):
    """A header without units is refused with the words that read it."""
    measured.write_text(measured.read_text().replace("freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm", "freq,Zre,Zim"))
    refused = cli("impedance", measured)
    assert refused.code == 2
    assert "--units frequency=Hz,impedance=Ohm" in refused.err
    answer = cli("impedance", measured, "--units", "frequency=Hz,impedance=Ohm", "--json")
    assert answer.code == 0, answer.err
    assert answer.data["kpis"]["charge_transfer_resistance"]["value"] == pytest.approx(0.02, rel=1e-3)
