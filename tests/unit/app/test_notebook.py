"""Records and answers of a lake show themselves: HTML in a notebook, lines in a terminal."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from ragone.app.notebook import show
from ragone.dataset import Lake
from ragone.dataset.fsck import FsckReport, Kind, Problem
from ragone.schemas import KINDS
from tests.html_pages import StrictFragment

HOSTILE = "</div><script>alert(1)</script> \"'&amp; $\\frac \x1b[31m\u202e <img src=x onerror=alert(1)>"
FREE = {"unit", "axis_order", "phase", "metric", "merkle_root", "phase_names", "architecture"}  # what is checked


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """Have a terminal in which no line is broken."""
    monkeypatch.setenv("COLUMNS", "300")


@pytest.fixture
def lake(stored):
    """Open the small lake."""
    with Lake.open(stored.place) as opened:
        yield opened


def shown(value):
    """What a notebook shows of a value; it is of elements that load and execute nothing."""
    return StrictFragment(value._repr_html_())


def test_every_kind_of_record_shows_its_id_fields_and_units(example):
    """A record of any kind has both appearances."""
    for kind in KINDS:
        record = example(kind)
        page = shown(record)
        assert page.text.startswith(f"{kind.replace('_', ' ')} {record.id[: len(kind) + 13]}")
        assert record.id in page.titles
        assert str(record).startswith(f"{kind}  {record.id}")
    assert "S/m" in shown(example("transport")).shown
    assert "pore volume over coating volume" in shown(example("design")).text


def test_an_id_can_be_copied_from_a_narrow_terminal(example, monkeypatch):
    """The first line holds it unbroken."""
    monkeypatch.setenv("COLUMNS", "40")
    assert str(example("design")).splitlines()[0] == f"design  {example('design').id}"


def test_a_kpi_shows_its_number_with_uncertainty_unit_and_count(example):
    """A KPI that has no value says why."""
    assert "energy density 640.0 ± 3.0 W.h/L (n = 3)" in shown(example("kpi")).text
    without = example("kpi", value=None, standard_uncertainty=None, outcome="the data do not determine it")
    assert "energy density the data do not determine it" in shown(without).text


def test_what_has_no_end_is_cut(example):
    """A text, a list and the trials of a campaign are shown by their beginnings."""
    assert len(shown(example("kpi", method="long " * 10_000)).text) < 3_000
    report = FsckReport((Problem(Kind.STRANGER, "a", "file"),) * 300, {})
    assert shown(report).text.endswith("and 200 more")
    many = {"candidate_ids": ("design-" + "0" * 64,) * 1500, "kpi_ids": ("kpi-" + "0" * 64,) * 1500}
    campaign = example("campaign", values=[[1.0]] * 1500, feasible=np.ones(1500, np.uint8), **many)
    assert str(campaign).endswith("and 1400 more")
    page = shown(campaign)
    assert "The first 1000 designs" in page.shown
    assert page.tags.count("tr") == 1001


def test_an_uncertainty_stands_behind_its_value(example):
    """A standard error has no row of its own where it is known."""
    cells = shown(example("transport", pore_tortuosity_factor_standard_error=0.12)).shown
    assert "1.90 ± 0.12" in cells
    assert "pore_tortuosity_factor_standard_error" not in cells


@pytest.mark.parametrize("kind", ["microstructure", "discharge", "cycling", "measurement", "impedance"])
def test_volumes_curves_and_spectra_are_drawn(example, kind):
    """One picture, which lies inside the HTML."""
    ((picture, alt),) = shown(example(kind)).pictures
    assert picture.startswith(b"\x89PNG")
    assert alt == f"Picture of {example(kind).id[: len(kind) + 13]}."


def test_a_curve_without_samples_has_no_picture(example):
    """Its fields are shown."""
    empty = dict.fromkeys(("test_time_second", "voltage_volt", "current_ampere"), np.zeros(0))
    page = shown(example("discharge", outcome="the cell cannot be built", **empty))
    assert page.pictures == []
    assert "the cell cannot be built" in page.text


def test_a_campaign_shows_its_trials_and_its_best(example):
    """Values with their unit; a trial without a value says so; many trials are folded."""
    page = shown(example("campaign", best_candidate_id="design-" + "0" * 64))
    assert "demo: 2 designs, 1 feasible" in page.text
    assert "energy_density [W.h/L], maximise" in page.shown
    assert "640 yes design-000000000000 ★" in page.text
    assert "no value no" in page.text
    assert "details" not in page.tags
    cut = shown(example("campaign", values=[[640.0], [None]], bounds=[[True], [False]]))
    assert ">= 640 yes" in cut.text
    odd = shown(example("campaign", goals=[{"aim": 7}]))
    assert "objective_name" in odd.shown


def test_text_of_a_stranger_is_shown_and_not_obeyed(example):
    """Whatever texts and documents of a record hold, in every kind: text stays text, in both appearances."""
    for kind, cls in KINDS.items():
        free = {name: s for name, s in cls.fields().items() if name not in FREE and s.choices is None}
        texts = {name: HOSTILE for name, spec in free.items() if (spec.shape, spec.dtype) == ("scalar", "utf8")}
        documents = {name: {HOSTILE: HOSTILE} for name, spec in free.items() if spec.shape == "document"}
        record = example(kind, **texts, **documents)
        page = shown(record)
        assert "img" not in page.tags or len(page.pictures) == page.tags.count("img")
        assert texts.keys() <= {"cell_name"} or "<script>" in page.text
        assert "\x1b" not in record._repr_html_() + str(record) + repr(record)
    assert shown(example("microstructure", phase_names=("$\\frac", HOSTILE, "pore"))).pictures


def test_answers_of_a_lake_show_themselves(lake, stored):
    """Lineage, reasons, execution, table, check and the lake itself, in the words of the command line."""
    made, recipe = stored.ids["microstructure"], stored.ids["recipe"]
    lineage, why = lake.lineage(made), lake.why(made)
    assert f"recipe-{recipe[7:19]}  recipe; given" in str(lineage)
    assert f"recipe-{recipe[7:19]} recipe; given" in shown(lineage).text
    assert "first run of this stage in the lake: manufacture.pack_particles" in shown(why).text
    assert "first run of this stage in the lake" in repr(why)
    assert "kpis : 4 rows" in shown(lake.contents()["kpis"]).text
    assert "standard_uncertainty  DOUBLE" in str(lake.contents()["kpis"])
    assert "nothing is wrong" in shown(lake.fsck()).text
    counts = f"{lake.contents()['artifacts'].rows} artifacts of {lake.contents()['runs'].rows} runs"
    assert counts in str(lake)
    assert counts in shown(lake).text
    assert repr(lake) == f"Lake({str(stored.place)!r})"


def test_problems_of_a_check_are_listed():
    """Each as text, whatever the name of its file is."""
    report = FsckReport((Problem(Kind.STRANGER, HOSTILE, "a file"),), {"objects": 1})
    assert "1 wrong (1 objects checked)" in shown(report).text
    assert "<script>alert(1)" in shown(report).text
    assert "\x1b" not in str(report)


FRAME = pl.DataFrame(
    {
        "porosity": [0.3, 0.4],
        "mass_loading_kilogram_per_square_metre": [0.2, None],
        "energy_density": [640.0, None],
        "energy_density_standard_uncertainty": [3.0, None],
        "energy_density_unit": ["W.h/L", None],
        "count": [3, 4],
        "reason": [None, HOSTILE],
        "kpi_id": ["kpi-" + "0" * 64, None],
        "empty": [None, None],
    }
)


def test_rows_have_units_uncertainties_and_short_ids():
    """What has no unit gets none; a column without values is left out; text is text."""
    rows = show(FRAME.lazy())
    assert rows.heads == (
        "porosity [-]", "mass loading [kg/m^2]", "energy density [W.h/L]", "count", "reason", "kpi_id"
    )  # fmt: skip
    assert rows.cells[0] == ("0.3", "0.2", "640.0 ± 3.0", "3", "", "kpi-000000000000")
    page = shown(rows)
    assert "<script>" in page.text
    assert page.text.endswith("2 rows")
    assert shown(show(FRAME, rows=1)).text.endswith("and 1 more row")
    assert "640.0 ± 3.0" in str(rows)


def test_a_unit_that_differs_between_rows_keeps_its_column():
    """Two units do not fit into one head; each value has its uncertainty all the same."""
    kpis = pl.DataFrame({"value": [1.0, 2.0], "unit": ["V", "W"], "standard_uncertainty": [0.1, None]})
    assert show(kpis).heads == ("value", "unit")
    assert show(kpis).cells == (("1.00 ± 0.10", "V"), ("2", "W"))
    assert show(kpis.head(1)).heads == ("value [V]",)
    counts = pl.DataFrame({"energy": [3], "energy_standard_uncertainty": [1], "energy_unit": ["J"]})
    assert (show(counts).heads, show(counts).cells) == (("energy [J]",), (("3.0 ± 1.0",),))
    words = pl.DataFrame({"energy": ["low"], "energy_standard_uncertainty": [1.5]})
    assert show(words).cells == (("low", "1.5"),)


def test_nothing_is_imported_where_nothing_is_shown():
    """A program that opens lakes loads neither pictures nor tables; its own folder stays on the path of a prompt."""
    lines = (
        "import sys; from ragone import Lake; from ragone.schemas import Recipe",
        "assert not {'matplotlib', 'rich', 'ragone.app', 'IPython'} & set(sys.modules)",
        "recipe = Recipe(active_material_weight_fraction=0.9, porosity=0.3); repr(recipe)",
        "assert 'rich' not in sys.modules; assert '' in sys.path",
        "recipe._repr_html_(); assert '' in sys.path; assert 'ragone.flows' not in sys.modules",
    )
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, cwd="/")
