"""Masked sums: the sum comes out exactly, and nothing less than all files says anything."""

from __future__ import annotations

import random

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from scipy.stats import kstest

from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.masks import MODULUS, mask_key_of, masked, unmasked_sum

KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(1, 6)]


def vectors(count: int, length: int = 400, label: bytes = b"round"):
    """Exact and masked vectors of so many owners."""
    chance = random.Random(count)
    exact = [[chance.randrange(-(2**38), 2**38) for _ in range(length)] for _ in range(count)]
    public = [mask_key_of(key) for key in KEYS[:count]]
    others = [[one for one in public if one != own] for own in public]
    hidden = [masked(one, key, rest, label) for one, key, rest in zip(exact, KEYS, others, strict=False)]
    return exact, hidden


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_masks_cancel_in_the_sum(count):
    """Signed numbers come out to the last digit, whoever adds in whatever order."""
    exact, hidden = vectors(count)
    assert unmasked_sum(hidden[::-1]) == [sum(column) for column in zip(*exact, strict=True)]


def test_one_file_less_says_nothing():
    """Each masked vector, and each sum but that of all, is spread evenly and uncorrelated with what it hides."""
    exact, hidden = vectors(3)
    parts = [hidden[0], hidden[1], [(a + b) % MODULUS for a, b in zip(hidden[0], hidden[1], strict=True)]]
    for part in parts:
        even = np.array(part) / MODULUS
        assert kstest(even, "uniform").pvalue > 1e-3
        for one in exact:
            assert abs(np.corrcoef(even, one)[0, 1]) < 4 / len(one) ** 0.5


def test_other_rounds_have_other_masks():
    """The same numbers under two labels share nothing; under one label they would, which is why none is used twice."""
    first, second = vectors(2)[1][0], vectors(2, label=b"another")[1][0]
    assert not set(first) & set(second)


@pytest.mark.parametrize("others", [[], [mask_key_of(KEYS[0])], [mask_key_of(KEYS[1])] * 2, ["00"], ["00" * 32]])
def test_others_that_are_none_are_refused(others):
    """No other owner, oneself, one twice, and keys that are none or that would make the secret a known one."""
    with pytest.raises(ShareError):
        masked([1, 2], KEYS[0], others, b"round")
