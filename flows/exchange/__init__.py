"""The files of a crate that other people's programs read: images, curves, cells, numbers."""

from ragone.flows.exchange.crate_files import crate_files
from ragone.flows.exchange.renderings import renderings

__all__ = ["crate_files", "renderings"]
