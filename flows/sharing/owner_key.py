"""The key by which an owner signs: a file that its owner alone can read, outside of lakes, since these are copied."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ragone.models.sharing.errors import ShareError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_DIGITS = 64


def default_key_path() -> Path:
    """The file of the user's key, by the XDG base directories."""
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "ragone" / "share.key"


def owner_key(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key of a file, which is made if there is none.

    Raises
    ------
    ShareError
        If the file holds no key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not path.exists():
        _write(path, Ed25519PrivateKey.generate().private_bytes_raw())
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        if len(text) != _DIGITS:
            raise ValueError(f"{len(text)} characters")
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text))
    except ValueError as cause:
        raise ShareError(
            f"{path} holds no key of {_DIGITS} hexadecimal digits ({cause}). Name another: --key"
        ) from cause


def _write(path: Path, key: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
