"""What the file says of its voxel, and what the user says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragone.pipelines.files.images import Choices, ImportedVolume, import_volume
from ragone.pipelines.files.images.errors import VolumeShapeError, VoxelSizeError
from tests.unit.pipelines.files.images.written_volumes import VOLUME, hdf5, metaimage, nifti, nrrd, tiff, vti

EDGES = (8e-7, 4e-7, 2e-7)
PHASES = {"pore": 0, "active_material": 1, "carbon_binder": 2}
_IMAGEJ = {"axes": "ZYX", "spacing": 0.8, "unit": "um"}
_OME = {"axes": "ZYX", "PhysicalSizeX": 200, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.4, "PhysicalSizeZ": 0.8}

TELLING: dict[str, Callable[[], bytes]] = {
    "imagej.tif": lambda: tiff(imagej=True, resolution=(5, 2.5), metadata=_IMAGEJ),
    "escaped.tif": lambda: tiff(imagej=True, resolution=(5, 2.5), metadata={**_IMAGEJ, "unit": "\\u00B5m"}),
    "latin.tif": lambda: tiff(imagej=True, resolution=(5, 2.5), metadata={**_IMAGEJ, "unit": "um"}).replace(
        b"unit=um\n", b"unit=\xb5m\n"
    ),
    "ome.tif": lambda: tiff(ome=True, metadata=_OME),
    "tifffile.tif": lambda: tiff(resolution=(5, 2.5), metadata=_IMAGEJ),
    "units.nrrd": lambda: nrrd(VOLUME, "spacings: 0.8 0.4 0.2", 'units: "um" "um" "um"'),
    "space.nrrd": lambda: nrrd(
        VOLUME, "space: left-posterior-superior", "space directions: (0.2,0,0) (0,0.4,0) (0,0,0.8)",
        'space units: "um" "um" "um"',
    ),
    "millimetres.mha": lambda: metaimage(VOLUME, "ElementSpacing = 2e-4 4e-4 8e-4"),
    "millimetres.vti": lambda: vti(spacing="2e-4 4e-4 8e-4"),
    "attribute.h5": lambda: hdf5(element_size_um=[0.8, 0.4, 0.2]),
    "unit.h5": lambda: hdf5(voxel_size=[800.0, 400.0, 200.0], unit="nm"),
}  # fmt: skip

SILENT: dict[str, Callable[[], bytes]] = {
    "plain.tif": tiff,
    "pixels.tif": lambda: tiff(imagej=True, metadata={"axes": "ZYX", "spacing": 3.0, "unit": "pixel"}),
    "inches.tif": lambda: tiff(imagej=True, resolution=(100, 100), metadata={"axes": "ZYX", "unit": "inch"}),
    "printed.tif": lambda: tiff(resolution=(300, 300), resolutionunit="INCH"),
    "ones.mha": lambda: metaimage(VOLUME, "ElementSpacing = 1 1 1"),
    "ones.nii": lambda: nifti(edge=1.0),
    "plain.nrrd": nrrd,
}


def bring(tmp_path: Path, name: str, content: bytes, voxel: Any = None, axis: str = "") -> ImportedVolume:
    """Write and import a file."""
    (tmp_path / name).write_bytes(content)
    return import_volume(
        tmp_path / name,
        phases=PHASES,
        source="a test",
        licence="MIT",
        voxel_size_metre=voxel,
        choices=Choices(axis=axis),
    )


@pytest.mark.parametrize("name", TELLING)
def test_the_file_tells_its_voxel(tmp_path: Path, name: str) -> None:
    """Three edges, each along its own axis, and where they come from."""
    found = bring(tmp_path, name, TELLING[name]())
    np.testing.assert_allclose(found.microstructure.voxel_edges_metre, EDGES)
    assert any(text.startswith("voxel size from") for text in found.assumed)
    assert not found.noticed


@pytest.mark.parametrize("name", SILENT)
def test_a_file_that_tells_nothing_asks(tmp_path: Path, name: str) -> None:
    """Defaults that writers leave behind are no voxel size; what the user says is then not contradicted."""
    with pytest.raises(VoxelSizeError, match=r"does not say how large its voxels are\. Give --voxel-size"):
        bring(tmp_path, name, SILENT[name]())
    assert not bring(tmp_path, name, SILENT[name](), 4e-7).noticed


@pytest.mark.parametrize("name", TELLING)
def test_cubes_are_not_taken_for_granted(tmp_path: Path, name: str) -> None:
    """One length where the file says boxes is refused, with both; three lengths are the user's word, and told."""
    content = TELLING[name]()
    with pytest.raises(VoxelSizeError, match=r"0\.4 x 0\.4 x 0\.4 um as given, while .* says 0\.0?0?0?8 x 0"):
        bring(tmp_path, name, content, 4e-7)
    found = bring(tmp_path, name, content, (4e-7, 4e-7, 4e-7))
    np.testing.assert_allclose(found.microstructure.voxel_edges_metre, 4e-7)
    assert "as given, while" in found.noticed[0]
    assert not bring(tmp_path, name, content, EDGES).noticed


