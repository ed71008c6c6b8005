"""Draws microstructures from recipes, learned from a few volumes; says how far to trust it."""

from models.generator.assembly import assemble_generator, take_apart
from models.generator.drawing import draw_microstructure
from models.generator.folds import left_out
from models.generator.shipped import default_generator
from models.generator.slices import train_slices
from models.generator.training import train_steps

__all__ = [
    "assemble_generator",
    "default_generator",
    "draw_microstructure",
    "left_out",
    "take_apart",
    "train_slices",
    "train_steps",
]
