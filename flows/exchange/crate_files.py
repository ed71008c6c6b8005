"""All that a crate holds for other people's tools: what they read, and what describes it."""

from __future__ import annotations

from collections.abc import Iterator

from ragone.dataset.exchange import Rendering, Selection
from ragone.dataset.exchange.description import Particulars
from ragone.dataset.exchange.descriptions import descriptions
from ragone.flows.exchange.renderings import renderings


def crate_files(selection: Selection, particulars: Particulars | None = None) -> Iterator[Rendering]:
    """Make the readable files of a selection, then the descriptions that point to them."""
    readable = list(renderings(selection))
    yield from readable
    yield from descriptions(selection, particulars, readable)
