"""Noise whose distribution is exact: whole numbers, drawn by whole-number arithmetic from the operating system.

Noise in floating point leaks: the doubles that a sum of value and noise can reach depend on the value (Mironov 2012).
Values are rounded to whole numbers first, and noise is a whole number with chances in proportion to
exp(-k^2 / (2 variance)), drawn by rejection without any rounding. Its source is the operating system, not a recorded
seed: who knows the seed can subtract the noise.

References
----------
Canonne, Kamath and Steinke 2020, arXiv 2004.00565, algorithms 1 to 3; Mironov 2012, doi 10.1145/2382196.2382264.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isqrt

Below = Callable[[int], int]  # a whole number evenly drawn from [0, n)


def with_noise(values: Sequence[int], variance: int, below: Below = secrets.randbelow) -> list[int]:
    """The values, each with independent noise of that variance (the exact one is slightly smaller)."""
    return [value + discrete_gaussian(variance, below) for value in values]


def discrete_gaussian(variance: int, below: Below = secrets.randbelow) -> int:
    """One whole number, with chances in proportion to exp(-k^2 / (2 variance)).

    Parameters
    ----------
    variance
        At least 1.
    below
        Source of chance; another one is for tests alone.
    """
    width = isqrt(variance) + 1
    while True:
        drawn = _discrete_laplace(width, below)
        beyond = abs(drawn) * width - variance
        if _happens(Fraction(beyond * beyond, 2 * variance * width * width), below):
            return drawn


def _discrete_laplace(width: int, below: Below) -> int:
    """A whole number with chances in proportion to exp(-|k| / width)."""
    while True:
        rest = below(width)
        if not _happens(Fraction(rest, width), below):
            continue
        whole = 0
        while _happens(Fraction(1), below):
            whole += 1
        size, negative = rest + width * whole, below(2)
        if size or not negative:
            return -size if negative else size


def _happens(exponent: Fraction, below: Below) -> bool:
    """True with a chance of exp(-exponent), for an exponent of 0 or more."""
    while exponent > 1:
        if not _happens(Fraction(1), below):
            return False
        exponent -= 1
    count = 1
    while below(exponent.denominator * count) < exponent.numerator:
        count += 1
    return count % 2 == 1
