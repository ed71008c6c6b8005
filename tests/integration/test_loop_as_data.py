"""What a study can say beyond one objective of one cell: loadings, goals, limits, kinds of values, two electrodes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import electrode_stand_ins
import pytest
from electrode_stand_ins import STUDY, study, told

from ragone.dataset import Lake
from ragone.flows import CampaignResult, Study, TrialOutcome, run_campaign, write_outputs
from ragone.flows.design.evaluation import uncertain_metrics
from ragone.flows.design.optimiser import Optimiser
from ragone.flows.running.workspace import open_workspace
from ragone.flows.stages import STAGES
from ragone.schemas import (
    Candidate,
    CellDesign,
    CellParameters,
    Discharge,
    History,
    Kpi,
    Materials,
    Microstructure,
    ParticleShape,
    Recipe,
    Run,
    Transport,
    stage,
)
from ragone.schemas.kpi_stage import kpi_stage

STEPS = STUDY["study"]["steps"]
PACKED = {"stage": "pack_particles"}
SMALL = {"edge_voxels": 16, "voxel_size": "1 um"}


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    electrode_stand_ins.register(monkeypatch)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def runs(lake: Lake, stage_name: str) -> int:
    """Runs of a stage, failed ones too."""
    return int(lake.sql(f"SELECT count(*) AS n FROM runs WHERE stage LIKE '{stage_name}'")["n"].item())


def of_run(lake: Lake, artifact_id: str) -> Run:
    """The run that made an artifact."""
    return lake.get(lake.lineage(artifact_id).parents_of(artifact_id)[0].run_id, Run)


def inputs(run: Run, role: str) -> list[str]:
    """Ids that a run took in a role."""
    return [name for port, name in zip(run.input_roles, run.input_ids, strict=True) if port == role]


@pytest.mark.parametrize("where", ["recipe", "space"])
def test_designs_that_differ_in_loading_alone_share_their_volume_elements(lake: Lake, where: str) -> None:
    """Ten designs of eight volume elements each: eight are drawn and eight measured, wherever the recipe is fixed."""
    fixed = {"active_material_weight_fraction": 0.94, "porosity": 0.4}
    space: dict[str, Any] = {"recipe.active_material_weight_fraction": 0.94, "recipe.porosity": 0.4}
    content = electrode_stand_ins.content(
        space=space if where == "space" else {},
        steps={"manufacture": PACKED},
        budget={"initial": 10, "total": 10},
        resolution={**SMALL, "volume_elements": 8},
    )
    del content["study"]["space"]["recipe.binder_adhesion"]
    if where == "recipe":
        content["study"]["recipe"] = fixed
        content["study"]["space"] = {"cell.mass_loading": content["study"]["space"]["cell.mass_loading"]}
    result = run_campaign(lake, Study.read(content))
    assert runs(lake, "manufacture.pack_particles") == runs(lake, "stand_in.measure") == 8
    assert {trial.volume_element_count for trial in result.trials} == {8}
    assert {trial.kpis[0].sample_count for trial in result.trials} == {8}
    assert len({trial.kpis[0].id for trial in result.trials}) == 10


def test_another_calendering_is_another_microstructure(lake: Lake) -> None:
    """What changes in the step that draws decides the volume elements, too; a parameter of the discharge does not."""
    space = {
        "recipe.porosity": 0.4,
        "recipe.binder_adhesion": 0.5,
        "cell.mass_loading": "20 mg/cm^2",
        "manufacture.calendering_pressure": {"choices": ["0 MPa", "50 MPa"]},
        "discharge.power": {"low": "20 W", "high": "60 W"},
    }
    steps = {"manufacture": PACKED}
    result = run_campaign(lake, study(space=space, steps=steps, budget={"initial": 6, "total": 6}, resolution=SMALL))
    pressures = {trial.candidate.values["manufacture.calendering_pressure_pascal"] for trial in result.trials}
    assert pressures == {0.0, 5e7}
    assert runs(lake, "manufacture.pack_particles") == 2 * 2
    powers = {lake.get(of_run(lake, t.kpis[0].id).input_ids[0], Discharge).power_watt for t in result.trials}
    assert powers == {trial.candidate.values["discharge.power_watt"] for trial in result.trials}
    assert len(powers) == 6


@pytest.fixture(scope="module")
def two_points(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, CampaignResult]]:
    """Two operating points of one cell, an objective at each, and a limit that some designs break."""
    steps = {"slow": {**STEPS["discharge"], "power": "10 W"}, "fast": {**STEPS["discharge"], "power": "60 W"}}
    content = electrode_stand_ins.content(
        objectives=[{"kpi": "energy", "maximise": True, "from": role} for role in steps],
        constraints=[{"kpi": "porosity", "at_least": "30 %"}],
        budget={"initial": 8, "total": 8},
        resolution={"volume_elements": 1},
    )
    del content["study"]["steps"]["discharge"]
    content["study"]["steps"] |= steps
    with pytest.MonkeyPatch.context() as patch:
        electrode_stand_ins.register(patch)
        with Lake.open(tmp_path_factory.mktemp("two") / "lake", create=True) as opened:
            yield opened, run_campaign(opened, Study.read(content))


def test_several_operating_points_of_one_cell_are_one_study(two_points: tuple[Lake, CampaignResult]) -> None:
    """One cell a design, discharged at either power; each objective is read off its own discharge."""
    lake, result = two_points
    assert runs(lake, "stand_in.build") == 8
    assert runs(lake, "stand_in.discharge") == 16
    for trial in result.trials:
        powers = [lake.get(inputs(of_run(lake, kpi.id), "curve")[0], Discharge).power_watt for kpi in trial.kpis[:2]]
        assert powers == [10.0, 60.0]
        assert {"slow.energy_density", "fast.energy_density", "average.porosity"} <= set(trial.kpi_ids)


def test_two_objectives_have_a_front_and_a_broken_limit_is_infeasible(
    two_points: tuple[Lake, CampaignResult], tmp_path: Path
) -> None:
    """The front: feasible trials that no other feasible one beats in both; the record holds every value."""
    _, result = two_points
    values = [[kpi.measured_value for kpi in trial.kpis] for trial in result.trials]
    assert result.campaign.values == values
    feasible = [row[2] >= 0.3 for row in values]
    assert set(feasible) == {True, False}
    assert [trial.outcome is TrialOutcome.MEASURED for trial in result.trials] == feasible
    assert result.campaign.feasible.astype(bool).tolist() == feasible
    able = [row for row, good in zip(values, feasible, strict=True) if good]

    def beaten(row: list[float]) -> bool:
        return any(o[0] >= row[0] and o[1] >= row[1] and (o[0] > row[0] or o[1] > row[1]) for o in able)

    expected = [
        t.candidate.id for t, row, good in zip(result.trials, values, feasible, strict=True) if good and not beaten(row)
    ]
    assert [trial.candidate.id for trial in result.front] == list(result.campaign.front_ids) == expected
    assert result.campaign.best_candidate_id == ""
    metrics = json.loads(write_outputs(result, tmp_path)[1].read_text())
    assert metrics["front_candidate_ids"] == expected
    header = (tmp_path / "trials.csv").read_text().splitlines()[0].split(",")
    assert header[-2:] == ["fast.energy", "average.porosity"]


def test_the_next_candidates_of_two_objectives_are_improvements_expected(lake: Lake) -> None:
    """The optimiser is told every goal: its proposal is informed by all KPIs of the feasible and infeasible trials."""
    content = electrode_stand_ins.content(
        objectives=[{"kpi": "energy", "maximise": True}, {"kpi": "porosity", "minimise": True}],
        constraints=[{"kpi": "mean_voltage", "at_least": "1 V"}],
        optimiser={"suggest": "expected_improvement"},
        budget={"initial": 3, "total": 4},
        resolution={"volume_elements": 1},
    )
    result = run_campaign(lake, Study.read(content))
    informed_by = {edge.parent for edge in lake.lineage(result.trials[3].candidate.id).informed_by}
    assert {kpi.id for trial in result.trials[:3] for kpi in trial.kpis} <= informed_by


def test_values_of_a_space_have_the_type_of_their_parameter(lake: Lake) -> None:
    """Texts, whole numbers and choices of numbers come out as such, in the candidate and where they are used."""
    space = {
        "recipe.particle_shape": {"choices": ["ellipsoid", "plate"]},
        "recipe.particle_aspect_ratio": {"choices": [2, 3]},
        "cell.form_factor": {"choices": [4680, 21700]},
        "discharge.sample_count": {"low": 3, "high": 9},
    }
    counted = {**STEPS["discharge"], "stage": "stand_in.counted"}
    result = run_campaign(lake, study(space=space, steps={"discharge": counted}, budget={"initial": 8, "total": 8}))
    values = [trial.candidate.values for trial in result.trials]
    assert {type(one["discharge.sample_count"]) for one in values} == {int}
    assert {one["recipe.particle_shape"] for one in values} == {"ellipsoid", "plate"}
    assert {one["cell.form_factor"] for one in values} == {"4680", "21700"}
    assert {one["recipe.particle_aspect_ratio"] for one in values} == {2.0, 3.0}
    assert len({one["discharge.sample_count"] for one in values}) > 2
    for trial in result.trials:
        curve = lake.get(of_run(lake, trial.kpis[0].id).input_ids[0], Discharge)
        cell = lake.get(of_run(lake, curve.id).input_ids[0], CellParameters)
        assert len(curve.test_time_second) == trial.candidate.values["discharge.sample_count"]
        assert cell.form_factor == trial.candidate.values["cell.form_factor"]
    shapes = {lake.get(name, Recipe).particle_shape for name in lake.sql("SELECT id FROM recipes")["id"]}
    assert shapes == {ParticleShape.ELLIPSOID, ParticleShape.PLATE}


@stage("stand_in.counted")
def counted_discharge(cell: CellParameters, *, power_watt: float, sample_count: int = 5) -> Discharge:
    """The stand-in's, with as many samples."""
    curve = electrode_stand_ins.discharge(cell, power_watt=power_watt)
    last, build = curve.test_time_second[-1], type(curve)
    fields = {name: getattr(curve, name) for name in build.fields()}
    fields["test_time_second"] = [last * n / (sample_count - 1) for n in range(sample_count)]
    fields["voltage_volt"] = [3.6] * sample_count
    fields["current_ampere"] = [-power_watt / 3.6] * sample_count
    return build.build(fields)


