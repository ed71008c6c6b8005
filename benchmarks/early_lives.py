"""How well do the first cycles say how long cells will live that were not learned from?

Synthetic populations of twenty designs with four cells each, run to 900 cycles: the error of held-out designs with
features of the first 50 and 100 cycles, without features, and how often features are used.
"""

from __future__ import annotations

import os

import numpy as np

from benchmarks.measure import Line, stated, tell
from benchmarks.synthetic_fades import SHAPES, Population, population_of
from ragone.models.survival.predict_early import predict_from_first_cycles
from ragone.schemas import CapacityFade, EarlyOutcome, EarlyPrediction, FadeOutcome

_SEEDS = min(20, int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "20")))
_BUDGET = 900
_LOSS = 0.2  # of the capacity, at the end of life


def lines() -> list[Line]:
    """A line for each population and number of first cycles."""
    found = []
    for name in SHAPES:
        tell(f"{_SEEDS} populations, {name}")
        for cycles in (50, 100):
            predicted = [_predicted(population_of(name, seed), cycles) for seed in range(_SEEDS)]
            found.append(stated(f"{name}, first {cycles} cycles", _said(predicted)))
    return found


def _predicted(population: Population, cycles: int) -> EarlyPrediction:
    fades = tuple(_fade(population, cell) for cell in range(len(population.lives)))
    designs = tuple(f"design {number}" for number in population.design)
    return predict_from_first_cycles(fades, designs=designs, cycles=cycles)


def _fade(population: Population, cell: int) -> CapacityFade:
    cycles, losses = population.seen(cell, _BUDGET)
    capacities = 1 - _LOSS * np.concatenate([[0.0], losses[1:]])
    return CapacityFade(
        cell_name=f"cell {cell}",
        outcome=FadeOutcome.BUDGET,
        cycle_count=cycles.astype(np.int64),
        test_time_second=cycles * 7200.0,
        discharging_capacity_ampere_hour=capacities,
        variables=np.zeros((0, len(cycles))),
        method="synthetic",
    )


def _said(predicted: list[EarlyPrediction]) -> str:
    learned = [one for one in predicted if one.outcome is not EarlyOutcome.TOO_FEW]
    used = np.mean([one.outcome is EarlyOutcome.USED for one in predicted])
    errors, without, orders, held = (
        np.mean([getattr(one, name) for one in learned])
        for name in ("relative_error", "relative_error_without", "concordance", "interval_coverage")
    )
    return (
        f"used in {used:.0%}; off by {errors:.0%} (without {without:.0%}), concordance {orders:.2f}, "
        f"90 % intervals of the dead hold {held:.0%}"
    )
