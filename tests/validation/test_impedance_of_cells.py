"""Simulated spectra against what is known of them: both ends of the spectrum, and a current step of the same model."""

import dataclasses

import numpy as np
import pytest

from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.impedance import simulate_impedance
from ragone.pipelines.cell.model import cell_values, dfn
from ragone.pipelines.kpi.impedance import examine_kramers_kronig, fit_equivalent_circuit, integrate_relaxation_times
from ragone.schemas import ImpedanceOutcome, KpiOutcome
from tests.built_cells import full_cell

POROSITY, RADIUS = 0.335, 5.22e-6


@pytest.fixture(scope="module")
def cell(example):
    """An industrial coating in a 4680: spheres, Bruggeman pores."""
    active, binder = 0.96 / 4780.0, 0.04 / 1800.0
    fraction = (1 - POROSITY) * active / (active + binder)
    transport = example(
        "transport",
        pore_fraction=POROSITY,
        active_material_fraction=fraction,
        carbon_binder_fraction=1 - POROSITY - fraction,
        specific_surface_area_per_metre=3 * fraction / RADIUS,
        pore_tortuosity_factor=POROSITY**-0.5,
        solid_effective_conductivity_siemens_per_metre=0.18,
    )
    return full_cell(transport)


@pytest.fixture(scope="module")
def spectrum(cell):
    """Down to where diffusion has ended."""
    return simulate_impedance(cell, lowest_frequency_hertz=1e-5)


def test_low_frequencies_agree_with_a_current_step(cell, spectrum):
    """The answer to a lasting small current is R + t / C, with R and C of the spectrum's low end."""
    pybamm = load_pybamm()
    current = cell.nominal_capacity_ampere_hour / 500
    voltages = []
    for sign in (1, -1):
        values = cell_values(cell, initial_state_of_charge=0.5)
        values.update(
            {
                "Current function [A]": sign * current,
                "Ambient temperature [K]": 298.15,
                "Initial temperature [K]": 298.15,
            }
        )
        solver = pybamm.IDAKLUSolver(rtol=1e-9, atol=1e-10)
        points = dict.fromkeys(("x_n", "x_s", "x_p", "r_n", "r_p"), 40)
        simulation = pybamm.Simulation(
            dfn(cell.negative_electrode), parameter_values=values, solver=solver, var_pts=points
        )
        voltages.append(simulation.solve([0, 8000])["Voltage [V]"](np.array([6000.0, 8000.0])))
    answer = (voltages[1] - voltages[0]) / (2 * current)
    slope = (answer[1] - answer[0]) / 2000
    assert spectrum.real_ohm[-1] == pytest.approx(answer[0] - slope * 6000, rel=4e-3)  # equal volumes in time
    assert spectrum.imaginary_ohm[-1] == pytest.approx(-slope / (2 * np.pi * 1e-5), rel=2e-3)


def test_high_frequencies_short_circuit_the_interface(cell):
    """With every double layer a short circuit, solid and electrolyte conduct side by side: Ohm's law by layers."""
    values = cell_values(cell, initial_state_of_charge=0.5)
    rest = (load_pybamm().Scalar(value) for value in (1000.0, 298.15))  # mol/m^3, K
    conductivity = values["Electrolyte conductivity [S.m-1]"](*rest).evaluate()
    layers = {
        "Negative electrode": (cell.negative_thickness_metre, values["Negative electrode porosity"]),
        "Positive electrode": (cell.positive_thickness_metre, cell.positive_porosity),
    }
    porosity = values["Separator porosity"]
    tau = values["Separator tortuosity factor (electrolyte)"]
    resistance = values["Separator thickness [m]"] / (conductivity * porosity / tau)
    for layer, (thickness, porosity) in layers.items():
        solid = (
            values[f"{layer} conductivity [S.m-1]"] * (1 - porosity) / values[f"{layer} tortuosity factor (electrode)"]
        )
        liquid = conductivity * porosity / values[f"{layer} tortuosity factor (electrolyte)"]
        resistance += thickness / (solid + liquid)
    spectrum = simulate_impedance(cell, highest_frequency_hertz=1e10, lowest_frequency_hertz=1e9, points_per_decade=1)
    assert spectrum.real_ohm[0] == pytest.approx(resistance / cell.electrode_area_square_metre, rel=1e-6)


