"""Parameter files that come with Ragone, for commands that are to work in an empty folder."""

from __future__ import annotations

from pathlib import Path

import ragone

_PACKAGE = Path(ragone.__file__).parent


def here_or_shipped(given: str | None, name: str) -> Path:
    """Return the path given; without one that of the name in the current folder, or else of what comes with Ragone."""
    if given is not None:
        return Path(given)
    return Path(name) if Path(name).exists() else _PACKAGE / name
