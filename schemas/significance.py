"""Is the difference of two numbers larger than their uncertainties? Both are taken as independent.

What two numbers share (the materials of a study, the model of a cell) makes their difference better known than that: a
difference that is called larger is so, one that is not may be larger all the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_COVERAGE = 2.0  # standard uncertainties: about 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Significance:
    """The difference of two numbers and its standard uncertainty, both in the unit of the numbers."""

    difference: float
    standard_uncertainty: float

    @property
    def is_significant(self) -> bool:
        """Whether the difference is larger than twice its standard uncertainty; any is, without uncertainty."""
        return abs(self.difference) > _COVERAGE * self.standard_uncertainty


def significance(
    first: float, second: float, first_uncertainty: float | None, second_uncertainty: float | None
) -> Significance | None:
    """Return the difference of the second number to the first.

    Parameters
    ----------
    first, second
        The numbers, in one unit.
    first_uncertainty, second_uncertainty
        Standard uncertainties in that unit; None if unknown.

    Returns
    -------
    Significance or None
        None if an uncertainty is unknown, or a number is not finite.

    References
    ----------
    JCGM 100:2008 (GUM), 5.1.2, without correlation.

    Examples
    --------
    >>> significance(10.0, 11.0, 0.3, 0.4).is_significant
    False
    """
    if first_uncertainty is None or second_uncertainty is None or not math.isfinite(first - second):
        return None
    return Significance(second - first, math.hypot(first_uncertainty, second_uncertainty))
