"""Every format gives the same labels, and says what it assumed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from ragone.pipelines.files.images import Choices, ImportedVolume, import_volume
from ragone.pipelines.files.images.errors import (
    ManyVolumesError,
    TruncatedVolumeError,
    UnreadableVolumeError,
    VolumeShapeError,
)
from tests.unit.pipelines.files.images.written_volumes import (
    FILES,
    FOLDERS,
    VOLUME,
    hdf5,
    metaimage,
    nifti,
    npy,
    npz,
    nrrd,
    tiff,
    zarr_2,
)

PHASES = {"pore": 0, "active_material": 1, "carbon_binder": 2}


def bring(path: Path, voxel: Any = 4e-7, **choices: Any) -> ImportedVolume:
    """Import a file with the usual phases."""
    return import_volume(
        path, phases=PHASES, source="a test", licence="MIT", voxel_size_metre=voxel, choices=Choices(**choices)
    )


def put(path: Path, content: bytes) -> Path:
    """The path, after writing."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_every_format_gives_its_labels(tmp_path: Path, name: str) -> None:
    """Labels, their order and the hash of the file do not depend on the format."""
    content = FILES[name]()
    found = bring(put(tmp_path / name, content)).microstructure
    np.testing.assert_array_equal(found.labels, VOLUME)
    assert found.source_sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_zarr_folder_gives_its_labels(tmp_path: Path, name: str) -> None:
    """Chunks of version 2 and shards of version 3 are put together; the hash is that of all files."""
    path = FOLDERS[name](tmp_path / name)
    found = bring(path).microstructure
    np.testing.assert_array_equal(found.labels, VOLUME)
    files = sorted(file for file in path.rglob("*") if file.is_file())
    listing = "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(path).as_posix()}\n" for file in files
    )
    assert found.source_sha256 == hashlib.sha256(listing.encode()).hexdigest()


def test_the_format_is_that_of_the_content(tmp_path: Path) -> None:
    """A TIFF file under another name is read all the same."""
    np.testing.assert_array_equal(bring(put(tmp_path / "volume.dat", tiff())).microstructure.labels, VOLUME)


@pytest.mark.parametrize("kind", ["tif", "png", "bmp", "npy"])
def test_a_folder_of_slices_is_a_volume(tmp_path: Path, kind: str) -> None:
    """Slices are stacked as a person counts them: 2 before 10, whatever else lies in the folder."""
    volume = np.concatenate([VOLUME, 2 - VOLUME])
    for number, plane in enumerate(volume):
        path = tmp_path / "stack" / f"slice{number}.{kind}"
        if kind in ("tif", "npy"):
            put(path, tiff(plane) if kind == "tif" else npy(plane))
        else:
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(plane).save(path)
    (tmp_path / "stack" / "notes.txt").write_text("hello")
    found = bring(tmp_path / "stack")
    np.testing.assert_array_equal(found.microstructure.labels, volume)
    assert any("slice0" in text and "slice11" in text for text in found.assumed)


def test_a_folder_that_is_no_volume_says_why(tmp_path: Path) -> None:
    """Slices of several sizes or kinds, coloured ones, a missing one, none at all."""
    stack = tmp_path / "stack"
    for number, plane in enumerate(VOLUME):
        put(stack / f"{number:03}.tif", tiff(plane))
    (stack / "003.tif").unlink()
    with pytest.raises(UnreadableVolumeError, match="lacks the slice after number 2"):
        bring(stack)
    put(stack / "003.tif", tiff(VOLUME[0, :4]))
    with pytest.raises(VolumeShapeError, match=r"003.tif is a slice of \(4, 7\) uint8, 000.tif one of \(5, 7\)"):
        bring(stack)
    put(stack / "003.png", b"")
    with pytest.raises(UnreadableVolumeError, match=r"several kinds \(\.tif, \.png\)"):
        bring(stack)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableVolumeError, match="a folder with no slices"):
        bring(tmp_path / "empty")


