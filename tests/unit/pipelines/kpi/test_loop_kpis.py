"""What the loop reads off its discharges: the same numbers as before there was one definition of each name."""

from __future__ import annotations

import dataclasses

import pytest

from ragone.pipelines.cell import discharge_at_constant_power, reference_cell
from ragone.pipelines.former.kpis import extract_kpis
from ragone.pipelines.kpi import delivered_by_curve, energy_and_power_density, specific_capacity
from ragone.schemas import KpiOutcome

NAMES = ("energy", "capacity", "mean_voltage", "energy_density", "specific_energy", "active_material_capacity")


@pytest.fixture(scope="module")
def cell():
    """A published cell, with its table of components."""
    return reference_cell(parameter_set="Chen2020")


@pytest.fixture(scope="module")
def discharges(cell):
    """At 10 W, plainly and of two cells that conduct a little worse."""
    worse = [dataclasses.replace(cell, contact_resistance_ohm=ohm) for ohm in (1e-3, 2e-3)]
    return [discharge_at_constant_power(one, power_watt=10.0, mesh_points=8) for one in (cell, *worse)]


def of_the_loop(cell, plain, *raised, metrics=()):
    """Every KPI of the loop with its uncertainty."""
    cells = (cell,) * len(raised)
    known = {"perturbed": metrics, "sample_count": 5}
    return {
        **delivered_by_curve.propagated(plain, raised, **known),
        **energy_and_power_density.propagated(plain, cell, raised, cells, **known),
        **specific_capacity.propagated(plain, cell, raised, cells, **known),
    }


def test_values_and_uncertainties_are_those_of_before(cell, discharges):
    """To rounding; the uncertainty has the truncation of the integral besides, which is far smaller here."""
    plain, *raised = discharges
    named = [
        dataclasses.replace(one, method=f"{one.method}; metric_{n} raised by one standard error")
        for n, one in enumerate(raised)
    ]
    before = extract_kpis(cell, plain, tuple(named), sample_count=5)
    now = of_the_loop(cell, plain, *named, metrics=("metric_0", "metric_1"))
    assert set(NAMES) == set(before)
    for name in NAMES:
        assert now[name].value == pytest.approx(before[name].value, rel=1e-9)
        assert now[name].standard_uncertainty == pytest.approx(before[name].standard_uncertainty, rel=2e-2)
        assert now[name].standard_uncertainty >= before[name].standard_uncertainty > 0
        assert (now[name].outcome, now[name].unit) == (before[name].outcome, before[name].unit)
        assert now[name].method.endswith(before[name].method.partition("; ")[2])
        assert now[name].sample_count == before[name].sample_count == 5


@pytest.mark.parametrize("outcome", ["the cell cannot deliver this power", "still running at the time limit"])
def test_a_discharge_that_did_not_complete_is_infeasible(cell, discharges, outcome):
    """Null, as before, whatever samples there are and whatever the perturbed ones did."""
    plain, *raised = (dataclasses.replace(discharges[0], outcome=outcome), *discharges[1:])
    now = of_the_loop(cell, plain, *raised, metrics=("a", "b"))
    for name in NAMES:
        assert (now[name].value, now[name].outcome, now[name].standard_uncertainty) == (
            None,
            KpiOutcome.INFEASIBLE,
            None,
        )
        assert outcome in now[name].method


def test_a_perturbed_discharge_that_did_not_complete_leaves_the_value_alone(cell, discharges):
    """Without uncertainty, as before: what it would be is not known."""
    broken = dataclasses.replace(discharges[1], outcome="the solver gave up")
    now = of_the_loop(cell, discharges[0], broken, discharges[2], metrics=("a", "b"))
    before = extract_kpis(cell, discharges[0], ())
    for name in NAMES:
        assert now[name].value == pytest.approx(before[name].value, rel=1e-9)
        assert now[name].standard_uncertainty is None
        assert now[name].method.endswith("uncertainty unknown: no value with a perturbed")


def test_capacity_over_the_mass_of_active_material(example):
    """Two hours at 10 A over 100 g of it are 200 mA.h/g."""
    parts = {"components": {"positive_active_material": {"mass_kilogram": 0.1, "volume_cubic_metre": 2e-5}}}
    curve = example(
        "discharge", test_time_second=[0.0, 4000.0, 7200.0], voltage_volt=[3.5] * 3, current_ampere=[-10.0] * 3
    )
    kpi = specific_capacity(curve, example("cell_parameters", components=parts))
    assert kpi.value == pytest.approx(200.0, rel=1e-12)
    assert kpi.unit == "mA.h/g"


def test_without_that_mass_there_is_none(example):
    """Neither without a cell, nor of one that does not list it."""
    for cell in (None, example("cell_parameters", components={})):
        kpi = specific_capacity(example("discharge"), cell)
        assert (kpi.value, kpi.outcome) == (None, KpiOutcome.NOT_APPLICABLE)
        assert "mass of the positive active material" in kpi.method
