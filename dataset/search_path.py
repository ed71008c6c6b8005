"""Where the interpreters that we start look for modules: where this one looks, but for the current folder.

It may be the folder of a stranger's lake, and then a ``json.py`` beside the lake would be executed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ragone.search_path import search_path


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
