"""Identities of what a lake keeps: of a record's content, of a recipe, of many ids together; see docs/HASHING.md."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import rfc8785

from ragone.schemas.content_hash import table_digest
from ragone.schemas.record import Record

RECIPE_FORMAT = "ragone-recipe-1"


def record_digest(record: Record) -> str:
    """SHA-256 of the record's logical content, in hex."""
    return table_digest(record.to_arrow())


def artifact_id(record: Record) -> str:
    """``kind-<sha256>`` of the content as the present schema version writes it: equal for equal content."""
    return f"{record.kind}-{record_digest(record)}"


def recipe_id(stage: str, code_id: str, parameters: Any, seed: int | None, inputs: Sequence[tuple[str, str]]) -> str:
    """SHA-256 of the canonical JSON (RFC 8785) of what determines a result, in hex."""
    recipe = {
        "format": RECIPE_FORMAT,
        "stage": stage,
        "code": code_id,
        "parameters": parameters,
        "seed": seed,
        "inputs": [list(pair) for pair in inputs],
    }
    return hashlib.sha256(rfc8785.dumps(recipe)).hexdigest()


def merkle_root(ids: Iterable[str]) -> str:
    """Root of the RFC 6962 Merkle tree over the ids, sorted and without repeats, in hex."""
    level = [hashlib.sha256(b"\0" + leaf.encode()).digest() for leaf in sorted(set(ids))]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        pairs = zip(level[0::2], level[1::2], strict=False)
        level = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    return level[0].hex()
