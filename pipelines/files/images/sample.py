"""Which part of a volume is the sample? Padding at its ends, a round field of view, and a box that is asked for.

A mask is cut to a box without any voxel outside. In general the largest such box is found only by trying them all; here
two ways are tried and the larger result taken: the largest rectangle of the shadow along each axis, exact for a column
of any cross-section, and the faces shaved one by one, each time the one with the largest share outside.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import SampleError

Box = tuple[slice, slice, slice]
Mask = npt.NDArray[np.bool_]

_LEAST_SHARE = 0.1
_SPAN = re.compile(r"(\d{0,9}):(\d{0,9})", re.ASCII)


def parse_crop(text: str, shape: tuple[int, ...], path: Path) -> Box:
    """The box of ``10:90,0:64,:``, in voxels along the axes of the volume as it is read.

    Raises
    ------
    SampleError
        If it is malformed, empty, or reaches out of the volume.
    """
    parts = [_SPAN.fullmatch(part.strip()) for part in text.split(",")]
    if len(parts) != 3 or None in parts:
        raise SampleError(f"--crop {text!r} is no box. Write for example '10:90,0:64,:', first voxel to the one after.")
    box = tuple(
        slice(int(part[1] or 0), int(part[2]) if part[2] else edge)
        for part, edge in zip((part for part in parts if part), shape, strict=True)
    )
    if any(not 0 <= part.start < part.stop <= edge for part, edge in zip(box, shape, strict=True)):
        raise SampleError(f"--crop {text!r} does not lie in {path}, which has {_edges(shape)} voxels.")
    return box[0], box[1], box[2]


def box_inside(outside: Mask, path: Path) -> Box:
    """A large box that holds no voxel outside.

    Raises
    ------
    SampleError
        If it holds less than a tenth of the sample.
    """
    candidates = [_shaved(outside), *(_under_shadow(outside, axis) for axis in range(3))]
    box = max(candidates, key=lambda box: _size(box))
    inside = outside.size - int(np.count_nonzero(outside))
    if _size(box) < max(1.0, _LEAST_SHARE * inside):
        raise SampleError(
            f"the largest box of {path} without a voxel outside of the sample holds {_size(box)} of its {inside} "
            "voxels inside: too little is left. --outside is for what surrounds the sample; if these labels lie "
            "scattered in it, give them to a phase, or cut the volume by hand and name the box with --crop."
        )
    return box


def uniform_ends(labels: npt.NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Number of slices of one single label at both ends of each axis: (axis, at start, at end).

    Axes without any are left out; so is a volume of one label.
    """
    if labels.min() == labels.max():
        return []
    found = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        mixed = np.flatnonzero(labels.min(axis=others) != labels.max(axis=others))
        if mixed.size and (mixed[0] or mixed[-1] < labels.shape[axis] - 1):
            found.append((axis, int(mixed[0]), labels.shape[axis] - 1 - int(mixed[-1])))
    return found


def trimmed(labels: npt.NDArray[np.uint8]) -> Box:
    """The box without slices of one single label at its ends, along all axes."""
    box: list[Any] = [slice(0, edge) for edge in labels.shape]
    while ends := uniform_ends(labels[tuple(box)]):
        for axis, start, end in ends:
            box[axis] = slice(box[axis].start + start, box[axis].stop - end)
    return box[0], box[1], box[2]


def spelled_box(box: Box) -> str:
    """A box as it is written: ``10:90,0:64,0:64``."""
    return ",".join(f"{part.start}:{part.stop}" for part in box)


def _size(box: Box) -> int:
    return int(np.prod([max(0, part.stop - part.start) for part in box]))


def _edges(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _shaved(outside: Mask) -> Box:
    box = [[0, edge] for edge in outside.shape]
    while all(low < high for low, high in box):
        part = outside[tuple(slice(*ends) for ends in box)]
        faces = {(axis, end): part.take(0 if end == 0 else -1, axis).mean() for axis in range(3) for end in (0, 1)}
        (axis, end), share = max(faces.items(), key=lambda face: face[1])
        if share == 0:  # no face holds a voxel outside; whatever lies inside cannot be shaved off
            if part.any():
                break
            return slice(*box[0]), slice(*box[1]), slice(*box[2])
        box[axis][end] += 1 if end == 0 else -1
    return slice(0, 0), slice(0, 0), slice(0, 0)


def _under_shadow(outside: Mask, axis: int) -> Box:
    """Largest box as thick as the sample along an axis: the largest rectangle that no voxel outside shades."""
    others = tuple(other for other in range(3) if other != axis)
    sample = np.flatnonzero(~outside.all(axis=others))
    if not sample.size:
        return slice(0, 0), slice(0, 0), slice(0, 0)
    along = slice(int(sample[0]), int(sample[-1]) + 1)
    box = [along if k == axis else slice(0, 0) for k in range(3)]
    part = outside[tuple(along if k == axis else slice(None) for k in range(3))]
    box[others[0]], box[others[1]] = _rectangle(np.asarray(part.any(axis=axis)))
    return box[0], box[1], box[2]


def _rectangle(shade: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    """Largest rectangle of a picture without a true pixel: the largest one below a skyline, row by row."""
    heights = np.zeros(shade.shape[1] + 1, dtype=int)
    best, found = 0, (slice(0, 0), slice(0, 0))
    for row, line in enumerate(shade):
        heights[:-1] = np.where(line, 0, heights[:-1] + 1)
        rising: list[tuple[int, int]] = []  # where each height that is still open began
        for column, height in enumerate(heights.tolist()):
            start = column
            while rising and rising[-1][1] >= height:
                start, high = rising.pop()
                if high * (column - start) > best:
                    best = high * (column - start)
                    found = slice(row + 1 - high, row + 1), slice(start, column)
            rising.append((start, height))
    return found
