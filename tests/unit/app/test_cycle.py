"""`ragone cycle`: protocols with a stored cell, through the real entry point."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.flows.cell.cycling import protocols

SHORT = ("--step", "Discharge at 1C for 60 s", "--step", "Rest for 60 s", "--initial-soc", "50 %")


@pytest.fixture
def cell_id(stored, example):
    """A cell in the stored lake."""
    with Lake.open(stored.place) as lake:
        return lake.put(example("cell_parameters", electrode_area_square_metre=0.1, nominal_capacity_ampere_hour=5.0))


@pytest.fixture
def cycle(cli, stored, cell_id):
    """Run the command with the cell."""
    return lambda *words: cli("cycle", cell_id[:26], "--lake", stored.place, *words)


def test_steps_as_json(cycle, cli, stored, cell_id):
    """The whole record with its id, and a row for each step; the id leads to the same record."""
    answer = cycle(*SHORT, "--ambient", "25 degC", "--json")
    assert (answer.code, answer.err) == (0, "")
    data = answer.data
    assert (data["cell_id"], data["outcome"]) == (cell_id, "all steps done")
    discharge, rest = data["steps"]
    assert (discharge["kind"], rest["kind"]) == ("discharge", "rest")
    assert discharge["duration_second"] == pytest.approx(60.0)
    assert discharge["charge_ampere_hour"] == pytest.approx(-5.0 / 60)
    assert discharge["energy_watt_hour"] == pytest.approx(-5.0 / 60 * 3.8, rel=0.1)
    assert discharge["text"] == "Discharge at 1C for 60 s"
    assert 0 < rest["lowest_plating_margin_volt"] < discharge["lowest_plating_margin_volt"]
    shown = cli("show", "--json", data["id"], "--lake", stored.place).data["record"]
    assert shown == {name: value for name, value in data.items() if name not in ("id", "cell_id", "steps")}


def test_steps_as_lines(cycle, tmp_path):
    """Outcome, table, id, and what to do next; a picture where one is wanted, by `show` as well."""
    answer = cycle(*SHORT, "--png", tmp_path / "cycle.png")
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0] == "all steps done"
    assert lines[1].split()[:3] == ["step", "cycle", "kind"]
    assert lines[2].split()[:4] == ["1", "1", "discharge", "60"]
    assert lines[-1].startswith("cycling-")
    assert "ragone kpis cycling-" in answer.err
    assert (tmp_path / "cycle.png").read_bytes().startswith(b"\x89PNG")


def test_a_cycling_is_shown_as_a_picture(cycle, cli, stored, tmp_path):
    """As PNG, and as a curve in the terminal."""
    made = cycle(*SHORT, "--json").data["id"]
    answer = cli("show", made, "--png", tmp_path / "shown.png", "--lake", stored.place)
    assert answer.code == 0
    assert "voltage [V] over time [s]" in answer.out
    assert (tmp_path / "shown.png").read_bytes().startswith(b"\x89PNG")


def test_a_named_protocol_with_settings(cycle):
    """Its steps are in the record, from the state of charge that it is meant for."""
    answer = cycle("--protocol", "rest", "--set", "duration_second=2 min", "--json")
    assert answer.data["protocol"] == ["Rest for 2 minutes"]
    assert "from 50% state of charge" in answer.data["method"]


def test_the_sizes_of_the_particles(cycle, cli, stored, example):
    """Asked for, they are in the method of cycling and spectrum; a cell of one size has none, with what to do."""
    assert "take particle_size_points = 0" in cycle(*SHORT, "--particle-sizes", "3").err
    with Lake.open(stored.place) as lake:
        usual = {"electrode_area_square_metre": 0.1, "nominal_capacity_ampere_hour": 5.0}
        wide = lake.put(example("cell_parameters", **usual, positive_particle_radius_spread=0.4))
    cycled = cli("cycle", wide, *SHORT, "--particle-sizes", "3", "--json", "--lake", stored.place)
    assert "3 sizes of positive particles" in cycled.data["method"]
    spectrum = cli("impedance", wide, "--lowest", "1 Hz", "--particle-sizes", "3", "--json", "--lake", stored.place)
    assert "3 sizes of positive particles" in spectrum.data["impedance"]["method"]


def test_a_profile_from_a_file(cycle, tmp_path):
    """A file of the Battery Data Format is stored and followed; the same again computes nothing."""
    path = tmp_path / "drive.csv"
    rows = [(0, 3.7, -1.0), (10, 3.7, -2.0), (20, 3.7, 1.5), (30, 3.7, 0.0)]
    path.write_text("test_time_second,voltage_volt,current_ampere\n" + "".join(f"{t},{v},{i}\n" for t, v, i in rows))
    answer = cycle("--profile", path, "--initial-soc", "0.5", "--json")
    assert answer.code == 0, answer.err
    assert answer.data["current_ampere"]["lowest"] == pytest.approx(-2.0)
    assert answer.data["current_ampere"]["highest"] == pytest.approx(1.5)
    assert cycle("--profile", path, "--initial-soc", "0.5", "--json").data["id"] == answer.data["id"]


def test_what_the_cell_cannot_do_is_bad_news(cycle):
    """Exit code 1, the outcome with its reason, and the record is stored."""
    answer = cycle("--step", "Discharge at 100C until 3.5 V")
    assert answer.code == 1
    assert answer.out.startswith("a step cannot be done with this cell: step 1 (Discharge at 100C until 3.5 V)")
    assert answer.out.splitlines()[1].startswith("cycling-")


REFUSED = [
    (("--step", "Nap for 1 hour"), "protocol step 1, 'Nap for 1 hour': it is not understood"),
    (("--protocol", "marathon"), "protocol 'marathon' is not known"),
    (("--protocol", "rest", "--step", "Rest for 1 s"), "leave --protocol and --set out"),
    (("--set", "cycles"), "is not of the form NAME=VALUE"),
    (("--ambient", "25"), "--ambient = '25' has no unit"),
    (("--initial-soc", "2", "--step", "Rest for 1 s"), "--initial-soc = 2 [-] is outside [0, 1]"),
    (("--initial-soc", "50%", "--step", "Rest for 1 s"), "for example '50 %'"),
    (("--ambient", "-400 degC"), "--ambient = -126.85 [K]"),
    (("--heat-transfer", "3 W/m^2/K"), "add --thermal lumped"),
    (("--protocol", "constant-current", "--set", "rate=0"), "rate = 0 [-] is outside"),
    (("--protocol", "charge", "--ambient", "25 degC", "--set", "ambient_temperature=20 degC"), "is given twice"),
    (("--protocol", "gitt", "--set", "pulses=0"), "pulses = 0 [-] is outside"),
    (("--protocol", "drive"), "follows a profile, and none was given"),
    (("--protocol", "rest", "--profile", "measurement-0000"), "no step follows the profile"),
    (("--profile", "missing.csv"), "there is no such file"),
    (("--thermal", "hot"), "invalid choice: 'hot'"),
    (("--profile", "measurement-0"), "measurement-0"),
]


@pytest.mark.parametrize(("words", "says"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_what_cannot_be_meant_is_refused(cycle, words, says):
    """One line that says what is wrong; no trace."""
    answer = cycle(*words)
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err


def test_every_protocol_is_named_in_the_help(cli):
    """By the word that the command takes."""
    told = " ".join(cli("cycle", "--help").out.split())
    assert [word for word in protocols() if word not in told] == []
