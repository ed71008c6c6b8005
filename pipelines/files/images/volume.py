"""What does an imaged electrode look like? The file of a segmented volume becomes a microstructure.

Assumptions: the first axis of the volume as it is read is through-plane, unless another one is named; each voxel holds
the label of its phase. Every other assumption is reported beside the microstructure. What it does not do: segment grey
values beyond limits between them, rotate or resample. It reads files and so is no stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.pipelines.files.images.budget import Budget
from ragone.pipelines.files.images.errors import UnreadableVolumeError, VolumeShapeError
from ragone.pipelines.files.images.formats import read_stored
from ragone.pipelines.files.images.labels import Segmented, segmented
from ragone.pipelines.files.images.phases import Labels, Phases, require_phases
from ragone.pipelines.files.images.reading import Reading
from ragone.pipelines.files.images.sample import Box, box_inside, parse_crop, spelled_box, trimmed, uniform_ends
from ragone.pipelines.files.images.stored_image import StoredImage, without_single_axes
from ragone.pipelines.files.images.subvoxels import split_voxels
from ragone.pipelines.files.images.voxel_edges import voxel_edges
from ragone.schemas import Microstructure, RagoneError

_NUMBERS = "012"


@dataclass(frozen=True, slots=True)
class ImportedVolume:
    """A microstructure that was read from a file.

    Attributes
    ----------
    microstructure
        With the SHA-256 of the file's bytes.
    assumed
        What was taken for granted, a sentence each.
    noticed
        What deserves a look: a contradiction, padding.
    """

    microstructure: Microstructure
    assumed: tuple[str, ...]
    noticed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a user about a file beyond its phases.

    Attributes
    ----------
    axis
        The through-plane axis: 0, 1 or 2 of the volume as it is read, or its letter where the file names it.
    outside
        Labels of what surrounds the sample; the volume is cut to a box without them.
    crop
        ``10:90,0:64,:``: the part to read, along the axes of the volume as it is read.
    trim
        Whether slices of one single label at the ends are cut away.
    inside
        Name of the array inside a container.
    layout
        Shape, type and order of raw voxels: ``24x32x40 uint8``.
    subvoxels
        Parts of a voxel along each edge, whose grey values are interpolated before phases are told (`subvoxels`).
    """

    axis: str = ""
    outside: Labels = ()
    crop: str = ""
    trim: bool = False
    inside: str = ""
    layout: str = ""
    subvoxels: int = 1


def import_volume(
    path: str | Path,
    *,
    phases: Phases,
    source: str,
    licence: str,
    voxel_size_metre: float | Sequence[float] | None = None,
    choices: Choices = Choices(),
    budget: Budget | None = None,
) -> ImportedVolume:
    """Read a segmented volume, and say what was assumed.

    Parameters
    ----------
    path
        A file or folder of a format of `formats`.
    phases
        Label, or spans of labels, of each phase: pore, active_material, carbon_binder.
    source, licence
        Title and address of the volume, and its SPDX identifier.
    voxel_size_metre
        Edge of one cubic voxel, or three edges along the axes of the volume as it is read [m]; the file's own if None.
    choices
        Axis, part of the file, and part of the volume.
    budget
        What the import may use.

    Raises
    ------
    VolumeNotFoundError, UnreadableVolumeError
        If the file is missing, damaged, cut short, asks for more than the budget, or holds Python objects.
    VolumeShapeError, NotSegmentedError, UnclaimedLabelError
        If it is no volume, or its voxels are no labels, or a label is claimed by no phase.
    PhaseMapError, VoxelSizeError, SampleError
        If phases, voxel size, or the part of the volume do not fit.
    """
    require_phases(phases, choices.outside)
    reading = Reading(Path(path), budget or Budget(), choices.inside, choices.layout)
    report = _Report()
    image = _three_axes(_read(reading), reading.path)
    report.assumed += image.notes
    given = () if voxel_size_metre is None else np.atleast_1d(np.asarray(voxel_size_metre, dtype=float)).tolist()
    edges, about = voxel_edges(given, image.spacing, reading.path)
    (report.noticed if given else report.assumed).extend(about)
    through, about_axis = _through_plane(image, choices.axis, reading.path)
    report.assumed.append(about_axis)
    part = split_voxels(_part(image, choices, reading.path), choices.subvoxels, reading.budget, reading.path)
    found = segmented(part, phases, choices.outside, reading.path)
    report.assumed += found.notes
    if choices.subvoxels > 1:
        report.assumed.append(f"grey values are linear between voxels, each split into {choices.subvoxels}^3")
    labels = _sample(found, choices, report, reading.path)
    order = (through, *(axis for axis in range(3) if axis != through))
    return ImportedVolume(
        Microstructure(
            labels=labels.transpose(order),
            voxel_edges_metre=np.array(edges)[list(order)] / choices.subvoxels,
            phase_names=tuple(found.phases),
            phase_labels=np.array(list(found.phases.values()), dtype=np.uint8),
            source=source,
            licence=licence,
            source_sha256=reading.sha256(),
        ),
        tuple(report.assumed),
        tuple(report.noticed),
    )


