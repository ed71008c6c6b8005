"""Where the interpreters that we start look for modules: where this one looks, but for the current folder.

Python puts the current folder on the path by itself (`-m`, `-c`, a prompt, an empty or relative entry of PYTHONPATH).
It may be the folder of a stranger's lake, and then a ``json.py`` beside the lake would be executed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ragone


def search_path() -> list[str]:
    """The absolute entries of this interpreter's path.

    The current folder and relative entries of PYTHONPATH are left out, unless somebody chose that folder: PYTHONPATH
    names it absolutely, the script that is running lies in it, or Ragone itself does.
    """
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    chosen = {os.path.realpath(p) for p in (*filter(os.path.isabs, named), *_running())}
    by_place = {os.path.realpath(p) for p in ("", *named) if not os.path.isabs(p)} - chosen
    return [p for p in sys.path if os.path.isabs(p) and os.pathsep not in p and os.path.realpath(p) not in by_place]


def interpreter_variables() -> dict[str, str]:
    """The environment that gives an interpreter this path, and keeps it from adding the current folder."""
    return {"PYTHONPATH": os.pathsep.join(search_path()), "PYTHONSAFEPATH": "1"}


@contextmanager
def narrowed() -> Iterator[None]:
    """Narrow the own path meanwhile: spawned workers are given it word for word."""
    before = sys.path[:]
    sys.path[:] = search_path()
    try:
        yield
    finally:
        sys.path[:] = before


def _running() -> Iterator[str]:
    """Folders whose code is running already: Ragone's own, and that of the script, if one was started by its file."""
    yield str(Path(ragone.__file__).parents[1])
    script = sys.modules.get("__main__")
    file = getattr(script, "__file__", None)
    if file and getattr(script, "__spec__", None) is None:
        yield os.path.dirname(os.path.abspath(file))
