"""Which code made this? A fingerprint of the stage's module and of every module of ours that it reaches by import.

Comments, docstrings and formatting do not count; helpers do. ``from package import name`` follows the package's
re-export to the module that defines the name, so that a new neighbour there changes nothing. Only absolute and
relative import statements are seen, wherever they stand; importlib tricks are not, and stages must not use them.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from ragone.dataset.hashing import artifact_id
from ragone.schemas.entry_points import package_of, present_name
from ragone.schemas.provenance import Code
from ragone.schemas.stage import Stage

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

_NESTING = ("body", "orelse", "finalbody", "handlers", "cases")  # fields that hold statements

_OURS = ("ragone.schemas", "ragone.pipelines", "ragone.models")  # and the package of the stage itself


@cache
def code_of(stage: Stage[Any, Any]) -> Code:
    """Modules and libraries that the stage depends on.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        If a library that the stage declares is not installed.
    """
    start = stage.function.__module__
    ours = frozenset({*_OURS, package_of(start)})
    modules = {name: module_fingerprint(name) for name in sorted(reached(start, ours))}
    return Code(stage=stage.name, modules=modules, libraries={name: metadata.version(name) for name in stage.libraries})


@cache
def code_id(stage: Stage[Any, Any]) -> str:
    """The artifact id of a stage's code: its fingerprint."""
    return artifact_id(code_of(stage))


def present_names(code: Code) -> dict[str, str]:
    """Fingerprints of the modules of some code by the names that the modules have today."""
    return {present_name(name): fingerprint for name, fingerprint in code.modules.items()}


def reached(start: str, packages: frozenset[str]) -> set[str]:
    """The module and all modules of the given packages that it imports, directly or not."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found or package_of(name) not in packages:
            continue
        found.add(name)
        waiting += _imports(name, packages)
    return found


@cache
def module_fingerprint(name: str) -> str:
    """SHA-256 of a module's syntax tree without docstrings, in hex."""
    parts: list[bytes] = []
    _canonical(_tree(name), parts)
    return hashlib.sha256(b"".join(parts)).hexdigest()


@cache
def _source(name: str) -> tuple[Path | None, bool]:
    """File of a module, and whether it is a package."""
    if name == "__main__":
        file = getattr(sys.modules["__main__"], "__file__", None)
        return (Path(file) if file else None), False
    spec = importlib.util.find_spec(name)
    if spec is None:
        return None, False
    path = Path(spec.origin) if spec.has_location and spec.origin else None
    return path, spec.submodule_search_locations is not None


@cache
def _tree(name: str) -> ast.Module:
    path, _ = _source(name)
    tree = ast.parse(path.read_bytes() if path and path.suffix == ".py" else b"")
    for node in _statements(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return tree


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """The module and all its statements, however deep: expressions hold none, and are most of a tree."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for field in _NESTING:
            waiting += getattr(node, field, ())


def _canonical(node: object, parts: list[bytes]) -> None:
    """Append the tree as bytes: names of node types and fields, constants with their type; empty fields left out.

    Leaving them out makes the fingerprint the same under Python versions that only add optional fields.
    """
    if isinstance(node, ast.AST):
        parts.append(b"(" + type(node).__name__.encode())
        for field, value in ast.iter_fields(node):
            if value is None or value == [] or field in ("type_comment", "kind"):
                continue
            parts.append(b" " + field.encode() + b"=")
            _canonical(value, parts)
        parts.append(b")")
    elif isinstance(node, list):
        parts.append(b"[")
        for item in node:
            _canonical(item, parts)
        parts.append(b"]")
    else:
        parts.append(f"{type(node).__name__}:{node!r};".encode())


def _imports(name: str, packages: frozenset[str]) -> list[str]:
    """Modules that a module imports, as absolute names; re-exports followed to where the name is defined.

    Only within the packages: to look into another would import it.
    """
    names: list[str] = []
    for node in _statements(_tree(name)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(name, node)
            if package_of(base) in packages:
                names += [_definer(base, alias.name) for alias in node.names]
    return names


def _absolute(name: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    _, is_package = _source(name)
    parts = name.split(".")
    kept = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join([*kept, *([node.module] if node.module else [])])


@cache
def _definer(base: str, attribute: str) -> str:
    """The module that defines `base.attribute`."""
    if attribute == "*" or not _source(base)[1]:
        return base
    submodule = f"{base}.{attribute}"
    if _is_module(submodule):
        return submodule
    for node in ast.walk(_tree(base)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == attribute:
                    target = _absolute(base, node)
                    ours = package_of(target) == package_of(base)
                    return _definer(target, alias.name) if ours else target
    return base


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
