"""Links between the pages of the repository, as links between the pages of the site.

A page is written for the repository: its links lead to files beside it. On the site a link to a file that is a page
there leads to that page, a picture stays a picture, and of a link to any other file only its words are left. A link to
nothing is named, so that a strict build fails.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path

_LINK = re.compile(r"(!?)\[((?:[^\[\]`]|`[^`]*`)*)\]\(([^()\s]+)\)")
_FENCE = re.compile(r"^(```.*?^```|~~~.*?^~~~)", re.MULTILINE | re.DOTALL)
_ELSEWHERE = re.compile(r"[a-z]+:|#")


class Links:
    """The links of one page.

    Parameters
    ----------
    root
        The repository.
    pages
        Place on the site of each page, by its path in the repository; pictures and what else is served are among them.
    complain
        What is told of a link to nothing.
    """

    def __init__(self, root: Path, pages: Mapping[str, str], complain: Callable[[str], None]) -> None:
        self._root, self._pages, self._complain = root, pages, complain

    def rewritten(self, text: str, origin: str, place: str) -> str:
        """Return the text of the page `origin` of the repository with its links as seen from `place` on the site."""
        parts = _FENCE.split(text)
        return "".join(
            part if _FENCE.match(part) else _LINK.sub(lambda one: self._link(one, origin, place), part)
            for part in parts
        )

    def _link(self, found: re.Match[str], origin: str, place: str) -> str:
        mark, words, target = found.groups()
        if _ELSEWHERE.match(target):
            return found[0]
        path, hash_sign, anchor = target.partition("#")
        full = posixpath.normpath(posixpath.join(posixpath.dirname(origin), path))
        served = self._pages.get(full) or self._pages.get(f"{full}/README.md")
        if served:
            return f"{mark}[{words}]({posixpath.relpath(served, posixpath.dirname(place))}{hash_sign}{anchor})"
        if not (self._root / full).exists():
            self._complain(f"{origin} links to {target}, which does not exist")
        return words
