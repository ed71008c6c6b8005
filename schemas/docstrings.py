"""What a numpy docstring says of each parameter of a function."""

from __future__ import annotations

from collections.abc import Iterator


def documented(docstring: str | None) -> dict[str, str]:
    """Return the text on each parameter, by name, in one line; names that share a text each have it."""
    found: dict[str, str] = {}
    names: list[str] = []
    for indented, text in _section(docstring or "", "Parameters"):
        if indented:
            found |= {name: f"{found.get(name, '')} {text}".strip() for name in names}
            continue
        continues = bool(names) and not any(name in found for name in names)
        names = [
            *(names if continues else ()),
            *(each.strip() for each in text.rstrip("\\").split(",") if each.strip()),
        ]
    return found


def _section(docstring: str, title: str) -> Iterator[tuple[bool, str]]:
    """The lines of a section that are not empty, and whether each is indented."""
    lines = docstring.expandtabs().splitlines()
    underlined = [n for n in range(len(lines) - 1) if lines[n + 1].strip() and not lines[n + 1].strip().strip("-")]
    start = next((n for n in underlined if lines[n].strip() == title), None)
    if start is None:
        return
    end = next((n for n in underlined if n > start), len(lines))
    margin = len(lines[start]) - len(lines[start].lstrip())
    for line in lines[start + 2 : end]:
        if line.strip():
            yield len(line) - len(line.lstrip()) > margin, line.strip()
