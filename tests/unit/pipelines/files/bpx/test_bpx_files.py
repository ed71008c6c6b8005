import copy
import json

import pytest

from ragone.pipelines.cell import bpx_document, reference_cell
from ragone.pipelines.files.bpx import BpxError, checked_bpx, read_bpx
from ragone.pipelines.files.bpx.format import load_bpx
from ragone.schemas import CellParameters
from tests.built_cells import full_cell, half_cell

CELL, OCP = ("Parameterisation", "Cell"), "OCP [V]"
POSITIVE = ("Parameterisation", "Positive electrode")
AREA = "Electrode area [m2]"


@pytest.fixture(scope="module")
def written():
    """The document of Chen2020's cell."""
    return bpx_document(reference_cell(parameter_set="Chen2020", form_factor="21700"))


def changed(document, path, **fields):
    """A copy with fields of one section changed, or removed where None."""
    copied = copy.deepcopy(document)
    section = copied
    for name in path:
        section = section[name]
    for name, value in fields.items():
        if value is None:
            del section[name]
        else:
            section[name] = value
    return copied


@pytest.fixture
def refusal(tmp_path):
    """The message with which a document is refused when it is read from a file."""

    def read(document):
        path = tmp_path / "cell.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        with pytest.raises(BpxError) as refused:
            read_bpx(path)
        message = str(refused.value)
        assert "\n" not in message
        assert "pydantic" not in message
        return message

    return read


def test_the_librarys_own_parser_accepts_what_is_written(written):
    """A BPX 1.1 document, of a DFN."""
    model = load_bpx().parse_bpx_obj(copy.deepcopy(written))
    assert (model.header.bpx, model.header.model) == ("1.1.0", "DFN")
    assert model.parameterisation.positive_electrode.thickness == 75.6e-6


def test_the_content_survives_the_record(written):
    """Canonical JSON gives the same document back, and the same cell follows from it."""
    cell = reference_cell(parameter_set="mine", parameters=written)
    again = CellParameters.from_arrow(cell.to_arrow())
    assert again.parameters == cell.parameters == json.loads(json.dumps(written))
    twin = reference_cell(parameter_set="mine", parameters=again.parameters)
    assert twin.nominal_capacity_ampere_hour == cell.nominal_capacity_ampere_hour


def test_a_cell_may_be_designed_on_a_bpx_file(example, written):
    """A measured electrode in a can, all else from the file; on Chen2020's file it is Chen2020's cell but for layers
    that the format has no word for.
    """
    for built in (full_cell, half_cell):
        named = built(example("transport"))
        filed = built(example("transport"), parameter_set="mine", parameters=written)
        assert filed.positive_thickness_metre == named.positive_thickness_metre
        assert filed.negative_thickness_metre == pytest.approx(named.negative_thickness_metre, rel=1e-4)
        areal = [c.nominal_capacity_ampere_hour / c.electrode_area_square_metre for c in (named, filed)]
        assert areal[1] == pytest.approx(areal[0], rel=1e-4)
        assert filed.parameters == written


def test_reading_completes_the_document(written, tmp_path):
    """Temperatures, concentration and voltage limits that a file leaves to its reader are written down; the measured
    curves it may hold are not kept.
    """
    bare = changed(written, ("Parameterisation",), **{"User-defined": None})
    bare = changed(bare, CELL, **{"Reference temperature [K]": None}) | {"Validation": {"1C": {}}}
    del bare["State"]
    del bare["Header"]["Title"]
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(bare))
    content = read_bpx(path)
    assert content.title == "bare"
    assert content.document["State"]["Initial conditions"]["Initial electrolyte concentration [mol.m-3]"] == 1000.0
    assert content.document["Parameterisation"]["Cell"]["Reference temperature [K]"] == 298.15
    assert content.document["Parameterisation"]["User-defined"]["Open-circuit voltage at 100% SOC [V]"] == 4.2
    assert "Validation" not in content.document
    reference_cell(parameter_set=content.title, parameters=content.document)


def test_functions_of_x_are_read(written):
    """Potentials may be formulas."""
    linear = changed(written, POSITIVE, **{OCP: "4.645 - 1.34 * x"})
    cell = reference_cell(parameter_set="linear", parameters=checked_bpx(linear).document)
    assert cell.nominal_capacity_ampere_hour > 0


