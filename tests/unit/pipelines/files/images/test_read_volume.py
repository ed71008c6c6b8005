"""Import of segmented volumes, and what it refuses."""

from __future__ import annotations

import hashlib
import io
import logging
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from ragone.pipelines.files.images import import_volume
from ragone.pipelines.files.images.errors import (
    NotSegmentedError,
    PhaseMapError,
    PickledVolumeError,
    TruncatedVolumeError,
    UnreadableVolumeError,
    VolumeNotFoundError,
    VolumeShapeError,
)
from ragone.schemas import Microstructure, RagoneError
from ragone.schemas.errors import UnknownFieldError

VOLUME = (np.arange(6 * 5 * 7).reshape(6, 5, 7) % 3 * 85).astype(np.uint8)
COLOURS = np.arange(4 * 9 * 8 * 3, dtype=np.uint8).reshape(4, 9, 8, 3)


def read(path: Path, phases: dict[str, int] | None = None) -> Microstructure:
    """Read a file with the usual phase map."""
    phases = phases or {"carbon_binder": 170, "pore": 0, "active_material": 85}
    found = import_volume(path, voxel_size_metre=4e-7, phases=phases, source="a test", licence="CC0-1.0")
    return found.microstructure


def tiff(array: Any, **options: Any) -> bytes:
    """An array as the bytes of a TIFF file."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, array, **options)
    return stream.getvalue()


def npy(array: Any) -> bytes:
    """An array as the bytes of an NPY file."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def written(path: Path, content: bytes) -> Path:
    """The path, after writing."""
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"imagej": True}, {"bigtiff": True}])
def test_a_tiff_comes_in_with_its_hash(tmp_path: Path, options: dict[str, Any]) -> None:
    """Voxels, phase map in canonical order, source and the file's SHA-256 are kept."""
    content = tiff(VOLUME, **options)
    found = read(written(tmp_path / "volume.tif", content))
    np.testing.assert_array_equal(found.labels, VOLUME)
    assert found.phase_map() == {"pore": 0, "active_material": 85, "carbon_binder": 170}
    assert found.phase_names[0] == "pore"
    assert found.source_sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["uint8", "int64", ">u2"])
def test_an_npy_comes_in_whatever_its_layout(tmp_path: Path, order: Any, dtype: str) -> None:
    """Integer types, byte orders and memory orders do not matter; the labels do."""
    found = read(written(tmp_path / "volume.npy", npy(np.asarray(VOLUME, dtype=dtype, order=order))))
    np.testing.assert_array_equal(found.labels, VOLUME)


