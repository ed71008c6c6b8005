"""Every mistake in a parameter file is named by its path, with what was expected and what to do."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from ragone.flows import Study, StudyError
from ragone.flows.design import steps
from ragone.flows.design.chain import GIVEN
from ragone.pipelines.cell.catalogue import NAMED_MATERIALS
from ragone.schemas import Candidate, Materials, RagoneError, Recipe
from ragone.schemas.field import real

DEFAULT = Path(__file__).parents[4] / "params.yaml"
NANOPOROUS = "nmc-811-nanoporous"
LOADING = "cell.mass_loading_kilogram_per_square_metre"


def content() -> dict[str, Any]:
    """The default study, as plain data."""
    loaded: dict[str, Any] = yaml.safe_load(DEFAULT.read_text())
    return loaded


def place_of(made: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    """The map that the last key of a path stands in, and that key; a key of a space holds points itself."""
    place, rest = made, path.split(".")
    while True:
        fitting = [n for n in range(1, len(rest)) if isinstance(place.get(".".join(rest[:n])), dict)]
        if not fitting:
            return place, ".".join(rest)
        place, rest = place[".".join(rest[: fitting[-1]])], rest[fitting[-1] :]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The default study with the value at a path replaced, or added."""
    made = content()
    place, last = place_of(made, path)
    place[last] = value
    return made


def without(path: str) -> dict[str, Any]:
    """The default study without the key at a path."""
    made = content()
    place, last = place_of(made, path)
    del place[last]
    return made


def ends(study: Study, path: str) -> tuple[Any, Any]:
    """Low and high of a variable."""
    return study.space[path].low, study.space[path].high


def test_the_default_study_is_read_in_the_units_of_the_records() -> None:
    """mg/cm^2 become kg/m^2, micrometres metres; the budget is sixteen designs."""
    study = Study.load(DEFAULT)
    assert ends(study, LOADING) == pytest.approx((0.08, 0.3))
    assert study.resolution.voxel_size_metre == pytest.approx(4e-7)
    assert (study.budget.initial, study.budget.total, study.budget.batch) == (6, 16, 2)
    assert study.chain.step("discharge").parameters["power_watt"] > 0


def test_quantities_may_come_in_any_unit_of_the_dimension() -> None:
    """Percent, grams per square metre and kilowatts are converted."""
    given = changed("study.space.recipe.porosity", {"low": "28 %", "high": 0.45})
    given["study"]["space"]["cell.mass_loading"] = {"low": "100 g/m^2", "high": "0.3 kg/m^2"}
    given["study"]["steps"]["discharge"]["power"] = "0.04 kW"
    study = Study.read(given)
    assert ends(study, "recipe.porosity") == pytest.approx((0.28, 0.45))
    assert ends(study, LOADING) == pytest.approx((0.1, 0.3))
    assert study.chain.step("discharge").parameters["power_watt"] == pytest.approx(40.0)


def test_a_single_value_fixes_a_field() -> None:
    """Low and high are then equal."""
    study = Study.read(changed("study.space.recipe.porosity", 0.35))
    assert ends(study, "recipe.porosity") == (0.35, 0.35)
    assert not study.space["recipe.porosity"].is_free


def test_a_name_stands_for_materials() -> None:
    """For all of them, or for all but what is stated beside it; what varies goes on top."""
    named, but = (
        Study.read(changed("study.materials", value))
        for value in (NANOPOROUS, {"named": NANOPOROUS, "carbon_binder_nanoporosity": 0.5})
    )
    expected = NAMED_MATERIALS[NANOPOROUS]
    candidate = Candidate(values={})
    assert Materials.build(named.given.wanted(candidate)["materials"]["fields"]).id == expected.id
    other = Materials.build(but.given.wanted(candidate)["materials"]["fields"])
    assert other.id == replace(expected, carbon_binder_nanoporosity=0.5).id