def test_pages_written_one_by_one_are_one_volume(tmp_path: Path) -> None:
    """With a palette their indices are the labels; where zero is white on some, the stored numbers are."""
    for name, options in (("palette", [{"photometric": "palette", "colormap": np.zeros((3, 256), np.uint16)}]),
                          ("mixed", [{"photometric": "miniswhite"}, {"photometric": "minisblack"}])):  # fmt: skip
        with tifffile.TiffWriter(tmp_path / f"{name}.tif") as file:
            for number, plane in enumerate(VOLUME):
                file.write(plane, contiguous=False, **options[number % len(options)])
        found = bring(tmp_path / f"{name}.tif")
        np.testing.assert_array_equal(found.microstructure.labels, VOLUME)
        assert any(("palette" if name == "palette" else "zero as white") in text for text in found.assumed)


def test_smaller_copies_are_passed_over(tmp_path: Path) -> None:
    """A thumbnail behind the pages, and a pyramid below them."""
    with tifffile.TiffWriter(tmp_path / "thumbnail.tif") as file:
        file.write(VOLUME, photometric="minisblack")
        file.write(VOLUME[0, ::2, ::2], photometric="minisblack", subfiletype=1)
    with tifffile.TiffWriter(tmp_path / "pyramid.tif") as file:
        file.write(VOLUME, photometric="minisblack", subifds=1)
        file.write(VOLUME[:, ::2, ::2], photometric="minisblack", subfiletype=1)
    for name in ("thumbnail", "pyramid"):
        np.testing.assert_array_equal(bring(tmp_path / f"{name}.tif").microstructure.labels, VOLUME)


def test_three_slices_are_no_colours(tmp_path: Path) -> None:
    """Three planes of labels that a writer took for colours are slices; colours that differ in many values are not."""
    put(tmp_path / "three.tif", tiff(VOLUME[:3], photometric="rgb", planarconfig="separate"))
    np.testing.assert_array_equal(bring(tmp_path / "three.tif").microstructure.labels, VOLUME[:3])
    picture = np.arange(3 * 50 * 7, dtype=np.uint16).reshape(3, 50, 7)
    put(tmp_path / "colour.tif", tiff(picture, photometric="rgb", planarconfig="separate"))
    with pytest.raises(VolumeShapeError, match="colour image"):
        bring(tmp_path / "colour.tif")


def test_equal_colours_are_grey(tmp_path: Path) -> None:
    """Labels that were saved as colours, all three the same, are labels."""
    put(tmp_path / "grey.tif", tiff(np.repeat(VOLUME[..., None], 3, axis=-1), photometric="rgb"))
    np.testing.assert_array_equal(bring(tmp_path / "grey.tif").microstructure.labels, VOLUME)


