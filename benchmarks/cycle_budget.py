"""How many cycles does it take to rank twenty designs by their life, and is what is then believed right?

Four cells of each design, in populations whose true median lives are known: fades by a power law, with knees, and like
those of Severson's cells. Certainty is measured against the truth: the life that is lost by choosing the design
believed best, and Kendall's tau of the whole order. For budgets of equal shares, the cycles are found by which another
way of spending reaches the same certainty. Means over RAGONE_BENCHMARK_SEEDS populations (200).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import numpy as np

from benchmarks.budget_policies import Bench, Policy, halve_successively, spend_by_gain, spend_equally
from benchmarks.measure import Line, stated, tell
from benchmarks.synthetic_fades import SHAPES, Floats, Population, population_of
from ragone.models.survival import Lifetimes, Naive, naive_estimates
from ragone.models.survival.allocation import Aim

_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "200"))
_GOAL = 0.6
_SHARES = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
_EQUAL = (0.5, 0.7, 0.9)  # of the cycles that would run all cells to their ends
_JUDGED = 0.4
_BY_BEST, _BY_RANKING = "for the best", "for the ranking"
_POLICIES: Mapping[str, Policy] = {
    "equal shares": spend_equally,
    "successive halving": halve_successively,
    _BY_BEST: spend_by_gain(Aim.BEST),
    _BY_RANKING: spend_by_gain(Aim.RANKING),
}


def lines() -> list[Line]:
    """Cycles to equal certainty, and what is believed of lives after spending unequally, of each population."""
    found = []
    for name in SHAPES:
        tell(f"{_SEEDS} populations, {name}")
        with ProcessPoolExecutor(2) as pool:
            outcomes = list(pool.map(_outcome, repeat(name), range(_SEEDS)))
        curves = {policy: np.mean([one[0][policy] for one in outcomes], axis=0) for policy in _POLICIES}
        beliefs = np.array([one[1] for one in outcomes])
        found += [*_cycles(name, curves), *_rightness(name, beliefs)]
    return found


def _outcome(name: str, seed: int) -> tuple[dict[str, Floats], Floats]:
    """Certainties of each policy, shape (shares, 2), and how right the belief is after spending for the ranking."""
    population = population_of(name, seed)
    certainties, beliefs = {}, np.zeros(6)
    for policy, spend in _POLICIES.items():
        rows = []
        for share, bench in zip(_SHARES, spend(population, _SHARES), strict=True):
            rows.append(_certainty(bench))
            if policy == _BY_RANKING and share == _JUDGED:
                beliefs = _judged(bench, population)
        certainties[policy] = np.array(rows)
    return certainties, beliefs


def _certainty(bench: Bench) -> tuple[float, float]:
    """Share of the longest life that is kept by the design believed best, and Kendall's tau."""
    from scipy.stats import kendalltau

    means, truth = bench.process.belief().lives_of_designs()[0], bench.population.log_medians
    return float(np.exp(truth[int(np.argmax(means))] - truth.max())), float(kendalltau(means, truth)[0])


def _judged(bench: Bench, population: Population) -> Floats:
    """Errors of logarithms of lives: of the designs' medians by the belief, coverage, and of simpler estimates."""
    means, covariance = bench.process.belief().lives_of_designs()
    error = means - population.log_medians
    held = np.abs(error) < 1.96 * np.sqrt(np.diag(covariance))
    dead = np.array([one.died for one in bench.passages])
    lives = Lifetimes.of_durations(np.where(dead, population.lives, np.maximum(bench.done, 1)), dead)
    naive = {one.estimator: one.value for one in naive_estimates(lives)}
    median = float(np.median(population.lives))
    simple = [np.log(naive[one] / median) for one in (Naive.MEDIAN_OF_DEAD, Naive.MEDIAN_OF_ALL)]
    return np.array([error.mean(), held.mean(), *simple, _log_normal_median(lives) - np.log(median), dead.mean()])


def _log_normal_median(lives: Lifetimes) -> float:
    """Logarithm of the median by a log-normal likelihood that knows censoring, but no fade."""
    from scipy.optimize import minimize
    from scipy.stats import norm

    logs, dead = np.log(lives.lower), lives.observed

    def loss(at: Floats) -> float:
        scaled = (logs - at[0]) / np.exp(at[1])
        return float(-np.where(dead, norm.logpdf(scaled) - at[1], norm.logsf(scaled)).sum())

    begun = np.array([logs.mean(), np.log(logs.std() + 0.1)])
    return float(minimize(loss, begun, method="Nelder-Mead").x[0])


def _cycles(name: str, curves: Mapping[str, Floats]) -> list[Line]:
    found = []
    for column, what, aim in ((0, "life kept by the best", _BY_BEST), (1, "Kendall's tau", _BY_RANKING)):
        equal = curves["equal shares"][:, column]
        for share in _EQUAL:
            certainty = float(np.interp(share, _SHARES, equal))
            ours = _needed(curves[aim][:, column], certainty)
            halving = _needed(curves["successive halving"][:, column], certainty)
            found.append(
                Line(
                    f"{name}: cycles to {what} {certainty:.3f}",
                    f"{ours:.0%}",
                    f"{share:.0%} equal shares, {halving:.0%} successive halving",
                    f"{ours / share:.2f}",
                    f"<= {_GOAL:g}",
                    ours / share <= _GOAL,
                )
            )
    return found


def _needed(certainties: Floats, wanted: float) -> float:
    """Share of all cycles by which a certainty is reached and kept from there on; infinite if it is not."""
    kept = np.minimum.accumulate(certainties[::-1])[::-1]
    reached = np.flatnonzero(kept >= wanted)
    if not len(reached):
        return float("inf")
    first = int(reached[0])
    if first == 0:
        return float(_SHARES[0])
    return float(np.interp(wanted, kept[first - 1 : first + 1], _SHARES[first - 1 : first + 1]))


def _rightness(name: str, beliefs: Floats) -> list[Line]:
    means = beliefs.mean(axis=0)
    errors = beliefs.std(axis=0, ddof=1) / np.sqrt(len(beliefs)) if len(beliefs) > 1 else np.zeros(6)
    where = f"{name}, {_JUDGED:.0%} of the cycles for the ranking:"
    return [
        stated(f"{where} cells that died", f"{means[5]:.0%}"),
        stated(f"{where} bias of medians by the belief", f"{means[0]:+.1%} +- {errors[0]:.1%}"),
        stated(f"{where} coverage of 95 % intervals", f"{means[1]:.1%} +- {errors[1]:.1%}"),
        stated(f"{where} bias of the median of the dead", f"{np.expm1(means[2]):+.0%}"),
        stated(f"{where} bias of the median of durations", f"{np.expm1(means[3]):+.0%}"),
        stated(f"{where} bias of a log-normal without fades", f"{np.expm1(means[4]):+.0%}"),
    ]
