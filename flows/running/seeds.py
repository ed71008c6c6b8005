"""Where the seed of a volume element comes from.

The rule: the first four bytes, big-endian, of the SHA-256 of ``<study seed>/<recipe id>/<volume element number>``. So a
recipe has the same volume elements in whatever order, batch or process it is evaluated, whatever cell is built of it,
and more volume elements can be added later without changing the first ones. Suggestions use the study's seed itself.
Small volumes that the members of a generator draw at equal noise have the seed of volume element number -1.
"""

from __future__ import annotations

import hashlib


def volume_element_seed(study_seed: int, recipe_id: str, element: int) -> int:
    """The seed of one volume element of one recipe, in [0, 2^32)."""
    digest = hashlib.sha256(f"{study_seed}/{recipe_id}/{element}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
