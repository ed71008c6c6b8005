"""A generator judged through the lake: which points are drawn, what is fitted, and that nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import generator_stand_ins
import pytest

from ragone.dataset import Lake
from ragone.flows.generator import calibration
from ragone.flows.generator.calibration import calibrate_generator
from ragone.models.generator.reliability import EXTRAPOLATED, LEFT_OUT, TRAINED


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """An empty lake, with stand-ins for what draws and measures."""
    monkeypatch.setattr(calibration, "draw_microstructure", generator_stand_ins.generate)
    monkeypatch.setattr(calibration, "pack_particles", electrode_stand_ins.draw)
    monkeypatch.setattr(calibration, "homogenise_extrapolated", electrode_stand_ins.measure)
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def runs(lake: Lake) -> int:
    """Runs so far."""
    return int(lake.sql("SELECT count(*) AS n FROM runs")["n"].item())


def test_every_left_out_volume_is_judged_by_the_member_that_left_it_out(lake: Lake, example: Any) -> None:
    """Four volumes, each left out by one member and learned by the others: eight points, four of them outside."""
    generator_id, _ = generator_stand_ins.stored(lake, example("generator"))
    found = calibrate_generator(lake, generator_id, params="none.yaml", beyond=True)
    errors = found.errors
    assert errors.generator_id == generator_id
    assert lake.holds(errors.id)
    assert len(errors.distance) == 8
    assert int((errors.distance > 0).sum()) == 4
    assert [one.group for one in found.reliabilities] == [TRAINED, LEFT_OUT, EXTRAPOLATED]
    beyond = found.reliabilities[-1]
    assert (beyond.sigma > 0).all()
    assert beyond.error.any(axis=0).all()
    kept = [volume for volume in lake.sql("SELECT id FROM microstructures")["id"] if lake.holds(volume)]
    assert len(kept) == 4  # the training volumes


def test_running_again_computes_nothing(lake: Lake, example: Any) -> None:
    """The calibration is found again by its recipe."""
    generator_id, _ = generator_stand_ins.stored(lake, example("generator"))
    first = calibrate_generator(lake, generator_id, params="none.yaml")
    before = runs(lake)
    again = calibrate_generator(lake, generator_id, params="none.yaml")
    assert again.errors.id == first.errors.id
    assert runs(lake) == before
