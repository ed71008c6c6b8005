import numpy as np
import pytest

from ragone.pipelines.former.kpis import extract_kpis
from ragone.schemas import KpiOutcome
from ragone.schemas.errors import FieldTypeError

NAMES = {"energy", "energy_density", "specific_energy", "capacity", "mean_voltage"}


@pytest.fixture
def cell(example):
    """A cell of 0.125 L and 0.4 kg."""
    return example("cell_parameters", cell_volume_cubic_metre=1.25e-4, cell_mass_kilogram=0.4)


@pytest.fixture
def curve(example):
    """Constant voltage and current over two hours, on uneven samples."""

    def build(voltage=3.5, current=-10.0, varied="", **changes):
        raised = f"; {varied} raised by one standard error" if varied else ""
        time = np.array([0.0, 10.0, 4000.0, 7200.0])
        return example(
            "discharge",
            test_time_second=time,
            voltage_volt=np.full(4, voltage),
            current_ampere=np.full(4, current),
            method=f"made{raised}",
            **changes,
        )

    return build


def values(kpis):
    """The numbers alone."""
    return {name: kpi.value for name, kpi in kpis.items()}


def test_constant_voltage_curve_is_integrated_exactly(cell, curve):
    """3.5 V and 10 A over two hours are 70 W.h and 20 A.h, in 0.125 L and 0.4 kg."""
    kpis = extract_kpis(cell, curve(), ())
    assert values(kpis) == pytest.approx(
        {"energy": 70.0, "energy_density": 560.0, "specific_energy": 175.0, "capacity": 20.0, "mean_voltage": 3.5},
        rel=1e-14,
    )
    assert {kpi.unit for kpi in kpis.values()} == {"W.h", "W.h/L", "W.h/kg", "A.h", "V"}
    assert all(kpi.name == name and kpi.outcome is KpiOutcome.MEASURED for name, kpi in kpis.items())


def test_linear_voltage_at_constant_power(cell, example):
    """Energy at constant power is exact whatever the voltage; charge follows the logarithm to second order."""
    time = np.linspace(0, 3600, 151)
    voltage = np.linspace(4.0, 3.0, 151)
    kpis = extract_kpis(
        cell,
        example("discharge", test_time_second=time, voltage_volt=voltage, current_ampere=-40.0 / voltage),
        (),
    )
    assert kpis["energy"].value == pytest.approx(40.0, rel=1e-14)
    assert kpis["capacity"].value == pytest.approx(40.0 * np.log(4 / 3), rel=1e-6)


def test_uncertainty_adds_the_differences_in_quadrature(cell, curve):
    """Shifts of 3 % and 4 % in current make 5 % of the capacity; the mean voltage is left alone."""
    varied = (curve(current=-10.3, varied="a"), curve(current=-10.4, varied="b"))
    kpis = extract_kpis(cell, curve(), varied, sample_count=7)
    assert kpis["capacity"].standard_uncertainty == pytest.approx(1.0, rel=1e-12)
    assert kpis["energy_density"].standard_uncertainty == pytest.approx(28.0, rel=1e-12)
    assert kpis["mean_voltage"].standard_uncertainty == pytest.approx(0.0, abs=1e-12)
    assert "first order" in kpis["capacity"].method
    assert all(kpi.sample_count == 7 for kpi in kpis.values())


def test_uncertainty_is_unknown_without_varied_discharges(cell, curve):
    """Null, not zero, and the method says so."""
    kpi = extract_kpis(cell, curve(), ())["energy"]
    assert kpi.standard_uncertainty is None
    assert "unknown: no varied discharge" in kpi.method


def test_uncertainty_is_unknown_if_a_varied_discharge_failed(cell, curve, example):
    """A difference to a discharge that never was is no first-order estimate."""
    failed = example(
        "discharge",
        outcome="the solver gave up",
        method="made; a raised by one standard error",
        test_time_second=np.empty(0),
        voltage_volt=np.empty(0),
        current_ampere=np.empty(0),
    )
    kpi = extract_kpis(cell, curve(), (failed, curve(current=-10.3, varied="b")))["energy"]
    assert kpi.standard_uncertainty is None
    assert "did not complete" in kpi.method


@pytest.mark.parametrize("outcome", ["the cell cannot deliver this power", "still running at the time limit"])
def test_a_discharge_that_did_not_complete_has_no_value(cell, curve, outcome):
    """Null, infeasible, without uncertainty; also where some samples exist."""
    kpis = extract_kpis(cell, curve(outcome=outcome), (curve(current=-10.3, varied="a"),))
    assert set(kpis) == NAMES
    for kpi in kpis.values():
        assert (kpi.value, kpi.outcome, kpi.standard_uncertainty) == (None, KpiOutcome.INFEASIBLE, None)
        assert outcome in kpi.method


def test_definition_states_window_and_conditions(cell, curve):
    """A reader learns power, end voltage, temperature and what the cell includes."""
    kpi = extract_kpis(cell, curve(), ())["energy_density"]
    for said in ("outer volume of the can", "40 W", "298.15 K", "with can"):
        assert said in kpi.definition
    assert "to 2.5 V" in kpi.window


@pytest.mark.parametrize(
    "changes", [[{"varied": ""}], [{"varied": "a"}, {"varied": "a"}], [{"varied": "a", "power_watt": 41.0}]]
)
def test_varied_discharges_must_be_comparable(cell, curve, changes):
    """Each varies another metric of the cell, under the same conditions."""
    with pytest.raises(FieldTypeError):
        extract_kpis(cell, curve(), tuple(curve(**change) for change in changes))


def test_capacity_over_the_mass_of_the_active_material(example, curve):
    """Given where the cell says that mass, in mA.h/g; the KPI is the charge over it."""
    parts = {"components": {"positive_active_material": {"mass_kilogram": 0.1, "volume_cubic_metre": 2e-5}}}
    found = extract_kpis(example("cell_parameters", components=parts), curve(), ())
    assert found["active_material_capacity"].value == pytest.approx(found["capacity"].value / 0.1)
    assert found["active_material_capacity"].unit == "mA.h/g"
