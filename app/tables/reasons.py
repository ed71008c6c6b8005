"""Why something was computed, as lines: the reasons, and the run that it is compared with."""

from __future__ import annotations

from ragone.app.tables.answers import short
from ragone.app.terminal.printable import one_line
from ragone.dataset import Compared, Why

_NAMED = 2  # ids that are named as shared


def reason_lines(found: Why) -> list[str]:
    """Return a line for each reason, past first, and one for the run that it is compared with."""
    lines = [f"{reason}{': ' + short(one_line(detail)) if detail else ''}" for reason, detail in found.reasons]
    if found.compared:
        lines.insert(-1, f"compared with {_compared(found.compared)}")
    if found.damaged:
        some = ", ".join(map(short, found.damaged[:_NAMED])) + (" ..." if len(found.damaged) > _NAMED else "")
        lines.insert(-1, f"not compared with {some}, which cannot be read; see: ragone fsck")
    return lines


def _compared(earlier: Compared) -> str:
    """The run, its moment, and what it shares."""
    shared = [short(name) for name in earlier.shared]
    more = f" and {len(shared) - _NAMED} more" if len(shared) > _NAMED else ""
    about = f", which shares {', '.join(shared[:_NAMED])}{more}" if shared else ""
    return f"{short(earlier.run_id)} of {earlier.ended:%Y-%m-%d %H:%M} UTC{about}"
