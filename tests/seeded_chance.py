"""A source of chance for the discrete Gaussian that comes out alike every time: for tests and benchmarks alone."""

from __future__ import annotations

import random
from collections.abc import Callable


def seeded_below(seed: int) -> Callable[[int], int]:
    """Whole numbers evenly in [0, n), from a seed."""
    return random.Random(seed).randrange
