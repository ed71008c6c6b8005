"""The lake: content-hashed artifacts, their provenance, and one command to compute any of them again."""

from dataset.backup import Copied
from dataset.errors import LakeError
from dataset.execution import Execution
from dataset.fsck import FsckReport
from dataset.hashing import artifact_id
from dataset.lake import Lake
from dataset.limits import QueryLimits
from dataset.lineage import Edge, Lineage
from dataset.why import Reason, Why
from schemas.content_hash import table_digest

__all__ = [
    "Copied",
    "Edge",
    "Execution",
    "FsckReport",
    "Lake",
    "LakeError",
    "Lineage",
    "QueryLimits",
    "Reason",
    "Why",
    "artifact_id",
    "table_digest",
]
