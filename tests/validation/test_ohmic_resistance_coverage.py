"""A known ohmic resistance is found again within its stated uncertainty, as often as it promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stepped_circuits import Circuit, Recording, drawn

from ragone.pipelines.kpi.resistance import ohmic_resistance
from ragone.schemas import KpiOutcome

SEEDS = 200


def deviations(recordings: list[Recording]) -> np.ndarray:
    """Resistance found minus the true one, over the standard uncertainty stated."""
    found = []
    for seed, recording in enumerate(recordings):
        kpi = ohmic_resistance(recording.measured(np.random.default_rng(1000 + seed)))["ohmic_resistance"]
        assert kpi.outcome is KpiOutcome.MEASURED
        assert kpi.standard_uncertainty is not None
        found.append((kpi.value - recording.circuit.series) / kpi.standard_uncertainty)
    return np.array(found)


@pytest.mark.parametrize("seeds", [SEEDS // 2, pytest.param(SEEDS, marks=pytest.mark.slow)])
def test_circuits_drawn_at_random(seeds):
    """68 % and 95 % promised: at least that many inside but for the scatter of the count, and not all inside."""
    z = np.abs(deviations([drawn(np.random.default_rng(seed)) for seed in range(seeds)]))
    print(f"{np.sum(z < 1)} within 1 u, {np.sum(z < 1.96)} within 1.96 u of {seeds}; rms {np.sqrt(np.mean(z**2)):.2f}")
    assert np.mean(z < 1) > 0.68 - 2 * np.sqrt(0.68 * 0.32 / seeds)
    assert np.mean(z < 1.96) > 0.95 - 2 * np.sqrt(0.95 * 0.05 / seeds)
    assert 0.5 < np.sqrt(np.mean(z**2)) < 1.2


def test_circuits_whose_time_of_step_is_known():
    """Noise, models and windows alone, without the time of the step, hold the true value as often."""
    recordings = [drawn(np.random.default_rng(seed)) for seed in range(40)]
    z = np.abs(deviations([replace(r, marked=True, rise=r.interval / 100) for r in recordings]))
    assert np.mean(z < 1) > 0.68 - 2 * np.sqrt(0.68 * 0.32 / 40)
    assert np.mean(z < 1.96) > 0.95 - 2 * np.sqrt(0.95 * 0.05 / 40)


CASES = {
    "two relaxations and Warburg": Recording(),
    "1 mV noise": Recording(voltage_noise=1e-3),
    "slow ramp": Recording(interval=1e-3, rise=0.01, rest=1.0, length=5.0),
    "Warburg alone": Recording(circuit=Circuit(resistances=(), taus=(), warburg=0.005)),
    "four relaxations": Recording(
        circuit=Circuit(resistances=(0.002, 0.003, 0.004, 0.006), taus=(0.02, 0.1, 0.6, 4.0))
    ),
    "1 Hz": Recording(interval=1.0, rest=60.0, length=60.0, circuit=Circuit(taus=(5.0, 40.0))),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_one_circuit_over_200_seeds(name):
    """Of a single circuit too, 95 % lie within two standard uncertainties, but for the scatter of the count."""
    z = np.abs(deviations([CASES[name]] * SEEDS))
    assert np.mean(z < 2) > 0.95 - 2 * np.sqrt(0.95 * 0.05 / SEEDS)


def test_uncertainty_holds_the_extrapolation():
    """Without noise, what is left is the time of the step and the model; the uncertainty stays, and is right."""
    quiet = Recording(voltage_noise=0.0, current_noise=0.0)
    z = deviations([quiet] * 20)
    assert np.mean(np.abs(z) < 2) >= 0.9
    kpi = ohmic_resistance(quiet.measured(np.random.default_rng(0)))["ohmic_resistance"]
    assert kpi.standard_uncertainty > 1e-5


def test_resolved_step_of_a_resistor_is_exact():
    """No polarisation, no noise, samples at both ends of the step: Ohm's law."""
    resistor = Recording(voltage_noise=0, current_noise=0, circuit=Circuit(resistances=(), taus=(), warburg=0.0))
    kpi = ohmic_resistance(resistor.measured(np.random.default_rng(0)))["ohmic_resistance"]
    assert kpi.value == pytest.approx(0.02, rel=1e-5)
    assert kpi.standard_uncertainty < 1e-6
