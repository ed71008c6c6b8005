"""`ragone polish`: a campaign whose best is known, through the real entry point."""

from __future__ import annotations

import pytest

from ragone.dataset import Lake
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.conclusion import conclude
from ragone.schemas import Candidate, Kpi, KpiOutcome

PATH = "recipe.porosity"


@pytest.fixture
def campaign(tmp_path):
    """A campaign in a lake of the current folder whose KPI is largest, 600, at a porosity of 0.3."""
    with Lake.open(tmp_path / "lake", create=True) as lake:
        xs = (sobol_points(1, skip=0, count=9, seed=0)[:, 0] * 0.2 + 0.2).tolist()
        candidates = tuple(Candidate(values={PATH: x}) for x in xs)
        kpis = tuple(
            Kpi(
                name="energy_density",
                value=600 - 10000 * (x - 0.3) ** 2,
                unit="W.h/L",
                outcome=KpiOutcome.MEASURED,
                standard_uncertainty=0.05,
                sample_count=1,
                definition="test",
                method="test",
            )
            for x in xs
        )
        for record in (*candidates, *kpis):
            lake.put(record)
        aims = [{"kpi": "energy_density", "sense": "maximise", "limit": None}]
        definition = {"space": {PATH: {"low": 0.2, "high": 0.4}}}
        made = conclude.function(candidates, kpis, name="c", definition=definition, goals=aims)
        return lake.put(made)


def test_the_top_between_the_trials_is_proposed_and_reproduces(cli, campaign):
    """Better than the best trial; a stored call made it, informed by the campaign."""
    answer = cli("polish", campaign, "--json")
    assert answer.code == 0, answer.err
    assert answer.data["values"][PATH] == pytest.approx(0.3, abs=0.002)
    assert answer.data["verdict"] == "not evaluated"
    best, polished = answer.data["means"]["energy_density"]
    assert polished > best
    again = cli("reproduce", answer.data["candidate_id"])
    assert "bitwise equal" in again.out, again.out + again.err


def test_a_design_to_start_from(cli, campaign):
    """The optimum near it is the same here, where there is one; an id that means no design is refused."""
    assert cli("polish", campaign, "--from", f"{campaign}#3", "--json").data["values"][PATH] == pytest.approx(
        0.3, abs=0.002
    )
    answer = cli("polish", campaign, "--from", f"{campaign}#30")
    assert answer.code == 1
    assert "trials are numbered" in answer.err
