"""Thermal KPIs without a value, each with its outcome and reason, and input that is refused."""

import pytest

from ragone.pipelines.thermal import steady_temperature, thermal_runaway
from ragone.pipelines.thermal.decomposition import KIM_2007
from ragone.schemas import KpiOutcome
from ragone.schemas.errors import BoundsError, MissingFieldError, UnknownFieldError

H = "heat_transfer_coefficient_watt_per_square_metre_kelvin"
_MASSES = {"negative_solids": 0.075, "positive_active_material": 0.125, "electrolyte": 0.045}
_COMPONENTS = {"components": {n: {"mass_kilogram": m, "volume_cubic_metre": 0.0} for n, m in _MASSES.items()}}


@pytest.fixture
def cell(example):
    """A cell with what cooling needs; keyword arguments replace its values."""

    def build(**changes):
        own = {
            "cooled_area_square_metre": 0.015,
            "conduction_length_metre": 0.02,
            "thermal_conductivity_watt_per_metre_kelvin": 1.0,
            "heat_capacity_joule_per_kelvin": 330.0,
            "components": _COMPONENTS,
        }
        return example("cell_parameters", **{**own, **changes})

    return build


def outcomes(kpis):
    """All outcomes but the Biot number's."""
    return {kpi.outcome for name, kpi in kpis.items() if name != "biot_number"}


def test_cell_that_is_no_lump_is_refused_with_its_biot_number(cell):
    """Above 0.1 nothing is balanced; the Biot number is h L / k, and the reason says up to which h it would be."""
    kpis = steady_temperature(cell(), power_watt=20.0, **{H: 10.0})
    assert kpis["biot_number"].value == pytest.approx(0.2)
    assert outcomes(kpis) == {KpiOutcome.NOT_APPLICABLE}
    assert "0.2 > 0.1" in kpis["steady_temperature"].method
    assert "5 W/(m^2 K)" in kpis["steady_temperature"].method


def test_factors_of_cooling_reach_balance_and_runaway(cell):
    """A drawn cell loses and holds as much more heat as its factors say."""
    factors = {"Total heat transfer coefficient [W.m-2.K-1]": 2.0, "Cell heat capacity [J.K-1.m-3]": 1.2}
    drawn = cell(parameter_factors=factors)
    assert steady_temperature(drawn, power_watt=20.0, **{H: 5.0})["biot_number"].value == pytest.approx(0.2)
    stated = thermal_runaway(cell(heat_capacity_joule_per_kelvin=1.2 * 330.0), **{H: 10.0})
    for name, kpi in thermal_runaway(drawn, **{H: 5.0}).items():
        assert kpi.value == stated[name].value


@pytest.mark.parametrize("field", ["cooled_area_square_metre", "conduction_length_metre"])
def test_record_without_cooling_determines_nothing(cell, field):
    """An older record has no such fields: not identifiable, no crash."""
    assert outcomes(steady_temperature(cell(**{field: None}), power_watt=20.0, **{H: 4.0})) == {
        KpiOutcome.NOT_IDENTIFIABLE
    }


def test_cell_that_was_not_built_has_no_heat(cell):
    """Its outcome is the reason."""
    broken = cell(outcome="a phase of the positive electrode does not percolate")
    assert outcomes(steady_temperature(broken, power_watt=20.0, **{H: 4.0})) == {KpiOutcome.INFEASIBLE}
    assert outcomes(thermal_runaway(broken, **{H: 4.0})) == {KpiOutcome.NOT_IDENTIFIABLE}


def test_power_that_cannot_be_delivered_is_infeasible(cell):
    """No initial state at this power."""
    kpis = steady_temperature(cell(), power_watt=1e4, mesh_points=8, **{H: 4.0})
    assert outcomes(kpis) == {KpiOutcome.INFEASIBLE}
    assert "no initial state" in kpis["steady_temperature"].method


def test_too_little_cooling_has_no_balance(cell):
    """Generation exceeds the loss up to the highest temperature; both are named in watt."""
    kpis = steady_temperature(cell(), c_rate=2.0, mesh_points=8, **{H: 0.5})
    assert outcomes(kpis) == {KpiOutcome.NOT_IDENTIFIABLE}
    assert "no balance up to 373.15 K" in kpis["steady_temperature"].method
    assert "0.5625 W lost" in kpis["steady_temperature"].method


@pytest.mark.parametrize("load", [{}, {"power_watt": 20.0, "c_rate": 1.0}])
def test_one_load_is_needed(cell, load):
    """Power or C-rate, not none and not both."""
    with pytest.raises(MissingFieldError, match="give one of the two"):
        steady_temperature(cell(), **load, **{H: 4.0})