@stage("trial.thicken")
def thicken(transport: Transport) -> Transport:
    """Twice the tortuosity factor, and its error."""
    made = {name: getattr(transport, name) for name in Transport.fields()}
    for name in ("pore_tortuosity_factor", "pore_tortuosity_factor_standard_error"):
        made[name] = None if made[name] is None else 2 * made[name]
    return Transport.build(made)


@stage("trial.mill")
def mill(recipe: Recipe, *, share: float = 0.5) -> Recipe:
    """Smaller particles."""
    fields = {name: getattr(recipe, name) for name in Recipe.fields()}
    return Recipe.build({**fields, "median_particle_radius_metre": share * recipe.median_particle_radius_metre})


@stage("trial.close")
def close(microstructure: Microstructure) -> Microstructure:
    """Voxels turned about."""
    fields = {name: getattr(microstructure, name) for name in Microstructure.fields()}
    return Microstructure.build({**fields, "labels": microstructure.labels[::-1].copy()})


@kpi_stage("trial.skew", gives={"skew": "1"})
def skew(transport: Transport, *, exponent: float = 1.0) -> Kpi:
    """Tortuosity factor times porosity to a power."""
    value = transport.pore_tortuosity_factor * transport.pore_fraction**exponent
    return Kpi(name="skew", value=value, unit="1", outcome="measured", sample_count=1, definition="test", method="test")


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (thicken, mill, close, skew, counted_discharge):
        monkeypatch.setitem(STAGES, one.name, one)  # type: ignore[arg-type]


