"""Cells of BPX files against PyBaMM's own reading of the same file, and tables against the formulas they sample."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

from ragone.pipelines.cell import discharge_at_constant_current, reference_cell
from ragone.pipelines.cell.engine import load_pybamm
from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.files.bpx import read_bpx
from ragone.schemas import DischargeOutcome
from tests.bpx_documents import invented_cell, tabulated


def positive_ocp(x):
    """The invented cell's potential, of arrays [V]."""
    return 4.35 - 1.1 * x + 0.05 * np.tanh(-9 * (x - 0.6)) - 1e-9 * np.exp(20 * x)


def negative_ocp(x):
    """The invented cell's potential, of arrays [V]."""
    return 0.1 + 0.8 * np.exp(-30 * x) - 0.05 * x + 0.02 * np.tanh(-12 * (x - 0.5))


COARSE = {
    "Positive_electrode": {"OCP [V]": tabulated(positive_ocp, 0.3, 1.0, 15)},
    "Negative_electrode": {"OCP [V]": tabulated(negative_ocp, 0.0, 1.0, 41), "Diffusivity [m2.s-1]": "1e-14 * (2 - x)"},
    "Electrolyte": {"Conductivity [S.m-1]": {"x": [0, 500, 1000, 1500, 4000], "y": [0.1, 0.8, 0.95, 0.9, 0.2]}},
}
FINE = {
    "Positive_electrode": {"OCP [V]": tabulated(positive_ocp, 0.3, 1.0, 1401)},
    "Negative_electrode": {"OCP [V]": tabulated(negative_ocp, 0.0, 1.0, 2001)},
}


def version_0(document):
    """As a file of the format's first version, charged to a cut-off that its potentials reach."""
    document["Header"]["BPX"] = 0.4
    document["Parameterisation"]["Cell"] |= {"Ambient temperature [K]": 298.15, "Upper voltage cut-off [V]": 3.85}
    return document


DOCUMENTS = {
    "formulas": invented_cell(),
    "coarse tables": invented_cell(**COARSE),
    "version 0": version_0(invented_cell()),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_discharge_at_1c_is_pybamms(name, tmp_path):
    """From full to the lower cut-off, at the current of the file's own capacity: the same voltage within 0.1 mV."""
    path = tmp_path / "cell.json"
    path.write_text(json.dumps(DOCUMENTS[name]))
    content, pybamm = read_bpx(path), load_pybamm()
    cell = reference_cell(parameter_set=content.title, parameters=content.document)
    ours = discharge_at_constant_current(cell, rate_per_hour=1.0, lower_voltage_volt=2.6)
    assert ours.outcome is DischargeOutcome.COMPLETED
    assert ours.current_ampere[1] == pytest.approx(-6.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it takes assumptions and deprecated names
        values = pybamm.ParameterValues.create_from_bpx(str(path))
    solver = pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-6)
    simulation = pybamm.Simulation(pybamm.lithium_ion.DFN(), parameter_values=values, solver=solver)
    theirs = simulation.solve([0, 1.5 * ours.test_time_second[-1]])
    assert theirs.t[-1] == pytest.approx(ours.test_time_second[-1], rel=1e-5)
    before_the_end = ours.test_time_second[:-1]
    assert theirs["Voltage [V]"](before_the_end) == pytest.approx(ours.voltage_volt[:-1], abs=1e-4)


def test_heat_of_a_fine_table_is_that_of_its_formula():
    """Lumped: temperature within a hundredth of a kelvin, heat of mixing within a hundredth of its largest value."""
    formula, table = (
        cycle_cell(
            reference_cell(parameter_set="invented", parameters=invented_cell(**changes)),
            protocol=["Discharge at 1C until 2.7 V"],
            initial_state_of_charge=1.0,
            thermal="lumped",
        )
        for changes in ({}, FINE)
    )
    at = np.linspace(1.0, 0.97 * formula.test_time_second[-1], 200)

    def curves(cycled):
        mixing = cycled.variables[list(cycled.variable_names).index("Heat of mixing [W]")]
        columns = (cycled.voltage_volt, cycled.temperature_kelvin, mixing)
        return [np.interp(at, cycled.test_time_second, column) for column in columns]

    (voltage, temperature, mixing), (tabled, warmth, mixed) = curves(formula), curves(table)
    assert temperature.max() > 299
    assert tabled == pytest.approx(voltage, abs=2e-4)
    assert warmth == pytest.approx(temperature, abs=0.01)
    assert mixed == pytest.approx(mixing, abs=0.01 * mixing.max())
