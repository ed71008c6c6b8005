"""Where modules are looked for: where this interpreter looks, but for the current folder.

Python puts the current folder on the path by itself (`-m`, `-c`, a prompt, an empty or relative entry of PYTHONPATH).
It may be the folder of a stranger's lake, beside which a ``json.py``, or the metadata of a package, may lie.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path


def search_path() -> list[str]:
    """Return the absolute entries of this interpreter's path.

    The current folder and relative entries of PYTHONPATH are left out, unless somebody chose that folder: PYTHONPATH
    names it absolutely, the script that is running lies in it, or Ragone itself does.
    """
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    chosen = {_place(p) for p in (*filter(os.path.isabs, named), *_running())}
    by_place = {_place(p) for p in ("", *named) if not os.path.isabs(p)} - chosen
    return [p for p in sys.path if os.path.isabs(p) and os.pathsep not in p and _place(p) not in by_place]


def _place(entry: str) -> str:
    try:
        return os.path.realpath(entry)
    except FileNotFoundError:  # it means the current folder, which is gone
        return entry


def _running() -> Iterator[str]:
    """Folders whose code is running already: Ragone's own, and that of the script, if one was started by its file."""
    yield str(Path(__file__).parents[1])
    script = sys.modules.get("__main__")
    file = getattr(script, "__file__", None)
    if file and getattr(script, "__spec__", None) is None:
        yield os.path.dirname(os.path.abspath(file))
