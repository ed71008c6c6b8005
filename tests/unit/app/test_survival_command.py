"""`ragone survival`, through the real entry point."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows.errors import SurvivalError
from ragone.flows.survival.analysis import analyse_lives_of_lake
from ragone.schemas import CycleLife, LifeOutcome, Verdict


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A lake with two batches of cells; all of one were stopped at cycle 600, before half had failed."""
    folder = tmp_path_factory.mktemp("survival") / "lake"
    random = np.random.default_rng(7)
    with Lake.open(folder, create=True) as lake:
        for batch, scale, budget in (("may", 800.0, 600.0), ("june", 500.0, 2000.0)):
            for number, end in enumerate(scale * random.weibull(2.5, 20)):
                ended = bool(end <= budget)
                lake.put(
                    CycleLife(
                        cell_name=f"{batch} {number}",
                        outcome=LifeOutcome.CAPACITY if ended else LifeOutcome.BUDGET,
                        lower=min(end, budget),
                        upper=end if ended else None,
                        criterion="80 % of the first capacity",
                        covariates={"batch": batch, "rate": {"value": float(number % 2 + 1), "unit": "1/h"}},
                        method="given",
                    )
                )
    return folder


def test_groups_are_printed_and_drawn(cli, place, tmp_path):
    """Medians of both, what ignores censoring, a test, and where the median was not reached that it was not."""
    answer = cli("survival", "--by", "batch", "--lake", place, "--output", tmp_path / "a.png")
    assert answer.code == 0, answer.err
    assert "40 cells by batch" in answer.out
    rows = [line.split()[:3] for line in answer.out.splitlines()[2:4]]
    assert [row[:2] for row in rows] == [["june", "20"], ["may", "20"]]
    assert "log-rank" in answer.out
    assert "beyond the longest observation, 600 cycle" in answer.out
    assert "median life of the cells that died" in answer.out
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_the_answer_is_data(cli, place):
    """A condition on a covariate, the restriction, and whole columns."""
    found = cli("survival", "--where", "rate > 1.5", "--restrict", "400", "--json", "--lake", place).data
    assert found["subject_count"] == 20
    assert found["groups"][0]["horizon"] == 400
    assert found["groups"][0]["restricted_mean"]["value"] <= 400
    assert len(found["step_times"]) == len(found["step_survival"]) > 5


def test_it_is_stored_names_its_snapshot_and_reproduces(place):
    """The record is informed by the lives; at the same snapshot it is found again."""
    with Lake.open(place) as lake:
        snapshot = lake.snapshot()
        first = analyse_lives_of_lake(lake, by="batch", at=snapshot)
        assert first.snapshot_id == snapshot
        assert analyse_lives_of_lake(lake, by="batch", at=snapshot).id == first.id
        assert lake.reproduce(first.id).verdict is Verdict.BITWISE
        assert len(lake.lineage(first.id).informed_by) == 40


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--where", "batch = 'july'"], "there is no cycle life that fits"),
        (["--by", "batsh"], "did you mean"),
        (["--confidence", "1.2"], "outside (0, 1)"),
        (["--restrict", "-5"], "outside (0, inf)"),
    ],
)
def test_what_cannot_be_done_is_said(cli, place, arguments, said):
    """In one message, without a traceback."""
    answer = cli("survival", *arguments, "--lake", place)
    assert answer.code in (1, 2)
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_what_ignores_censoring_is_left_out_where_nothing_is_censored(cli, place):
    """All of June ended: means and medians are the ordinary ones, and nothing is called wrong."""
    answer = cli("survival", "--where", "batch = 'june' AND observed", "--lake", place)
    assert answer.code == 0, answer.err
    assert "0 censored" in answer.out
    assert "ignoring censoring" not in answer.out


def test_a_number_that_hardly_repeats_makes_ranges(tmp_path):
    """Forty temperatures are four groups of ten lives, in order; two rates stay two; an empty name is said."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        for number in range(40):
            covariates = {
                "heat": {"value": 20.0 + number, "unit": "degC"},
                "rate": {"value": float(number % 2), "unit": "1/h"},
                "maker": "",
            }
            lake.put(
                CycleLife(
                    cell_name=str(number),
                    outcome=LifeOutcome.CAPACITY,
                    lower=500.0 + number,
                    upper=500.0 + number,
                    criterion="80 %",
                    covariates=covariates,
                    method="given",
                )
            )
        found = analyse_lives_of_lake(lake, by="heat")
        assert found.group_names == ("20 to 29.75", "29.75 to 39.5", "39.5 to 49.25", "49.25 to 59")
        assert [group["subjects"] for group in found.groups] == [10, 10, 10, 10]
        assert analyse_lives_of_lake(lake, by="rate").group_names == ("0", "1")
        assert analyse_lives_of_lake(lake, by="maker").group_names == ("(empty)",)


def test_too_many_groups_are_refused(tmp_path):
    """A name for each cell compares nothing; the message says what to do."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        for number in range(101):
            lake.put(
                CycleLife(
                    cell_name=f"cell {number}",
                    outcome=LifeOutcome.CAPACITY,
                    lower=500.0,
                    upper=500.0,
                    criterion="80 %",
                    method="given",
                )
            )
        with pytest.raises(SurvivalError, match="101 lives into 101 groups; 100 at most"):
            analyse_lives_of_lake(lake, by="cell_name")