ADDED = [("thicken", 1), ("mill", 1), ("close", 2)]


@pytest.mark.parametrize(("name", "count"), ADDED, ids=[name for name, _ in ADDED])
def test_a_stage_of_the_registry_is_a_part_of_the_loop_by_being_named(lake: Lake, name: str, count: int) -> None:
    """It runs once for a design, or once for each volume element, and the KPI descends from what it gave."""
    content = electrode_stand_ins.content(steps={"added": {"stage": name}}, budget={"initial": 1, "total": 1})
    trial = run_campaign(lake, Study.read(content)).trials[0]
    assert trial.outcome is TrialOutcome.MEASURED, trial.error
    assert runs(lake, f"trial.{name}") == count
    made = {edge.child for edge in lake.lineage(trial.kpis[0].id).up if edge.stage == f"trial.{name}"}
    assert len(made) == count


def test_a_kpi_stage_of_the_registry_is_an_objective_by_being_named(lake: Lake) -> None:
    """Its settings are its own, its uncertainty comes from the metrics, and no cell is built for it."""
    content = electrode_stand_ins.content(
        objectives=[{"kpi": "skew", "minimise": True, "settings": {"exponent": 2}}], budget={"initial": 2, "total": 2}
    )
    del content["study"]["space"]["cell.mass_loading"]
    del content["study"]["steps"]["discharge"], content["study"]["steps"]["assemble"]
    result = run_campaign(lake, Study.read(content))
    for trial in result.trials:
        mean = lake.get(of_run(lake, trial.kpis[0].id).input_ids[0], Transport)
        assert trial.kpis[0].value == mean.pore_tortuosity_factor * mean.pore_fraction**2
        assert trial.kpis[0].standard_uncertainty == pytest.approx(
            (mean.pore_tortuosity_factor_standard_error or 0.0) * mean.pore_fraction**2
        )
    assert runs(lake, "stand_in.build") == 0
    assert result.best is not None
    assert result.best.kpis[0].value == min(trial.kpis[0].measured_value for trial in result.trials)


