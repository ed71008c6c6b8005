"""Compiled functions, kept on disk under what they were compiled from.

numba keeps compiled code by the source of the function's own file. A function that calls one of another file would go
on with the old one after that file changed, and compute what the recorded code does not. So the folder of kept code is
named after all files that hold compiled functions: change one, and all is compiled anew. It lies in
`pipelines/__pycache__`, or in the user's cache where that cannot be written; NUMBA_CACHE_DIR names another place. The
setting is one for the whole process, so that other libraries' kept code moves there too. numba's file of settings in
the current folder is not read: kept code is executed, and the folder may be a stranger's.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

_HERE = Path(__file__).resolve().parent
_config: Any = numba.config
_config._config_fname = ""
_config.reload_config()


def sources_digest(folder: Path) -> str:
    """First digits of the SHA-256 over names and contents of all files in a folder that hold compiled functions."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content = path.read_bytes()
        if b"compiled" in content:
            digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


def _kept_code() -> str:
    given: str = _config.CACHE_DIR
    beside = _HERE / "__pycache__"
    if given:
        base = Path(given)
    elif os.access(beside if beside.exists() else _HERE, os.W_OK):
        base = beside
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ragone"
    return str(base / f"numba-{sources_digest(_HERE)}")


_config.CACHE_DIR = _kept_code()


def compiled(**options: Any) -> Callable[[F], F]:
    """Decorator: compile on first use, keep on disk, let other threads run meanwhile. Options are numba's."""
    decorate: Callable[[F], F] = numba.njit(cache=True, nogil=True, **options)
    return decorate
