"""Cells whose electrodes, electrolyte and separator are of different parameter sets."""

from dataclasses import replace

import numpy as np
import pytest

from ragone.pipelines.cell import (
    assemble_cell,
    assemble_half_cell,
    bpx_document,
    discharge_at_constant_power,
    ideal_transport,
    materials_of_set,
    reference_cell,
)
from ragone.pipelines.cell.chemistry import Chemistry, parameter_values_of
from ragone.pipelines.cell.electrolytes import CONDUCTIVITY, NAMED_ELECTROLYTES, PARTS, electrolyte_parameters
from ragone.pipelines.cell.engine import PARAMETER_SETS, load_pybamm, parameter_values
from ragone.pipelines.cell.errors import ContradictionError
from ragone.pipelines.cell.impedance import simulate_impedance
from ragone.pipelines.cell.protocols import cycle_cell
from ragone.pipelines.cell.stoichiometry import (
    FARADAY,
    host_capacity,
    lithium_per_positive,
    reference_window,
    stoichiometry_window,
)
from ragone.pipelines.files.bpx import BpxError
from ragone.pipelines.files.bpx.read import checked_bpx
from ragone.schemas import CellDesign, CellParameters, CyclingOutcome, DischargeOutcome, ImpedanceOutcome, Recipe
from ragone.schemas.errors import BoundsError, UnknownFieldError

FULL = Recipe(active_material_weight_fraction=0.95, porosity=0.35)
PROPERTIES = {
    "electrode OCP [V]": 1,
    "electrode OCP entropic change [V.K-1]": 2,
    "electrode exchange-current density [A.m-2]": 4,
    "particle diffusivity [m2.s-1]": 2,
}
ARGUMENTS = {1: (0.4,), 2: (0.4, 310.0), 4: (1000.0, 12000.0, 30000.0, 310.0)}
NAMED = "negative_parameter_set"


def cell_of(parameter_set="Chen2020", **choices):
    """A pouch of that set with a positive electrode of the usual loading; keyword arguments are of its design."""
    materials = materials_of_set(parameter_set, "positive")
    usual = {"mass_loading_kilogram_per_square_metre": 0.1, "form_factor": "pouch", "parameter_set": parameter_set}
    return assemble_cell(ideal_transport(FULL, materials), materials, CellDesign(**{**usual, **choices}))


def evaluated(values, name, arguments):
    """A property of an electrode at some point, processed with the values that it is among."""
    pybamm = load_pybamm()
    value = values[name]
    if not callable(value):
        return float(value)
    symbol = value(*(pybamm.Scalar(each) for each in arguments[: value.__code__.co_argcount]))
    return float(np.asarray(values.process_symbol(pybamm.convert_to_symbol(symbol)).evaluate()).item())


@pytest.mark.parametrize("parameter_set", PARAMETER_SETS)
def test_a_set_with_itself_is_the_set(parameter_set):
    """To the bit, but for the name of the negative set."""
    ratio = reference_cell(parameter_set=parameter_set).negative_to_positive_capacity_ratio
    own, named = (
        cell_of(parameter_set, negative_to_positive_capacity_ratio=ratio, **choices)
        for choices in ({}, {NAMED: parameter_set, "electrolyte": parameter_set})
    )
    named = replace(named, negative_parameter_set="", electrolyte="")
    assert named.id == own.id


def test_its_discharge_is_the_set_s():
    """The built model differs in nothing."""
    own, named = (cell_of(**choices) for choices in ({}, {NAMED: "Chen2020", "electrolyte": "Chen2020"}))
    one, other = (discharge_at_constant_power(cell, power_watt=0.3) for cell in (own, named))
    assert other.voltage_volt.tobytes() == one.voltage_volt.tobytes()


