"""Computing artifacts again: verdicts, healing, and what is refused."""

from __future__ import annotations

import math
import sys

import lake_stages as stages
import pytest

from ragone.dataset import artifact_id
from ragone.dataset.errors import CorruptObjectError, DroppedError, NotReproducibleError, UnknownIdError
from ragone.schemas import Stage, Verdict


@pytest.fixture
def drift(monkeypatch):
    """Change what the impure stages return in fresh processes."""
    return lambda value: monkeypatch.setenv(stages.DRIFT, str(value))


def test_bitwise(any_lake, design):
    """A pure stage computed again in a fresh process comes out the same to the bit, and the verdict is stored."""
    made = any_lake.run(stages.grow, design=any_lake.put(design()), seed=3)
    found = any_lake.reproduce(made.id[:20])
    assert found.verdict is Verdict.BITWISE
    assert (found.subject_id, found.run_id, found.error) == (made.id, made.run_id, "")
    assert found.environment_changed == ()
    assert any_lake.get(artifact_id(found)).chain == [
        {"artifact": made.id, "stage": "grow", "verdict": "bitwise equal"}
    ]
    edges = any_lake.lineage(artifact_id(found)).up
    assert (made.id, "subject") in {(edge.parent, edge.role) for edge in edges}


def test_within_tolerance_and_different(lake, design, drift):
    """A deviation is judged by the field's tolerance and told by name."""
    made = lake.run(stages.drifting, design=lake.put(design()))
    drift(4e-6)
    within = lake.reproduce(made.id)
    assert within.verdict is Verdict.WITHIN
    assert [d["field"] for d in within.deviations] == ["value"]
    assert within.deviations[0]["relative"] == pytest.approx(4e-6)
    drift(1e-2)
    assert lake.reproduce(made.id).verdict is Verdict.DIFFERENT
    assert lake.sql("SELECT verdict FROM verifications ORDER BY verified")["verdict"].to_list() == [
        "within tolerance",
        "different",
    ]


@pytest.mark.parametrize(("before", "after"), [("inf", "2.0"), ("2.0", "inf")])
def test_infinite_against_finite(lake, design, drift, before, after):
    """An infinite tortuosity that became finite, or the reverse, is different; the verdict can be stored."""
    drift(before)
    made = lake.run(stages.blocked, design=lake.put(design()))
    drift(after)
    found = lake.reproduce(made.id)
    assert found.verdict is Verdict.DIFFERENT
    assert "pore_tortuosity_factor" in {d["field"] for d in found.deviations}
    assert all(math.isfinite(d.get("relative", 0)) for d in found.deviations)


@pytest.mark.parametrize(
    ("drift_to", "message"), [("raise", "RuntimeError: no licence"), ("exit", "ended with code 3")]
)
def test_failed(lake, design, drift, drift_to, message):
    """A stage that raises, or takes its process with it, is a verdict too."""
    made = lake.run(stages.drifting, design=lake.put(design()))
    drift(drift_to)
    found = lake.reproduce(made.id)
    assert found.verdict is Verdict.FAILED
    assert message in found.error


def test_given(any_lake, design):
    """What was given is not computed; its content is verified."""
    found = any_lake.reproduce(any_lake.put(design()))
    assert found.verdict is Verdict.GIVEN


def test_given_and_damaged(lake, design, object_file):
    """What was given and is damaged cannot be brought back, and that is said."""
    given = lake.put(design())
    object_file(given).write_bytes(b"no arrow")
    with pytest.raises(CorruptObjectError, match="cannot be read"):
        lake.reproduce(given)


def test_outputs_are_told_apart_by_their_roles(lake, design):
    """A function that returns its outputs in another order when it runs again still feeds the right one on."""
    made = lake.run(stages.ordered, design=lake.put(design()), shares={"second": 0.5, "first": 0.9})
    last = lake.run(stages.denser, design=made.outputs["second"])
    assert lake.reproduce(last.id, deep=True).verdict is Verdict.BITWISE


