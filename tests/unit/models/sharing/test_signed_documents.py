"""A signature proves one owner and one file: keys that sign anything, and other spellings of a file, are refused."""

from __future__ import annotations

import json

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ragone.models.sharing.errors import ShareError
from ragone.models.sharing.signed_document import FORMAT, read_signed, signed, verify, written

KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
NOTHING = (b"\1" + bytes(31) + bytes(32)).hex()  # the neutral point, and zero: a signature without any secret
ORDER_EIGHT = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"


@pytest.mark.parametrize(
    "public_key", ["01" + "00" * 31, "ec" + "ff" * 30 + "7f", "00" * 32, ORDER_EIGHT, ORDER_EIGHT[:-2] + "85"]
)
def test_a_key_that_signs_anything_is_refused(public_key):
    """For a point of small order the library takes a signature that nobody made; the document is refused."""
    forged = next(one for one in map(str, range(400)) if _library_takes(_document(public_key, one)))
    with pytest.raises(ShareError, match="anybody can sign"):
        verify(_document(public_key, forged))


def _document(public_key: str, content: str) -> dict[str, str]:
    return {"format": FORMAT, "content": content, "public_key": public_key, "signature": NOTHING}


def _library_takes(document) -> bool:
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(document["public_key"]))
    try:
        key.verify(bytes.fromhex(document["signature"]), rfc8785.dumps(unsigned))
    except InvalidSignature:
        return False
    return True


def test_a_signature_is_spelled_in_one_way():
    """Capitals, blanks, and a response beyond the order of the group would make another file of the same content."""
    document = signed({"content": 1}, KEY)
    verify(document)
    response = int.from_bytes(bytes.fromhex(document["signature"])[32:], "little") + 2**252
    response += 27742317777372353535851937790883648493
    beyond = document["signature"][:64] + response.to_bytes(32, "little").hex()
    for other in (document["signature"].upper(), document["signature"][:8] + " " + document["signature"][8:], beyond):
        with pytest.raises(ShareError):
            verify({**document, "signature": other})


def test_another_order_of_keys_is_the_same_document():
    """What is signed is the canonical form; a key that stands twice is refused."""
    document = signed({"a": 1, "b": [1e5]}, KEY)
    assert read_signed(json.dumps(dict(reversed(document.items()))).encode()) == document
    with pytest.raises(ShareError, match="stands twice"):
        read_signed(written(document).replace(b'"a": 1', b'"a": 2, "a": 1'))
    with pytest.raises(ShareError, match="deep"):
        read_signed(b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}")
