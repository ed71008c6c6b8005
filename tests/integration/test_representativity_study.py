"""The study of representativity on cheap stand-ins: what it measures, what it stores, and that it can be made again."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import electrode_stand_ins
import numpy as np
import pytest

from dataset import Lake
from dataset.errors import DroppedError, StageFailedError
from flows import Plan, Study, StudyError, middle_design, run_campaign, study_design, study_volume
from flows.engines import ENGINES, Engine
from schemas import Design, Microstructure, Representativity, Run
from schemas.electrode import cubic_voxels
from tests.watched import Watched

PLAN = Plan(edges=(8, 12, 16), cubes=3, cuts=2, structures=2, voxel_edge=8, voxel_ratios=(0.5, 1.0, 2.0), target=0.1)
ROLES = ("drawn", "cut", "resolved")
STAND_IN = Engine("characterise", "stand_in")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("manufacture", "characterise", "cell", "discharge"):
        monkeypatch.setitem(ENGINES[part], "stand_in", None)  # so that it is taken out again
    electrode_stand_ins.register()


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def study(**changes: Any) -> Study:
    """The stand-in study; keyword arguments replace its sections."""
    content = copy.deepcopy(electrode_stand_ins.STUDY)
    for section, value in changes.items():
        content["study"][section] = {**content["study"].get(section, {}), **value}
    return Study.read(content)


def image(shape: tuple[int, int, int]) -> Microstructure:
    """Uncorrelated voxels of a porosity of 0.4."""
    return Microstructure(
        labels=(np.random.default_rng(0).random(shape) > 0.4).astype(np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_labels=np.array([0, 1, 2], np.uint8),
        source="scan",
        licence="MIT",
    )


def computed(lake: Lake) -> int:
    """Completed runs of stages."""
    count = "SELECT count(*) AS n FROM runs WHERE outcome = 'completed' AND stage NOT IN ('given', 'drop')"
    return int(lake.sql(count)["n"].item())


def test_a_design_is_drawn_cut_and_refined(lake: Lake) -> None:
    """Rows of all sizes both ways, structures at all voxel sizes, one record that descends from every cube."""
    watched = Watched()
    design_id = lake.put(middle_design(study()))
    result = study_design(lake, study(), design_id, PLAN, watched)
    record = result.record
    assert record.edge_voxels.tolist() == [8, 12, 16, 8, 12]
    assert record.drawn.tolist() == [1, 1, 1, 0, 0]
    assert record.cube_count.tolist() == [3, 3, 3, 6, 6]  # those of 12 in a cube of 16 overlap
    assert record.resolution_voxel_size_metre == pytest.approx([0.25e-6, 0.5e-6, 1e-6])
    assert record.resolution_structure_count == 2
    assert record.voxel_size_metre == pytest.approx(0.5e-6)
    assert result.failures == ()
    assert watched.units == watched.total
    ancestors = lake.lineage(result.representativity_id).ancestors
    assert design_id in ancestors
    assert sum(name.startswith("transport") for name in ancestors) >= 3 * 3 + 6 + 6


def test_cuts_are_told_with_the_cube_that_they_come_from(lake: Lake) -> None:
    """The place in `drawn` that the estimate is given for a cut is that of its parent, a cube of the largest size."""
    result = study_design(lake, study(), lake.put(middle_design(study())), PLAN)
    edges = lake.lineage(result.representativity_id).parents_of(result.representativity_id)
    run = lake.get(edges[0].run_id)
    assert isinstance(run, Run)
    inputs = {role: [i for r, i in zip(run.input_roles, run.input_ids, strict=True) if r == role] for role in ROLES}
    assert len(inputs["cut"]) == len(run.parameters["cut_from"]) == 12
    for cut, place in zip(inputs["cut"], run.parameters["cut_from"], strict=True):
        parent = inputs["drawn"][place]
        (drawn,) = (edge.parent for edge in lake.lineage(parent).parents_of(parent))
        assert lake.get(parent).edge_voxels == 16  # type: ignore[attr-defined]
        assert drawn in lake.lineage(cut).ancestors
    of = run.parameters["resolved_of"]
    assert of == [0, 0, 0, 1, 1, 1]


def test_a_study_can_be_gone_on_with_and_made_again(lake: Lake) -> None:
    """Run again, in threads: the same record and nothing computed. More cubes: only those."""
    design_id = lake.put(middle_design(study()))
    first = study_design(lake, study(), design_id, PLAN)
    before = computed(lake)
    threads = study(executor={"kind": "threads", "workers": 3})
    assert study_design(lake, threads, design_id, PLAN).representativity_id == first.representativity_id
    assert computed(lake) == before
    more = replace(PLAN, cubes=4, cuts=0)
    study_design(lake, study(), design_id, more)
    assert computed(lake) == before + 3 * 2 + 1


def test_its_cubes_are_those_of_a_campaign(lake: Lake) -> None:
    """A campaign at one of the sizes, with the same seed, finds its first cubes measured."""
    small = study(budget={"initial": 1, "total": 1}, resolution={"cubes": 3})
    design_id = run_campaign(lake, small).trials[0].design_id
    before = computed(lake)
    plan = replace(PLAN, cuts=0, structures=0)
    study_design(lake, small, design_id, plan)
    assert computed(lake) == before + 2 * 3 * 2 + 1


def test_voxels_are_dropped_unless_the_study_keeps_them(lake: Lake) -> None:
    """The metrics stay; what was drawn or cut is a tombstone, but where the study says otherwise."""
    design_id = lake.put(middle_design(study()))
    study_design(lake, study(), design_id, PLAN)
    for name in lake.sql("SELECT id FROM microstructures")["id"].to_list():
        with pytest.raises(DroppedError):
            lake.get(name)


def test_a_volume_is_cut_and_coarsened(lake: Lake) -> None:
    """Sizes that do not fit are passed over, the largest cube is measured whole, the image itself stays."""
    volume = image((16, 20, 24))
    stored = lake.put(volume)
    plan = replace(PLAN, edges=(4, 8, 64), cubes=6, voxel_ratios=(1.0, 2.0))
    watched = Watched()
    result = study_volume(lake, stored[:30], plan, watched, engine=STAND_IN)
    record = result.record
    assert record.drawn.tolist() == [0, 0, 0]
    assert record.edge_voxels.tolist() == [4, 8, 16]
    assert record.cube_count.tolist() == [6, 6, 1]
    assert record.resolution_voxel_size_metre == pytest.approx([1e-6, 2e-6])
    assert watched.units == watched.total
    assert np.array_equal(getattr(lake.get(stored), "labels"), volume.labels)  # noqa: B009
    left = [name for name in lake.sql("SELECT id FROM microstructures")["id"].to_list() if name != stored]
    for name in left:
        with pytest.raises(DroppedError):
            lake.get(name)
    assert stored in lake.lineage(result.representativity_id).ancestors


def test_cubes_that_fail_are_told_and_left_out(lake: Lake) -> None:
    """If all fail there is nothing to estimate, and the reason is told."""
    failing = study(stages={"manufacture": {"engine": "stand_in", "parameters": {"fail_above_porosity": 0.1}}})
    with pytest.raises(StageFailedError, match="no cubes can be used"):
        study_design(lake, failing, lake.put(middle_design(failing)), PLAN)


BAD = [
    ({"edges": (8,)}, r"sizes \[8\] are too few"),
    ({"voxel_edge": 9, "voxel_ratios": (1.0, 2.0)}, "9 voxels are 4.5 of 2 times the size"),
    ({"voxel_ratios": (0.5, 2.0)}, "leave out 1"),
]


@pytest.mark.parametrize(("changes", "message"), BAD, ids=[m for _, m in BAD])
def test_a_plan_that_cannot_be_carried_out_is_refused(lake: Lake, changes: dict[str, Any], message: str) -> None:
    """Before anything is drawn."""
    with pytest.raises(StudyError, match=message):
        study_design(lake, study(), lake.put(middle_design(study())), replace(PLAN, **changes))
    assert computed(lake) == 0


def test_an_image_has_no_finer_voxels(lake: Lake) -> None:
    """Nor can the representativity of a design be had by cutting it."""
    with pytest.raises(StudyError, match=r"no voxels 0\.5 times as large"):
        study_volume(lake, lake.put(image((16, 16, 16))), PLAN, engine=STAND_IN)
    with pytest.raises(StudyError, match="no microstructure"):
        study_volume(lake, lake.put(middle_design(study())), PLAN, engine=STAND_IN)


def test_the_middle_of_a_space_is_a_design() -> None:
    """Every field half way between its ends."""
    design = middle_design(study())
    assert isinstance(design, Design)
    assert design.porosity == pytest.approx(0.4)
    assert design.mass_loading_kilogram_per_square_metre == pytest.approx(0.2)


def test_the_record_is_reproduced(lake: Lake) -> None:
    """Computed again from its cubes in a fresh process it is the same, bit for bit."""
    found = study_design(lake, study(), lake.put(middle_design(study())), replace(PLAN, cuts=0, structures=0))
    assert isinstance(lake.get(found.representativity_id), Representativity)
    assert lake.reproduce(found.representativity_id).verdict == "bitwise equal"
