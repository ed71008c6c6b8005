"""Runs and objects as whoever knows the format can write them: hashed as they should be, naming what they like."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from ragone.dataset.arrow_files import encode
from ragone.dataset.objects import object_key
from ragone.schemas import Run, RunOutcome
from ragone.schemas.content_hash import table_digest

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUN: dict[str, Any] = {
    "stage": "forged",
    "entry_point": "",
    "recipe_id": "1" * 64,
    "code_id": "",
    "environment_id": "",
    "parameters": {},
    "outcome": RunOutcome.COMPLETED,
    "started": NOW,
    "ended": NOW,
}


def put_run(lake: Path, **changes: Any) -> str:
    """Write a file of one run; returns its key."""
    return keep_runs(lake, Run(**{**RUN, **changes}).to_arrow())


def keep_runs(lake: Path, runs: pa.Table) -> str:
    """Write a file of runs under the name that its hash calls for; returns its key."""
    key = f"runs/2026/11/30/{table_digest(runs)}.arrow"
    (lake / key).parent.mkdir(parents=True, exist_ok=True)
    (lake / key).write_bytes(encode(runs))
    return key


def put_object(lake: Path, table: pa.Table, recipe: str = "2" * 64) -> str:
    """Write a table as an object under the name that its hash calls for, with a run that names it; returns its id."""
    name = f"{table.schema.metadata[b'kind'].decode()}-{table_digest(table)}"
    (lake / object_key(name)).parent.mkdir(parents=True, exist_ok=True)
    (lake / object_key(name)).write_bytes(encode(table))
    put_run(lake, output_roles=("made",), output_ids=(name,), recipe_id=recipe)
    return name