@pytest.mark.parametrize("negative", [name for name in PARAMETER_SETS if name != "OKane2022"])
def test_each_electrode_behaves_as_in_its_own_set(negative):
    """Potentials, kinetics and diffusivities are the functions of the set that each electrode is of."""
    together = Chemistry.of(CellDesign(mass_loading_kilogram_per_square_metre=0.1, parameter_set="OKane2022"))
    combined = replace(together, negative_parameter_set=negative).values()
    for electrode, of in (("Positive", "OKane2022"), ("Negative", negative)):
        own = parameter_values(of)
        resting = {"Initial concentration in electrolyte [mol.m-3]": 1000.0}  # NCA_Kim2011 scales its kinetics by it
        own.update(resting)
        for name, count in PROPERTIES.items():
            given = (f"{electrode} {name}", ARGUMENTS[count])
            assert evaluated(combined, *given) == evaluated(own, *given)
        for name in ("electrode porosity", "particle radius [m]", "current collector thickness [m]"):
            if f"{electrode} {name}" in own:
                assert combined[f"{electrode} {name}"] == own[f"{electrode} {name}"]


@pytest.mark.parametrize(("positive", "negative"), [("Chen2020", "Ecker2015"), ("Prada2013", "OKane2022")])
def test_its_capacity_follows_from_stoichiometries(positive, negative):
    """Lithium is conserved, the limits are those of the positive set, and both electrodes exchange the same charge."""
    cell = cell_of(positive, **{NAMED: negative})
    values, own = parameter_values_of(cell), parameter_values(positive)
    area = cell.electrode_area_square_metre
    active = float(parameter_values(negative)["Negative electrode active material volume fraction"])
    concentration = float(parameter_values(negative)["Maximum concentration in negative electrode [mol.m-3]"])
    q_n = FARADAY * concentration * active * cell.negative_thickness_metre / 3600
    q_p = host_capacity(own, "positive", cell.positive_thickness_metre, cell.positive_active_material_fraction)
    window = stoichiometry_window(values, positive=q_p, negative=q_n)
    assert area * q_n * (window.x_100 - window.x_0) == pytest.approx(cell.nominal_capacity_ampere_hour, rel=1e-9)
    assert area * q_p * (window.y_0 - window.y_100) == pytest.approx(cell.nominal_capacity_ampere_hour, rel=1e-9)
    for x, y in ((window.x_0, window.y_0), (window.x_100, window.y_100)):
        assert x * q_n + y * q_p == pytest.approx(lithium_per_positive(own) * q_p, rel=1e-9)
    for soc, x, y in ((0, window.x_0, window.y_0), (100, window.x_100, window.y_100)):
        voltage = evaluated(values, "Positive electrode OCP [V]", (y,))
        voltage -= evaluated(values, "Negative electrode OCP [V]", (x,))
        assert voltage == pytest.approx(float(own[f"Open-circuit voltage at {soc}% SOC [V]"]), abs=1e-7)
    within = reference_window(own)
    assert q_n == pytest.approx(1.1 * q_p * (within.y_0 - within.y_100), rel=1e-9)


def test_less_cyclable_lithium_is_less_capacity():
    """What is stated of it replaces that of the set's own cell."""
    own = lithium_per_positive(parameter_values("Chen2020"))
    plain, same, less = (cell_of(cyclable_lithium_ratio=ratio) for ratio in (None, own, own - 0.1))
    assert same.nominal_capacity_ampere_hour == pytest.approx(plain.nominal_capacity_ampere_hour, rel=1e-12)
    assert less.nominal_capacity_ampere_hour < 0.95 * plain.nominal_capacity_ampere_hour


@pytest.mark.parametrize(
    ("choices", "named"),
    [
        ({NAMED: "Chen2020_composite"}, "a blend of two materials"),
        ({NAMED: "Ecker2015_graphite_halfcell"}, "graphite electrode against lithium metal"),
        ({NAMED: "Xu2019"}, "half cell against lithium metal"),
        ({NAMED: "Eker2015"}, "Ecker2015"),
        ({"electrolyte": "nyman"}, "nyman-2008"),
        ({"separator": "Marquis2019"}, "Marquis2019"),
    ],
)
def test_what_cannot_be_combined_is_refused_by_name(choices, named):
    """With the reason, or what was meant."""
    with pytest.raises(UnknownFieldError, match=named):
        cell_of(**choices)


