"""The stage that measures the geometry of a microstructure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from ragone.pipelines.characterise.geometry import (
    GeometryInputError,
    geometry_summary,
    measure_geometry,
    specific_surface_areas,
    triple_phase_boundary_density,
)
from ragone.schemas import Geometry, Microstructure, Verdict, compare, judge
from ragone.schemas.electrode import cubic_voxels


def microstructure(shape: tuple[int, int, int] = (24, 24, 24), **changes: Any) -> Microstructure:
    """Random grains of pore, active material and carbon-binder."""
    noise = ndimage.gaussian_filter(np.random.default_rng(2).normal(size=shape), 2, mode="wrap")
    values: dict[str, Any] = {
        "labels": np.digitize(noise, np.quantile(noise, [0.45, 0.85])).astype(np.uint8),
        "voxel_edges_metre": cubic_voxels(4e-7),
        "phase_labels": np.array([0, 2, 1], np.uint8),  # carbon-binder between the two
        "source": "filtered noise",
        "licence": "own",
    }
    return Microstructure.build(values | changes)


def test_the_record_holds_what_the_functions_find() -> None:
    """Numbers stand under the names of their phases and pairs, in SI units, with the voxel size and the choices."""
    volume = microstructure()
    found = measure_geometry(volume, pore_connectivity=6, solid_connectivity=26, periodic=True)
    areas = specific_surface_areas(volume.labels, 4e-7, periodic=True)
    by_pair = dict(zip(found.pair_names, found.pair_area_per_metre.tolist(), strict=True))
    assert by_pair == {
        "pore/active_material": areas[0, 2],
        "pore/carbon_binder": areas[0, 1],
        "active_material/carbon_binder": areas[1, 2],
    }
    assert found.specific_surface_area_per_metre == areas[0, 2]
    assert found.pore_fraction == volume.phase("pore").mean() == found.phase_fraction[0]
    assert found.active_material_fraction == pytest.approx(0.15, abs=1e-3)
    assert found.triple_phase_boundary_per_square_metre == triple_phase_boundary_density(volume.labels, (0, 1, 2), 4e-7)
    assert (found.pore_connectivity, found.solid_connectivity, found.periodic) == (6, 26, True)
    assert (found.voxel_size_metre, found.edge_voxels) == (4e-7, 24)
    assert found.two_point_correlation[:, 0] == pytest.approx(found.phase_fraction)
    assert found.mean_chord_length_metre == pytest.approx(np.full((3, 3), 2e-6), rel=0.9)
    assert "separation 4 voxels" in found.methods["particles"]


def test_it_is_repeatable_to_the_bit() -> None:
    """The same volume gives the same record."""
    first, again = (measure_geometry(microstructure((17, 13, 23))) for _ in range(2))
    assert judge(compare(first, again)) is Verdict.BITWISE


def test_pores_and_solids_are_joined_as_chosen() -> None:
    """On a checkerboard whatever is joined through corners percolates, and what is joined through faces does not."""
    board = (np.indices((8, 8, 8)).sum(axis=0) % 2).astype(np.uint8)
    found = measure_geometry(microstructure(labels=board))
    assert (found.pore_percolating_fraction, found.solid_percolating_fraction) == (1, 0)
    swapped = measure_geometry(microstructure(labels=board), pore_connectivity=6, solid_connectivity=26)
    assert (swapped.pore_percolating_fraction, swapped.solid_percolating_fraction) == (0, 1)


def test_solids_percolate_together_where_none_does_alone() -> None:
    """A stack of both solids along the axis: neither spans it, their union does."""
    labels = np.zeros((8, 4, 4), np.uint8)
    labels[:4, 1:3, 1:3], labels[4:, 1:3, 1:3] = 1, 2
    found = measure_geometry(microstructure(labels=labels))
    assert found.phase_percolating_fraction[1:, 0].tolist() == [0, 0]
    assert found.union_percolating_fraction.tolist() == [1, 0, 0]


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 5, 7), (2, 3, 11), (31, 1, 1), (7, 13, 5)])
def test_any_size_is_measured(shape: tuple[int, int, int]) -> None:
    """Odd, prime and single-voxel edges: a record comes back, its numbers within their bounds."""
    found = measure_geometry(microstructure(shape))
    assert isinstance(found, Geometry)
    assert found.phase_fraction.sum() == pytest.approx(1)


@pytest.mark.parametrize("label", [0, 1, 2])
def test_one_phase_alone(label: int) -> None:
    """A volume of one phase: no area, no line; what would be a part or a mean of the others has no value."""
    found = measure_geometry(microstructure(labels=np.full((6, 6, 6), label, np.uint8)))
    assert sorted(found.phase_fraction.tolist()) == [0, 0, 1]
    assert not found.pair_area_per_metre.any()
    assert found.triple_phase_boundary_per_square_metre == 0
    assert found.mean_particle_diameter_metre is None
    assert found.median_pore_diameter_metre is None
    parts = found.pore_percolating_fraction, found.solid_percolating_fraction
    assert parts == ((1.0, None) if label == 0 else (None, 1.0))
    rows = {name: (value, unit) for name, value, unit in geometry_summary(found)}
    assert rows["percolating part of the pores"] == ((1.0, "-") if label == 0 else (None, "there is no pore"))
    assert rows["percolating part of the solids"] == ((None, "there is no solid") if label == 0 else (1.0, "-"))
    reason = "no particle is whole" if label == 2 else "there is no active material"
    assert rows["mean particle diameter"] == (None, reason)
    assert rows["median pore diameter"][1] == ("there is no wall" if label == 0 else "there is no pore")


@pytest.mark.parametrize("label", [0, 1, 2])
def test_a_record_of_the_version_before_is_read_and_written(label: int) -> None:
    """It said 0 where there is no value, and one row of lengths for all axes; it reads as what is measured now."""
    found = measure_geometry(microstructure(labels=np.full((6, 6, 6), label, np.uint8)))
    table = found.to_arrow(2)
    row = {name: table[name][0].as_py() for name in ("pore_percolating_fraction", "chord_length_metre")}
    assert row == {
        "pore_percolating_fraction": float(label == 0),
        "chord_length_metre": pytest.approx([4e-7 * n for n in range(1, 5)]),
    }
    read = Geometry.from_arrow(table)
    new = {"methods", "through_plane_fraction", "through_plane_gradient"}  # the reasons and the profiles
    assert {each.field for each in compare(read, found)} <= new
    assert read.to_arrow(2).equals(table)


def test_boxes_that_repeat_a_volume_measure_as_it_does() -> None:
    """Voxels of half the height, twice as many: counts along lines and fractions are the same, sizes nearly."""
    cubes = microstructure((32, 32, 32))
    boxes = microstructure(labels=np.repeat(cubes.labels, 2, axis=0), voxel_edges_metre=np.array([2e-7, 4e-7, 4e-7]))
    coarse, fine = measure_geometry(cubes), measure_geometry(boxes)
    assert fine.voxel_size_metre == pytest.approx(4e-7 * 0.5 ** (1 / 3))
    assert fine.phase_fraction == pytest.approx(coarse.phase_fraction)
    assert fine.phase_percolating_fraction[1:] == pytest.approx(coarse.phase_percolating_fraction[1:])
    assert fine.mean_chord_length_metre[:, 1:] == pytest.approx(coarse.mean_chord_length_metre[:, 1:])
    assert fine.mean_chord_length_metre[:, 0] == pytest.approx(coarse.mean_chord_length_metre[:, 0], rel=0.05)
    assert fine.chord_length_metre[:, 0] == pytest.approx([2e-7, 4e-7, 4e-7])
    assert fine.pair_area_per_metre[1:] == pytest.approx(coarse.pair_area_per_metre[1:], rel=0.1)
    assert fine.two_point_correlation[:, 0] == pytest.approx(fine.phase_fraction)
    assert fine.median_pore_diameter_metre == pytest.approx(coarse.median_pore_diameter_metre, abs=4e-7)


def test_other_phases_are_measured_by_name() -> None:
    """A material without our names has all pairs; what is asked of our phases is zero."""
    found = measure_geometry(
        microstructure(
            phase_names=("void", "silicon", "graphite", "foil"), phase_labels=np.array([0, 1, 2, 9], np.uint8)
        )
    )
    assert len(found.pair_names) == 6
    assert found.pair_names[0] == "void/silicon"
    assert found.pair_area_per_metre[0] > 0
    assert not found.pair_area_per_metre[[2, 4, 5]].any()
    assert (found.pore_fraction, found.specific_surface_area_per_metre) == (0, 0)
    assert found.union_percolating_fraction.tolist() == [1, 1, 1]


def test_a_choice_that_is_none_is_refused() -> None:
    """The parameter is named."""
    with pytest.raises(GeometryInputError, match="connectivity = 7"):
        measure_geometry(microstructure(), pore_connectivity=7)


def test_summary_has_names_values_and_units() -> None:
    """What a reader wants first, lengths in micrometres, in about ten rows."""
    found = measure_geometry(microstructure())
    rows = {name: (value, unit) for name, value, unit in geometry_summary(found)}
    assert rows["pore fraction"] == (found.pore_fraction, "-")
    assert rows["area pore/active_material"] == (found.specific_surface_area_per_metre / 1e6, "1/um")
    assert rows["median pore diameter"][0] == pytest.approx(found.median_pore_diameter_metre * 1e6)
    assert 10 <= len(rows) <= 12
