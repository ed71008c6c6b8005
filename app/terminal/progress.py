"""What a running flow shows: its units of work."""

from __future__ import annotations

from ragone.app.terminal.waiting import Waiting


class Watcher(Waiting):
    """A progress bar that follows `ragone.flows.Progress`."""

    def advanced(self) -> None:
        """One unit is done."""
        self.advance()
