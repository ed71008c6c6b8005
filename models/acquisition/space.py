"""Between designs and the unit cube in which the optimiser works.

A field whose low equals its high is fixed: it is no axis of the cube, and every design carries its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from schemas import Design
from schemas.errors import BoundsError

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class UnitCube:
    """The free fields of a space as the axes of a unit cube, in alphabetical order; the fixed ones beside them.

    `low` and `high` have shape (axes,), each in its field's own unit.
    """

    axes: tuple[str, ...]
    low: Floats
    high: Floats
    fixed: Mapping[str, float]

    @classmethod
    def of(cls, space: Mapping[str, Any]) -> UnitCube:
        """The cube of a space that maps a design field to its low and high.

        Raises
        ------
        BoundsError
            If a low is above its high.
        """
        bounds = {name: (float(space[name][0]), float(space[name][1])) for name in sorted(space)}
        for name, (low, high) in bounds.items():
            if not low <= high:
                raise BoundsError(f"space.{name}: low = {low:g} is above high = {high:g}. Exchange them.")
        axes = tuple(name for name, (low, high) in bounds.items() if low < high)
        fixed = {name: low for name, (low, high) in bounds.items() if low == high}
        return cls(axes, np.array([bounds[a][0] for a in axes]), np.array([bounds[a][1] for a in axes]), fixed)

    def points(self, designs: Sequence[Design]) -> Floats:
        """Where the designs lie in the cube, shape (designs, axes); outside [0, 1] if outside the space."""
        values = np.array([[getattr(design, axis) for axis in self.axes] for design in designs], dtype=np.float64)
        return np.asarray((values.reshape(len(designs), len(self.axes)) - self.low) / (self.high - self.low))

    def designs(self, points: Floats) -> dict[str, Design]:
        """The designs at points of shape (count, axes), keyed "0", "1", ... in order."""
        values = np.clip(self.low + points * (self.high - self.low), self.low, self.high)
        rows = [dict(zip(self.axes, row.tolist(), strict=True)) for row in values]
        return {str(number): Design.build({**self.fixed, **row}) for number, row in enumerate(rows)}
