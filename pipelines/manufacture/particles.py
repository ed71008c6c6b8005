"""Where do the particles lie after drying and calendering? Polydisperse spheres in a box, pressed along axis 0.

Spheres start at random in a box so tall that they are dilute: a slurry. The box is pressed in steps, affinely along
axis 0, and after each step overlapping spheres push each other apart, and walls, where axis 0 has them, push them
back. Other bodies are pressed by the same steps (`spheroids`). Lengths are in voxels throughout.

After the draw of the radii only additions, multiplications and square roots act, in a fixed order, so that equal
seeds give equal voxels whatever the machine's mathematics library. What it does not do: no forces, friction, gravity
or breakage; a dense packing keeps small overlaps, which stand for flattened contacts. Bodies push on until the mean of
these is below a limit; denser than a random close packing (0.64 of equal spheres) they cannot reach it, and stop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ragone.schemas.particle_sizes import LARGEST_DEVIATION

Floats = npt.NDArray[np.float64]
Body = TypeVar("Body")

_DILUTE_FRACTION = 0.30
_PRESS_STEPS = 16
_SWEEPS_PER_STEP = 8
_FINAL_SWEEPS = 120
_MOST_ROUNDS = 20  # of final sweeps more, where overlaps are still too deep
_NEGLIGIBLE_OVERLAP = 1e-3  # of a voxel
LARGEST_RADIUS = 0.25  # of the box edge: a particle never meets its own image


@dataclass(frozen=True, slots=True)
class Particles:
    """Spheres in a cube: centres, shape (n, 3), and radii, shape (n,), in voxels."""

    centres: Floats
    radii: Floats


@dataclass(frozen=True, slots=True)
class Box:
    """Edges, shape (3,), in voxels; periodic along all axes, or closed by walls at both ends of axis 0."""

    edges: Floats
    walled: bool

    @property
    def periods(self) -> Floats:
        """The edges, 0 for an axis that does not repeat."""
        return self.edges * np.array([0.0, 1.0, 1.0]) if self.walled else self.edges

    def nearest(self, apart: Floats) -> Floats:
        """Differences of places, each to the nearest image."""
        return apart - self.periods * np.round(apart / self.edges)


def median_radius_in_box(median_radius: float, spread: float, edge: int, longest: float = 1.0) -> float:
    """The median radius [voxel], lowered where the largest particles would not fit into the box.

    The longest semi-axis drawn, `longest` times the radius, may be a quarter of the box edge; all radii shrink alike
    until it is.
    """
    return min(median_radius, LARGEST_RADIUS * edge / float(np.exp(LARGEST_DEVIATION * spread)) / longest)


def draw_radii(rng: np.random.Generator, median_radius: float, spread: float, volume: float) -> Floats:
    """Log-normal radii [voxel], shape (n,), whose spheres have exactly the volume [voxel^3] together.

    The logarithm is cut at two standard deviations. The radii are drawn until the volume is filled, then shrink
    alike to meet it. They are rounded, so that the last bit of an exponential moves no particle.
    """
    mean_volume = 4 / 3 * np.pi * median_radius**3
    drawn = np.empty(0)
    while drawn.size == 0 or _volume(drawn) < volume:
        deviations = rng.standard_normal(16 + int(volume / mean_volume))
        kept = deviations[np.abs(deviations) <= LARGEST_DEVIATION]
        drawn = np.append(drawn, median_radius * np.exp(spread * kept))
    count = 1 + int(np.searchsorted(np.cumsum(4 / 3 * np.pi * drawn**3), volume))
    radii = drawn[:count]
    return np.asarray(np.round(radii * (volume / _volume(radii)) ** (1 / 3), 9))


def calender(
    rng: np.random.Generator, radii: Floats, edge: int, *, walled: bool = False, largest_mean_overlap: float = 1.0
) -> Particles:
    """Spheres placed at random in a tall box and pressed along axis 0 until it is a cube of that edge.

    The mean overlap, see `mean_overlap_of_spheres`, is at most the largest where that can be reached.
    """

    def place_in_box(box: Box) -> Particles:
        return Particles(rng.random((len(radii), 3)) * box.edges, radii)

    steps = Pressing(place_in_box, _move_affinely, _push_apart, mean_overlap_of_spheres)
    return press(radii, edge, walled, steps, largest_mean_overlap)


def mean_overlap_of_spheres(particles: Particles, box: Box) -> float:
    """Overlap of touching spheres over the mean of their two radii, in the mean [-]; 0 if none touch."""
    wrapped = Particles(particles.centres.copy(), particles.radii)
    wrap(wrapped.centres, box)
    i, j, overlap, _, _ = touching(wrapped, box)
    return mean_over_contacts(overlap, particles.radii[i], particles.radii[j])


def mean_over_contacts(overlap: Floats, first: Floats, second: Floats) -> float:
    """Mean of overlaps over the mean radius of the two [-], added in order."""
    return float(np.cumsum(2 * overlap / (first + second))[-1]) / len(overlap) if len(overlap) else 0.0


@dataclass(frozen=True, slots=True)
class Pressing(Generic[Body]):
    """The steps of pressing bodies of some shape, each in place but the first and the last.

    Bodies placed in the tall box; pressed by a ratio; pushed apart where they overlap, in so many sweeps; their mean
    overlap.
    """

    place_in_box: Callable[[Box], Body]
    flatten: Callable[[Body, float], None]
    push_apart: Callable[[Body, Box, int], None]
    mean_overlap: Callable[[Body, Box], float]


def press(radii: Floats, edge: int, walled: bool, steps: Pressing[Body], largest_mean_overlap: float = 1.0) -> Body:
    """Press bodies from a dilute box to a cube of that edge, in steps.

    Parameters
    ----------
    radii
        Of the spheres of equal volume [voxel]; they say how tall the box is at first.
    edge
        Of the cube [voxel].
    walled
        Whether axis 0 ends in walls; else the box is periodic.
    steps
        What is done with the bodies.
    largest_mean_overlap
        Above which bodies are pushed apart for longer at the end [-].
    """
    height = max(edge, _volume(radii) / _DILUTE_FRACTION / edge**2)
    bodies = steps.place_in_box(Box(np.array([height, edge, edge]), walled))
    for step in range(_PRESS_STEPS + 1):
        pressed = height + (edge - height) * step / _PRESS_STEPS
        previous = height + (edge - height) * max(step - 1, 0) / _PRESS_STEPS
        steps.flatten(bodies, pressed / previous)
        sweeps = _FINAL_SWEEPS if step == _PRESS_STEPS else _SWEEPS_PER_STEP
        steps.push_apart(bodies, Box(np.array([pressed, edge, edge]), walled), sweeps)
    cube = Box(np.full(3, float(edge)), walled)
    for _ in range(_MOST_ROUNDS):
        if steps.mean_overlap(bodies, cube) <= largest_mean_overlap:
            break
        steps.push_apart(bodies, cube, _FINAL_SWEEPS)
    return bodies


def wrap(centres: Floats, box: Box) -> None:
    """Bring centres back into the box; the remainder may round up to the edge itself, which is the origin.

    Beyond a wall a centre is put onto it.
    """
    if box.walled:
        np.clip(centres[:, 0], 0.0, box.edges[0], out=centres[:, 0])
        centres, edges = centres[:, 1:], box.edges[1:]
    else:
        edges = box.edges
    np.remainder(centres, edges, out=centres)
    centres[centres >= edges] = 0.0


def _move_affinely(particles: Particles, ratio: float) -> None:
    particles.centres[:, 0] *= ratio


def _volume(radii: Floats) -> float:
    return float(np.cumsum(4 / 3 * np.pi * radii**3)[-1])  # cumsum adds in order; sum may not


def touching(particles: Particles, box: Box) -> tuple[Any, Any, Floats, Floats, Floats]:
    """Numbers of the two of each overlapping pair, the overlap, the first seen from the second, and their distance."""
    centres, radii = particles.centres, particles.radii
    pairs = cKDTree(centres, boxsize=box.periods).query_pairs(2 * float(radii.max()), output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    i, j = pairs[:, 0], pairs[:, 1]
    apart = box.nearest(centres[i] - centres[j])
    distance = np.sqrt(apart[:, 0] ** 2 + apart[:, 1] ** 2 + apart[:, 2] ** 2)
    overlap = radii[i] + radii[j] - distance
    touching = overlap > _NEGLIGIBLE_OVERLAP
    return i[touching], j[touching], overlap[touching], apart[touching], distance[touching]


def _push_apart(particles: Particles, box: Box, sweeps: int) -> None:
    """Move overlapping spheres apart along their line of centres, in place, for at most so many sweeps."""
    centres, radii = particles.centres, particles.radii
    for _ in range(sweeps):
        wrap(centres, box)
        if box.walled:
            np.clip(centres[:, 0], radii, box.edges[0] - radii, out=centres[:, 0])
        i, j, overlap, apart, distance = touching(particles, box)
        if not len(i):
            return
        push = apart * (0.5 * overlap / np.maximum(distance, 1e-9))[:, None]
        # The smaller sphere gives way more, in proportion to the other's radius.
        share = (radii[j] / (radii[i] + radii[j]))[:, None]
        np.add.at(centres, i, push * share)
        np.subtract.at(centres, j, push * (1 - share))
    if box.walled:
        np.clip(centres[:, 0], radii, box.edges[0] - radii, out=centres[:, 0])
