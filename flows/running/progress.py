"""How a flow says what it is doing. Flows print nothing themselves."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A watcher of a flow, called in the thread that started the flow."""

    def started(self, total: int) -> None:
        """The flow consists of so many units of work, those already stored among them; called again if it grows."""

    def step(self, text: str) -> None:
        """Say what is being done now."""

    def advanced(self) -> None:
        """One unit of work is done."""


class Silent:
    """Progress that nobody follows."""

    def started(self, total: int) -> None:
        """Ignore it."""

    def step(self, text: str) -> None:
        """Ignore it."""

    def advanced(self) -> None:
        """Ignore it."""


class StepsOf(Silent):
    """The steps within one unit of a flow, in units that are not the flow's."""

    def __init__(self, flow: Progress) -> None:
        self._flow = flow

    def step(self, text: str) -> None:
        """Pass it on."""
        self._flow.step(text)
