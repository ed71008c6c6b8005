"""Errors of what a generator is given."""

from __future__ import annotations

from ragone.schemas.errors import RagoneError


class GeneratorError(RagoneError):
    """A generator cannot be trained, read or used."""


class RecipeError(GeneratorError):
    """A recipe contradicts itself or does not fit the generator."""


class TrainingSetError(GeneratorError):
    """Volumes that no one generator can be trained on."""


class WeightsError(GeneratorError):
    """Bytes that are not the weights of a generator that this version knows."""


class CalibrationError(GeneratorError):
    """Drawn and real volumes from which no error can be learned."""
