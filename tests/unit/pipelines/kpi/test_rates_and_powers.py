"""Rate capability and the Ragone curve: several discharges of one cell."""

import numpy as np
import pytest
from made_curves import columns, discharge_at, measured, simulated, step

from ragone.pipelines.kpi import ragone_curve, rate_capability
from ragone.schemas import KpiOutcome


def discharge(current, hours, end=2.5, **changes):
    """A measured discharge at constant current from 4 V."""
    made = columns(step(3600.0 * hours, -current, lambda s: 4 + (end - 4) * s))
    return measured(made, **{"nominal_capacity_ampere_hour": 2.0, **changes})


def test_rate_capability_over_the_lowest_rate():
    """Capacities over that at C/10, named by their rates, in any order of the curves."""
    kpis = rate_capability((discharge(4.0, 0.4), discharge(0.2, 10.0), discharge(2.0, 0.9)))
    assert {name: kpi.value for name, kpi in kpis.items()} == pytest.approx(
        {"rate_capability_1C": 0.9, "rate_capability_2C": 0.8}, rel=1e-9
    )
    assert "at 0.1C, the lowest rate" in kpis["rate_capability_1C"].definition
    assert "1C is 2 A (of the curves)" in kpis["rate_capability_1C"].method


def test_repeats_are_averaged_and_scatter():
    """Two discharges at one rate: their mean, with its standard error."""
    kpi = rate_capability((discharge(0.2, 10.0), discharge(2.0, 0.90), discharge(2.0, 0.94)))["rate_capability_1C"]
    assert kpi.value == pytest.approx(0.92, rel=1e-9)
    assert kpi.standard_uncertainty == pytest.approx(0.02, rel=1e-6)


def test_discharges_of_one_record_count_each():
    """A rate test in one protocol, with charges to one voltage in between."""
    charge = step(3600.0, 2.0, lambda s: 3 + 1.2 * s)
    curve = simulated(columns(step(36000.0, -0.2, lambda s: 4 - s), charge, step(3600.0, -1.8, lambda s: 4 - s)))
    assert rate_capability((curve,))["rate_capability_0.9C"].value == pytest.approx(0.9, rel=1e-9)


def test_the_nominal_capacity_is_looked_for(example):
    """As given, of the curves, of the cell, or the capacity at the lowest current."""
    bare = [discharge(c, h, nominal_capacity_ampere_hour=None) for c, h in ((0.2, 10.0), (2.0, 0.9))]
    assert "rate_capability_1C" in rate_capability(tuple(bare))
    assert "rate_capability_0.5C" in rate_capability(tuple(bare), nominal_capacity_ampere_hour=4.0)
    cell = example("cell_parameters", nominal_capacity_ampere_hour=1.0)
    assert "(of the cell)" in rate_capability(tuple(bare), cell)["rate_capability_2C"].method


@pytest.mark.parametrize(
    ("curves", "says"),
    [
        ((discharge(0.2, 10.0), discharge(2.0, 0.9, end=2.8)), "were discharged to 2.5 to 2.8 V"),
        (
            (
                discharge(0.2, 10.0, ambient_temperature_kelvin=283.15),
                discharge(2.0, 0.9, ambient_temperature_kelvin=298.15),
            ),
            "are at 283.15 to 298.15 K",
        ),
        ((discharge(2.0, 1.0), discharge(2.0, 1.0)), "two rates at least"),
        ((measured(columns(step(60.0, 1.0, 4.0))),), "no curve holds a discharge"),
    ],
)
def test_what_cannot_be_compared_is_not(curves, says):
    """One KPI without a value, which says what differs."""
    (kpi,) = rate_capability(curves).values()
    assert kpi.outcome is not KpiOutcome.MEASURED
    assert says in kpi.method


def test_one_hour_is_interpolated_exactly_on_a_power_law():
    """Energy 20 P^-0.2: an hour is where 20 P^-0.2 = P, whatever lies around it; both interpolations agree."""
    powers = np.array([5.0, 10.0, 20.0, 40.0])
    kpis = ragone_curve(tuple(discharge_at(p, 20 * p**-0.2) for p in powers))
    expected = 20 ** (1 / 1.2)
    assert kpis["one_hour_power"].value == pytest.approx(expected, rel=1e-9)
    assert kpis["one_hour_power"].standard_uncertainty < 1e-9 * expected
    assert kpis["energy_at_5W"].value == pytest.approx(20 * 5**-0.2, rel=1e-9)
    assert kpis["one_hour_power_density"].outcome is KpiOutcome.NOT_APPLICABLE


def test_interpolation_is_uncertain_where_the_curve_bends():
    """The difference of two interpolations covers the true crossing of a bent curve."""

    def energy(power):
        return 20 - 0.02 * power**2

    kpi = ragone_curve(tuple(discharge_at(p, energy(p)) for p in (2.0, 8.0, 25.0, 30.0)))["one_hour_power"]
    exact = (-1 + np.sqrt(1 + 4 * 0.02 * 20)) / 0.04
    assert abs(kpi.value - exact) < 2 * kpi.standard_uncertainty


def test_densities_of_the_ragone_curve(example):
    """Over the cell's volume and a weighed mass, whose uncertainty counts."""
    cell = example("cell_parameters", cell_volume_cubic_metre=5e-5)
    curves = tuple(discharge_at(p, 20.0) for p in (10.0, 15.0, 40.0))
    kpis = ragone_curve(curves, cell, cell_mass_kilogram=0.1, cell_mass_uncertainty_kilogram=0.002)
    assert kpis["energy_density_at_10W"].value == pytest.approx(400.0, rel=1e-9)
    assert kpis["specific_energy_at_10W"].value == pytest.approx(200.0, rel=1e-9)
    assert kpis["specific_energy_at_10W"].standard_uncertainty == pytest.approx(4.0, rel=1e-6)
    assert kpis["one_hour_specific_power"].value == pytest.approx(200.0, rel=1e-9)


def test_an_hour_that_is_not_enclosed():
    """All longer than an hour: no crossing is extrapolated; the points are there all the same."""
    kpis = ragone_curve((discharge_at(2.0, 20.0), discharge_at(4.0, 20.0)))
    assert kpis["one_hour_power"].outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "2 W for 10 h, 4 W for 5 h; add a shorter" in kpis["one_hour_power"].method
    assert kpis["energy_at_4W"].value == pytest.approx(20.0, rel=1e-9)


def test_two_points_interpolate_with_unknown_uncertainty():
    """Null, not zero."""
    kpi = ragone_curve((discharge_at(10.0, 20.0), discharge_at(40.0, 20.0)))["one_hour_power"]
    assert kpi.value == pytest.approx(20.0, rel=1e-9)
    assert kpi.standard_uncertainty is None


def test_no_discharge_is_lost_to_its_name():
    """Powers that two digits do not tell apart get more; equal ones are one point, and do not stop the crossing."""
    kpis = ragone_curve(tuple(discharge_at(p, 20.0) for p in (10.1, 10.2, 40.0, 40.0)))
    assert {name for name in kpis if name.startswith("energy_at")} == {
        "energy_at_10.1W",
        "energy_at_10.2W",
        "energy_at_40W",
    }
    assert kpis["one_hour_power"].value == pytest.approx(20.0, rel=1e-9)
