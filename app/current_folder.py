"""Take the current folder off the path: importing this module is enough, and the command line does so first of all.

A prompt or notebook that imports other parts of `ragone.app` keeps it: what it imports is its user's own choice.

`ragone` is started in the folder of whatever lake it is asked about, which may be a stranger's, and Python puts it on
the path (`python -m`, an empty entry of PYTHONPATH). It stays if somebody chose it: an absolute entry of PYTHONPATH,
the folder of the script that is running, or Ragone's own; as in `ragone.dataset.search_path`, for children.
"""

import os
import sys

_OWN = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # where the package `ragone` lies


def search_path() -> list[str]:
    """The path without the current folder."""
    try:
        here = os.path.realpath("")
    except FileNotFoundError:  # it is gone
        return [entry for entry in sys.path if entry]
    script = sys.modules.get("__main__")
    started = None if getattr(script, "__spec__", None) else getattr(script, "__file__", None)
    named = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(entry)]
    chosen = [*named, _OWN, os.path.dirname(started or __file__)]
    if here in map(os.path.realpath, chosen):
        return sys.path
    return [entry for entry in sys.path if os.path.realpath(entry) != here]


sys.path[:] = search_path()