def test_windows_that_do_not_meet_name_both_sets():
    """Mohtat2020's graphite has no potential as high as the lower limit of Chen2020 asks."""
    with pytest.raises(BoundsError, match=r"limits of Chen2020 .* Mohtat2020 do not meet: .* 2\.5 V"):
        cell_of(**{NAMED: "Mohtat2020"})


def test_a_half_cell_has_no_negative_set():
    """Lithium metal stands opposite."""
    design = CellDesign(mass_loading_kilogram_per_square_metre=0.1, negative_parameter_set="Ecker2015")
    materials = materials_of_set("Chen2020", "positive")
    with pytest.raises(ContradictionError, match="negative_parameter_set"):
        assemble_half_cell(ideal_transport(FULL, materials), materials, design)


@pytest.fixture(scope="module")
def combined() -> CellParameters:
    """NMC 811 of Chen et al. against graphite of Ecker et al. in their electrolyte, all three with activation energies.

    In a can, so that it can be lumped, with the separator of a third set.
    """
    further = {NAMED: "Ecker2015", "electrolyte": "Ecker2015", "separator": "Mohtat2020", "form_factor": "21700"}
    return cell_of("Chen2020_Arrhenius", **further)


def test_it_is_discharged_cycled_and_warmed(combined):
    """Isothermal and lumped, on the stretched mesh and in its own geometry, and its impedance."""
    power = 3.0 * combined.nominal_capacity_ampere_hour
    cold, warm = (discharge_at_constant_power(combined, power_watt=power, thermal=t) for t in ("isothermal", "lumped"))
    assert {cold.outcome, warm.outcome} == {DischargeOutcome.COMPLETED}
    cycled = cycle_cell(combined, protocol=(f"Discharge at {power:.9g} W until 2.5 V",))
    assert cycled.outcome is CyclingOutcome.COMPLETED
    assert cycled.test_time_second[-1] == pytest.approx(cold.test_time_second[-1], rel=1e-3)
    assert simulate_impedance(combined, points_per_decade=1).outcome is ImpedanceOutcome.COMPLETED


def test_it_comes_back_from_bpx(combined):
    """Written and read again it delivers the same within half a part in a thousand."""
    content = checked_bpx(bpx_document(combined))
    assert "negative electrode of Ecker2015" in content.title
    again = reference_cell(parameter_set=content.title, parameters=content.document)
    assert again.nominal_capacity_ampere_hour == pytest.approx(combined.nominal_capacity_ampere_hour, rel=1e-5)
    power = 2.0 * combined.nominal_capacity_ampere_hour
    ends = [discharge_at_constant_power(cell, power_watt=power).test_time_second[-1] for cell in (combined, again)]
    assert ends[1] == pytest.approx(ends[0], rel=5e-4)


def test_a_file_gives_an_electrode_too(combined):
    """The negative electrode of a BPX file opposite the positive one of a set is what was written, but for its foil."""
    content = checked_bpx(bpx_document(combined))
    choices = {"separator": "Mohtat2020", "electrolyte": "Ecker2015", "form_factor": "21700"}
    cell = cell_of(
        "Chen2020_Arrhenius", **choices, negative_parameter_set=content.title, negative_parameters=content.document
    )
    assert cell.negative_thickness_metre == pytest.approx(combined.negative_thickness_metre, rel=1e-9)
    charges = [each.nominal_capacity_ampere_hour / each.electrode_area_square_metre for each in (cell, combined)]
    assert charges[0] == pytest.approx(charges[1], rel=1e-5)


def test_a_varying_transference_number_is_not_written():
    """BPX has no word for it."""
    with pytest.raises(BpxError, match="Thermodynamic factor"):
        bpx_document(cell_of(electrolyte="landesfeind-2019-ec-emc"))


