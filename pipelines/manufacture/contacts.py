"""How far do two spheroids overlap, and along which normal? A contact function of bodies of revolution.

A spheroid with axis u has the shape matrix Q = b^2 I + (a^2 - b^2) u u^T and reaches sqrt(n Q n) along a unit vector
n. Along any n the gap between two of them is n r minus both reaches, and it is never above the true distance; so an
overlap found here is never below the true penetration depth. The normal is that of Perram and Wertheim, found by a
few fixed-point steps: at their optimum the weight of each body is its share of the two reaches.

Only additions, multiplications, divisions and square roots act, in a fixed order; see `particles`.

References
----------
Perram and Wertheim 1985, J. Comput. Phys. 58, 409, doi 10.1016/0021-9991(85)90171-8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEPS = 6
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Spheroids:
    """Bodies of revolution in a cube: centres and unit axes, shape (n, 3); semi-axes, shape (n,), in voxels."""

    centres: Floats
    axes: Floats
    along: Floats
    across: Floats

    def take(self, chosen: npt.NDArray[np.intp]) -> Spheroids:
        """Return the bodies of the given numbers."""
        return Spheroids(self.centres[chosen], self.axes[chosen], self.along[chosen], self.across[chosen])

    def support(self, normals: Floats) -> Floats:
        """Vectors from the centre to the surface point farthest along each unit normal, shape (n, 3)."""
        shaped = self.shaped(normals)
        return shaped / np.sqrt(np.maximum(dot(normals, shaped), _TINY))[:, None]

    def shaped(self, vectors: Floats) -> Floats:
        """The shape matrix times a vector each."""
        across = self.across**2
        return across[:, None] * vectors + ((self.along**2 - across) * dot(self.axes, vectors))[:, None] * self.axes


def dot(first: Floats, second: Floats) -> Floats:
    """Scalar products of rows, added in order."""
    return np.asarray(first[:, 0] * second[:, 0] + first[:, 1] * second[:, 1] + first[:, 2] * second[:, 2])


def overlaps(first: Spheroids, second: Spheroids, apart: Floats) -> tuple[Floats, Floats]:
    """Overlap of each pair, and the normal from the second to the first.

    Parameters
    ----------
    first, second
        The two of each pair, in step.
    apart
        Shape (n, 3). Centre of the first seen from that of the second, of the nearest images [voxel].

    Returns
    -------
    overlap, normal
        Shape (n,) [voxel], negative for a gap, never below the penetration depth; shape (n, 3), unit length.
    """
    weight = np.full(len(apart), 0.5)
    normal = _unit(apart)
    smallest = _overlap(first, second, apart, normal)
    for _ in range(_STEPS):
        found = _unit(_solved(first, second, weight, apart))
        reach, other = (np.sqrt(dot(found, body.shaped(found))) for body in (first, second))
        overlap = reach + other - dot(found, apart)
        better = overlap < smallest
        smallest = np.where(better, overlap, smallest)
        normal = np.where(better[:, None], found, normal)
        weight = 0.5 * (weight + reach / (reach + other))
    return smallest, normal


def _overlap(first: Spheroids, second: Spheroids, apart: Floats, normal: Floats) -> Floats:
    reaches = np.sqrt(dot(normal, first.shaped(normal))) + np.sqrt(dot(normal, second.shaped(normal)))
    return reaches - dot(normal, apart)


def _unit(vectors: Floats) -> Floats:
    """Vectors of unit length; a vanishing one becomes that along the first axis."""
    length = np.sqrt(dot(vectors, vectors))
    unit = vectors / np.maximum(length, _TINY)[:, None]
    unit[length < _TINY] = (1.0, 0.0, 0.0)
    return unit


def _solved(first: Spheroids, second: Spheroids, weight: Floats, apart: Floats) -> Floats:
    """Solve ((1 - w) Q_first + w Q_second) x = apart: isotropic but for two axes, so two unknowns are left."""
    isotropic = (1 - weight) * first.across**2 + weight * second.across**2
    beta = (1 - weight) * (first.along**2 - first.across**2)
    gamma = weight * (second.along**2 - second.across**2)
    between = dot(first.axes, second.axes)
    p, q = dot(first.axes, apart), dot(second.axes, apart)
    determinant = (isotropic + beta) * (isotropic + gamma) - beta * gamma * between**2
    on_first = ((isotropic + gamma) * p - gamma * between * q) / determinant
    on_second = ((isotropic + beta) * q - beta * between * p) / determinant
    pulled = (beta * on_first)[:, None] * first.axes + (gamma * on_second)[:, None] * second.axes
    return np.asarray((apart - pulled) / isotropic[:, None])
