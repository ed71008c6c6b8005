"""Tabulated functions with a slope that PyBaMM can compute with.

PyBaMM's linear interpolation has no derivative, and that of its splines cannot be used in a solution (its Jacobian
fails), but the heat of mixing needs the slope of the potentials. Here the slope is taken in the table's rows, linear
between them and constant beyond: of a linear table by central differences, of a spline its own. Values stay PyBaMM's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SLOPED = tuple(
    f"{electrode} electrode {what}"
    for electrode in ("Negative", "Positive")
    for what in ("OCP [V]", "OCP entropic change [V.K-1]")
)


def interpolated(table: Mapping[str, Any], name: str, pybamm: Any) -> Callable[[Any], Any]:
    """A table {x, y}, interpolated linearly, as a function of PyBaMM's symbols."""
    x, y = (np.array(table[axis], np.float64) for axis in ("x", "y"))
    return lambda at: _table(pybamm)(x, y, at, name=name)


def sloped_splines(values: Any, pybamm: Any) -> dict[str, Callable[..., Any]]:
    """Potentials and entropic changes of PyBaMM's parameter values, so that the slope of a spline can be used."""
    return {name: _sloped(values[name], pybamm) for name in _SLOPED if name in values and callable(values[name])}


def _sloped(function: Callable[..., Any], pybamm: Any) -> Callable[..., Any]:
    def called(*arguments: Any) -> Any:
        found = function(*arguments)
        if not isinstance(found, pybamm.Interpolant) or isinstance(found, _table(pybamm)):
            return found
        return _table(pybamm)(found.x, found.y, found.orphans, name=found.name, interpolator=found.interpolator)

    return called


@lru_cache(maxsize=1)
def _table(pybamm: Any) -> Any:
    """The class of PyBaMM's interpolation in one dimension with such a slope."""

    class Table(pybamm.Interpolant):  # type: ignore[misc]
        def _function_diff(self, children: Any, idx: int) -> Any:
            x, y, linear = self.x[0], self.y, self.interpolator == "linear"
            slope = np.gradient(y, x) if linear else self.function.derivative()(x)
            return pybamm.Interpolant(*_continued(x, slope), children, name=f"slope of {self.name}")

    return Table


def _continued(x: NDArray[np.float64], slope: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same slope for as wide as the table is, on either side of it."""
    width = x[-1] - x[0]
    return np.concatenate([[x[0] - width], x, [x[-1] + width]]), np.concatenate([slope[:1], slope, slope[-1:]])
