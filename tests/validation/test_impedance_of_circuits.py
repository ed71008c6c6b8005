"""Circuits whose impedance is known exactly: recovered without noise, covered with it, and their relaxation times."""

import numpy as np
import pytest

from ragone.pipelines.kpi.impedance import (
    examine_kramers_kronig,
    fit_equivalent_circuit,
    integrate_relaxation_times,
)
from ragone.pipelines.kpi.impedance.circuit import ARC, FINITE_LENGTH, SERIES, Circuit
from ragone.pipelines.kpi.impedance.distribution import distribution_of
from ragone.pipelines.kpi.impedance.least_squares import fit
from ragone.schemas import KpiOutcome

SERIES_RESISTANCE = 0.010
FAST, SLOW = (0.008, 2e-4), (0.015, 2e-2)  # resistance [ohm], time constant [s]
DIFFUSION = (0.012, 40.0)
FREQUENCY = np.geomspace(1e4, 1e-3, 71)
NOISE = 0.003


def arc(frequency, resistance, time_constant, exponent=1.0):
    """R beside a constant phase element."""
    return resistance / (1 + (2j * np.pi * frequency * time_constant) ** exponent)


def finite_length(frequency, resistance, time_constant):
    """Diffusion to a reservoir."""
    s = np.sqrt(2j * np.pi * frequency * time_constant)
    return resistance * np.tanh(s) / s


def noisy(impedance, seed, noise=NOISE):
    """With proportional noise on both parts."""
    generator = np.random.default_rng(seed)
    parts = generator.normal(size=(2, len(impedance)))
    return impedance + noise * np.abs(impedance) * (parts[0] + 1j * parts[1])


@pytest.fixture(scope="module")
def spectrum(example):
    """A record of a spectrum."""

    def build(impedance, frequency=FREQUENCY):
        return example("impedance", frequency_hertz=frequency, real_ohm=impedance.real, imaginary_ohm=impedance.imag)

    return build


@pytest.fixture(scope="module")
def cell_like():
    """Two arcs and diffusion."""
    return (
        SERIES_RESISTANCE
        + arc(FREQUENCY, *FAST, 0.9)
        + arc(FREQUENCY, *SLOW, 0.85)
        + finite_length(FREQUENCY, *DIFFUSION)
    )


def test_two_capacitors_are_recovered_exactly(spectrum):
    """Resistances and time constants of two R||C to the solver's precision, the circuit chosen by the data."""
    kpis = fit_equivalent_circuit(spectrum(SERIES_RESISTANCE + arc(FREQUENCY, *FAST) + arc(FREQUENCY, *SLOW)))
    expected = {
        "series_resistance": SERIES_RESISTANCE,
        "arc_1_resistance": FAST[0],
        "arc_1_time_constant": FAST[1],
        "arc_2_resistance": SLOW[0],
        "arc_2_time_constant": SLOW[1],
        "charge_transfer_resistance": FAST[0] + SLOW[0],
        "total_resistance": SERIES_RESISTANCE + FAST[0] + SLOW[0],
    }
    for name, value in expected.items():
        assert kpis[name].value == pytest.approx(value, rel=1e-9), name
    assert kpis["circuit_residual"].value < 1e-10
    assert "arc_3_resistance" not in kpis
    assert kpis["diffusion_resistance"].outcome is KpiOutcome.NOT_IDENTIFIABLE


def test_arcs_and_diffusion_are_recovered_exactly(spectrum, cell_like):
    """Also constant phase elements and a finite-length Warburg element, and each part is told by its time constant."""
    kpis = fit_equivalent_circuit(spectrum(cell_like))
    assert kpis["series_resistance"].value == pytest.approx(SERIES_RESISTANCE, rel=1e-8)
    assert kpis["charge_transfer_resistance"].value == pytest.approx(FAST[0] + SLOW[0], rel=1e-8)
    assert kpis["charge_transfer_time_constant"].value == pytest.approx(SLOW[1], rel=1e-8)
    assert kpis["diffusion_resistance"].value == pytest.approx(DIFFUSION[0], rel=1e-8)
    assert kpis["diffusion_time_constant"].value == pytest.approx(DIFFUSION[1], rel=1e-8)


def test_inductance_does_not_disturb(spectrum, cell_like):
    """A lead's inductance is found where the imaginary part is positive, and leaves the resistances alone."""
    kpis = fit_equivalent_circuit(spectrum(cell_like + 2j * np.pi * FREQUENCY * 5e-7))
    assert kpis["series_resistance"].value == pytest.approx(SERIES_RESISTANCE, rel=1e-6)
    assert kpis["charge_transfer_resistance"].value == pytest.approx(FAST[0] + SLOW[0], rel=1e-6)


