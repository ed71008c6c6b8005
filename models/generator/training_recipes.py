"""Which recipes should a generator learn from? Those at the corners of a space, and as many spread inside it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from ragone.schemas import Recipe


def training_recipes(space: Mapping[str, tuple[float, float]]) -> tuple[Recipe, ...]:
    """Return the corners of a space and points inside, as many as there are edges and a centre.

    The points are spread by a Sobol sequence from the centre on, so that no two of them share the value of a field and
    the effects of all fields can be separated. Fields that are not free are at their middle.

    Parameters
    ----------
    space
        Low and high of each field of a recipe; the other fields are at their defaults.
    """
    from scipy.stats import qmc

    free = [name for name, (low, high) in space.items() if low < high]
    middle = {name: (low + high) / 2 for name, (low, high) in space.items()}
    corners = list(itertools.product((0.0, 1.0), repeat=len(free)))
    inside = len(free) * len(corners) // 2 + 1
    spread = qmc.Sobol(len(free), scramble=False).random(1 << inside.bit_length())[1 : inside + 1] if free else []
    return tuple(
        Recipe.build(
            middle | {n: space[n][0] + float(p) * (space[n][1] - space[n][0]) for n, p in zip(free, at, strict=True)}
        )
        for at in (*corners, *spread)
    )
