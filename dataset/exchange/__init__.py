"""Crates: one result or one study in a form that other people's tools read and verify, out of a lake and into one."""

from ragone.dataset.exchange.crate_metadata import About
from ragone.dataset.exchange.description import Particulars
from ragone.dataset.exchange.descriptions import about_crate, descriptions
from ragone.dataset.exchange.exporting import Exported, export
from ragone.dataset.exchange.fair import Finding, Standing, assess
from ragone.dataset.exchange.importing import Imported, import_crate
from ragone.dataset.exchange.licences import Licensed, licences
from ragone.dataset.exchange.rendering import Rendering
from ragone.dataset.exchange.selection import Artifact, Selection, select

__all__ = [
    "About",
    "Artifact",
    "Exported",
    "Finding",
    "Imported",
    "Licensed",
    "Particulars",
    "Rendering",
    "Selection",
    "Standing",
    "about_crate",
    "assess",
    "descriptions",
    "export",
    "import_crate",
    "licences",
    "select",
]
