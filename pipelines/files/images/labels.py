"""Do the voxels hold labels, and which phase is each? Whatever their type, they become one byte each.

What is kept: where every phase has one label from 0 to 255, these are the labels of the record. Else the phases are
numbered 0 pore, 1 active material, 2 carbon-binder, and what they were is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.errors import NotSegmentedError, UnclaimedLabelError
from ragone.pipelines.files.images.phases import Labels, Phases, labels_of, spelled
from ragone.schemas.electrode import PHASES, label_counts

_MOST_LABELS = 16
_BLOCK = 1 << 22
_DENSE = 1 << 16
_EXACT = np.float64(2**53)  # real numbers beyond it no longer tell whole ones apart


@dataclass(frozen=True, slots=True)
class Segmented:
    """Voxels as labels of one byte.

    Attributes
    ----------
    labels
        Shape (x, y, z).
    phases
        The label of each phase, in the order of `PHASES`.
    outside
        Shape (x, y, z), true where the voxel is no part of the sample; None if all are.
    notes
        What was assumed.
    """

    labels: npt.NDArray[np.uint8]
    phases: dict[str, int]
    outside: npt.NDArray[np.bool_] | None
    notes: tuple[str, ...]


def segmented(voxels: npt.NDArray[Any], phases: Phases, outside: Labels, path: Path) -> Segmented:
    """The phase of every voxel.

    Raises
    ------
    NotSegmentedError
        If the values are no whole numbers, or so many that they are grey values.
    UnclaimedLabelError
        If a label belongs to no phase and not to the outside.
    """
    claims = {name: labels_of(phases[name]) for name in PHASES if name in phases}
    counts = _counted(voxels, path)
    _require_claimed(counts, claims, outside, path)
    notes = [f"the {voxels.dtype} values are whole numbers: read as labels"] if voxels.dtype.kind == "f" else []
    kept = _kept(claims)
    numbers = kept or {name: PHASES.index(name) for name in claims}
    if not kept:
        was = ", ".join(f"{name} {number} (was {spelled(claims[name])})" for name, number in numbers.items())
        notes.append(f"labels are numbered anew: {was}")
    present = [label for label in counts if any(label in span for span in outside)]
    mask = _any_of(voxels, present) if present else None
    return Segmented(_numbered(voxels, counts, claims, numbers), numbers, mask, tuple(notes))


def _kept(claims: dict[str, Labels]) -> dict[str, int]:
    """The labels as they are, if each phase has one that a byte holds; else nothing."""
    alone = {name: spans[0][0] for name, spans in claims.items() if len(spans) == len(spans[0]) == 1}
    return alone if len(alone) == len(claims) and all(0 <= label <= 255 for label in alone.values()) else {}


def _blocks(voxels: npt.NDArray[Any]) -> Iterator[tuple[slice, npt.NDArray[Any]]]:
    """Some slices at a time, so that no second volume is held."""
    thick = max(1, _BLOCK // max(1, voxels[0].size))
    for start in range(0, len(voxels), thick):
        part = slice(start, start + thick)
        yield part, voxels[part]


def _counted(voxels: npt.NDArray[Any], path: Path) -> dict[int, int]:
    """Number of voxels of each label, in ascending order; refused if the values are no labels."""
    if voxels.dtype.kind not in "buif":
        raise NotSegmentedError(f"{path} holds {voxels.dtype} values. Give the segmented volume, with whole numbers.")
    if voxels.dtype == np.uint8:
        return {label: count for label, count in enumerate(label_counts(voxels).tolist()) if count}
    counts: dict[int, int] = {}
    for _, block in _blocks(voxels):
        if voxels.dtype.kind == "f":
            _require_whole(block, path)
        for label, count in zip(*_unique(block), strict=True):
            counts[int(label)] = counts.get(int(label), 0) + int(count)
    return dict(sorted(counts.items()))


def _unique(block: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The values of a block and their numbers; without sorting where they lie close together."""
    low, high = int(block.min()), int(block.max())
    if high - low >= _DENSE:
        return np.unique(block, return_counts=True)
    counts = np.bincount(block.reshape(-1).astype(np.int64) - low)
    found = np.flatnonzero(counts)
    return found + low, counts[found]


def _require_whole(block: npt.NDArray[Any], path: Path) -> None:
    wrong = block[~(np.isfinite(block) & (np.trunc(block) == block) & (np.abs(block) <= _EXACT))]
    if wrong.size:
        raise NotSegmentedError(
            f"{path} holds {block.dtype} values that are no whole numbers, {wrong.flat[0]:g} for example, so it is not "
            "segmented. Threshold it first, and save one whole number for each phase."
        )


def _require_claimed(counts: dict[int, int], claims: dict[str, Labels], outside: Labels, path: Path) -> None:
    claimed = [span for spans in (*claims.values(), outside) for span in spans]
    free = [label for label in counts if not any(label in span for span in claimed)]
    if not free:
        return
    spans = f"give each phase a span, for example --phases {_neighbourhoods(claims, counts)}"
    if len(counts) > _MOST_LABELS:
        raise NotSegmentedError(
            f"{path} has {len(counts)} distinct values from {min(counts)} to {max(counts)}, so it is grey-scale. "
            f"Give the segmented volume, with one label for each phase; or, if the phases are spans of values, {spans}."
        )
    label = free[0]
    lowest, highest = min(span[0] for span in claimed), max(span[-1] for span in claimed)
    blurred = f"; if it comes from blurred borders between phases, {spans}" if lowest < label < highest else ""
    raise UnclaimedLabelError(
        f"label {label} ({counts[label]} voxels) of {path} is claimed by no phase; it has the labels {list(counts)}. "
        f"If it is a phase, name it; if it lies outside of the sample, --outside {label}{blurred}."
    )


def _neighbourhoods(claims: dict[str, Labels], counts: dict[int, int]) -> str:
    """The phases with all values that are nearest to their labels."""
    ordered = sorted((span[0], span[-1], name) for name, spans in claims.items() for span in spans)
    lows = [min(counts), *((end + start) // 2 + 1 for (_, end, _), (start, _, _) in pairwise(ordered))]
    highs = [*(low - 1 for low in lows[1:]), max(max(counts), lows[-1])]
    return ",".join(f"{low}..{high}={name}" for low, high, (_, _, name) in zip(lows, highs, ordered, strict=True))


def _any_of(voxels: npt.NDArray[Any], labels: list[int]) -> npt.NDArray[np.bool_]:
    found = np.zeros(voxels.shape, dtype=bool)
    for part, block in _blocks(voxels):
        for label in labels:
            found[part] |= block == label
    return found


def _numbered(
    voxels: npt.NDArray[Any], counts: dict[int, int], claims: dict[str, Labels], numbers: dict[str, int]
) -> npt.NDArray[np.uint8]:
    """Each voxel's number; those outside keep any, since they are cut away."""
    if voxels.dtype.kind == "b":
        voxels = voxels.view(np.uint8)
    numbered = {
        label: next((numbers[name] for name, spans in claims.items() if any(label in s for s in spans)), None)
        for label in counts
    }
    if voxels.dtype == np.uint8 and all(number in (None, label) for label, number in numbered.items()):
        return np.ascontiguousarray(voxels)
    found = np.zeros(voxels.shape, dtype=np.uint8)
    known = np.array(list(numbered), dtype=voxels.dtype)
    values = np.array([number or 0 for number in numbered.values()], dtype=np.uint8)
    for part, block in _blocks(voxels):
        found[part] = values[np.searchsorted(known, block)]
    return found
