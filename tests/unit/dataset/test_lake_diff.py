"""Two artifacts side by side: studies by path, code by module, environments by package, results with uncertainty."""

from __future__ import annotations

from datetime import UTC, datetime

import lake_stages as stages
import numpy as np
import polars as pl
import pytest

from ragone.dataset import Entry
from ragone.dataset.differences.origin import Origin, origins_compared
from ragone.dataset.differences.results import evaluations_compared
from ragone.dataset.errors import OtherKindError
from ragone.dataset.evaluations.columns import Columns
from ragone.models.conclusion import conclude
from ragone.schemas import KINDS, Campaign, Candidate
from ragone.schemas.significance import significance


@pytest.fixture
def differing(lake):
    """What differs between two artifacts: by section, the two values by name."""

    def compare(first, second):
        return {
            section.title: {entry.name: (entry.first, entry.second) for entry in section.entries if entry.differs}
            for section in lake.diff(first, second).sections
        }

    return compare


def test_records_field_by_field(lake, example, differing):
    """Fields that differ are named; documents by path; arrays whose values are the same do not differ."""
    one = lake.put(Candidate(values={"recipe.porosity": 0.3, "cell.form_factor": "4680"}))
    other = lake.put(Candidate(values={"recipe.porosity": 0.4, "cell.form_factor": "4680"}))
    assert differing(one, other) == {
        "candidate": {"values.recipe.porosity": (0.3, 0.4)},
        "code": {},
        "environment": {},
    }
    volume = lake.put(example("microstructure"))
    again = lake.put(example("microstructure", licence="MIT"))
    assert differing(volume, again)["microstructure"] == {"licence": ("own", "MIT")}


def test_nothing_differs_from_itself(lake, example):
    """An artifact beside itself."""
    assert lake.diff(lake.put(example("transport")), lake.put(example("transport"))).is_empty


def test_units_and_uncertainties(lake, example):
    """A number has the unit of its field and the uncertainty that the record has of it."""
    ids = [
        lake.put(example("transport", pore_tortuosity_factor=value, pore_tortuosity_factor_standard_error=0.1))
        for value in (1.9, 2.1)
    ]
    entries = {entry.name: entry for entry in lake.diff(*ids).sections[0].entries}
    assert entries["specific_surface_area_per_metre"].unit == "1/m"
    tortuosity = entries["pore_tortuosity_factor"]
    assert (tortuosity.first_uncertainty, tortuosity.second_uncertainty) == (0.1, 0.1)
    assert tortuosity.significance is not None
    assert not tortuosity.significance.is_significant
    assert "pore_tortuosity_factor_standard_error" not in entries


@pytest.mark.parametrize(
    ("values", "uncertainties", "significant"),
    [((10.0, 10.9), (0.3, 0.4), False), ((10.0, 8.9), (0.3, 0.4), True), ((1.0, 1.0), (0.0, 0.0), False)],
)
def test_significance(values, uncertainties, significant):
    """A difference counts when it is larger than twice the root of the summed squares of the uncertainties."""
    found = significance(*values, *uncertainties)
    assert found is not None
    assert found.difference == pytest.approx(values[1] - values[0])
    assert found.standard_uncertainty == pytest.approx(np.hypot(*uncertainties))
    assert found.is_significant is significant


def test_significance_without_uncertainty():
    """Nothing is claimed where an uncertainty is unknown or a number is infinite."""
    assert significance(1.0, 2.0, None, 0.1) is None
    assert significance(1.0, np.inf, 0.1, 0.1) is None


def test_kinds_are_not_mixed(lake, example, design):
    """Two artifacts of different kinds are refused, with both kinds named."""
    with pytest.raises(OtherKindError, match=r"is a design and kpi-\w+ a kpi\. Only two of one kind"):
        lake.diff(lake.put(design()), lake.put(example("kpi")))


def test_runs(lake, design, differing):
    """Parameters, seeds, inputs and outputs of two runs."""
    one, other = lake.put(design(0.3)), lake.put(design(0.4))
    runs = [
        lake.run(stages.grow, design=name, edge=edge, seed=seed) for name, edge, seed in ((one, 4, 1), (other, 5, 2))
    ]
    found = differing(*(run.run_id for run in runs))["run"]
    assert found["parameters.edge"] == (4, 5)
    assert found["seed"] == (1, 2)
    assert found["input design"] == (one, other)
    assert [value for name, value in found.items() if name.startswith("output")] == [(runs[0].id, runs[1].id)]


def test_code(lake, design, studio, differing):
    """Of code that changed between two results, the module is named, and no other."""
    one, other = lake.put(design(0.3)), lake.put(design(0.4))
    first = lake.run(studio.stage(), design=one).id
    studio.write(helper="def halved(porosity):\n    return porosity / 3\n")
    second = lake.run(studio.stage(), design=other).id
    code = differing(first, second)["code"]
    assert set(code) == {"lake_studio.helper"}
    assert all(len(digest) == 12 for digest in code["lake_studio.helper"])


def test_code_of_what_both_are_made_of(lake, design, studio, differing):
    """Code counts wherever in the chain it was used; a stage that only one side used is said so."""
    given = lake.put(design(0.3))
    first = lake.run(stages.denser, design=given).id
    second = lake.run(stages.denser, design=lake.run(studio.stage(), design=given).id).id
    assert differing(first, second)["code"] == {"stage made": (None, "used")}


def test_environments(example):
    """Packages are named with both versions, also one that is on one side only."""
    origins = [
        Origin({}, (example("environment", packages=packages, python=python),))
        for packages, python in (({"a": "1", "b": "1"}, "3.11"), ({"a": "2", "b": "1", "c": "3"}, "3.12"))
    ]
    section = origins_compared(*origins)[1]
    differing = {entry.name: (entry.first, entry.second) for entry in section.entries if entry.differs}
    assert differing == {"package a": ("1", "2"), "package c": (None, "3"), "python": ("3.11", "3.12")}


