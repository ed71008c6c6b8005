"""Every mistake in a parameter file is named by its path, with what was expected and what to do."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows import Study, StudyError
from schemas import RagoneError

DEFAULT = Path(__file__).parents[4] / "params.yaml"


def content() -> dict[str, Any]:
    """The default study, as plain data."""
    loaded: dict[str, Any] = yaml.safe_load(DEFAULT.read_text())
    return loaded


def changed(path: str, value: Any) -> dict[str, Any]:
    """The default study with the value at a dotted path replaced, or added."""
    changed_content = copy.deepcopy(content())
    *parents, last = path.split(".")
    place = changed_content
    for parent in parents:
        place = place[parent]
    place[last] = value
    return changed_content


def without(path: str) -> dict[str, Any]:
    """The default study without the key at a dotted path."""
    made = changed(path, None)
    *parents, last = path.split(".")
    place = made
    for parent in parents:
        place = place[parent]
    del place[last]
    return made


def test_the_default_study_is_read_in_the_units_of_the_records() -> None:
    """mg/cm^2 become kg/m^2, micrometres metres; the budget is a dozen designs."""
    study = Study.load(DEFAULT)
    assert study.space["mass_loading_kilogram_per_square_metre"] == pytest.approx((0.1, 0.3))
    assert study.resolution.voxel_size_metre == pytest.approx(4e-7)
    assert (study.budget.initial, study.budget.total, study.budget.batch) == (6, 12, 2)
    assert study.objective.operation["power_watt"] > 0


def test_quantities_may_come_in_any_unit_of_the_dimension() -> None:
    """Percent, grams per square metre and kilowatts are converted."""
    given = changed("study.space.porosity", {"low": "28 %", "high": 0.45})
    given["study"]["space"]["mass_loading"] = {"low": "100 g/m^2", "high": "0.3 kg/m^2"}
    given["study"]["objective"]["power"] = "0.04 kW"
    study = Study.read(given)
    assert study.space["porosity"] == pytest.approx((0.28, 0.45))
    assert study.space["mass_loading_kilogram_per_square_metre"] == pytest.approx((0.1, 0.3))
    assert study.objective.operation == {"power_watt": pytest.approx(40.0)}


def test_a_single_value_fixes_a_field() -> None:
    """Low and high are then equal."""
    assert Study.read(changed("study.space.porosity", 0.35)).space["porosity"] == (0.35, 0.35)


def test_storage_and_executor_do_not_change_the_definition() -> None:
    """They decide how results are obtained, not what they are; the seed does."""
    default = Study.read(content()).definition()
    other = changed("study.executor", {"kind": "serial"})
    other["study"]["storage"]["keep_voxels"] = True
    assert Study.read(other).definition() == default
    assert Study.read(changed("study.seed", 1)).definition() != default


def test_optional_sections_have_defaults() -> None:
    """Without stages, storage and executor the first engines, dropped voxels and one serial worker are used."""
    given = content()
    for name in ("stages", "storage", "executor"):
        del given["study"][name]
    study = Study.read(given)
    assert study.definition() == Study.read(content()).definition()
    assert not study.keep_voxels
    assert study.execution.kind == "serial"


BAD = [
    ("study.space.porosty", 0.3, "study.space.porosty is not a known key: did you mean 'porosity'?"),
    ("study.budgte", {}, "study.budgte is not a known key: did you mean 'budget'?"),
    ("studdy", {}, "studdy is not a known key: did you mean 'study'?"),
    ("study.space.porosity", {"low": 0.2, "hihg": 0.3}, "study.space.porosity.hihg .* did you mean 'high'?"),
    ("study.executor", {"kind": "serial", "wokers": 2}, "study.executor.wokers .* did you mean 'workers'?"),
    ("study.space.porosity", {"low": 0.2, "high": 1.3}, r"study.space.porosity.high = 1.3 \[-\] is outside \(0, 1\)"),
    ("study.space.porosity", 35, r"study.space.porosity = 35 .* is outside \(0, 1\).* percentage"),
    ("study.space.mass_loading", "-2 mg/cm^2", r"study.space.mass_loading = -0.02 \[kg/m\^2\] is outside \(0, 2\]"),
    ("study.space.mass_loading", {"low": 10, "high": "30 mg/cm^2"}, "mass_loading.low = 10 has no unit.*kg/m"),
    ("study.space.mass_loading", "20 mg", "mass_loading = '20 mg' has the wrong dimension"),
    ("study.space.mass_loading", "20 mg/cmm^2", "unit 'mg/cmm\\^2' is not known"),
    ("study.space.mass_loading", "20mg/cm^2", "is not a quantity. Write a number, a space and a unit"),
    ("study.space.porosity", "0.3 m", "study.space.porosity = '0.3 m' has the wrong dimension"),
    ("study.space.porosity", float("nan"), "study.space.porosity = nan is not finite"),
    ("study.space.porosity", {"low": 0.2, "high": float("inf")}, "study.space.porosity.high = inf is not finite"),
    ("study.objective.power", "inf W", "study.objective.power = 'inf W' is not finite"),
    ("study.objective.power", "0 W", r"study.objective.power = 0 \[W\] is outside \(0, inf\)"),
    ("study.objective.power", None, "study.objective.power = None must be a number with a unit"),
    ("study.objective.power", True, "study.objective.power = True must be a number with a unit"),
    ("study.space.porosity", {"low": 0.4, "high": 0.3}, "study.space.porosity: low = 0.4 is above high = 0.3"),
    ("study.space.porosity", [0.3, 0.4], r"study.space.porosity = \[0.3, 0.4\] must be a number"),
    ("study.space", [1, 2], r"study.space = \[1, 2\] must be a map with the keys: .*porosity"),
    ("study.objective.kpi", "energy_densty", "study.objective.kpi = 'energy_densty' .* did you mean 'energy_density'?"),
    ("study.objective.maximise", "yes", "study.objective.maximise = 'yes' must be true or false"),
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
    ("study.stages.manufacture.engine", "particle_paking", "did you mean 'particle_packing'?"),
    ("study.stages.manufcture", {}, "study.stages.manufcture is not a known key: did you mean 'manufacture'?"),
    ("study.stages.suggest.parameters", {"count": 3}, "study.stages.suggest.parameters.count is not a parameter"),
    ("study.stages.cell.parameters", {"form_facter": "4680"}, "did you mean 'form_factor'?"),
    ("study.stages.cell.parameters", {"form_factor": 4680}, "study.stages.cell.parameters.*must be of type str"),
    ("study.stages.cell.parameters", {"positive_particle_radius_metre": "5 s"}, "radius_metre = '5 s' has the wrong"),
    ("study.stages.cell.parameters", {"positive_particle_radius_metre": float("nan")}, "parameters.*nan"),
    ("study.stages.cell.parameters", 3, "study.stages.cell.parameters must be a map"),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=[f"{p}={v!r:.30}" for p, v, _ in BAD])
def test_a_bad_value_is_named_by_its_path(path: str, value: Any, message: str) -> None:
    """The error is a StudyError whose message names path, value and what is expected."""
    with pytest.raises(StudyError, match=message):
        Study.read(changed(path, value))


@pytest.mark.parametrize("path", ["study.space.porosity", "study.seed", "study.objective.kpi", "study.budget"])
def test_a_missing_key_is_named(path: str) -> None:
    """No silent default for what decides the result."""
    with pytest.raises(StudyError, match=f"{path} is missing"):
        Study.read(without(path))


def test_a_quantity_of_an_engine_is_converted_to_the_unit_in_its_name() -> None:
    """A text such as "5 um" becomes 5e-6 for a parameter that ends in metre; a bare number is taken as it is."""
    for written in ("5 um", 5e-6):
        given = changed("study.stages.cell.parameters", {"positive_particle_radius_metre": written})
        parameters = Study.read(given).engines["cell"].parameters
        assert parameters["positive_particle_radius_metre"] == pytest.approx(5e-6)


def test_a_space_without_a_free_field_has_a_budget_of_one() -> None:
    """More designs than one would all be the same."""
    given = changed("study.space", {"active_material_weight_fraction": 0.95, "porosity": 0.3, "binder_adhesion": 0.5})
    given["study"]["space"]["mass_loading"] = "20 mg/cm^2"
    with pytest.raises(StudyError, match=r"study\.budget\.total = 12, but every field of the space is fixed"):
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


def test_a_rate_instead_of_a_power_chooses_the_engine_that_takes_it() -> None:
    """1C is one nominal capacity per hour, discharged at constant current."""
    given = without("study.objective.power")
    given["study"]["objective"]["rate"] = "0.5 1/h"
    del given["study"]["stages"]["discharge"]
    study = Study.read(given)
    assert study.objective.operation == {"rate_per_hour": 0.5}
    assert study.engines["discharge"].name == "constant_current"
    assert study.definition()["objective"]["rate_per_hour"] == 0.5


@pytest.mark.parametrize("rate", [None, "1 1/h"])
def test_power_and_rate_exclude_each_other(rate: str | None) -> None:
    """One of them is needed, and both are refused."""
    given = without("study.objective.power") if rate is None else changed("study.objective.rate", rate)
    with pytest.raises(StudyError, match=r"study.objective gives (neither power nor rate|power and rate)\. Give one"):
        Study.read(given)
