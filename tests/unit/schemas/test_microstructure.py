"""What a microstructure, a discharge and a KPI check across their fields."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from ragone.schemas.electrode import cubic_voxels, label_counts
from ragone.schemas.errors import (
    AnisotropicVoxelError,
    BoundsError,
    FieldShapeError,
    FieldTypeError,
    UnitError,
    UnknownFieldError,
)


def test_a_label_that_no_phase_claims_is_named(example):
    """The orphan label, its count and the phases are in the message."""
    labels = np.zeros((2, 2, 2), np.uint8)
    labels[0, 0] = 7
    with pytest.raises(UnknownFieldError, match=r"label 7 \(2 voxels\).*'pore': 0"):
        example("microstructure", labels=labels)


def test_two_phases_cannot_share_a_label(example):
    """One label, one phase."""
    with pytest.raises(FieldTypeError, match="share a label"):
        example("microstructure", labels=np.zeros((1, 1, 1), np.uint8), phase_labels=np.array([0, 0, 1], np.uint8))


def test_phases_and_labels_are_parallel(example):
    """As many names as labels, none twice."""
    with pytest.raises(FieldShapeError, match="do not match"):
        example("microstructure", phase_names=("pore", "active_material"))
    with pytest.raises(FieldShapeError, match="do not match"):
        example("microstructure", phase_names=("pore", "pore", "active_material"))


def test_an_empty_volume_is_refused(example):
    """There is no electrode without a voxel."""
    with pytest.raises(FieldShapeError, match="at least one voxel"):
        example("microstructure", labels=np.zeros((0, 3, 3), np.uint8))


def test_a_phase_is_where_its_label_is(example):
    """`phase` gives the mask of a phase by its name."""
    material = example("microstructure", phase_labels=np.array([1, 2, 0], np.uint8))
    assert np.array_equal(material.phase("pore"), material.labels == 1)
    with pytest.raises(UnknownFieldError, match="no phase 'void'"):
        material.phase("void")


def test_columns_of_a_discharge_agree(example):
    """One length, and time that does not run backwards."""
    with pytest.raises(FieldShapeError, match=r"lengths .*3.*2"):
        example("discharge", voltage_volt=np.array([4.0, 3.0]))
    with pytest.raises(FieldShapeError, match="decreases"):
        example("discharge", test_time_second=np.array([0.0, 2.0, 1.0]))


def test_a_kpi_needs_a_unit_that_exists(example):
    """The unit of a KPI is checked when it is made."""
    with pytest.raises(UnitError, match="quux"):
        example("kpi", unit="quux")


def test_cubes_have_one_edge(example):
    """Three equal edges are the edge, bit for bit; two ways of writing one length are one length."""
    cubes = example("microstructure", voxel_edges_metre=cubic_voxels(0.1e-6))
    assert cubes.voxel_size_metre == cubes.equivalent_voxel_size_metre == 0.1e-6
    written = example("microstructure", voxel_edges_metre=np.array([4e-7, 4e-7 * (1 + 1e-7), 4e-7]))
    assert written.voxel_size_metre == pytest.approx(4e-7, rel=1e-6)


def test_boxes_are_not_taken_for_cubes(example):
    """Whoever asks boxes for the edge of a cube is told that they are none; the cube of equal volume has a name."""
    boxes = example("microstructure", voxel_edges_metre=np.array([8e-7, 4e-7, 2e-7]))
    assert not boxes.has_cubic_voxels
    with pytest.raises(AnisotropicVoxelError, match=r"0\.8 x 0\.4 x 0\.2 um"):
        boxes.voxel_size_metre  # noqa: B018
    assert boxes.equivalent_voxel_size_metre == pytest.approx(4e-7)


@pytest.mark.parametrize(
    ("edges", "error"),
    [
        ([4e-7], FieldShapeError),
        ([4e-7] * 4, FieldShapeError),
        ([4e-7, 0.0, 4e-7], BoundsError),
        ([4e-7, 4e-7, 2e-3], BoundsError),
    ],
)
def test_edges_are_three_lengths(example, edges, error):
    """A voxel has three edges above zero and up to a millimetre."""
    with pytest.raises(error, match="voxel_edges_metre"):
        example("microstructure", voxel_edges_metre=np.array(edges))


def test_checks_take_little_memory(example):
    """Labels are checked in blocks: never widened as a whole, which would take eight times their memory."""
    labels = np.zeros((128, 256, 256), np.uint8)
    labels.setflags(write=False)  # or the record would keep a copy of its own
    tracemalloc.start()
    example("microstructure", labels=labels)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert labels.size == 1 << 23
    assert peak < 3 * labels.size


def test_labels_are_counted_over_blocks(monkeypatch):
    """The counts of several blocks add up, the last of them shorter."""
    monkeypatch.setattr("ragone.schemas.electrode._BLOCK", 7)
    labels = (np.arange(60, dtype=np.uint8) % 4).reshape(3, 4, 5) * 80
    assert {i: n for i, n in enumerate(label_counts(labels).tolist()) if n} == {0: 15, 80: 15, 160: 15, 240: 15}