def test_diffusion_without_an_end_has_no_resistance(spectrum):
    """A semi-infinite Warburg element gives its coefficient, and the reason why there is no resistance."""
    tail = 1e-3 / np.sqrt(2j * np.pi * FREQUENCY)
    kpis = fit_equivalent_circuit(spectrum(SERIES_RESISTANCE + arc(FREQUENCY, *SLOW) + tail))
    assert kpis["warburg_coefficient"].value == pytest.approx(1e-3, rel=1e-8)
    assert kpis["diffusion_resistance"].outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "lower frequencies" in kpis["total_resistance"].method


@pytest.mark.parametrize("lowest", [3e-3, 3.0])
def test_cut_tail_has_no_resistance(spectrum, cell_like, lowest):
    """Where diffusion is still going on at the lowest frequency, or has not begun, neither way extrapolates."""
    kept = lowest < FREQUENCY
    cut = spectrum(cell_like[kept], FREQUENCY[kept])
    circuit, relaxations = fit_equivalent_circuit(cut), integrate_relaxation_times(cut)
    for kpi in (
        circuit["total_resistance"],
        relaxations["drt_total_resistance"],
        relaxations["drt_diffusion_resistance"],
    ):
        assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
        assert "lower frequencies" in kpi.method
    assert circuit["charge_transfer_resistance"].value == pytest.approx(FAST[0] + SLOW[0], rel=0.05)


