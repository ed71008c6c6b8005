"""Which candidates cover a space evenly, before anything is known about it? A scrambled Sobol sequence.

Its points depend on the seed and on what came before, on nothing that was measured. It assumes that every variable
matters equally over its range; it learns nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from ragone.models.acquisition.space import Floats, UnitCube
from ragone.models.goals import goals_of, rows_of
from ragone.schemas import Candidate, Kpi, stage

_SAME = 1e-6  # largest distance in the unit cube of two points that are one
_SPARES = 1024  # points of the sequence, for each one wanted, among which one that was not tried is looked for


@stage("acquisition.sobol", libraries=("scipy", "numpy"), informed_by=("candidates", "kpis", "failed", "pending"))
def suggest_by_sobol(
    candidates: tuple[Candidate, ...],
    kpis: tuple[Kpi, ...],
    failed: tuple[Candidate, ...] = (),
    pending: tuple[Candidate, ...] = (),
    *,
    space: Mapping[str, Any],
    goals: Sequence[Mapping[str, Any]],
    count: int,
    seed: int,
) -> Mapping[str, Candidate]:
    """The next points of the scrambled Sobol sequence of a seed.

    Where a variable is whole-numbered or a choice, points that mean a candidate tried before are passed over, unless
    the next thousand all do.

    Parameters
    ----------
    candidates, failed, pending
        Every candidate so far.
    kpis
        Not used: the sequence does not look at what was measured.
    space
        Path to its values, in the unit that the path ends in: ``{"low": 0.2, "high": 0.5}``, with ``"whole": true``
        for whole numbers, ``{"choices": [...]}``, or ``{"value": ...}`` for what every candidate carries.
    goals
        Not used either, but checked: ``{"kpi": ..., "sense": ..., "limit": ...}`` each.
    count
        Candidates wanted, >= 1.
    seed
        Seed of the scrambling.

    Returns
    -------
    Mapping[str, Candidate]
        Keyed "0", "1", ... in order.

    References
    ----------
    Owen, 1998, doi 10.1145/272991.273010 (scrambling of a (t, m, s)-net).
    """
    rows_of(goals_of(goals), kpis, len(candidates))
    cube = UnitCube.of(space)
    return cube.candidates(even_points(cube, cube.points([*candidates, *failed, *pending]), count, seed))


def even_points(cube: UnitCube, tried: Floats, count: int, seed: int) -> Floats:
    """The next points of the sequence after those tried, shape (count, axes)."""
    following = sobol_points(cube.axes, skip=len(tried), count=count, seed=seed)
    return distinct(cube, following, tried, seed) if cube.discrete else following


def distinct(cube: UnitCube, chosen: Floats, tried: Floats, seed: int) -> Floats:
    """The points chosen, snapped, those that were tried before (or twice chosen) replaced by points of the sequence."""
    count = len(chosen)
    spare = sobol_points(cube.axes, skip=len(tried), count=_SPARES * count, seed=seed)
    kept: list[Floats] = list(tried)
    for number, point in enumerate(cube.snapped(chosen)):
        others = (cube.snapped(other[None])[0] for other in spare[number::count])
        kept.append(next((p for p in chain([point], others) if not _known(p, kept)), point))
    return np.array(kept[len(tried) :]).reshape(count, cube.axes)


def sobol_points(axes: int, *, skip: int, count: int, seed: int) -> Floats:
    """Points `skip` to `skip + count` of the sequence in the unit cube, shape (count, axes)."""
    from scipy.stats import qmc  # heavy

    if axes == 0:
        return np.empty((count, 0))
    exponent = (skip + count - 1).bit_length()  # whole powers of two: any prefix of the sequence is the same
    points = qmc.Sobol(axes, scramble=True, rng=seed).random_base2(exponent)
    return np.asarray(points[skip : skip + count], dtype=np.float64)


def _known(point: Floats, others: Sequence[Floats]) -> bool:
    return any(np.abs(point - other).max() <= _SAME for other in others)
