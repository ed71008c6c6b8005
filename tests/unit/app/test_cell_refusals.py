"""Bad options of the commands of cells, spectra and curves: refused in one block before anything is stored."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.schemas import CellOutcome

BAD = {
    "zero loading": (("cell", "design", "--loading", "0 kg/m^2"), "mass_loading = 0 [kg/m^2] is outside (0, 2]"),
    "loading twice": (
        ("cell", "transport", "--loading", "1 kg/m^2", "--set", "mass_loading_kilogram_per_square_metre=1 kg/m^2"),
        "is given twice",
    ),
    "no loading at all": (("cell", "transport"), "does not say how thick the electrode is"),
    "two materials": (("cell", "transport", "--materials", "materials", "--materials", "x"), "are two materials"),
    "materials that are none": (("cell", "transport", "--loading", "1 kg/m^2", "--materials", "kpi"), "is a kpi"),
    "a setting twice": (
        ("cell", "transport", "--form-factor", "pouch", "--set", "form_factor=4680"),
        "form_factor is given twice",
    ),
    "a KPI is no electrode": (("cell", "kpi"), "is no electrode. Name a transport"),
    "a cell is built already": (("cell", "cell", "--loading", "20 mg/cm^2"), "is a cell already: only --to-bpx"),
    "below absolute zero": (("thermal", "cell", "--c-rate", "1", "--ambient", "-300 degC"), "--ambient = -26.85 [K]"),
    "an oven hotter than any": (("thermal", "cell", "--c-rate", "1", "--oven", "1e300 K"), "--oven = 1e+300 [K]"),
    "no power": (("thermal", "cell", "--power", "0 W"), "--power = 0 [W] is outside (0, inf)"),
    "a rate that is no number": (("thermal", "cell", "--c-rate", "nan"), "--c-rate = nan is not finite"),
    "no heat transfer": (("thermal", "cell", "--c-rate", "1", "--h", "0 W/m^2/K"), "--h = 0 [W/(m^2*K)]"),
    "charged twice over": (("impedance", "cell", "--state-of-charge", "2"), "--state-of-charge = 2 [-] is outside"),
    "no border": (("impedance", "cell", "--border", "0 s"), "--border = 0 [s] is outside (0, inf)"),
    "no such spectrum": (("impedance", "measured.csv"), "there is no file measured.csv"),
    "cold comparison": (("compare", "kpi", "--cell", "cell", "--ambient", "0 K"), "--ambient = 0 [K] is outside"),
    "negative uncertainty": (
        ("compare", "kpi", "--cell", "cell", "--voltage-uncertainty", "-1 V"),
        "--voltage-uncertainty = -1 [V] is outside [0, inf)",
    ),
    "a KPI that is not known": (("compare", "kpi", "--cell", "cell", "--what", "enrgy"), "KPI 'enrgy' is not known"),
    "no folder for the picture": (("show", "discharge", "--png", "none/a.png"), "Make the folder first"),
}


@pytest.fixture
def ids(stored, example):
    """What the lake holds, a cell among it."""
    with Lake.open(stored.place) as lake:
        return stored.ids | {"cell": lake.put(example("cell_parameters"))}


@pytest.mark.parametrize(("words", "says"), BAD.values(), ids=BAD)
def test_bad_options_leave_nothing(cli, stored, ids, words, says):
    """Exit code 2, value and unit with what was expected, and the lake as it was."""
    before = stored.listing()
    command, *rest = (ids.get(word, word) if place else word for place, word in enumerate(words))
    answer = cli(command, *rest, "--lake", stored.place)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("ragone: ")
    assert says in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert stored.listing() == before


def test_assumed_metrics_are_not_taken_for_measured_ones(cli, stored):
    """A cell by Bruggeman's relation does not make its design a measured one."""
    words = ("cell", stored.ids["recipe"], "--loading", "20 mg/cm^2", "--lake", stored.place)
    assert cli(*words, "--ideal").code == 0
    answer = cli(*words)
    assert answer.code == 2
    assert "no transport was measured" in answer.err


def test_a_cell_that_was_not_built_has_no_picture_of_its_heat(cli, stored, example, tmp_path):
    """Every KPI says why there is no value; nothing is drawn, and nothing breaks."""
    with Lake.open(stored.place) as lake:
        name = lake.put(example("cell_parameters", outcome=CellOutcome.DOES_NOT_FIT, nominal_capacity_ampere_hour=0.0))
    answer = cli("thermal", name, "--c-rate", "1", "--png", tmp_path / "heat.png", "--lake", stored.place)
    assert answer.code == 1
    assert answer.err == ""
    assert "the coating does not fit the can" in answer.out
    assert not (tmp_path / "heat.png").exists()
