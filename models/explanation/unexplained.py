"""A part of an explanation that has no value, and why."""

from __future__ import annotations


class UnexplainedError(ValueError):
    """A question that has no answer for this design; the message says why."""