@pytest.mark.parametrize("changes", [{"power_watt": -1.0}, {"power_watt": 5.0, H: 0.0}])
def test_loads_and_coefficients_are_positive(cell, changes):
    """Refused before anything is computed."""
    with pytest.raises(BoundsError):
        steady_temperature(cell(), **{H: 4.0, **changes})


def test_limit_below_the_ambient_is_refused(cell):
    """There would be no range to look in."""
    with pytest.raises(BoundsError, match="ambient_temperature"):
        steady_temperature(cell(), power_watt=5.0, highest_temperature_kelvin=290.0, **{H: 4.0})


def test_cold_oven_leaves_the_cell_alone(cell):
    """No runaway is a finding: not applicable, and the method says how warm the cell gets."""
    kpi = thermal_runaway(cell(), oven_temperature_kelvin=330.0, longest_time_second=1e5, **{H: 10.0})[
        "time_to_runaway"
    ]
    assert kpi.outcome is KpiOutcome.NOT_APPLICABLE
    assert "no runaway within 100000 s" in kpi.method
    assert "330.0" in kpi.method


def test_cell_that_is_hot_enough_runs_away_at_once(cell):
    """Started at 600 K the rate is exceeded from the first moment: zero seconds."""
    kpi = thermal_runaway(cell(), adiabatic_start_temperature_kelvin=600.0, **{H: 10.0})["adiabatic_time_to_runaway"]
    assert (kpi.outcome, kpi.value) == (KpiOutcome.MEASURED, 0.0)


def test_component_that_reacts_must_be_in_the_table(cell):
    """Without electrolyte in the table nothing is determined, and the reason names it."""
    parts = {name: part for name, part in _COMPONENTS["components"].items() if name != "electrolyte"}
    kpis = thermal_runaway(cell(components={"components": parts}), **{H: 10.0})
    assert outcomes(kpis) == {KpiOutcome.NOT_IDENTIFIABLE}
    assert "no electrolyte" in kpis["semenov_number"].method


@pytest.mark.parametrize("name", ["ambient", "oven", "adiabatic_start"])
@pytest.mark.parametrize("value", [-5.0, 1e300])
def test_temperatures_lie_where_kinetics_mean_something(cell, name, value):
    """Far beyond, the integration would never end."""
    with pytest.raises(BoundsError, match=rf"{name}_temperature_kelvin = .* is outside \[150, 2000\]"):
        thermal_runaway(cell(), **{H: 10.0, f"{name}_temperature_kelvin": value})


def test_kinetics_are_read_strictly(cell):
    """An unknown parameter is refused with the closest name, a missing one by name."""
    sei = KIM_2007["sei"]
    with pytest.raises(UnknownFieldError, match="did you mean 'frequency_per_second'"):
        thermal_runaway(cell(), kinetics={"sei": {**sei, "frequency_per_secnd": 1.0}}, **{H: 10.0})
    lacking = {name: value for name, value in sei.items() if name != "heat_joule_per_kilogram"}
    with pytest.raises(BoundsError, match=r"kinetics\.sei\.frequency_per_second"):
        thermal_runaway(cell(), kinetics={"sei": {**sei, "frequency_per_second": -1.0}}, **{H: 10.0})
    with pytest.raises(MissingFieldError, match="heat_joule_per_kilogram"):
        thermal_runaway(cell(), kinetics={"sei": lacking}, **{H: 10.0})


def test_kinetics_are_recorded_with_the_run():
    """The whole table is a parameter of the stage, as every run of it stores."""
    assert thermal_runaway.bind({H: 10.0})["kinetics"] == KIM_2007


def test_order_of_the_kinetics_does_not_matter(cell):
    """Recorded parameters have no order: every KPI is bitwise the same for the table read backwards."""
    backwards = dict(reversed(KIM_2007.items()))
    found = [thermal_runaway(cell(), kinetics=table, **{H: 10.0}) for table in (KIM_2007, backwards)]
    assert [kpi.value for kpi in found[0].values()] == [kpi.value for kpi in found[1].values()]


def test_more_cooling_is_safer(cell):
    """Critical temperatures rise with the coefficient, the Semenov number falls in inverse proportion."""
    low, high = (thermal_runaway(cell(), **{H: h}) for h in (5.0, 20.0))
    for name in ("critical_ambient_temperature", "temperature_of_no_return", "critical_oven_temperature"):
        assert low[name].value < high[name].value
    assert low["semenov_number"].value == pytest.approx(4 * high["semenov_number"].value)
    assert low["adiabatic_time_to_runaway"].value == high["adiabatic_time_to_runaway"].value
