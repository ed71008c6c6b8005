"""`ragone cell`: of a transport, a recipe, a parameter set and a BPX file, through the real entry point."""

from __future__ import annotations

import json
import re

import pytest

from ragone.dataset import Lake
from ragone.flows.cell.building import recipe_of
from ragone.pipelines.characterise import homogenise

SET = ("--parameter-set", "Chen2020")


def test_a_parameter_sets_own_cell(cli, tmp_path):
    """A new lake is made; the record comes as JSON, and again under the same id."""
    words = ("cell", *SET, "--form-factor", "21700", "--lake", tmp_path / "new", "--json")
    first, again = cli(*words), cli(*words)
    assert first.code == 0, first.err
    assert first.data == again.data
    assert first.data["kind"] == "cell_parameters"
    assert first.data["cell_mass_kilogram"] == pytest.approx(0.067, rel=0.02)


def test_the_table_adds_up(cli, stored):
    """Rows of mass and share, sums with and without housing, and the id that leads to the same table."""
    answer = cli("cell", stored.ids["transport"], "--loading", "20 mg/cm^2", "--lake", stored.place)
    assert answer.code == 0, answer.err
    assert "4680 on Chen2020_Arrhenius: built" in answer.out
    rows = [line.rsplit(maxsplit=3) for line in answer.out.splitlines()]
    table = {row[0].strip(): [float(cell) for cell in row[1:]] for row in rows if len(row) == 4 and _numeric(row[1:])}
    without, whole = table.pop("without housing"), table.pop("with housing")
    assert sum(row[0] for row in table.values()) == pytest.approx(whole[0], abs=0.02)
    assert whole[0] - without[0] == pytest.approx(table["can"][0], abs=0.002)
    assert whole[1] == 100.0
    shown = cli("show", answer.out.split()[-1], "--lake", stored.place)
    assert shown.code == 0
    assert "positive active material" in shown.out


def _numeric(words):
    return all(word.replace(".", "", 1).isdigit() for word in words)


@pytest.fixture
def measured(stored):
    """The same with a transport of the microstructure."""
    with Lake.open(stored.place) as lake:
        electrode = {"microstructure": stored.ids["microstructure"], "materials": stored.ids["materials"]}
        stored.ids["measured"] = lake.run(homogenise, **electrode).id
    return stored


def test_of_a_recipe(cli, stored):
    """A recipe that nobody measured is refused with advice; with --ideal its metrics are assumed."""
    words = ("cell", stored.ids["recipe"], "--loading", "20 mg/cm^2", "--lake", stored.place, "--json")
    refused = cli(*words)
    assert refused.code == 2
    assert "--ideal" in refused.err
    answer = cli(*words, "--ideal", "--form-factor", "pouch", "--set", "pouch_area=30 cm^2")
    assert answer.code == 0, answer.err
    assert answer.data["electrode_area_square_metre"] == pytest.approx(30e-4)
    with Lake.open(stored.place) as lake:
        stages = {edge.stage for edge in lake.lineage(answer.data["id"]).up}
    assert stages == {"cell.ideal_transport", "cell.assemble_cell"}


def test_of_a_recipe_in_words(cli, measured, tmp_path):
    """Fields with their units; it is the recipe that the lake may hold measured, and else refused."""
    words = "active_material_weight_fraction=0.94, porosity=30 %, mass_loading=20 mg/cm^2"
    place = ("--lake", tmp_path / "new")
    assert cli("cell", "--recipe", words, *place).code == 2
    answer = cli("cell", "--recipe", words, "--ideal", *place, "--json")
    assert answer.code == 0, answer.err
    assert answer.data["positive_porosity"] == 0.3
    assert "turns" in answer.data["method"]
    for wrong, said in ((f"{words}, porositty=1", "did you mean 'porosity'"), ("porosity=0.3", "recipe needs active")):
        refused = cli("cell", "--recipe", wrong, "--ideal", *place)
        assert refused.code == 2
        assert said in refused.err
    found = cli("cell", "--recipe", words, "--lake", measured.place, "--json")
    named = cli("cell", measured.ids["measured"], "--loading", "20 mg/cm^2", "--lake", measured.place, "--json")
    assert found.data == named.data


