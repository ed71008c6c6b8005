"""The lake is asked for a record of a kind, `lake.get(id, Kind)`: nobody asserts a type afterwards."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def asserted_types(path: Path) -> list[str]:
    """The lines of a module that assert that something is an instance of a class."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [(node.lineno, node.test) for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    calls = [(line, call) for line, test in tests for call in ast.walk(test) if isinstance(call, ast.Call)]
    return [
        f"{path.relative_to(ROOT)}:{line}"
        for line, call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "isinstance"
    ]


def test_no_type_of_a_record_is_asserted():
    """In flows and on the command line, where records come from the lake."""
    modules = [path for room in ("flows", "app") for path in sorted((ROOT / room).rglob("*.py"))]
    assert len(modules) > 50
    assert [line for path in modules for line in asserted_types(path)] == []
