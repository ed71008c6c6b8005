"""Recipes that the generator that comes with Ragone was not trained on, inside its training ranges and outside."""

from __future__ import annotations

from ragone.schemas import Recipe


def _recipe(weight_fraction: float, porosity: float, adhesion: float) -> Recipe:
    return Recipe(active_material_weight_fraction=weight_fraction, porosity=porosity, binder_adhesion=adhesion)


HELD_OUT = (
    _recipe(0.932, 0.315, 0.22),
    _recipe(0.957, 0.405, 0.28),
    _recipe(0.956, 0.325, 0.74),
    _recipe(0.934, 0.415, 0.78),
    _recipe(0.941, 0.345, 0.60),
    _recipe(0.950, 0.385, 0.40),
    _recipe(0.938, 0.390, 0.12),
    _recipe(0.962, 0.340, 0.88),
)
"""Inside weight fractions 0.92 to 0.97, porosities 0.28 to 0.45 and all adhesions; no corner, middle or centre."""

BEYOND = (
    _recipe(0.945, 0.25, 0.5),
    _recipe(0.945, 0.50, 0.5),
    _recipe(0.905, 0.36, 0.5),
    _recipe(0.980, 0.36, 0.5),
    _recipe(0.910, 0.48, 0.2),
    _recipe(0.910, 0.48, 0.8),
    _recipe(0.910, 0.26, 0.2),
    _recipe(0.910, 0.26, 0.8),
    _recipe(0.975, 0.48, 0.2),
    _recipe(0.975, 0.48, 0.8),
    _recipe(0.975, 0.26, 0.2),
    _recipe(0.975, 0.26, 0.8),
)
"""Outside of that: beyond each face in weight fraction and porosity, and beyond each two of them at once."""