def test_numbers_written_as_text_are_numbers(written):
    """The library reads them so, and the record keeps them as it understood them."""
    content = checked_bpx(changed(written, POSITIVE, Porosity="0.335"))
    assert content.document["Parameterisation"]["Positive electrode"]["Porosity"] == 0.335


def test_mass_and_heat_are_those_that_the_file_tells(written):
    """What the layers do not weigh is a row of its own, so that the table adds up to the file's density x volume."""
    cell = reference_cell(parameter_set="mine", parameters=written)
    given = written["Parameterisation"]["Cell"]
    assert cell.cell_mass_kilogram == pytest.approx(given["Density [kg.m-3]"] * given["Volume [m3]"], rel=1e-12)
    total = sum(part["mass_kilogram"] for part in cell.components["components"].values())
    assert total == pytest.approx(cell.cell_mass_kilogram, rel=1e-9)
    light = changed(written, CELL, **{"Density [kg.m-3]": None})
    bare = reference_cell(parameter_set="mine", parameters=checked_bpx(light).document)
    assert "not_listed" not in bare.components["components"]


def test_version_0_is_converted(written):
    """A file of the format's first version is read as the library converts it."""
    old = changed(written, ("Header",), BPX=0.4)
    del old["State"]
    old["Parameterisation"]["Cell"]["Ambient temperature [K]"] = 298.15
    old["Parameterisation"]["Electrolyte"]["Initial concentration [mol.m-3]"] = 900.0
    start = checked_bpx(old).document["State"]["Initial conditions"]
    assert start["Initial electrolyte concentration [mol.m-3]"] == 900.0


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        (CELL, {AREA: None}, r"Parameterisation > Cell > Electrode area [m2] is missing"),
        (CELL, {AREA: "large"}, 'Parameterisation > Cell > Electrode area [m2] = "large"'),
        (
            POSITIVE,
            {"Porositty": 0.3},
            "Positive electrode > Porositty is not a field of BPX 1.1: did you mean 'Porosity'",
        ),
        (POSITIVE, {OCP: None}, "Parameterisation > Positive electrode > OCP [V] is missing"),
        (POSITIVE, {OCP: [1, 2]}, "a number, a function of x as text, or a table {x, y} was expected"),
        (
            POSITIVE,
            {OCP: "4.4 - foo("},
            'Parameterisation > Positive electrode > OCP [V] = "4.4 - foo(": a function of x',
        ),
        (
            POSITIVE,
            {OCP: "4.4 - 1e-1 * foo(x)"},
            "a function of x was expected, of numbers, + - * / **, cosh, exp, tanh",
        ),
        (POSITIVE, {OCP: {"x": [0, 1], "y": [1]}}, "Parameterisation > Positive electrode > OCP [V]"),
        (POSITIVE, {"Porosity": 0.6}, "add up to 1.265 of the volume"),
        (POSITIVE, {"Particle": {}}, "Positive electrode > Particle: a blend"),
        (POSITIVE, {"OCP (lithiation) [V]": 4.0}, "hysteresis cannot be used"),
        (POSITIVE, {"Thickness [m]": -1e-4}, "Positive electrode > Thickness [m] = -0.0001: a number in (0, inf)"),
        (POSITIVE, {"Porosity": True}, "Positive electrode > Porosity = true: a finite number"),
        (POSITIVE, {"Diffusivity [m2.s-1]": 0}, "Positive electrode > Diffusivity [m2.s-1] = 0: a number in (0, inf)"),
        (POSITIVE, {"Minimum stoichiometry": 0.99}, "Minimum stoichiometry = 0.99 is not below Maximum stoichiometry"),
        (POSITIVE, {OCP: 4.0}, "OCP [V] = 4.0: a function of x as text, or a table {x, y} was expected"),
        (POSITIVE, {OCP: "1 / (x - x)"}, 'OCP [V] = "1 / (x - x)" is no number at x = '),
        (POSITIVE, {OCP: {"x": [], "y": []}}, "OCP [V]: a table of two rows at least, x increasing"),
        (POSITIVE, {OCP: {"x": [1, 0], "y": [4, 3]}}, "OCP [V]: a table of two rows at least, x increasing"),
        (CELL, {AREA: 0}, "Cell > Electrode area [m2] = 0: a number in (0, inf)"),
        (CELL, {"Lower voltage cut-off [V]": 5}, "Lower voltage cut-off [V] = 5 is not below Upper voltage cut-off"),
        (("Parameterisation", "Electrolyte"), {"Cation transference number": 5}, "= 5: a number in [0, 1]"),
        (("Parameterisation", "Separator"), {"Porosity": 0}, "Separator > Porosity = 0: a number in (0, 1]"),
        (("State", "Initial conditions"), {"Initial temperature [K]": -5}, "Initial temperature [K] = -5: a number in"),
        (("Parameterisation", "User-defined"), {"Mine": "import os"}, 'User-defined > Mine = "import os"'),
        (("Parameterisation",), {"Separator": None}, "Parameterisation > Separator is missing"),
        (("Parameterisation",), {"Seperator": {}}, "did you mean 'Separator'"),
        (("Parameterisation", "User-defined"), {"Mine": [1]}, "Parameterisation > User-defined"),
        (("Header",), {"Model": "SPM"}, "Header > Model = 'SPM'"),
        (("Header",), {"Model": None}, "Header > Model is missing"),
        (("Header",), {"BPX": "2.0.0"}, "Header > BPX = 2.0.0"),
        (("Header",), {"BPX": None}, "Header > BPX"),
        (("State", "Initial conditions"), {"Initial temperature [K]": "warm"}, "State > Initial conditions > Initial"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(written, refusal, path, fields, said):
    """One line, with the path of the field, what was expected, and what to do; never the library's own list."""
    message = refusal(changed(written, path, **fields))
    assert said in message
    assert message.endswith(".")


def test_how_many_more_are_wrong_is_said(written, refusal):
    """The first is named, the others are counted."""
    message = refusal(changed(written, CELL, **{AREA: None, "Upper voltage cut-off [V]": None}))
    assert "1 more fields are wrong" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "Header is missing"),
        ('{"Header": {"BPX": "1.1.0"', "is not JSON"),
        ('{"Header": {"BPX": "1.1.0", "Title": NaN}}', "Header > Title = NaN: a finite number was expected"),
        ("{}", "Header is missing"),
    ],
)
def test_files_that_are_no_bpx_are_refused(refusal, text, said):
    """With what was found, and what was expected."""
    assert said in refusal(text)


