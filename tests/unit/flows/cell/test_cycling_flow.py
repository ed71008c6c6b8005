"""Protocols with stored cells: each its own run, found again, with a profile where one is followed."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.dataset.errors import OtherKindError
from ragone.flows.cell.cycling import CellTest, cycle_many, free_test, named_test
from ragone.flows.errors import CyclingError
from ragone.pipelines.cell.protocols import ProtocolError, resting
from ragone.schemas import Cycling, CyclingOutcome
from ragone.schemas.errors import BoundsError, ParameterError, UnitError, UnknownFieldError

COARSE = {"mesh_points": 5, "initial_state_of_charge": 0.5}
PULSE = CellTest("pulse", "protocol.cycle_cell", {"protocol": ("Discharge at 1C for 10 s",), **COARSE})
DRIVE = CellTest("drive", "protocol.cycle_cell", {"protocol": ("Run profile (A)",), **COARSE})


@pytest.fixture
def lake(tmp_path):
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


@pytest.fixture
def cells(lake, example):
    """Ids of two cells."""
    own = {"electrode_area_square_metre": 0.1, "nominal_capacity_ampere_hour": 5.0}
    return [lake.put(example("cell_parameters", **own, contact_resistance_ohm=r)) for r in (0.0, 0.01)]


@pytest.fixture
def profile(lake, example):
    """Id of a measured profile."""
    return lake.put(example("measurement", current_ampere=np.array([-1.0, -2.0, -3.0])))


def test_every_test_of_every_cell_is_a_run_of_its_own(lake, cells, profile):
    """In the order of cells and tests; only those that follow the profile were given it."""
    found = cycle_many(lake, cells, [PULSE, DRIVE], profile_id=profile)
    assert [(one.cell_id, one.test) for one in found] == [(c, t) for c in cells for t in ("pulse", "drive")]
    assert not any(one.error or one.reused for one in found)
    assert len({one.cycling_id for one in found}) == len({one.run_id for one in found}) == 4
    for one in found:
        parents = {edge.parent for edge in lake.lineage(one.cycling_id).parents_of(one.cycling_id)}
        assert parents == ({one.cell_id, profile} if one.test == "drive" else {one.cell_id})
    pulse, drive = lake.get(found[0].cycling_id), lake.get(found[1].cycling_id)
    assert isinstance(pulse, Cycling)
    assert pulse.outcome is CyclingOutcome.COMPLETED
    assert drive.current_ampere == pytest.approx([-1.0, -2.0, -3.0])


def test_what_was_done_is_found_again(lake, cells):
    """The same ids and not one more run; reproducing it gives it bit by bit."""
    first, again = (cycle_many(lake, cells[:1], [PULSE])[0] for _ in range(2))
    assert (first.reused, again.reused) == (False, True)
    assert (first.cycling_id, first.run_id) == (again.cycling_id, again.run_id)
    assert lake.reproduce(first.cycling_id).verdict == "bitwise equal"


def test_a_stage_that_fails_says_so_and_stops_no_other(lake, cells):
    """The error stands beside the test that had it; the other one is done."""
    lumped = CellTest("lumped", PULSE.stage, {**PULSE.parameters, "thermal": "lumped"})  # the cell has no heat capacity
    failed, done = cycle_many(lake, cells[:1], [lumped, PULSE])
    assert "heat_capacity" in failed.error
    assert not failed.cycling_id
    assert done.cycling_id


def test_what_cannot_be_cycled_is_refused_first(lake, cells, profile):
    """No cell, no profile, or no protocol: nothing is computed."""
    before = lake.sql("SELECT count(*) AS n FROM runs")["n"].item()
    for words, error, says in (
        (([profile], [PULSE], ""), OtherKindError, "cell_parameters"),
        ((cells, [DRIVE], cells[0]), OtherKindError, "measurement"),
        ((cells, [DRIVE], ""), CyclingError, "none was given"),
        ((cells, [free_test(["Nap for 1 s"], {})], ""), ProtocolError, "Nap"),
    ):
        with pytest.raises(error, match=says):
            cycle_many(lake, words[0], words[1], profile_id=words[2])
    assert lake.sql("SELECT count(*) AS n FROM runs")["n"].item() == before


def test_settings_are_read_with_their_units():
    """Numbers, whole numbers, several, and text, each as the protocol has it; it tells where it begins."""
    assert named_test("constant-power", {"power_watt": "0.02 kW"}).steps == ("Discharge at 20 W until 2.5 V",)
    assert named_test("constant-power", {"power": "20 W"}).parameters == {"power_watt": 20.0}
    assert named_test("cycle", {"cycles": "2", "rest_second": "2 h"}).steps[0].count("Rest for 2 hours") == 2
    assert len(named_test("rate-test", {"rates": "1, 2"}).steps) == 2
    assert named_test("drive", {"follow": "W"}).steps == ("repeat 1: Run profile (W) until 2.5 V",)
    charge = named_test("charge", {"mesh_points": "5"}, ambient_temperature_kelvin=300.0)
    assert charge.parameters == {"mesh_points": 5, "ambient_temperature_kelvin": 300.0}
    assert pickle.loads(pickle.dumps(charge)) == charge  # noqa: S301 - it travels to worker processes


@pytest.mark.parametrize(
    ("name", "settings", "error"),
    [
        ("cycle", {"cycles": "1.5"}, ParameterError),
        ("cycle", {"cycle": "1"}, UnknownFieldError),
        ("constant-power", {"power_watt": "20 V"}, UnitError),
        ("constant-power", {"power_watt": "-20 W"}, BoundsError),
        ("constant-power", {"ambient_temperature_kelvin": "25 degC"}, CyclingError),
        ("drive", {"follow": "V"}, ParameterError),
        ("marathon", {}, UnknownFieldError),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(name, settings, error):
    """Of another kind, dimension or range, not known, or given beside its own option."""
    with pytest.raises(error):
        named_test(name, settings, ambient_temperature_kelvin=300.0)


def test_a_named_protocol_does_what_its_steps_do(lake, cells):
    """The same record, bit for bit, as the steps written out; each is a run of its stage with its settings."""
    coarse = {"mesh_points": 5, "samples_per_step": 10}
    named = named_test("pulse", {"states_of_charge": "0.9", "rest_second": "60 s", "pulse_second": "5 s"}, **coarse)
    written = free_test(named.steps, coarse)
    one, other = cycle_many(lake, cells[:1], [named, written])
    assert one.cycling_id == other.cycling_id
    runs = lake.sql("SELECT stage FROM runs WHERE stage LIKE 'protocol.%' ORDER BY stage")["stage"].to_list()
    assert runs == ["protocol.cycle_cell", "protocol.pulse"]
    assert lake.reproduce(one.cycling_id).verdict == "bitwise equal"


def test_a_protocol_called_directly_begins_where_it_is_meant_to(example):
    """Without a lake too: half charged for a rest, unless it is said."""
    cell = example("cell_parameters", electrode_area_square_metre=0.1, nominal_capacity_ampere_hour=5.0)
    coarse = {"duration_second": 60.0, "mesh_points": 5}
    assert "from 50% state of charge" in resting(cell, **coarse).method
    assert "from 70% state of charge" in resting(cell, **coarse, initial_state_of_charge=0.7).method


def test_a_test_at_limits_has_no_steps_and_is_done_by_its_name(lake, cells, profile):
    """A pulse at the largest power is run with its settings; no profile is followed by it."""
    pulse = named_test("largest-power", {"pulse": "5 s"}, thermal="isothermal", mesh_points=5)
    assert pulse.steps == ()
    (found,) = cycle_many(lake, cells[:1], [pulse])
    assert lake.get(found.cycling_id, Cycling).test_time_second[-1] == 5.0
    with pytest.raises(CyclingError, match="no step follows the profile"):
        cycle_many(lake, cells[:1], [named_test("charge-within-limits")], profile_id=profile)
