"""The lake: content-hashed artifacts, their provenance, and one command to compute any of them again."""

from ragone.dataset.activities import Activity
from ragone.dataset.annotations import Remark
from ragone.dataset.backup import Copied
from ragone.dataset.contents import Column, Contents
from ragone.dataset.differences import Difference, Entry, Section
from ragone.dataset.errors import LakeError
from ragone.dataset.execution import Execution
from ragone.dataset.finding import Found
from ragone.dataset.fsck import FsckReport
from ragone.dataset.hashing import artifact_id
from ragone.dataset.lake import Lake
from ragone.dataset.limits import QueryLimits
from ragone.dataset.lineage import Edge, Lineage
from ragone.dataset.unfinished import CAMPAIGN, CampaignState, Unfinished
from ragone.dataset.why import Compared, Reason, Why
from ragone.schemas.content_hash import table_digest

__all__ = [
    "CAMPAIGN",
    "Activity",
    "CampaignState",
    "Column",
    "Compared",
    "Contents",
    "Copied",
    "Difference",
    "Edge",
    "Entry",
    "Execution",
    "Found",
    "FsckReport",
    "Lake",
    "LakeError",
    "Lineage",
    "QueryLimits",
    "Reason",
    "Remark",
    "Section",
    "Unfinished",
    "Why",
    "artifact_id",
    "table_digest",
]
