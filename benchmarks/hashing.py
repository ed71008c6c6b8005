"""How fast is the content hash beside plain SHA-256 of the same bytes?"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from benchmarks.measure import Line, in_turns, speed_at_least, tell
from ragone.dataset import artifact_id, table_digest
from ragone.schemas import Microstructure
from ragone.schemas.electrode import cubic_voxels

_EDGE = 128
_ROWS = 10_000_000
_GOAL = 0.7
_PEER = "hashlib.sha256"


def lines() -> list[Line]:
    """A volume, as a record and as a table, and a long table of floats."""
    return [*_volume(), _floats()]


def _volume() -> list[Line]:
    labels = np.random.default_rng(1).integers(0, 3, (_EDGE,) * 3, dtype=np.uint8)
    phases = np.array([0, 1, 2], np.uint8)
    record = Microstructure(
        labels=labels, voxel_edges_metre=cubic_voxels(4e-7), phase_labels=phases, source="random", licence="own"
    )
    table = record.to_arrow()
    works = {
        "record": lambda: artifact_id(record),
        "table": lambda: table_digest(table),
        "peer": lambda: hashlib.sha256(labels.data).hexdigest(),
    }
    taken = in_turns(works, 101)
    tell(f"hashed {_EDGE}^3 voxels")
    what = f"content hash of {_EDGE}^3 uint8"
    return [
        speed_at_least(f"{what}, microstructure record", taken["record"], taken["peer"], _PEER, _GOAL),
        speed_at_least(f"{what}, its table", taken["table"], taken["peer"], _PEER, _GOAL),
    ]


def _floats() -> Line:
    values = np.random.default_rng(1).random(_ROWS)
    table = pa.table({"value": values})
    taken = in_turns(
        {"ours": lambda: table_digest(table), "peer": lambda: hashlib.sha256(values.data).hexdigest()},
        9,
    )
    return speed_at_least(f"content hash of {_ROWS:,} float64", taken["ours"], taken["peer"], _PEER, _GOAL)
