"""A campaign whose designs are sampled until a target is met, which alone decides the number of volume elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
from electrode_stand_ins import told
from scipy.special import stdtrit

from ragone.dataset import Lake
from ragone.flows import Study, Trial, TrialOutcome, run_campaign, write_outputs
from ragone.flows.stages import STAGES
from ragone.schemas import Materials, Microstructure, Transport, TransportOutcome, stage
from tests.watched import Watched

TARGET = {"target": "3 %", "confidence": "90 %", "least": 4, "most": 20}


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)
    monkeypatch.setitem(STAGES, measure_blocked.name, measure_blocked)  # type: ignore[arg-type]


@stage("stand_in.measure_blocked")
def measure_blocked(microstructure: Microstructure, materials: Materials, *, sometimes: bool = False) -> Transport:
    """No volume element percolates, or about one in two does not."""
    measured = electrode_stand_ins.measure(microstructure, materials)
    if sometimes and int(microstructure.labels.sum()) % 2:
        return measured
    return replace(measured, pore_tortuosity_factor=float("inf"), pore_outcome=TransportOutcome.NOT_PERCOLATING)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def study(elements: Any = TARGET, **changes: Any) -> Study:
    """The stand-in study with other volume elements; keyword arguments replace its sections."""
    content = electrode_stand_ins.content(**changes)
    content["study"]["resolution"]["volume_elements"] = elements
    return Study.read(content)


def computed(lake: Lake) -> int:
    """Completed runs of stages."""
    count = "SELECT count(*) AS n FROM runs WHERE outcome = 'completed' AND stage NOT IN ('given', 'drop')"
    return int(lake.sql(count)["n"].item())


def averaged(lake: Lake, trial: Trial) -> Transport:
    """The mean that the cell of a trial was built around."""
    nearest_first = lake.lineage(trial.kpis[0].id).up
    return lake.get(next(edge.child for edge in nearest_first if edge.role == "transports"), Transport)


def test_each_design_takes_the_volume_elements_that_its_scatter_asks_for(lake: Lake) -> None:
    """The interval of every mean is within the target, the numbers differ, and the KPI rests on those elements."""
    watched = Watched()
    result = run_campaign(lake, study(), watched)
    counts = [trial.volume_element_count for trial in result.trials]
    assert len(set(counts)) > 1
    assert all(4 <= count <= 20 for count in counts)
    for trial in result.trials:
        assert trial.target_met is True
        mean, kpi = averaged(lake, trial), trial.kpis[0]
        assert kpi.sample_count == mean.volume_element_count == trial.volume_element_count
        assert mean.pore_tortuosity_factor_standard_error is not None
        half = stdtrit(trial.volume_element_count - 1, 0.95) * mean.pore_tortuosity_factor_standard_error
        assert half / mean.pore_tortuosity_factor < 0.03
    assert watched.units == watched.totals[-1] == sum(counts) + 4
    assert watched.totals == sorted(watched.totals)


def test_running_again_measures_the_same_volume_elements_and_nothing_more(lake: Lake, tmp_path: Path) -> None:
    """In threads and after a campaign with fewer volume elements: the same record, files, and none twice."""
    run_campaign(lake, study(elements=6))
    first = run_campaign(lake, study())
    before = computed(lake)
    written = [path.read_bytes() for path in write_outputs(first, tmp_path / "out")]
    assert told(run_campaign(lake, study(executor={"kind": "threads", "workers": 3}))) == told(first)
    assert computed(lake) == before
    assert [path.read_bytes() for path in write_outputs(first, tmp_path / "out")] == written
    with Lake.open(tmp_path / "other", create=True) as other:
        assert told(run_campaign(other, study())) == told(first)


def test_the_outputs_say_how_many_volume_elements_it_took(lake: Lake, tmp_path: Path) -> None:
    """A column with the number, and one with whether the target was met."""
    result = run_campaign(lake, study())
    header, *rows = [line.split(",") for line in write_outputs(result, tmp_path)[2].read_text().splitlines()]
    counts = [int(row[header.index("volume_elements")]) for row in rows]
    assert counts == [trial.volume_element_count for trial in result.trials]
    assert {row[header.index("target_met")] for row in rows} == {"True"}


def test_the_most_is_never_exceeded(lake: Lake) -> None:
    """A target out of reach ends at the most, and the trial says that it was not met."""
    result = run_campaign(lake, study({**TARGET, "target": "0.1 %", "most": 7}))
    assert {trial.volume_element_count for trial in result.trials} == {7}
    assert {trial.target_met for trial in result.trials} == {False}


def test_a_fixed_number_has_no_target(lake: Lake) -> None:
    """As it was: the number, and nothing to be met."""
    result = run_campaign(lake, study(elements=3))
    assert {(trial.volume_element_count, trial.target_met) for trial in result.trials} == {(3, None)}


def test_volume_elements_that_do_not_percolate_do_not_stop_the_campaign(lake: Lake) -> None:
    """If none does, sampling ends at the least number with the target unmet; if some do, it goes on to the most."""
    small: dict[str, Any] = {"budget": {"initial": 1, "total": 1}, "storage": {"keep_voxels": True}}
    never = run_campaign(lake, study(steps={"characterise": {"stage": "stand_in.measure_blocked"}}, **small))
    assert [(t.volume_element_count, t.target_met) for t in never.trials if t.outcome is not TrialOutcome.FAILED] in (
        [],
        [(4, False)],
    )
    assert never.trials[0].volume_element_count == 4
    sometimes = {"stage": "stand_in.measure_blocked", "sometimes": True}
    some = run_campaign(lake, study(steps={"characterise": sometimes}, **small))
    assert (some.trials[0].volume_element_count, some.trials[0].target_met) == (20, False)


def test_a_volume_element_that_fails_ends_the_sampling_of_its_design(lake: Lake) -> None:
    """The trial has failed, the others go on."""
    limited = {"stage": "stand_in.draw", "fail_above_porosity": 0.4}
    result = run_campaign(lake, study(steps={"manufacture": limited}))
    failed = [trial for trial in result.trials if trial.outcome is TrialOutcome.FAILED]
    assert 0 < len(failed) < 4
    assert all(trial.target_met is None and trial.volume_element_count == 4 for trial in failed)
