"""Docstrings say what a function or a class is or does: no fragment that begins with a preposition, and no question."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("schemas", "dataset", "pipelines", "models", "flows", "app")
DOCUMENTED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
PREPOSITIONS = ("Of", "As", "By", "In", "From", "To", "At", "On", "For", "Over", "Under", "Between", "Across", "Along")
QUESTIONS = ("What", "How", "Where", "When", "Which", "Who", "Whose", "Why")


def summaries(path: Path) -> Iterator[tuple[str, str]]:
    """Yield where and how the docstring of every function and class of a module begins."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, DOCUMENTED) and (text := ast.get_docstring(node)):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", text.splitlines()[0]


def test_summaries_are_neither_fragments_nor_questions() -> None:
    """A summary that begins with a preposition or an interrogative says what it is part of, not what it is."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    found = [
        f"{where}: {line}"
        for path in paths
        for where, line in summaries(path)
        if line.split()[0].rstrip(",:;.") in PREPOSITIONS + QUESTIONS
    ]
    assert not found, "\n".join(found)
