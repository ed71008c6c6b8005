"""Masks that cancel in the sum of all owners: a masked vector alone is even noise, and only the sum can be read.

Every pair of owners derives a secret from the key of one and the public key of the other; one adds the stream that
follows from it, the other subtracts it. All arithmetic is modulo 2^48. Every owner takes part, or the sum stays masked:
there is no recovery of one that drops out, as the full protocol has; another round is begun then. A round must never
be used twice by one owner, since two vectors under one mask differ by what is masked.

References
----------
Bonawitz et al. 2017, doi 10.1145/3133956.3133982, section 4 (masking with one-time pads); RFC 7748 (X25519); RFC 5869.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragone.models.sharing.errors import ShareError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

MODULUS = 2**48
_WORD = 8  # bytes of the stream for each number


def mask_key_of(key: Ed25519PrivateKey) -> str:
    """The public key for masks that belongs to an owner's key, as hexadecimal digits."""
    return _exchange_key(key).public_key().public_bytes_raw().hex()


def masked(numbers: Sequence[int], key: Ed25519PrivateKey, others: Sequence[str], label: bytes) -> list[int]:
    """The numbers under the masks of all pairs, each in [0, 2^48).

    Parameters
    ----------
    numbers
        Whole numbers, whose sum over all owners is below 2^47 in size.
    key
        The owner's key.
    others
        Public keys for masks of all other owners.
    label
        Names the round and everything that all owners agree on.

    Raises
    ------
    ShareError
        If there is no other owner, one stands twice, or a key is none.
    """
    own = mask_key_of(key)
    if not others or len({*others, own}) != len(others) + 1:
        raise ShareError("a sum needs other owners, each of them once and none with your own key. Name them anew.")
    total = [number % MODULUS for number in numbers]
    for other in others:
        sign = 1 if own < other else -1
        stream = _stream(_secret(key, other), label, len(numbers))
        total = [(value + sign * mask) % MODULUS for value, mask in zip(total, stream, strict=True)]
    return total


def unmasked_sum(vectors: Sequence[Sequence[int]]) -> list[int]:
    """The sum over all owners, in which the masks cancel; numbers in [-2^47, 2^47)."""
    sums = [sum(column) % MODULUS for column in zip(*vectors, strict=True)]
    return [value - MODULUS if value >= MODULUS // 2 else value for value in sums]


def _exchange_key(key: Ed25519PrivateKey) -> X25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(_derived(key.private_bytes_raw(), b"ragone-share/1 mask key"))


def _secret(key: Ed25519PrivateKey, other: str) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    try:
        return _exchange_key(key).exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(other)))
    except ValueError as cause:
        raise ShareError(f"{other[:64]!r} is no public key for masks ({cause}). Ask its owner for another.") from cause


def _derived(secret: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, None, info).derive(secret)


def _stream(secret: bytes, label: bytes, count: int) -> list[int]:
    content = hashlib.shake_256(_derived(secret, b"ragone-share/1 mask" + label)).digest(_WORD * count)
    words = (content[place : place + _WORD] for place in range(0, len(content), _WORD))
    return [int.from_bytes(word) % MODULUS for word in words]
