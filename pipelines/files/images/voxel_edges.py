"""How large is a voxel? What the file says is held against what the user says; neither wins in silence.

One length means cubes; three lengths are the edges along the axes of the volume as it is read, first to last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ragone.pipelines.files.images.errors import VoxelSizeError
from ragone.pipelines.files.images.stored_image import Spacing
from ragone.schemas import Microstructure

Edges = tuple[float, float, float]

_BOUNDS = Microstructure.fields()["voxel_edges_metre"].bounds
_ALIKE, _NEAR = 0.01, 0.10
_SAME, _ROUNDED = 1e-6, 1e-3


def voxel_edges(given: Sequence[float], spacing: Spacing | None, path: Path) -> tuple[Edges, list[str]]:
    """The edges of a voxel [m], and notes on them.

    Parameters
    ----------
    given
        One length for a cube, or three [m]; empty if the file is to tell.
    spacing
        What the file says, if anything.
    path
        For messages.

    Raises
    ------
    VoxelSizeError
        If nobody tells, or file and user contradict each other by so much that one of them is wrong.
    """
    if not given:
        return _of_file(spacing, path)
    if len(given) not in (1, 3):
        raise VoxelSizeError(f"{len(given)} lengths are no voxel. Give one for a cube, or three along the axes.")
    edges = (given[0],) * 3 if len(given) == 1 else (given[0], given[1], given[2])
    if spacing is None or not _contradicts(edges, spacing):
        return edges, []
    mismatch = f"{_micrometres(edges)} as given, while {spacing.origin} of the file says {_edges_text(spacing)}"
    if len(given) == 1 and not _near(edges, spacing):
        raise VoxelSizeError(
            f"the voxels of {path} are {mismatch}. {_advice(edges, spacing)}; if the file is wrong, give three edges "
            f"all the same: --voxel-size '{_spelled(edges)}'."
        )
    return edges, [f"the voxels are {mismatch}"]


def _advice(edges: Edges, spacing: Spacing) -> str:
    if spacing.has_unit and None not in spacing.edges:
        return "Leave --voxel-size out to take the file's"
    scale = 1.0 if spacing.has_unit else 1e-6
    shown = [edge if said is None else said * scale for edge, said in zip(edges, spacing.edges, strict=True)]
    return f"If the file is right, give three edges along the axes, for example --voxel-size '{_spelled(shown)}'"


def _of_file(spacing: Spacing | None, path: Path) -> tuple[Edges, list[str]]:
    if spacing is None:
        raise VoxelSizeError(f"{path} does not say how large its voxels are. Give --voxel-size, for example '0.39 um'.")
    edges = tuple(edge for edge in spacing.edges if edge is not None)
    if not spacing.has_unit or len(edges) != 3:
        lacks = "without a unit" if not spacing.has_unit else "and not all three"
        raise VoxelSizeError(
            f"{spacing.origin} of {path} says {_edges_text(spacing)}, {lacks}. Give --voxel-size: one length for "
            "cubes, or three along the axes, for example '0.8 um, 0.4 um, 0.4 um'."
        )
    if not all(edge in _BOUNDS for edge in edges):
        raise VoxelSizeError(
            f"{spacing.origin} of {path} says voxels of {_edges_text(spacing)}, which is outside {_BOUNDS} m. "
            "Give --voxel-size, for example '0.39 um'."
        )
    because = f", {spacing.assumed}" if spacing.assumed else ""
    notes = [f"voxel size from {spacing.origin} of the file{because}"]
    if _SAME * min(edges) < max(edges) - min(edges) <= _ROUNDED * min(edges):
        notes.append(f"the edges {_micrometres(edges)} are those of a cube, rounded")
        return (sum(edges) / 3,) * 3, notes
    return (edges[0], edges[1], edges[2]), notes


def _contradicts(edges: Edges, spacing: Spacing) -> bool:
    return not _within(edges, spacing, _ALIKE)


def _near(edges: Edges, spacing: Spacing) -> bool:
    """Whether rounding may explain it: the same in proportion, and not far in size."""
    known = [said for said in spacing.edges if said is not None]
    return max(known) <= (1 + _ALIKE) * min(known) and _within(edges, spacing, _NEAR)


def _within(edges: Edges, spacing: Spacing, tolerance: float) -> bool:
    pairs = [(said, edge) for said, edge in zip(spacing.edges, edges, strict=True) if said is not None]
    ratios = [said / edge for said, edge in pairs]
    if not spacing.has_unit or spacing.assumed:
        return max(ratios) <= (1 + tolerance) * min(ratios)
    return all(abs(ratio - 1) <= tolerance for ratio in ratios)


def _edges_text(spacing: Spacing) -> str:
    if spacing.has_unit:
        return _micrometres(spacing.edges)
    return " x ".join("?" if edge is None else f"{edge:.6g}" for edge in spacing.edges)


def _micrometres(edges: Sequence[float | None]) -> str:
    return " x ".join("?" if edge is None else f"{edge * 1e6:.6g}" for edge in edges) + " um"


def _spelled(edges: Sequence[float]) -> str:
    return ", ".join(f"{edge * 1e6:.6g} um" for edge in edges)