@pytest.mark.parametrize(("given", "outcome"), [(0.406, "told"), (0.403, "agrees"), (0.437, "told"), (0.45, "refused")])
def test_how_far_a_length_may_be_off(tmp_path: Path, given: float, outcome: str) -> None:
    """Within 1 % they agree; up to 10 % the user's word wins and is told; beyond, one of them is wrong."""
    content = tiff(imagej=True, resolution=(2.5, 2.5), metadata={"axes": "ZYX", "spacing": 0.4, "unit": "um"})
    if outcome == "refused":
        with pytest.raises(VoxelSizeError, match="Leave --voxel-size out"):
            bring(tmp_path, "a.tif", content, given * 1e-6)
        return
    assert bool(bring(tmp_path, "a.tif", content, given * 1e-6).noticed) == (outcome == "told")


@pytest.mark.parametrize(("depth", "cubes"), [(0.4, True), (0.4003, True), (0.401, False)])
def test_rounded_cubes_are_cubes(tmp_path: Path, depth: float, cubes: bool) -> None:
    """Edges that differ by less than a thousandth are one length, rounded, and that is told; others are boxes."""
    content = tiff(imagej=True, resolution=(2.5, 2.5), metadata={"axes": "ZYX", "spacing": depth, "unit": "um"})
    found = bring(tmp_path, "a.tif", content)
    assert found.microstructure.has_cubic_voxels == cubes
    assert any("rounded" in text for text in found.assumed) == (depth == 0.4003)
    np.testing.assert_allclose(found.microstructure.voxel_edges_metre, [depth * 1e-6, 4e-7, 4e-7], rtol=1e-3)


def test_two_edges_are_not_three(tmp_path: Path) -> None:
    """Resolution tags say nothing of the third axis: the user is asked, and heard in what they do say."""
    content = tiff(resolution=(25000, 25000), resolutionunit="CENTIMETER")
    with pytest.raises(VoxelSizeError, match=r"says \? x 0\.4 x 0\.4 um, and not all three"):
        bring(tmp_path, "a.tif", content)
    assert not bring(tmp_path, "a.tif", content, (9e-7, 4e-7, 4e-7)).noticed
    with pytest.raises(VoxelSizeError, match=r"'0\.8 um, 0\.4 um, 0\.4 um'"):
        bring(tmp_path, "a.tif", content, 8e-7)


def test_slices_in_a_folder_say_two_edges(tmp_path: Path) -> None:
    """The resolution of the first slice is heard, and nothing is made up for the way from slice to slice."""
    for number, plane in enumerate(VOLUME):
        content = tiff(plane, resolution=(25000, 25000), resolutionunit="CENTIMETER")
        (tmp_path / f"{number}.tif").write_bytes(content)

    def stack(voxel: Any) -> ImportedVolume:
        return import_volume(tmp_path, phases=PHASES, source="a test", licence="MIT", voxel_size_metre=voxel)

    assert not stack((9e-7, 4e-7, 4e-7)).noticed
    with pytest.raises(VoxelSizeError, match=r"says \? x 0\.4 x 0\.4 um"):
        stack(8e-7)


def test_numbers_without_a_unit_are_ratios(tmp_path: Path) -> None:
    """They are no lengths, but they contradict cubes; the advice can be followed."""
    content = metaimage(VOLUME, "ElementSpacing = 0.2 0.4 0.8")
    with pytest.raises(VoxelSizeError, match=r"says 0\.8 x 0\.4 x 0\.2, without a unit"):
        bring(tmp_path, "a.mha", content)
    with pytest.raises(VoxelSizeError, match=r"'0\.8 um, 0\.4 um, 0\.2 um'"):
        bring(tmp_path, "a.mha", content, 4e-7)
    assert not bring(tmp_path, "a.mha", content, EDGES).noticed
    assert not bring(tmp_path, "a.mha", content, (8e-9, 4e-9, 2e-9)).noticed


@pytest.mark.parametrize(("axis", "number"), [("", 0), ("0", 0), ("z", 0), ("y", 1), ("1", 1), ("X", 2), ("2", 2)])
def test_an_axis_takes_its_edge_along(tmp_path: Path, axis: str, number: int) -> None:
    """The through-plane axis goes first, with its edge; the others keep their order."""
    found = bring(tmp_path, "a.tif", TELLING["ome.tif"](), axis=axis)
    order = [number, *(k for k in range(3) if k != number)]
    np.testing.assert_array_equal(found.microstructure.labels, VOLUME.transpose(order))
    np.testing.assert_allclose(found.microstructure.voxel_edges_metre, np.array(EDGES)[order])
    assert any(f"axis {number}, the file's {'zyx'[number]}" in text for text in found.assumed)


def test_an_axis_that_is_none(tmp_path: Path) -> None:
    """Letters need a format that has them."""
    with pytest.raises(VolumeShapeError, match=r"--axis 'z' is no axis of .* along 0, 1, 2"):
        bring(tmp_path, "a.nrrd", nrrd(), 4e-7, axis="z")
    with pytest.raises(VolumeShapeError, match="--axis '3' is no axis"):
        bring(tmp_path, "a.tif", tiff(), 4e-7, axis="3")


@pytest.mark.parametrize("size", ["2", "0.02"])
def test_a_voxel_out_of_bounds_is_asked_for(tmp_path: Path, size: str) -> None:
    """A file that says 2 mm means something else."""
    with pytest.raises(VoxelSizeError, match=r"which is outside \(0, 0\.001\] m"):
        bring(tmp_path, "a.nrrd", nrrd(VOLUME, f"spacings: {size} {size} {size}", 'units: "m" "m" "m"'))
