"""Where in the unit cube is a function largest, within limits, both with gradients?

Sequential quadratic programming from each of several starts. It finds the optimum near each start, to many digits; that
the best of them is the best of all is as sure as the starts are many.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ragone.models.acquisition.space import Floats

_STEPS = 200
_CHANGE = 1e-12  # of the function, at which the search ends
_KEPT = 1e-6  # distance beyond a limit that counts as none

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Terms = Callable[[Floats], tuple[Floats, Floats]]


def ascend_within(terms: Terms, starts: Floats, free: Mask) -> Floats:
    """Optima within limits, shape (starts, axes), one for each start; the start itself where none better is found.

    Parameters
    ----------
    terms
        Values, shape (n, 1 + limits), and their gradients, shape (n, 1 + limits, axes), at points of shape (n, axes):
        the function to make large, and margins that are to be at least 0.
    starts
        Shape (starts, axes), in the unit cube.
    free
        Shape (axes,): the axes to search; the others stay as the start has them.

    References
    ----------
    Kraft, 1988, DFVLR-FB 88-28 (SLSQP).
    """
    if not free.any():
        return starts
    found = np.array([_ascended(terms, start, free) for start in starts])
    values, before = terms(found)[0], terms(starts)[0]
    better = np.array([ranked(np.stack(pair))[0] == 0 for pair in zip(values, before, strict=True)])
    return np.where(better[:, None], found, starts)


def ranked(values: Floats) -> np.ndarray[Any, np.dtype[np.intp]]:
    """The order of rows of terms, the best first: those within all limits, then those least beyond one."""
    beyond = np.maximum(-values[:, 1:].min(axis=1, initial=np.inf), 0.0)
    beyond[beyond <= _KEPT] = 0.0
    return np.lexsort((-values[:, 0], beyond))


def _ascended(terms: Terms, start: Floats, free: Mask) -> Floats:
    """The point that one search ends at."""
    from scipy.optimize import minimize

    known: dict[bytes, tuple[Floats, Floats]] = {}

    def at(chosen: Floats) -> tuple[Floats, Floats]:
        key = chosen.tobytes()
        if key not in known:
            known.clear()
            values, gradients = terms(_with(start, free, chosen)[None])
            known[key] = values[0], gradients[0][:, free]
        return known[key]

    limits = {"type": "ineq", "fun": lambda x: at(x)[0][1:], "jac": lambda x: at(x)[1][1:]}
    found = minimize(
        lambda x: -at(x)[0][0],
        start[free],
        jac=lambda x: -at(x)[1][0],
        bounds=[(0.0, 1.0)] * int(free.sum()),
        constraints=[limits] if len(at(start[free])[0]) > 1 else [],
        method="SLSQP",
        options={"ftol": _CHANGE, "maxiter": _STEPS},
    )
    return start if not np.isfinite(found.x).all() else _with(start, free, np.clip(found.x, 0.0, 1.0))


def _with(start: Floats, free: Mask, chosen: Floats) -> Floats:
    point = start.copy()
    point[free] = chosen
    return point
