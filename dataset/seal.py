"""Who wrote this? A seal that only this user's processes can set, over what no hash can verify.

Lance files are read by native code that trusts them, and a row may say what no object says; so tables are read only
where their state is sealed with this user's key (HMAC-SHA256, RFC 2104), and the row of a dropped artifact is shown
only where the tombstone's copy of it is sealed. A lake from elsewhere, or a copy opened by somebody else, has its
tables made anew once, and its dropped artifacts show no values until they are reproduced. People who share one lake
share a key: `RAGONE_TABLES_KEY` names its file.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import rfc8785

from ragone.dataset.errors import UnsafeFileError
from ragone.dataset.local_files import read_regular

KEY_VARIABLE = "RAGONE_TABLES_KEY"
_KEY_BYTES = 32


def sealed(content: Any) -> dict[str, Any]:
    """A JSON document with a seal over it."""
    return {"content": content, "seal": _seal(content)}


def opened(document: Any) -> Any:
    """The content that was sealed by this user; ValueError if it is none of theirs."""
    given = document if isinstance(document, dict) else {}
    if not hmac.compare_digest(str(given.get("seal")).encode(), _seal(given.get("content")).encode()):
        raise ValueError("this was not written with this user's key")
    return given["content"]


def _seal(content: Any) -> str:
    return hmac.new(_key(str(_key_file())), rfc8785.dumps(content), hashlib.sha256).hexdigest()


def _key_file() -> Path:
    given = os.environ.get(KEY_VARIABLE)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(given) if given else Path(state) / "ragone" / "tables.key"


@cache
def _key(place: str) -> bytes:
    """The key in a file, made on first use; in the temporary folder, or of this process alone, where it cannot be."""
    with suppress(OSError):
        return _kept(Path(place))
    spare = Path(tempfile.gettempdir()) / f"ragone-tables-{os.geteuid()}.key"
    with suppress(OSError):
        key = _kept(spare)
        if spare.lstat().st_uid == os.geteuid():  # anybody may write there
            return key
    return secrets.token_bytes(_KEY_BYTES)


def _kept(path: Path) -> bytes:
    """The key that a file holds; OSError if it holds none and none can be kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    key = read_regular(path, _KEY_BYTES)
    if len(key) != _KEY_BYTES:
        raise UnsafeFileError(f"{path} holds {len(key)} bytes; a key of {_KEY_BYTES} is expected. Delete the file.")
    return key


def _make(path: Path) -> None:
    """Keep a new key, whole from the moment that its name appears, unless another process was faster."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without second names
        os.replace(temporary, path)
    temporary.unlink(missing_ok=True)
