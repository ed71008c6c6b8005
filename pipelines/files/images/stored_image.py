"""What a file holds before anybody says what it means: voxels, the names of their axes, and the file's own spacing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Spacing:
    """The edges of the voxels as a file states them.

    Attributes
    ----------
    edges
        Along the axes of the voxels; None where the file says nothing of an axis.
    origin
        Where it says so, for messages.
    has_unit
        Whether the edges are metres; else they are numbers whose ratios alone mean something.
    assumed
        What was assumed of their unit; empty if the file names it.
    """

    edges: tuple[float | None, ...]
    origin: str
    has_unit: bool = True
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class StoredImage:
    """Voxels as a file stores them.

    Attributes
    ----------
    voxels
        Of any shape and type.
    axes
        A letter for each axis, such as "zyx"; empty where the format names none.
    spacing
        The file's own, if any.
    notes
        What was assumed while reading.
    """

    voxels: npt.NDArray[Any]
    axes: str = ""
    spacing: Spacing | None = None
    notes: tuple[str, ...] = ()


def without_single_axes(image: StoredImage) -> StoredImage:
    """The image without axes of length one beyond the third: the first of them go first."""
    voxels, axes = image.voxels, image.axes
    edges = image.spacing.edges if image.spacing else None
    while voxels.ndim > 3 and 1 in voxels.shape:
        axis = voxels.shape.index(1)
        voxels = voxels[(slice(None),) * axis + (0,)]
        axes = axes[:axis] + axes[axis + 1 :]
        edges = edges[:axis] + edges[axis + 1 :] if edges else None
    spacing = image.spacing
    if spacing and edges is not None:
        spacing = Spacing(edges, spacing.origin, spacing.has_unit, spacing.assumed)
    return StoredImage(np.asarray(voxels), axes, spacing, image.notes)


def medical_spacing(edges: tuple[float, ...], origin: str) -> Spacing | None:
    """The spacing of a format whose numbers are millimetres by custom, and often anything else.

    Below 0.005 they are taken as millimetres: as micrometres they would be voxels of some atoms. Above, only their
    ratios count. Ones are what writers put there who know nothing.
    """
    if not edges or not all(0 < edge < float("inf") for edge in edges) or all(edge == 1 for edge in edges):
        return None
    if max(edges) < 0.005:
        return Spacing(tuple(edge * 1e-3 for edge in edges), origin, assumed="in millimetres, as is the custom")
    return Spacing(edges, origin, has_unit=False)
