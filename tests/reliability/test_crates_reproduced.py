"""A campaign of real physics travels as a crate into an empty lake, where its KPIs are computed again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from small_studies import study_of

from ragone.dataset import Lake
from ragone.dataset.exchange import export, import_crate, select
from ragone.flows import run_campaign
from ragone.schemas.compare import Verdict

_DESIGNS, _EDGE_VOXELS, _KPIS = 3, 20, 20


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of the libraries of physics
def test_kpis_of_a_crate_are_computed_again(folder: Path, counted: Callable[[str], None]) -> None:
    """No id is lost, fsck finds nothing, the evaluations are the same, and 20 KPIs come out as they were."""
    with Lake.open(folder / "lake", create=True) as lake:
        campaign = run_campaign(lake, study_of(_DESIGNS, _EDGE_VOXELS, 1)).campaign
        done = export(lake, campaign.id, folder / "crate.zip")
        ids = {*(selection := select(lake, campaign.id)).artifacts, *(run_id for run_id, _ in selection.runs)}
        evaluations = lake.evaluations().collect().sort("trial")
    import_crate(folder / "crate.zip", folder / "other", expect=done.root)
    with Lake.open(folder / "other") as other:
        there = {*other.sql("SELECT id FROM artifacts")["id"], *other.sql("SELECT id FROM runs")["id"]}
        assert len(ids - there) == 0
        assert other.fsck().problems == ()
        assert other.evaluations().collect().sort("trial").equals(evaluations)
        names = other.sql("SELECT id FROM kpis ORDER BY id")["id"].to_list()[:_KPIS]
        verdicts = Counter(str(other.reproduce(name).verdict) for name in names)
        assert export(other, campaign.id, folder / "again.zip").root == done.root
        assert other.fsck().problems == ()
    counted(
        f"{len(ids)} ids imported, 0 lost; {len(names)} KPIs: " + ", ".join(f"{n} {v}" for v, n in verdicts.items())
    )
    assert len(names) == _KPIS
    assert verdicts.keys() <= {str(Verdict.BITWISE), str(Verdict.WITHIN)}
