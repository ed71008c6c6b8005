"""Ends of life: where they are, how surely, and which events are none."""

from __future__ import annotations

import numpy as np
import pytest
from capacity_fades import fade_of, smooth
from scipy.optimize import brentq

from ragone.pipelines.ageing import find_cycle_life
from ragone.pipelines.ageing.end_of_life import PLATED
from ragone.pipelines.ageing.errors import AgeingError
from ragone.schemas import CycleLife, FadeOutcome, LifeOutcome

END = float(brentq(lambda n: smooth(np.array(n)) - 0.8 * smooth(np.array(1.0)), 1, 700))


def life(fade: object, **settings: object) -> CycleLife:
    """The life of a fade."""
    return find_cycle_life(fade, **settings)


def test_the_end_is_interpolated_between_consecutive_cycles() -> None:
    """Without noise it is the root of the course, to a thousandth of a cycle."""
    found = life(fade_of(smooth))
    assert found.outcome is LifeOutcome.CAPACITY
    assert found.lower == found.upper == pytest.approx(END, abs=2e-3)
    assert found.criterion == "discharging capacity below 0.8 of that of the first row"


def test_the_end_between_two_looks_is_an_interval() -> None:
    """A cell that was looked at every 50 cycles was alive at one look and not at the next."""
    found = life(fade_of(smooth, np.arange(1, 700, 50)))
    assert (found.lower, found.upper) == (551.0, 601.0)


@pytest.mark.parametrize("noise", [5e-4, 2e-3, 5e-3])
def test_the_uncertainty_covers_the_true_end(noise: float) -> None:
    """Of 200 noisy fades with an outlier and a recovery, 95 % intervals hold the end as often as they say."""

    def disturbed(cycle: np.ndarray) -> np.ndarray:
        return smooth(cycle) - 0.5 * (cycle == 200) + 0.01 * ((cycle > 300) & (cycle < 307))

    found = [
        life(fade_of(disturbed, noise=noise, seed=seed, source="a formula"), reference="nominal") for seed in range(200)
    ]
    truth = float(brentq(lambda n: smooth(np.array(n)) - 0.8, 1, 700))
    scores = np.array([(one.lower - truth) / (one.standard_uncertainty or np.nan) for one in found])
    assert 0.88 <= np.mean(np.abs(scores) < 1.96) <= 0.99
    assert abs(scores.mean()) < 4 / np.sqrt(200)


def test_a_dip_and_a_recovery_do_not_end_or_save_a_life() -> None:
    """One low cycle is no end, and a capacity that a rest brings back for some cycles is no second life."""
    fade = fade_of(lambda n: smooth(n) - 0.4 * (n == 100) + 0.03 * ((n > 620) & (n < 626)))
    assert life(fade).lower == pytest.approx(END, abs=0.1)


def test_a_low_last_cycle_of_a_measurement_is_no_end() -> None:
    """Three cycles confirm it, unless one is said to be enough; a simulation's last cycle counts."""
    course = np.concatenate([np.full(50, 0.9), [0.5]])
    measured = fade_of(course, 51, source="a cycler", outcome=FadeOutcome.RECORD_ENDS)
    assert life(measured).outcome is LifeOutcome.WITHDRAWN
    assert life(measured, confirming_rows=1).outcome is LifeOutcome.CAPACITY
    assert life(fade_of(course, 51)).outcome is LifeOutcome.CAPACITY


@pytest.mark.parametrize(
    ("ended", "outcome"),
    [
        (FadeOutcome.BUDGET, LifeOutcome.BUDGET),
        (FadeOutcome.CALENDAR, LifeOutcome.CALENDAR),
        (FadeOutcome.SOLVER_FAILED, LifeOutcome.SOLVER),
        (FadeOutcome.RECORD_ENDS, LifeOutcome.WITHDRAWN),
    ],
)
def test_a_life_that_did_not_end_says_why(ended: FadeOutcome, outcome: LifeOutcome) -> None:
    """It is longer than the record, and its censoring has the reason of the fade."""
    found = life(fade_of(smooth, 300, outcome=ended))
    assert (found.outcome, found.lower, found.upper) == (outcome, 300.0, None)


def test_a_cell_that_cannot_do_its_cycle_any_more_has_failed() -> None:
    """It did the last cycle and not the next one."""
    found = life(fade_of(smooth, 300, outcome=FadeOutcome.INFEASIBLE))
    assert (found.outcome, found.lower, found.upper) == (LifeOutcome.FAILED, 300.0, 301.0)


def test_a_cell_without_a_cycle_never_started() -> None:
    """It is no life of length 0 that ended."""
    found = life(fade_of(smooth, 0, outcome=FadeOutcome.NOT_CONDUCTING))
    assert (found.outcome, found.upper) == (LifeOutcome.NOT_STARTED, None)


