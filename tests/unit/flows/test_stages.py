"""The registry of stages: each once, by one naming scheme, and one definition of each KPI."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ragone.dataset import Lake
from ragone.dataset.fingerprint import code_of
from ragone.flows import stages
from ragone.flows.stages import KPI_STAGES, STAGES, kpi_stage_of, stage_named
from ragone.schemas import KpiStage, Stage, Verdict
from ragone.schemas.errors import UnknownFieldError
from ragone.schemas.units import is_unit

ROOT = Path(__file__).parents[3]
WORD = re.compile(r"[a-z]\w*(?:\.\w+)*")


def test_every_stage_is_held_under_its_own_name():
    """None hides another of the same name."""
    imported = [one for one in vars(stages).values() if isinstance(one, Stage)]
    assert sorted(one.name for one in imported) == sorted(STAGES)
    assert all(STAGES[one.name] is one for one in imported)


def test_every_stage_of_the_rooms_is_held():
    """A stage that is declared and not listed is found by nobody; former ones are offered to nobody."""
    declared = set()
    for path in [*ROOT.glob("pipelines/**/*.py"), *ROOT.glob("models/**/*.py")]:
        if "former" not in path.parts:
            declared |= set(re.findall(r'^@(?:kpi_|protocol_)?stage\(\s*"([\w.]+)"', path.read_text(), re.MULTILINE))
    assert declared == set(STAGES)


def test_a_stage_is_found_by_its_name_and_by_its_short_one():
    """What is not known is hinted at; what is ambiguous is told."""
    assert stage_named("kpi.densities") is stage_named("densities") is STAGES["kpi.densities"]
    with pytest.raises(UnknownFieldError, match="did you mean 'densities'"):
        stage_named("densites")


def test_a_short_name_of_two_stages_names_neither(monkeypatch):
    """Both are told."""
    other = Stage(STAGES["kpi.densities"].function, "other.densities")
    monkeypatch.setitem(STAGES, "other.densities", other)
    with pytest.raises(UnknownFieldError, match=r"one of several: kpi\.densities, other\.densities"):
        stage_named("densities")


def test_a_kpi_leads_to_its_stage():
    """By its full name, with its numbers."""
    assert kpi_stage_of("energy_density") is STAGES["kpi.densities"]
    assert kpi_stage_of("resistance_10s.jump_3") is STAGES["kpi.pulses"]
    with pytest.raises(UnknownFieldError, match="did you mean 'energy'"):
        kpi_stage_of("enrgy")


def names_of_kpis() -> set[str]:
    """Whatever in the repository's pages and tests reads as the name of a KPI, its numbers filled in."""
    known = re.compile("|".join(f"(?:{pattern})" for stage in KPI_STAGES.values() for pattern in stage.gives))
    found: set[str] = set()
    for path in [*ROOT.glob("docs/*.md"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("params/*.yaml")]:
        for word in WORD.findall(path.read_text()):
            found |= {word, re.sub(r"N(?=[_.WC]|$)", "2", word)}
    return set(filter(known.fullmatch, found))


def test_one_stage_gives_a_kpi_and_in_one_unit():
    """Patterns of names do not overlap, neither between stages nor within one."""
    names = names_of_kpis()
    assert len(names) > 80
    for name in names:
        matching = [
            (stage.name, pattern)
            for stage in KPI_STAGES.values()
            for pattern in stage.gives
            if re.fullmatch(pattern, name)
        ]
        assert len(matching) == 1, (name, matching)


def test_every_unit_of_a_kpi_is_one():
    """As pint knows it."""
    assert [u for stage in KPI_STAGES.values() for u in stage.gives.values() if not is_unit(u)] == []
    assert all(stage.gives for stage in KPI_STAGES.values())


def test_a_propagated_stage_is_recorded_and_computed_again(tmp_path: Path, example: Callable[..., Any]):
    """Its code is that of the KPI's module, its entry point is found by a fresh process, and the result is the same."""
    stage = STAGES["kpi.densities"]
    assert isinstance(stage, KpiStage)
    assert code_of(stage.propagated).modules == code_of(stage).modules
    assert "ragone.pipelines.kpi.densities" in code_of(stage.propagated).modules
    with Lake.open(tmp_path / "lake", create=True) as lake:
        cell = lake.put(example("cell_parameters"))
        plain, raised = lake.put(example("discharge")), lake.put(example("discharge", power_watt=41.0))
        given = {"curve": plain, "cell": cell, "perturbed_curve": [raised], "perturbed_cell": [cell]}
        run = lake.run(stage.propagated, **given, perturbed=["porosity"], sample_count=4)
        assert run.error == ""
        found = lake.reproduce(run.outputs["energy_density"])
        assert (found.verdict, found.error) == (Verdict.BITWISE, "")
        assert lake.run(stage.propagated, **given, perturbed=["porosity"], sample_count=4).reused
