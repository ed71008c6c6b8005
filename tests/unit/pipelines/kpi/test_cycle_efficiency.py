"""What a cycle gives back, and when it can be said."""

import pytest
from made_curves import columns, measured, simulated, step

from ragone.pipelines.kpi import efficiency_per_cycle
from ragone.schemas import KpiOutcome

REST = step(60.0, 0.0, 3.6)


def discharge(hours, end=2.5):
    """At 1 A from 4 V."""
    return step(3600.0 * hours, -1.0, lambda s: 4 + (end - 4) * s)


def charge(hours):
    """At 1 A up to 4.2 V."""
    return step(3600.0 * hours, 1.0, lambda s: 3 + 1.2 * s)


def test_efficiencies_of_complete_cycles():
    """Two cycles of 99 % and 97 %: each for itself, their mean and its scatter."""
    curve = measured(columns(discharge(1.0), REST, charge(1.0), discharge(0.99), REST, charge(1.0), discharge(0.97)))
    kpis = efficiency_per_cycle(curve)
    assert kpis["coulombic_efficiency_cycle_1"].value == pytest.approx(0.99, rel=1e-9)
    assert kpis["coulombic_efficiency_cycle_2"].value == pytest.approx(0.97, rel=1e-9)
    assert kpis["coulombic_efficiency"].value == pytest.approx(0.98, rel=1e-9)
    assert kpis["coulombic_efficiency"].standard_uncertainty == pytest.approx(0.01, rel=1e-6)
    assert kpis["coulombic_efficiency"].sample_count == 2
    assert kpis["voltage_efficiency_cycle_1"].value == pytest.approx(3.25 / 3.6, rel=1e-6)
    energy, charges = (kpis[f"{what}_efficiency_cycle_1"].value for what in ("energy", "coulombic"))
    assert kpis["voltage_efficiency_cycle_1"].value == pytest.approx(energy / charges, rel=1e-12)
    assert "2.5 to 4.2 V" in kpis["coulombic_efficiency"].window


def test_constant_voltage_belongs_to_the_charge():
    """A charge in two steps is one."""
    hold = step(3600.0, lambda s: 0.5 * (1 - s), 4.2)
    kpis = efficiency_per_cycle(simulated(columns(discharge(1.0), charge(0.8), hold, discharge(1.0))))
    assert kpis["coulombic_efficiency"].value == pytest.approx(1 / 1.05, rel=1e-9)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((charge(1.0), discharge(1.0)), "no discharge before it"),
        ((discharge(1.0, 3.0), charge(1.0), discharge(1.0)), "went to 3 V, the one after it to 2.5 V"),
        ((discharge(1.0), charge(1.0)), "no discharge follows a charge"),
        ((discharge(1.0),), "no discharge follows a charge"),
    ],
)
def test_incomplete_cycles_have_none(steps, says):
    """Not applicable, and why."""
    for kpi in efficiency_per_cycle(measured(columns(*steps))).values():
        assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
        assert says in kpi.method


def test_a_change_of_rate_is_no_loss():
    """What a faster discharge leaves in the cell is no efficiency; the one at the same current after it has one."""
    fast = step(1000.0, -2.0, lambda s: 3.8 - 1.3 * s)
    kpis = efficiency_per_cycle(measured(columns(discharge(1.0), charge(1.0), fast, charge(0.55), fast)))
    assert kpis["coulombic_efficiency_cycle_1"].outcome is KpiOutcome.NOT_APPLICABLE
    assert "ended at 1 A, the one after it at 2 A" in kpis["coulombic_efficiency_cycle_1"].method
    assert kpis["coulombic_efficiency"].value == pytest.approx(1 / 0.99, rel=1e-2)
    assert kpis["coulombic_efficiency"].sample_count == 1


def test_a_common_offset_of_the_current_does_not_cancel():
    """It adds to the charge and takes from the discharge: twice its share."""
    curve = measured(columns(discharge(1.0), charge(1.0), discharge(1.0)))
    kpi = efficiency_per_cycle(curve, current_uncertainty_ampere=1e-3)["coulombic_efficiency_cycle_1"]
    assert kpi.standard_uncertainty == pytest.approx(2e-3, rel=1e-2)


def test_only_the_last_cycles_are_listed():
    """All of them count in the mean."""
    curve = measured(columns(discharge(1.0), *(part for _ in range(4) for part in (charge(1.0), discharge(0.98)))))
    kpis = efficiency_per_cycle(curve, listed_cycles=2)
    assert sorted(name for name in kpis if name.startswith("coulombic")) == [
        "coulombic_efficiency",
        "coulombic_efficiency_cycle_3",
        "coulombic_efficiency_cycle_4",
    ]
    assert kpis["coulombic_efficiency"].sample_count == 4


def stored(hours):
    """At 1 A from an open circuit of 3 V to 10 mV: a graphite half cell is lithiated."""
    return step(3600.0 * hours, -1.0, lambda s: 3.0 - 2.99 * s)


def given(hours):
    """At 1 A up to 1.5 V: it is delithiated."""
    return step(3600.0 * hours, 1.0, lambda s: 0.05 + 1.45 * s)


def test_a_half_cell_gives_back_by_its_charge():
    """The first cycle of a fresh cell loses most: 90 %, then 99 %, each of a charge over the discharge before it."""
    kpis = efficiency_per_cycle(measured(columns(stored(1.0), given(0.9), stored(0.9), given(0.891))))
    assert kpis["coulombic_efficiency_cycle_1"].value == pytest.approx(0.9, rel=1e-9)
    assert kpis["coulombic_efficiency_cycle_2"].value == pytest.approx(0.99, rel=1e-9)
    assert "in a half cell the discharge stores" in kpis["coulombic_efficiency"].definition
    assert "discharge and charge of cycle 1" in kpis["coulombic_efficiency_cycle_1"].window


def test_which_half_cycle_stores_may_be_stated():
    """A half cell that stays above 0.5 V is told from a full cell by its user."""
    titanate = [step(3600.0, -1.0, lambda s: 3.0 - 2.0 * s), step(3600.0 * 0.95, 1.0, lambda s: 1.0 + 1.5 * s)]
    curve = measured(columns(*titanate))
    assert efficiency_per_cycle(curve)["coulombic_efficiency"].outcome is KpiOutcome.NOT_APPLICABLE
    assert efficiency_per_cycle(curve, discharge_stores=True)["coulombic_efficiency"].value == pytest.approx(0.95)
