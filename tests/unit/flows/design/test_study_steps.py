"""The chain of a study: what takes part, in which place, where each input comes from, and what each KPI is read off."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from ragone.flows import Study, StudyError
from ragone.flows.cell.kpis import read_off
from ragone.flows.design.evaluation import roles_of
from ragone.flows.stages import KPI_STAGES, STAGES
from ragone.schemas import (
    Candidate,
    CapacityFade,
    CellParameters,
    Curve,
    Geometry,
    Impedance,
    Microstructure,
    Recipe,
    Transport,
    stage,
)
from ragone.schemas.kpi import Kpi
from ragone.schemas.kpi_stage import kpi_stage

FILES = Path(__file__).parents[4] / "params"
DENSITY = {"kpi": "energy_density", "maximise": True}
TORTUOSITY = {"kpi": "pore_tortuosity_factor", "minimise": True}
DISCHARGE = {"stage": "discharge_at_constant_power", "power": "60 W"}
SPACE = {"recipe": {"active_material_weight_fraction": 0.94, "porosity": {"low": 0.3, "high": 0.4}}}


def read(*goals: dict[str, Any], constraints: list[Any] | None = None, space: Any = None, **steps: Any) -> Study:
    """A small study with these objectives and steps."""
    content: dict[str, Any] = {
        "name": "small",
        "seed": 1,
        "cell": {"mass_loading": "15 mg/cm^2"},
        "space": {**SPACE, **(space or {})},
        "steps": steps,
        "objectives": list(goals),
        "constraints": constraints or [],
        "budget": {"initial": 1, "total": 1},
        "resolution": {"edge_voxels": 16, "voxel_size": "1 um", "volume_elements": 2},
    }
    if all(goal["kpi"] in ("pore_tortuosity_factor", "porosity") for goal in [*goals, *content["constraints"]]):
        del content["cell"]
    return Study.read({"study": content})


def roles(study: Study) -> list[str]:
    """Of the steps, in order."""
    return [step.role for step in study.chain]


def test_the_usual_steps_lead_from_a_recipe_to_a_discharge() -> None:
    """Inputs are found by type along the chain; volume elements are drawn and measured, the rest is done once."""
    chain = read(DENSITY, discharge=DISCHARGE).chain
    assert [step.role for step in chain] == ["manufacture", "characterise", "average", "assemble", "discharge"]
    assert chain.sources["manufacture"] == {"recipe": "recipe", "materials": "materials"}
    assert chain.sources["assemble"] == {"transport": "average", "materials": "materials", "design": "cell"}
    assert chain.sources["discharge"] == {"cell": "assemble"}
    assert chain.repeated == {"manufacture", "characterise"}
    assert chain.metrics("") == "average"


def test_a_domain_without_a_cell_ends_where_its_kpis_are_read_off() -> None:
    """Nothing of a cell takes part, and a cell's design that nobody takes is refused."""
    study = read(TORTUOSITY)
    assert roles(study) == ["manufacture", "characterise", "average"]
    assert set(study.given.kinds) == {"recipe", "materials"}
    with pytest.raises(StudyError, match=r"study\.cell is given, and no step that leads to a goal takes it"):
        Study.read({"study": {**_content(study), "cell": {"mass_loading": "15 mg/cm^2"}}})


def _content(study: Study) -> dict[str, Any]:
    return {
        "name": study.name,
        "seed": 1,
        "space": copy.deepcopy(SPACE),
        "objectives": [TORTUOSITY],
        "budget": {"initial": 1, "total": 1},
        "resolution": {"edge_voxels": 16, "voxel_size": "1 um", "volume_elements": 2},
    }


