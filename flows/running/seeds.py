"""Where the seed of a cube comes from.

The rule: the first four bytes, big-endian, of the SHA-256 of ``<study seed>/<recipe id>/<cube number>``. So a recipe
has the same cubes in whatever order, batch or process it is evaluated, whatever cell is built of it, and more cubes can
be added later without changing the first ones. Suggestions use the study's seed itself. Small volumes that the members
of a generator draw at equal noise have the seed of cube number -1.
"""

from __future__ import annotations

import hashlib


def cube_seed(study_seed: int, recipe_id: str, cube: int) -> int:
    """The seed of one cube of one recipe, in [0, 2^32)."""
    digest = hashlib.sha256(f"{study_seed}/{recipe_id}/{cube}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
