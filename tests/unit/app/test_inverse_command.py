"""`ragone inverse`: designs with given KPIs, through the real entry point."""

from __future__ import annotations

import json

import pytest

from ragone.dataset import Lake
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.conclusion import conclude
from ragone.schemas import Candidate, Kpi, KpiOutcome

LOADING, POROSITY = "cell.mass_loading_kilogram_per_square_metre", "recipe.porosity"
SPACE = {LOADING: {"low": 0.1, "high": 0.3}, POROSITY: {"low": 0.2, "high": 0.4}}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A lake with a campaign whose energy density is largest, 600 W.h/L, at a loading of 0.2 and any porosity."""
    folder = tmp_path_factory.mktemp("inverse") / "lake"
    points = sobol_points(2, skip=0, count=24, seed=0) * 0.2 + [0.1, 0.2]
    candidates = tuple(Candidate(values={LOADING: x, POROSITY: y}) for x, y in points.tolist())
    kpis = tuple(
        Kpi(
            name="energy_density",
            value=600 - 10000 * (x - 0.2) ** 2,
            unit="W.h/L",
            outcome=KpiOutcome.MEASURED,
            standard_uncertainty=0.2,
            sample_count=1,
            definition="test",
            method="test",
        )
        for x in points[:, 0].tolist()
    )
    aim = {"kpi": "energy_density", "sense": "maximise", "limit": None}
    with Lake.open(folder, create=True) as lake:
        for record in (*candidates, *kpis):
            lake.put(record)
        campaign = conclude.function(candidates, kpis, name="c", definition={"space": SPACE}, goals=[aim])
        return folder, lake.put(campaign)


def test_several_designs_have_the_kpi_and_reproduce(cli, place):
    """575 W.h/L is that of a loading of 0.15 and of 0.25; the candidates are those of a stored call."""
    words = ("inverse", place[1], "--lake", place[0], "--json")
    answer = cli(*words, "--target", "energy_density=0.575 kW.h/L", "--within", "0.2 %", "--count", "4")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    loadings = [one["candidate"]["values"][LOADING] for one in found["solutions"]]
    assert all(min(abs(x - 0.15), abs(x - 0.25)) < 0.003 for x in loadings)
    assert min(loadings) < 0.2 < max(loadings)
    again = cli("reproduce", found["solutions"][0]["candidate_id"], "--lake", place[0])
    assert "bitwise equal" in again.out, again.out + again.err


def test_too_high_a_target_is_said_to_be_out_of_reach(cli, place):
    """The nearest design is shown, what limits it is named, and the exit code is that of bad news."""
    answer = cli("inverse", place[1], "--lake", place[0], "--target", "energy_density>=700 W.h/L")
    assert answer.code == 1
    assert "can probably not be met" in answer.out
    assert "limited by energy_density" in answer.out


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("energy_density", "is no target"),
        ("enrgy_density=500 W.h/L", "did you mean 'energy_density'"),
        ("energy_density=500", "W.h/L"),
        ("energy_density=500 V", "W.h/L"),
    ],
)
def test_a_target_that_cannot_be_read_is_refused(cli, place, target, says):
    """One message that says what is expected."""
    answer = cli("inverse", place[1], "--lake", place[0], "--target", target)
    assert answer.code == 2
    assert says in answer.err
    assert answer.out == ""