SOURCES: dict[str, tuple[str, str]] = {
    "kpi.delivered": ("mean_voltage", "discharge"),
    "kpi.steps": ("energy_step_2", "cycle"),
    "kpi.densities": ("specific_energy", "discharge"),
    "kpi.specific_capacity": ("active_material_capacity", "discharge"),
    "kpi.efficiency": ("coulombic_efficiency_cycle_2", "cycle"),
    "kpi.rate_capability": ("rate_capability_2C", "rate_test"),
    "kpi.ragone": ("one_hour_power", "discharge"),
    "kpi.dqdv": ("dqdv_discharge_peak_1_voltage", "cycle"),
    "kpi.cut_off": ("hysteresis", "cycle"),
    "kpi.ohmic_resistance": ("ohmic_resistance", "pulse"),
    "kpi.polarisation": ("polarisation_resistance", "pulse"),
    "kpi.pulses": ("resistance_10s", "pulse"),
    "kpi.titration": ("diffusion_time", "gitt"),
    "kpi.taper": ("taper_missing_charge", "charge"),
    "kpi.temperature": ("maximum_temperature", "fast_charge"),
    "kpi.plating_margin": ("plating_margin", "fast_charge"),
    "kpi.limits": ("mean_overpotential", "fast_charge"),
    "kpi.kramers_kronig": ("kramers_kronig_residual", "spectrum"),
    "kpi.equivalent_circuit": ("charge_transfer_resistance", "spectrum"),
    "kpi.relaxation_times": ("drt_total_resistance", "spectrum"),
    "kpi.transport": ("porosity", "average"),
    "kpi.steady_temperature": ("steady_temperature", "assemble"),
    "kpi.thermal_runaway": ("critical_ambient_temperature", "assemble"),
}
READ_OFF = sorted(name for name, stage in KPI_STAGES.items() if read_off(stage))  # others compare several subjects
USUAL = {
    Transport: "average",
    CellParameters: "assemble",
    Curve: "discharge",
    Impedance: "spectrum",
    CapacityFade: "age",
}
STEPS: dict[str, Any] = {
    "discharge": DISCHARGE,
    "spectrum": "simulate_impedance",
    "age": "ageing.fade_of_cell",
    **{name: f"protocol.{name}" for name in ("cycle", "rate_test", "pulse", "gitt", "charge", "fast_charge")},
}


def source_of(name: str) -> tuple[str, str]:
    """A KPI of the stage, and the step to read it off: the usual one that gives such a subject unless told."""
    stage = KPI_STAGES[name]
    usual = (role for kind, role in USUAL.items() if stage.subject.takes(kind))
    return SOURCES.get(name) or (next(iter(stage.gives)), next(usual))


@pytest.mark.parametrize("name", READ_OFF)
def test_a_kpi_of_any_stage_is_objective_or_constraint(name: str) -> None:
    """Read off the step that is named; where a single step gives such a record it need not be."""
    kpi, role = source_of(name)
    needed = {one.short: "10 W/m^2/K" for one in KPI_STAGES[name].parameters.values() if one.required}
    goal = {"kpi": kpi, "from": role, **({"settings": needed} if needed else {})}
    taken = {role: STEPS[role]} if role in STEPS else {}
    unit = KPI_STAGES[name].unit_given(kpi)
    limit = {**goal, "at_most": f"7 {unit}" if unit != "1" else 7}
    as_objective = read({**goal, "maximise": True}, **taken)
    as_constraint = read({"kpi": "porosity", "maximise": True}, constraints=[limit], **taken)
    for study, number in ((as_objective, 0), (as_constraint, 1)):
        found = study.goals[number]
        assert (found.stage.name, found.sources, found.key) == (name, (role,), f"{role}.{kpi}")
        assert found.stage in [one.stage for one in study.extractions]
        kind = study.chain.kind_of(role)
        assert kind is not None
        assert any(port.takes(kind) for port in found.stage.ports.values())
    assert as_constraint.goals[1].limit == pytest.approx(7.0)
    if len(taken) < 2:
        left_out = {key: value for key, value in goal.items() if key != "from"}
        assert read({**left_out, "maximise": True}, **taken).goals[0].sources == (role,)


def test_several_operating_points_are_named_or_refused() -> None:
    """Two discharges: a KPI is read off the one that is named; without a name it is ambiguous, by both roles."""
    fast = {"stage": "discharge_at_constant_current", "rate": "3 1/h"}
    with pytest.raises(
        StudyError, match=r"energy_density .*several steps give one: slow, fast. Name a step with `from`"
    ):
        read(DENSITY, slow=DISCHARGE, fast=fast)
    study = read({**DENSITY, "from": "slow"}, {**DENSITY, "from": "fast"}, slow=DISCHARGE, fast=fast)
    assert [goal.key for goal in study.goals] == ["slow.energy_density", "fast.energy_density"]
    assert roles(study)[-2:] == ["slow", "fast"]
    assert study.chain.sources["fast"] == study.chain.sources["slow"] == {"cell": "assemble"}


def test_a_kpi_of_several_curves_takes_them_all_and_one_of_a_single_curve_one() -> None:
    """A Ragone curve is read off every discharge; an energy density off one, and two are refused."""
    ragone = {"kpi": "one_hour_power", "maximise": True}
    other = {**DISCHARGE, "power": "10 W"}
    study = read(ragone, slow=other, fast=DISCHARGE)
    assert study.goals[0].sources == ("slow", "fast")
    extraction = next(one for one in study.extractions if one.stage.name == "kpi.ragone")
    assert roles_of(study.chain, extraction) == {"curves": ["slow", "fast"], "cell": ["assemble"]}
    with pytest.raises(
        StudyError, match=r"energy_density is read from slow, fast, but fast gives a discharge.*one of them"
    ):
        read({**DENSITY, "from": ["slow", "fast"]}, slow=other, fast=DISCHARGE)