def test_deep(lake, design, drift):
    """With deep the whole chain is computed again, roots first; without it the last step alone."""
    given = lake.put(design())
    cube = lake.run(stages.grow, design=lake.run(stages.denser, design=given).id, seed=3)
    last = lake.run(stages.count, cube=cube.id)
    assert [step["stage"] for step in lake.reproduce(last.id).chain] == ["count"]
    deep = lake.reproduce(last.id, deep=True)
    assert [step["stage"] for step in deep.chain] == ["denser", "grow", "count"]
    assert (deep.verdict, deep.deep) == (Verdict.BITWISE, True)


def test_deep_takes_the_worst_verdict(lake, design, drift):
    """A chain is as good as its worst step, though its end may come out the same."""
    last = lake.run(stages.rounded, of=lake.run(stages.drifting, design=lake.put(design())).id)
    drift(0.01)
    deep = lake.reproduce(last.id, deep=True)
    assert [step["verdict"] for step in deep.chain] == ["different", "bitwise equal"]
    assert deep.verdict is Verdict.DIFFERENT
    assert lake.reproduce(last.id).verdict is Verdict.BITWISE


def test_diamond(lake, design):
    """A step that several later ones need is computed once."""
    ends = lake.run(stages.halves, design=lake.put(design(0.4))).outputs
    both = lake.run(stages.blend, designs=[ends["lean"], ends["rich"], ends["lean"]])
    deep = lake.reproduce(both.id, deep=True)
    assert [step["stage"] for step in deep.chain] == ["halves", "halves", "blend"]  # an entry per output
    assert deep.verdict is Verdict.BITWISE


def test_dropped_data_come_back(any_lake, design):
    """Dropped data are gone, explained, and back after reproduce; provenance stays throughout."""
    made = any_lake.run(stages.grow, design=any_lake.put(design()), seed=3)
    before = any_lake.get(made.id).labels.copy()
    stone = any_lake.drop([made.id], reason="metrics are stored")
    with pytest.raises(DroppedError, match="ragone reproduce"):
        any_lake.get(made.id)
    assert any_lake.get(stone).artifact_ids == (made.id,)
    assert any_lake.sql("SELECT voxel_edges_metre_2 FROM microstructures").item() == 4e-7
    assert any_lake.lineage(made.id).parents_of(made.id)
    assert any_lake.fsck().problems == ()
    assert any_lake.run(stages.grow, design=any_lake.put(design()), seed=3).reused
    assert any_lake.reproduce(made.id).verdict is Verdict.BITWISE
    assert (any_lake.get(made.id).labels == before).all()


def test_what_was_just_made_is_dropped_before_it_is_indexed(lake, design):
    """A campaign drops each volume when it is measured; its tables are written together with those of other runs."""
    before = lake.sql("SELECT count(*) FROM artifacts").item()
    made = lake.run(stages.grow, design=lake.put(design()), seed=3)
    versions = lake._store.tables.versions()
    lake.drop([made.id], reason="metrics are stored")
    assert lake._store.tables.versions() == versions
    assert lake.sql("SELECT count(*) FROM artifacts").item() > before
    assert lake.lineage(made.id).parents_of(made.id)
    with pytest.raises(NotReproducibleError, match="given"):
        lake.drop([lake.put(design(0.4))], reason="space")


def test_run_on_a_dropped_input_restores_it(lake, design):
    """A stage that needs dropped data gets them back first, through a chain of dropped ones."""
    denser = lake.run(stages.denser, design=lake.put(design()))
    cube = lake.run(stages.grow, design=denser.id, seed=3)
    lake.drop([denser.id, cube.id], reason="space")
    made = lake.run(stages.count, cube=cube.id)
    assert 0 < lake.get(made.id).value < 1
    assert lake.get(cube.id).labels.shape == (4, 4, 4)
    assert lake.fsck().problems == ()


