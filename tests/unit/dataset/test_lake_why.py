"""Why something was computed: every reason of the closed list."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

import lake_stages as stages
import pytest

from ragone.dataset import Reason


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
    """Each part of the recipe that changed is named with its values; the nearest earlier run is compared."""
    one, other = lake.put(design(0.3)), lake.put(design(0.4))
    lake.run(stages.grow, design=one, seed=1)
    seed = reasons(lake.run(stages.grow, design=one, seed=2).id)
    assert seed == {Reason.SEED: "1 -> 2", Reason.REUSABLE: seed[Reason.REUSABLE]}
    assert reasons(lake.run(stages.grow, design=one, seed=2, edge=5).id)[Reason.PARAMETERS] == "edge: 4 -> 5"
    assert reasons(lake.run(stages.grow, design=other, seed=1).id)[Reason.INPUTS] == "design"
    both = reasons(lake.run(stages.grow, design=other, seed=9, edge=6).id)
    assert {Reason.SEED, Reason.PARAMETERS} <= set(both)


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


def test_list_is_closed():
    """Every reason has a test in this file that expects it."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert {reason.name for reason in Reason} <= set(re.findall(r"Reason\.([A-Z_]+)", text))
