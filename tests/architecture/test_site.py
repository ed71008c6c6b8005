"""The site of the documentation: its reference is made from the code, its links lead somewhere."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ragone.app.arguments import COMMANDS
from ragone.flows import stages as registry
from ragone.schemas import KINDS, Kpi, Transport, kpi_stage
from ragone.schemas.record import Record

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(monkeypatch):
    """Load a module of the generator, as MkDocs does: from its own folder."""
    monkeypatch.syspath_prepend(str(ROOT / ".ci" / "site"))
    return importlib.import_module


@kpi_stage("kpi.clogging", gives={r"clogging_(low|high)(_at_\d+W)?": "W.h/L"})
def clogging(transport: Transport, *, threshold_volt: float = 3.5) -> Kpi:
    """Share of the pores that are clogged.

    Parameters
    ----------
    threshold_volt
        Voltage from which it counts.
    """
    raise NotImplementedError


def test_a_stage_that_is_registered_is_in_the_reference(site, monkeypatch):
    """With what it takes, its parameters and the KPIs that it gives, and nothing else to be done."""
    monkeypatch.setitem(registry.STAGES, clogging.name, clogging)
    pages = site("stages")
    section = pages.page().partition("### kpi.clogging")[2].partition("\n#")[0]
    assert "Share of the pores that are clogged." in section
    assert "| `transport` | [`transport`](records.md#transport) |" in section
    assert "| `threshold_volt` | number | V | `3.5` | Voltage from which it counts. |" in section
    for name in ("clogging_low", "clogging_low_at_NW", "clogging_high", "clogging_high_at_NW"):
        assert f"| `{name}` | W.h/L | [`clogging`](stages.md#kpiclogging) |" in pages.kpi_page().replace(" |  |", " |")


def test_every_stage_and_kpi_is_in_the_reference(site):
    """Each stage under its name, each KPI with its unit."""
    pages = site("stages")
    text, kpis = pages.page(), pages.kpi_page()
    assert [name for name in registry.STAGES if f"### {name}\n" not in text] == []
    assert [u for one in registry.KPI_STAGES.values() for u in one.gives.values() if f"| {u} |" not in kpis] == []


def test_every_field_of_every_kind_is_in_the_reference(site):
    """Each with its unit and what it is."""
    text = site("records").page()
    for kind, cls in KINDS.items():
        section = text.partition(f"\n## {kind}\n")[2].partition("\n## ")[0]
        assert issubclass(cls, Record)
        assert f"schema version {cls.schema_version}." in section
        assert [name for name in cls.fields() if f"| `{name}` |" not in section] == []
    assert "| `porosity` | number | 1 |" in text


def test_every_command_is_in_the_reference_with_its_arguments(site):
    """Options of all commands stand once, at the top."""
    text = site("commands").page()
    assert [name for name in COMMANDS if f"## ragone {name}\n" not in text] == []
    assert "| `--timeout TIME` | after which it is stopped (default: 60 s) |" in text
    assert text.count("`--lake DIR`") == 1


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("energy", ["energy"]),
        (r"energy_step_\d+", ["energy_step_N"]),
        (r"(dis)?charge(\.jump_\d+)?", ["charge", "charge.jump_N", "discharge", "discharge.jump_N"]),
        (r"a_(b|c)|d", ["a_b", "a_c", "d"]),
        (r"(?!voltage_).+_deviation", ["…_deviation"]),
    ],
)
def test_names_of_kpis_are_written_out(site, pattern, names):
    """Choices one by one, numbers as N, any text as an ellipsis."""
    assert site("kpi_names").written_out(pattern) == names


def test_links_of_the_repository_lead_to_pages_of_the_site(site):
    """To a page there, a folder's page or a picture; of other files the words are left; code is left alone."""
    pages = {
        "docs/CELL.md": "CELL.md",
        "docs/pictures/a.png": "pictures/a.png",
        "pipelines/cell/README.md": "rooms/pipelines/cell.md",
    }
    wrong: list[str] = []
    links = site("links").Links(ROOT, pages, wrong.append)
    text = (
        "[a](../../docs/CELL.md#heat) ![b](../../docs/pictures/a.png) [`c`](../cell) [d](../../LICENSE) [e](http://f)"
    )
    code = "```\n[a](../../docs/CELL.md)\n```"
    origin, place = "pipelines/kpi/README.md", "rooms/pipelines/kpi.md"
    assert links.rewritten(f"{text}\n{code}", origin, place) == (
        f"[a](../../CELL.md#heat) ![b](../../pictures/a.png) [`c`](cell.md) d [e](http://f)\n{code}"
    )
    assert wrong == []
    assert links.rewritten("[a](NOTHING.md)", origin, place) == "a"
    assert wrong == ["pipelines/kpi/README.md links to NOTHING.md, which does not exist"]


def test_text_of_the_code_is_shown_as_it_is(site):
    """Markdown interprets none of it; a bar in code divides no table."""
    plain = site("markdown_text").plain
    assert plain("5 A*h of <x> | `a|b_c`") == r"5 A\*h of &lt;x> \| `a\|b_c`"
