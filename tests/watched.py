"""Progress that remembers, for the tests of every flow that tells of itself."""

from __future__ import annotations


class Watched:
    """Counts units, never more than there are to do; keeps what was told."""

    def __init__(self) -> None:
        self.totals: list[int] = []
        self.units = 0
        self.texts: list[str] = []

    @property
    def total(self) -> int:
        """What there was to do, as told last."""
        return self.totals[-1]

    def started(self, total: int) -> None:
        """Keep it."""
        self.totals.append(total)

    def step(self, text: str) -> None:
        """Is never empty."""
        assert text
        self.texts.append(text)

    def advanced(self) -> None:
        """Count it."""
        self.units += 1
        assert self.units <= self.total
