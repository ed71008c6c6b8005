"""A console that colours and draws, but lets no text through that a terminal would obey."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from ragone.app.terminal.printable import printable


class GuardedConsole(Console):
    """All that is printed passes `render`; the console's own control sequences are not text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render, with what is no character to be seen written out."""
        for segment in super().render(renderable, options):
            shown = segment.control or segment.text.isprintable()
            yield segment if shown else segment._replace(text=printable(segment.text))
