"""Why something was computed: every reason of the closed list."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

import lake_stages as stages
import pytest

from ragone.dataset import Lake, Reason


@pytest.fixture
def reasons(lake):
    """The reasons for an id, with their details."""
    return lambda name: dict(lake.why(name).reasons)


def test_given(lake, design, reasons):
    """What was put is given."""
    assert reasons(lake.put(design(), note="by hand")) == {Reason.GIVEN: "by hand"}


def test_first_and_reusable(lake, design, reasons):
    """The first run of a stage, found again today."""
    made = lake.run(stages.denser, design=lake.put(design()))
    assert set(reasons(made.id)) == {Reason.FIRST, Reason.REUSABLE}
    assert set(reasons(made.run_id)) == {Reason.FIRST, Reason.REUSABLE}
    assert lake.why(made.id).run_id == made.run_id


def test_parameters_seed_inputs(lake, design, reasons):
    """Each part of the recipe that changed is named with its values, against the nearest run of the same inputs."""
    one, other = lake.put(design(0.3)), lake.put(design(0.4))
    lake.run(stages.grow, design=one, seed=1)
    seed = reasons(lake.run(stages.grow, design=one, seed=2).id)
    assert seed == {Reason.SEED: "1 -> 2", Reason.REUSABLE: seed[Reason.REUSABLE]}
    assert reasons(lake.run(stages.grow, design=one, seed=2, edge=5).id)[Reason.PARAMETERS] == "edge: 4 -> 5"
    assert reasons(lake.run(stages.grow, design=other, seed=1).id)[Reason.NEW] == f"design {other}"
    both = reasons(lake.run(stages.grow, design=other, seed=9, edge=6).id)
    assert {Reason.SEED, Reason.PARAMETERS} <= set(both)


def test_run_that_is_compared(lake, design):
    """It is named with its moment and with what it shares; of several alike ones the latest."""
    given = lake.put(design())
    lake.run(stages.grow, design=given, seed=1)
    before = lake.run(stages.grow, design=given, seed=2)
    assert lake.why(before.id).compared.shared == (given,)
    compared = lake.why(lake.run(stages.grow, design=given, seed=3).id).compared
    assert (compared.run_id, compared.ended) == (before.run_id, lake.get(before.run_id).ended)
    assert lake.why(given).compared is None


def test_first_time_for_these_inputs(lake, design):
    """A run whose inputs share nothing with those of earlier runs of its stage is not compared with any."""
    lake.run(stages.denser, design=lake.put(design(0.3)))
    other = lake.put(design(0.4))
    found = lake.why(lake.run(stages.denser, design=other, by=0.2).id)
    assert dict(found.reasons)[Reason.NEW] == f"design {other}"
    assert found.compared is None


def test_inputs_of_one_origin(lake, design):
    """A run is compared with one whose inputs were made of the same thing, rather than with a nearer stranger."""
    origin, stranger = lake.put(design(0.3)), lake.put(design(0.4))
    middle = [lake.run(stages.grow, design=origin, seed=seed).id for seed in (1, 2)]
    related = lake.run(stages.count, cube=middle[0])
    lake.run(stages.count, cube=lake.run(stages.grow, design=stranger, seed=1).id)
    found = lake.why(lake.run(stages.count, cube=middle[1]).run_id)
    assert dict(found.reasons)[Reason.INPUTS] == "cube"
    assert (found.compared.run_id, found.compared.shared) == (related.run_id, (origin,))


def test_what_all_runs_share_is_no_relation(lake, design):
    """An input of every earlier run says nothing of what a run is about; one of some of them does."""
    common, *others = (lake.put(design(porosity)) for porosity in (0.2, 0.3, 0.4, 0.5))
    first, second, third = (lake.run(stages.blend, designs=[common, other]).run_id for other in others)
    assert lake.why(second).compared.run_id == first  # there is no other to tell by
    assert Reason.NEW in dict(lake.why(third).reasons)
    mixed = lake.run(stages.blend, designs=[common, others[0], others[2]]).run_id
    assert lake.why(mixed).compared.run_id in (first, third)


def test_what_informed_is_no_relation(lake, design):
    """Decisions that took the same results into account are not about the same thing."""
    trial = lake.run(stages.fragile, design=lake.put(design(0.2))).id
    starts = [lake.put(design(porosity)) for porosity in (0.3, 0.4)]
    lake.run(stages.steer, start=starts[0], trials=[trial])
    found = lake.why(lake.run(stages.steer, start=starts[1], trials=[trial]).id)
    assert Reason.NEW in dict(found.reasons)


def test_order_of_inputs(lake, design, reasons):
    """The same inputs in another order are other inputs."""
    ids = [lake.put(design(p)) for p in (0.2, 0.4)]
    lake.run(stages.blend, designs=ids, rule="first")
    assert reasons(lake.run(stages.blend, designs=ids[::-1], rule="first").run_id)[Reason.INPUTS] == "order"


def test_code(lake, design, studio, reasons):
    """A changed module is named, for the run that followed and for the result that came before."""
    given = lake.put(design())
    before = lake.run(studio.stage(), design=given)
    studio.write(helper="def halved(porosity):\n    return porosity / 3\n")
    after = lake.run(studio.stage(), design=given)
    assert reasons(after.id)[Reason.CODE] == "lake_studio.helper"
    assert reasons(before.id)[Reason.CODE_SINCE] == "lake_studio.helper"
    studio.write(steps="")
    studio.stage("helper:halved")
    assert "lake_studio.steps:made" in reasons(after.id)[Reason.STAGE_GONE]


def test_untrusted_stage(lake, design, reasons, installed):
    """A stage outside the trusted packages is not imported to answer."""
    made = lake.run(stages.denser, design=lake.put(design()))
    sys.path.remove(str(installed))
    assert "lies outside" in reasons(made.id)[Reason.STAGE_GONE]


def test_libraries(lake, design, reasons, restarted, monkeypatch):
    """A changed version of a declared library is named with both versions."""
    given = lake.put(design())
    with monkeypatch.context() as patch:
        for version in ("1.0", "2.0"):
            restarted()
            patch.setattr(metadata, "version", lambda name, v=version: v)
            made = lake.run(stages.versioned, design=given)
            assert not made.reused
        assert reasons(made.run_id)[Reason.LIBRARIES] == "numpy: 1.0 -> 2.0"
    restarted()
    assert reasons(made.run_id)[Reason.CODE_SINCE].startswith("numpy: 2.0 -> ")


def test_failures(lake, design, reasons, monkeypatch):
    """A failure would be tried again; what follows it was computed because failures are not reused."""
    given = lake.put(design())
    monkeypatch.setenv(stages.DRIFT, "raise")
    failed = lake.run(stages.drifting, design=given)
    assert "no licence" in reasons(failed.run_id)[Reason.FAILED]
    monkeypatch.setenv(stages.DRIFT, "0")
    made = lake.run(stages.drifting, design=given)
    assert reasons(made.id)[Reason.FAILED_BEFORE] == failed.run_id
    assert lake.why(made.id).compared.run_id == failed.run_id


def test_lost_and_dropped(lake, design, reasons, object_file):
    """Data that are gone are told apart: dropped on purpose, or lost."""
    given = lake.put(design())
    made = lake.run(stages.denser, design=given)
    object_file(made.id).unlink()
    assert Reason.DATA_LOST in reasons(made.id)
    again = lake.run(stages.denser, design=given)
    assert reasons(again.run_id)[Reason.OUTPUT_LOST] == made.run_id
    lake.drop([made.id], reason="space")
    assert Reason.DATA_DROPPED in reasons(made.id)


def test_damaged_earlier_runs(lake, folder, design):
    """An earlier run that cannot be read is named, and the others are compared with; nothing is then the first."""
    given = lake.put(design())
    runs = [lake.run(stages.grow, design=given, seed=seed).run_id for seed in (1, 2, 3)]
    files = [folder / lake.sql(f"SELECT file FROM runs WHERE id = '{name}'").item() for name in runs]
    lake.close()
    files[1].write_bytes(files[1].read_bytes()[:-40])
    with Lake.open(folder) as again:
        found = again.why(runs[2])
        assert found.damaged == (runs[1],)
        assert found.compared.run_id == runs[0]
        assert dict(found.reasons)[Reason.SEED] == "1 -> 3"
    files[0].unlink()
    with Lake.open(folder) as again:
        found = again.why(runs[2])
        assert set(found.damaged) == set(runs[:2])
        assert [reason for reason, _ in found.reasons] == [Reason.REUSABLE]


def test_damaged_code(lake, design, studio, reasons, object_file):
    """Where the code of an earlier run cannot be read, it is said that it changed, and not how."""
    given = lake.put(design())
    before = lake.run(studio.stage(), design=given)
    studio.write(helper="def halved(porosity):\n    return porosity / 3\n")
    after = lake.run(studio.stage(), design=given)
    assert reasons(after.id)[Reason.CODE] == "lake_studio.helper"
    code = object_file(lake.get(before.run_id).code_id)
    code.write_bytes(code.read_bytes()[:-40])
    assert "cannot be said" in reasons(after.id)[Reason.CODE]
    assert "damaged" in reasons(before.id)[Reason.CODE_SINCE]


def test_list_is_closed():
    """Every reason has a test in this file that expects it."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert {reason.name for reason in Reason} <= set(re.findall(r"Reason\.([A-Z_]+)", text))
