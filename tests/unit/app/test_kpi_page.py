"""The page on the KPIs holds every name that a stage can return."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import ragone.pipelines.kpi
from ragone.flows.cell.kpis import read_off
from ragone.flows.stages import KPI_STAGES
from ragone.pipelines.kpi.definition import Definition
from ragone.pipelines.kpi.impedance.definitions import arc_resistance, arc_time
from ragone.schemas import Curve, Kpi, Measurement

PAGE = (Path(__file__).parents[3] / "docs" / "KPIS.md").read_text()
BESIDE = {"NAME", "MISSING"}  # constants that name a KPI whose definition depends on the data


def definitions(value: object) -> Iterator[Definition]:
    """Those in a value, however nested."""
    if isinstance(value, Definition):
        yield value
    elif isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            yield from definitions(part)
    elif isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from definitions(part)


def fixed_names() -> set[str]:
    """Of every module of the KPIs."""
    found = {of(1, kind).name for of in (arc_resistance, arc_time) for kind in ("arc", "drt_peak")}
    for module in pkgutil.walk_packages(ragone.pipelines.kpi.__path__, "ragone.pipelines.kpi."):
        held = vars(importlib.import_module(module.name))
        found |= {one.name for value in held.values() for one in definitions(value)}
        found |= {value for name, value in held.items() if name in BESIDE}
    return found


def anyhow(name: str) -> str:
    """A name with N for its numbers."""
    return re.sub(r"\d+(\.\d+)?", "N", name)


def protocol() -> Measurement:
    """Two discharges with a charge between, and rests."""
    parts = [(0.0, 3.9), (-2.0, 3.5), (0.0, 3.6), (2.0, 3.9), (0.0, 3.8), (-1.0, 3.4), (0.0, 3.5)]
    time = np.concatenate([60.0 * n + np.linspace(0, 59, 60) for n in range(len(parts))])
    share = np.tile(np.linspace(0, 1, 60), len(parts))
    current = np.repeat([i for i, _ in parts], 60)
    return Measurement(
        test_time_second=time,
        current_ampere=current,
        voltage_volt=np.repeat([v for _, v in parts], 60) + 0.15 * current * share,
        step_count=np.repeat(np.arange(1, len(parts) + 1), 60),
        cycle_count=np.ones(len(time), int),
        temperature_kelvin=np.full(len(time), 298.0),
        cell_name="made",
        nominal_capacity_ampere_hour=0.05,
        source="made",
        licence="own",
        source_sha256="0" * 64,
        source_format="made",
        method="made",
    )


def test_every_defined_name_is_on_the_page():
    """Each in backquotes, with N for a number."""
    missing = sorted(name for name in map(anyhow, fixed_names()) if f"`{name}`" not in PAGE)
    assert not missing


@pytest.mark.parametrize("stage", KPI_STAGES.values(), ids=KPI_STAGES)
def test_every_name_that_a_curve_gives_is_on_the_page_and_declared(stage):
    """Also those with the number of a step, jump, cycle or rate; each in the unit that the stage says."""
    if not read_off(stage):
        return
    subject = stage.subject
    assert f"`{stage.short}`" in PAGE
    if not any(issubclass(kind, Curve) for kind in subject.kinds):
        return
    curve = protocol()
    found = stage((curve,) if subject.many else curve)
    kpis = {found.name: found} if isinstance(found, Kpi) else found
    assert {name: kpi.unit for name, kpi in kpis.items()} == {name: stage.unit_given(name) for name in kpis}
    assert sorted(one for one in map(anyhow, kpis) if f"`{one}`" not in PAGE) == []
