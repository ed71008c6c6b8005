"""`ragone represent`: a study of a design and of a volume through the real entry point, and its picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ragone.app.pictures.representativity import draw_representativity, metric_name
from ragone.app.tables.representativity import as_data, as_text
from ragone.dataset import Lake
from ragone.flows import RepresentativityResult
from ragone.flows.running import workspace
from ragone.flows.running.execution import Execution
from ragone.flows.running.executors import open_executor
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import RepresentativityOutcome
from ragone.schemas.materials import NMC_811

SMALL = ("--sizes", "12,16", "--volume-elements", "4", "--cuts", "1", "--target", "90 %")
SMALL += ("--structures", "1", "--voxel-edge", "16", "--voxels", "1,2")
PNG = b"\x89PNG"


def result(record) -> RepresentativityResult:
    """A finished study around a record."""
    return RepresentativityResult(record, "recipe-" + "1" * 64)


def packed(place: Path, example, edge: int) -> str:
    """The id of a volume element that is put into a lake, and of what it is made."""
    recipe = example("recipe", active_material_weight_fraction=0.94, porosity=0.45)
    with Lake.open(place, create=True) as lake:
        return lake.put(pack_particles(recipe, NMC_811, edge_voxels=edge, voxel_size_metre=1e-6, seed=1))


def test_a_study_of_the_middle_of_the_space(cli, write_study, tmp_path):
    """Rows of both sizes, a picture, and an id that can be reproduced; run again, the same id."""
    voxels = "steps: {characterise: {stage: homogenise}, discharge"
    study = write_study("steps: {discharge", f"executor: {{kind: serial}}\n  {voxels}")
    answer = cli("represent", study, *SMALL, "--json")
    assert answer.code == 0, answer.err
    data = answer.data
    assert data["edge_voxels"] == [12, 16, 12]
    assert data["drawn"] == [1, 1, 0]
    assert data["target"] == 0.9
    assert data["resolution_voxel_size_metre"] == pytest.approx([1.6e-6, 3.2e-6])
    assert (tmp_path / "representativity.png").read_bytes().startswith(PNG)
    again = cli("represent", study, *SMALL, "--png", "other.png")
    assert data["representativity_id"] in again.out
    assert "Try next: ragone reproduce representativity-" in again.err
    assert (tmp_path / "other.png").exists()
    assert cli("show", data["representativity_id"][:30]).code == 0
    assert cli("reproduce", data["representativity_id"]).code == 0
    recipe = cli("represent", data["subject_id"], "--params", study, *SMALL, "--json")
    assert recipe.data["representativity_id"] == data["representativity_id"]


def test_a_study_of_a_volume(cli, tmp_path, example):
    """Volume elements are cut from what is stored, the whole volume element too; an unmet target has exit code 1."""
    stored = packed(tmp_path / "lake", example, 32)
    answer = cli("represent", stored, "--sizes", "16,24", "--structures", "0", "--target", "0.1 %", "--json")
    assert answer.code == 1, answer.err
    assert answer.data["outcome"] == RepresentativityOutcome.OUT_OF_REACH
    assert answer.data["drawn"] == [0, 0]
    assert answer.data["edge_voxels"] == [16, 32]
    assert answer.data["left_out"] == "cut 24: a single volume element"
    assert answer.data["resolution_voxel_size_metre"] == []


def test_a_volume_is_measured_as_a_study_says(cli, write_study, tmp_path, example, monkeypatch):
    """With --params its engine, the parameters of it, and its executor; a file that is not there is refused."""
    stored = packed(tmp_path / "lake", example, 16)
    used = []
    monkeypatch.setattr(workspace, "open_executor", lambda how: used.append(how) or open_executor(how))
    steps = "steps: {characterise: {stage: homogenise, relative_tolerance: 0.02}, discharge"
    study = write_study("steps: {discharge", f"executor: {{kind: threads, workers: 2}}\n  {steps}")
    words = ("represent", stored, "--sizes", "8,16", "--structures", "0", "--target", "90 %")
    assert cli(*words, "--params", study).code in (0, 1)
    assert used == [Execution("threads", 2)]
    with Lake.open(tmp_path / "lake") as lake:
        runs = lake.sql("SELECT parameters FROM runs WHERE stage LIKE 'characterise.%'")["parameters"].to_list()
    assert runs
    assert all('"relative_tolerance":0.02' in run.replace(" ", "") for run in runs)
    assert cli(*words, "--params", "nowhere.yaml").code == 2


REFUSED = [
    (("--sizes", "12;16"), "--sizes = '12;16' must be numbers between commas"),
    (("--sizes", "0,16"), "must be positive"),
    (("--target", "5"), "--target = 5 [-] is outside (0, 1)"),
    (("--metric", "pore_tortuosity"), "did you mean 'pore_tortuosity_factor'?"),
    (("--volume-elements", "1"), "volume_elements = 1 is too few"),
]


@pytest.mark.parametrize(("words", "message"), REFUSED, ids=[m for _, m in REFUSED])
def test_bad_arguments_leave_no_lake(cli, write_study, tmp_path, words, message):
    """They are told before anything is made."""
    answer = cli("represent", write_study(), *words)
    assert answer.code == 2
    assert message in answer.err
    assert not (tmp_path / "lake").exists()


def test_neither_design_nor_volume(cli, stored):
    """A KPI has no representativity."""
    answer = cli("represent", stored.ids["kpi"])
    assert answer.code == 2
    assert "is no candidate, recipe or microstructure" in answer.err


def test_the_words_tell_what_the_record_holds(example):
    """Every row with its numbers, the fits, and the decision; a dash where no number is enough."""
    record = example(
        "representativity",
        scatter_exponent=1.4,
        scatter_exponent_standard_error=0.1,
        scatter_length_metre=2e-6,
        zero_voxel_value=1.9,
        zero_voxel_value_standard_error=0.02,
        resolution_bias=0.05,
        cheapest_edge_voxels=64,
        cheapest_volume_element_count=12,
        cheapest_error_low=-0.002,
        cheapest_error_high=0.009,
        left_out="drawn 8: no volume element conducts",
    )
    text = as_text(result(record))
    lines = text.splitlines()
    assert " ".join(lines[1].split()) == "drawn 32 8 2.1 ± 0.04 +5.00 ± 4.00 +10.00 ± 5.00 5.00 98 - -"
    assert lines[2].split()[-3:] == ["9", "12", "-"]
    assert "pore tortuosity factor of an infinite volume: 1.900 ± 0.030 -" in text
    assert "p = 1.40 ± 0.10; by the integral-range law (2 um / edge)^(3/2)" in text
    assert "at voxels of size zero: 1.9 ± 0.02 statistical -; bias of the voxel studied +5.00 %" in text
    assert "left out: drawn 8: no volume element conducts" in text
    assert "1 % at 95 %: cheapest 12 volume elements of 64 voxels, error from -0.20 to +0.90 %" in text
    assert as_data(result(record), "x.png")["volume_elements_needed"] == [0, 12]


def test_words_without_a_decision(example):
    """What was not found is left out, and the outcome takes the place of the cheapest."""
    record = example("representativity", outcome=RepresentativityOutcome.OUT_OF_REACH)
    text = as_text(result(record))
    assert "size zero" not in text
    assert "integral-range" not in text
    assert "1 % at 95 %: no number of volume elements of a size studied meets the target" in text


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"outcome": RepresentativityOutcome.OUT_OF_REACH, "volume_elements_needed": np.array([0, 0])},
        {"scatter": np.zeros(2), "scatter_low": np.zeros(2), "scatter_high": np.zeros(2)},
        {
            "drawn": np.array([0, 0], np.uint8),
            "scatter_length_metre": 2e-6,
            "scatter_exponent": 1.5,
            "volume_elements_needed_high": np.array([0, 30]),
            "cheapest_edge_voxels": 64,
            "cheapest_volume_element_count": 12,
            "zero_voxel_value": 1.9,
            "zero_voxel_value_model_error": 0.1,
            "resolution_bias": 0.05,
        },
    ],
    ids=["bare", "out of reach", "no scatter", "everything"],
)
def test_a_picture_can_be_drawn_of_every_record(example, tmp_path, changes):
    """Whatever is missing, the file is a PNG with four panels."""
    path = tmp_path / "picture.png"
    draw_representativity(example("representativity", **changes), "recipe-1", path)
    assert path.read_bytes().startswith(PNG)


def test_metrics_are_named_in_words(example):
    """Without their unit, which stands on the axis."""
    record = example("representativity", metric="solid_effective_conductivity_siemens_per_metre")
    assert metric_name(record) == "solid effective conductivity"
