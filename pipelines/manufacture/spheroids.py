"""Where do ellipsoids and plates lie after calendering, and how are they turned? Rigid spheroids, pressed along axis 0.

An ellipsoid is longest along its axis, a plate shortest; both are bodies of revolution of the volume of the sphere
whose radius was drawn. They start at random places and in random directions in a box so tall that they are dilute.
Each step of pressing moves the centres affinely and turns the axes as far as the affine flow turns a body of that
aspect ratio (March; Jeffery for finite ratios): plates lie down, ellipsoids too. Then overlapping bodies push and turn
each other apart, the lighter more than the heavier (position-based dynamics). Lengths are in voxels.

What it does not do: flat faces and sharp rims of real flakes, bending, breakage, friction, gravity.

References
----------
March 1932, Z. Kristallogr. 81, 285, doi 10.1524/zkri.1932.81.1.285. Jeffery 1922, Proc. R. Soc. A 102, 161,
doi 10.1098/rspa.1922.0078. Müller et al. 2020, Comput. Graph. Forum 39, 101, doi 10.1111/cgf.14105 (impulses).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ragone.pipelines.manufacture.contacts import Floats, Spheroids, dot, overlaps
from ragone.pipelines.manufacture.particles import Box, Pressing, mean_over_contacts, press, wrap
from ragone.schemas.errors import BoundsError
from ragone.schemas.recipe import ParticleShape

_NEGLIGIBLE_OVERLAP = 1e-3  # of a voxel
_RELAXATION = 0.6  # of each overlap a sweep takes away; more overshoots where a body has many contacts
_LARGEST_TURN = 0.2  # radian in one sweep
_UPWARDS = np.array([[1.0, 0.0, 0.0]])


def require_shape(shape: ParticleShape, aspect_ratio: float) -> None:
    """Refuse an aspect ratio above one for spheres.

    Raises
    ------
    BoundsError
    """
    if shape is ParticleShape.SPHERE and aspect_ratio != 1:
        raise BoundsError(
            f"particle_aspect_ratio = {aspect_ratio:g} [-] is not 1 for particle_shape = {str(shape)!r}. It is the "
            "longest over the shortest axis; take 'ellipsoid' or 'plate' for one above 1."
        )


def longest_semi_axis(shape: ParticleShape, aspect_ratio: float) -> float:
    """Longest semi-axis over the radius of the sphere of equal volume [-]."""
    return 1.0 if shape is ParticleShape.SPHERE else max(semi_axes(shape, aspect_ratio))


def semi_axes(shape: ParticleShape, aspect_ratio: float) -> tuple[float, float]:
    """Semi-axes along the axis and across it, over the radius of the sphere of equal volume [-].

    Rounded, so that the last bit of a power moves no particle.
    """
    short = aspect_ratio ** (-1 / 3)
    if shape is ParticleShape.PLATE:
        return round(short**2, 9), round(1 / short, 9)
    return round(1 / short**2, 9), round(short, 9)


def calender_spheroids(
    rng: np.random.Generator,
    radii: Floats,
    edge: int,
    *,
    shape: ParticleShape,
    aspect_ratio: float,
    walled: bool,
    largest_mean_overlap: float = 1.0,
) -> Spheroids:
    """Spheroids of the volumes of spheres of these radii, pressed along axis 0 until the box is a cube of that edge."""
    along, across = (factor * radii for factor in semi_axes(shape, aspect_ratio))

    def place_in_box(box: Box) -> Spheroids:
        centres = rng.random((len(radii), 3)) * box.edges
        axes = np.round(rng.standard_normal((len(radii), 3)), 9)
        return Spheroids(centres, axes / np.sqrt(dot(axes, axes))[:, None], along, across)

    turning = (along**2 - across**2) / (along**2 + across**2)
    steps = Pressing(
        place_in_box, lambda bodies, ratio: _flatten(bodies, ratio, turning), _push_apart, mean_overlap_of_spheroids
    )
    return press(radii, edge, walled, steps, largest_mean_overlap)


def mean_overlap_of_spheroids(bodies: Spheroids, box: Box) -> float:
    """Overlap of touching spheroids over the mean radius of their equal spheres, in the mean [-]; 0 if none touch."""
    wrapped = Spheroids(bodies.centres.copy(), bodies.axes, bodies.along, bodies.across)
    wrap(wrapped.centres, box)
    i, j, overlap, _ = _touching(wrapped, box)
    radii = np.cbrt(bodies.along * bodies.across**2)
    return mean_over_contacts(overlap, radii[i], radii[j])


def largest_overlap(bodies: Spheroids, edge: int, *, walled: bool = False) -> float:
    """Deepest overlap of any two, over the short semi-axis of the smaller [-]; 0 if none touch."""
    i, j, overlap, _ = _touching(bodies, Box(np.full(3, float(edge)), walled))
    short = np.minimum(bodies.along, bodies.across)
    return float((overlap / np.minimum(short[i], short[j])).max(initial=0.0))


def _flatten(bodies: Spheroids, ratio: float, turning: Floats) -> None:
    """Press by a ratio along axis 0, in place: centres affinely, axes as far as each body's shape lets it turn."""
    bodies.centres[:, 0] *= ratio
    bodies.axes[:, 0] *= 1 + turning * (ratio - 1)
    bodies.axes[:] /= np.sqrt(dot(bodies.axes, bodies.axes))[:, None]


