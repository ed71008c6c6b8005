"""The uncertainty of a KPI by source, through the lake."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ragone.dataset import Lake
from ragone.flows.errors import KpiError, StudyError
from ragone.flows.uncertainty.budget import DrawPlan, estimate_uncertainty, rank_near_best
from ragone.flows.uncertainty.kpi_chain import kpi_chain
from ragone.flows.uncertainty.priors_file import read_priors
from ragone.flows.uncertainty.subjects import kpis_meant
from ragone.pipelines.cell import assemble_cell, discharge_at_constant_power, reference_cell
from ragone.pipelines.characterise import average_transport, perturb
from ragone.pipelines.kpi import energy_and_power_density, transport_properties
from ragone.schemas import CellDesign, Kpi, Priors, Transport, Verdict
from ragone.schemas.kpi import KpiOutcome
from ragone.schemas.materials import NMC_811

COARSE = {"mesh_points": 10, "relative_tolerance": 1e-5, "absolute_tolerance": 1e-5}
PLAN = DrawPlan(draws=32)
TAU = "pore_tortuosity_factor"


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake of this module."""
    with Lake.open(tmp_path_factory.mktemp("uncertainty") / "lake", create=True) as opened:
        yield opened


def stored_transport(lake, example, tau):
    """The mean of two volume elements, each with an error by its voxels."""
    single = example(
        "transport",
        volume_element_count=1,
        active_material_conductivity_siemens_per_metre=NMC_811.active_material_conductivity_siemens_per_metre,
        carbon_binder_conductivity_siemens_per_metre=NMC_811.carbon_binder_conductivity_siemens_per_metre,
    )
    elements = [
        replace(single, pore_tortuosity_factor=value, pore_tortuosity_factor_standard_error=0.04)
        for value in (tau - 0.1, tau + 0.1)
    ]
    return lake.run(average_transport, transports=[lake.put(one) for one in elements]).id


def kpi_of(lake, transport, *, power=20.0, propagated=False):
    """The energy density of the cell of a transport at a power."""
    design = lake.put(CellDesign(mass_loading_kilogram_per_square_metre=0.2))

    def curve(electrode):
        cell = lake.run(assemble_cell, transport=electrode, materials=lake.put(NMC_811), design=design).id
        return lake.run(discharge_at_constant_power, cell=cell, power_watt=power, **COARSE).id, cell

    first, cell = curve(transport)
    if not propagated:
        return lake.run(energy_and_power_density, curve=first, cell=cell).outputs["energy_density"]
    again, other = curve(lake.run(perturb, transport=transport, metric=TAU).id)
    run = lake.run(
        energy_and_power_density.propagated,
        curve=first, cell=cell, perturbed_curve=[again], perturbed_cell=[other], perturbed=[TAU],
    )  # fmt: skip
    return run.outputs["energy_density"]


@pytest.fixture(scope="module")
def transport(lake, example):
    """The metrics of an electrode."""
    return stored_transport(lake, example, 2.0)


@pytest.fixture(scope="module")
def budgeted(lake, transport):
    """The budget of a KPI as the loop computes it."""
    return estimate_uncertainty(lake, [kpi_of(lake, transport, propagated=True)], PLAN)[0]


def test_a_budget_holds_all_sources(budgeted):
    """Scatter and voxels of the metrics, densities, and the parameters of the cell; an interval around the median."""
    budget = budgeted.budget
    assert set(budget.sources) == {"sampling", "voxel", "materials", "cell parameters"}
    assert budget.draw_count == 32
    assert budget.interval_low < budget.interval_middle < budget.interval_high
    assert budget.interval_low < budget.value
    assert {one.error for one in budgeted.drawn} == {""}


def test_other_forms_of_the_model_stand_apart(budgeted):
    """A cell of one temperature gives another number at this power, which is no draw."""
    budget = budgeted.budget
    assert budget.alternative_names == ("one temperature that follows the heat",)
    assert budget.alternative_values[0] == pytest.approx(budget.value, rel=0.05)
    assert budget.alternative_values[0] != budget.value


def test_a_draw_goes_through_every_step(lake, budgeted):
    """Transport, materials and cell are drawn, then discharged and read by the same stages."""
    lineage = lake.lineage(budgeted.drawn[5].kpi_id)
    stages = {edge.stage for edge in lineage.up}
    drawn = {f"uncertainty.draw_{what}" for what in ("transport", "materials", "cell")}
    assert drawn | {"cell.assemble_cell", "cell.discharge_at_constant_power", "kpi.densities"} <= stages
    assert "kpi.densities.propagated" not in stages


def test_a_budget_is_reproduced(lake, budgeted):
    """From the draws that are stored."""
    assert lake.reproduce(budgeted.budget.id).verdict is Verdict.BITWISE


@pytest.mark.slow
def test_a_draw_is_reproduced_from_its_roots_on(lake, budgeted):
    """Transport, materials and cell are drawn again, and all that follows is computed."""
    found = lake.reproduce(budgeted.drawn[3].kpi_id, deep=True)
    assert found.verdict in (Verdict.BITWISE, Verdict.WITHIN), found.error


def test_more_draws_go_on_where_fewer_ended(lake, budgeted):
    """The first ones are found again."""
    more = estimate_uncertainty(lake, [budgeted.kpi_id], DrawPlan(draws=40))[0]
    assert more.drawn[:32] == budgeted.drawn
    assert more.budget.draw_count == 40


