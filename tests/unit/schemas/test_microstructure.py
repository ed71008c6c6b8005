"""What a microstructure, a discharge and a KPI check across their fields."""

from __future__ import annotations

import numpy as np
import pytest

from schemas.errors import FieldShapeError, FieldTypeError, UnitError, UnknownFieldError


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