@pytest.mark.parametrize("name", NAMED_ELECTROLYTES)
def test_an_electrolyte_conducts_and_discharges(name):
    """At 1 mol/l and 25 degC about a siemens per metre; a discharge in it is completed, and differs from another's."""
    parts = electrolyte_parameters(name)
    values = parameter_values("Chen2020")
    values.update(parts)
    assert 0.4 < evaluated(values, CONDUCTIVITY, (1000.0, 298.15)) < 1.3
    plain, found = (discharge_at_constant_power(cell_of(electrolyte=e), power_watt=0.6) for e in ("", name))
    assert found.outcome is DischargeOutcome.COMPLETED
    same = name.startswith("nyman")  # the set's own, at 25 degC
    assert bool(found.test_time_second[-1] == pytest.approx(plain.test_time_second[-1], rel=1e-6)) is same


def test_the_published_conductivity_is_met():
    """Nyman et al. 2008: a maximum of 9.5 mS/cm at 1.0 mol/l."""
    values = parameter_values("Chen2020")
    values.update(electrolyte_parameters("nyman-2008"))
    over = {c: evaluated(values, CONDUCTIVITY, (c, 298.15)) for c in (800.0, 1000.0, 1200.0)}
    assert over[1000.0] == pytest.approx(0.95, abs=0.005)
    assert max(over.values()) < 0.955


def test_the_fits_have_the_form_that_pybamm_ships():
    """With the coefficients of EC:EMC our functions are PyBaMM's own."""
    from pybamm.input.parameters.lithium_ion import ORegan2022

    from ragone.pipelines.cell import electrolytes

    shipped = electrolyte_parameters("landesfeind-2019-ec-emc")
    coefficients = {
        CONDUCTIVITY: (5.21e-1, 2.28e2, -1.06, 3.53e-1, -3.59e-3, 1.48e-3),
        "Electrolyte diffusivity [m2.s-1]": (1.01e3, 1.01, -1.56e3, -4.87e2),
    }
    forms = {
        CONDUCTIVITY: ORegan2022.electrolyte_conductivity_base_Landesfeind2019,
        "Electrolyte diffusivity [m2.s-1]": ORegan2022.electrolyte_diffusivity_base_Landesfeind2019,
    }
    values = parameter_values("Chen2020")
    for part, numbers in coefficients.items():
        values.update({part: shipped[part]})
        expected = evaluated(values, part, (1200.0, 283.0))
        values.update({part: electrolytes._fitted(forms[part], numbers)})
        assert evaluated(values, part, (1200.0, 283.0)) == expected


def test_its_concentration_is_a_choice():
    """Stated, it is that of the electrolyte at rest; else its own."""
    rest = "Initial concentration in electrolyte [mol.m-3]"
    assert parameter_values_of(cell_of())[rest] == 1000.0
    assert parameter_values_of(cell_of(electrolyte="Prada2013"))[rest] == 1200.0
    chosen = cell_of(electrolyte="Prada2013", electrolyte_concentration_mole_per_cubic_metre=900.0)
    assert parameter_values_of(chosen)[rest] == 900.0
    assert set(PARTS) < set(electrolyte_parameters("Prada2013"))
    with pytest.raises(BoundsError, match=r"nyman-2008 = 2500 \[mol/m\^3\]"):
        cell_of(electrolyte="nyman-2008", electrolyte_concentration_mole_per_cubic_metre=2500.0)


def test_a_separator_is_that_of_its_set():
    """Thickness and porosity of Ecker2015, with its own exponent; what the design states stands instead."""
    cell = cell_of(separator="Ecker2015")
    assert (cell.separator_thickness_metre, cell.separator_porosity) == (2e-5, 0.508)
    assert cell.separator_tortuosity_factor == pytest.approx(0.508**-0.9804586773134945, rel=1e-12)
    stated = cell_of(separator="Ecker2015", separator_thickness_metre=1e-5, separator_tortuosity_factor=3.0)
    assert (stated.separator_thickness_metre, stated.separator_tortuosity_factor) == (1e-5, 3.0)
    tortuous = cell_of(separator="Ecker2015", separator_thickness_metre=1e-5, separator_tortuosity_factor=9.0)
    ends = [
        discharge_at_constant_power(c, power_watt=0.8).test_time_second[-1] for c in (cell_of(), cell, stated, tortuous)
    ]
    assert ends[1] < ends[0]
    assert ends[3] < 0.99 * ends[2]
