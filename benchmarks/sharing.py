"""How much does an attacker learn from what is shared, what does privacy cost, does a common encoder help?

**Attacks.** Designs of the stand-in, 60 of them; the candidate is the corner design, whose sums are the largest. The
attacker knows all others. Advantage: true less false positives, 2,000 trials each; the bound is that of epsilon and
delta. Of the plain Gaussian process the rows are read out of its tensors.

**Error lost.** Surrogates of degree 1 and 2 by noisy sums, against the same without noise, on 500 held-out designs of
the stand-in; error over the spread of the designs. Medians over seeds.

**Hyper-parameters.** Nothing bounds what they tell. One attacker knows all other designs, fits with and without the
candidate, and looks which is nearer; another knows only what law the designs follow, and fits 200 shadows each, with
and without it, to other designs of that law. Candidates: a design of the law, and one at the corner whose value is off
by five times the spread.

**Encoder.** Five owners with 30 designs each, whose responses are the stand-in's, shifted along each axis by up to 0.15
of its range, with a tilt of up to 0.3 of the spread, times a factor from 0.5 to 2, and noise of 2 % of the spread. A
sixth owner of the same family has few designs: its error with the encoder's head, with the better of both by left-out
designs, and with the hyper-parameters of the others (geometric means), over that of a Gaussian process of its own.
"""

from __future__ import annotations

import os
import random

import numpy as np

from benchmarks.measure import Line, stated, tell
from benchmarks.stand_in import Floats, stand_in
from ragone.models.sharing.attacks import (
    Advantage,
    is_member_by_shadows_of_several,
    is_member_by_sums,
    reconstructed,
)
from ragone.models.sharing.discrete_gaussian import with_noise
from ragone.models.sharing.moments import Layout
from ragone.models.sharing.privacy import Privacy
from ragone.models.sharing.receiving import surrogate_of_sums
from ragone.models.surrogate.encoder import Head, OwnedSet, fit_encoder, head_or_own
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.kriging import FittedKriging, Kriging

_SEEDS = int(os.environ.get("RAGONE_BENCHMARK_SEEDS", "10"))
_TRIALS, _DELTA, _AXES = 2000, 1e-5, 4
_COUNTS, _EPSILONS = (60, 200, 1000), (1.0, 3.0)
_FITTED, _SHADOWS = (20, 60), 20 * _SEEDS
_OWNERS, _EACH, _FEW = 5, 30, (6, 10, 20)


def lines() -> list[Line]:
    """Attacks, error lost, encoder; some minutes."""
    return [*_attacks(), *_hyper_parameters(), *_errors(), *_encoders()]


def _layout(degree: int) -> Layout:
    """Features of the stand-in, and a target from 350 to 650 W.h/L, which is stated, not fitted."""
    features = tuple(Feature(f"x{number}", "", 0.0, 1.0) for number in range(_AXES))
    return Layout(features, Feature("energy_density", "W.h/L", 350.0, 650.0), degree)


def _designs(count: int, seed: int) -> tuple[Floats, Floats]:
    points = np.random.default_rng(seed).random((count, _AXES))
    return points, stand_in().truth(points)


def _attacks() -> list[Line]:
    found, layout, below = [], _layout(1), random.Random(1).randrange
    points, values = _designs(60, 0)
    others = layout.summed(points, values, np.arange(60))
    candidate = layout.summed(np.ones((1, _AXES)), np.array([650.0]), np.array([0]))
    everything = [a + b for a, b in zip(others, candidate, strict=True)]
    for epsilon in (0.5, *_EPSILONS):
        tell(f"attacks at epsilon = {epsilon:g}")
        promise = Privacy(epsilon, _DELTA)
        noise = promise.variance(layout.sensitivity)
        said = [
            [is_member_by_sums(with_noise(exact, noise, below), others, candidate) for _ in range(_TRIALS)]
            for exact in (everything, others)
        ]
        attack = Advantage.of(*said)
        guess = [reconstructed(layout, with_noise(everything, noise, below), others) for _ in range(200)]
        missed = float(np.mean([np.abs(one - 1).mean() for one in guess]))
        bound = promise.largest_advantage
        found += [
            Line(f"advantage of the strongest test, epsilon = {epsilon:g}",
                 f"{attack.value:.1%} ± {attack.standard_error:.1%}", "", "", f"<= {bound:.1%}",
                 attack.value - 2 * attack.standard_error <= bound),
            stated("... mean error of a reconstruction, of a range of 2", f"{missed:.2f}"),
        ]  # fmt: skip
    exact_guess = np.abs(reconstructed(layout, everything, others) - 1).mean()
    return [*found, stated("... the same without noise", f"{exact_guess:.4f}")]