def test_own_priors_narrow_the_interval(lake, budgeted):
    """What was measured holds less of the variance."""
    name = "Negative particle diffusivity [m2.s-1]"
    rows = [replace(row, size=1.01, reference="measured") for row in budgeted.priors.rows() if row.name == name]
    own = estimate_uncertainty(lake, [budgeted.kpi_id], replace(PLAN, stated=Priors.of(rows)))[0]
    share = {one: dict(zip(b.names, b.shares, strict=True))[name] for one, b in ((0, budgeted.budget), (1, own.budget))}
    assert share[1] < 0.02 < share[0]
    assert own.budget.standard_deviation < budgeted.budget.standard_deviation


def test_designs_are_compared_draw_by_draw(lake, example, transport, budgeted):
    """One with more tortuous pores is near the best less often than the one that is best."""
    worse = kpi_of(lake, stored_transport(lake, example, 5.0))
    found = [budgeted, *estimate_uncertainty(lake, [worse], PLAN)]
    best, behind = (rank_near_best(lake, pair, tolerance=0.0) for pair in (found, found[::-1]))
    assert best.value > 0.9 > behind.value
    with pytest.raises(KpiError, match="two designs or more"):
        rank_near_best(lake, found[:1])
    other = lake.put(replace(lake.get(worse, Kpi), name="specific_energy"))
    with pytest.raises(KpiError, match="energy_density, specific_energy are meant"):
        rank_near_best(lake, [budgeted, replace(budgeted, kpi_id=other)])


def test_a_cell_without_an_electrode_is_drawn_itself(lake):
    """That of a parameter set: no metrics are uncertain but all of its parameters."""
    cell = lake.run(reference_cell, parameter_set="Chen2020", form_factor="21700").id
    curve = lake.run(discharge_at_constant_power, cell=cell, power_watt=5.0, **COARSE).id
    (kpi,) = kpis_meant(lake, curve, ["energy_density"])
    found = estimate_uncertainty(lake, [kpi], replace(PLAN, draws=20))[0]
    assert set(found.budget.sources) == {"cell parameters"}
    assert np.all(found.budget.shares >= 0)
    assert kpis_meant(lake, cell, ["energy_density"]) == [kpi]


def test_results_are_meant_and_no_draws_of_them(lake, budgeted):
    """A cell whose discharge was drawn thirty times still has its own KPI only."""
    cell = kpi_chain(lake, budgeted.kpi_id).cell
    assert {lake.get(name, Kpi).name for name in kpis_meant(lake, cell)} == {"energy_density", "specific_energy"}
    assert kpis_meant(lake, cell, ["energy_density"]) == [budgeted.kpi_id]
    assert kpis_meant(lake, budgeted.kpi_id[:20]) == [budgeted.kpi_id]
    with pytest.raises(KpiError, match="did you mean 'energy_density'"):
        kpis_meant(lake, cell, ["enrgy_density"])


def test_draws_are_no_evaluated_designs(lake, budgeted):
    """The table of evaluations has the cell itself, whatever was drawn of it."""
    cells = lake.sql("SELECT cell_parameters_id FROM evaluations")["cell_parameters_id"].to_list()
    drawn = {edge.child for edge in lake.lineage(budgeted.priors.id).down if edge.child.startswith("cell_parameters-")}
    assert kpi_chain(lake, budgeted.kpi_id).cell in cells
    assert len(drawn) > 30
    assert not drawn & set(cells)


def test_what_follows_from_no_cell_is_refused(lake, transport):
    """A metric has a standard error of its own; a KPI without a value has no interval."""
    metric = next(iter(lake.run(transport_properties, transport=transport).outputs.values()))
    with pytest.raises(KpiError, match="follows from 0 cells"):
        estimate_uncertainty(lake, [metric], PLAN)
    nothing = kpi_of(lake, transport, power=50000.0)
    assert lake.get(nothing, Kpi).outcome is not KpiOutcome.MEASURED
    with pytest.raises(KpiError, match="has no value"):
        estimate_uncertainty(lake, [nothing], PLAN)
    assert lake.get(transport, Transport).volume_element_count == 2


def test_priors_are_read_from_a_file(tmp_path):
    """Quantity, factor and reference; what is not known is named by its path."""
    file = tmp_path / "priors.yaml"
    file.write_text(
        "priors:\n"
        "  - {quantity: 'Cation transference number', factor: 1.05, reference: our cell, distribution: normal}\n"
        "  - {of: transport, quantity: pore_tortuosity_factor, source: voxel, factor: 1.1, reference: our image}\n"
    )
    first, second = read_priors(file).rows()
    assert (first.holder, first.size, first.distribution) == ("cell", 1.05, "normal")
    assert (second.holder, second.source) == ("transport", "voxel")
    file.write_text("priors:\n  - {of: transport, quantity: pore_tortuosity_factor, factor: 1.1, reference: y}\n")
    with pytest.raises(StudyError, match=r"priors\[1\].source"):
        read_priors(file)
    file.write_text("priors:\n  - {of: materials, quantity: x, factor: 1.1, reference: y}\n")
    assert read_priors(file).rows()[0].source == "materials"
    file.write_text("priors:\n  - {quantity: x, factor: 0.5, reference: y}\n")
    with pytest.raises(StudyError, match=r"priors\[1\].factor"):
        read_priors(file)
    file.write_text("priors:\n  - {quantity: x, factor: 1.5, of: electrolyte, reference: y}\n")
    with pytest.raises(StudyError, match=r"priors\[1\].of = 'electrolyte'"):
        read_priors(file)
