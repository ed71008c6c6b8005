"""How a flow says what it is doing. Flows print nothing themselves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
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


class Parts:
    """Several flows one after the other under one progress: their units add up, and each step says whose it is.

    Parameters
    ----------
    progress
        Of all of them together.
    expected
        Units of each part, by its name, as far as they are known before it starts.
    """

    def __init__(self, progress: Progress, expected: Mapping[str, int] = MappingProxyType({})) -> None:
        self._progress, self._totals = progress, dict(expected)
        self._part: Part | None = None

    def part(self, name: str) -> Part:
        """Return the progress of the part that begins now; what the one before did not need is no longer expected."""
        if self._part is not None:
            self._totals[self._part.name] = self._part.done
        self._part = Part(name, self)
        return self._part

    def started(self, name: str, total: int) -> None:
        """A part consists of so many units."""
        self._totals[name] = total
        self._progress.started(sum(self._totals.values()))

    def step(self, text: str) -> None:
        """Pass it on."""
        self._progress.step(text)

    def advanced(self) -> None:
        """Pass it on."""
        self._progress.advanced()


class Part:
    """The progress of one flow among several; made by `Parts.part`."""

    def __init__(self, name: str, whole: Parts) -> None:
        self.name, self.done, self._whole = name, 0, whole

    def started(self, total: int) -> None:
        """The part consists of so many units."""
        self._whole.started(self.name, total)

    def step(self, text: str) -> None:
        """Report what is being done now, with the name of the part."""
        self._whole.step(f"{self.name}: {text}")

    def advanced(self) -> None:
        """One unit of the part, and of the whole, is done."""
        self.done += 1
        self._whole.advanced()


class StepsOf(Silent):
    """The steps within one unit of a flow, in units that are not the flow's."""

    def __init__(self, flow: Progress) -> None:
        self._flow = flow

    def step(self, text: str) -> None:
        """Pass it on."""
        self._flow.step(text)