def test_true_and_false_are_labels(tmp_path: Path) -> None:
    """A mask is a volume of two phases."""
    found = read(written(tmp_path / "mask.npy", npy(VOLUME == 0)), {"active_material": 0, "pore": 1})
    assert found.phase("pore").sum() == (VOLUME == 0).sum()


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"imagej": True}])
def test_a_tiff_cut_anywhere_is_refused_or_whole(
    tmp_path: Path, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    """Cut after any byte, a TIFF never gives other voxels than it held, and nothing is logged to the terminal."""
    content = tiff(VOLUME, **options)
    refused = 0
    lengths = [*range(0, len(content), 7), *range(len(content) - 40, len(content))]
    for length in lengths:
        try:
            found = read(written(tmp_path / "cut.tif", content[:length]))
        except UnreadableVolumeError:
            refused += 1
        else:
            np.testing.assert_array_equal(found.labels, VOLUME)
    assert refused > 0.8 * len(lengths)
    assert capfd.readouterr() == ("", "")


def test_a_cut_tiff_is_found_out_though_logging_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume that lost its last layers is refused, whoever switched the reader's logger off; the switches stay."""
    whole = tiff(VOLUME, compression="zlib")
    lengths = range(len(whole) // 2, len(whole), 7)
    logger = tifffile.logger()
    monkeypatch.setattr(logger, "disabled", True)
    monkeypatch.setattr(logger, "level", logging.CRITICAL)
    logging.disable(logging.CRITICAL)
    try:
        for length in lengths:
            try:
                found = read(written(tmp_path / "cut.tif", whole[:length]))
            except UnreadableVolumeError:
                continue
            np.testing.assert_array_equal(found.labels, VOLUME)
        assert (logger.disabled, logger.level, logging.root.manager.disable) == (
            True,
            logging.CRITICAL,
            logging.CRITICAL,
        )
    finally:
        logging.disable(logging.NOTSET)


def test_an_npy_cut_anywhere_is_truncated(tmp_path: Path) -> None:
    """Cut after any byte, in the header or the voxels, an NPY is refused as cut short."""
    content = npy(VOLUME)
    for length in range(len(content)):
        with pytest.raises(TruncatedVolumeError, match="cut short"):
            read(written(tmp_path / "cut.npy", content[:length]))


def test_missing_files_and_folders(tmp_path: Path) -> None:
    """A path without a file says so, and is a FileNotFoundError too."""
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(VolumeNotFoundError, match=r"nothing\.tiff"):
        read(tmp_path / "nothing.tiff")
    with pytest.raises(UnreadableVolumeError, match=r"folder\.npy is a folder with no slices"):
        read(tmp_path / "folder.npy")
    assert issubclass(VolumeNotFoundError, FileNotFoundError)


def test_grey_scale_says_how_many_values(tmp_path: Path) -> None:
    """Too many distinct values are grey values; the message counts them."""
    grey = np.arange(200, dtype=np.uint16).reshape(5, 5, 8) * 7
    for name, content in (("grey.tif", tiff(grey, photometric="minisblack")), ("grey.npy", npy(grey))):
        with pytest.raises(NotSegmentedError, match="200 distinct values from 0 to 1393"):
            read(written(tmp_path / name, content))


def test_real_numbers_are_no_labels(tmp_path: Path) -> None:
    """Floats that are no whole numbers are refused, with one of them; so are infinite ones."""
    for wrong in (0.5, np.nan, np.inf):
        voxels = VOLUME.astype(np.float32)
        voxels[1, 2, 3] = wrong
        with pytest.raises(NotSegmentedError, match=f"no whole numbers, {wrong:g}"):
            read(written(tmp_path / "volume.npy", npy(voxels)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("flat.tif", tiff(VOLUME[0])),
        ("flat.npy", npy(VOLUME[0])),
        ("four.npy", npy(np.stack([VOLUME, VOLUME]))),
        ("empty.npy", npy(VOLUME[:0])),
        ("colour.tif", tiff(COLOURS[0], photometric="rgb")),
        ("colours.tif", tiff(COLOURS, photometric="rgb")),
    ],
)
def test_what_is_no_volume_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """Two or four axes, no voxels, and colour images are refused by shape."""
    with pytest.raises(VolumeShapeError, match=r"axes|colour|no voxel"):
        read(written(tmp_path / name, content))


def test_images_of_different_size_are_no_volume(tmp_path: Path) -> None:
    """A TIFF with pages of different shape is refused."""
    with tifffile.TiffWriter(tmp_path / "pages.tif") as file:
        file.write(VOLUME[0])
        file.write(VOLUME[0, :3])
    with pytest.raises(VolumeShapeError, match=r"2 images of 2 sizes \(3 x 7, 5 x 7\)"):
        read(tmp_path / "pages.tif")


def test_an_unclaimed_label_is_named(tmp_path: Path) -> None:
    """A label that no phase claims is named with its voxel count."""
    with pytest.raises(UnknownFieldError, match=r"label 170 \(70 voxels\)"):
        read(written(tmp_path / "volume.tif", tiff(VOLUME)), {"pore": 0, "active_material": 85})


def test_an_unknown_phase_has_a_hint(tmp_path: Path) -> None:
    """A misspelled phase is refused before the file is read."""
    with pytest.raises(PhaseMapError, match="did you mean 'active_material'"):
        read(tmp_path / "nothing.tif", {"pore": 0, "activ_material": 85})


def test_python_objects_are_never_unpickled(tmp_path: Path) -> None:
    """An object array and a bare pickle under the name of an NPY are refused by their headers."""
    objects = np.array([[[1, "a"]]], dtype=object)
    stream = io.BytesIO()
    np.save(stream, objects, allow_pickle=True)
    for content in (stream.getvalue(), pickle.dumps(VOLUME)):
        with pytest.raises(PickledVolumeError, match="never read"):
            read(written(tmp_path / "volume.npy", content))


@pytest.mark.parametrize("name", ["volume.tif", "volume.npy", "volume.png"])
def test_other_files_are_refused(tmp_path: Path, name: str) -> None:
    """A file that is not what its name says, or of an unknown kind, is refused without a stack of causes."""
    with pytest.raises(RagoneError, match=name):
        read(written(tmp_path / name, b"this is a text, and a long one at that"))
