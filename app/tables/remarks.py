"""Tags and notes as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from ragone.app.tables.answers import described_table, short
from ragone.app.terminal.printable import one_line
from ragone.dataset import Lake, Remark


def remarks_table(remarks: Sequence[Remark], what: str) -> RenderableType:
    """Return a row for each remark: what it is about, when and by whom it was made, what it says."""
    rows = [
        (short(remark.subject_id), f"{remark.annotated:%Y-%m-%d %H:%M}", remark.author, remark.content)
        for remark in remarks
    ]
    return described_table(("of", "when", "by", what), rows) if rows else Text(f"no {what}s")


def remarks_of(lake: Lake, full_id: str) -> list[str]:
    """Return lines with the tags and notes of an artifact; none if it has none."""
    tags = [remark.content for remark in lake.annotations.tags(full_id)]
    notes = lake.annotations.notes(full_id)
    lines = [f"tags: {', '.join(tags)}"] if tags else []
    return lines + [
        one_line(f"note: {note.content} ({note.author or 'somebody'}, {note.annotated:%Y-%m-%d %H:%M} UTC)")
        for note in notes
    ]
