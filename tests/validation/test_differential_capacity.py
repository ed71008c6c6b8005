"""Peaks of dQ/dV and the capacity beyond an early cut-off, against a cell whose open-circuit voltage is known."""

import itertools

import numpy as np
import pytest
from hysteretic_cell import FULL, charge_below, differential_capacity, extremes, measured_sweep

from ragone.pipelines.kpi.differential import capacity_beyond_cut_off, differential_capacity_peaks
from ragone.schemas import KpiOutcome

SEEDS = range(40)
CUT_OFF, EMPTY = 3.3, 2.9


@pytest.fixture(scope="module", params=[(1e-3, 2000), (5e-3, 500)], ids=["quiet", "noisy"])
def repeats(request):
    """KPIs of the peaks of many noisy discharges of the cell, 50 mV below its open circuit."""
    noise, count = request.param
    sweeps = [measured_sweep(FULL, 3.05, 0.05, np.random.default_rng(seed), noise=noise, count=count) for seed in SEEDS]
    return [differential_capacity_peaks(sweep) for sweep in sweeps]


def test_every_peak_is_found_and_few_others(repeats):
    """The three of the cell, always; a fourth in no more than one of twenty."""
    counts = [sum(name.startswith("dqdv_discharge") and name.endswith("voltage") for name in kpis) for kpis in repeats]
    assert min(counts) == 3
    assert np.mean(np.array(counts) > 3) <= 0.05


def covered(repeats, name, truth):
    """Share of repeats whose two standard uncertainties hold the truth."""
    kpis = [one[name] for one in repeats]
    assert all(kpi.outcome is KpiOutcome.MEASURED and kpi.unit for kpi in kpis)
    return np.mean([abs(kpi.value - truth) < 2 * kpi.standard_uncertainty for kpi in kpis])


def test_peaks_lie_within_their_uncertainties(repeats):
    """Voltage, height and charge of each, in at least 85 % of repeats each and 92 % of all."""
    peaks, valleys = extremes(3.05, FULL)
    shares = []
    for number, peak in enumerate(peaks, 1):
        low = max((v for v in valleys if v < peak), default=3.05)
        high = min((v for v in valleys if v > peak), default=FULL)
        truths = {
            "voltage": peak - 0.05,
            "height": differential_capacity(peak),
            "area": charge_below(high) - charge_below(low),
        }
        shares += [covered(repeats, f"dqdv_discharge_peak_{number}_{what}", truth) for what, truth in truths.items()]
    assert min(shares) >= 0.85
    assert np.mean(shares) >= 0.92


def test_uncertainties_are_not_idle(repeats):
    """The voltage of the highest peak is known to 10 mV, its charge to 5 %."""
    for kpis in repeats:
        assert kpis["dqdv_discharge_peak_1_voltage"].standard_uncertainty < 0.01
        assert kpis["dqdv_discharge_peak_1_area"].standard_uncertainty < 0.05 * 2.0


def pair(polarisation, noise, count, seed):
    """A discharge to the cut-off at the terminals, and a charge from deep below."""
    generator = np.random.default_rng(seed)
    made = {"generator": generator, "noise": noise, "count": count}
    discharge = measured_sweep(FULL, CUT_OFF + polarisation, polarisation, **made)
    return discharge, measured_sweep(EMPTY, FULL - polarisation, polarisation, **made)


@pytest.mark.parametrize(
    ("polarisation", "noise", "count"), [(0.08, 1e-3, 2000), (0.08, 5e-3, 2000), (0.02, 1e-3, 800)]
)
def test_capacity_beyond_the_cut_off_is_recovered(polarisation, noise, count):
    """Hysteresis, what was left, and the whole: 95 % intervals hold at least 85 % of the truths."""
    left = charge_below(CUT_OFF + polarisation) - charge_below(CUT_OFF)
    truths = {
        "hysteresis": 2 * polarisation,
        "capacity_beyond_cut_off": left,
        "corrected_capacity": charge_below(FULL) - charge_below(CUT_OFF),
    }
    ratios = []
    for seed in SEEDS:
        kpis = capacity_beyond_cut_off(pair(polarisation, noise, count, seed), discharge_share_uncertainty=0.0)
        ratios.append([(kpis[n].value - truth) / kpis[n].standard_uncertainty for n, truth in truths.items()])
        assert kpis["hysteresis"].standard_uncertainty < 0.1 * polarisation
    assert (np.abs(ratios) < 2).mean(axis=0).min() >= 0.85
    assert np.abs(np.mean(ratios, axis=0)).max() < 0.5  # no bias but a small part of the uncertainty


GROWTHS = {
    "in proportion": lambda passed: passed,
    "with the square": lambda passed: passed**2,
    "over the last fifth": lambda passed: np.exp((passed - 1) / 0.2),
    "over the last tenth": lambda passed: np.exp((passed - 1) / 0.1),
}


def grown(growth, end, seed, noise=1e-3):
    """A discharge whose polarisation grows from 50 mV to that at its end, and a charge of 50 mV; what it left [A.h]."""
    made = {"generator": np.random.default_rng(seed), "noise": noise}
    polarisation = 0.05 + (end - 0.05) * GROWTHS[growth](np.linspace(0, 1, 1000))
    discharge = measured_sweep(FULL, CUT_OFF + end, polarisation, **made)
    charge = measured_sweep(EMPTY, FULL - 0.05, 0.05, **made)
    return (discharge, charge), charge_below(CUT_OFF + end) - charge_below(CUT_OFF)


