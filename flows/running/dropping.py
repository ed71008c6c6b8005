"""Dropping the data of what can be computed again."""

from __future__ import annotations

from collections.abc import Iterable

from ragone.dataset import Lake

METRICS_STORED = "its metrics are stored"


def drop_present(lake: Lake, ids: Iterable[str], reason: str) -> None:
    """Drop the data of some artifacts in one go; those dropped before are passed over."""
    present = [artifact_id for artifact_id in dict.fromkeys(ids) if lake.holds(artifact_id)]
    if present:
        lake.drop(present, reason=reason)
