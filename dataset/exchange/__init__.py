"""Crates: one result or one study in a form that other people's tools read and verify, out of a lake and into one."""

from ragone.dataset.exchange.crate_metadata import About
from ragone.dataset.exchange.exporting import Exported, export
from ragone.dataset.exchange.importing import Imported, import_crate
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import Artifact, Selection, select

__all__ = ["About", "Artifact", "Exported", "Imported", "Rendering", "Selection", "export", "import_crate", "select"]
