"""Where do the particles lie after calendering? Polydisperse spheres in a periodic box, pressed along axis 0.

Spheres start at random in a box so tall that they are dilute. The box is pressed in steps, affinely along axis 0,
and after each step overlapping spheres push each other apart. Lengths are in voxels throughout.

After the draw of the radii only additions, multiplications and square roots act, in a fixed order, so that equal
seeds give equal voxels whatever the machine's mathematics library. What it does not do: no forces, friction, gravity
or breakage; a dense packing keeps small overlaps, which stand for flattened contacts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]

_DILUTE_FRACTION = 0.30
_PRESS_STEPS = 16
_SWEEPS_PER_STEP = 8
_FINAL_SWEEPS = 120
_NEGLIGIBLE_OVERLAP = 1e-3  # of a voxel
_LARGEST_DEVIATION = 2.0  # of the logarithm of the radius, in standard deviations
_LARGEST_RADIUS = 0.25  # of the box edge: a particle never meets its own image


@dataclass(frozen=True, slots=True)
class Particles:
    """Spheres in a periodic cube: centres, shape (n, 3), and radii, shape (n,), in voxels."""

    centres: Floats
    radii: Floats


def median_radius_in_box(median_radius: float, spread: float, edge: int) -> float:
    """The median radius [voxel], lowered where the largest particles would not fit into the box.

    The largest radius drawn may be a quarter of the box edge; all radii shrink alike until it is.
    """
    return min(median_radius, _LARGEST_RADIUS * edge / float(np.exp(_LARGEST_DEVIATION * spread)))


def draw_radii(rng: np.random.Generator, median_radius: float, spread: float, volume: float) -> Floats:
    """Log-normal radii [voxel], shape (n,), whose spheres have exactly the volume [voxel^3] together.

    The logarithm is cut at two standard deviations. The radii are drawn until the volume is filled, then shrink
    alike to meet it. They are rounded, so that the last bit of an exponential moves no particle.
    """
    mean_volume = 4 / 3 * np.pi * median_radius**3
    drawn = np.empty(0)
    while drawn.size == 0 or _volume(drawn) < volume:
        deviations = rng.standard_normal(16 + int(volume / mean_volume))
        kept = deviations[np.abs(deviations) <= _LARGEST_DEVIATION]
        drawn = np.append(drawn, median_radius * np.exp(spread * kept))
    count = 1 + int(np.searchsorted(np.cumsum(4 / 3 * np.pi * drawn**3), volume))
    radii = drawn[:count]
    return np.asarray(np.round(radii * (volume / _volume(radii)) ** (1 / 3), 9))


def calender(rng: np.random.Generator, radii: Floats, edge: int) -> Particles:
    """Spheres placed at random in a tall periodic box and pressed along axis 0 until it is a cube of that edge."""
    height = max(edge, _volume(radii) / _DILUTE_FRACTION / edge**2)
    centres = rng.random((len(radii), 3)) * np.array([height, edge, edge])
    for step in range(_PRESS_STEPS + 1):
        pressed = height + (edge - height) * step / _PRESS_STEPS
        previous = height + (edge - height) * max(step - 1, 0) / _PRESS_STEPS
        centres[:, 0] *= pressed / previous
        sweeps = _FINAL_SWEEPS if step == _PRESS_STEPS else _SWEEPS_PER_STEP
        _push_apart(centres, radii, np.array([pressed, edge, edge]), sweeps)
    return Particles(centres, radii)


def _volume(radii: Floats) -> float:
    return float(np.cumsum(4 / 3 * np.pi * radii**3)[-1])  # cumsum adds in order; sum may not


def _push_apart(centres: Floats, radii: Floats, box: Floats, sweeps: int) -> None:
    """Move overlapping spheres apart along their line of centres, in place, for at most so many sweeps."""
    for _ in range(sweeps):
        _wrap(centres, box)
        pairs = cKDTree(centres, boxsize=box).query_pairs(2 * float(radii.max()), output_type="ndarray")
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        i, j = pairs[:, 0], pairs[:, 1]
        apart = centres[i] - centres[j]
        apart -= box * np.round(apart / box)
        distance = np.sqrt(apart[:, 0] ** 2 + apart[:, 1] ** 2 + apart[:, 2] ** 2)
        overlap = radii[i] + radii[j] - distance
        touching = overlap > _NEGLIGIBLE_OVERLAP
        if not touching.any():
            return
        i, j, overlap = i[touching], j[touching], overlap[touching]
        push = apart[touching] * (0.5 * overlap / np.maximum(distance[touching], 1e-9))[:, None]
        # The smaller sphere gives way more, in proportion to the other's radius.
        share = (radii[j] / (radii[i] + radii[j]))[:, None]
        np.add.at(centres, i, push * share)
        np.subtract.at(centres, j, push * (1 - share))


def _wrap(centres: Floats, box: Floats) -> None:
    """Bring centres back into the box; the remainder may round up to the edge itself, which is the origin."""
    np.remainder(centres, box, out=centres)
    centres[centres >= box] = 0.0
