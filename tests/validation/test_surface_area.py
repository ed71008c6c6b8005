"""Surface area against exact bodies and the published electrode."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from ragone.pipelines.characterise.surface import face_count, specific_surface_area
from ragone.pipelines.files.images import import_volume, parse_phases


def test_the_area_of_a_sphere_is_right_though_its_faces_are_not() -> None:
    """2 P_L gives 4 pi r^2 within 2 %; the faces alone would give half as much again."""
    edge, radius = 48, 17.3
    grid = np.indices((edge,) * 3) + 0.5 - edge / 2
    labels = (np.sqrt((grid**2).sum(axis=0)) < radius).astype(np.uint8)
    faces = face_count(labels, (0, 1))
    assert faces == pytest.approx(1.5 * 4 * math.pi * radius**2, rel=0.02)
    sites = edge**2 * (edge - 1) / edge**3  # line lengths inside the cube, relative to its volume
    found = specific_surface_area(labels, (0, 1), 1e-6) * sites * edge**3 * 1e-6
    assert found == pytest.approx(4 * math.pi * radius**2, rel=0.02)


def test_only_the_faces_between_the_two_phases_count() -> None:
    """A binder layer between pore and active material leaves them no common area."""
    labels = np.zeros((6, 4, 4), np.uint8)
    labels[2:4], labels[4:] = 2, 1
    assert [face_count(labels, pair) for pair in ((0, 2), (1, 2), (2, 1), (0, 1), (0, 9))] == [16, 16, 16, 0, 0]
    assert specific_surface_area(labels, (0, 1), 1e-6) == 0


def test_one_voxel_and_one_phase_have_no_area() -> None:
    """Where nothing meets there is no area, and no division by zero."""
    assert specific_surface_area(np.zeros((1, 1, 1), np.uint8), (0, 1), 1e-6) == 0
    assert specific_surface_area(np.ones((3, 3, 3), np.uint8), (0, 1), 1e-6) == 0


def test_published_fractions_and_face_counted_areas_of_an_imaged_electrode(shared_data: Path) -> None:
    """TauFactor's example electrode: fractions and specific surface areas by face counting, to the digits published."""
    volume = import_volume(
        shared_data / "electrode.tiff",
        voxel_size_metre=100e-6 / 256,
        phases=parse_phases("0=pore,85=active_material,170=carbon_binder"),
        source="tldr-group/taufactor, docs/notebooks/electrode.tiff",
        licence="MIT",
    ).microstructure
    fractions = [round(float(volume.phase(p).mean()), 4) for p in ("pore", "active_material", "carbon_binder")]
    assert fractions == [0.4499, 0.4005, 0.1496]
    pairs = ((0, 85), (0, 170), (85, 170))
    counts = {pair: face_count(volume.labels, pair) for pair in pairs}
    length = volume.labels.size * volume.voxel_size_metre
    areas = [sum(counts[pair] for pair in pairs if label in pair) / length for label in (0, 85, 170)]
    assert areas == pytest.approx([7.855e5, 3.740e5, 8.761e5], rel=1e-3)
