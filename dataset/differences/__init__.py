"""Two artifacts of one kind, side by side."""

from ragone.dataset.differences.difference import Difference
from ragone.dataset.differences.difference import difference as difference
from ragone.dataset.differences.entries import Entry, Section

__all__ = ["Difference", "Entry", "Section", "difference"]
