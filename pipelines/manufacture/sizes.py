"""Which sphere stands for all particles? Two means of a powder, each right in its own limit.

Lithium diffuses in particles of many sizes side by side. While the surface concentration changes steadily the mean
concentration of a body lags behind it by its diffusion time, R^2 / (15 D) of a sphere, and the charge of the electrode
lags by the mean of these times weighted by volume: the sphere that lags as much is the diffusion radius, of spheres the
root of sum(R^5) / sum(R^3). Right after a change of current only a skin takes part, as much as there is surface:
the sphere with as much surface over volume is the Sauter radius, of spheres sum(R^3) / sum(R^2).

A spheroid of semi-axes a, b, b has the diffusion time of a sphere of R^2 = 3 / (1/a^2 + 2/b^2), exactly.

What it does not do: contact areas are not taken from the surface; cracks and grains inside a particle are not drawn.

References
----------
Sauter 1928, VDI-Forschungsarbeiten 279 (mean of volume over surface). Carslaw and Jaeger 1959, Conduction of Heat in
Solids, 2nd ed., section 9.3 (steady rise in a sphere); the polynomial that solves a sphere solves an ellipsoid too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ragone.pipelines.manufacture.particles import Floats
from ragone.pipelines.manufacture.spheroids import semi_axes
from ragone.schemas import ParticleShape

_ROUND = 1e-6  # relative difference of semi-axes below which a spheroid is a sphere


@dataclass(frozen=True, slots=True)
class MeanRadii:
    """Radii of the spheres that stand for all particles, in the unit of the radii that they were computed of."""

    diffusion: float
    sauter: float


def mean_radii(radii: Floats, shape: ParticleShape, aspect_ratio: float) -> MeanRadii:
    """Means of particles whose volumes are those of spheres of the given radii.

    Parameters
    ----------
    radii
        Shape (n,), of the spheres of equal volume, any unit of length.
    shape, aspect_ratio
        Common to all particles; the longest over the shortest axis [-].
    """
    second, third, fifth = (math.fsum(radii**power) for power in (2, 3, 5))
    along, across = (1.0, 1.0) if shape is ParticleShape.SPHERE else semi_axes(shape, aspect_ratio)
    slenderness = 3 / (1 / along**2 + 2 / across**2)
    return MeanRadii(math.sqrt(slenderness * fifth / third), third / second / relative_surface(along, across))


def relative_surface(along: float, across: float) -> float:
    """Surface of a spheroid over that of a sphere of radius one [-], given its semi-axes along and across its axis."""
    longest = max(along, across)
    if abs(along - across) < _ROUND * longest:
        return longest**2
    eccentricity = float(np.sqrt(1 - (min(along, across) / longest) ** 2))
    if along > across:
        side = along / across * math.asin(eccentricity) / eccentricity
    else:
        side = (along / across) ** 2 * math.atanh(eccentricity) / eccentricity
    return across**2 * (1 + side) / 2
