"""A document that says who wrote it: canonical JSON, signed by the owner's Ed25519 key.

The fingerprint of the owner is the SHA-256 of the public key. The signature proves that the document is as the holder
of that key wrote it; whose key it is, the owner says on another way, and the reader gives it as the expected one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import rfc8785

from ragone.models.sharing.errors import ShareError
from ragone.schemas.json_text import JsonError, decode_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LARGEST_BYTES = 2**22
FORMAT = "ragone-share/1"
_PRIME = 2**255 - 19
_OF_ORDER_EIGHT = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_ASK = "Ask the owner for it again, by another way."


def fingerprint_of(public_key: str) -> str:
    """The SHA-256 of a public key, both as hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()


def public_key_of(key: Ed25519PrivateKey) -> str:
    """The public key, as hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def signed(content: Mapping[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """The content as a document of that owner, with public key and signature."""
    document = {"format": FORMAT, **content, "public_key": public_key_of(key)}
    return {**document, "signature": key.sign(rfc8785.dumps(document)).hex()}


def written(document: Mapping[str, Any]) -> bytes:
    """The bytes of its file."""
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def read_signed(content: bytes, expect: str = "") -> dict[str, Any]:
    """The document of a file, once its signature was verified.

    Parameters
    ----------
    content
        The file.
    expect
        Fingerprint that the owner stated; any if empty.

    Raises
    ------
    ShareError
        If it is too large, cut short, none of these documents, of another owner, or not as its owner signed it.
    """
    if len(content) > LARGEST_BYTES:
        raise ShareError(f"the file has {len(content):,} bytes, of {LARGEST_BYTES:,} at most. Give another.")
    try:
        document = decode_json(content)
    except JsonError as cause:
        raise ShareError(f"the file is no JSON: {cause}. It is cut short, or another file. {_ASK}") from cause
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ShareError(f"the file is no {FORMAT} document. Give one that `ragone share export` wrote.")
    verify(document, expect)
    return document


def verify(document: Mapping[str, Any], expect: str = "") -> None:
    """Raise `ShareError` unless the document is as its owner signed it, and the owner the one expected."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    unsigned = {name: value for name, value in document.items() if name != "signature"}
    try:
        public_key = bytes.fromhex(document["public_key"])
        if any(bytes.fromhex(document[name]).hex() != document[name] for name in ("public_key", "signature")):
            raise ValueError("its digits are written in another way than these documents have them")
        if _signs_anything(public_key):
            raise ValueError("anybody can sign for this key: it is a point of small order")
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(bytes.fromhex(document["signature"]), rfc8785.dumps(unsigned))
    except InvalidSignature:
        raise ShareError(f"the file is not as its owner signed it: it was changed. {_ASK}") from None
    except (LookupError, TypeError, ValueError, rfc8785.CanonicalizationError) as cause:
        raise ShareError(f"the file carries no signature that can be verified ({cause!r}). {_ASK}") from cause
    found = fingerprint_of(public_key.hex())
    wanted = "".join(expect.split()).lower()
    if wanted and (len(wanted) < 16 or not found.startswith(wanted)):
        raise ShareError(
            f"the file is signed by the key {found}, not by the expected {wanted}: its owner is not who you expect. "
            "State the fingerprint (16 digits at least) that the owner gave you."
        )


def _signs_anything(public_key: bytes) -> bool:
    """Whether a key is one of those for which a signature can be made without the secret one, or is none at all."""
    height = int.from_bytes(public_key, "little") % 2**255  # without the sign of the other coordinate
    return height >= _PRIME or height in (0, 1, _PRIME - 1, _OF_ORDER_EIGHT, _PRIME - _OF_ORDER_EIGHT)