def test_storage_and_executor_do_not_change_the_definition() -> None:
    """They decide how results are obtained, not what they are; the seed does."""
    default = Study.read(content()).definition()
    other = changed("study.executor", {"kind": "serial"})
    other["study"]["storage"]["keep_voxels"] = True
    assert Study.read(other).definition() == default
    assert Study.read(changed("study.seed", 1)).definition() != default


def test_optional_sections_have_defaults() -> None:
    """Without optimiser, storage and executor the usual stages, dropped voxels and one serial worker are used."""
    given = content()
    for name in ("optimiser", "storage", "executor"):
        del given["study"][name]
    study = Study.read(given)
    assert study.definition() == Study.read(content()).definition()
    assert not study.keep_voxels
    assert study.execution.kind == "serial"


def test_a_study_says_only_what_it_varies() -> None:
    """Fields of recipe and cell that it does not name have the record's default, so that one more breaks no file."""
    default = Study.read(content())
    assert "recipe.particle_shape" not in default.space
    assert Study.read(without("study.space.recipe.binder_adhesion")).space.keys() < default.space.keys()
    for name, kind in default.given.kinds.items():
        required = {f"{name}.{one.name}" for one in kind.parameters().values() if one.required}
        assert required <= {*default.space, "materials.active_material"}


