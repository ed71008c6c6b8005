"""Errors of surrogates that are trained on the history of a lake."""

from __future__ import annotations

from ragone.schemas.errors import RagoneError


class SurrogateError(RagoneError, ValueError):
    """A surrogate cannot be trained or used on what it was given."""


class SurrogateFileError(RagoneError, ValueError):
    """Bytes or a file that are no surrogate of this version."""
