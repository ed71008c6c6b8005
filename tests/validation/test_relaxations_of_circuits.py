"""Polarisation, diffusion and taper against circuits and sheets with an exact answer."""

from __future__ import annotations

import numpy as np
import pytest
from stepped_circuits import Circuit, Recording, measurement

from ragone.pipelines.kpi.resistance import polarisation_resistance, pulse_resistance
from ragone.pipelines.kpi.taper import taper_corrected_charge
from ragone.pipelines.kpi.titration import diffusion_time
from ragone.schemas import KpiOutcome, Measurement

TWO = Recording(
    interval=0.05, length=60.0, rest=20.0, circuit=Circuit(taus=(0.4, 8.0), warburg=0.0), current_noise=1e-4
)


def random(seed: int) -> np.random.Generator:
    """Of a test."""
    return np.random.default_rng(seed)


def test_two_relaxations_are_found_with_their_uncertainties():
    """Number, resistances and time constants; nine in ten within two standard uncertainties."""
    inside = []
    for seed in range(20):
        kpis = polarisation_resistance(TWO.measured(random(seed)))
        assert sum(name.startswith("time_constant") for name in kpis) == 2
        for name, true in (
            ("polarisation_resistance", 0.012),
            ("resistance_1.jump_1", 0.004),
            ("resistance_2.jump_1", 0.008),
            ("time_constant_1.jump_1", 0.4),
            ("time_constant_2.jump_1", 8.0),
        ):
            kpi = kpis[name]
            assert kpi.value == pytest.approx(true, rel=0.1)
            inside.append(abs(kpi.value - true) < 2 * kpi.standard_uncertainty)
    assert np.mean(inside) > 0.9
    assert "correlation" in kpis["time_constant_1.jump_1"].method
    assert "FLAG" not in kpis["polarisation_resistance"].method


def test_diffusion_tail_is_flagged_and_left_out():
    """A Warburg element beside two relaxations does not enter their sum."""
    circuit = Circuit(taus=(0.4, 8.0), warburg=0.002)
    kpi = polarisation_resistance(Recording(**{**vars(TWO), "circuit": circuit}).measured(random(0)))[
        "polarisation_resistance"
    ]
    assert "FLAG diffusion tail" in kpi.method
    assert kpi.value == pytest.approx(0.012, rel=0.1)


def test_relaxation_slower_than_the_window_is_not_quoted():
    """Of 100 s in a window of 60 s only the beginning is seen."""
    circuit = Circuit(resistances=(0.004, 0.02), taus=(0.5, 100.0), warburg=0.0)
    kpi = polarisation_resistance(Recording(**{**vars(TWO), "circuit": circuit}).measured(random(0)))[
        "polarisation_resistance"
    ]
    assert "FLAG diffusion tail" in kpi.method
    assert kpi.value == pytest.approx(0.004, rel=0.2)


def test_resistance_after_a_short_pulse_is_that_of_the_element():
    """A pulse of one time constant loads an element to 63 %; the rest after it still gives its whole resistance."""
    time = np.arange(-20.0, 80.0, 0.05)
    on, off = (np.clip((time - t) / 1e-6, 0, 1) for t in (0.0, 5.0))
    voltage = 3.7 - 5 * (0.02 * (on - off))
    for start, sign in ((0.0, -1), (5.0, 1)):
        voltage += sign * 5 * 0.008 * -np.expm1(-np.maximum(time - start, 0) / 5.0)
    voltage += 5e-5 * random(3).standard_normal(len(time))
    kpi = polarisation_resistance(measurement(time + 20, -5 * (on - off), voltage))["polarisation_resistance.jump_2"]
    assert kpi.value == pytest.approx(0.008, rel=0.03)


def test_resistance_at_stated_times():
    """The circuit's exact answer at 1 s and at 10 s, within two standard uncertainties."""
    kpis = pulse_resistance(TWO.measured(random(1)), times_second=(1.0, 10.0))
    for time in (1.0, 10.0):
        _, answer = TWO.circuit.ramp_answer(np.array([time]), 1e-9)
        kpi = kpis[f"resistance_{time:g}s"]
        assert abs(kpi.value - answer[0]) < 2 * kpi.standard_uncertainty
        assert kpi.standard_uncertainty < 2e-4


