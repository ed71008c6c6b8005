"""Crates: one result or one study in a form that other people's tools read and verify, out of a lake and into one."""

from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import Artifact, Selection, select

__all__ = ["Artifact", "Rendering", "Selection", "select"]