def test_a_kpi_that_compares_two_curves_is_given_each_once() -> None:
    """The first that is named is measured, the second simulated."""
    goal = {"kpi": "voltage_rmse", "minimise": True, "from": ["slow", "fast"]}
    study = read(goal, slow={**DISCHARGE, "power": "10 W"}, fast=DISCHARGE)
    extraction = next(one for one in study.extractions if one.stage.name == "kpi.voltage_deviation")
    assert roles_of(study.chain, extraction) == {"measured": ["slow"], "simulated": ["fast"]}


def test_a_kpi_takes_the_cell_that_its_own_curve_was_computed_with() -> None:
    """Of two cells the one before the curve, not the last."""
    steps = {
        "discharge": DISCHARGE,
        "second": {"stage": "assemble_cell", "after": "discharge"},
        "again": {**DISCHARGE, "after": "second"},
    }
    study = read({**DENSITY, "from": "discharge"}, {**DENSITY, "from": "again"}, **steps)
    found = {one.sources: roles_of(study.chain, one)["cell"] for one in study.extractions if "cell" in one.stage.ports}
    assert found == {("discharge",): ["assemble"], ("again",): ["second"]}


def test_a_kpi_that_no_step_gives_is_refused() -> None:
    """With what it is read off, and the steps that there are."""
    with pytest.raises(StudyError, match="plating_margin is read off a curve, and no step gives one: manufacture, "):
        read({"kpi": "plating_margin", "maximise": True})


MISSING = [
    ({"characterise": "measure_geometry"}, "average", "transport", "transports", r".*characterise \(geometry\)"),
    ({"characterise": "measure_geometry", "average": "measure_geometry"}, "assemble", "transport", "transport", r".*"),
    ({"assemble": "measure_geometry"}, "discharge", "cell_parameters", "cell", r".*assemble \(geometry\)"),
]


@pytest.mark.parametrize(("steps", "role", "kind", "port", "before"), MISSING, ids=[m[1] for m in MISSING])
def test_a_missing_input_is_named_by_its_path(steps: Any, role: str, kind: str, port: str, before: str) -> None:
    """The step that lacks it, its port, the kind, and what there is before it."""
    told = rf"study\.steps\.{role} \([\w.]+\) needs a {kind} for its input '{port}', and nothing before it gives"
    told += f" one: {before}"
    with pytest.raises(StudyError, match=told):
        read(DENSITY, discharge=DISCHARGE, **steps)


@stage("trial.thicken")
def thicken(transport: Transport) -> Transport:
    """A transport of a transport."""
    return transport


@stage("trial.mill")
def mill(recipe: Recipe) -> Recipe:
    """A recipe of a recipe."""
    return recipe


@stage("trial.close")
def close(microstructure: Microstructure) -> Microstructure:
    """Voxels of voxels."""
    return microstructure


@stage("trial.of_geometry")
def of_geometry(geometry: Geometry) -> Transport:
    """Takes what no usual step gives."""
    raise NotImplementedError


@kpi_stage("trial.roundness", gives={"roundness": "1"})
def roundness(geometry: Geometry) -> Kpi:
    """A KPI of what no usual step gives."""
    raise NotImplementedError


@pytest.fixture
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (thicken, mill, close, of_geometry, roundness):
        monkeypatch.setitem(STAGES, one.name, one)  # type: ignore[arg-type]


ADDED = [
    ({"stage": "thicken"}, ["manufacture", "characterise", "average", "added", "assemble"], False),
    (
        {"stage": "thicken", "after": "characterise"},
        ["manufacture", "characterise", "added", "average", "assemble"],
        True,
    ),
    ({"stage": "close"}, ["manufacture", "added", "characterise", "average", "assemble"], True),
    ({"stage": "mill"}, ["added", "manufacture", "characterise", "average", "assemble"], False),
]


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize(("step", "order", "per_volume_element"), ADDED, ids=[str(step) for step, *_ in ADDED])
def test_a_stage_of_the_registry_takes_part_by_being_named(
    step: Any, order: list[str], per_volume_element: bool
) -> None:
    """It stands in the chain, and what follows takes what it gives; once for a volume element, or once for a design."""
    chain = read(DENSITY, discharge=DISCHARGE, added=step).chain
    assert [each.role for each in chain] == [*order, "discharge"]
    assert ("added" in chain.repeated) == per_volume_element
    follower = order[order.index("added") + 1]
    assert "added" in chain.sources[follower].values()
    if step["stage"] == "thicken":
        assert chain.metrics("") == ("average" if per_volume_element else "added")


