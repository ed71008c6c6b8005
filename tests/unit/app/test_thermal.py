"""`ragone thermal`: heat balance and runaway of a stored cell, through the real entry point."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake

_PARTS = ("negative_solids", "positive_active_material", "electrolyte")
COUNT = "SELECT count(*) AS n FROM runs"


@pytest.fixture(scope="module")
def cell(example):
    """One that conducts heat well enough to be a lump at 10 W/(m^2 K)."""
    return example(
        "cell_parameters",
        cooled_area_square_metre=0.015,
        conduction_length_metre=0.02,
        thermal_conductivity_watt_per_metre_kelvin=3.0,
        heat_capacity_joule_per_kelvin=330.0,
        components={"components": {n: {"mass_kilogram": 0.05, "volume_cubic_metre": 0.0} for n in _PARTS}},
    )


def test_steady_and_runaway_as_json_with_a_picture(cli, stored, cell, tmp_path):
    """Every KPI with its id, which `show` finds; heat split and picture; asked again it is the same runs."""
    with Lake.open(stored.place) as lake:
        name = lake.put(cell)
    words = ("thermal", name[:28], "--power", "10 W", "--h", "10 W/m^2/K", "--json")
    answer = cli(*words, "--png", tmp_path / "heat.png", "--lake", stored.place)
    assert answer.code == 0, answer.err
    assert answer.err == ""
    steady, runaway = answer.data["steady"], answer.data["runaway"]
    assert steady["biot_number"]["value"] == pytest.approx(10 * 0.02 / 3)
    assert 298.15 < steady["steady_temperature"]["value"] < 320.0
    parts = [
        k["value"]
        for n, k in steady.items()
        if n.endswith(("electrolyte", "solids", "mixing", "tion_heat", "ble_heat", "act_heat"))
    ]
    assert len(parts) == 6
    assert sum(parts) == pytest.approx(steady["steady_heat"]["value"])
    assert runaway["critical_ambient_temperature"]["value"] < runaway["temperature_of_no_return"]["value"]
    assert (
        cli("show", runaway["semenov_number"]["id"], "--json", "--lake", stored.place).data["record"]["name"]
        == "semenov_number"
    )
    assert (tmp_path / "heat.png").read_bytes().startswith(b"\x89PNG")
    with Lake.open(stored.place) as lake:
        runs = lake.sql(COUNT)["n"].item()
        (balance,) = lake.sql("SELECT id FROM heat_balances")["id"].to_list()
        assert lake.lineage(balance).ancestors == (name,)
    assert cli(*words, "--png", tmp_path / "again.png", "--lake", stored.place).data == answer.data
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "heat.png").read_bytes()
    with Lake.open(stored.place) as lake:
        assert lake.sql(COUNT)["n"].item() == runs


def test_refused_balance_is_told_once_and_found(cli, stored, cell, tmp_path):
    """A Biot number of 0.2: no steady temperature, one reason, exit code 1; runaway and picture are there."""
    with Lake.open(stored.place) as lake:
        name = lake.put(cell)
    answer = cli(
        "thermal",
        name,
        "--c-rate",
        "0.2",
        "--h",
        "30 W/(m^2*K)",
        "--png",
        tmp_path / "heat.png",
        "--lake",
        stored.place,
    )
    assert answer.code == 1
    assert answer.out.count("Biot number 0.2 > 0.1") == 1
    assert answer.out.partition("runaway\n")[0].count("none") == 8
    assert "critical_oven_temperature" in answer.out
    assert (tmp_path / "heat.png").is_file()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "give one of --power and --c-rate"),
        (("--power", "20 W", "--c-rate", "1"), "give one of --power and --c-rate"),
        (("--power", "20 V"), "--power"),
        (("--power", "20 W", "--h", "10"), "--h"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(cli, stored, words, told):
    """In one line, before anything is computed."""
    answer = cli("thermal", stored.ids["design"], *words, "--lake", stored.place)
    assert answer.code == 2
    assert told in answer.err


def test_only_cells_have_heat(cli, stored):
    """A design is refused by its id."""
    answer = cli("thermal", stored.ids["design"], "--power", "20 W", "--lake", stored.place)
    assert answer.code == 2
    assert "not a cell_parameters" in answer.err
