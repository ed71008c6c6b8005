"""The error of what is shared between owners."""

from __future__ import annotations

from ragone.schemas.errors import RagoneError


class ShareError(RagoneError, ValueError):
    """Something may not be shared, or what was shared is not what it says."""
