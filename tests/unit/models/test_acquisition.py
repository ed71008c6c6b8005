"""What the suggesting stages promise: repeatable, inside the space, robust to bad trials, better than chance."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import warnings
from typing import Any

import numpy as np
import pytest

from models.acquisition import suggest_by_expected_improvement, suggest_by_sobol
from models.acquisition.expected_improvement import distinct
from models.acquisition.observations import observe
from models.acquisition.sobol import sobol_points
from models.acquisition.space import UnitCube
from schemas import Design, Kpi, KpiOutcome
from schemas.errors import BoundsError, FieldShapeError

SPACE = {
    "active_material_weight_fraction": [0.95, 0.95],
    "porosity": [0.2, 0.6],
    "binder_adhesion": [0.0, 1.0],
    "mass_loading_kilogram_per_square_metre": [0.1, 0.3],
}
FIXED = {name: [low, low] for name, (low, _) in SPACE.items()} | {"porosity": [0.3, 0.3]}


def kpi(value: float, uncertainty: float | None = None, *, feasible: bool = True) -> Kpi:
    """An objective."""
    return Kpi(
        name="energy_density",
        value=value,
        unit="W.h/L",
        outcome=KpiOutcome.MEASURED if feasible else KpiOutcome.INFEASIBLE,
        standard_uncertainty=uncertainty,
        sample_count=1,
        definition="test",
        method="test",
    )


def hill(design: Design) -> float:
    """A smooth hill of height 700 at porosity 0.35, adhesion 0.7, loading 0.22."""
    away = (
        ((design.porosity - 0.35) / 0.4) ** 2
        + (design.binder_adhesion - 0.7) ** 2
        + ((design.mass_loading_kilogram_per_square_metre - 0.22) / 0.2) ** 2
    )
    return 700.0 * float(np.exp(-2.0 * away))


def start(count: int = 6, seed: int = 1) -> tuple[Design, ...]:
    """An even start."""
    return tuple(suggest_by_sobol((), (), space=SPACE, count=count, maximise=True, seed=seed).values())


def values(designs: Any) -> list[dict[str, float]]:
    """The numbers of suggested designs."""
    return [{name: getattr(d, name) for name in Design.fields()} for d in designs.values()]


@pytest.mark.parametrize("engine", [suggest_by_sobol, suggest_by_expected_improvement])
def test_suggestions_lie_in_the_space_and_are_numbered(engine: Any) -> None:
    """Every design respects low and high, a fixed field keeps its value, keys are "0", "1", ..."""
    trials = start()
    found = engine(trials, tuple(kpi(hill(d)) for d in trials), space=SPACE, count=3, maximise=True, seed=1)
    assert list(found) == ["0", "1", "2"]
    for design in found.values():
        for name, (low, high) in SPACE.items():
            assert low <= getattr(design, name) <= high


def test_the_sobol_sequence_goes_on_where_it_stopped() -> None:
    """Six designs at once are the same as two, then four; failed trials count as drawn."""
    at_once = start(6)
    first = at_once[:2]
    seen = tuple(kpi(1.0) for _ in first)
    after = suggest_by_sobol(first, seen, space=SPACE, count=4, maximise=True, seed=1)
    failed = suggest_by_sobol((), (), first, space=SPACE, count=4, maximise=True, seed=1)
    assert values(after) == values(failed) == values(dict(enumerate(at_once[2:])))


def test_the_sobol_sequence_depends_on_the_seed() -> None:
    """Two seeds give different designs, one seed the same."""
    assert repr(start(seed=1)) == repr(start(seed=1))
    assert repr(start(seed=1)) != repr(start(seed=2))


def test_a_space_of_fixed_fields_has_one_design() -> None:
    """With low == high everywhere both engines return that design."""
    trial = suggest_by_sobol((), (), space=FIXED, count=1, maximise=True, seed=0)["0"]
    again = suggest_by_expected_improvement(
        (trial, trial), (kpi(1.0), kpi(1.0)), space=FIXED, count=1, maximise=True, seed=0
    )["0"]
    assert repr(again) == repr(trial)
    assert trial.porosity == 0.3


def test_low_above_high_is_refused() -> None:
    """The message names the field."""
    with pytest.raises(BoundsError, match=r"space\.porosity: low = 0.6 is above high = 0.2"):
        UnitCube.of(SPACE | {"porosity": [0.6, 0.2]})


def test_designs_and_objectives_must_be_parallel() -> None:
    """A KPI too few is an error, not a shift."""
    with pytest.raises(FieldShapeError, match="2 designs and 1 objectives"):
        suggest_by_expected_improvement(start(2), (kpi(1.0),), space=SPACE, count=1, maximise=True, seed=0)


def test_fewer_than_two_feasible_trials_fall_back_to_sobol() -> None:
    """With one feasible trial the next point of the sequence comes, not a fit to one number."""
    trials = start(3)
    seen = (kpi(5.0), kpi(0.0, feasible=False), kpi(0.0, feasible=False))
    found = suggest_by_expected_improvement(trials, seen, space=SPACE, count=2, maximise=True, seed=1)
    assert values(found) == values(dict(enumerate(start(5)[3:])))


def test_infeasible_and_failed_trials_enter_with_the_worst_feasible_value() -> None:
    """Neither their zero nor nothing: the worst value seen, also when smaller is better; their noise the usual."""
    trials = start(5)
    seen = (kpi(7.0, 0.1), kpi(3.0, 0.3), kpi(5.0, 0.2), kpi(0.0, feasible=False))
    found = observe(UnitCube.of(SPACE), trials[:4], seen, trials[4:], maximise=True)
    assert found.values.tolist() == [7.0, 3.0, 5.0, 3.0, 3.0]
    assert found.variances is not None
    assert found.variances == pytest.approx([0.01, 0.09, 0.04, 0.04, 0.04])
    assert found.feasible_count == 3
    smaller = observe(UnitCube.of(SPACE), trials[:4], seen, trials[4:], maximise=False)
    assert smaller.values.tolist() == [-7.0, -3.0, -5.0, -7.0, -7.0]


def test_the_search_turns_away_from_what_failed() -> None:
    """Designs that failed around a point keep the next suggestion farther from it than without them."""
    trials = start(8)
    seen = tuple(kpi(hill(d)) for d in trials)
    arguments: dict[str, Any] = {"space": SPACE, "count": 1, "maximise": True, "seed": 1}
    free = suggest_by_expected_improvement(trials, seen, **arguments)["0"]
    there = suggest_by_expected_improvement(trials, seen, (free,), **arguments)["0"]
    cube = UnitCube.of(SPACE)
    assert np.abs(cube.points([free]) - cube.points([there])).max() > 0.02


def test_a_design_is_not_suggested_twice() -> None:
    """A point that was tried, or chosen twice, gives way to the next points of the Sobol sequence."""
    tried = np.array([[0.0, 1.0], [0.5, 0.5]])
    chosen = np.array([[0.5, 0.5 + 1e-9], [0.2, 0.3], [0.2, 0.3]])
    spare = sobol_points(2, skip=2, count=3, seed=4)
    expected = np.array([spare[0], chosen[1], spare[2]])
    assert np.array_equal(distinct(chosen, tried, 4), expected)


def test_the_result_is_bitwise_the_same_again_and_in_a_fresh_process() -> None:
    """Same trials, same seed, same designs to the last bit, whatever ran before and with several threads allowed."""
    trials = start()
    seen = tuple(kpi(hill(d), 2.0) for d in trials)
    once = suggest_by_expected_improvement(trials, seen, space=SPACE, count=2, maximise=True, seed=5)
    again = suggest_by_expected_improvement(trials, seen, space=SPACE, count=2, maximise=True, seed=5)
    script = textwrap.dedent("""
        import sys; sys.path[:0] = ["tests/unit/models"]
        from test_acquisition import *
        trials = start()
        seen = tuple(kpi(hill(d), 2.0) for d in trials)
        print(values(suggest_by_expected_improvement(trials, seen, space=SPACE, count=2, maximise=True, seed=5)))
    """)
    fresh = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert repr(values(once)) == repr(values(again)) == fresh.stdout.strip()
    assert fresh.stderr == ""


def test_warnings_and_the_random_state_stay_inside() -> None:
    """No warning reaches the caller, and torch's generator and thread count are as before."""
    import torch

    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    trials = start()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        flat = tuple(kpi(1.0, 0.0) for _ in trials)
        suggest_by_expected_improvement(trials, flat, space=SPACE, count=1, maximise=True, seed=0)
    assert not caught
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("maximise", [True, False])
def test_the_loop_beats_the_even_spread(maximise: bool) -> None:
    """After 14 trials of a known hill (or its mirror image) the median best over 3 seeds is above pure Sobol's."""
    sign = 1.0 if maximise else -1.0

    def best(engine: Any, seed: int) -> float:
        trials = start(6, seed)
        while len(trials) < 14:
            seen = tuple(kpi(sign * hill(d)) for d in trials)
            trials += tuple(engine(trials, seen, space=SPACE, count=2, maximise=maximise, seed=seed).values())
        return max(map(hill, trials))

    guided, even = (
        float(np.median([best(engine, seed) for seed in range(3)]))
        for engine in (suggest_by_expected_improvement, suggest_by_sobol)
    )
    assert guided > even
    assert guided > 690.0
