"""Elements of circuits, the border to diffusion, and spectra that cannot be analysed."""

import numpy as np
import pytest

from ragone.pipelines.cell import reference_cell
from ragone.pipelines.cell.impedance import simulate_impedance
from ragone.pipelines.kpi.impedance import (
    examine_kramers_kronig,
    fit_equivalent_circuit,
    integrate_relaxation_times,
)
from ragone.pipelines.kpi.impedance.border import border_of, unfinished
from ragone.pipelines.kpi.impedance.circuit import (
    ARC,
    CAPACITOR,
    FINITE_LENGTH,
    FINITE_SPACE,
    INDUCTOR,
    SERIES,
    WARBURG,
    Circuit,
)
from ragone.pipelines.kpi.impedance.least_squares import fit
from ragone.schemas import KpiOutcome
from ragone.schemas.errors import BoundsError, UnknownFieldError

OMEGA = 2 * np.pi * np.geomspace(1e4, 1e-3, 36)
EVERY = Circuit((SERIES, INDUCTOR, ARC, WARBURG, FINITE_LENGTH, FINITE_SPACE, CAPACITOR))
VALUES = np.array([0.01, 1e-7, 0.02, 0.03, 0.8, 1e-3, 0.01, 20.0, 0.005, 300.0, 5e3])


def test_slopes_are_those_of_the_impedance():
    """Of every element in every parameter, against central differences."""
    step = 1e-5
    _, slopes = EVERY.evaluate(OMEGA, np.log(VALUES))
    for k in range(len(EVERY)):
        shift = step * np.eye(len(EVERY))[k]
        above, below = (EVERY.evaluate(OMEGA, np.log(VALUES) + sign * shift)[0] for sign in (1, -1))
        assert slopes[:, k] == pytest.approx((above - below) / (2 * step), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("element", [ARC, FINITE_LENGTH])
def test_resistance_is_that_at_zero_frequency(element):
    """An arc and a layer with an open end."""
    values = {"resistance": 0.3, "time_constant": 2.0, "exponent": 0.9}
    rows = element.function(np.array([1e-12]), *(values[name] for name in element.parameters))
    assert rows[0, 0] == pytest.approx(0.3, rel=1e-6)


def test_tight_layer_is_a_resistance_and_a_capacity_in_the_end():
    """R + 1 / (j omega C) with C = tau / (3 R)."""
    rows = FINITE_SPACE.function(np.array([1e-4]), 0.3, 2.0)
    assert rows[0, 0].real == pytest.approx(0.3, rel=1e-4)
    assert rows[0, 0].imag == pytest.approx(-1 / (1e-4 * 2.0 / 0.9), rel=1e-4)


@pytest.mark.parametrize("element", [FINITE_LENGTH, FINITE_SPACE])
def test_ends_are_not_seen_at_high_frequency(element):
    """Both finite layers become the same semi-infinite one: a phase of 45 degrees."""
    rows = element.function(np.array([1e9]), 0.3, 2.0)
    assert np.degrees(np.angle(rows[0, 0])) == pytest.approx(-45.0)


def test_parameter_without_influence_is_not_determined():
    """A semi-infinite element that vanishes has no finite uncertainty, and nothing overflows."""
    circuit = Circuit((SERIES, ARC, WARBURG))
    impedance = Circuit((SERIES, ARC)).evaluate(OMEGA, np.log([0.01, 0.02, 0.03, 0.8]))[0]
    found = fit(circuit, OMEGA, impedance, np.log([0.02, 0.01, 0.1, 0.9, 1e-4]))
    assert found.residual < 1e-6
    assert not found.relative_uncertainties[-1] < 1


def test_search_that_leaves_the_numbers_comes_back():
    """Over nineteen decades a search asks for parameters that are no numbers; nothing is warned of, and it ends."""
    spectrum = simulate_impedance(reference_cell(parameter_set="Chen2020"), highest_frequency_hertz=1e15)
    found = fit_equivalent_circuit(spectrum)
    assert found["series_resistance"].value == pytest.approx(spectrum.real_ohm[0], rel=1e-2)


def test_border_lies_in_the_valley():
    """Between an arc at 0.01 s and slow diffusion, and as given where there is no valley."""
    arc = Circuit((SERIES, ARC)).evaluate(OMEGA, np.log([0.01, 0.02, 0.01, 0.95]))[0]
    both = arc + FINITE_LENGTH.function(OMEGA, 0.02, 60.0)[0]
    found = border_of(OMEGA, both, 1.0)
    assert 0.03 < found.time_constant < 3
    assert "valley" in found.text
    assert border_of(OMEGA, arc, 0.7).time_constant == 0.7
    assert unfinished(OMEGA, both, found) == ""
    cut = 2 * np.pi * 0.03 < OMEGA
    assert "lower frequencies" in unfinished(OMEGA[cut], both[cut], found)


@pytest.mark.parametrize("frequencies", [0, 1, 9])
def test_short_spectra_give_no_value(example, frequencies):
    """Fewer than ten frequencies determine nothing; the reason says how many are needed."""
    frequency = np.geomspace(1e3, 1e-1, frequencies)
    spectrum = example(
        "impedance", frequency_hertz=frequency, real_ohm=np.ones(frequencies), imaginary_ohm=np.zeros(frequencies)
    )
    kpis = [*fit_equivalent_circuit(spectrum).values(), *integrate_relaxation_times(spectrum).values()]
    for kpi in (*kpis, examine_kramers_kronig(spectrum)):
        assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
        assert "10 over 2 are needed" in kpi.method


def test_resistor_alone_is_a_series_resistance(example):
    """A spectrum without any relaxation: a series resistance, and no other."""
    frequency = np.geomspace(1e3, 1e-1, 41)
    noise = 1e-3 * np.random.default_rng(0).normal(size=(2, 41))
    spectrum = example("impedance", frequency_hertz=frequency, real_ohm=1 + noise[0], imaginary_ohm=noise[1])
    kpis = fit_equivalent_circuit(spectrum)
    assert abs(kpis["series_resistance"].value - 1) < 4 * kpis["series_resistance"].standard_uncertainty
    assert kpis["charge_transfer_resistance"].outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert integrate_relaxation_times(spectrum)["drt_series_resistance"].value == pytest.approx(1, rel=2e-3)


def test_zero_impedance_is_refused_with_its_row(example):
    """Nothing can be relative to a modulus of zero."""
    real = np.ones(20)
    real[7] = 0.0
    spectrum = example("impedance", frequency_hertz=np.geomspace(1e3, 1, 20), real_ohm=real, imaginary_ohm=np.zeros(20))
    assert "row 7" in fit_equivalent_circuit(spectrum)["series_resistance"].method


def test_wrong_parameters_are_refused(example):
    """An unknown kind of diffusion, and a border that is no time."""
    with pytest.raises(UnknownFieldError, match="did you mean 'finite space'"):
        fit_equivalent_circuit(example("impedance"), diffusion="finite spaces")
    with pytest.raises(BoundsError):
        integrate_relaxation_times(example("impedance"), diffusion_from_second=0.0)
