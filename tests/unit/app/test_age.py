"""`ragone age`: cells aged through the real entry point."""

import pytest

from ragone.dataset import Lake

COUNT = "SELECT count(*) AS n FROM runs"
CHEAP = ("--model", "SPM", "--set", "coating_points=4", "--set", "particle_points=8")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An empty lake's place."""
    return tmp_path_factory.mktemp("ageing") / "lake"


def test_ages_a_set_s_own_cell_and_finds_it_again(cli, place, tmp_path):
    """Capacity, lost lithium and a picture; asked again nothing is computed; more cycles begin with these."""
    words = ("age", "--parameter-set", "Chen2020", "--segment", "2", *CHEAP, "--lake", place, "--json")
    answer = cli(*words, "--cycles", "4", "--png", tmp_path / "fade.png")
    assert answer.code == 0, answer.err
    assert answer.data["cycles"] == 4
    assert answer.data["segments"] == 2
    assert 0.98 < answer.data["capacity_share"] < 1
    assert sum(answer.data["lithium_lost_share"].values()) == pytest.approx(1)
    assert (tmp_path / "fade.png").read_bytes().startswith(b"\x89PNG")
    with Lake.open(place) as lake:
        runs = lake.sql(COUNT)["n"].item()
    assert cli(*words, "--cycles", "4").data["id"] == answer.data["id"]
    with Lake.open(place) as lake:
        assert lake.sql(COUNT)["n"].item() == runs
    longer = cli(*words, "--cycles", "6").data
    assert longer["segments"] == 3
    with Lake.open(place) as lake:
        assert lake.sql(COUNT)["n"].item() == runs + 2


def test_a_plain_flag_jumps_over_cycles(cli, place):
    """Each capacity has a bound of its error then, and none without."""
    words = ("age", "--parameter-set", "Chen2020", "--cycles", "2", *CHEAP, "--lake", place, "--json")
    assert cli(*words, "--jump").data["discharging_capacity_error_ampere_hour"]["shape"] == [2]
    assert cli(*words).data["discharging_capacity_error_ampere_hour"]["shape"] == [0]


def test_refusals_are_words(cli, place):
    """No trace of the stack: an unknown setting, no cycles, a set without ageing."""
    for words, said in (
        (("--set", "nothing=1"), "nothing"),
        (("--cycles", "0"), "above 0"),
        (("--set", "cycles=5"), "--cycles"),
        (("--parameter-set", "Marquis2019"), "Marquis2019"),
    ):
        answer = cli("age", *(("--parameter-set", "Chen2020") if words[0] != "--parameter-set" else ()), *words, *CHEAP,
                     "--lake", place)  # fmt: skip
        assert answer.code != 0
        assert said in answer.err
        assert "Traceback" not in answer.err