def test_spectrum_obeys_kramers_and_kronig(spectrum):
    """A linear model's spectrum passes the test, with residuals at the level of rounding."""
    kpi = examine_kramers_kronig(spectrum)
    assert kpi.method.startswith("passes")
    assert kpi.value < 1e-3


def test_split_adds_up_to_the_resistance_to_a_lasting_current(spectrum):
    """Series, charge transfer and diffusion together are the real part at the low end, by both ways of splitting."""
    lasting = spectrum.real_ohm[-1]
    relaxations = integrate_relaxation_times(spectrum)
    assert relaxations["drt_total_resistance"].value == pytest.approx(lasting, rel=3e-3)
    circuit = fit_equivalent_circuit(spectrum)
    assert circuit["total_resistance"].value == pytest.approx(lasting, rel=0.005)
    for part in ("series_resistance", "charge_transfer_resistance", "diffusion_resistance"):
        assert circuit[part].outcome is KpiOutcome.MEASURED
    parts = [relaxations[f"drt_{name}_resistance"].value for name in ("series", "charge_transfer", "diffusion")]
    assert sum(parts) == pytest.approx(relaxations["drt_total_resistance"].value)
    assert circuit["charge_transfer_resistance"].value == pytest.approx(parts[1], rel=0.01)


def test_mesh_is_fine_enough(cell, spectrum):
    """Half as many volumes move the spectrum of a usual instrument's range by little more than a hundredth."""
    coarse = simulate_impedance(cell, lowest_frequency_hertz=1e-5, mesh_points=20)
    ours, theirs = (z.real_ohm + 1j * z.imaginary_ohm for z in (spectrum, coarse))
    usual = spectrum.frequency_hertz < 5e3
    assert np.max(np.abs(theirs / ours - 1)[usual]) < 0.02


def test_contact_resistance_is_in_series(cell, spectrum):
    """A milliohm of welds is a milliohm more at every frequency."""
    welded = dataclasses.replace(cell, contact_resistance_ohm=1e-3)
    more = simulate_impedance(welded, lowest_frequency_hertz=1e-5)
    assert more.real_ohm - spectrum.real_ohm == pytest.approx(1e-3, rel=1e-6)
    assert more.imaginary_ohm == pytest.approx(spectrum.imaginary_ohm, rel=1e-6)


def test_double_layer_covers_the_measured_area(cell):
    """More area of the positive electrode lowers its resistance and raises its capacity: the same time constant."""
    at = {"highest_frequency_hertz": 1e3, "lowest_frequency_hertz": 0.3}
    half, full = (
        simulate_impedance(
            dataclasses.replace(cell, negative_electrode="lithium metal", positive_surface_area_ratio=ratio), **at
        )
        for ratio in (0.5, 1.0)
    )
    times = [1 / (2 * np.pi * z.frequency_hertz[np.argmin(z.imaginary_ohm)]) for z in (half, full)]
    assert times[0] == pytest.approx(times[1], rel=0.3)
    assert np.ptp(half.real_ohm) > 1.4 * np.ptp(full.real_ohm)


@pytest.mark.parametrize(
    "outcome", ["a phase of the positive electrode does not percolate", "the coating does not fit the can"]
)
def test_cell_that_is_none_has_no_spectrum(example, outcome):
    """It is an outcome with its reason, and KPIs say so."""
    spectrum = simulate_impedance(example("cell_parameters", outcome=outcome))
    assert spectrum.outcome in (ImpedanceOutcome.NOT_CONDUCTING, ImpedanceOutcome.NOT_BUILT)
    assert spectrum.reason == outcome
    assert len(spectrum.frequency_hertz) == 0
    assert all(kpi.outcome is KpiOutcome.NOT_APPLICABLE for kpi in fit_equivalent_circuit(spectrum).values())