@pytest.mark.parametrize("subject", ["recipe", "microstructure", "design", "candidate"])
def test_the_measured_electrode_is_found(cli, measured, example, subject):
    """Whatever leads to it: the cell is that of its transport, with the loading that the subject or an option says."""
    values = {"recipe.active_material_weight_fraction": 0.94, "recipe.porosity": 0.3}
    further = {"cell.mass_loading_kilogram_per_square_metre": 0.2, "discharge.power_watt": 20.0}
    with Lake.open(measured.place) as lake:
        ids = measured.ids | {"candidate": lake.put(example("candidate", values=values | further))}
    place = ("--half-cell", "--lake", measured.place, "--json")
    loading = () if subject in ("design", "candidate") else ("--loading", "20 mg/cm^2")
    answer = cli("cell", ids[subject], *loading, *place)
    assert answer.code in (0, 1), answer.err
    parts = answer.data["components"]["components"]
    mass = sum(parts[name]["mass_kilogram"] for name in ("positive_active_material", "positive_carbon_binder"))
    assert mass == pytest.approx(0.2 * answer.data["electrode_area_square_metre"], rel=1e-9)
    assert answer.data["id"] == cli("cell", ids["measured"], "--loading", "20 mg/cm^2", *place).data["id"]


def test_other_materials_than_it_was_drawn_with_are_refused(cli, measured):
    """Both values and both records are named, and what to do; nothing is stored."""
    before = measured.listing()
    words = ("cell", measured.ids["measured"], "--loading", "20 mg/cm^2", "--lake", measured.place)
    for given in (
        ("--materials", "active_material_density=3.6 g/cm^3"),
        ("--set", "active_material_density=3600 kg/m^3"),
    ):
        refused = cli(*words, *given)
        assert refused.code == 2
        for part in ("= 4780 [kg/m^3]", measured.ids["materials"], measured.ids["measured"], "= 3600 [kg", "leave out"):
            assert part in refused.err
    refused = cli(*words, "--parameter-set", "Prada2013")
    assert refused.code == 2
    assert "Prada2013 is about lithium iron phosphate" in refused.err
    assert measured.listing() == before
    assert cli(*words, "--materials", "active_material_density=4.78 g/cm^3").code in (0, 1)


def test_a_negative_electrode_that_was_measured(cli, stored, example):
    """It stands opposite, with its materials; half cells and cells of a parameter set refuse one."""
    with Lake.open(stored.place) as lake:
        graphite = {"active_material_conductivity_siemens_per_metre": 1000.0}
        name = lake.put(example("transport", **graphite))
    words = ("cell", stored.ids["transport"], "--loading", "20 mg/cm^2", "--lake", stored.place)
    answer = cli(*words, "--negative", name, "--json")
    assert answer.code == 0, answer.err
    assert answer.data["negative_porosity"] == 0.45
    assert "negative_active_material" in answer.data["components"]["components"]
    assert "(N/P 1.1, measured)" in cli(*words, "--negative", name).out
    for refused in (cli(*words, "--negative", name, "--half-cell"), cli("cell", *SET, "--negative", name, *words[-2:])):
        assert refused.code == 2
        assert "negative electrode" in refused.err


def test_the_other_electrode_and_the_electrolyte_are_chosen(cli, stored):
    """By their names, with a stated porosity; what is not known is refused with a hint, and nothing is stored."""
    words = ("cell", stored.ids["transport"], "--loading", "20 mg/cm^2", "--lake", stored.place)
    chosen = ("--set", "negative_parameter_set=Ecker2015", "--set", "electrolyte=nyman-2008")
    answer = cli(*words, *chosen, "--set", "negative_porosity=28 %", "--json")
    assert answer.code == 0, answer.err
    assert (answer.data["negative_porosity"], answer.data["electrolyte"]) == (0.28, "nyman-2008")
    shown = cli(*words, *chosen, "--set", "negative_porosity=28 %").out
    assert ", negative electrode of Ecker2015, electrolyte of nyman-2008: built" in shown
    assert "Bruggeman's relation, assumed)" in shown
    short = cli(*words, "--negative-set", "Ecker2015", "--electrolyte", "nyman-2008", "--set", "negative_porosity=0.28")
    assert short.out == shown
    before = stored.listing()
    for wrong, meant in (("electrolyte=nyman-2007", "nyman-2008"), ("negative_parameter_set=Xu2019", "half cell")):
        refused = cli(*words, "--set", wrong)
        assert refused.code == 2
        assert meant in refused.err
    assert stored.listing() == before


def test_bpx_out_and_in(cli, stored):
    """A stored cell is written, read again, and weighs the same."""
    place = ("--lake", stored.place, "--json")
    cell = cli("cell", *SET, "--form-factor", "21700", *place).data
    assert cli("cell", cell["id"], "--to-bpx", "out.json", *place).code == 0
    again = cli("cell", "--bpx", "out.json", *place)
    assert again.code == 0, again.err
    assert again.data["cell_mass_kilogram"] == pytest.approx(cell["cell_mass_kilogram"], rel=1e-9)
    assert again.data["parameters"]["Header"]["BPX"] == "1.1.0"
    words = ("cell", stored.ids["transport"], "--loading", "20 mg/cm^2", *place)
    opposite = cli(*words, "--negative-bpx", "out.json").data
    assert opposite["negative_parameters"] == again.data["parameters"]
    own = cli(*words).data
    assert opposite["negative_thickness_metre"] == pytest.approx(own["negative_thickness_metre"], rel=1e-9)


