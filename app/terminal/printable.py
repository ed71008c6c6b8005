r"""Text that a terminal shows and does not obey.

Names, notes, sources, errors and file names may come from a stranger. What is no character to be seen - control
characters, marks that turn the direction of writing, invisible ones - is written as Python writes it in a literal
(``\x1b``, ``\u202e``); spaces of every kind become plain ones. JSON has its own escapes and keeps every character.
"""

from __future__ import annotations

import unicodedata
from typing import Any


def printable(text: str) -> str:
    """The text with nothing but characters to be seen, spaces and line breaks."""
    return text if text.isprintable() else "\n".join(map(one_line, text.split("\n")))


def one_line(text: str) -> str:
    """The same for text that must not look like several lines."""
    return text if text.isprintable() else "".join(map(_escaped, text))


class Guarded:
    """A stream to which nothing else is written; whatever else it does is done by the stream that it guards."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what may be shown."""
        return int(self._stream.write(printable(text)))

    def writelines(self, lines: Any) -> None:
        """Write several."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode()