def test_tight_end_gives_a_third(spectrum):
    """Diffusion in a tight layer: its resistance is the limit of the real part, whatever capacity it has."""
    s = np.sqrt(2j * np.pi * FREQUENCY * 100.0)
    kpis = fit_equivalent_circuit(spectrum(SERIES_RESISTANCE + arc(FREQUENCY, *SLOW) + 0.03 / (s * np.tanh(s))))
    assert kpis["diffusion_resistance"].value == pytest.approx(0.01, rel=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_noise_does_not_change_the_circuit(spectrum, cell_like, seed):
    """With 0.3 % of noise the parts are recovered within four of their uncertainties."""
    kpis = fit_equivalent_circuit(spectrum(noisy(cell_like, seed)))
    true = {"series": SERIES_RESISTANCE, "charge_transfer": FAST[0] + SLOW[0], "diffusion": DIFFUSION[0]}
    for name, value in true.items():
        kpi = kpis[f"{name}_resistance"]
        assert abs(kpi.value - value) < 4 * kpi.standard_uncertainty, name
    assert kpis["circuit_residual"].value == pytest.approx(NOISE, rel=0.3)


def test_uncertainties_cover_the_truth(cell_like):
    """In 200 repeats the true resistance lies within 1.96 standard uncertainties about 95 times of a hundred."""
    circuit = Circuit((SERIES, ARC, ARC, FINITE_LENGTH))
    true = np.log([SERIES_RESISTANCE, *FAST, 0.9, *SLOW, 0.85, *DIFFUSION])
    parts = {"series": circuit.positions([0], "resistance"), "arcs": circuit.positions([1, 2], "resistance")}
    parts["diffusion"] = circuit.positions([3], "resistance")
    inside = dict.fromkeys(parts, 0)
    for seed in range(200):
        found = fit(circuit, 2 * np.pi * FREQUENCY, noisy(cell_like, seed), true + 0.05)
        for name, places in parts.items():
            value, uncertainty = found.total(places)
            inside[name] += abs(value - np.exp(true[places]).sum()) < 1.96 * found.widening * uncertainty
    for name, count in inside.items():
        assert 180 <= count <= 198, name


@pytest.mark.slow
def test_uncertainties_cover_the_truth_when_the_data_choose(spectrum, cell_like):
    """As above through the whole stage, which chooses the circuit itself."""
    true = {"series": SERIES_RESISTANCE, "charge_transfer": FAST[0] + SLOW[0], "diffusion": DIFFUSION[0]}
    inside = dict.fromkeys(true, 0)
    for seed in range(200):
        kpis = fit_equivalent_circuit(spectrum(noisy(cell_like, seed)), largest_arc_count=3)
        for name, value in true.items():
            kpi = kpis[f"{name}_resistance"]
            spread = kpi.standard_uncertainty or 0.0
            inside[name] += kpi.outcome is KpiOutcome.MEASURED and abs(kpi.value - value) < 1.96 * spread
    print(inside)
    for name, count in inside.items():
        assert 175 <= count <= 199, name


def test_relaxation_times_of_an_arc_are_the_analytic_ones(spectrum):
    """The distribution of R beside a constant phase element, in place, height and area."""
    resistance, time_constant, exponent = 0.02, 0.01, 0.7
    found = distribution_of(spectrum(SERIES_RESISTANCE + arc(FREQUENCY, resistance, time_constant, exponent)))
    x = exponent * np.log(found.time_constants / time_constant)
    angle = (1 - exponent) * np.pi
    gamma = resistance / (2 * np.pi) * np.sin(angle) / (np.cosh(x) - np.cos(angle))
    inside = (found.time_constants > 1e-4) & (found.time_constants < 10)
    assert np.max(np.abs(found.gamma - gamma)[inside]) < 0.02 * gamma.max()
    assert found.gamma.sum() * found.step + found.series_resistance == pytest.approx(
        SERIES_RESISTANCE + resistance, rel=1e-3
    )


def test_relaxation_times_of_diffusion_are_the_analytic_ones(spectrum):
    """A finite-length Warburg element is a row of relaxations; the slowest has 8/pi^2 of R and 4/pi^2 of tau."""
    resistance, time_constant = DIFFUSION
    kpis = integrate_relaxation_times(spectrum(SERIES_RESISTANCE + finite_length(FREQUENCY, *DIFFUSION)))
    last = max(int(name.split("_")[2]) for name in kpis if name.startswith("drt_peak"))
    assert kpis[f"drt_peak_{last}_resistance"].value == pytest.approx(resistance * 8 / np.pi**2, rel=0.01)
    assert kpis[f"drt_peak_{last}_time_constant"].value == pytest.approx(time_constant * 4 / np.pi**2, rel=0.1)


@pytest.mark.parametrize("noise", [0.0, 0.003])
def test_relaxation_times_split_as_the_circuit_does(spectrum, cell_like, noise):
    """Without assuming a circuit the same resistances, within the smoothing's reach."""
    kpis = integrate_relaxation_times(spectrum(noisy(cell_like, 5, noise)))
    assert kpis["drt_series_resistance"].value == pytest.approx(SERIES_RESISTANCE, rel=0.05)
    fast_part = 0.1 * DIFFUSION[0]  # relaxations of diffusion that are faster than the border: all but the two slowest
    assert kpis["drt_charge_transfer_resistance"].value == pytest.approx(FAST[0] + SLOW[0] + fast_part, rel=0.02)
    assert kpis["drt_diffusion_resistance"].value == pytest.approx(DIFFUSION[0] - fast_part, rel=0.04)
    assert kpis["drt_total_resistance"].value == pytest.approx(0.045, rel=0.005)


@pytest.mark.parametrize("seeds", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_consistent_spectra_pass(spectrum, cell_like, seeds):
    """Noise alone fails no spectrum, at any level up to two in a hundred."""
    for noise in (0.0, 0.002, 0.01, 0.02):
        for seed in range(seeds):
            assert examine_kramers_kronig(spectrum(noisy(cell_like, seed, noise))).method.startswith("passes"), noise


def test_drift_is_found_where_it_happens(spectrum, cell_like):
    """A cell whose resistance grows by a fifth while it is measured fails at low frequency, and no KPI is given."""
    duration = np.cumsum(1 / FREQUENCY)
    drifting = cell_like + 0.2 * duration / duration[-1] * (cell_like - SERIES_RESISTANCE)
    kpi = examine_kramers_kronig(spectrum(noisy(drifting, 0, 1e-3)))
    assert kpi.method.startswith("fails: violates the Kramers-Kronig relations at 0.00")
    for stage in (fit_equivalent_circuit, integrate_relaxation_times):
        for name, refused in stage(spectrum(noisy(drifting, 0, 1e-3))).items():
            assert refused.outcome is KpiOutcome.NOT_APPLICABLE, name
            assert "violates the Kramers-Kronig relations at 0.00" in refused.method


def test_one_bad_point_is_named(spectrum, cell_like):
    """An eighth too much at one frequency fails there alone."""
    bad = cell_like.copy()
    bad[35] *= 1.125
    kpi = examine_kramers_kronig(spectrum(noisy(bad, 1)))
    assert f"at {FREQUENCY[35]:.4g} Hz (row 35)" in kpi.method
