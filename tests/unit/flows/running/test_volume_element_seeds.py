"""The rule by which volume elements get their seeds."""

from __future__ import annotations

import hashlib

from ragone.flows.running.seeds import volume_element_seed

RECIPE = "recipe-" + "ab" * 32


def test_the_seed_follows_the_written_rule() -> None:
    """First four bytes, big-endian, of the SHA-256 of study seed, recipe id and volume element number."""
    expected = int(hashlib.sha256(f"2026/{RECIPE}/3".encode()).hexdigest()[:8], 16)
    assert volume_element_seed(2026, RECIPE, 3) == expected


def test_every_argument_matters() -> None:
    """Another study seed, recipe or volume element gives another seed; all fit 32 bits."""
    seeds = {volume_element_seed(s, RECIPE + d, c) for s in range(5) for d in ("", "0") for c in range(20)}
    assert len(seeds) == 200
    assert all(0 <= seed < 2**32 for seed in seeds)
