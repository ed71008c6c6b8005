"""Fades of synthetic cells whose lives are known: designs that differ, cells that vary, knees, and noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FadeShape:
    """How cells fade, and how much they differ; spreads are standard deviations of logarithms.

    The loss, as a share of that at the end of life L, is ``c (n / L)^p`` and ``1 - c`` of an exponential rise that ends
    at L and has a width w of L: without a knee c is 1.
    """

    median_life: float
    exponent: float
    steady_share: float
    knee_width: float
    between_designs: float
    within_design: float
    shape_between: float
    shape_within: float
    noise: float  # of one capacity, as a share of the loss at the end of life


POWER_LAW = FadeShape(900.0, 0.75, 1.0, 0.1, 0.30, 0.12, 0.10, 0.05, 0.005)
KNEES = FadeShape(900.0, 0.7, 0.55, 0.1, 0.30, 0.12, 0.20, 0.10, 0.005)
# Severson's 84 cells: the logarithm of life has this spread between policies and within one; the knee is sudden.
SEVERSON_LIKE = FadeShape(700.0, 1.0, 0.25, 0.06, 0.35, 0.20, 0.30, 0.15, 0.005)
_BEYOND = 1.03  # of its life: how far a cell can be run


@dataclass(frozen=True)
class Population:
    """Cells of designs: their true lives, and the loss that each shows at every cycle up to its end."""

    design: NDArray[np.int64]
    lives: Floats
    log_medians: Floats
    losses: tuple[Floats, ...]

    def seen(self, cell: int, cycles: float) -> tuple[Floats, Floats]:
        """Cycles and losses of a cell up to some cycle, or to its end."""
        count = int(min(cycles, len(self.losses[cell])))
        return np.arange(1.0, count + 1), self.losses[cell][:count]


def draw_population(shape: FadeShape, rng: np.random.Generator, *, designs: int = 20, cells: int = 4) -> Population:
    """Draw cells whose median life is that of their design."""
    design = np.repeat(np.arange(designs), cells)
    scales = rng.normal(np.log(shape.median_life), shape.between_designs, designs)
    forms = rng.normal(0, shape.shape_between, (designs, 2))
    lives, losses = np.empty(len(design)), []
    for cell, own in enumerate(design.tolist()):
        lives[cell] = np.exp(scales[own] + rng.normal(0, shape.within_design))
        power, steady = np.exp(forms[own] + rng.normal(0, shape.shape_within, 2))
        curve = _curve(lives[cell], shape.exponent * power, min(1.0, shape.steady_share * steady), shape)
        losses.append(curve + rng.normal(0, shape.noise, len(curve)))
    return Population(design, lives, scales, tuple(losses))


def _curve(life: float, power: float, steady: float, shape: FadeShape) -> Floats:
    """Losses at cycles 1, 2, ... to a little beyond the end of life, where the loss is 1."""
    share = 1.0 if shape.steady_share == 1.0 else steady
    cycles = np.arange(1.0, np.ceil(life * _BEYOND) + 2) / life
    width = shape.knee_width
    knee = (np.exp((cycles - 1) / width) - np.exp(-1 / width)) / (1 - np.exp(-1 / width))
    return np.asarray(share * cycles**power + (1 - share) * knee)


def population_of(name: str, seed: int, **counts: Any) -> Population:
    """A population by the name of its shape."""
    return draw_population(SHAPES[name], np.random.default_rng(seed), **counts)


SHAPES = {"power law": POWER_LAW, "knees": KNEES, "Severson-like": SEVERSON_LIKE}
