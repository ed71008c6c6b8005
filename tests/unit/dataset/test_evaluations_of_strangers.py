"""Evaluations of a campaign whose documents hold what no study of ours does: what is not understood is left out."""

import pytest

from ragone.dataset import Lake
from ragone.dataset.evaluations.trials import _trials

ODD = [None, 5, {"a": 1}, [1, 2], [{"kpi": 5, "sense": [], "limit": {}}], [{"from": "x"}], [{"from": [1, []]}]]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_documents_of_any_shape(tmp_path, example, odd):
    """The campaign is listed with its trials; its neighbours are answered."""
    definition = {
        "goals": odd,
        "steps": odd if isinstance(odd, dict) else {"discharge": odd, "other": {"parameters": odd}},
    }
    with Lake.open(tmp_path / "lake", create=True) as lake:
        candidate = lake.put(example("candidate"))
        given = {"candidate_ids": (candidate,) * 2, "kpi_ids": ("", "")}
        campaign = lake.put(example("campaign", name="odd", definition=definition, goals=odd, **given))
        for trial in _trials(campaign, lake.get(campaign), None):
            assert trial.objective >= 0
            assert all(isinstance(role, str) for roles in trial.roles for role in roles)
            assert set(trial.steps) <= {"discharge", "other"}
        assert lake.evaluations().collect().height >= 0
        assert lake.sql("SELECT count(*) FROM evaluations").item() >= 0