def test_a_byte_order_mark_is_no_mistake(written, tmp_path):
    """Editors of some systems write one."""
    path = tmp_path / "cell.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(written).encode())
    assert read_bpx(path).document["Header"]["BPX"] == "1.1.0"


def test_a_missing_file_is_refused(tmp_path):
    """In one line."""
    with pytest.raises(BpxError, match="cannot be read: No such file"):
        read_bpx(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("parameter_set", "said"),
    [("Ai2020", "Thermodynamic factor varies"), ("Marquis2019", "Separator: porosity 1")],
)
def test_what_bpx_cannot_say_is_not_dropped(parameter_set, said):
    """A cell that the format has no words for is refused, with the reason."""
    with pytest.raises(BpxError, match=said):
        bpx_document(reference_cell(parameter_set=parameter_set))


def test_half_cells_and_cells_that_do_not_fit_are_not_written(example):
    """The format knows full cells only."""
    with pytest.raises(BpxError, match="lithium-metal"):
        bpx_document(half_cell(example("transport")))
    with pytest.raises(BpxError, match="was not built"):
        bpx_document(full_cell(example("transport"), separator_thickness_metre=0.03))


def test_the_measured_area_scales_the_reaction_rate(example):
    """Half the area is half the rate constant, and the same active material."""
    documents = [
        bpx_document(full_cell(example("transport", specific_surface_area_per_metre=area)))["Parameterisation"][
            "Positive electrode"
        ]
        for area in (4e5, 2e5)
    ]
    rates = [each["Reaction rate constant [mol.m-2.s-1]"] for each in documents]
    assert rates[0] == pytest.approx(2 * rates[1], rel=1e-12)
    assert documents[0]["Surface area per unit volume [m-1]"] == documents[1]["Surface area per unit volume [m-1]"]