@pytest.fixture(scope="module")
def both_electrodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, CampaignResult]]:
    """A study that varies both electrodes."""
    content = electrode_stand_ins.content(budget={"initial": 2, "total": 2}, resolution={"volume_elements": 3})
    content["study"]["negative_recipe"] = {"active_material_weight_fraction": 0.96}
    content["study"]["space"]["negative_recipe.porosity"] = {"low": 0.25, "high": 0.4}
    content["study"]["space"]["cell.negative_to_positive_capacity_ratio"] = {"low": 1.0, "high": 1.3}
    with pytest.MonkeyPatch.context() as patch:
        electrode_stand_ins.register(patch)
        with Lake.open(tmp_path_factory.mktemp("both") / "lake", create=True) as opened:
            yield opened, run_campaign(opened, Study.read(content))


METRICS = (
    "specific_surface_area_per_metre",
    "pore_tortuosity_factor",
    "solid_effective_conductivity_siemens_per_metre",
)


def test_a_negative_electrode_is_drawn_measured_and_optimised(both_electrodes: tuple[Lake, CampaignResult]) -> None:
    """Its own recipe, materials and volume elements enter the cell, and its metrics are perturbed as the positive's."""
    lake, result = both_electrodes
    assert runs(lake, "stand_in.draw") == 2 * 2 * 3
    for trial in result.trials:
        run = of_run(lake, trial.kpis[0].id)
        assert run.parameters["perturbed"] == [f"{side}{metric}" for side in ("", "negative_") for metric in METRICS]
        cell_run = of_run(lake, inputs(run, "cell")[0])
        design = lake.get(inputs(cell_run, "design")[0], CellDesign)
        assert (
            design.negative_to_positive_capacity_ratio
            == trial.candidate.values["cell.negative_to_positive_capacity_ratio"]
        )
        (negative,) = inputs(cell_run, "negative_transport")
        (positive,) = inputs(cell_run, "transport")
        assert negative != positive
        (materials,) = inputs(cell_run, "negative_materials")
        assert "graphite" in lake.get(materials, Materials).active_material.lower()
        above = [lake.get(one, Recipe) for one in lake.lineage(negative).ancestors if one.startswith("recipe-")]
        assert [one.porosity for one in above] == [trial.candidate.values["negative_recipe.porosity"]]
        assert [one.active_material_weight_fraction for one in above] == [0.96]


Campaigned = tuple[Lake, CampaignResult]


def test_an_uncertainty_is_the_root_of_the_squares_of_what_each_metric_changes(both_electrodes: Campaigned) -> None:
    """Computed by hand from the perturbed discharges of the lake, metric by metric, for both electrodes."""
    lake, result = both_electrodes
    for trial in result.trials:
        run = of_run(lake, trial.kpis[0].id)
        differences = _differences(lake, run)
        assert set(differences) == {f"{side}{metric}" for side in ("", "negative_") for metric in METRICS}
        expected = math.hypot(*differences.values())
        assert trial.kpis[0].standard_uncertainty == pytest.approx(expected, rel=1e-9)
        for metric in METRICS:
            assert abs(differences[metric]) > 1e-6 * expected


def _differences(lake: Lake, run: Run) -> dict[str, float]:
    """What raising each metric changes in the energy density of a run [W.h/L], from discharges and cells alone."""

    def density(curve_id: str) -> float:
        curve = lake.get(curve_id, Discharge)
        cell = lake.get(of_run(lake, curve_id).input_ids[0], CellParameters)
        energy = curve.power_watt * curve.test_time_second[-1] / 3600
        return float(energy / (cell.cell_volume_cubic_metre * 1e3))

    (nominal,) = inputs(run, "curve")
    perturbed = inputs(run, "perturbed_curve")
    names: dict[str, str] = {}
    for curve_id in dict.fromkeys(perturbed):
        cell_run = of_run(lake, of_run(lake, curve_id).input_ids[0])
        for port, side in (("transport", ""), ("negative_transport", "negative_")):
            for transport_id in inputs(cell_run, port):
                made_by = of_run(lake, transport_id)
                if made_by.stage == "characterise.perturb":
                    names[f"{side}{made_by.parameters['metric']}"] = curve_id
    return {metric: density(curve_id) - density(nominal) for metric, curve_id in names.items()}


