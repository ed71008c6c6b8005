"""Which designs cover a space evenly, before anything is known about it? A scrambled Sobol sequence.

Its points depend on the seed and on how many designs came before, on nothing that was
measured. It assumes that every field matters equally over its range; it learns nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.acquisition.space import Floats, UnitCube
from schemas import Design, Kpi, stage


@stage("suggest_by_sobol", libraries=("scipy", "numpy"))
def suggest_by_sobol(
    designs: tuple[Design, ...],
    objectives: tuple[Kpi, ...],
    failed: tuple[Design, ...] = (),
    *,
    space: Mapping[str, Any],
    count: int,
    maximise: bool,
    seed: int,
) -> Mapping[str, Design]:
    """The next points of the scrambled Sobol sequence of a seed.

    Parameters
    ----------
    designs, objectives
        The trials so far; only their number matters.
    failed
        Designs whose evaluation failed; only their number matters.
    space
        Design field to its low and high, in the field's unit; a field with low == high is fixed.
    count
        Designs wanted, >= 1.
    maximise
        Not used: the sequence does not look at the objective.
    seed
        Of the scrambling.

    Returns
    -------
    Mapping[str, Design]
        Keyed "0", "1", ... in order.

    References
    ----------
    Owen, 1998, doi 10.1145/272991.273010 (scrambling of a (t, m, s)-net).
    """
    del objectives, maximise
    cube = UnitCube.of(space)
    return cube.designs(sobol_points(len(cube.axes), skip=len(designs) + len(failed), count=count, seed=seed))


def sobol_points(axes: int, *, skip: int, count: int, seed: int) -> Floats:
    """Points `skip` to `skip + count` of the sequence in the unit cube, shape (count, axes)."""
    import numpy as np
    from scipy.stats import qmc  # heavy

    if axes == 0:
        return np.empty((count, 0))
    exponent = (skip + count - 1).bit_length()  # whole powers of two: any prefix of the sequence is the same
    points = qmc.Sobol(axes, scramble=True, rng=seed).random_base2(exponent)
    return np.asarray(points[skip : skip + count], dtype=np.float64)
