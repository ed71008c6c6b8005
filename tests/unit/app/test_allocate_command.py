"""`ragone allocate`, through the real entry point."""

from __future__ import annotations

import json

import pytest

from ragone.dataset import Lake
from ragone.flows.survival.allocation import AllocationPlan, allocate_in_lake
from ragone.schemas import CycleAllocation, Verdict
from tests.synthetic_cells import power_law_fade

_LIVES = {"thin 1": 700.0, "thin 2": 760.0, "thick 1": 720.0, "thick 2": 800.0, "poor 1": 180.0}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A lake with cells of three designs, one of which has died; of one cell an earlier fade, too."""
    folder = tmp_path_factory.mktemp("allocate") / "lake"
    with Lake.open(folder, create=True) as lake:
        for name, life in _LIVES.items():
            lake.put(power_law_fade(life, 200, noise=1e-4, cell_name=name))
        lake.put(power_law_fade(700.0, 100, noise=1e-4, cell_name="thin 1"))
    return folder


def test_running_cells_get_cycles_and_the_dead_none(cli, place):
    """Each cell once, with a reason; what is gained stands below, beside equal shares."""
    shown = cli("allocate", "--cycles", "1000", "--lake", place)
    assert shown.code == 0, shown.err
    rows = {line[:7].strip(): line for line in shown.out.splitlines() if line[:7].strip() in _LIVES}
    assert set(rows) == set(_LIVES)
    assert "its life has ended" in rows["poor 1"]
    assert any("runs until" in row or "to its end" in row for row in rows.values())
    assert "if they were shared equally" in shown.out


def test_the_answer_is_data(cli, place):
    """Whole blocks within the budget, designs by the cells' names; less doubt than by equal shares."""
    found = json.loads(cli("allocate", "--cycles", "900", "--block", "50", "--json", "--lake", place).out)
    assert found["design_names"] == ["poor", "thick", "thin"]
    assert sum(found["cycles_added"]) <= 900
    assert all(number % 50 == 0 for number in found["cycles_added"])
    assert found["doubt_expected"] < found["doubt_equal_shares"] <= found["doubt_now"]
    assert sum(found["probability_best"]) == pytest.approx(1.0)


def test_new_cells_may_be_started(cli, place):
    """They are candidates like those that run."""
    answer = cli("allocate", "--cycles", "5000", "--new-cells", "1", "--aim", "median", "--json", "--lake", place)
    found = json.loads(answer.out)
    fresh = [n for n, name in enumerate(found["cell_names"]) if name.startswith("new ")]
    assert len(fresh) == 3
    assert all(found["fade_ids"][n] == "" and found["cycles_done"][n] == 0 for n in fresh)


def test_it_is_stored_once_and_reproduces(place):
    """The record is informed by the fades."""
    with Lake.open(place) as lake:
        first = allocate_in_lake(lake, [], AllocationPlan(cycles=1000))
        again = allocate_in_lake(lake, [], AllocationPlan(cycles=1000))
        assert first.id == again.id
        assert isinstance(first, CycleAllocation)
        assert lake.reproduce(first.id).verdict is Verdict.BITWISE
        assert {edge.parent for edge in lake.lineage(first.id).informed_by} == set(first.fade_ids)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cycles", "0"], "1 or more"),
        (["--cycles", "10", "--where", "cell_name = 'nobody'"], "no capacity fade"),
        (["--cycles", "10", "--by", "recipe"], "was made of no 'recipe'"),
        (["--cycles", "10", "--capacity-share", "1.2"], "outside (0, 1)"),
    ],
)
def test_what_cannot_be_done_is_said(cli, place, arguments, said):
    """In one message, without a traceback."""
    answer = cli("allocate", *arguments, "--lake", place)
    assert answer.code != 0
    assert said in answer.err
    assert "Traceback" not in answer.err
