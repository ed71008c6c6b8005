"""How wide is the contact between two particles? At least as wide as stated, whatever the voxels.

Spheres that touch at a point share a circle of voxels all the same: their surfaces are closer than a voxel of edge h
out to the radius sqrt(R (h + 2 d)) about the contact, where R is the radius of two equal spheres and d their overlap.
So the smaller the voxels, the narrower the contact, down to the sqrt(2 R d) of the overlap, and what crosses it follows
its radius (Holm 1967, Electric Contacts: a conductance of 2 k a between two half spaces). A stated radius makes the
contact a property of the electrode: a cylinder about the line of centres joins every two spheres that overlap.

What it does not do: particles that do not touch but lie closer than a voxel are still joined by voxels.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from ragone.pipelines.manufacture.particles import Box, Floats, Particles, touching, wrap
from ragone.pipelines.manufacture.voxels import stretches_within
from ragone.schemas.errors import BoundsError


def with_necks(nearest: Floats, particles: Particles, *, radius_share: float, walled: bool) -> Floats:
    """Signed distances to the surfaces of spheres and of the necks between those that overlap [voxel].

    Parameters
    ----------
    nearest
        Shape (edge, edge, edge). To the surfaces of the spheres [voxel], negative inside.
    particles
        The spheres, in voxels.
    radius_share
        Radius of a neck over the smaller of the two radii [-].
    walled
        Whether axis 0 ends in walls; else the cube is periodic.
    """
    edge = len(nearest)
    box = Box(np.full(3, float(edge)), walled)
    spheres = Particles(particles.centres.copy(), particles.radii)
    wrap(spheres.centres, box)
    joined = nearest.copy()
    first, second, _, apart, length = touching(spheres, box)
    radii = radius_share * np.minimum(spheres.radii[first], spheres.radii[second])
    for number, radius in enumerate(radii):
        _join(joined, spheres.centres[second[number]], apart[number], float(length[number]), float(radius), walled)
    return joined


def require_spheres(radius_share: float, *, spheres: bool) -> None:
    """Refuse a radius of contacts that would not be used."""
    if radius_share > 0 and not spheres:
        raise BoundsError(
            f"contact_radius_share = {radius_share:g} [-] is of spheres, and the particles are of another shape. "
            "Leave it out, or draw spheres."
        )


def _join(joined: Floats, start: Floats, along: Floats, length: float, radius: float, walled: bool) -> None:
    """Lower the distances to those of a cylinder from a centre along a vector of that length, in place."""
    edge, middle, unit = len(joined), start + along / 2, along / max(length, 1e-9)
    extents = np.abs(along) / 2 + 2 * radius
    axes = (
        list(stretches_within(centre, extent, edge, repeats=axis > 0 or not walled))
        for axis, (centre, extent) in enumerate(zip(middle, extents, strict=True))
    )
    for window_and_offsets in product(*axes):
        window, (x, y, z) = zip(*window_and_offsets, strict=True)
        x, y, z = x[:, None, None], y[None, :, None], z[None, None, :]
        lengthwise = unit[0] * x + unit[1] * y + unit[2] * z
        sideways = np.sqrt(np.maximum(x**2 + y**2 + z**2 - lengthwise**2, 0.0)) - radius
        distance = np.where(np.abs(lengthwise) <= length / 2, sideways, np.inf)
        joined[window] = np.minimum(joined[window], distance)
