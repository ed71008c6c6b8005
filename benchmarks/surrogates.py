"""Do the intervals of surrogates hold new designs, is one promoted wrongly, how long does a million designs take?

**Coverage.** A pool of designs is evaluated by the models themselves: the energy density of cells of ideal electrodes
(DFN), and the tortuosity factor of packed volumes of 32^3 voxels, which differs from volume to volume of one recipe.
Surrogates are trained on some designs by the default methods; their intervals are held against all others, which no
training has seen. Several draws of training designs, since the coverage of one depends on its calibration.

**Promotion.** Histories in which there is nothing to gain: the new surrogate learned from as many other designs of the
same law, or from observations of eight times the noise. Every promotion is a wrong one. Beside it the share promoted
where the history has doubled.

**Screening.** A million designs of eight features by each method, trained on 300.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.measure import Line, elapsed, seconds, stated, tell
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.surrogate.comparison import Comparison, compared
from ragone.models.surrogate.conformal import Calibration
from ragone.models.surrogate.domain import Domain
from ragone.models.surrogate.features import Feature
from ragone.models.surrogate.kriging import FittedKriging, Kriging
from ragone.models.surrogate.method import Floats
from ragone.models.surrogate.methods import METHODS
from ragone.models.surrogate.screening import Best, best_of, drawn_points
from ragone.models.surrogate.trained import TrainedSurrogate
from ragone.models.surrogate.training import fitted_surrogate
from ragone.models.surrogate.training_set import TargetDefinition, TrainingSet
from ragone.pipelines.cell import assemble_cell, discharge_at_constant_power, ideal_transport
from ragone.pipelines.characterise import homogenise
from ragone.pipelines.kpi import energy_and_power_density
from ragone.pipelines.manufacture import pack_particles
from ragone.schemas import CellDesign, Recipe
from ragone.schemas.materials import NMC_811

_TRAINED, _HELD_OUT, _DRAWS = 60, 200, 5
_POWER = 100.0  # W
_LOW, _HIGH = np.array([0.92, 0.22, 0.0, 0.1]), np.array([0.97, 0.45, 1.0, 0.25])
_NAMES = ("active_material_weight_fraction", "porosity", "binder_adhesion", "mass_loading_kilogram_per_square_metre")
_HISTORIES, _NEW, _NOISE = 200, 20, 2.0
_COUNT, _SCREEN_SECONDS = 1_000_000, 60.0


def lines() -> list[Line]:
    """Coverage of two targets, promotions, screening; about a quarter of an hour."""
    return [
        *_covered("energy density at 100 W", _energy_density),
        *_covered("tortuosity factor, 32^3", _tortuosity),
        *_promotions(),
        *_screenings(),
    ]


def _covered(what: str, evaluate: Callable[[Sequence[float], int], float]) -> list[Line]:
    points = sobol_points(4, skip=0, count=_TRAINED + _HELD_OUT, seed=1)
    tell(f"{len(points)} designs: {what}")
    values = np.array([evaluate(row, n) for n, row in enumerate((_LOW + points * (_HIGH - _LOW)).tolist())])
    shares, widths, errors, methods = [], [], [], []
    for draw in range(_DRAWS):
        order = np.random.default_rng(draw).permutation(len(points))
        rows, others = order[:_TRAINED], order[_TRAINED:]
        trained, _ = fitted_surrogate(_set(points[rows], values[rows]), METHODS, draw)
        found = trained.predict_points(points[others], 0.9)
        assert found.low is not None
        assert found.high is not None
        shares.append(float(np.mean((found.low <= values[others]) & (values[others] <= found.high))))
        widths.append(float(np.mean(found.high - found.low)) / 2)
        errors.append(float(np.mean(np.abs(found.means - values[others]))))
        methods.append(trained.method)
        tell(f"{trained.method}: {shares[-1]:.1%}")
    mean = float(np.mean(shares))
    return [
        Line(f"90 % intervals on {_HELD_OUT} held-out designs: {what}", f"{mean:.1%}", "", "", "87 % to 93 %",
             0.87 <= mean <= 0.93),
        stated(f"... each of {_DRAWS} draws of {_TRAINED} designs", ", ".join(f"{one:.1%}" for one in shares)),
        stated("... half width, mean absolute error, spread",
               f"{np.mean(widths):.3g}, {np.mean(errors):.3g}, {values.std():.3g}"),
        stated("... methods chosen", ", ".join(sorted(set(methods)))),
    ]  # fmt: skip


def _set(points: Floats, values: Floats) -> TrainingSet:
    features = tuple(Feature(name, "", 0.0, 1.0) for name in _NAMES)
    return TrainingSet(features, TargetDefinition("", "", {}), points, values, None, np.arange(len(values)))


def _recipe(row: Sequence[float]) -> Recipe:
    weight, porosity, adhesion, _ = row
    return Recipe(active_material_weight_fraction=weight, porosity=porosity, binder_adhesion=adhesion)


def _energy_density(row: Sequence[float], number: int) -> float:
    design = CellDesign(mass_loading_kilogram_per_square_metre=row[3])
    cell = assemble_cell(ideal_transport(_recipe(row), NMC_811), NMC_811, design)
    kpi = energy_and_power_density(discharge_at_constant_power(cell, power_watt=_POWER), cell)["energy_density"]
    return kpi.value or 0.0


def _tortuosity(row: Sequence[float], number: int) -> float:
    volume = pack_particles(_recipe(row), NMC_811, edge_voxels=32, voxel_size_metre=8e-7, seed=number)
    return homogenise(volume, NMC_811).pore_tortuosity_factor


def _promotions() -> list[Line]:
    cases: dict[str, Callable[[int], Comparison]] = {
        "as many other designs": lambda n: _history(n, _TRAINED, 1.0),
        "eight times the noise": lambda n: _history(n, _TRAINED, 8.0),
    }
    found = []
    for name, case in cases.items():
        tell(f"{_HISTORIES} histories without a gain: {name}")
        share = float(np.mean([case(number).is_better for number in range(_HISTORIES)]))
        found.append(Line(f"promoted without a gain: {name}", f"{share:.1%}", "", "", "<= 5 %", share <= 0.05))
    tell("histories that doubled")
    gained = float(np.mean([_history(number, 2 * _TRAINED, 1.0).is_better for number in range(_HISTORIES // 4)]))
    return [*found, stated(f"promoted where the history doubled, {_NEW} designs held out", f"{gained:.0%}")]


def _history(number: int, count: int, noisier: float) -> Comparison:
    """Compare two processes of designs of one law on designs that neither has seen."""
    random = np.random.default_rng(number)
    incumbent = _fitted(random, _TRAINED, 1.0, number)
    challenger = _fitted(random, count, noisier, number)
    held_out = random.random((_NEW, 4))
    values = _response(held_out) + random.normal(0, _NOISE, _NEW)
    new, old = (np.abs(values - one.predict_means(held_out)) for one in (challenger, incumbent))
    return compared(new, old, list(range(_NEW)), number)


def _fitted(random: np.random.Generator, count: int, noisier: float, seed: int) -> FittedKriging:
    points = random.random((count, 4))
    return Kriging().fit(points, _response(points) + random.normal(0, noisier * _NOISE, count), None, seed)


def _response(points: Floats) -> Floats:
    """A made-up energy density with a maximum inside [W.h/L], whose spread is ten times the noise."""
    first, second, third, fourth = points.T
    return np.asarray(600 - 90 * (first - 0.6) ** 2 + 40 * np.sin(3 * second) + 20 * third * fourth)


def _screenings() -> list[Line]:
    random = np.random.default_rng(0)
    points = random.random((300, 8))
    values = _response(points[:, :4]) + random.normal(0, _NOISE, 300)
    features = tuple(Feature(f"f{number}", "", 0.0, 1.0) for number in range(8))
    calibration = Calibration(np.ones(1), np.ones(1), 300)
    found = []
    for name, method in METHODS.items():
        trained = TrainedSurrogate(features, name, method.fit(points, values, None, 0), Domain.of(points), calibration)
        taken = elapsed(lambda trained=trained: _screened(trained))  # type: ignore[misc]
        what = f"{_COUNT:,} designs of 8 features, one thread: {name}"
        found.append(Line(what, seconds(taken), "", "", f"<= {_SCREEN_SECONDS:g} s", taken <= _SCREEN_SECONDS))
    return found


def _screened(trained: TrainedSurrogate) -> Best:
    best = Best.none(trained.axes)
    for points in drawn_points(trained.features, {}, _COUNT, 0):
        best = best.joined(best_of(trained, points, 10, 1.0), 10, 1.0)
    return best
