"""Which sizes do the particles of a recipe have, and which sphere stands for all of them?

The radii are log-normal, cut at two standard deviations of their logarithm; median and spread are of the number of
particles, or of their volume as a laser diffractometer gives them (a log-normal law times the cube of the radius is
one too: the number's median is that of the volume times exp(-3 s^2)). A second kind, of its own median and the same
spread, may fill a share of the volume.

Lithium diffuses in particles of many sizes side by side. While the surface concentration changes steadily the mean
concentration of a body lags behind it by its diffusion time, R^2 / (15 D) of a sphere, and the charge of the electrode
lags by the mean of these times weighted by volume: the sphere that lags as much is the diffusion radius, of spheres the
root of sum(R^5) / sum(R^3). Right after a change of current only a skin takes part, as much as there is surface:
the sphere with as much surface over volume is the Sauter radius, of spheres sum(R^3) / sum(R^2).

A spheroid of semi-axes a, b, b has the diffusion time of a sphere of R^2 = 3 / (1/a^2 + 2/b^2), exactly.

What it does not do: no surface is lost to contacts; cracks and grains inside a particle are not known to a recipe.

References
----------
Carslaw and Jaeger 1959, Conduction of Heat in Solids, 2nd ed. (steady rise in a sphere; its polynomial solves an
ellipsoid too).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ragone.schemas.errors import MissingFieldError
from ragone.schemas.recipe import ParticleShape, Recipe, SizeWeight

Floats = npt.NDArray[np.float64]

LARGEST_DEVIATION = 2.0  # of the logarithm of the radius, in standard deviations
_SAMPLES = 2001
_ROUND = 1e-6  # relative difference of semi-axes below which a spheroid is a sphere


@dataclass(frozen=True, slots=True)
class MeanRadii:
    """Radii of the spheres that stand for all particles, in the unit of the radii that they were computed of."""

    diffusion: float
    sauter: float


@dataclass(frozen=True, slots=True)
class SizeLaw:
    """One kind of particles: the median of the number [m], the range of deviations kept, and the share of volume.

    A deviation is that of the logarithm of the radius from the median's, in standard deviations.
    """

    median: float
    spread: float
    deviations: tuple[float, float]
    share: float

    @property
    def largest(self) -> float:
        """Largest radius [m]."""
        return self.median * math.exp(self.spread * self.deviations[1])

    def radii(self) -> tuple[Floats, Floats]:
        """Radii [m] from the smallest to the largest, and how many particles have each, of any total number."""
        deviations = np.linspace(*self.deviations, _SAMPLES)
        return self.median * np.exp(self.spread * deviations), np.exp(-(deviations**2) / 2)


def size_laws(recipe: Recipe) -> tuple[SizeLaw, ...]:
    """The kinds of particles of a recipe, one or two; their shares of volume add up to one.

    Raises
    ------
    MissingFieldError
        If a second kind has a share and no radius.
    """
    share, second = recipe.second_particle_share, recipe.second_particle_radius_metre
    if share > 0 and second is None:
        raise MissingFieldError(
            f"recipe.second_particle_share = {share:g} [-] of particles of no size. Give second_particle_radius_metre, "
            "or no share."
        )
    kinds = ((recipe.median_particle_radius_metre, 1 - share), (second or 0.0, share))
    return tuple(_law(recipe, median, part) for median, part in kinds if part > 0)


def _law(recipe: Recipe, median: float, share: float) -> SizeLaw:
    spread = recipe.particle_radius_spread
    apart = 3 * spread if recipe.particle_size_weight is SizeWeight.VOLUME else 0.0
    deviations = (apart - LARGEST_DEVIATION, apart + LARGEST_DEVIATION)
    return SizeLaw(median * math.exp(-apart * spread), spread, deviations, share)


def expected_radii(recipe: Recipe) -> MeanRadii:
    """Mean radii of infinitely many particles of a recipe [m]."""
    radii, numbers = [], []
    for law in size_laws(recipe):
        sizes, counts = law.radii()
        radii.append(sizes)
        numbers.append(counts * law.share / float(np.sum(counts * sizes**3)))
    return mean_radii(
        np.concatenate(radii), recipe.particle_shape, recipe.particle_aspect_ratio, np.concatenate(numbers)
    )


def mean_radii(radii: Floats, shape: ParticleShape, aspect_ratio: float, numbers: Any = 1.0) -> MeanRadii:
    """Means of particles whose volumes are those of spheres of the given radii.

    Parameters
    ----------
    radii
        Shape (n,), of the spheres of equal volume, any unit of length.
    shape, aspect_ratio
        Common to all particles; the longest over the shortest axis [-].
    numbers
        Shape (n,), how many particles have each radius, of any total; equally many unless given.
    """
    scale = float(np.max(radii))
    second, third, fifth = (math.fsum(numbers * (radii / scale) ** power) for power in (2, 3, 5))
    along, across = _semi_axes(shape, aspect_ratio)
    slenderness = 3 / (1 / along**2 + 2 / across**2)
    return MeanRadii(
        scale * math.sqrt(slenderness * fifth / third), scale * third / second / relative_surface(along, across)
    )


def relative_surface(along: float, across: float) -> float:
    """Surface of a spheroid over that of a sphere of radius one [-], given its semi-axes along and across its axis."""
    longest = max(along, across)
    if abs(along - across) < _ROUND * longest:
        return longest**2
    eccentricity = math.sqrt(1 - (min(along, across) / longest) ** 2)
    if along > across:
        side = along / across * math.asin(eccentricity) / eccentricity
    else:
        side = (along / across) ** 2 * math.atanh(eccentricity) / eccentricity
    return across**2 * (1 + side) / 2


def _semi_axes(shape: ParticleShape, aspect_ratio: float) -> tuple[float, float]:
    """Semi-axes along the axis and across it, over the radius of the sphere of equal volume [-]."""
    short = aspect_ratio ** (-1 / 3)
    return {
        ParticleShape.SPHERE: (1.0, 1.0),
        ParticleShape.ELLIPSOID: (1 / short**2, short),
        ParticleShape.PLATE: (short**2, 1 / short),
    }[shape]