def test_the_limit_that_is_passed_first_is_the_cause() -> None:
    """Resistance, plated lithium and capacity compete; each can win."""
    cycle = np.arange(1, 701.0)
    resistance = 0.02 + 2e-5 * (cycle - 1)  # 1.5 times the first at cycle 501
    plated = 1e-3 * (cycle / 100)  # 0.3 % at cycle 300
    fade = fade_of(smooth, internal_resistance_ohm=resistance, variable_names=(PLATED,), variables=plated[None])
    assert life(fade).outcome is LifeOutcome.CAPACITY
    found = life(fade, resistance_ratio=1.5)
    assert (found.outcome, found.lower) == (LifeOutcome.RESISTANCE, pytest.approx(501, abs=1e-6))
    found = life(fade, resistance_ratio=1.5, plated_share=0.003, reference="nominal")
    assert (found.outcome, found.lower) == (LifeOutcome.PLATING, pytest.approx(300, abs=1e-6))


def test_lives_are_counted_in_cycles_days_charge_or_full_cycles() -> None:
    """Two hours a cycle; the charge is the sum of all discharges, of cycles without a row too."""
    fade, sparse = fade_of(smooth), fade_of(smooth, np.arange(1, 700, 2))
    assert life(fade, unit="day").lower == pytest.approx(END / 12, rel=1e-4)
    charge = float(np.sum(smooth(np.arange(1, 601.0))))
    found = life(fade, unit="A.h", reference="nominal")
    assert found.lower == pytest.approx(charge, rel=1e-3)
    assert life(fade, unit="equivalent full cycle", reference="nominal").lower == pytest.approx(found.lower)
    every_second = life(sparse, unit="A.h", reference="nominal")
    assert every_second.lower <= found.lower <= (every_second.upper or 0)


def test_the_bound_of_the_error_widens_the_end() -> None:
    """Alive where the lowest possible capacity is above the limit, ended where the highest possible one is below."""
    exact = life(fade_of(smooth))
    found = life(fade_of(smooth, discharging_capacity_error_ampere_hour=np.full(700, 2e-3)))
    assert found.upper is not None
    assert found.lower < exact.lower < found.upper
    slope = (smooth(np.array(END + 1)) - smooth(np.array(END - 1))) / 2
    assert found.upper - found.lower == pytest.approx(4e-3 / abs(slope), rel=0.02)


def test_a_limit_within_the_error_at_the_end_censors() -> None:
    """The cell may live on: it is alive up to where the lowest possible capacity is above the limit."""
    last = int(END) + 1
    found = life(fade_of(smooth, last, discharging_capacity_error_ampere_hour=np.full(last, 5e-3)))
    assert found.upper is None
    assert found.lower < END


def test_a_cycle_with_a_hole_does_not_decide() -> None:
    """A measured capacity that hardly anything is known of is left out, and its neighbours are an interval."""
    error = np.full(700, 1e-4)
    error[590:610] = 0.3
    course = smooth(np.arange(1, 701.0))
    course[590:610] = 0.3
    fade = fade_of(course, source="a cycler", discharging_capacity_error_ampere_hour=error)
    found = life(fade)
    assert (found.lower, found.upper) == (590.0, 611.0)


def test_references_are_named() -> None:
    """Shares are of the first row, the nominal capacity, the largest, or a cycle."""
    rising = fade_of(lambda n: smooth(n) + 0.02 * np.minimum(n, 20) / 20)
    assert life(rising, reference="largest").lower < life(rising, reference="first").lower
    stated = fade_of(smooth, reference_capacity_ampere_hour=float(smooth(np.array(30.0))))
    assert life(stated).lower == life(fade_of(smooth), reference="30").lower
    assert life(stated, reference="first").lower == life(fade_of(smooth)).lower
    assert life(rising, reference="30").criterion.endswith("that of cycle 30")
    with pytest.raises(AgeingError, match="nominal"):
        life(fade_of(smooth, nominal_capacity_ampere_hour=None), reference="nominal")
    with pytest.raises(AgeingError, match="no cycle 900"):
        life(fade_of(smooth), reference="900")
    with pytest.raises(AgeingError, match="none"):
        life(fade_of(smooth), reference="best")


def test_what_a_limit_needs_is_asked_for() -> None:
    """A fade without resistance or plated lithium has no limit of it."""
    with pytest.raises(AgeingError, match="internal resistance"):
        life(fade_of(smooth), resistance_ratio=2.0)
    with pytest.raises(AgeingError, match="plated_share"):
        life(fade_of(smooth), plated_share=0.01)
    with pytest.raises(AgeingError, match="no limit"):
        life(fade_of(smooth), capacity_share=None)


def test_a_cell_below_the_limit_from_the_beginning_ended_before_its_first_row() -> None:
    """Against a nominal capacity that it never had."""
    found = life(fade_of(smooth, nominal_capacity_ampere_hour=2.0), reference="nominal")
    assert (found.lower, found.upper) == (0.0, 1.0)
