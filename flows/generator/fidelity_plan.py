"""Under which conditions a generator is compared with real volumes: recipes that it has not seen, seeds and sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.errors import StudyError
from flows.parameter_files.parameters import Section, read_quantity, read_yaml
from schemas import Design

RECIPE_NAMES = ("active_material_weight_fraction", "porosity", "binder_adhesion")
LOADING = {"mass_loading_kilogram_per_square_metre": 0.2}  # does not enter the voxels
Recipe = tuple[float, float, float]

HELD_OUT: tuple[Recipe, ...] = (
    (0.932, 0.315, 0.22),
    (0.957, 0.405, 0.28),
    (0.956, 0.325, 0.74),
    (0.934, 0.415, 0.78),
    (0.941, 0.345, 0.60),
    (0.950, 0.385, 0.40),
    (0.938, 0.390, 0.12),
    (0.962, 0.340, 0.88),
)
"""Inside weight fractions 0.92 to 0.97, porosities 0.28 to 0.45 and all adhesions; no corner, middle or centre."""

BEYOND: tuple[Recipe, ...] = (
    (0.945, 0.25, 0.5),
    (0.945, 0.50, 0.5),
    (0.905, 0.36, 0.5),
    (0.980, 0.36, 0.5),
    (0.910, 0.48, 0.2),
    (0.910, 0.48, 0.8),
    (0.910, 0.26, 0.2),
    (0.910, 0.26, 0.8),
    (0.975, 0.48, 0.2),
    (0.975, 0.48, 0.8),
    (0.975, 0.26, 0.2),
    (0.975, 0.26, 0.8),
)
"""Outside of that: beyond each face in weight fraction and porosity, and beyond each two of them at once."""

FEWEST_SEEDS = 2


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

    def __post_init__(self) -> None:
        if self.seeds < FEWEST_SEEDS:
            raise StudyError(
                f"seeds = {self.seeds}: scatter between seeds needs {FEWEST_SEEDS} at least. Give 8 for a report."
            )
        if not self.recipes:
            raise StudyError("there are no conditions. Give one recipe at least.")

    def design(self, place: int) -> Design:
        """The recipe of a condition as a record."""
        return Design.build({**dict(zip(RECIPE_NAMES, self.recipes[place], strict=True)), **LOADING})


def read_recipes(given: str | None, *, beyond: bool = False) -> tuple[Recipe, ...]:
    """Recipes from a file, or the first so many of those that come with Ragone; all of these if none is given.

    A file holds ``conditions``: a list of maps with the keys of RECIPE_NAMES.

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
        raise StudyError(f"{path}: conditions must be a list of recipes with the keys {', '.join(RECIPE_NAMES)}.")
    return tuple(_recipe(row, f"conditions[{number}]") for number, row in enumerate(rows))


def _recipe(row: Any, path: str) -> Recipe:
    section = Section(row, path, RECIPE_NAMES)
    weight, porosity, adhesion = (_part(section, name) for name in RECIPE_NAMES)
    return weight, porosity, adhesion


def _part(section: Section, name: str) -> float:
    spec = Design.fields()[name]
    return read_quantity(section.raw(name), section.at(name), spec.unit, spec.bounds)


def told(recipes: Sequence[Recipe]) -> list[str]:
    """Each recipe in a few words."""
    return [
        f"{100 * weight:.3g} % active, porosity {porosity:.3g}, adhesion {adhesion:.3g}"
        for weight, porosity, adhesion in recipes
    ]
