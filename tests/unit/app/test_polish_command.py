"""`ragone polish`: a whole study through the real entry point, and campaigns whose best is known."""

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


def test_a_study_is_polished_and_compared(cli, write_study):
    """The polished design is evaluated along the chain; the gain is a KPI with its uncertainty, which reproduces."""
    study = write_study("total: 2", "total: 4")
    campaign_id = cli("run", study, "--json").data["campaign_id"]
    answer = cli("polish", campaign_id, "--evaluate", study, "--json")
    data = answer.data
    assert answer.code == (0 if data["verdict"].startswith("a gain") else 1)
    with Lake.open("lake") as lake:
        best, found = (lake.get(one, Kpi) for one in (lake.get(campaign_id).best_kpi_id, *data["kpi_ids"]))
        assert data["candidate_id"] in lake.lineage(found.id).ancestors
    assert data["gain"]["value"] == pytest.approx(found.value / best.value - 1)
    assert "bitwise equal" in cli("reproduce", data["gain"]["kpi_id"]).out
    shown = cli("polish", campaign_id, "--evaluate", study)
    assert data["verdict"] in shown.out
    assert "energy_density, found" in shown.out


def test_another_study_is_refused(cli, write_study):
    """KPIs at another power are not those of the campaign."""
    campaign_id = cli("run", write_study(), "--json").data["campaign_id"]
    answer = cli("polish", campaign_id, "--evaluate", write_study("power: 20 W", "power: 30 W"))
    assert answer.code == 2
    assert "steps differ" in answer.err


def test_a_campaign_without_a_best_design_is_refused(cli, write_study):
    """It says so in one line."""
    campaign_id = cli("run", write_study("power: 20 W", "power: 1 MW"), "--json").data["campaign_id"]
    answer = cli("polish", campaign_id)
    assert answer.code == 1
    assert "no feasible design" in answer.err