def titration(diffusion: float, noise: float = 5e-5, pulse: float = 300.0, rest: float = 14400.0) -> Measurement:
    """One pulse into a sheet of the diffusion time given; the surface's concentration as the exact series."""
    time = np.concatenate([np.arange(-600, 0, 10.0), np.arange(0, pulse, 1.0), np.arange(pulse, pulse + rest, 10.0)])
    n = np.arange(1, 1000)[:, None] * np.pi

    def surface(since: np.ndarray) -> np.ndarray:
        x = np.clip(since / diffusion, 0, None)
        decays = np.sum(np.exp(-np.minimum(n**2 * x, 700)) / n**2, axis=0)
        return np.where(since > 0, x + 1 / 3 - 2 * decays, 0.0)

    current = np.where((time >= 0) & (time < pulse), -1.0, 0.0)
    voltage = 3.8 - 0.01 * diffusion / pulse * (surface(time) - surface(time - pulse)) + 0.02 * current
    return measurement(time - time[0], current, voltage + noise * random(0).standard_normal(len(time)))


@pytest.mark.parametrize("diffusion", [1500.0, 4000.0, 20000.0])
def test_diffusion_time_of_a_sheet(diffusion):
    """Within two standard uncertainties of L^2 / D, and within a tenth of it."""
    kpis = diffusion_time(titration(diffusion))
    kpi = kpis["diffusion_time"]
    assert abs(kpi.value - diffusion) < 2 * kpi.standard_uncertainty
    assert kpi.value == pytest.approx(diffusion, rel=0.1)
    equilibrium = kpis["quasi_equilibrium_voltage.titration_1"]
    assert abs(equilibrium.value - 3.79) < 2 * equilibrium.standard_uncertainty


def test_pulse_not_short_against_diffusion_is_refused():
    """The root of time does not hold, which the result itself tells."""
    kpi = diffusion_time(titration(500.0))["diffusion_time"]
    assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
    assert "not short against the diffusion time" in kpi.method


def charged(decay, held: float, noise: float, seed: int) -> Measurement:
    """An hour at 2.5 A up to 4.2 V, then the voltage held while the current decays."""
    ramp, hold = np.arange(0, 3600.0, 10.0), np.arange(0, held, 5.0)
    current = np.concatenate([np.full(len(ramp), 2.5), decay(hold)])
    voltage = np.concatenate([3.6 + 0.6 * ramp / 3600, np.full(len(hold), 4.2)])
    draw = random(seed)
    time = np.concatenate([ramp, 3600 + hold])
    current = current + noise * draw.standard_normal(len(time))
    return measurement(time, current, voltage + 1e-4 * draw.standard_normal(len(time)))


DECAYS = {
    "one exponential": ((2.5,), (900.0,)),
    "two exponentials": ((1.5, 1.0), (300.0, 1500.0)),
    "three exponentials": ((1.0, 0.8, 0.7), (150.0, 600.0, 1500.0)),
}


def covered(name: str, seeds: int) -> tuple[float, float]:
    """Share of seeds whose total charge lies within one and two standard uncertainties."""
    amplitudes, taus = (np.array(x)[:, None] for x in DECAYS[name])
    true = 2.5 + float(np.sum(amplitudes * taus)) / 3600
    z = []
    for seed in range(seeds):
        curve = charged(lambda t: np.sum(amplitudes * np.exp(-t / taus), axis=0), 1800.0, 5e-3, seed)
        kpi = taper_corrected_charge(curve)["taper_corrected_charge"]
        z.append(abs(kpi.value - true) / kpi.standard_uncertainty)
    return float(np.mean(np.array(z) < 1)), float(np.mean(np.array(z) < 2))


@pytest.mark.parametrize("name", DECAYS)
def test_charge_of_a_taper_cut_short(name):
    """The total that the whole decay would have passed lies within the uncertainty."""
    one, two = covered(name, 8)
    assert one >= 0.5
    assert two >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("name", DECAYS)
def test_charge_of_a_taper_cut_short_over_200_seeds(name):
    """At least 68 % and 95 %, but for the scatter of a count of 200."""
    one, two = covered(name, 200)
    assert one > 0.68 - 0.07
    assert two > 0.95 - 0.03


def test_charge_to_a_stated_cut_off():
    """Down to 0.5 A an exponential passes (2.5 A - 0.5 A) tau."""
    curve = charged(lambda t: 2.5 * np.exp(-t / 900.0), 1000.0, 1e-3, 0)
    kpi = taper_corrected_charge(curve, cut_off_ampere=0.5)["taper_corrected_charge"]
    assert kpi.value == pytest.approx(3.0, abs=3 * kpi.standard_uncertainty)
    assert kpi.standard_uncertainty < 5e-3
