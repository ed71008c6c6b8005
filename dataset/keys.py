"""Keys: the names under which a lake keeps its files, and the grammar that keeps them inside of it.

A key is a path below the root of a lake, such as ``objects/kpi/3f/3fa9....arrow``. Whatever a lake from elsewhere names
becomes a key only through these functions, and `Files` refuses every key that is not one.
"""

from __future__ import annotations

import re

from ragone.dataset.errors import UnsafeFileError

_LONGEST = 512  # characters of a key; the longest that a lake writes has some 150
_KEY = re.compile(r"(?!\.)[A-Za-z0-9_.-]{1,160}(?:/(?!\.)[A-Za-z0-9_.-]{1,160})*")
_RUNS = re.compile(r"runs/[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9a-f]{64}\.arrow")
_STORED = re.compile(r"[a-z][a-z_]{0,63}-[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def checked_key(key: str) -> str:
    """Return the key.

    Raises
    ------
    UnsafeFileError
        If it could lead out of the lake, or names a hidden file.
    """
    if not isinstance(key, str) or len(key) > _LONGEST or not _KEY.fullmatch(key):
        raise UnsafeFileError(
            f"{printable(str(key)[:80])!r} is no key of a lake: letters, digits, '_', '-' and '.' between slashes are "
            "expected, no part beginning with a dot. Move such a file out of the lake."
        )
    return key


def is_run_key(key: str) -> bool:
    """Whether the key is named as a file of runs is: ``runs/<yyyy>/<mm>/<dd>/<sha256>.arrow``."""
    return _RUNS.fullmatch(key) is not None


def is_stored_id(text: str) -> bool:
    """Whether the text is an artifact id written out whole; its kind need not be known to this version."""
    return _STORED.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether the text is a SHA-256 in lower-case hex."""
    return _DIGEST.fullmatch(text) is not None


def printable(name: str) -> str:
    """A file's name as text that can be written anywhere: bytes that are no UTF-8 are shown as escapes."""
    return name.encode("utf-8", "backslashreplace").decode()
