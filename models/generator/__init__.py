"""Draws microstructures from recipes, learned from a few volumes; says how far to trust it."""

from ragone.models.generator.assembly import assemble_generator, take_apart
from ragone.models.generator.drawing import draw_microstructure
from ragone.models.generator.folds import left_out
from ragone.models.generator.shipped import default_generator
from ragone.models.generator.slices import train_slices
from ragone.models.generator.training import train_steps

__all__ = [
    "assemble_generator",
    "default_generator",
    "draw_microstructure",
    "left_out",
    "take_apart",
    "train_slices",
    "train_steps",
]
