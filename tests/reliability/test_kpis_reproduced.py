"""The KPIs of a campaign of real physics are computed again in fresh processes, and counted by verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from small_studies import study_of

from ragone.dataset import Lake
from ragone.flows import run_campaign
from ragone.schemas.compare import Verdict

_KPIS_PER_DESIGN = 8
_DEEP = 10  # one in so many is computed again from its roots


@pytest.mark.filterwarnings("default")  # of the libraries of physics
@pytest.mark.parametrize(("kpis", "edge_voxels"), [(8, 20), pytest.param(136, 32, marks=pytest.mark.slow)])
def test_every_kpi_of_a_campaign_can_be_computed_again(
    kpis: int, edge_voxels: int, folder: Path, counted: Callable[[str], None]
) -> None:
    """Each comes out bitwise equal or within its tolerance, one run in ten from its roots.

    A verdict is about all KPIs of a run, which is computed once for them.
    """
    verdicts: Counter[str] = Counter()
    with Lake.open(folder / "lake", create=True) as lake:
        campaign = run_campaign(lake, study_of(kpis // _KPIS_PER_DESIGN, edge_voxels, 1))
        names = set(lake.sql("SELECT id FROM kpis")["id"])
        assert len(campaign.trials) * _KPIS_PER_DESIGN == kpis == len(names)
        for number, name in enumerate(lake.sql("SELECT min(id) AS id FROM kpis GROUP BY run_id ORDER BY id")["id"]):
            deep = number % _DEEP == 0
            found = {step["artifact"]: step["verdict"] for step in lake.reproduce(name, deep=deep).chain}
            verdicts.update(f"{found[kpi]}{' (deep)' if deep else ''}" for kpi in names & found.keys())
        assert lake.fsck().sound
    assert verdicts.total() == kpis
    counted(f"{kpis} KPIs at {edge_voxels}^3 voxels: " + ", ".join(f"{n} {v}" for v, n in sorted(verdicts.items())))
    assert {v.removesuffix(" (deep)") for v in verdicts} <= {Verdict.BITWISE, Verdict.WITHIN}
