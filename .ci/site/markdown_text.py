"""Text of the code as Markdown: tables whose cells say exactly what the code says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(`+[^`]*`+)")
_MEANING = re.compile(r"([\\*_\[\]|])")


def plain(text: str) -> str:
    """Return text of the code with nothing left in it that Markdown would interpret; code spans stay code."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(_code(part) if part.startswith("`") else _escaped(part) for part in parts)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown, or nothing where it has no rows; columns that are empty in all rows are left out."""
    kept = [[cell.strip() for cell in row] for row in rows]
    columns = [n for n in range(len(heads)) if any(row[n] for row in kept)]
    if not columns:
        return ""
    lines = [[heads[n] for n in columns], ["---"] * len(columns), *([row[n] for n in columns] for row in kept)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def paragraphs(docstring: str | None) -> str:
    """Return what a docstring says before its first section of parameters, results or errors."""
    text = re.split(r"\n[ \t]*\w+[ \t]*\n[ \t]*-{3,}[ \t]*(?:\n|$)", docstring or "", maxsplit=1)[0]
    return "\n\n".join(plain(each) for each in re.split(r"\n[ \t]*\n", text.strip()))


def _escaped(text: str) -> str:
    return _MEANING.sub(r"\\\1", text).replace("<", "&lt;")


def _code(text: str) -> str:
    """A code span; a table still divides at its bars."""
    return f"`{text.strip('`')}`".replace("|", r"\|")
