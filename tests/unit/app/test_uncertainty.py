"""`ragone uncertainty`: shares of a KPI's variance, through the real entry point."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.pipelines.cell import discharge_at_constant_power, reference_cell
from ragone.pipelines.kpi import energy_and_power_density

COARSE = {"mesh_points": 8, "relative_tolerance": 1e-4, "absolute_tolerance": 1e-4}
PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A lake with a discharge of the LG M50, and its id."""
    folder = tmp_path_factory.mktemp("uncertainty") / "lake"
    with Lake.open(folder, create=True) as lake:
        cell = lake.run(reference_cell, parameter_set="Chen2020", form_factor="21700").id
        curve = lake.run(discharge_at_constant_power, cell=cell, power_watt=5.0, **COARSE).id
        lake.run(energy_and_power_density, curve=curve, cell=cell)
    return folder, curve


def test_a_budget_for_the_eye_and_as_data(cli, place, tmp_path):
    """Interval, sources, quantities and advice; the same as JSON, with a picture."""
    words = ("uncertainty", place[1], "--kpi", "energy_density", "--draws", "19", "--lake", place[0])
    shown = cli(*words, "--png", tmp_path / "shares.png")
    assert shown.code == 0, shown.err
    assert "90% of what may be lies in" in shown.out
    assert "Positive particle diffusivity [m2.s-1]" in shown.out
    assert "of the variance, a measurement of it" in shown.out
    assert "one temperature that follows the heat" in shown.out
    assert (tmp_path / "shares.png").read_bytes().startswith(PNG)
    (budget,) = cli(*words, "--json").data["budgets"]
    assert budget["draw_count"] == 19
    assert budget["interval_low"] < budget["value"]
    assert set(budget["by_source"]) == {"cell parameters"}
    assert len(budget["draws"]) == 19


def test_too_few_draws_say_so(cli, place):
    """There is no interval, and what to do."""
    answer = cli("uncertainty", place[1], "--kpi", "energy_density", "--draws", "4", "--lake", place[0])
    assert answer.code == 1
    assert "no interval" in answer.out
    assert "Draw more" in answer.out


def test_what_cannot_be_drawn_is_refused(cli, place, tmp_path):
    """No draws, no such KPI, a file that is none, a single design to be ranked."""
    words = ("uncertainty", place[1], "--lake", place[0])
    for extra, said in (
        (("--draws", "0"), "--draws 0"),
        (("--kpi", "enrgy_density"), "energy_density"),
        (("--priors", tmp_path / "none.yaml"), "does not exist"),
        (("--kpi", "energy_density", "--draws", "19", "--near-best", "2 %"), "two designs or more"),
    ):
        answer = cli(*words, *extra)
        assert answer.code == 2, extra
        assert said in answer.err
