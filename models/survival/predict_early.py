"""How long will cells live whose first cycles are known? Learned from fades, guarded by cells that are held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.survival.early_features import FEATURES, LEAST_CYCLES, early_features
from ragone.models.survival.early_prediction import (
    Columns,
    EarlyLives,
    HeldOut,
    choose_columns,
    held_out,
    names_of,
    relative_error,
)
from ragone.models.survival.lifetimes import Lifetimes
from ragone.models.survival.log_normal_lives import LogNormalLives
from ragone.models.survival.passages import passages_of
from ragone.models.survival.regression.concordance import concordance
from ragone.schemas import CapacityFade, EarlyOutcome, EarlyPrediction, stage
from ragone.schemas.errors import StageError

_LEAST_DEATHS = 8
_LEAST_DESIGNS = 3
_METHOD = (
    "log-normal lives, coefficients drawn to zero by a normal prior; features, each alone, all or none, chosen by "
    "holding out designs; the error by holding out designs around that choice; lives count from the end of the first "
    "cycles on"
)
_REFERENCE = "Severson et al. 2019, doi 10.1038/s41560-019-0356-8 (features of discharge curves are not used here)"


@dataclass(frozen=True)
class _Cells:
    """Cells that lived beyond the first cycles."""

    fades: tuple[CapacityFade, ...]
    names: tuple[str, ...]
    known: EarlyLives | None
    left_out: tuple[str, ...]


@stage("survival.predict_from_first_cycles", libraries=("scipy", "numpy"), informed_by=("fades",))
def predict_from_first_cycles(
    fades: tuple[CapacityFade, ...],
    *,
    designs: tuple[str, ...],
    cycles: int = 100,
    capacity_share: float = 0.8,
) -> EarlyPrediction:
    """Learn lives from features of the first cycles, if that is better than no feature, and predict those that run.

    Parameters
    ----------
    fades
        One of each cell, from its first cycle on; of dead and of running cells.
    designs
        Name of each cell's design: cells of one are held out together.
    cycles
        First cycles that features are read from.
    capacity_share
        Share of the first capacity at which a life ends [-].

    Raises
    ------
    StageError
        If there are not as many designs as fades, or a number is out of bounds.
    """
    if len(designs) != len(fades) or not fades:
        raise StageError(f"{len(fades)} fades and {len(designs)} names of designs: give one name for each fade.")
    if cycles < LEAST_CYCLES or not 0 < capacity_share < 1:
        raise StageError(
            f"cycles = {cycles} must be {LEAST_CYCLES} or more, and capacity_share = {capacity_share:g} [-] in (0, 1)."
        )
    cells = _cells(fades, designs, cycles, capacity_share)
    known = cells.known
    stated: dict[str, Any] = {
        "first_cycles": cycles,
        "capacity_share": capacity_share,
        "left_out": cells.left_out,
        "considered": {name: FEATURES[name] for name in cells.names},
        "life_count": 0 if known is None else len(known.lives),
        "death_count": 0 if known is None else int(known.dead.sum()),
        "method": _METHOD,
        "reference": _REFERENCE,
    }
    if known is None or stated["death_count"] < _LEAST_DEATHS or len(np.unique(known.design)) < _LEAST_DESIGNS:
        return EarlyPrediction(outcome=EarlyOutcome.TOO_FEW, **stated, **_nothing())
    everyone, found = np.ones(len(known.lives), dtype=bool), held_out(known)
    columns: Columns = choose_columns(known, everyone) if found.is_better else ()
    model = known.fitted(everyone, columns)
    return EarlyPrediction(
        outcome=EarlyOutcome.USED if columns else EarlyOutcome.NOT_BETTER,
        **stated,
        feature_names=names_of(columns, cells.names),
        coefficients=model.coefficients / model.scale,
        intercept=model.intercept - float(model.coefficients @ (model.centre / model.scale)),
        deviation=model.deviation,
        **_errors(known, found),
        **_predictions(cells, known, model, columns),
    )


def _cells(fades: Sequence[CapacityFade], designs: Sequence[str], cycles: int, share: float) -> _Cells:
    kept, rows, left_out = [], [], []
    for fade, design in zip(fades, designs, strict=True):
        features, passed = early_features(fade, cycles=cycles), passages_of(fade, capacity_share=share)
        life = float(np.exp(passed.log_cycles[-1])) if passed.died else passed.last_cycle
        if features and life > cycles:
            kept.append(fade)
            rows.append((features, life, passed.died, design))
        else:
            left_out.append(f"{fade.cell_name}: {'died' if features else 'not seen'} within the first {cycles} cycles")
    if not kept:
        return _Cells((), (), None, tuple(left_out))
    names = tuple(name for name in FEATURES if all(name in features for features, *_ in rows))
    groups = sorted({design for *_, design in rows})
    known = EarlyLives(
        lives=np.array([life for _, life, *_ in rows]),
        dead=np.array([died for _, _, died, _ in rows]),
        features=np.array([[features[name] for name in names] for features, *_ in rows]),
        design=np.array([groups.index(design) for *_, design in rows]),
        cycles=float(cycles),
    )
    return _Cells(tuple(kept), names, known, tuple(left_out))


def _nothing() -> dict[str, Any]:
    numbers = ("intercept", "deviation", "gain", "gain_standard_error", "relative_error", "relative_error_without")
    empty = np.zeros(0)
    return {
        **dict.fromkeys((*numbers, "concordance", "interval_coverage")),
        "feature_names": (),
        "coefficients": empty,
        "cell_names": (),
        "cycles_done": empty.astype(np.int64),
        **{f"life_{end}": empty for end in ("low", "median", "high")},
    }


def _errors(known: EarlyLives, found: HeldOut) -> dict[str, Any]:
    gain, error = found.gain
    dead = known.dead
    inside = (found.low <= known.lives) & (known.lives <= found.high)
    order = concordance(Lifetimes.of_durations(known.lives, dead), found.median).value
    return {
        "gain": gain,
        "gain_standard_error": error,
        "relative_error": relative_error(found.median, known.lives, dead),
        "relative_error_without": relative_error(found.median_without, known.lives, dead),
        "concordance": None if np.isnan(order) else order,
        "interval_coverage": float(inside[dead].mean()),
    }


def _predictions(cells: _Cells, known: EarlyLives, model: LogNormalLives, columns: Columns) -> dict[str, Any]:
    """Lives of the cells that had not died, given how long each has lasted."""
    running = ~known.dead
    features, beyond = known.chosen(running, columns), known.lives[running]
    shares = {"low": 0.05, "median": 0.5, "high": 0.95}
    return {
        "cell_names": tuple(cells.fades[number].cell_name for number in np.flatnonzero(running).tolist()),
        "cycles_done": beyond.astype(np.int64),
        **{f"life_{end}": model.quantiles(features, share, beyond=beyond) for end, share in shares.items()},
    }
