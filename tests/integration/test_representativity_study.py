"""The study of representativity on cheap stand-ins: what it measures, what it stores, and that it can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import electrode_stand_ins
import numpy as np
import pytest
from electrode_stand_ins import study

from ragone.dataset import Lake
from ragone.dataset.errors import DroppedError, StageFailedError
from ragone.flows import Plan, Study, StudyError, run_campaign, study_candidate, study_recipe, study_volume
from ragone.flows.design.ways import stored_candidate
from ragone.schemas import Candidate, Microstructure, Recipe, Representativity, Run, Transport
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.materials import NMC_811
from tests.watched import Watched

PLAN = Plan(
    edges=(8, 12, 16), volume_elements=3, cuts=2, structures=2, voxel_edge=8, voxel_ratios=(0.5, 1.0, 2.0), target=0.1
)
ROLES = ("drawn", "cut", "resolved")


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def middle(lake: Lake, of: Study | None = None) -> Candidate:
    """The candidate in the middle of the stand-in's space, stored."""
    return stored_candidate(lake, (of or study()).middle())


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
    """Rows of all sizes both ways, structures at all voxel sizes, one record that descends from every element."""
    watched = Watched()
    candidate = middle(lake)
    result = study_candidate(lake, study(), candidate, PLAN, watched)
    record = result.record
    assert record.edge_voxels.tolist() == [8, 12, 16, 8, 12]
    assert record.drawn.tolist() == [1, 1, 1, 0, 0]
    assert record.volume_element_count.tolist() == [3, 3, 3, 6, 6]  # those of 12 in a volume element of 16 overlap
    assert record.resolution_voxel_size_metre == pytest.approx([0.25e-6, 0.5e-6, 1e-6])
    assert record.resolution_structure_count == 2
    assert record.voxel_size_metre == pytest.approx(0.5e-6)
    assert result.failures == ()
    assert watched.units == watched.total
    ancestors = lake.lineage(result.record.id).ancestors
    assert candidate.id in ancestors
    assert result.subject_id in ancestors
    assert result.subject_id.startswith("recipe-")
    assert sum(name.startswith("transport") for name in ancestors) >= 3 * 3 + 6 + 6


def test_cuts_are_told_with_the_volume_element_that_they_come_from(lake: Lake) -> None:
    """The number in `drawn` that the estimate is given for a cut is that of its parent, one of the largest size."""
    result = study_candidate(lake, study(), middle(lake), PLAN)
    edges = lake.lineage(result.record.id).parents_of(result.record.id)
    run = lake.get(edges[0].run_id, Run)
    inputs = {role: [i for r, i in zip(run.input_roles, run.input_ids, strict=True) if r == role] for role in ROLES}
    assert len(inputs["cut"]) == len(run.parameters["cut_from"]) == 12
    for cut, place in zip(inputs["cut"], run.parameters["cut_from"], strict=True):
        parent = inputs["drawn"][place]
        drawn = {e.parent for e in lake.lineage(parent).parents_of(parent) if e.role == "microstructure"}
        assert lake.get(parent, Transport).edge_voxels == 16
        assert drawn.intersection(lake.lineage(cut).ancestors)  # two volumes may happen to have equal metrics
    of = run.parameters["resolved_of"]
    assert of == [0, 0, 0, 1, 1, 1]


def test_a_study_can_be_gone_on_with_and_made_again(lake: Lake) -> None:
    """Run again, in threads: the same record and nothing computed. More volume elements: only those."""
    candidate = middle(lake)
    first = study_candidate(lake, study(), candidate, PLAN)
    before = computed(lake)
    threads = study(executor={"kind": "threads", "workers": 3})
    assert study_candidate(lake, threads, candidate, PLAN).record.id == first.record.id
    assert computed(lake) == before
    more = replace(PLAN, volume_elements=4, cuts=0)
    study_candidate(lake, study(), candidate, more)
    assert computed(lake) == before + 3 * 2 + 1


def test_its_volume_elements_are_those_of_a_campaign(lake: Lake) -> None:
    """A campaign at one of the sizes, with the same seed, finds its first volume elements measured."""
    small = study(budget={"initial": 1, "total": 1}, resolution={"volume_elements": 3})
    candidate = run_campaign(lake, small).trials[0].candidate
    before = computed(lake)
    plan = replace(PLAN, cuts=0, structures=0)
    study_candidate(lake, small, candidate, plan)
    assert computed(lake) == before + 2 * 3 * 2 + 1


