"""YAML that somebody else wrote, decoded within limits that are stated: size, values, depth, kinds of value.

Plain values, lists and maps only; a key written twice is refused, which YAML itself would let pass. Anchors are read,
and what they stand for is counted each time: nine lines of them can otherwise stand for a billion values.
"""

from __future__ import annotations

from typing import Any

import yaml

from ragone.flows.errors import StudyError

LARGEST_BYTES, MOST_VALUES, DEEPEST, LONGEST_NUMBER = 2**16, 10_000, 50, 100

_TEXT, _MAP, _LIST = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))
_SCALARS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge")}

# what the safe loader lets escape of values that are not what their tags say
_WRONG = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


class LimitError(yaml.YAMLError):
    """YAML of which more is asked than is read; a reason without a full stop."""


class _StrictLoader(yaml.SafeLoader):
    """The safe loader with limits; each is looked at while a document is composed, before anything is made of it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._sizes: dict[int, tuple[int, int]] = {}  # values and levels of each node, with all that it refers to

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node as the safe loader does, and count it."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise LimitError(f"it is nested more than {DEEPEST} deep")
        alias = self.check_event(yaml.AliasEvent)
        node = super().compose_node(parent, index)
        self._depth -= 1
        if node is not None and not alias:
            self._sizes[id(node)] = self._measured(node)
        return node

    def _measured(self, node: yaml.Node) -> tuple[int, int]:
        _require_plain(node)
        parts = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
        parts = parts if isinstance(node, yaml.CollectionNode) else ()
        sizes = [self._sizes.get(id(part), (1, 1)) for part in parts]  # one that refers to itself is not measured yet
        values, depth = 1 + sum(size[0] for size in sizes), 1 + max((size[1] for size in sizes), default=0)
        if values > MOST_VALUES or depth > DEEPEST:
            raise LimitError(
                f"with all that its anchors stand for it has more than {MOST_VALUES:,} values, or more than {DEEPEST} "
                "levels"
            )
        return values, depth

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Construct a map as the safe loader does, but refuse a key that is written twice."""
        seen: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                raise StudyError(
                    f"key {key.value!r} stands twice, in lines {seen[key.value]} and {line}. "
                    "Only one can be meant: remove the other."
                )
            seen[str(key.value)] = line
        return super().construct_mapping(node, deep)


def _require_plain(node: yaml.Node) -> None:
    """Refuse what asks for a special kind of value, and numbers that take long to read."""
    line, scalar = node.start_mark.line + 1, isinstance(node, yaml.ScalarNode)
    plain = _SCALARS if scalar else {_MAP if isinstance(node, yaml.MappingNode) else _LIST}
    if node.tag in yaml.SafeLoader.yaml_constructors and node.tag not in plain:
        raise LimitError(f"line {line} asks for {node.tag!r}, and plain values, lists and maps are read")
    if scalar and node.tag != _TEXT and len(node.value) > LONGEST_NUMBER:
        raise LimitError(f"line {line} has a number of {len(node.value):,} characters, of {LONGEST_NUMBER} at most")


def decode_yaml(text: str) -> Any:
    """The value in a YAML text; None of an empty one.

    Raises
    ------
    StudyError
        If it has a key twice.
    yaml.YAMLError
        If it is no YAML, or a `LimitError` if it is more than is read.
    """
    if len(text) > LARGEST_BYTES:
        raise LimitError(f"it has {len(text):,} characters, of {LARGEST_BYTES:,} at most")
    try:
        return _StrictLoader(text).get_single_data()
    except _WRONG as cause:
        raise yaml.YAMLError(str(cause)) from cause
