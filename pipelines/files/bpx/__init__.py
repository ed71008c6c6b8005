"""BPX documents: read, checked, and their functions evaluated by a grammar of our own."""

from ragone.pipelines.files.bpx.format import BpxError
from ragone.pipelines.files.bpx.read import BpxContent, checked_bpx, read_bpx

__all__ = ["BpxContent", "BpxError", "checked_bpx", "read_bpx"]
