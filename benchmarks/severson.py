"""Lives of 84 cells by charging policy (Severson et al. 2019): policies and cells held out, and artificial censoring.

All choices (distribution, terms) are made within each training fold by `choose_terms` from the same list of terms; the
batch is a term of every model. Concordance pooled contains the difference between the batches, which no policy
explains; that within each batch is what the policy says.

References
----------
Severson et al. 2019, Nature Energy, doi 10.1038/s41560-019-0356-8, first two batches.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Line, stated, tell
from ragone.models.survival import Lifetimes
from ragone.models.survival.regression import (
    AcceleratedFit,
    Chosen,
    Concordance,
    choose_terms,
    concordance,
    fit_accelerated,
    folds_of,
)
from ragone.models.survival.regression.families import FAMILIES
from ragone.pipelines.ageing.charging_policy import parse_charging_policy

Floats = NDArray[np.float64]
_FILE = "severson_cycle_lives.csv"
_BATCH, _POOLED, _WITHIN = "batch", 0.80, 0.62
_FOLDS, _SEEDS = 10, 5
_NAMES = (
    *("first_rate", "switch_state_of_charge", "second_rate", "last_rate", "largest_rate"),
    *("charging_time_to_80", "mean_rate", "charge_weighted_rate"),
)
CANDIDATES = (*_NAMES, *(f"log({name})" for name in _NAMES))
_CUTS = ((500.0, ""), (600.0, "2017-05-12"), (800.0, "2017-05-12"))
_DRAWS, _QUANTILES, _MARGIN, _LARGEST_LOG = 1000, 1001, 1.96, 100.0
_EFFECT = "log(charge_weighted_rate)"


def read_lives(path: Path) -> Lifetimes:
    """The lives of the file with the covariates of their policies; `policy` and `batch` as texts."""
    rows = list(csv.DictReader(path.read_text().splitlines()))
    covariates = [parse_charging_policy(row["Charging policy"]).covariates for row in rows]
    days = [row["Batch date"].split("/") for row in rows]
    columns = {name: np.array([one[name]["value"] for one in covariates]) for name in _NAMES}
    columns["policy"] = np.array([row["Charging policy"] for row in rows])
    columns[_BATCH] = np.array([f"20{year}-{int(month):02}-{int(day):02}" for month, day, year in days])
    ends = [float(row["Cycle life"]) for row in rows]
    return Lifetimes.of_durations(ends, [True] * len(rows), columns=columns)


def predict_held_out(lives: Lifetimes, groups: NDArray[np.str_], seed: int) -> tuple[Floats, list[Chosen]]:
    """Logarithm of each life by models that were chosen and fitted without its group, and what was chosen."""
    folds, predicted, chosen = folds_of(groups, _FOLDS, seed), np.zeros(len(lives)), []
    for fold in np.unique(folds):
        out = folds == fold
        training = lives.among(~out)
        chosen.append(choose_terms(training, CANDIDATES, groups[~out], always=(_BATCH,)))
        fit = fit_accelerated(training, chosen[-1].family, chosen[-1].terms)
        predicted[out] = fit.log_lives(lives.among(out))
    return predicted, chosen


def censored_at(lives: Lifetimes, cycles: float) -> Lifetimes:
    """The same lives, stopped there."""
    stopped = lives.lower > cycles
    return replace(
        lives,
        lower=np.minimum(lives.lower, cycles),
        upper=np.where(stopped, np.inf, lives.upper),
        causes=tuple("" if stop else cause for stop, cause in zip(stopped, lives.causes, strict=True)),
    )


def lines() -> list[Line]:
    """Summaries, held-out policies, held-out cells, and lives that were stopped on paper."""
    path = Path(os.environ.get("RAGONE_SHARED_DATA", "../shared/data")) / _FILE
    if not path.is_file():
        return [stated("Severson's lives", f"left out: no {_FILE} in RAGONE_SHARED_DATA")]
    lives = read_lives(path)
    seeds = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", _SEEDS))
    return [*_summaries(lives), *_held_out(lives, seeds), *_truncated(lives)]


def _summaries(lives: Lifetimes) -> Iterator[Line]:
    for batch in np.unique(lives.columns[_BATCH]):
        part = lives.among(lives.columns[_BATCH] == batch)
        policies = part.columns["policy"]
        medians = {policy: float(np.median(part.lower[policies == policy])) for policy in np.unique(policies)}
        worst, best = min(medians, key=medians.__getitem__), max(medians, key=medians.__getitem__)
        low, middle, high = np.quantile(part.lower, [0, 0.5, 1])
        yield stated(
            f"batch {batch}: {len(part)} cells, {len(medians)} policies",
            f"median {middle:.0f} ({low:.0f} to {high:.0f}); {worst} {medians[worst]:.0f}, {best} {medians[best]:.0f}",
        )


def _held_out(lives: Lifetimes, seeds: int) -> Iterator[Line]:
    """Policies left out, then cells left out; the first fold division of several, and the spread of all."""
    cells = np.array(lives.subjects)
    for words, groups, goals in (
        ("policies held out", lives.columns["policy"], (_POOLED, _WITHIN)),
        ("cells held out", cells, (None, None)),
    ):
        pooled, within, models = [], [], []
        for seed in range(seeds):
            tell(f"{words}, division {seed + 1} of {seeds}")
            predicted, chosen = predict_held_out(lives, groups, seed)
            pooled.append(concordance(lives, predicted))
            each = [lives.columns[_BATCH] == batch for batch in np.unique(lives.columns[_BATCH])]
            within.append(
                [concordance(lives, predicted, within=lives.columns[_BATCH])]
                + [concordance(lives.among(one), predicted[one]) for one in each]
            )
            models += [f"{one.family} {' + '.join(one.terms[1:])}" for one in chosen]
        yield _of(f"{words}: concordance pooled with batch", pooled, goals[0])
        yield _of(f"{words}: concordance within batches", [one[0] for one in within], goals[1])
        for number, batch in enumerate(np.unique(lives.columns[_BATCH])):
            yield _of(f"{words}: within batch {batch}", [one[1 + number] for one in within], goals[1])
        common = max(set(models), key=models.count)
        yield stated(
            f"{words}: chosen in {models.count(common)} of {len(models)} folds",
            f"{common}; of {len(CANDIDATES)} terms and {len(FAMILIES)} distributions",
        )


def _of(words: str, found: Sequence[Concordance], goal: float | None) -> Line:
    values = [one.value for one in found]
    shown = f"{np.mean(values):.3f} +- {found[0].standard_error:.3f} ({min(values):.3f} to {max(values):.3f})"
    return Line(words, shown, "", "", f">= {goal:.2f}" if goal else "", bool(np.mean(values) >= goal) if goal else None)


def _truncated(lives: Lifetimes) -> Iterator[Line]:
    """How far are median, mean and effect of the stopped lives from those of all, and do the intervals hold them?"""
    for cycles, batch in _CUTS:
        part = lives.among(lives.columns[_BATCH] == batch) if batch else lives
        terms = [_EFFECT] if batch else [_BATCH, _EFFECT]
        stopped = censored_at(part, cycles)
        where = f"stopped at {cycles:.0f}{f' in batch {batch}' if batch else ''}, {stopped.observed.sum()} died"
        for family in FAMILIES:
            whole, cut = (fit_accelerated(one, family, terms) for one in (part, stopped))
            error, change = cut.standard_errors[len(terms)], cut.coefficients[-1] - whole.coefficients[-1]
            known = "" if cut.converged else " (batch not determined: in one of them nobody died)"
            yield Line(
                f"{where}: exponent of the charge-weighted rate, {family}{known}",
                f"{cut.coefficients[-1]:.2f} +- {error:.2f}",
                f"{whole.coefficients[-1]:.2f} of all",
                "",
                "within 95 %",
                bool(abs(change) < _MARGIN * error),
            )
        yield from _population(part, stopped, where)


def _population(part: Lifetimes, stopped: Lifetimes, where: str) -> Iterator[Line]:
    """Median and mean without covariates, by the distribution that describes the stopped lives best."""
    fit = min((fit_accelerated(stopped, family) for family in FAMILIES), key=lambda one: one.akaike)
    lives = _quantiles(fit, np.vstack([fit.parameters, _drawn(fit)]))
    for words, statistic in (("median", np.median), ("mean", np.mean)):
        value, *drawn = statistic(lives, axis=1).tolist()
        low, high = np.quantile(drawn, [0.025, 0.975], method="nearest")
        true = float(statistic(part.lower))
        yield Line(
            f"{where}: {words} life, {fit.family}",
            f"{value:.0f} ({low:.0f} to {high:.0f})",
            f"{true:.0f} of all; {float(statistic(stopped.lower)):.0f} if stopped is dead",
            f"{value / true:.3f}",
            "within 95 %",
            bool(low <= true <= high),
        )


def _drawn(fit: AcceleratedFit) -> Floats:
    return np.random.default_rng(0).multivariate_normal(fit.parameters, fit.covariance, size=_DRAWS)


def _quantiles(fit: AcceleratedFit, parameters: Floats) -> Floats:
    """Lives at even shares of the population, a row for each pair of location and logarithm of the scale."""
    scores = FAMILIES[fit.family]().quantile((np.arange(_QUANTILES) + 0.5) / _QUANTILES)
    return np.asarray(np.exp(np.minimum(parameters[:, :1] + np.exp(parameters[:, 1:]) * scores, _LARGEST_LOG)))