@dataclass(slots=True)
class _Report:
    assumed: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)


def _read(reading: Reading) -> StoredImage:
    """The stored image; whatever a library raises on a damaged file is raised as one class of error."""
    try:
        return read_stored(reading)
    except RagoneError:
        raise
    except MemoryError as cause:
        raise UnreadableVolumeError(
            f"{reading.path} needs more memory than there is. Crop it, or export it as 8-bit."
        ) from cause
    except Exception as cause:  # libraries and codecs raise anything on damaged files
        raise UnreadableVolumeError(
            f"{reading.path} cannot be read: {type(cause).__name__}: {cause}. If other programs open it, "
            "save it from there as .npy or uncompressed .tif; else copy it again."
        ) from cause


def _three_axes(image: StoredImage, path: Path) -> StoredImage:
    image = without_single_axes(image)
    shape = image.voxels.shape
    if image.voxels.size == 0:
        raise VolumeShapeError(f"{path} has shape {shape} and no voxel.")
    if len(shape) == 3:
        odd = [axis for axis in image.axes if axis not in "zyx"]
        return (
            replace(image, notes=(*image.notes, f"the file's axis {odd[0]} is read as one of space")) if odd else image
        )
    names = f" ({image.axes})" if image.axes else ""
    advice = (
        "Give one volume with three: a stack of slices."
        if len(shape) < 3
        else ("Give one volume with three: choose one time or channel; if one axis counts the phases, save its argmax.")
    )
    raise VolumeShapeError(f"{path} has {len(shape)} axes{names}, {shape}. {advice}")


def _through_plane(image: StoredImage, axis: str, path: Path) -> tuple[int, str]:
    """The axis that is through-plane, and the reason for it."""
    names = image.axes or _NUMBERS
    edges = " x ".join(map(str, image.voxels.shape))
    wanted = axis.strip().lower() or _NUMBERS[0]
    if wanted not in (*names, *_NUMBERS) or len(wanted) != 1:
        known = ", ".join((*image.axes, *_NUMBERS))
        raise VolumeShapeError(f"--axis {axis!r} is no axis of {path}, which has {edges} voxels along {known}.")
    number = _NUMBERS.index(wanted) if wanted in _NUMBERS else names.index(wanted)
    named = f", the file's {image.axes[number]}" if image.axes else ""
    how = "as named" if axis else "the first"
    listed = f" ({', '.join(image.axes)})" if image.axes else ""
    return number, f"through-plane is axis {number}{named}, {how} of {edges} voxels{listed}"


def _part(image: StoredImage, choices: Choices, path: Path) -> npt.NDArray[Any]:
    return image.voxels[parse_crop(choices.crop, image.voxels.shape, path)] if choices.crop else image.voxels


def _sample(found: Segmented, choices: Choices, report: _Report, path: Path) -> npt.NDArray[np.uint8]:
    """The labels of the sample alone, and a report on the rest."""
    labels = found.labels
    if found.outside is not None:
        box = box_inside(found.outside, path)
        report.assumed.append(_cut(box, labels, "without a voxel outside"))
        labels = labels[box]
    if choices.trim and (box := trimmed(labels)) != tuple(slice(0, edge) for edge in labels.shape):
        report.assumed.append(_cut(box, labels, "without slices of one single label at the ends"))
        labels = labels[box]
    report.noticed += _about_uniform_parts(labels, {label: name for name, label in found.phases.items()})
    return labels


def _about_uniform_parts(labels: npt.NDArray[np.uint8], names: dict[int, str]) -> Iterator[str]:
    """Sentences on slices of one single label at the ends: they may be padding."""
    if labels.min() == labels.max():
        yield f"the whole volume is {names[int(labels.flat[0])]}"
    for axis, start, end in uniform_ends(labels):
        for count, where, place in ((start, "start", 0), (end, "end", -1)):
            if count:
                name = names[int(labels.take(place, axis).flat[0])]
                yield (
                    f"{count} slices at the {where} of axis {axis} hold {name} alone and count as that; if they are "
                    "padding, leave them out with --trim or --crop"
                )


def _cut(box: Box, labels: npt.NDArray[np.uint8], why: str) -> str:
    share = np.prod([part.stop - part.start for part in box]) / labels.size
    return f"cut to the box {spelled_box(box)} {why}: {100 * share:.1f} % of the volume"