@pytest.mark.parametrize("shape", [(1, 6, 5, 7), (6, 5, 7, 1), (1, 6, 5, 1, 7)])
def test_axes_of_length_one_are_no_axes(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """They are left out whatever the format."""
    volume = VOLUME.reshape(shape)
    for path in (put(tmp_path / "a.npy", npy(volume)), put(tmp_path / "a.h5", hdf5(volume))):
        np.testing.assert_array_equal(bring(path).microstructure.labels, VOLUME)


def test_a_series_in_time_is_no_volume(tmp_path: Path) -> None:
    """Times and channels are counted in the message; phases as channels are told to be joined."""
    series = np.stack([VOLUME, VOLUME])
    put(tmp_path / "series.tif", tiff(series, imagej=True, metadata={"axes": "TZYX"}))
    with pytest.raises(VolumeShapeError, match="6 slices, 1 channels and 2 times"):
        bring(tmp_path / "series.tif")
    with pytest.raises(VolumeShapeError, match=r"4 axes, \(2, 6, 5, 7\).*argmax"):
        bring(put(tmp_path / "series.npy", npy(series)))


OME = (
    '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">'
    '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="7" SizeY="5" SizeZ="6" SizeC="1" SizeT="1">{}'
    "</Pixels></Image></OME>"
)


def ome_set(folder: Path) -> list[Path]:
    """A volume spread over two files, each with the description of both; the second one's pages go backwards."""
    places = [("a.ome.tif", number, number) for number in range(3)]
    places += [("b.ome.tif", page, 5 - page) for page in range(3)]
    data = "".join(
        f'<TiffData IFD="{page}" FirstZ="{z}" PlaneCount="1"><UUID FileName="{name}">urn:uuid:{name}</UUID></TiffData>'
        for name, page, z in places
    )
    paths = []
    for name, planes in (("a.ome.tif", VOLUME[:3]), ("b.ome.tif", VOLUME[:2:-1])):
        paths.append(put(folder / name, tiff(planes, description=OME.format(data), metadata=None)))
    return paths


def test_a_volume_in_several_ome_files(tmp_path: Path) -> None:
    """Whichever file of the set is named, all are read, in the order that they state; one that is missing is named."""
    paths = ome_set(tmp_path / "set")
    hashes = set()
    for path in paths:
        found = bring(path).microstructure
        np.testing.assert_array_equal(found.labels, VOLUME)
        hashes.add(found.source_sha256)
    assert len(hashes) == 1
    paths[0].unlink()
    with pytest.raises(
        TruncatedVolumeError, match=r"set of 2 files that hold 6 slices.*a\.ome\.tif beside it are missing"
    ):
        bring(paths[1])


def test_an_ome_file_for_each_slice(tmp_path: Path) -> None:
    """The same where each file holds one page."""
    data = "".join(
        f'<TiffData IFD="0" FirstZ="{z}" PlaneCount="1"><UUID FileName="{z}.tif">x</UUID></TiffData>' for z in range(6)
    )
    for z, plane in enumerate(VOLUME):
        put(tmp_path / "set" / f"{z}.tif", tiff(plane, description=OME.format(data), metadata=None))
    np.testing.assert_array_equal(bring(tmp_path / "set" / "3.tif").microstructure.labels, VOLUME)


@pytest.mark.parametrize("name", ["../secret.tif", "/etc/passwd"])
def test_an_ome_set_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    """A file that is named outside of the folder is not opened."""
    put(tmp_path / "secret.tif", tiff())
    data = f'<TiffData IFD="0" FirstZ="0" PlaneCount="6"><UUID FileName="{name}">x</UUID></TiffData>'
    path = put(tmp_path / "set" / "a.ome.tif", tiff(description=OME.format(data), metadata=None))
    with pytest.raises(TruncatedVolumeError, match="missing"):
        bring(path)


def test_pages_that_are_stated_but_missing(tmp_path: Path) -> None:
    """A description of more slices than there are pages is told, not filled with zeros."""
    path = put(tmp_path / "a.ome.tif", tiff(VOLUME[:2], description=OME.format(""), metadata=None))
    with pytest.raises(TruncatedVolumeError, match="states 6 slices and has 2 pages"):
        bring(path)


@pytest.mark.parametrize("make", [npz, None], ids=["npz", "hdf5"])
def test_one_of_several_arrays_is_chosen(tmp_path: Path, make: Callable[..., bytes] | None) -> None:
    """Without a choice the arrays are listed with their shapes; a wrong choice gets a hint."""
    import h5py

    path = tmp_path / "several"
    if make:
        put(path, make(first=VOLUME, second=2 - VOLUME))
    else:
        with h5py.File(path, "w") as file:
            file["deep/first"], file["deep/second"] = VOLUME, 2 - VOLUME
    np.testing.assert_array_equal(bring(path, inside="second").microstructure.labels, 2 - VOLUME)
    with pytest.raises(ManyVolumesError, match=r"first \(6, 5, 7\), .*second \(6, 5, 7\). Choose one with --path"):
        bring(path)
    with pytest.raises(ManyVolumesError, match=r"did you mean '.*second'"):
        bring(path, inside="deep/secondd" if make is None else "secondd")


def test_bare_voxels_need_words(tmp_path: Path) -> None:
    """Shape, type and order by a name or by the user; a size that contradicts them is told in bytes."""
    path = put(tmp_path / "scan.raw", VOLUME.astype(">i2").tobytes("F"))
    with pytest.raises(UnreadableVolumeError, match="Say it: --raw '24x32x40 uint8'"):
        bring(path)
    np.testing.assert_array_equal(bring(path, layout="6x5x7 int16 fortran big").microstructure.labels, VOLUME)
    with pytest.raises(UnreadableVolumeError, match="has 420 bytes; 6 x 5 x 7 voxels of uint8 take 210"):
        bring(path, layout="6x5x7 uint8")
    with pytest.raises(UnreadableVolumeError, match="is no layout"):
        bring(path, layout="6x5x7")


@pytest.mark.parametrize("name", ["../labels.bin", "/etc/passwd", "gone.bin"])
def test_a_header_reaches_only_beside_itself(tmp_path: Path, name: str) -> None:
    """The data file of a detached header lies beside it, or is refused."""
    put(tmp_path / "labels.bin", VOLUME.tobytes())
    for file, content in (("a.mhd", metaimage().replace(b"LOCAL", name.encode())),
                          ("a.nhdr", nrrd(VOLUME, f"data file: {name}"))):  # fmt: skip
        with pytest.raises(UnreadableVolumeError, match="beside it"):
            bring(put(tmp_path / "in" / file, content.partition(b"\0")[0]))
        put(tmp_path / "in" / "b.bin", VOLUME.tobytes("F" if "nhdr" in file else "C"))
        right = put(tmp_path / "in" / file, content.partition(b"\0")[0].replace(name.encode(), b"b.bin"))
        np.testing.assert_array_equal(bring(right).microstructure.labels, VOLUME)


def test_zarr_takes_missing_chunks_as_empty_and_no_others(tmp_path: Path) -> None:
    """A missing chunk holds the fill value; without any chunk the folder is cut short; levels are chosen by name."""
    folder = zarr_2(tmp_path / "a.zarr", fill_value=1)
    (folder / "1.0.0").unlink()
    np.testing.assert_array_equal(bring(folder).microstructure.labels[4:], 1)
    (folder / "0.0.0").unlink()
    with pytest.raises(TruncatedVolumeError, match="none of its 2 chunks"):
        bring(folder)


def test_ome_zarr_is_read_at_its_finest(tmp_path: Path) -> None:
    """The first level of a multiscale image, with its scale; another one by --path."""
    root = tmp_path / "image.zarr"
    zarr_2(root / "0"), zarr_2(root / "1", VOLUME[::2])
    (root / ".zgroup").write_text('{"zarr_format": 2}')
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
    scale = {"type": "scale", "scale": [0.8, 0.4, 0.2]}
    levels = [{"path": "0", "coordinateTransformations": [scale]}, {"path": "1"}]
    (root / ".zattrs").write_text(json.dumps({"multiscales": [{"axes": axes, "datasets": levels}]}))
    found = bring(root, None).microstructure
    np.testing.assert_array_equal(found.labels, VOLUME)
    np.testing.assert_allclose(found.voxel_edges_metre, [8e-7, 4e-7, 2e-7])
    assert bring(root, inside="1").microstructure.labels.shape == (3, 5, 7)


def archive_of(name: str, content: bytes) -> bytes:
    """A ZIP archive with one file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.tif", tiff(np.stack([VOLUME] * 3), compression="jpeg"), "JPEG, which changes labels"),
        ("a.nii", nifti(slope=0.5), "scales its values"),
        ("a.nrrd", nrrd(VOLUME, "kinds: RGB-color domain domain"), "axis of the kind 'rgb-color'"),
        ("a.mha", metaimage(VOLUME, "ElementNumberOfChannels = 3"), "several values for each voxel"),
        ("a.tif", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "Git LFS pointer"),
        ("a.tif.gz", b"\x1f\x8b\x08" + bytes(20), "is compressed by gzip. Unpack it"),
        ("slices.zip", archive_of("slice0.tif", tiff(VOLUME[0])), "an archive without arrays of NumPy. Unpack it"),
        ("a.vtk", b"# vtk DataFile Version 3.0\n", "is not a volume that is read here"),
    ],
)
def test_what_is_not_read_is_told_for_what_it_is(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """Nothing that the reader lacks is called damage."""
    with pytest.raises((UnreadableVolumeError, VolumeShapeError), match=said) as refused:
        bring(put(tmp_path / name, content))
    assert "damaged" not in str(refused.value)