def _hyper_parameters() -> list[Line]:
    found, spread = [], float(_designs(500, 10**6)[1].std())
    corner = np.ones((1, _AXES))
    candidates = {
        "a design of the law": _designs(1, 77),
        "one off by five spreads": (corner, stand_in().truth(corner) + 5 * spread),
    }
    for count in _FITTED:
        for what, candidate in candidates.items():
            tell(f"hyper-parameters: {count} designs, {what}")
            fits = [
                [_fitted_to(count, 10**4 + seed, candidate if inside else None) for seed in range(2 * _SHADOWS)]
                for inside in (True, False)
            ]
            shadows, attacked = [np.array(one[:_SHADOWS]) for one in fits], [one[_SHADOWS:] for one in fits]
            said = [[is_member_by_shadows_of_several(each, *shadows) for each in one] for one in attacked]
            strangers = Advantage.of(*said)
            near = [
                [bool(np.abs(each - one).sum() < np.abs(each - other).sum()) for each in (one, other)]
                for one, other in zip(*attacked, strict=True)
            ]
            insider = Advantage.of([first for first, _ in near], [second for _, second in near])
            found += [
                stated(f"advantage by hyper-parameters, {count} designs, {what}, others known", f"{insider.value:.0%}"),
                stated("... others not known", f"{strangers.value:.0%} ± {strangers.standard_error:.0%}"),
            ]
    return found


def _fitted_to(count: int, seed: int, candidate: tuple[Floats, Floats] | None) -> Floats:
    """Logarithms of the length scales and noise, and the mean, of a process fitted to designs of that seed."""
    points, values = _designs(count, seed)
    if candidate is not None:
        points, values = np.vstack([points[:-1], candidate[0]]), np.append(values[:-1], candidate[1])
    fitted = Kriging().fit(points, values, None, 0)
    return np.append(np.log([*fitted.length_scales, fitted.noise]), fitted.mean)


def _errors() -> list[Line]:
    tests, truth = _designs(500, 10**6)
    found = []
    for degree in (1, 2):
        layout = _layout(degree)
        for count in _COUNTS:
            tell(f"error lost: degree {degree}, {count} designs")
            shown = {}
            for epsilon in (*_EPSILONS, None):
                errors = []
                for seed in range(_SEEDS):
                    numbers, noise = layout.summed(*_designs(count, seed), np.arange(count)), 0
                    if epsilon is not None:
                        noise = Privacy(epsilon, _DELTA).variance(layout.sensitivity)
                        numbers = with_noise(numbers, noise, random.Random(seed).randrange)
                    surrogate = surrogate_of_sums(layout, numbers, noise)
                    errors.append(np.sqrt(np.mean((surrogate.predict_points(tests).means - truth) ** 2)) / truth.std())
                shown[epsilon] = float(np.median(errors))
            values = ", ".join(f"{shown[epsilon]:.2f}" for epsilon in _EPSILONS)
            named = ", ".join(f"{epsilon:g}" for epsilon in _EPSILONS)
            what = f"error over spread, degree {degree}, {count} designs, epsilon = {named}"
            found.append(Line(what, values, f"{shown[None]:.2f} without noise", "", "", None))
    return found


def _encoders() -> list[Line]:
    ratios: dict[tuple[str, int], list[float]] = {}
    for seed in range(_SEEDS):
        tell(f"encoder {seed + 1} of {_SEEDS}")
        others = [_owned(100 * seed + owner, _EACH) for owner in range(_OWNERS)]
        encoder, known = fit_encoder(others, seed), [Kriging().fit(one.points, one.values, None, 0) for one in others]
        scales = np.exp(np.mean([np.log(one.length_scales) for one in known], axis=0))
        noise = float(np.exp(np.mean([np.log(one.noise) for one in known])))
        fresh, tests = _owned(100 * seed + 99, max(_FEW)), _owned(100 * seed + 99, 500, noise=0.0, skip=1)
        for few in _FEW:
            own = OwnedSet(fresh.points[:few], fresh.values[:few])
            alone = Kriging().fit(own.points, own.values, None, seed)
            models = {
                "the encoder": encoder.head(own),
                "the encoder or alone by left-out designs": head_or_own(encoder, own, seed),
                "length scales of the others": Kriging().fit_given(own.points, own.values, scales, noise),
            }
            for what, model in models.items():
                ratios.setdefault((what, few), []).append(_error(model, tests) / _error(alone, tests))
    return [
        stated(f"error with {what} over alone, {few} designs: median, range",
               f"{np.median(each):.2f}, {min(each):.2f} to {max(each):.2f}")
        for (what, few), each in sorted(ratios.items())
    ]  # fmt: skip


def _error(model: Head | FittedKriging, tests: OwnedSet) -> float:
    return float(np.sqrt(np.mean((model.predict_means(tests.points) - tests.values) ** 2)))


def _owned(seed: int, count: int, noise: float = 0.02, skip: int = 0) -> OwnedSet:
    """Designs of the owner of that seed; `skip` gives others of the same owner."""
    of_owner, of_design = np.random.default_rng(seed), np.random.default_rng([seed, skip])
    shift, tilt = of_owner.uniform(-0.15, 0.15, _AXES), of_owner.uniform(-0.3, 0.3, _AXES)
    factor, spread = of_owner.uniform(0.5, 2.0), float(_designs(500, 10**6)[1].std())
    points = of_design.random((count, _AXES))
    response = stand_in().truth(np.clip(points + shift, 0, 1)) + spread * (points - 0.5) @ tilt
    return OwnedSet(points, factor * (response + noise * spread * of_design.standard_normal(count)))
