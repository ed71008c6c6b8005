"""Can the voxels show these particles? Refuses what they cannot."""

from __future__ import annotations

from ragone.schemas.errors import BoundsError

_SMALLEST_EDGE = 8
_SMALLEST_RADIUS = 1.0


def require_resolved(edge: int, voxel_size: float, radius: float) -> None:
    """Refuse a cube or a radius [voxel] that the voxels cannot show."""
    if edge < _SMALLEST_EDGE:
        raise BoundsError(f"edge_voxels = {edge} [-] is too few for particles. Give at least {_SMALLEST_EDGE}.")
    if not radius >= _SMALLEST_RADIUS:
        raise BoundsError(
            f"median_particle_radius_metre = {radius * voxel_size:g} m is {radius:.2g} voxels of {voxel_size:g} m; "
            f"at least {_SMALLEST_RADIUS:g} is needed. Take smaller voxels or larger particles."
        )