def test_documents_of_a_stranger(example):
    """Code and environments whose documents are no mappings have nothing to compare."""
    code, environment = example("code", modules=[1], libraries=2), example("environment", packages=3, threads=[])
    odd = Origin({"made": (code,)}, (environment,))
    assert origins_compared(odd, odd)[0].entries == ()


def _campaign(lake, example, name, values, **definition):
    tried = [lake.put(Candidate(values={"recipe.porosity": value / 1000})) for value in values]
    kpis = [lake.put(example("kpi", value=value, standard_uncertainty=3.0)) for value in values]
    best = values.index(max(values))
    return lake.put(
        Campaign(
            name=name,
            definition=definition,
            goals=[{"kpi": "energy_density", "sense": "maximise", "limit": None}],
            objective_name="energy_density",
            objective_unit="W.h/L",
            candidate_ids=tuple(tried),
            kpi_ids=tuple(kpis),
            values=[[value] for value in values],
            feasible=np.ones(len(values), np.uint8),
            best_candidate_id=tried[best],
            best_kpi_id=kpis[best],
        )
    )


def test_campaigns(lake, example, differing):
    """Studies differ by path; of the results the best KPI has its uncertainty, and the best design its values."""
    ids = [
        _campaign(lake, example, "study", values, seed=seed, steps={"discharge": {"power_watt": 10}})
        for values, seed in (([600.0, 650.0], 1), ([600.0, 655.0, 601.0], 2))
    ]
    found = differing(*ids)
    assert found["study"] == {"seed": (1, 2)}
    results = found["results"]
    assert results["trials"] == (2, 3)
    assert results["best energy_density"] == (650.0, 655.0)
    assert results["best recipe.porosity"] == (0.65, 0.655)
    entries = {entry.name: entry for section in lake.diff(*ids).sections for entry in section.entries}
    assert entries["steps.discharge.power_watt"].unit == "W"
    assert not entries["best energy_density"].significance.is_significant


def test_fronts(lake, example, differing):
    """Of several objectives the best of the front is compared, for each in its own sense."""
    goals = [
        {"kpi": "energy_density", "sense": "maximise", "limit": None},
        {"kpi": "mass", "sense": "minimise", "limit": None},
    ]

    def front(rows):
        tried = [lake.put(Candidate(values={"recipe.porosity": energy / 1000})) for energy, _ in rows]
        kpis = [
            lake.put(example("kpi", name=goal["kpi"], value=value, unit=unit))
            for row in rows
            for goal, value, unit in zip(goals, row, ("W.h/L", "kg"), strict=True)
        ]
        return lake.run(conclude, candidates=tried, kpis=kpis, name="s", definition={}, goals=goals).id

    results = differing(front([(600.0, 0.05), (650.0, 0.06)]), front([(610.0, 0.05), (660.0, 0.07)]))["results"]
    assert results["best energy_density"] == (650.0, 660.0)
    assert "best mass" not in results
    assert "designs of the front" not in results


def test_campaigns_of_a_stranger(lake, example, differing):
    """Goals and values that mean nothing cost the results only."""
    ids = [_campaign(lake, example, "study", [600.0], seed=seed) for seed in (1, 2)]
    record = lake.get(ids[0])
    odd = {"goals": ["x"], "values": [], "best_candidate_id": "", "front_ids": record.candidate_ids}
    fields = {name: getattr(record, name) for name in record.fields()}
    found = differing(ids[1], lake.put(Campaign.build(fields | odd)))
    assert found["study"] == {"seed": (2, 1)}
    assert found["results"]["best energy_density"] == (600.0, None)


def test_evaluations_side_by_side():
    """Of two designs that one campaign evaluated its rows are compared; what several designs share is no design."""
    ids = {name: f"{name.partition('_')[0]}-{digit * 64}" for name, digit in (("kpi_a", "a"), ("kpi_b", "b"))}
    shared = f"materials-{'c' * 64}"
    rows = [
        ("one", "campaign-1", ids["kpi_a"], 600.0, 1.0, "W.h/L", 1),
        ("one", "campaign-2", ids["kpi_a"], 600.0, 1.0, "W.h/L", 3),
        ("two", "campaign-1", ids["kpi_b"], 610.0, None, "W.h/L", 2),
    ]
    names = (
        "candidate_id",
        "campaign_id",
        "energy_id",
        "energy",
        "energy_standard_uncertainty",
        "energy_unit",
        "created",
    )
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(materials_id=pl.lit(shared))
    columns = Columns(KINDS)
    (section,) = evaluations_compared(frame, columns, ids["kpi_a"], ids["kpi_b"])
    assert section.entries == (Entry("energy", 600.0, 610.0, "W.h/L", 1.0, None),)
    assert evaluations_compared(frame, columns, shared, shared) == []
    assert evaluations_compared(frame, columns, ids["kpi_a"], f"kpi-{'d' * 64}") == []


def test_snapshots(lake, design, differing):
    """What only one snapshot holds, by kind."""
    first = lake.snapshot("before")
    added = lake.put(design())
    found = differing(first, lake.snapshot("after"))
    assert found["snapshot"].keys() == {"name", "merkle_root", "taken"}
    assert found["only in one of them"]["design"] == ([], [added])
    assert found["number of each kind"]["design"] == (0, 1)


def test_moment(lake, design):
    """The moment of an artifact is that at which its first run ended."""
    before = datetime.now(UTC)
    name = lake.put(design())
    assert before <= lake.made(name) <= datetime.now(UTC)
    made = lake.run(stages.denser, design=name)
    assert lake.made(made.run_id) == lake.made(made.id)
