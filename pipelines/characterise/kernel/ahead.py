"""The kernel is compiled in a process of its own, before the first solve of an installation.

A process that compiles a function and goes on with it can differ in the last bit of a sum from all processes that load
what was kept, so that what it computes would not be reproduced bitwise. Several processes that begin at once wait for
the one that compiles.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numba
from filelock import FileLock

from ragone.search_path import search_path

_COMPILING = "RAGONE_COMPILING"  # in the environment of the process that compiles
_DONE = "transport-kernel"


@cache
def require_compiled() -> None:
    """Compile what campaigns need, unless it is kept already; where nothing can be kept, each process compiles."""
    folder = Path(numba.config.CACHE_DIR)  # type: ignore[attr-defined]
    if os.environ.get(_COMPILING) or (folder / _DONE).exists():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{_DONE}.lock"):
            if not (folder / _DONE).exists() and compile_apart():
                (folder / _DONE).touch()
    except OSError:
        return


def compile_apart() -> bool:
    """Compile in a process of its own; if that fails, which is returned, this one compiles on first use."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "ragone.pipelines.characterise.kernel"],
        env={**os.environ, _COMPILING: "1", "PYTHONPATH": os.pathsep.join(search_path())},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
