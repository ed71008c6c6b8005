"""Labels of pictures: what stands in names and sources is drawn as it is, never set as a formula."""

from __future__ import annotations

from ragone.app.terminal.printable import one_line

_LONGEST = 48  # characters; longer ones would leave no room for the picture


def literal(text: str) -> str:
    """Return a text as matplotlib draws it character by character, cut where it is long."""
    shown = one_line(text)
    return (shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "...").replace("$", r"\$")