def test_voxels_are_dropped_unless_the_study_keeps_them(lake: Lake) -> None:
    """The metrics stay; what was drawn or cut is a tombstone, but where the study says otherwise."""
    candidate = middle(lake)
    study_candidate(lake, study(), candidate, PLAN)
    for name in lake.sql("SELECT id FROM microstructures")["id"].to_list():
        with pytest.raises(DroppedError):
            lake.get(name)


def test_a_volume_is_cut_and_coarsened(lake: Lake) -> None:
    """Sizes that do not fit are passed over, the largest volume element is measured whole, the image itself stays."""
    volume = image((16, 20, 24))
    stored = lake.put(volume)
    lake.put(NMC_811)
    plan = replace(PLAN, edges=(4, 8, 64), volume_elements=6, voxel_ratios=(1.0, 2.0))
    watched = Watched()
    result = study_volume(lake, volume, NMC_811, plan, watched, study=study())
    record = result.record
    assert record.drawn.tolist() == [0, 0, 0]
    assert record.edge_voxels.tolist() == [4, 8, 16]
    assert record.volume_element_count.tolist() == [6, 6, 1]
    assert record.resolution_voxel_size_metre == pytest.approx([1e-6, 2e-6])
    assert watched.units == watched.total
    assert np.array_equal(lake.get(stored, Microstructure).labels, volume.labels)
    left = [name for name in lake.sql("SELECT id FROM microstructures")["id"].to_list() if name != stored]
    for name in left:
        with pytest.raises(DroppedError):
            lake.get(name)
    assert stored in lake.lineage(result.record.id).ancestors


def test_volume_elements_that_fail_are_told_and_left_out(lake: Lake) -> None:
    """If all fail there is nothing to estimate, and the reason is told."""
    failing = study(steps={"manufacture": {"stage": "stand_in.draw", "fail_above_porosity": 0.1}})
    with pytest.raises(StageFailedError, match="no volume elements can be used"):
        study_candidate(lake, failing, middle(lake, failing), PLAN)


BAD = [
    ({"edges": (8,)}, r"sizes \[8\] are too few"),
    ({"voxel_edge": 9, "voxel_ratios": (1.0, 2.0)}, "9 voxels are 4.5 of 2 times the size"),
    ({"voxel_ratios": (0.5, 2.0)}, "leave out 1"),
]


@pytest.mark.parametrize(("changes", "message"), BAD, ids=[m for _, m in BAD])
def test_a_plan_that_cannot_be_carried_out_is_refused(lake: Lake, changes: dict[str, Any], message: str) -> None:
    """Before anything is drawn."""
    with pytest.raises(StudyError, match=message):
        study_candidate(lake, study(), middle(lake), replace(PLAN, **changes))
    assert lake.sql("SELECT count(*) AS n FROM runs WHERE stage LIKE 'stand_in.%'")["n"].item() == 0


def test_an_image_has_no_finer_voxels(lake: Lake) -> None:
    """Than those that it was taken with."""
    with pytest.raises(StudyError, match=r"no voxels 0\.5 times as large"):
        study_volume(lake, image((16, 16, 16)), NMC_811, PLAN, study=study())


def test_a_recipe_is_studied_as_its_candidate_is(lake: Lake) -> None:
    """The same volume elements, and the same record: what a cell is built of them does not matter."""
    plan = replace(PLAN, cuts=0, structures=0)
    found = study_candidate(lake, study(), middle(lake), plan)
    before = computed(lake)
    again = study_recipe(lake, study(), lake.get(found.subject_id, Recipe), plan)
    assert again.record.id == found.record.id
    heavier = study(space={"cell.mass_loading": "29 mg/cm^2"})
    assert study_candidate(lake, heavier, middle(lake, heavier), plan).record.id == found.record.id
    assert computed(lake) == before + 1  # what the other candidate stands for


def test_the_middle_of_a_space_is_a_candidate() -> None:
    """Every free value half way between its ends, in the units of the records."""
    values = study().middle().values
    assert values["recipe.porosity"] == pytest.approx(0.4)
    assert values["recipe.active_material_weight_fraction"] == pytest.approx(0.95)
    assert values["cell.mass_loading_kilogram_per_square_metre"] == pytest.approx(0.2)


def test_the_record_is_reproduced(lake: Lake) -> None:
    """Computed again from its volume elements in a fresh process it is the same, bit for bit."""
    found = study_candidate(lake, study(), middle(lake), replace(PLAN, cuts=0, structures=0))
    assert lake.get(found.record.id, Representativity).edge_voxels.tolist() == found.record.edge_voxels.tolist()
    assert lake.reproduce(found.record.id).verdict == "bitwise equal"
