"""A known ohmic resistance is found again from pulses as cyclers write them, or no value is told."""

from __future__ import annotations

import numpy as np
import pytest
from untidy_pulses import EARLY, LATE, Border, Pulse, drawn, tidy

from ragone.pipelines.kpi.resistance import ohmic_resistance
from ragone.schemas import Kpi

NAME = "ohmic_resistance"
DEVIATIONS = 3.0
SHARE = 0.2


def found(pulse: Pulse, seed: int) -> dict[str, Kpi]:
    """KPIs of the pulse as it was written, with noise of this seed."""
    return dict(ohmic_resistance(pulse.measured(np.random.default_rng(1_000_000 + seed))))


def is_wrong(kpi: Kpi, truth: float) -> bool:
    """Off by more than a fifth, or outside three of its uncertainties."""
    if kpi.value is None:
        return False
    off = abs(kpi.value - truth)
    return off > SHARE * truth or off > DEVIATIONS * (kpi.standard_uncertainty or 0.0)


def count(seeds: range) -> tuple[int, int]:
    """How many pulses, drawn with these seeds, have a wrong resistance, and how many none."""
    wrong, none = [], []
    for seed in seeds:
        pulse = drawn(np.random.default_rng(seed))
        kpi = found(pulse, seed)[NAME]
        wrong += [seed] if is_wrong(kpi, pulse.circuit.series) else []
        none += [seed] if kpi.value is None else []
    print(f"of {len(seeds)}: wrong {len(wrong)} {wrong}, none {len(none)} {none}")
    return len(wrong), len(none)


def test_sixty_pulses():
    """At most one is wrong, and at most one in ten has no value."""
    wrong, none = count(range(60))
    assert wrong <= 1
    assert none <= 6


@pytest.mark.slow
def test_two_thousand_pulses():
    """At most 1 % are wrong, and at most 5 % have no value, of pulses that the method was not developed on."""
    wrong, none = count(range(700_000, 702_000))
    assert wrong <= 20
    assert none <= 100


@pytest.mark.parametrize("current", [-5.0, 5.0])
@pytest.mark.parametrize("kind", [EARLY, LATE])
@pytest.mark.parametrize("rows", [1, 2])
def test_mixed_rows_on_either_side_do_not_move_the_value(kind, rows, current):
    """Discharge and charge, old current with new voltage and the reverse: as without such rows, within 2 %."""
    border = Border(events=False, kind=kind, rows=rows)
    pulse = Pulse(current=current, on=border, off=border)
    kpis, expected = found(pulse, 1), found(tidy(pulse), 1)
    for name in (NAME, f"{NAME}.jump_1", f"{NAME}.jump_2"):
        assert not is_wrong(kpis[name], pulse.circuit.series)
        assert kpis[name].value == pytest.approx(expected[name].value, rel=0.02)


def test_what_a_single_row_says_is_confirmed_by_the_switch_off_or_uncertain():
    """One resting row alone leaves 5 % open; the switch-off of the same pulse takes most of that away."""
    paired = found(Pulse(rest=0.05, on=Border(events=False)), 2)[f"{NAME}.jump_1"]
    alone = found(Pulse(rest=0.05, length=300.0, after=1.0, on=Border(events=False)), 2)[f"{NAME}.jump_1"]
    for kpi in (paired, alone):
        assert not is_wrong(kpi, 0.02)
    assert paired.standard_uncertainty < 0.03 * paired.value < alone.standard_uncertainty < 0.07 * alone.value


def test_a_curve_that_begins_under_load_without_current_has_no_value():
    """The only row before the jump holds a loaded voltage: nothing says what was before."""
    pulse = Pulse(length=300.0, after=1.0)
    curve = pulse.measured(np.random.default_rng(0))
    first = int(np.argmax(curve.current_ampere < -1))
    begun = {n: getattr(curve, n)[first - 1 :] for n in ("current_ampere", "step_count", "cycle_count")}
    voltage = curve.voltage_volt[first - 1 :].copy()
    voltage[0] = voltage[1]
    time = curve.test_time_second[first - 1 :]
    made = type(curve).build(
        {n: getattr(curve, n) for n in curve.fields()} | begun | {"voltage_volt": voltage, "test_time_second": time}
    )
    kpi = ohmic_resistance(made)[f"{NAME}.jump_1"]
    assert kpi.value is None
    assert "voltage from after it" in kpi.method


def test_ends_of_a_pulse_that_disagree_are_found():
    """Half of the step is missing at the switch-on: it is given up, and the switch-off says so and is less certain."""
    curve = Pulse(on=Border(events=False), off=Border(events=False)).measured(np.random.default_rng(0))
    voltage = curve.voltage_volt.copy()
    first = int(np.argmax(curve.current_ampere < -1))
    voltage[:first] = voltage[:first] - 0.05
    kpis = ohmic_resistance(
        type(curve).build({n: getattr(curve, n) for n in curve.fields()} | {"voltage_volt": voltage})
    )
    on, off = kpis[f"{NAME}.jump_1"], kpis[f"{NAME}.jump_2"]
    assert on.value is None
    assert "look at the rows beside it" in on.method
    assert "FLAG at" in off.method
    assert off.standard_uncertainty > 0.05 * off.value
