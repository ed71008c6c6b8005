"""Where stages of earlier versions are found now, so that what they made can still be computed again.

A stage whose module moved is the same stage elsewhere. One whose arguments changed is kept, as it was, in a module
named `former`, and is offered to nobody.
"""

from __future__ import annotations

_MOVED = {"pipelines.kpi.thermal.": "pipelines.thermal."}
_FORMER = {"pipelines.kpi.extraction:extract_kpis": "pipelines.former.kpis:extract_kpis"}


def present_entry_point(recorded: str) -> str:
    """The entry point, ``module:name``, at which a recorded one is found in this version."""
    if recorded in _FORMER:
        return _FORMER[recorded]
    moved = next((old for old in _MOVED if recorded.startswith(old)), None)
    return recorded if moved is None else _MOVED[moved] + recorded.removeprefix(moved)
