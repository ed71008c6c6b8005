"""Classic data sets of survival analysis, as shipped with lifelines, as lives."""

from __future__ import annotations

from typing import Any

import numpy as np
from lifelines import datasets

from ragone.models.survival import Lifetimes


def lives_of(frame: Any, time: str, event: Any, names: tuple[str, ...] = (), entry: str = "") -> Lifetimes:
    """The lives of a table with its covariates; rows without one of them are left out, as in R."""
    kept = frame.dropna(subset=list(names))
    return Lifetimes.of_durations(
        kept[time].to_numpy(float),
        event(kept).to_numpy(bool),
        entry=kept[entry].to_numpy(float) if entry else None,
        unit="day",
        columns={name: kept[name].to_numpy() for name in names},
    )


def lung(*names: str) -> Lifetimes:
    """Advanced lung cancer, North Central Cancer Treatment Group (Loprinzi et al. 1994); sex 1 male, 2 female."""
    lives = lives_of(datasets.load_lung(), "time", lambda frame: frame["status"] == 1, names)
    texts = {f"{name}_text": lives.columns[name].astype(int).astype(str) for name in names}
    return Lifetimes(**{**vars(lives), "columns": {**lives.columns, **texts}})


def larynx() -> Lifetimes:
    """Cancer of the larynx (Kardaun 1983; Klein and Moeschberger 2003); stage I is the reference."""
    frame = datasets.load_larynx()
    return lives_of(frame, "time", lambda one: one["death"] == 1, tuple(c for c in frame if c not in ("time", "death")))


def rossi() -> Lifetimes:
    """Arrests after release from prison (Rossi, Berk, Lenihan 1980); weeks."""
    frame = datasets.load_rossi()
    return lives_of(
        frame, "week", lambda one: one["arrest"] == 1, tuple(c for c in frame if c not in ("week", "arrest"))
    )


def stanford_heart() -> Lifetimes:
    """Stanford heart transplants (Crowley, Hu 1977): intervals under observation, left-truncated."""
    frame = datasets.load_stanford_heart_transplants()
    return lives_of(
        frame, "stop", lambda one: one["event"] == 1, ("age", "year", "surgery", "transplant"), entry="start"
    )


def mixed(family_draws: np.ndarray, seed: int = 0) -> Lifetimes:
    """Lives of which some ended, some between two looks, some before the first, some not at all; some entered late."""
    count = len(family_draws)
    lower, upper, entry = family_draws.copy(), family_draws.copy(), np.zeros(count)
    part = np.arange(count) % 5
    upper[part == 0] = np.inf
    lower[part == 1] *= 0.7
    upper[part == 1] *= 1.2
    lower[part == 2] = 0
    entry[part == 3] = lower[part == 3] * 0.5
    entry[:5:5] = lower[:5:5] * 0.5
    generator = np.random.default_rng(seed)
    return Lifetimes(
        lower,
        upper,
        entry,
        tuple(map(str, range(count))),
        ("",) * count,
        columns={
            "rate": generator.uniform(1, 5, count),
            "batch": np.array(["a", "b"])[generator.integers(0, 2, count)],
        },
    )