def test_a_field_that_is_added_to_a_record_leaves_every_study_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of the repository are read, their definition is the same, and the field can be varied."""

    @dataclass(frozen=True, kw_only=True, eq=False, repr=False)
    class Further(Recipe):
        kind: ClassVar[str] = "further_recipe"

        drying_rate_per_second: float = real("1/s", low=0, default=1.0)

    files = [DEFAULT, *sorted((DEFAULT.parent / "params").glob("*.yaml"))]
    before = [Study.load(path).definition() for path in files]
    monkeypatch.setattr(steps, "GIVEN", {**GIVEN, "recipe": Further})
    assert [Study.load(path).definition() for path in files] == before
    study = Study.load(DEFAULT, ["space.recipe.drying_rate={low: 60 1/min, high: 2 1/s}"])
    assert ends(study, "recipe.drying_rate_per_second") == pytest.approx((1.0, 2.0))


def test_a_study_goes_to_a_worker_process_and_is_the_same_there() -> None:
    """Stages and all: a worker has nothing else."""
    study = Study.load(DEFAULT)
    there = pickle.loads(pickle.dumps(study))  # noqa: S301
    assert there.definition() == study.definition()
    assert all(ours.stage is theirs.stage for ours, theirs in zip(study.chain, there.chain, strict=True))
    propagated = study.extractions[0].stage.propagated
    assert pickle.loads(pickle.dumps(propagated)) is propagated  # noqa: S301


STEPS = "study.steps"
CALENDERED = {"stage": "pack_particles"}
PRESSURES = ["100 MPa", "1e8 Pa", "1 kbar", "0.1 GPa", "1000 bar", "100 N/mm^2", "14503.7738 psi"]
GOALS = "study.objectives"
ENERGY = {"kpi": "energy", "maximise": True}
DENSITY = {"kpi": "energy_density", "maximise": True}

BAD = [
    (
        "study.space.recipe.porosty",
        0.3,
        "study.space.recipe.porosty is no parameter of recipe: did you mean 'porosity'?",
    ),
    ("study.space.recip.porosity", 0.3, "study.space.recip.porosity begins with no record or step .* 'recipe'"),
    ("study.space.porosity", 0.3, "study has the form of an earlier version: space.porosity is recipe.porosity now"),
    ("study.budgte", {}, "study.budgte is not a known key: did you mean 'budget'?"),
    ("studdy", {}, "studdy is not a known key: did you mean 'study'?"),
    (
        "study.space.recipe.porosity",
        {"low": 0.2, "hihg": 0.3},
        "study.space.recipe.porosity.hihg .* did you mean 'high'?",
    ),
    ("study.executor", {"kind": "serial", "wokers": 2}, "study.executor.wokers .* did you mean 'workers'?"),
    ("study.space.recipe.porosity", {"low": 0.2, "high": 1.3}, r"recipe.porosity.high = 1.3 \[-\] is outside \(0, 1\)"),
    ("study.space.recipe.porosity", 35, r"study.space.recipe.porosity = 35 .* is outside \(0, 1\).* percentage"),
    ("study.space.cell.mass_loading", "-2 mg/cm^2", r"cell.mass_loading = -0.02 \[kg/m\^2\] is outside \(0, 2\]"),
    ("study.space.cell.mass_loading", {"low": 10, "high": "30 mg/cm^2"}, "mass_loading.low = 10 has no unit.*kg/m"),
    ("study.space.cell.mass_loading", "20 mg", "cell.mass_loading = '20 mg' has the wrong dimension"),
    ("study.space.cell.mass_loading", "20 mg/cmm^2", "unit 'mg/cmm\\^2' is not known"),
    ("study.space.cell.mass_loading", "20mg/cm^2", "is not a quantity. Write a number, a space and a unit"),
    ("study.space.recipe.porosity", "0.3 m", "study.space.recipe.porosity = '0.3 m' has the wrong dimension"),
    ("study.space.recipe.porosity", float("nan"), "study.space.recipe.porosity = nan is not finite"),
    ("study.space.recipe.porosity", {"low": 0.2, "high": float("inf")}, "recipe.porosity.high = inf is not finite"),
    ("study.space.recipe.porosity", {"low": 0.4, "high": 0.3}, "recipe.porosity: low = 0.4 is above high = 0.3"),
    ("study.space.recipe.porosity", [0.3, 0.4], r"study.space.recipe.porosity = \[0.3, 0.4\] .*number"),
    ("study.space.recipe", {"porosity": 0.3}, "study.space.recipe.porosity is given twice"),
    (
        "study.space.recipe.particle_shape",
        {"low": "sphere", "high": "plate"},
        "particle_shape is no number. Give choices",
    ),
    (
        "study.space.recipe.particle_shape",
        {"choices": ["sphere", "volume element"]},
        "choices = 'volume element' is not known",
    ),
    ("study.space.recipe.particle_shape", {"choices": []}, "must be a list of choices"),
    ("study.space.recipe.particle_shape", {"choices": ["plate", "plate"]}, "names a value twice"),
    (
        "study.space.recipe.porosity",
        {"choices": [0.3, 0.4], "low": 0.3},
        "must be a list of choices, or a low and a high",
    ),
    ("study.space.cell.form_factor", {"choices": [4680, 4680]}, "names a value twice"),
    ("study.space.recipe.particle_shape", 3, "particle_shape = '3' is not known"),
    (
        "study.space.discharge.powr",
        "5 W",
        "study.space.discharge.powr is no parameter of discharge: did you mean 'power'",
    ),
    (
        "study.space.discharge.power",
        {"low": "5 W", "high": "9 V"},
        "discharge.power.high = '9 V' has the wrong dimension",
    ),
    ("study.space", [1, 2], r"study.space = \[1, 2\] must be a map"),
    ("study.recipe", {"porosty": 0.3}, "study.recipe.porosty is no field of recipe: did you mean 'porosity'?"),
    ("study.materials", {"carbon_binder_nanoporosity": 1.5}, "materials.carbon_binder_nanoporosity = 1.5 .*outside"),
    ("study.materials", "nmc-811-nanoporus", "study.materials = 'nmc-811-nanoporus' .* mean 'nmc-811-nanoporous'"),
    ("study.materials", {"named": "nmc"}, "study.materials.named = 'nmc' is not known"),
    ("study.negative_materials", {}, "study.negative_materials is given, and no step .* takes it"),
    (
        "study.negative_recipe",
        {"active_material_weight_fraction": 0.9},
        "study.space.negative_recipe.porosity is missing",
    ),
    (
        GOALS,
        [{"kpi": "energy_densty", "maximise": True}],
        r"study.objectives\[1\].kpi: .* did you mean 'energy_density'?",
    ),
    (GOALS, [{**DENSITY, "maximise": "yes"}], r"study.objectives\[1\].maximise = 'yes' must be true or false"),
    (GOALS, [{**DENSITY, "maximise": False}], r"study.objectives\[1\].maximise = false says nothing.*minimise: true"),
    (GOALS, [{**DENSITY, "minimise": True}], r"study.objectives\[1\] gives maximise and minimise"),
    (GOALS, [{"kpi": "energy_density"}], r"study.objectives\[1\] gives none of maximise, minimise"),
    (GOALS, [DENSITY, {**DENSITY, "from": "dischrge"}], "'dischrge', which is no step: did you mean 'discharge'"),
    (GOALS, [{**DENSITY, "from": 3}], r"study.objectives\[1\].from = 3 must be the role of a step"),
    (GOALS, [{**DENSITY, "at_least": "3 W.h/L"}], r"study.objectives\[1\].at_least is not a known key"),
    (GOALS, [{**DENSITY, "settings": {"x": 1}}], r"study.objectives\[1\].settings.x: stage kpi.densities has no"),
    (GOALS, [{**DENSITY, "maximise": True, "better_than": "3 V"}, ENERGY], "better_than.* has the wrong dimension"),
    (GOALS, [{**DENSITY, "maximise": True, "better_than": "3 W.h/L"}], "better_than says from where a front"),
    (GOALS, [], "study.objectives is empty"),
    (GOALS, DENSITY, "study.objectives = .* must be a list of maps"),
    (
        GOALS,
        [{"kpi": "maximum_temperature", "minimise": True, "from": "manufacture"}],
        "from manufacture, but manufacture gives a microstructure; it is read off a curve",
    ),
    (
        GOALS,
        [{"kpi": "steady_temperature", "minimise": True}],
        r"objectives\[1\].settings.heat_transfer_coefficient is missing",
    ),
    (
        GOALS,
        [{"kpi": "voltage_rmse", "minimise": True, "from": "discharge"}],
        "voltage_rmse needs a curve as its simulated",
    ),
    (
        "study.steps.discharge",
        "discharge_at_constant_power",
        "study.steps.discharge.power is missing. Give a value there",
    ),
    ("study.space.manufacture.edge_voxels", {"low": 16, "high": 32}, "edge_voxels is no parameter of manufacture"),
    (
        "study.constraints",
        [{"kpi": "mean_voltage", "at_least": "3 A"}],
        r"constraints\[1\].at_least = '3 A' has the wrong",
    ),
    (
        "study.constraints",
        [{"kpi": "mean_voltage", "maximise": True}],
        r"study.constraints\[1\].maximise is not a known",
    ),
    ("study.constraints", [{"kpi": "mean_voltage"}], r"study.constraints\[1\] gives none of at_least, at_most"),
    ("study.budget.initial", 0, "study.budget.initial = 0 must be a whole number from 1"),
    ("study.budget.total", 3, "study.budget.total = 3 must be a whole number from 6"),
    ("study.budget.batch", 2.0, "study.budget.batch = 2.0 must be a whole number"),
    ("study.budget.batch", True, "study.budget.batch = True must be a whole number"),
    ("study.resolution.edge_voxels", 4, "study.resolution.edge_voxels = 4 must be a whole number from 8"),
    ("study.resolution.voxel_size", "1 cm", r"study.resolution.voxel_size = 0.01 \[m\] is outside"),
    ("study.resolution.voxel_size", "0.4 um2", "unit 'um2' is not known"),
    ("study.seed", -1, "study.seed = -1 must be a whole number from 0"),
    ("study.seed", "2026", "study.seed = '2026' must be a whole number"),
    ("study.name", "", "study.name = '' must be a text"),
    ("study.name", 3, "study.name = 3 must be a text"),
    ("study.executor.kind", "thread", "study.executor.kind = 'thread' is not known: did you mean 'threads'?"),
    ("study.executor.workers", 0, "study.executor.workers = 0 must be a whole number from 1"),
    ("study.storage.keep_voxels", 1, "study.storage.keep_voxels = 1 must be true or false"),
    ("study.steps.discharge.power", "inf W", "study.steps.discharge.power = 'inf W' is not finite"),
    ("study.steps.discharge.power", "0 W", r"study.steps.discharge.power = 0 \[W\] is outside \(0, inf\)"),
    ("study.steps.discharge.power", None, "study.steps.discharge.power = None .*number"),
    ("study.steps.discharge.power", True, "study.steps.discharge.power = True .*number"),
    ("study.steps.discharge.powr", "1 W", "study.steps.discharge.powr: stage .* has no parameter .*power_watt"),
    ("study.steps.discharge.after", "asemble", "study.steps.discharge.after = 'asemble' is no step: .*'assemble'"),
    ("study.steps.recipe", CALENDERED, "study.steps.recipe is what the study calls a record that is given"),
    ("study.steps.manufcture", {}, "study.steps.manufcture.stage is missing"),
    (
        "study.steps.manufacture",
        {"stage": "pack_particls"},
        "study.steps.manufacture.stage: .* did you mean 'pack_particles'",
    ),
    ("study.steps.manufacture", {**CALENDERED, "seed": 3}, "study.steps.manufacture.seed"),
    (
        "study.steps.manufacture",
        {**CALENDERED, "edge_voxels": 3},
        "manufacture.edge_voxels is given by study.resolution",
    ),
    (
        "study.steps.manufacture",
        {"calendering_pressure": "5 s"},
        "steps.manufacture.calendering_pressure = '5 s' .* wrong",
    ),
    ("study.steps.manufacture", {"calendering_pressure": 5}, "manufacture.calendering_pressure = 5 has no unit"),
    ("study.steps.manufacture", {"calendering_pressure": float("nan")}, "calendering_pressure = nan"),
    ("study.steps.manufacture", 3, "study.steps.manufacture = 3 must be a map"),
    ("study.optimiser.suggest", "expected_improvment", "study.optimiser.suggest.stage: .* 'expected_improvement'"),
    ("study.optimiser.suggest", "homogenise", "characterise.homogenise proposes no candidates"),
    ("study.optimiser.suggest", {"stage": "sobol", "count": 3}, "study.optimiser.suggest.count"),
    ("study.optimiser.suggst", "sobol", "study.optimiser.suggst is not a known key: did you mean 'suggest'"),
    ("study.cell", {"parameter_set": "Prada2013", "lower": 2}, "study.cell.lower is no field of cell_design"),
    ("study.materials", {"active_material_density": "3600 kg/m^3"}, "NMC.* of 3600 kg/m.*set Chen2020_Arrhenius "),
    ("study.space.materials.active_material_density", "3600 kg/m^3", "study.materials and study.cell.parameter_set: "),
    ("study.cell", {"parameter_set": "Chen2021"}, "Chen2021.*Chen2020"),
    ("study.space.cell.parameter_set", {"choices": ["Chen2020", "Prada2031"]}, "Prada2031.*Prada2013"),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=[f"{p}={v!r:.30}" for p, v, _ in BAD])
def test_a_bad_value_is_named_by_its_path(path: str, value: Any, message: str) -> None:
    """The error is a StudyError whose message names path, value and what is expected."""
    with pytest.raises(StudyError, match=message):
        Study.read(changed(path, value))


@pytest.mark.parametrize(
    "path",
    ["study.space.recipe.porosity", "study.space.cell.mass_loading", "study.seed", "study.budget", "study.objectives"],
)
def test_a_missing_key_is_named(path: str) -> None:
    """No silent default for what decides the result."""
    with pytest.raises(StudyError, match=f"{path} is missing"):
        Study.read(without(path))


@pytest.mark.parametrize("written", PRESSURES)
def test_a_pressure_is_read_in_every_unit_of_pressure(written: str) -> None:
    """As a parameter of a step, and in a space."""
    steps_of = {"manufacture": {**CALENDERED, "calendering_pressure": written}, **content()["study"]["steps"]}
    study = Study.read(changed(STEPS, steps_of))
    assert study.chain.step("manufacture").parameters["calendering_pressure_pascal"] == pytest.approx(1e8)
    varied = Study.read(changed("study.space.manufacture.calendering_pressure", {"low": "0 Pa", "high": written}))
    assert ends(varied, "manufacture.calendering_pressure_pascal") == pytest.approx((0.0, 1e8))


def test_a_space_without_a_free_field_has_a_budget_of_one() -> None:
    """More designs than one would all be the same."""
    given = changed("study.space", {"recipe": {"active_material_weight_fraction": 0.95, "porosity": 0.3}})
    given["study"]["space"]["cell.mass_loading"] = "20 mg/cm^2"
    with pytest.raises(StudyError, match=r"study\.budget\.total = 16, but every value of the space is fixed"):
        Study.read(given)
    given["study"]["budget"] = {"initial": 1, "total": 1}
    assert Study.read(given).budget.total == 1


FILES = [
    (b"", "is empty"),
    (b"# only a comment\n", "is empty"),
    (b"study: {porosity: 0.3, porosity: 0.4}", "key 'porosity' stands twice, in lines 1 and 1"),
    (b"study:\n  seed: 1\n  seed: 2\n", "key 'seed' stands twice, in lines 2 and 3"),
    (b"study: [1, 2", "is not YAML"),
    (b"study:\n\tname: x", "is not YAML"),
    (b"\xff\xfe\x00\x81", "cannot be read as text"),
    (b"study: !!python/object/apply:os.getcwd []", "is not YAML: could not determine a constructor"),
    (b"? [a, b]\n: 1", "is not YAML|not a known key"),
    (b"just a text", "the file holds 'just a text', which must be a map with the keys: study"),
    (b"- 1\n- 2\n", r"the file holds \[1, 2\], which must be a map"),
    (b"[" * 5000, "is not YAML"),
    (b"a: &a [*a]", "a is not a known key"),
    (b"---\nstudy: {}\n---\nstudy: {}\n", "is not YAML: expected a single document"),
]


@pytest.mark.parametrize(("written", "message"), FILES, ids=[str(w[:24]) for w, _ in FILES])
def test_a_file_that_holds_no_study_is_refused(tmp_path: Path, written: bytes, message: str) -> None:
    """Empty, not YAML, not text, a key twice, an object to construct: a StudyError each, and nothing is executed."""
    path = tmp_path / "params.yaml"
    path.write_bytes(written)
    with pytest.raises(StudyError, match=message):
        Study.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """So is a folder given as a file."""
    with pytest.raises(StudyError, match="does not exist"):
        Study.load(tmp_path / "none.yaml")
    with pytest.raises(RagoneError, match="cannot be read as text"):
        Study.load(tmp_path)


def test_a_rate_is_that_of_the_step_that_takes_one() -> None:
    """1C is one nominal capacity per hour, discharged at constant current."""
    at_rate = {"stage": "discharge_at_constant_current", "rate": "0.5 1/h"}
    study = Study.read(changed("study.steps.discharge", at_rate))
    assert study.chain.step("discharge").parameters == {"rate_per_hour": 0.5}
    assert study.definition()["steps"]["discharge"]["stage"] == "cell.discharge_at_constant_current"


@pytest.mark.parametrize("stage", ["discharge_at_constant_power", "discharge_at_constant_current"])
def test_power_and_rate_exclude_each_other(stage: str) -> None:
    """Each belongs to one stage, and is refused in the other."""
    with pytest.raises(StudyError, match=r"study\.steps\.discharge\.(rate|power): stage cell\.\w+ has no parameter"):
        Study.read(changed("study.steps.discharge", {"stage": stage, "power": "1 W", "rate": "1 1/h"}))


def test_an_objective_says_from_which_value_on_a_design_is_of_interest() -> None:
    """With its unit, as a limit; the optimiser and the record have it in that of the KPI, and only where it is said."""
    first = {**DENSITY, "maximise": True, "better_than": "0.4 kW*h/L"}
    made = Study.read(changed(GOALS, [first, ENERGY]))
    assert [goal.reference for goal in made.goals] == [pytest.approx(400.0), None]
    assert [goal.wanted().get("reference") for goal in made.goals] == [pytest.approx(400.0), None]
    assert "reference" not in made.goals[1].definition()