def test_the_metrics_that_are_perturbed_are_all_whose_error_is_known(both_electrodes: Campaigned) -> None:
    """Those of the record, no list beside it."""
    lake, _ = both_electrodes
    means = lake.sql("SELECT id FROM transports WHERE volume_element_count = 3")["id"]
    assert all(uncertain_metrics(lake.get(one, Transport)) == list(METRICS) for one in means)


def test_an_optimiser_goes_on_from_the_id_of_its_history(lake: Lake) -> None:
    """Ask and tell are separate: another one, given the stored history, proposes what the first would have."""
    wanted = study(optimiser={"suggest": "expected_improvement"})

    def kpi(number: int) -> Kpi:
        made = Kpi(
            name="energy_density",
            value=100.0 + number**2,
            unit="W.h/L",
            outcome="measured",
            sample_count=1,
            definition="test",
            method=f"test {number}",
        )
        return lake.get(lake.put(made), Kpi)

    with open_workspace(lake) as workspace:
        optimiser = Optimiser(workspace, wanted)
        first = optimiser.ask(3)
        assert [one.id for one in Optimiser(workspace, wanted).ask(3)] == [one.id for one in first]
        optimiser.tell(first, [(kpi(0),), (), (kpi(2),)])
        second = optimiser.ask(1)
        history_id = optimiser.tell(second, [(kpi(3),)]).id
        expected = optimiser.ask(2)
    with Lake.open(lake.where) as again, open_workspace(again) as workspace:
        history = again.get(history_id, History)
        assert [bool(kpis and all(kpis)) for _, kpis in history.rows()] == [True, False, True, True]
        resumed = Optimiser(workspace, wanted, history).ask(2)
    assert [one.id for one in resumed] == [one.id for one in expected]
    assert len({one.id for one in (*first, *second, *expected)}) == 6
    assert all(isinstance(one, Candidate) for one in resumed)


def test_a_stopped_campaign_ends_with_the_same_history(lake: Lake) -> None:
    """A campaign interrupted between two trials goes on from what it was told."""
    stop = study(optimiser={"suggest": "expected_improvement"})

    def interrupt(after: int) -> Callable[[Any], None]:
        def say(trial: Any) -> None:
            if trial.number == after + 1:
                raise KeyboardInterrupt

        return say

    for after in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            run_campaign(lake, stop, finished=interrupt(after))
    ended = run_campaign(lake, stop)
    counted = lake.sql("SELECT recipe_id, count(*) AS n FROM runs WHERE stage != 'given' GROUP BY recipe_id")
    assert set(counted["n"].to_list()) == {1}
    with Lake.open(Path(lake.where).parent / "other", create=True) as other:
        assert told(run_campaign(other, stop)) == told(ended)


def test_uncertain_materials_are_perturbed_beside_the_volumes(lake: Lake) -> None:
    """A binder of which ions cross an uncertain share widens the KPI, whose method names the share's part."""
    slow = {**STEPS["discharge"], "power": "2 W"}
    packed = {"manufacture": PACKED, "characterise": {"stage": "homogenise"}, "discharge": slow}
    sponge = {"carbon_binder_nanoporosity": 0.5, "carbon_binder_ionic_conductivity_share": 0.16}
    factor = {"carbon_binder_ionic_conductivity_share_uncertainty_factor": 3.0}
    found = {}
    for name, materials in (("sure", sponge), ("unsure", {**sponge, **factor})):
        space = {"recipe.porosity": 0.45, "recipe.binder_adhesion": 0.5, "cell.mass_loading": "20 mg/cm^2"}
        wanted = study(
            space=space, steps=packed, materials=materials, resolution=SMALL, budget={"initial": 1, "total": 1}
        )
        found[name] = run_campaign(lake, wanted).trials[0].kpis[0]
    sure, unsure = found["sure"], found["unsure"]
    assert unsure.value == pytest.approx(sure.value, rel=1e-12)
    assert (unsure.standard_uncertainty or 0) > (sure.standard_uncertainty or 0) > 0
    named = "materials_pore_tortuosity_factor"
    assert [named in of_run(lake, kpi.id).parameters["perturbed"] for kpi in (sure, unsure)] == [False, True]
    assert named in unsure.method
