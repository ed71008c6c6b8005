"""Other domains than a nickel-rich cell, with the real stages: each is one study and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragone.dataset import Lake
from ragone.flows import Study, StudyError, TrialOutcome, run_campaign
from ragone.schemas import CellParameters, Materials

COARSE = {"edge_voxels": 20, "voxel_size": "0.8 um", "volume_elements": 1}


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """An empty lake."""
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def study(**sections: Any) -> Study:
    """A study of one design, but for what is given."""
    content = {
        "name": "domain",
        "seed": 7,
        "recipe": {"active_material_weight_fraction": 0.94, "porosity": 0.4},
        "space": {},
        "objectives": [{"kpi": "specific_energy", "maximise": True}],
        "budget": {"initial": 1, "total": 1},
        "resolution": COARSE,
        **sections,
    }
    return Study.read({"study": content})


def test_a_second_chemistry_is_one_study(lake: Lake) -> None:
    """Lithium iron phosphate end to end: its own density enters voxels, metrics and cell, and its voltage the KPI."""
    result = run_campaign(
        lake,
        study(
            cell={"parameter_set": "Prada2013", "mass_loading": "15 mg/cm^2"},
            steps={"discharge": {"stage": "discharge_at_constant_current", "rate": "1 1/h", "lower_voltage": "2.0 V"}},
            constraints=[{"kpi": "mean_voltage", "at_most": "3.5 V"}],
        ),
    )
    (trial,) = result.trials
    assert trial.outcome is TrialOutcome.MEASURED, trial.error
    assert 2.8 < trial.kpis[1].measured_value < 3.4
    edges = lake.lineage(trial.kpis[0].id).up
    used = {edge.child.partition("-")[0]: edge.parent for edge in edges if edge.parent.startswith("materials-")}
    assert set(used) == {"microstructure", "transport", "cell_parameters"}
    (materials_id,) = set(used.values())
    assert lake.get(materials_id, Materials).active_material_density_kilogram_per_cubic_metre == pytest.approx(3600)
    cell = next(lake.get(edge.child, CellParameters) for edge in edges if edge.child.startswith("cell_parameters-"))
    assert cell.parameter_set == "Prada2013"


@pytest.mark.parametrize(
    "sections",
    [
        {"cell": {"parameter_set": "Prada2013", "mass_loading": "15 mg/cm^2"}},
        {
            "cell": {"mass_loading": "15 mg/cm^2"},
            "space": {"cell.parameter_set": {"choices": ["Chen2020", "Prada2013"]}},
        },
    ],
    ids=["fixed", "chosen"],
)
def test_materials_of_another_chemistry_are_refused_by_name(sections: dict[str, Any]) -> None:
    """Both names and both densities, before anything runs."""
    nickel = {"active_material": "NMC 811", "active_material_density": "4780 kg/m^3"}
    discharge = {"discharge": {"stage": "discharge_at_constant_current", "rate": "1 1/h"}}
    with pytest.raises(StudyError, match=r"NMC 811 of 4780 kg/m\^3.*Prada2013 is about .* of 3600 kg/m\^3"):
        study(materials=nickel, steps=discharge, **sections)


def test_a_chemistry_may_be_chosen_by_the_optimiser(lake: Lake) -> None:
    """Each candidate has the materials of its own set."""
    chosen = study(
        cell={"mass_loading": "15 mg/cm^2"},
        space={"cell.parameter_set": {"choices": ["Chen2020", "Prada2013"]}},
        steps={"discharge": {"stage": "discharge_at_constant_current", "rate": "1 1/h", "lower_voltage": "2.5 V"}},
        budget={"initial": 2, "total": 2},
    )
    result = run_campaign(lake, chosen)
    assert {t.candidate.values["cell.parameter_set"] for t in result.trials} == {"Chen2020", "Prada2013"}
    assert all(trial.kpis for trial in result.trials)
    densities = lake.sql("SELECT active_material_density_kilogram_per_cubic_metre AS d FROM materials")["d"].to_list()
    assert len(densities) == 2
    assert pytest.approx(3600) in densities


def test_a_domain_without_a_cell_ends_at_its_transport(lake: Lake) -> None:
    """A filter: tortuosity against surface, no stage of a cell, and materials that are no battery's."""
    result = run_campaign(
        lake,
        study(
            materials={"active_material": "alumina", "active_material_density": "3950 kg/m^3"},
            space={"recipe.median_particle_radius": {"low": "2 um", "high": "4 um"}},
            objectives=[{"kpi": "pore_tortuosity_factor", "minimise": True}],
            constraints=[{"kpi": "specific_surface_area", "at_least": "100000 1/m"}],
            budget={"initial": 2, "total": 2},
        ),
    )
    assert all(trial.kpis for trial in result.trials)
    stages = lake.sql("SELECT DISTINCT stage FROM runs")["stage"].to_list()
    assert not [name for name in stages if name.startswith(("cell.", "protocol."))]
    assert {"manufacture.pack_particles", "characterise.homogenise_extrapolated", "kpi.transport.propagated"} <= set(
        stages
    )
    assert all(trial.kpis[1].unit == "1/m" for trial in result.trials)


def test_a_protocol_is_a_step_and_its_kpis_are_objective_and_limit(lake: Lake) -> None:
    """Energy at a discharge, plating and temperature at a fast charge of the same cell, in one study."""
    steps = {
        "discharge": {"stage": "discharge_at_constant_power", "power": "40 W"},
        "fast": {"stage": "protocol.fast_charge"},
    }
    result = run_campaign(
        lake,
        study(
            cell={"mass_loading": "15 mg/cm^2"},
            steps=steps,
            objectives=[{"kpi": "energy_density", "maximise": True, "from": "discharge"}],
            constraints=[
                {"kpi": "plating_margin", "at_least": "-1 V", "from": "fast"},
                {"kpi": "maximum_temperature", "at_most": "90 degC", "from": "fast"},
            ],
        ),
    )
    (trial,) = result.trials
    assert trial.kpis, trial.error
    assert [kpi.name for kpi in trial.kpis] == ["energy_density", "plating_margin", "maximum_temperature"]
    assert result.campaign.goals[2]["limit"] == pytest.approx(363.15)
    assert lake.sql("SELECT count(*) AS n FROM runs WHERE stage = 'cell.assemble_cell'")["n"].item() == 1
