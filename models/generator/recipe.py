"""What a recipe asks of the volume: the fraction of each phase, and what a volume does not show.

A condition is the phase fractions without the first (the pores'), in the order of the labels, and then the design
fields that are no fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.generator.errors import RecipeError
from schemas import Design, Generator, Microstructure
from schemas.materials import ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY, active_material_share

HIDDEN_FIELDS = ("binder_adhesion",)

Floats = np.ndarray[Any, np.dtype[np.float64]]


def condition_names(phase_names: Sequence[str], *, designed: bool) -> tuple[str, ...]:
    """The names of a condition's entries; `designed` says whether the volumes have designs."""
    return (*(f"{name}_fraction" for name in phase_names[1:]), *(HIDDEN_FIELDS if designed else ()))


def condition_of_volume(volume: Microstructure, design: Design | None) -> Floats:
    """The condition that a volume was made at, fractions counted."""
    counts = np.array([np.count_nonzero(volume.labels == label) for label in volume.phase_labels])
    hidden = () if design is None else tuple(getattr(design, name) for name in HIDDEN_FIELDS)
    return np.array([*(counts[1:] / volume.labels.size), *hidden], dtype=np.float64)


def condition_of(design: Design, generator: Generator) -> Floats:
    """The condition of a design, fractions by mass balance of dense components.

    Raises
    ------
    RecipeError
        If the generator was not trained on designs.
    """
    expected = condition_names(("pore", "active_material", "carbon_binder"), designed=True)
    if generator.condition_names != expected:
        raise RecipeError(
            f"the generator takes {', '.join(generator.condition_names)}, not a design. Give it phase fractions."
        )
    weight_fraction, solid = design.active_material_weight_fraction, 1 - design.porosity
    share = active_material_share(weight_fraction, ACTIVE_MATERIAL_DENSITY, CARBON_BINDER_DENSITY)
    fractions = (solid * share, solid * (1 - share))
    return np.array([*fractions, *(getattr(design, name) for name in HIDDEN_FIELDS)], dtype=np.float64)


def condition_of_fractions(phase_fractions: Sequence[float], generator: Generator) -> Floats:
    """The condition of phase fractions given one by one, the first phase's included.

    Raises
    ------
    RecipeError
        If they contradict each other or the generator.
    """
    names = generator.phase_names
    if len(generator.condition_names) != len(names) - 1:
        raise RecipeError(
            f"the generator takes {', '.join(generator.condition_names)}; fractions do not say all. Give a design."
        )
    given = ", ".join(f"{fraction:g}" for fraction in phase_fractions)
    if len(phase_fractions) != len(names):
        raise RecipeError(f"phase_fractions = ({given}) has {len(phase_fractions)} values; one for each of {names}.")
    if min(phase_fractions) <= 0 or abs(sum(phase_fractions) - 1) > _ROUNDING:
        raise RecipeError(
            f"phase_fractions = ({given}) contradict each other: each must be above 0 and their sum, "
            f"{sum(phase_fractions):g}, must be 1. Correct them."
        )
    return np.array(phase_fractions[1:], dtype=np.float64)


def mean_fractions(generator: Generator) -> tuple[float, ...]:
    """The phase fractions in the middle of the training volumes, all phases."""
    placed = generator.training_conditions[:, : len(generator.phase_names) - 1].mean(axis=0)
    return (1 - float(placed.sum()), *placed.tolist())


_ROUNDING = 1e-6