def test_dropped_input_that_comes_out_otherwise(lake, design, drift):
    """Data that do not come back as they were are not replaced by others, and the run is refused."""
    made = lake.run(stages.drifting, design=lake.put(design()))
    lake.drop([made.id], reason="space")
    drift(1e-9)
    found = lake.reproduce(made.id)
    assert found.verdict is Verdict.DIFFERENT
    assert "hash differs" in found.deviations[0]["note"]
    with pytest.raises(DroppedError):
        lake.get(made.id)


def test_what_cannot_be_dropped(lake, design):
    """What was given cannot be dropped, nor what is dropped already, nor what is unknown; nothing is lost."""
    given = lake.put(design())
    made = lake.run(stages.denser, design=given)
    with pytest.raises(NotReproducibleError, match="was given"):
        lake.drop([made.id, given], reason="space")
    assert lake.get(made.id).porosity == pytest.approx(0.27)
    lake.drop([made.id, made.id], reason="space")
    with pytest.raises(DroppedError):
        lake.drop([made.id], reason="space")
    with pytest.raises(UnknownIdError):
        lake.drop(["design-" + "0" * 64], reason="space")


@pytest.mark.parametrize("damage", [b"", b"no arrow"])
def test_damaged_object_is_healed(lake, design, object_file, damage):
    """A damaged object is never returned, is named by fsck, and is whole again after reproduce."""
    made = lake.run(stages.grow, design=lake.put(design()), seed=3)
    object_file(made.id).write_bytes(damage)
    with pytest.raises(CorruptObjectError, match=made.id):
        lake.get(made.id)
    assert made.id in {problem.where for problem in lake.fsck().problems}
    assert lake.reproduce(made.id).verdict is Verdict.BITWISE
    assert lake.get(made.id).labels.shape == (4, 4, 4)
    assert lake.fsck().problems == ()


def test_swapped_objects(lake, design, object_file):
    """Two objects under each other's name are both refused and named."""
    ids = [lake.put(design(p)) for p in (0.2, 0.4)]
    one, other = (object_file(i).read_bytes() for i in ids)
    object_file(ids[0]).write_bytes(other)
    object_file(ids[1]).write_bytes(one)
    for name in ids:
        with pytest.raises(CorruptObjectError, match="swapped"):
            lake.get(name)
    assert len([p for p in lake.fsck().problems if p.where.startswith("objects/design")]) == 2


def test_missing_object(lake, design, object_file):
    """A file that is gone without a tombstone is named, and brought back by reproduce."""
    made = lake.run(stages.denser, design=lake.put(design()))
    lake.sql("SELECT 1")
    object_file(made.id).unlink()
    with pytest.raises(CorruptObjectError, match="missing"):
        lake.get(made.id)
    assert made.id in {problem.where for problem in lake.fsck().problems}
    lake.reproduce(made.id)
    assert lake.fsck().problems == ()


def test_stage_outside_trusted_packages(lake, design, installed):
    """A lake cannot make this process import what it does not trust."""
    made = lake.run(stages.denser, design=lake.put(design()))
    sys.path.remove(str(installed))
    found = lake.reproduce(made.id)
    assert found.verdict is Verdict.FAILED
    assert "lies outside ragone.pipelines, ragone.models; it is not executed" in found.error
    assert lake.get(made.id).porosity == pytest.approx(0.27)


def test_stage_of_a_script(lake, design, monkeypatch):
    """A stage that a script or notebook defines runs; that no other process finds it is said, and what to do."""
    monkeypatch.setattr(stages.denser.function, "__module__", "__main__")
    made = lake.run(Stage(stages.denser.function, "denser"), design=lake.put(design()))
    found = lake.reproduce(made.id)
    assert found.verdict is Verdict.FAILED
    assert "stage denser was defined in a script or notebook, where no other process finds it. Move it" in found.error
    assert "lies outside" not in found.error