@pytest.mark.parametrize(("end", "noise"), [(0.1, 1e-3), (0.2, 5e-3)])
@pytest.mark.parametrize("growth", GROWTHS)
def test_a_polarisation_that_grows_towards_the_end(growth, end, noise):
    """What it is at the cut-off counts, not what it is on average: 95 % intervals hold at least 80 % of the truths."""
    ratios = []
    for seed in range(20):
        curves, truth = grown(growth, end, seed, noise)
        kpi = capacity_beyond_cut_off(curves, discharge_share=end / (end + 0.05), discharge_share_uncertainty=0.0)[
            "capacity_beyond_cut_off"
        ]
        ratios.append((kpi.value - truth) / kpi.standard_uncertainty)
        assert kpi.standard_uncertainty < 0.15 * truth
    assert np.mean(np.abs(ratios) < 2) >= 0.8
    assert np.max(np.abs(ratios)) < 5
    assert abs(np.mean(ratios)) < 1


@pytest.mark.parametrize("growth", GROWTHS)
def test_it_is_said_that_nobody_knows_whose_the_growth_is(growth):
    """By the currents each has half of it; here it is the discharge's alone."""
    curves, truth = grown(growth, 0.1, 6)
    kpi = capacity_beyond_cut_off(curves)["capacity_beyond_cut_off"]
    assert abs(kpi.value - truth) < 2 * kpi.standard_uncertainty
    known = capacity_beyond_cut_off(curves, discharge_share=2 / 3, discharge_share_uncertainty=0.0)
    assert kpi.standard_uncertainty > 5 * known["capacity_beyond_cut_off"].standard_uncertainty


def test_an_uncertain_share_makes_the_answer_uncertain():
    """Whose part of the hysteresis is whose counts most, unless one knows it."""
    known, unknown = (
        capacity_beyond_cut_off(pair(0.08, 1e-3, 1000, 0), discharge_share_uncertainty=u)["capacity_beyond_cut_off"]
        for u in (0.0, 0.1)
    )
    assert unknown.value == known.value
    expected = differential_capacity(CUT_OFF) * 0.16 * 0.1
    assert np.sqrt(unknown.standard_uncertainty**2 - known.standard_uncertainty**2) == pytest.approx(expected, rel=0.2)


def test_the_share_follows_the_currents():
    """Polarisation three times as large at three times the current: the discharge's part is three quarters."""
    made = {"generator": np.random.default_rng(5), "noise": 1e-3}
    discharge = measured_sweep(FULL, CUT_OFF + 0.09, 0.09, current=3.0, **made)
    charge = measured_sweep(EMPTY, FULL - 0.03, 0.03, current=1.0, **made)
    kpi = capacity_beyond_cut_off((charge, discharge), discharge_share_uncertainty=0.0)["capacity_beyond_cut_off"]
    truth = charge_below(CUT_OFF + 0.09) - charge_below(CUT_OFF)
    assert abs(kpi.value - truth) < 3 * kpi.standard_uncertainty
    assert "share of the discharge 0.75" in kpi.method


def test_a_charge_that_starts_where_the_discharge_ended_is_refused():
    """It never passes what was left; the shift stands all the same."""
    made = {"generator": np.random.default_rng(2), "noise": 1e-3}
    discharge = measured_sweep(FULL, CUT_OFF + 0.08, 0.08, **made)
    charge = measured_sweep(CUT_OFF + 0.08, FULL - 0.08, 0.08, **made)
    kpis = capacity_beyond_cut_off((discharge, charge))
    assert kpis["hysteresis"].value == pytest.approx(0.16, abs=2e-3)
    for name in ("capacity_beyond_cut_off", "corrected_capacity"):
        assert kpis[name].outcome is KpiOutcome.NOT_IDENTIFIABLE
        assert "the charge starts at 3.4" in kpis[name].method


def test_sweeps_of_different_voltages_are_refused():
    """A charge of the upper half alone overlaps too little."""
    made = {"generator": np.random.default_rng(2), "noise": 1e-3}
    discharge = measured_sweep(FULL, CUT_OFF, 0.02, **made)
    for one in capacity_beyond_cut_off((discharge, measured_sweep(3.85, FULL, 0.02, **made))).values():
        assert one.outcome is KpiOutcome.NOT_IDENTIFIABLE
        assert "not determined" in one.method


def test_bandwidths_follow_the_noise():
    """More noise, more smoothing; and a wider kernel than chosen flattens the peak by what is said of it."""

    def kpis(noise, **given):
        sweep = measured_sweep(FULL, 3.05, 0.05, np.random.default_rng(1), noise=noise)
        return differential_capacity_peaks(sweep, **given)

    bandwidths = [float(kpis(noise)["dqdv_discharge_peak_1_voltage"].method.split()[3]) for noise in (3e-4, 3e-3, 1e-2)]
    assert all(low < high for low, high in itertools.pairwise(bandwidths))
    peak = kpis(1e-3, bandwidth_volt=0.015)["dqdv_discharge_peak_1_height"]
    truth = float(differential_capacity(extremes(3.05, FULL)[0][0]))
    assert 0.5 * peak.standard_uncertainty < truth - peak.value < 2 * peak.standard_uncertainty
