"""The sample inside of a volume: what lies around it, padding, and boxes that are asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ragone.pipelines.files.images import Choices, ImportedVolume, import_volume
from ragone.pipelines.files.images.errors import NotSegmentedError, PhaseMapError, SampleError, UnclaimedLabelError
from ragone.pipelines.files.images.phases import Phases, parse_labels, parse_phases
from ragone.pipelines.files.images.sample import box_inside

PHASES = parse_phases("0=pore,1=active_material,2=carbon_binder")


@pytest.fixture
def labels() -> np.ndarray:
    """Labels 0 to 2 without order; shape (12, 20, 24)."""
    return np.random.default_rng(3).integers(0, 3, (12, 20, 24)).astype(np.uint8)


def bring(
    tmp_path: Path, labels: np.ndarray, phases: Phases = PHASES, outside: str = "", **choices: object
) -> ImportedVolume:
    """Import an array."""
    np.save(tmp_path / "a.npy", labels)
    beyond = parse_labels(outside) if outside else ()
    return import_volume(
        tmp_path / "a.npy", phases=phases, source="a test", licence="MIT", voxel_size_metre=4e-7,
        choices=Choices(outside=beyond, **choices),  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_round_field_of_view_becomes_its_largest_box(tmp_path: Path, labels: np.ndarray) -> None:
    """No voxel of the box is outside, and no larger one is in a column of any cross-section; its place is told."""
    rows, columns = np.ogrid[:20, :24]
    labels[:, (rows - 9.5) ** 2 / 100 + (columns - 11.5) ** 2 / 144 > 1] = 3
    found = bring(tmp_path, labels, outside="3")
    best = max(
        (high - low) * (right - left)
        for low in range(20) for high in range(low + 1, 21)
        for left in range(24) for right in range(left + 1, 25)
        if not (labels[0, low:high, left:right] == 3).any()
    )  # fmt: skip
    assert found.microstructure.labels.size == 12 * best
    assert set(np.unique(found.microstructure.labels)) == {0, 1, 2}
    (told,) = [text for text in found.assumed if text.startswith("cut to the box 0:12,")]
    low, high, left, right = (int(n) for part in told.split()[4].split(",")[1:] for n in part.split(":"))
    np.testing.assert_array_equal(found.microstructure.labels, labels[:, low:high, left:right])


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_padding_with_its_own_label_is_cut_away(tmp_path: Path, labels: np.ndarray, axis: int) -> None:
    """Slices outside of the sample at an end of any axis."""
    padded = np.pad(labels, [(2, 5) if k == axis else (0, 0) for k in range(3)], constant_values=255)
    np.testing.assert_array_equal(bring(tmp_path, padded, outside="255").microstructure.labels, labels)


def test_a_tilted_sample_and_a_ball_have_boxes(labels: np.ndarray) -> None:
    """Where no axis is free of the outside, the faces are shaved: no voxel outside, and not too few inside."""
    x, y, z = np.ogrid[-10:10, -10:10, -10:10]
    ball = (x + 0.5) ** 2 + (y + 0.5) ** 2 + (z + 0.5) ** 2 > 100
    part = ball[box_inside(ball, Path("a"))]
    assert not part.any()
    assert part.size > 0.8 * (20 / 3**0.5) ** 3


def test_scattered_outside_is_refused(tmp_path: Path, labels: np.ndarray) -> None:
    """Labels all over the volume are not around it: what is left is told, with what to do."""
    labels[np.random.default_rng(1).random(labels.shape) < 0.2] = 7
    with pytest.raises(SampleError, match=r"holds \d+ of its \d+ voxels inside: too little is left"):
        bring(tmp_path, labels, outside="7")
    with pytest.raises(SampleError, match="holds 0 of its 0 voxels inside"):
        bring(tmp_path, np.full((4, 4, 4), 7), outside="7")


def test_an_outside_that_does_not_occur_changes_nothing(tmp_path: Path, labels: np.ndarray) -> None:
    """Nothing is cut, and nothing is told of a cut."""
    found = bring(tmp_path, labels, outside="9")
    np.testing.assert_array_equal(found.microstructure.labels, labels)
    assert not any("cut" in text for text in found.assumed)


def test_slices_of_one_label_at_an_end_are_noticed(tmp_path: Path, labels: np.ndarray) -> None:
    """They are kept and told with their number, place and phase; --trim leaves them out."""
    padded = np.concatenate([labels, np.zeros((4, 20, 24), np.uint8)])
    found = bring(tmp_path, padded)
    np.testing.assert_array_equal(found.microstructure.labels, padded)
    (told,) = found.noticed
    assert told.startswith("4 slices at the end of axis 0 hold pore alone")
    assert "--trim" in told
    trimmed = bring(tmp_path, padded, trim=True)
    np.testing.assert_array_equal(trimmed.microstructure.labels, labels)
    assert not trimmed.noticed
    assert not bring(tmp_path, labels).noticed


def test_a_volume_of_one_phase_is_noticed_and_kept(tmp_path: Path) -> None:
    """It is no padding, and --trim takes nothing of it."""
    found = bring(tmp_path, np.zeros((3, 4, 5), np.uint8), trim=True)
    assert found.noticed == ("the whole volume is pore",)
    assert found.microstructure.labels.shape == (3, 4, 5)


def test_a_box_is_cut_in_the_axes_of_the_file(tmp_path: Path, labels: np.ndarray) -> None:
    """Ends may be left out; the axis is chosen afterwards."""
    found = bring(tmp_path, labels, crop="2:10,:8,5:", axis="2")
    np.testing.assert_array_equal(found.microstructure.labels, np.moveaxis(labels[2:10, :8, 5:], 2, 0))


@pytest.mark.parametrize("crop", ["1:2", "a,b,c", "0:13,:,:", "5:5,:,:", ":,:,:,:", "-1:3,:,:"])
def test_a_box_that_is_none(tmp_path: Path, labels: np.ndarray, crop: str) -> None:
    """Malformed, empty, or beyond the volume."""
    with pytest.raises(SampleError, match=r"is no box|does not lie in"):
        bring(tmp_path, labels, crop=crop)


@pytest.mark.parametrize(
    ("values", "dtype", "text"),
    [
        ((-1, 0, 1), np.int16, "-1=pore,0=active_material,1=carbon_binder"),
        ((0, 1000, 65535), np.uint16, "0=pore,1000=active_material,65535=carbon_binder"),
        ((0, 1, 2**40), np.int64, "0=pore,1=active_material,1099511627776=carbon_binder"),
    ],
)
def test_labels_that_a_byte_does_not_hold(
    tmp_path: Path, labels: np.ndarray, values: tuple[int, ...], dtype: type, text: str
) -> None:
    """The phases are numbered anew, and what they were is told."""
    found = bring(tmp_path, np.array(values, dtype)[labels], parse_phases(text))
    np.testing.assert_array_equal(found.microstructure.labels, labels)
    assert any("numbered anew" in part and f"(was {values[2]})" in part for part in found.assumed)


def test_a_byte_keeps_its_labels(tmp_path: Path, labels: np.ndarray) -> None:
    """Nothing is numbered anew where it need not be; whole numbers stored as real ones are labels too."""
    for dtype in (np.uint8, np.int64, np.float32, np.float64, np.float16):
        found = bring(
            tmp_path, (labels * 85).astype(dtype), parse_phases("0=pore,85=active_material,170=carbon_binder")
        )
        np.testing.assert_array_equal(found.microstructure.labels, labels * 85)
        assert found.microstructure.phase_map() == {"pore": 0, "active_material": 85, "carbon_binder": 170}
        assert any("whole numbers" in text for text in found.assumed) == (np.dtype(dtype).kind == "f")


def test_spans_are_thresholds(tmp_path: Path) -> None:
    """Blurred borders between two phases are given to the nearer one, also where there are hundreds of values."""
    grey = np.random.default_rng(5).integers(0, 256, (9, 9, 9)).astype(np.uint8)
    found = bring(tmp_path, grey, parse_phases("0..127=active_material,128..255=pore"))
    np.testing.assert_array_equal(found.microstructure.phase("pore"), grey >= 128)
    with pytest.raises(NotSegmentedError, match=r"--phases 0\.\.127=active_material,128\.\.255=pore"):
        bring(tmp_path, grey, parse_phases("0=active_material,255=pore"))


def test_the_advice_for_a_blurred_border_can_be_followed(tmp_path: Path) -> None:
    """A label between two phases: the message has a map that works; a label beyond them is not called blurred."""
    grey = np.array([0, 51, 204, 255], np.uint8)[np.random.default_rng(5).integers(0, 4, (9, 9, 9))]
    with pytest.raises(UnclaimedLabelError, match="blurred borders") as refused:
        bring(tmp_path, grey, parse_phases("255=pore,0=active_material"))
    advised = str(refused.value).partition("--phases ")[2].rstrip(".")
    found = bring(tmp_path, grey, parse_phases(advised))
    np.testing.assert_array_equal(found.microstructure.phase("pore"), grey > 128)
    with pytest.raises(UnclaimedLabelError, match="--outside 255") as refused:
        bring(tmp_path, grey, parse_phases("0..204=pore"))
    assert "borders" not in str(refused.value)


def test_a_label_is_either_a_phase_or_outside(tmp_path: Path, labels: np.ndarray) -> None:
    """It cannot be both."""
    with pytest.raises(PhaseMapError, match="share a label, 2"):
        bring(tmp_path, labels, outside="2")
