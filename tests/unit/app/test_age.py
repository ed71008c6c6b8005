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


def test_one_cycle_is_answered_without_a_picture(cli, place, tmp_path):
    """A curve needs two cycles; the answer does not."""
    picture = tmp_path / "fade.png"
    answer = cli("age", "--parameter-set", "Chen2020", "--cycles", "1", *CHEAP, "--lake", place, "--png", picture)
    assert answer.code == 0, answer.err
    assert "No picture" in answer.err
    assert not picture.exists()


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


def test_ages_several_cells_of_one_design(cli, place, tmp_path):
    """A table of cells, the median of their lives and a picture; own tolerances and unknown settings."""
    words = ("age", "--parameter-set", "Chen2020", "--cycles", "4", *CHEAP, "--lake", place)
    given = ("--cells", "2", "--set", "capacity_share=0.9997", "--png", tmp_path / "lives.png")
    answer = cli(*words, *given, "--json")
    assert answer.code == 0, answer.err
    assert [cell["name"][-6:] for cell in answer.data["cells"]] == ["cell 1", "cell 2"]
    assert answer.data["median"]["value"] > 1
    assert (tmp_path / "lives.png").read_bytes().startswith(b"\x89PNG")
    text = cli(*words, *given)
    assert "assumption: 1 %" in text.out
    assert answer.data["spread"] in text.out
    own = tmp_path / "own.yaml"
    own.write_text("priors: [{quantity: positive_porosity, factor: 1.2, reference: ours}]")
    assert "ours" in cli(*words, *given, "--tolerances", own).out
    own.write_text("priors: [{quantity: positive_porous, factor: 1.2, reference: ours}]")
    for further in (("--tolerances", own), ("--set", "capacity_shares=0.9"), ("--cells", "0")):
        refused = cli(*words, *given, *further)
        assert refused.code != 0
        assert "Traceback" not in refused.err
    assert "positive_porosity" in cli(*words, *given, "--tolerances", own).err
