"""A stand-in for the loop: a Gaussian process through designs of case study 3 at 200 W that were simulated in full.

The designs are those of a campaign of `params/four-parameters.yaml` with 60 trials, 40 of them evenly spread; the file
beside this module holds its evaluations. The process's mean is the truth; what an engine is shown has normal noise, of
the standard uncertainty that the loop stated for the nearest designs, times a factor.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ragone.models.surrogate import GaussianProcess, fit_gaussian_process, repeatable
from ragone.schemas import Candidate, Kpi, KpiOutcome

SPACE: Mapping[str, Mapping[str, float]] = {
    "recipe.active_material_weight_fraction": {"low": 0.90, "high": 0.97},
    "recipe.binder_adhesion": {"low": 0.0, "high": 1.0},
    "cell.mass_loading_kilogram_per_square_metre": {"low": 0.1, "high": 0.5},
    "recipe.porosity": {"low": 0.25, "high": 0.50},
}
GOALS = ({"kpi": "energy_density", "sense": "maximise", "limit": None},)
_FILE = Path(__file__).with_name("case_study_3.csv")
_NEAREST = 3
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class StandIn:
    """The emulator, its designs in the unit cube with their standard uncertainties [W.h/L], and its optimum."""

    process: GaussianProcess
    points: Floats
    deviations: Floats
    optimum: float

    def truth(self, points: Floats) -> Floats:
        """Energy density [W.h/L] at points of the unit cube, shape (n, 4)."""
        with repeatable(0):
            return self.process.predict(points)[0]

    def deviation(self, point: Floats) -> float:
        """Standard uncertainty [W.h/L] at a point: the geometric mean of those of the nearest designs."""
        near = np.argsort(np.linalg.norm(self.points - point, axis=1))[:_NEAREST]
        return float(np.exp(np.log(self.deviations[near]).mean()))


@cache
def stand_in() -> StandIn:
    """Read the designs, fit the emulator, and polish its optimum."""
    with _FILE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["outcome"] == "measured"]
    points = np.array([_point({path: float(row[path.partition(".")[2]]) for path in SPACE}) for row in rows])
    values, deviations = (
        np.array([float(row[name]) for row in rows])
        for name in ("energy_density", "energy_density_standard_uncertainty")
    )
    with repeatable(0):
        process = fit_gaussian_process(points, values, deviations**2)
        return StandIn(process, points, deviations, _polished(process, points[values.argmax()]))


def unit_point(candidate: Candidate) -> Floats:
    """A candidate as a point of the unit cube."""
    return _point(candidate.values)


def candidate_at(point: Floats) -> Candidate:
    """A point of the unit cube as a candidate."""
    spans = zip(SPACE.items(), point, strict=True)
    return Candidate(values={path: e["low"] + float(x) * (e["high"] - e["low"]) for (path, e), x in spans})


def kpi_of(value: float, deviation: float | None) -> Kpi:
    """An energy density as the loop would record it."""
    return Kpi(
        name="energy_density",
        value=value,
        unit="W.h/L",
        outcome=KpiOutcome.MEASURED,
        standard_uncertainty=deviation,
        sample_count=4,
        definition="mean of a Gaussian process through simulated designs",
        method="stand-in of a benchmark",
    )


def _point(values: Mapping[str, Any]) -> Floats:
    return np.array([(values[path] - e["low"]) / (e["high"] - e["low"]) for path, e in SPACE.items()])


def _polished(process: GaussianProcess, best: Floats) -> float:
    from scipy.optimize import minimize

    starts = np.vstack([best, np.random.default_rng(0).random((63, len(best)))])

    def loss(point: Floats) -> float:
        return -float(process.predict(point[None])[0][0])

    order = np.argsort(-process.predict(starts)[0])[:6]
    found = [minimize(loss, starts[n], bounds=[(0.0, 1.0)] * len(best), method="L-BFGS-B") for n in order]
    return -min(float(one.fun) for one in found)
