"""How large are the errors of a generator's metrics, at recipes that it was trained on and at others?

The relative error has the variance floor^2 + (growth * distance)^2 + (spread_weight * spread)^2 (`variance`). It is
fitted to measured errors of the members at their training recipes, and at the corners that they left out. Each member
leaves out a pair of corners, and each pair is left out once.

Errors are taken as normal with mean zero, so a bias counts as scatter. One real volume stands for a recipe: its own
seed-to-seed noise, and that of the volume drawn, are part of the floor and make it too large rather than too small.
Beyond the left-out corners growth is extrapolated linearly; nothing was measured there.

References
----------
Lakshminarayanan et al. 2017, arXiv 1612.01474 (the spread of an ensemble); Kuleshov et al. 2018, arXiv 1807.00263
(what was predicted is scaled until it covers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from ragone.models.generator.domain import DOMAIN_DISTANCE, locate_condition
from ragone.models.generator.errors import CalibrationError
from ragone.models.generator.recipe import condition_of
from ragone.models.generator.variance import Variance, calibrated, covered, held_out
from ragone.schemas import Generator, GeneratorErrors, Materials, PredictedErrors, Recipe, Transport, stage

METRICS = (
    "pore_tortuosity_factor",
    "specific_surface_area_per_metre",
    "solid_effective_conductivity_siemens_per_metre",
)
BAND = 0.9

Floats = np.ndarray[Any, np.dtype[np.float64]]


@stage("generator.fit_errors", libraries=("numpy", "scipy"))
def fit_errors(
    generator: Generator,
    drawn: tuple[Transport, ...],
    beside: tuple[Transport, ...],
    real: tuple[Transport, ...],
    *,
    volumes: tuple[int, ...],
    members: tuple[int, ...],
    domain_distance: float = DOMAIN_DISTANCE,
) -> GeneratorErrors:
    """Fit the variance of a generator's errors to measured ones.

    Parameters
    ----------
    generator
        An ensemble whose members each left some training volumes out.
    drawn
        For each calibration point, the transport of a volume drawn by the member that is judged.
    beside
        For each point in turn, those of small volumes drawn by every member at equal seeds.
    real
        For each point, that of the training volume of the recipe.
    volumes, members
        For each point, the index of the training volume, and the member that drew.
    domain_distance
        Distance up to which a recipe is inside the applicability domain [training range].

    Raises
    ------
    CalibrationError
        If no member left anything out, or the points do not match.
    """
    excluded = excluded_volumes(generator)
    _require_points(excluded, drawn, beside, real, volumes, members)
    trained = [_conditions_without(generator, excluded[member]) for member in members]
    conditions = generator.training_conditions[list(volumes)]
    positions = map(partial(locate_condition, scale_by=generator.training_conditions), conditions, trained)
    distance = np.array([position.distance for position in positions])
    spread = np.array([ensemble_spread(group) for group in _grouped(beside, len(drawn))])
    error = np.array([relative_errors(a, b) for a, b in zip(drawn, real, strict=True)])
    folds = folds_of(volumes, excluded)
    fitted = [calibrated(distance, spread[:, m], error[:, m], folds) for m in range(len(METRICS))]
    outside = [held_out(distance, spread[:, m], error[:, m], folds) for m in range(len(METRICS))]
    return GeneratorErrors(
        generator_id=generator.id,
        metric_names=METRICS,
        floor=np.array([f.floor for f in fitted]),
        growth=np.array([f.growth for f in fitted]),
        spread_weight=np.array([f.spread_weight for f in fitted]),
        domain_distance=domain_distance,
        condition_names=generator.condition_names,
        conditions=conditions,
        distance=distance,
        spread=spread,
        relative_error=error,
        coverage=np.array([covered(error[:, m], outside[m], BAND) for m in range(len(METRICS))]),
        method=(
            f"{len(drawn)} points, {int((distance > 0).sum())} of them left out; mean over the likelihood, "
            "widened until the cross-validated 90 % band covers; the noise of one real and one drawn volume is part of "
            "the floor"
        ),
    )


@stage("generator.predict_errors", libraries=("numpy", "scipy"))
def predict_errors(
    recipe: Recipe,
    materials: Materials,
    generator: Generator,
    errors: GeneratorErrors,
    transports: tuple[Transport, ...],
    *,
    largest_error: float = 0.25,
) -> PredictedErrors:
    """Predict a generator's errors for one recipe, and whether the recipe is out of distribution.

    Parameters
    ----------
    recipe, materials
        What is to be drawn.
    generator
        The one that draws it. One fine-tuned on more volumes is judged by the calibration of the one it began from.
    errors
        Its calibration.
    transports
        Those of small volumes of that recipe, drawn by every member at equal seeds.
    largest_error
        Relative standard error of any metric beyond which the recipe is out of distribution as well [-].
    """
    condition = condition_of(recipe, materials, generator)
    distance = locate_condition(condition, generator.training_conditions).distance
    spread = ensemble_spread(transports)
    terms = zip(errors.floor, errors.growth, errors.spread_weight, spread, strict=True)
    sigma = np.array([Variance(f, g, w).sigma(distance, s) for f, g, w, s in terms], dtype=np.float64)
    return PredictedErrors(
        generator_id=generator.id,
        errors_id=errors.id,
        metric_names=errors.metric_names,
        relative_standard_error=sigma,
        condition_names=generator.condition_names,
        condition=condition,
        distance=distance,
        out_of_distribution=bool(distance > errors.domain_distance or sigma.max() > largest_error),
        method=(
            f"floor, distance and spread of {len(transports)} volumes at equal noise; out of distribution beyond a "
            f"distance of {errors.domain_distance:g} or a relative standard error of {largest_error:g}"
        ),
    )


def excluded_volumes(generator: Generator) -> list[list[int]]:
    """Return for each member the indices of the volumes that it was not trained on."""
    count = int(generator.settings.get("member_count", 1))
    found = [[int(i) for i in indices] for indices in generator.settings.get("member_excluded", [])]
    return found or [[] for _ in range(count)]


def calibration_points(generator: Generator) -> list[tuple[int, int]]:
    """Return pairs (volume, member): each volume with the members that left it out, and with one trained on it."""
    excluded = excluded_volumes(generator)
    count = len(excluded)
    points = [(volume, member) for member, indices in enumerate(excluded) for volume in indices]
    for volume in range(len(generator.training_conditions)):
        turn = [(volume + step) % count for step in range(count)]
        points += [(volume, member) for member in turn if volume not in excluded[member]][:1]
    return points


def folds_of(volumes: Sequence[int], excluded: Sequence[Sequence[int]]) -> np.ndarray[Any, Any]:
    """Return the fold of each point: one for each left-out pair, to which the other volumes are dealt in turn."""
    owner = {volume: member for member, indices in enumerate(excluded) for volume in indices}
    return np.array([owner.get(volume, volume % len(excluded)) for volume in volumes])


def relative_errors(generated: Transport, real: Transport) -> Floats:
    """Return generated over real less one, for each metric.

    Raises
    ------
    CalibrationError
        If one of them is infinite or the real one zero.
    """
    values = [(getattr(generated, name), getattr(real, name)) for name in METRICS]
    for name, (made, true) in zip(METRICS, values, strict=True):
        if not (math.isfinite(made) and math.isfinite(true) and true > 0):
            raise CalibrationError(
                f"{name} is {made:g} of a drawn volume and {true:g} of the real one; both must be finite, the real one "
                "above 0. Calibrate with larger volumes, or train on recipes that percolate."
            )
    return np.array([made / true - 1 for made, true in values], dtype=np.float64)


def ensemble_spread(transports: Sequence[Transport]) -> Floats:
    """Return the relative standard deviation between members for each metric.

    That of a resistance is taken of its inverse, which stays finite.
    """
    if len(transports) < 2:
        return np.zeros(len(METRICS))
    found = []
    for name in METRICS:
        values = np.array([getattr(t, name) for t in transports])
        flow = 1 / values if name == METRICS[0] else values
        found.append(flow.std(ddof=1) / flow.mean() if flow.mean() > 0 else 1.0)
    return np.array(found, dtype=np.float64)


def _conditions_without(generator: Generator, excluded: Sequence[int]) -> Floats:
    """Return the training conditions of a member, shape (volumes, names)."""
    return np.delete(generator.training_conditions, list(excluded), axis=0)


def _grouped(transports: Sequence[Transport], count: int) -> list[Sequence[Transport]]:
    size = len(transports) // count
    return [transports[n * size : (n + 1) * size] for n in range(count)]


def _require_points(
    excluded: Sequence[Sequence[int]],
    drawn: Sequence[Transport],
    beside: Sequence[Transport],
    real: Sequence[Transport],
    volumes: Sequence[int],
    members: Sequence[int],
) -> None:
    if not any(excluded):
        raise CalibrationError(
            "no member of the generator left a training volume out, so that nothing tells its errors outside of "
            "what it was trained on. Calibrate one trained on at least four volumes per member, or the one that this "
            "one was fine-tuned from."
        )
    counts = {len(drawn), len(real), len(volumes), len(members)}
    if len(counts) != 1 or not drawn or len(beside) % len(drawn):
        raise CalibrationError(
            f"{len(volumes)} points have {len(members)} members, {len(drawn)} drawn, {len(real)} real and "
            f"{len(beside)} volumes beside them. Give one each, and equally many beside each."
        )
