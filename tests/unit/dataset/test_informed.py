"""What an artifact is made of, and what informed a decision, are two kinds of edge."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import lake_stages as stages
import pytest

from ragone.dataset import Lake
from ragone.schemas import Design, Run, Verdict, stage
from ragone.schemas.errors import StageError


@pytest.fixture
def made(lake, design):
    """A KPI of a design that was decided upon: made of a start, informed by a trial of another design."""
    start, other = lake.put(design()), lake.put(design(porosity=0.4))
    trial = lake.run(stages.count, cube=lake.run(stages.grow, design=other, seed=3).id).id
    decided = lake.run(stages.steer, start=start, trials=[trial]).id
    volume = lake.run(stages.grow, design=decided, seed=3).id
    kpi = lake.run(stages.count, cube=volume).id
    return SimpleNamespace(start=start, other=other, trial=trial, decided=decided, volume=volume, kpi=kpi)


def test_a_lineage_stops_at_what_informed_a_decision(lake, made):
    """It is named there; asked for, it is followed like the rest."""
    found = lake.lineage(made.kpi)
    assert found.ancestors == (made.volume, made.decided, made.start)
    assert [(e.child, e.parent, e.role) for e in found.informed_by] == [(made.decided, made.trial, "trials")]
    whole = lake.lineage(made.kpi, informed=True)
    assert {made.trial, made.other, made.start} < set(whole.ancestors)
    assert [e.parent for e in whole.up if e.informed] == [made.trial]
    assert whole.informed_by == ()


def test_downwards_it_stops_at_the_decision(lake, made):
    """What a result informed does not descend from it."""
    found = lake.lineage(made.trial)
    assert found.descendants == ()
    assert [e.child for e in found.informs] == [made.decided]
    assert set(lake.lineage(made.start).descendants) == {made.decided, made.volume, made.kpi}
    assert made.kpi in lake.lineage(made.trial, informed=True).descendants


def test_sql_and_what_is_made_again_say_the_same(lake, made):
    """The run says which kind an edge is, so that the tables can be made again from it."""
    for _ in ("as written", "as made again"):
        rows = lake.sql("SELECT parent_id FROM lineage WHERE informed").rows()
        assert rows == [(made.trial,)]
        assert lake.fsck().problems == ()
        lake.rebuild()


def chain(lake: Lake, name: str, **how: bool) -> Sequence[str]:
    """The stages that a deep reproduction executes."""
    found = lake.reproduce(name, deep=True, **how)
    assert found.verdict is Verdict.BITWISE
    return [step["stage"] for step in found.chain]


def test_deep_computes_what_it_was_made_of(lake, made):
    """What informed a decision is taken as it is stored, unless it is asked for."""
    assert chain(lake, made.kpi) == ["steer", "grow", "count"]
    assert sorted(chain(lake, made.kpi, informed=True)) == ["count", "count", "grow", "grow", "steer"]


def test_what_informed_it_and_was_dropped_is_brought_back(lake, made):
    """A decision cannot be computed again without it; deep, with all that it was made of."""
    lake.drop([made.trial], reason="space")
    assert chain(lake, made.kpi) == ["grow", "count", "steer", "grow", "count"]
    assert lake.holds(made.trial)


def test_dropping_takes_nothing_with_it(lake, made):
    """What was made of dropped data, and what was informed by them, stays, and so do all edges."""
    before = lake.lineage(made.kpi), lake.lineage(made.kpi, informed=True)
    tombstone = lake.drop([made.trial, made.volume], reason="space")
    assert [lake.holds(name) for name in (made.decided, made.kpi, made.trial, made.volume)] == [
        True,
        True,
        False,
        False,
    ]
    assert (lake.lineage(made.kpi), lake.lineage(made.kpi, informed=True)) == before
    assert lake.fsck().problems == ()
    assert set(lake.lineage(made.volume).descendants) == {made.kpi, tombstone}
    assert [edge.child for edge in lake.lineage(made.trial).informs] == [made.decided]


def test_what_is_made_of_a_decision_does_not_need_what_informed_it(lake, made):
    """What informed it stays dropped; the decision itself, computed again, brings it back."""
    lake.drop([made.trial], reason="space")
    assert lake.reproduce(made.volume).verdict is Verdict.BITWISE
    assert lake.reproduce(made.kpi).verdict is Verdict.BITWISE
    assert not lake.holds(made.trial)
    assert lake.reproduce(made.decided).verdict is Verdict.BITWISE
    assert lake.holds(made.trial)


@pytest.mark.parametrize(
    ("name", "roles", "informed"),
    [
        ("acquisition.sobol", ("designs", "kpis"), ("designs", "kpis")),
        ("generator.assemble", ("members", "recipes", "volumes", "volumes"), ("recipes", "volumes")),
        ("grow", ("design",), ()),
    ],
)
@pytest.mark.parametrize("version", [1, 2])
def test_runs_that_do_not_say_so_are_read_as_their_stage_was(example, name, roles, informed, version):
    """Of an earlier version; what it is written as again is what it was."""
    run = example("run", stage=name, input_roles=roles, input_ids=tuple("kpi-" + 64 * c for c in "abcd"[: len(roles)]))
    old = run.to_arrow(version)
    assert "informed_roles" not in old.column_names
    read = Run.from_arrow(old)
    assert read.informed_roles == informed
    assert read.to_arrow(version).equals(old)


def test_a_stage_informed_by_what_it_does_not_take_is_refused():
    """By name, when its inputs are first asked for."""

    @stage("astray", informed_by=("trial",))
    def astray(trials: tuple[Design, ...]) -> Design:
        return trials[0]

    with pytest.raises(StageError, match="astray is informed by 'trial', which is none of its inputs trials"):
        assert astray.ports
