"""The page that explains the KPIs says of each what its stage says: it names none that no stage gives."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragone.flows.cell.kpis import read_off
from ragone.flows.stages import KPI_STAGES, kpi_stage_of
from ragone.schemas import Curve, Kpi, Measurement

PAGE = (Path(__file__).parents[3] / "docs" / "KPIS.md").read_text(encoding="utf-8")


def explained() -> Iterator[tuple[str, str]]:
    """Name and unit of each KPI in the tables of the page; one unit may stand for all names of a row."""
    for row in re.findall(r"^\| (`.*) \|$", PAGE, re.MULTILINE):
        cells = row.split(" | ")
        names, units = re.findall(r"`([^`]+)`", cells[0]), cells[1].split(", ")
        yield from zip(names, units if len(units) == len(names) else units * len(names), strict=False)


def test_the_page_names_kpis_in_the_units_of_their_stages():
    """A name with N is one with a number in its place."""
    rows = list(explained())
    assert len(rows) > 80
    for name, unit in rows:
        one = re.sub(r"N(?=[_.WCs]|$)", "2", name)
        assert kpi_stage_of(one).unit_given(one) == unit, name


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


@pytest.mark.parametrize("stage", KPI_STAGES.values(), ids=KPI_STAGES)
def test_every_name_that_a_curve_gives_is_declared(stage):
    """Also those with the number of a step, jump, cycle or rate; each in the unit that the stage says."""
    subject = stage.subject
    others = [port for port in stage.ports.values() if port is not subject and not port.optional]
    if not read_off(stage) or others:  # which a curve alone does not have
        return
    if not any(issubclass(kind, Curve) for kind in subject.kinds):
        return
    curve = protocol()
    found = stage((curve,) if subject.many else curve)
    kpis = {found.name: found} if isinstance(found, Kpi) else found
    assert {name: kpi.unit for name, kpi in kpis.items()} == {name: stage.unit_given(name) for name in kpis}
