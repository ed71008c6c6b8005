"""The condition of a recipe: the fraction of each phase, and the fields that a volume does not show.

A condition is the phase fractions without the first (the pores'), in the order of the labels, and then the fields of
the recipe that the fractions do not determine: the adhesion, and every number that the training recipes vary. A field
that they do not vary must be theirs in whatever is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.models.generator.errors import RecipeError, TrainingSetError
from ragone.schemas import Generator, Materials, Microstructure, Recipe

Floats = np.ndarray[Any, np.dtype[np.float64]]

NUMBERS = tuple(name for name, parameter in Recipe.parameters().items() if parameter.type in (float, int))
FIXED = "recipe"  # of a generator's settings: the fields that no training recipe varied, where not a recipe's default

_COMPOSITION = ("active_material_weight_fraction", "porosity")
_HIDDEN = "binder_adhesion"  # a condition of every generator trained on recipes
_FRACTIONS = ("active_material_fraction", "carbon_binder_fraction")
_ROUNDING = 1e-6


def hidden_fields(recipes: Sequence[Recipe]) -> tuple[str, ...]:
    """Return the fields that a volume does not show: the adhesion, and every other number that the recipes vary."""
    free = [name for name in NUMBERS if name not in _COMPOSITION]
    return tuple(n for n in free if recipes and (n == _HIDDEN or len({getattr(r, n) for r in recipes}) > 1))


def fixed_fields(recipes: Sequence[Recipe]) -> dict[str, Any]:
    """Return the fields that the recipes do not vary and that are not a recipe's default, by name.

    Raises
    ------
    TrainingSetError
        If they vary what is no number.
    """
    varied = (*_COMPOSITION, *hidden_fields(recipes))
    found = {name: {getattr(r, name) for r in recipes} for name in Recipe.fields() if name not in varied and recipes}
    for name, values in found.items():
        if len(values) > 1:
            raise TrainingSetError(
                f"the recipes vary {name} ({', '.join(sorted(map(str, values)))}), which is no number that a generator "
                "can be conditioned on. Train one generator for each."
            )
    return {name: value for name, (value,) in found.items() if value != Recipe.__dataclass_fields__[name].default}


def condition_names(phase_names: Sequence[str], hidden: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a condition's entries; none is hidden where the volumes have no recipes."""
    return (*(f"{name}_fraction" for name in phase_names[1:]), *hidden)


def condition_of_volume(volume: Microstructure, recipe: Recipe | None, hidden: Sequence[str]) -> Floats:
    """Return the condition that a volume was made at, with fractions counted."""
    counts = np.array([np.count_nonzero(volume.labels == label) for label in volume.phase_labels])
    values = () if recipe is None else tuple(getattr(recipe, name) for name in hidden)
    return np.array([*(counts[1:] / volume.labels.size), *values], dtype=np.float64)


def condition_of(recipe: Recipe, materials: Materials, generator: Generator) -> Floats:
    """Return the condition of a recipe, with fractions by mass balance; the carbon-binder's holds its nanopores.

    Raises
    ------
    RecipeError
        If the generator was not trained on recipes, or on none with such a value of a field that is no condition.
    """
    if not takes_recipes(generator):
        raise RecipeError(
            f"the generator takes {', '.join(generator.condition_names)}, not a recipe. Give it phase fractions."
        )
    if unlike := unlearned(recipe, generator):
        raise RecipeError(
            f"all training recipes of the generator had {unlike}. Simulate this one, or train a generator on recipes "
            "that vary it."
        )
    solid, share = 1 - recipe.porosity, materials.active_material_share(recipe.active_material_weight_fraction)
    binder = solid * (1 - share) / (1 - materials.carbon_binder_nanoporosity)
    hidden = generator.condition_names[len(_FRACTIONS) :]
    return np.array([solid * share, binder, *(getattr(recipe, name) for name in hidden)], dtype=np.float64)


def takes_recipes(generator: Generator) -> bool:
    """Return whether a recipe says what the generator is to draw."""
    count, fields = len(_FRACTIONS), Recipe.fields()
    fractions, hidden = generator.condition_names[:count], generator.condition_names[count:]
    return fractions == _FRACTIONS and bool(hidden) and all(name in fields for name in hidden)


def unlearned(recipe: Recipe, generator: Generator) -> str:
    """Return the recipe's values that the training recipes neither varied nor had; empty if there are none."""
    if not takes_recipes(generator):
        return ""
    free, fixed = (*_COMPOSITION, *generator.condition_names), generator.settings.get(FIXED, {})
    learned = {n: fixed.get(n, f.default) for n, f in Recipe.__dataclass_fields__.items() if n not in free}
    return ", ".join(f"{n} = {v} (not {getattr(recipe, n)})" for n, v in learned.items() if getattr(recipe, n) != v)


def condition_of_fractions(phase_fractions: Sequence[float], generator: Generator) -> Floats:
    """Return the condition of phase fractions given one by one, the first phase's included.

    Raises
    ------
    RecipeError
        If they contradict each other or the generator.
    """
    names = generator.phase_names
    if len(generator.condition_names) != len(names) - 1:
        raise RecipeError(
            f"the generator takes {', '.join(generator.condition_names)}; fractions do not say all. Give a recipe."
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
    """Return the mean phase fractions of the training volumes, for all phases."""
    placed = generator.training_conditions[:, : len(generator.phase_names) - 1].mean(axis=0)
    return (1 - float(placed.sum()), *placed.tolist())
