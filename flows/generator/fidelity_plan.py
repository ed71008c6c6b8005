"""The conditions at which a generator is compared with real volumes: held-out recipes, seeds and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section, read_yaml
from ragone.models.generator.held_out_recipes import BEYOND, HELD_OUT
from ragone.models.generator.recipe import NUMBERS
from ragone.schemas import Materials, Recipe
from ragone.schemas.materials import NMC_811

FEWEST_SEEDS = 2

_ALWAYS = ("active_material_weight_fraction", "porosity", "binder_adhesion")


@dataclass(frozen=True)
class FidelityPlan:
    """Recipes, seeds for each, the edge of the volumes, and whether fractions are also left to the generator.

    `seed` is what the seeds of volumes follow from. Of each condition the real volumes are drawn twice.
    """

    recipes: tuple[Recipe, ...] = HELD_OUT
    seeds: int = 8
    edge_voxels: int = 96
    raw: bool = False
    seed: int = 1
    materials: Materials = NMC_811

    def __post_init__(self) -> None:
        if self.seeds < FEWEST_SEEDS:
            raise StudyError(
                f"seeds = {self.seeds}: scatter between seeds needs {FEWEST_SEEDS} at least. Give 8 for a report."
            )
        if not self.recipes:
            raise StudyError("there are no conditions. Give one recipe at least.")

    @property
    def varied(self) -> tuple[str, ...]:
        """Return the parts of the recipes that a report shows: the usual ones, and every other number that differs."""
        return tuple(name for name in NUMBERS if name in _ALWAYS or len({getattr(r, name) for r in self.recipes}) > 1)

    def rows(self) -> list[list[float]]:
        """Return their values, per recipe and part."""
        return [[getattr(recipe, name) for name in self.varied] for recipe in self.recipes]


def read_recipes(given: str | None, *, beyond: bool = False) -> tuple[Recipe, ...]:
    """Read recipes from a file, or take the first so many of those that come with Ragone; all if none is given.

    A file holds ``conditions``: a list of maps with the fields of a recipe, those without a default and the adhesion in
    each.

    Raises
    ------
    StudyError
        For a number out of range, or anything in the file that cannot be used, named by its path.
    """
    known = BEYOND if beyond else HELD_OUT
    if given is None:
        return known
    if not given.isdigit():
        return _read(given)
    if not 1 <= int(given) <= len(known):
        raise StudyError(f"--conditions {given} must be from 1 to {len(known)}, or a file of recipes.")
    return known[: int(given)]


def _read(path: str | Path) -> tuple[Recipe, ...]:
    rows: Any = Section(read_yaml(path), "", ["conditions"]).raw("conditions")
    if not isinstance(rows, list) or not rows:
        raise StudyError(f"{path}: conditions must be a list of recipes with the keys {', '.join(_ALWAYS)}.")
    return tuple(_recipe(row, f"conditions[{number}]") for number, row in enumerate(rows))


def _recipe(row: Any, path: str) -> Recipe:
    parameters = {parameter.short: parameter for parameter in Recipe.parameters().values()}
    section = Section(row, path, parameters)
    return Recipe.build(
        {
            parameter.name: section.value(short, parameter)
            for short, parameter in parameters.items()
            if section.has(short) or short in _ALWAYS
        }
    )