def test_what_does_not_fit_is_said_and_counts_as_found(cli, stored, example):
    """The record is stored; the exit code is 1."""
    with Lake.open(stored.place) as lake:
        name = lake.put(
            example("transport", pore_fraction=0.9, active_material_fraction=0.08, carbon_binder_fraction=0.02)
        )
    answer = cli("cell", name, "--loading", "0.15 g/cm^2", "--form-factor", "18650", "--lake", stored.place)
    assert answer.code == 1
    assert "the coating does not fit the can" in answer.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "there is nothing to build a cell of"),
        (("--loading", "20 mg/cm^2", *SET), "an electrode is needed"),
        (("--materials", "active_material_density=4 g/cm^3", *SET), "an electrode is needed"),
        (("--parameter-set", "ORegan2022"), "reach 4.24 V"),
        (("--parameter-set", "chen2020"), "did you mean 'Chen2020'"),
        ((*SET, "--form-factor", "4860"), "did you mean '4680'"),
        ((*SET, "--set", "electrolyte_exces=1"), "did you mean 'electrolyte_excess'"),
        ((*SET, "--set", "nonsense"), "is not of the form NAME=VALUE"),
        ((*SET, "--bpx", "x.json"), "two different things"),
        (("--bpx", "none.json"), "cannot be read"),
        ((*SET, "--loading", "20 mg"), "mass_loading = '20 mg' has the wrong dimension"),
    ],
)
def test_unusable_words_are_refused(cli, tmp_path, words, said):
    """In one block, with what to do, exit code 2; no lake is left behind by words that cannot be read."""
    answer = cli("cell", *words, "--lake", tmp_path / "new")
    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("0.96 active, porosity 0.3", "write active_material_weight_fraction=0.96"),
        ("active=0.95", "did you mean 'active_material_weight_fraction'"),
        (
            "active_material_weight_fraction=0.96, 0.3=porosity",
            "'0.3=porosity' is not of the form NAME=VALUE; write porosity=0.3",
        ),
        ("active_material_weight_fraction=0.96, porosity 30 %", "write porosity=30 %"),
        ("porosity 0,3", "0,3 has a decimal comma; write 0.3"),
        ("active_material_weight_fraction=96 %, porosity=30%", "porosity = '30%' is not a quantity.* '30 %'"),
        ("active_material_weight_fraction=0.96, porosity=0.3, mass_loading=20", "has no unit.* '20 mg/cm\\^2'"),
        ("porosity=0.3", "needs active_material_weight_fraction"),
    ],
)
def test_a_mistyped_recipe_is_answered_with_the_form_expected(cli, tmp_path, words, meant):
    """The recipe as it was given, what is wrong with it, what was probably meant, and an example that can be read."""
    answer = cli("cell", "--ideal", "--recipe", words, "--lake", tmp_path / "new")
    assert answer.code == 2
    assert f"the recipe {words!r} cannot be read: " in answer.err
    assert re.search(meant, answer.err)
    example = re.search("between commas, for example '(.+)'", answer.err)
    assert recipe_of(example[1]).recipe.porosity == 0.3
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("option", "word", "meant"),
    [
        ("--materials", "active_material_density 3600 kg/m^3", "write active_material_density=3600 kg/m^3"),
        ("--materials", "density=3.6 g/cm^3", "did you mean 'active_material_density' or 'carbon_binder_density'"),
        ("--set", "electrolyte_excess 0.2", "write electrolyte_excess=0.2"),
        ("--set", "separator_thickness=12", "convertible to m, for example '12 um'"),
    ],
)
def test_a_mistyped_setting_is_answered_with_what_was_meant(cli, tmp_path, option, word, meant):
    """With the name that was meant, in the form expected, before anything is looked up."""
    answer = cli("cell", "transport-00000000", option, word, "--lake", tmp_path / "new")
    assert answer.code == 2
    assert meant in answer.err


def test_a_wrong_field_is_named_by_its_path(cli, tmp_path):
    """Also on the command line, and as JSON."""
    (tmp_path / "bad.json").write_text(json.dumps({"Header": {"BPX": "1.1.0", "Model": "DFN"}, "Parameterisation": {}}))
    answer = cli("cell", "--bpx", tmp_path / "bad.json", "--json", "--lake", tmp_path / "new")
    assert answer.code == 2
    assert "Parameterisation > Cell is missing" in answer.data["error"]["message"]
    assert not (tmp_path / "new").exists()
