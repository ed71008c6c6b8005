"""Pictures, in characters and as PNG files."""

from __future__ import annotations

import numpy as np
import pytest

from ragone.app.pictures.characters import curve, slice_blocks
from ragone.app.pictures.drawing import PictureError, Point, draw, draw_designs


def pixels(path):
    """The picture as an array, shape (height, width, 4), in [0, 1]."""
    from matplotlib.image import imread

    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    return imread(path)


def test_slice_in_characters(example):
    """The middle slice: one cell for two voxels, coloured by phase, with the volume fraction of each."""
    labels = np.zeros((4, 6, 3), np.uint8)
    labels[:, 3:, 1] = 1
    text = slice_blocks(example("microstructure", labels=labels), width=80)
    rows = text.plain.splitlines()
    assert [len(row) for row in rows[:2]] == [6, 6]
    styles = [str(span.style) for span in text.spans[:6]]
    assert styles == ["grey11 on grey11"] * 3 + ["steel_blue on steel_blue"] * 3
    assert "pore 0.8333" in rows[2]
    assert "active_material 0.1667" in rows[2]


def test_slice_fits_the_terminal(example):
    """A large volume is thinned out to the width."""
    labels = np.zeros((201, 300, 1), np.uint8)
    text = slice_blocks(example("microstructure", labels=labels), width=40)
    assert max(len(row) for row in text.plain.splitlines()[:-1]) <= 40


def test_slice_of_boxes_is_to_scale(example):
    """Voxels twice as long through-plane take twice the height; fine ones across, half the width."""
    labels = np.zeros((4, 6, 3), np.uint8)
    tall = slice_blocks(example("microstructure", labels=labels, voxel_edges_metre=[8e-7, 4e-7, 9e-7]), width=80)
    assert [len(row) for row in tall.plain.splitlines()[:-1]] == [6] * 4
    wide = slice_blocks(example("microstructure", labels=labels, voxel_edges_metre=[4e-7, 8e-7, 4e-7]), width=80)
    assert [len(row) for row in wide.plain.splitlines()[:-1]] == [12] * 2


def test_picture_of_boxes_is_to_scale(example, tmp_path, monkeypatch):
    """The axes of a slice are lengths, of either edge its own."""
    from matplotlib.axes import Axes

    extents = []
    shown = Axes.imshow
    monkeypatch.setattr(Axes, "imshow", lambda axes, *a, **k: extents.append(k["extent"]) or shown(axes, *a, **k))
    labels = np.zeros((4, 6, 3), np.uint8)
    draw(example("microstructure", labels=labels, voxel_edges_metre=[8e-7, 4e-7, 9e-7]), tmp_path / "m.png")
    assert extents[0] == pytest.approx((0, 2.4, 0, 3.2))


def test_phases_without_a_colour_get_one(example):
    """Any number of phases can be drawn."""
    names = tuple(f"phase_{number}" for number in range(9))
    labels = np.arange(9, dtype=np.uint8).reshape(1, 9, 1)
    many = example("microstructure", labels=labels, phase_names=names, phase_labels=np.arange(9, dtype=np.uint8))
    assert "phase_8" in slice_blocks(many, width=80).plain


def test_curve_in_characters():
    """A falling line falls from the top left to the bottom right, with the ends of both axes."""
    rows = curve(np.array([0.0, 10.0]), np.array([4.0, 3.0]), "title", width=60).plain.splitlines()
    assert rows[0] == "title"
    assert rows[1].split() == ["4.000", "|" + rows[1].split("|")[1].split()[0]]
    assert rows[12].strip().startswith("3.000")
    assert rows[12].rstrip().endswith("•")
    assert rows[1].index("•") < rows[12].index("•")
    assert rows[-1].split() == ["0", "10"]


def test_flat_curve():
    """A curve of one value is drawn, not divided by zero."""
    assert "•" in curve(np.array([0.0, 1.0]), np.array([3.7, 3.7]), "flat", width=60).plain


@pytest.mark.parametrize("kind", ["microstructure", "discharge"])
def test_png_of_a_record(kind, example, tmp_path):
    """A microstructure and a discharge can be drawn into a PNG that is not blank."""
    draw(example(kind), tmp_path / "picture.png")
    assert pixels(tmp_path / "picture.png")[..., :3].std() > 0.01


def test_pictures_are_deterministic(example, tmp_path):
    """The same record gives the same file."""
    for name in ("a.png", "b.png"):
        draw(example("microstructure"), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_other_records_have_no_picture(example, tmp_path):
    """A record without a picture is refused, and no file is left."""
    with pytest.raises(PictureError, match=r"kpi-[0-9a-f]{64} has no picture"):
        draw(example("kpi"), tmp_path / "picture.png")
    assert list(tmp_path.iterdir()) == []


def test_designs_of_a_campaign(tmp_path):
    """The designs are drawn, and the best one is marked in crimson."""
    points = [Point(0.3, 600.0, 10.0), Point(0.35, 640.0, 20.0, best=True), Point(0.4, 620.0, 30.0)]
    labels = {"x": "porosity [-]", "y": "energy density [W.h/L]", "shade": "loading", "title": "3 designs"}
    draw_designs(points, **labels, path=tmp_path / "with.png")
    red = np.abs(pixels(tmp_path / "with.png")[..., :3] - np.array([220, 20, 60]) / 255).sum(axis=2) < 0.1
    assert red.sum() > 50


def test_a_censored_design_is_an_arrow(tmp_path):
    """A design that is only known to be better looks otherwise than one with a value, also where no value is known."""
    labels = {"x": "porosity [-]", "y": "cycle life [-]", "shade": "loading", "title": "2 designs"}
    pictures = []
    for bounds in ((False, False), (False, True), (True, True)):
        points = [Point(0.3 + 0.1 * n, 600.0, 10.0 * n, bound=bound) for n, bound in enumerate(bounds)]
        draw_designs(points, **labels, path=tmp_path / "picture.png")
        pictures.append((tmp_path / "picture.png").read_bytes())
    assert len(set(pictures)) == 3


def test_slice_without_colours(example):
    """Where there are no colours each phase has a sign of its own, told below."""
    labels = np.repeat(np.array([0, 1, 2], np.uint8), 4).reshape(3, 4, 1)
    text = slice_blocks(example("microstructure", labels=labels), width=80, coloured=False)
    assert text.plain.splitlines()[:2] == ["    ", "████"]
    assert "'▒' active_material" in text.plain
