"""Where two Ragone curves cross, and how far two KPIs lie apart."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ragone.pipelines.kpi import crossover, relative_deviation
from ragone.schemas import KpiOutcome
from ragone.schemas.errors import UnitError

VOLUME = 1e-4  # m^3


@pytest.fixture
def cell(example):
    """A cell of a tenth of a litre."""
    return example("cell_parameters", cell_volume_cubic_metre=VOLUME)


@pytest.fixture
def at(example):
    """A discharge at a power [W] that delivers some energy [W.h]."""

    def build(power, energy, **changes):
        end = energy / power * 3600
        return example(
            "discharge",
            power_watt=power,
            test_time_second=np.array([0.0, end]),
            voltage_volt=np.array([4.0, 2.5]),
            current_ampere=-power / np.array([4.0, 2.5]),
            **changes,
        )

    return build


def test_two_lines_in_log_power_cross_where_they_do(cell, at):
    """Energies 50 - 10 ln(P / 10) and 40: they meet at P = 10 e, exactly, and the cubic agrees."""
    powers = (5.0, 10.0, 20.0, 40.0, 80.0)
    falling = tuple(at(p, 50 - 10 * np.log(p / 10)) for p in powers)
    level = tuple(at(p, 40.0) for p in powers)
    kpi = crossover(cell, falling, cell, level)
    assert kpi.value == pytest.approx(10 * np.e, rel=1e-9)
    assert kpi.standard_uncertainty == pytest.approx(0.0, abs=1e-6)
    assert (kpi.unit, kpi.sample_count) == ("W", 5)
    assert crossover(cell, level, cell, falling).value == pytest.approx(kpi.value)


def test_the_volume_of_the_cells_counts(cell, at):
    """Energy per volume is compared, not energy."""
    powers = (10.0, 20.0, 40.0)
    falling, level = tuple(at(p, 390 / p) for p in powers), tuple(at(p, 40.0) for p in powers)
    larger = dataclasses.replace(cell, cell_volume_cubic_metre=2 * VOLUME)
    assert 10 < crossover(cell, falling, larger, level).value < 40
    assert crossover(cell, falling, cell, level).outcome is KpiOutcome.NOT_IDENTIFIABLE


def test_no_crossing_says_who_is_ahead(cell, at):
    """The reason names the cell that is ahead and what to do."""
    kpi = crossover(cell, (at(10.0, 50.0), at(20.0, 45.0)), cell, (at(10.0, 40.0), at(20.0, 30.0)))
    assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert "the first cell is ahead at each of the 2 common powers" in kpi.method


def test_a_discharge_that_did_not_complete_is_no_point(cell, at):
    """What it would deliver is not known: the crossing beyond it is not claimed."""
    broken = at(40.0, 1.0, outcome="still running at the time limit")
    first = (at(10.0, 50.0), at(20.0, 45.0), broken)
    second = (at(10.0, 40.0), at(20.0, 38.0), at(40.0, 37.0))
    assert crossover(cell, first, cell, second).outcome is KpiOutcome.NOT_IDENTIFIABLE


def test_deviation_and_its_uncertainty(example):
    """110 +- 3 over 100 +- 4: ten per cent, within the independent uncertainties."""
    subject = example("kpi", value=110.0, standard_uncertainty=3.0, sample_count=4)
    reference = example("kpi", value=100.0, standard_uncertainty=4.0, sample_count=2)
    kpi = relative_deviation(subject, reference)
    assert kpi.name == "energy_density_deviation"
    assert kpi.value == pytest.approx(0.1)
    assert kpi.standard_uncertainty == pytest.approx(np.hypot(0.03, 1.1 * 0.04))
    assert kpi.sample_count == 2


@pytest.mark.parametrize("role", ["subject", "reference"])
def test_no_deviation_without_a_value(example, role):
    """An infeasible KPI is not zero energy."""
    both = {"subject": example("kpi"), "reference": example("kpi")}
    both[role] = example("kpi", outcome="the discharge delivered nothing", value=0.0)
    kpi = relative_deviation(**both)
    assert kpi.outcome is KpiOutcome.NOT_IDENTIFIABLE
    assert f"the {role} has none" in kpi.method


def test_unknown_uncertainty_stays_unknown(example):
    """Not zero."""
    kpi = relative_deviation(example("kpi"), example("kpi", standard_uncertainty=None))
    assert kpi.standard_uncertainty is None


def test_kpis_of_another_name_are_refused(example):
    """Energy is not compared with charge."""
    with pytest.raises(UnitError, match=r"energy_density \[W\.h/L\] cannot be compared with capacity \[A\.h\]"):
        relative_deviation(example("kpi"), example("kpi", name="capacity", unit="A.h"))


def test_two_powers_say_little(cell, at):
    """The crossing may lie anywhere between them, and the uncertainty says so."""
    kpi = crossover(cell, (at(10.0, 50.0), at(54.0, 30.0)), cell, (at(10.0, 45.0), at(54.0, 40.0)))
    assert kpi.standard_uncertainty == pytest.approx(44 / np.sqrt(12))
