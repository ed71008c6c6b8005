"""The errors of Ragone: one root, one class per cause, each also the builtin that fits.

A message says what happened (value, unit, field, record), what was expected, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 4  # names of a hint


class RagoneError(Exception):
    """Anything Ragone refuses; its message is meant for the person at the keyboard."""


class BoundsError(RagoneError, ValueError):
    """A value lies outside the interval its field allows."""


class NotFiniteError(RagoneError, ValueError):
    """A value is NaN or infinite where a finite number is needed."""


class FieldTypeError(RagoneError, TypeError):
    """A value has a type that its field cannot hold."""


class FieldShapeError(RagoneError, ValueError):
    """An array has the wrong number of axes or an impossible length."""


class AnisotropicVoxelError(RagoneError, ValueError):
    """A volume's voxels are no cubes where cubes are needed."""


class UnitError(RagoneError, ValueError):
    """A quantity has no unit, an unknown one, or one of another dimension."""


class UnknownFieldError(RagoneError, KeyError):
    """A name that no field of the record (or key of the document) carries."""

    def __str__(self) -> str:
        return str(self.args[0])


class MissingFieldError(RagoneError, KeyError):
    """A field without a default was not given."""

    def __str__(self) -> str:
        return str(self.args[0])


class SchemaVersionError(RagoneError, ValueError):
    """A record was written by a newer schema, or no migration leads from its version."""


class StageError(RagoneError, TypeError):
    """A stage is declared or called in a way that cannot be recorded."""


class ParameterError(RagoneError, ValueError):
    """A value given for a parameter is of another kind, or none of its choices."""


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that somebody may have meant: one spelled alike, or those that have it as a word."""
    names = sorted(set(known))
    alike = get_close_matches(name, names, n=1, cutoff=0.8)
    holding = [each for each in names if f"_{name}_" in f"_{each}_"]
    if alike or not 0 < len(holding) <= _MOST:
        return alike or get_close_matches(name, names, n=1, cutoff=0.6)
    return holding


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest known names, or the whole list when none is near."""
    names = sorted(set(known))
    *others, last = [repr(each) for each in nearest(name, names)] or [""]
    if not last:
        return f"known are: {', '.join(names)}."
    return f"did you mean {', '.join(others)} or {last}?" if others else f"did you mean {last}?"