def _push_apart(bodies: Spheroids, box: Box, sweeps: int) -> None:
    """Move and turn overlapping spheroids apart, in place, for at most so many sweeps."""
    for _ in range(sweeps):
        wrap(bodies.centres, box)
        i, j, overlap, normal = _touching(bodies, box)
        pushed_off = box.walled and _push_off_walls(bodies, box)
        if not len(i) and not pushed_off:
            return
        _move(bodies, [(i, normal), (j, -normal)], overlap)


def _push_off_walls(bodies: Spheroids, box: Box) -> bool:
    """Move and turn bodies into the box, in place; whether any was beyond a wall."""
    normals = np.repeat(_UPWARDS, len(bodies.centres), axis=0)
    reach = bodies.support(normals)[:, 0]
    found = False
    for beyond, push in (
        (reach - bodies.centres[:, 0], normals),
        (bodies.centres[:, 0] + reach - box.edges[0], -normals),
    ):
        k = np.flatnonzero(beyond > _NEGLIGIBLE_OVERLAP)
        found |= len(k) > 0
        _move(bodies, [(k, push[k])], beyond[k])
    return found


def _touching(bodies: Spheroids, box: Box) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Floats, Floats]:
    """Numbers of the two of each overlapping pair, the overlap, and the normal towards the first."""
    longest = np.maximum(bodies.along, bodies.across)
    pairs = cKDTree(bodies.centres, boxsize=box.periods).query_pairs(2 * float(longest.max()), output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    i, j = pairs[:, 0], pairs[:, 1]
    apart = box.nearest(bodies.centres[i] - bodies.centres[j])
    near = dot(apart, apart) < (longest[i] + longest[j]) ** 2
    i, j, apart = i[near], j[near], apart[near]
    overlap, normal = overlaps(bodies.take(i), bodies.take(j), apart)
    touch = overlap > _NEGLIGIBLE_OVERLAP
    return i[touch], j[touch], overlap[touch], normal[touch]


def _move(bodies: Spheroids, sides: list[tuple[npt.NDArray[np.intp], Floats]], overlap: Floats) -> None:
    """Share each overlap among places and directions of the bodies on its sides, by their inverse masses.

    A side is the bodies and the normals along which they are pushed; a wall has no side.
    """
    mass = (bodies.along + 2 * bodies.across) / 3  # as spheres: the one of half the size gives way twice as far
    inertia = mass * (bodies.along**2 + bodies.across**2) / 5
    torques = [_cross(bodies.take(k).support(-push), push) for k, push in sides]
    ease = np.zeros(len(overlap))
    for (k, _), torque in zip(sides, torques, strict=True):
        ease += 1 / mass[k] + dot(torque, torque) / inertia[k]
    impulse = _RELAXATION * overlap / ease
    turned = np.zeros_like(bodies.axes)
    for (k, push), torque in zip(sides, torques, strict=True):
        np.add.at(bodies.centres, k, push * (impulse / mass[k])[:, None])
        np.add.at(turned, k, torque * (impulse / inertia[k])[:, None])
    _turn(bodies.axes, turned)


def _turn(axes: Floats, by: Floats) -> None:
    """Turn unit axes by small rotation vectors, in place."""
    angle = np.sqrt(dot(by, by))
    by *= np.minimum(1.0, _LARGEST_TURN / np.maximum(angle, 1e-9))[:, None]
    axes += _cross(by, axes)
    axes /= np.sqrt(dot(axes, axes))[:, None]


def _cross(first: Floats, second: Floats) -> Floats:
    """Vector products of rows."""
    (x, y, z), (u, v, w) = first.T, second.T
    return np.stack([y * w - z * v, z * u - x * w, x * v - y * u], axis=1)