@pytest.mark.usefixtures("_known")
def test_a_kpi_stage_of_the_registry_is_an_objective_by_being_named() -> None:
    """Its step beside it; without the step its absence is told."""
    goal = {"kpi": "roundness", "maximise": True}
    with pytest.raises(StudyError, match="roundness is read off a geometry, and no step gives one"):
        read(goal)


@pytest.mark.usefixtures("_known")
def test_an_input_that_nothing_before_gives_is_named_with_the_remedy() -> None:
    """The path of the step, the port, and what comes before it."""
    with pytest.raises(
        StudyError,
        match=r"study\.steps\.strange \(trial\.of_geometry\) needs a geometry for its input 'geometry', and nothing "
        r"before it gives one: .*recipe \(recipe\).*Add a step that gives a geometry",
    ):
        read(DENSITY, discharge=DISCHARGE, strange="of_geometry")


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("ageing.age_cell", "Name ageing.fade_of_cell or ageing.age_regions instead."),
        ("kpi.taper", "Name a stage that gives one, or read"),
    ],
)
def test_a_stage_of_several_records_is_refused_with_the_stage_that_gives_one(name: str, advice: str) -> None:
    """A step gives one record: a stage of several is refused by its path, and the one to name instead is named."""
    message = f"study.steps.age.stage = {name} gives several records by name, and a step gives one. {advice}"
    with pytest.raises(StudyError, match=re.escape(message)):
        read({"kpi": "cycle_life", "maximise": True, "from": "age"}, age=name)


def test_the_negative_electrode_has_steps_of_its_own() -> None:
    """Where the study gives it a recipe; the cell takes both, and its space is open like that of the positive one."""
    study = read(DENSITY, discharge=DISCHARGE)
    assert study.chain.branches == ("",)
    content = {
        **_content(study),
        "cell": {"mass_loading": "15 mg/cm^2"},
        "negative_recipe": {"active_material_weight_fraction": 0.95},
        "objectives": [DENSITY],
        "steps": {
            "discharge": DISCHARGE,
            "negative_manufacture": {"stage": "pack_particles", "calendering_pressure": "50 MPa"},
        },
    }
    content["space"]["negative_recipe.porosity"] = {"low": 0.25, "high": 0.4}
    chain = Study.read({"study": content}).chain
    assert chain.branches == ("", "negative_")
    assert chain.sources["assemble"] == {
        "transport": "average",
        "materials": "materials",
        "design": "cell",
        "negative_transport": "negative_average",
        "negative_materials": "negative_materials",
    }
    assert chain.sources["negative_manufacture"] == {"recipe": "negative_recipe", "materials": "negative_materials"}
    assert chain.step("negative_manufacture").parameters == {"calendering_pressure_pascal": pytest.approx(5e7)}
    assert chain.step("manufacture").parameters == {}
    assert chain.repeated == {f"{side}{role}" for side in ("", "negative_") for role in ("manufacture", "characterise")}


@pytest.mark.parametrize("where", ["cell", "space"])
def test_materials_of_a_drawn_negative_electrode_are_its_set_s(where: str) -> None:
    """Graphite of Ecker2015 opposite NMC 811 of Chen2020, fixed or chosen; the positive's stay."""
    content = _content(read(DENSITY, discharge=DISCHARGE))
    content["negative_recipe"] = {"active_material_weight_fraction": 0.95, "porosity": 0.3}
    content["space"].pop("cell.mass_loading", None)
    content |= {"cell": {"mass_loading": "15 mg/cm^2"}, "objectives": [DENSITY], "steps": {"discharge": DISCHARGE}}
    chosen: dict[str, str] = {}
    if where == "cell":
        content["cell"]["negative_parameter_set"] = "Ecker2015"
    else:
        content["space"]["cell.negative_parameter_set"] = {"choices": ["Ecker2015", "Chen2020"]}
        chosen = {"cell.negative_parameter_set": "Ecker2015"}
    given = Study.read({"study": content}).given
    wanted = given.wanted(Candidate(values=chosen))
    names = {role: wanted[role]["fields"]["active_material"] for role in ("materials", "negative_materials")}
    assert names == {"materials": "NMC 811", "negative_materials": "graphite"}
    decided = given.decided_by(["cell.negative_parameter_set"])
    assert decided == {"cell", "materials", "negative_materials"}


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("half-cell.yaml", []),
        ("full-cell.yaml", []),
        ("cycle-life.yaml", ["age"]),
        ("four-parameters.yaml", ["assemble"]),
        ("both-electrodes.yaml", ["charge", "assemble"]),
    ],
)
def test_the_studies_of_the_repository_are_read(name: str, limits: list[str]) -> None:
    """Each with one objective, read off its discharge, and the limits that it names."""
    study = Study.load(FILES / name)
    assert [goal.sources for goal in study.goals] == [("discharge",), *((role,) for role in limits)]
