"""The formats of volumes, one module each, and how a file is recognised as one of them."""

from ragone.pipelines.files.images.formats.recognition import read_stored

__all__ = ["read_stored"]
