"""Every notebook of docs/notebooks runs from its first cell to its last, and what ends a cell shows itself.

A notebook is a script whose cells begin with `# %%`. The first one makes the lake that the others start from.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.axes
import polars as pl
import pytest

from ragone.shown import Shown
from tests.html_pages import StrictFragment

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
CELL = re.compile(r"^# %%(?P<markdown> \[markdown\])?\n(?P<text>.*?)(?=^# %%|\Z)", re.MULTILINE | re.DOTALL)


def cells(path: Path) -> Iterator[tuple[bool, str]]:
    """Whether a cell is prose, and its text."""
    found = list(CELL.finditer(path.read_text(encoding="utf-8")))
    assert "".join(cell[0] for cell in found) == path.read_text(encoding="utf-8")
    for cell in found:
        yield bool(cell["markdown"]), cell["text"]


def executed(path: Path) -> list[str]:
    """What each cell of code shows at its end, where it ends in a value of Ragone's; as a notebook asks for it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    texts = []
    for prose, text in cells(path):
        if prose:
            continue
        module = ast.parse(text)
        last = module.body[-1]
        if isinstance(last, ast.Expr):
            module.body[-1] = ast.copy_location(ast.Assign([ast.Name("_", ast.Store())], last.value), last)
        exec(compile(ast.fix_missing_locations(module), path.name, "exec"), names)
        texts += shown(names.pop("_", None))
    return texts


def shown(value: Any) -> list[str]:
    """The text of what a notebook shows of a value; nothing of a value that is not Ragone's."""
    if isinstance(value, Shown):
        assert str(value).strip()
        return [StrictFragment(value._repr_html_()).text]
    assert isinstance(value, pl.DataFrame | matplotlib.axes.Axes | dict | list | tuple | str | None), value
    return []


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Stand in a folder of one's own, from which a notebook may import what it writes."""
    from matplotlib import pyplot

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    before = set(sys.modules)
    yield tmp_path / "work"
    pyplot.close("all")
    for name in {"one", "ten"} & (set(sys.modules) - before):
        del sys.modules[name]


@pytest.fixture(scope="module")
def first_look(tmp_path_factory) -> tuple[Path, list[str]]:
    """The folder that the first notebook leaves, and what it showed."""
    place = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        texts = executed(NOTEBOOKS[0])
    return place / "work", texts


def test_the_first_look(first_look):
    """A campaign with its best, a number with its uncertainty, a lineage, a slice and a curve."""
    _, texts = first_look
    campaign, rows, best, lineage, volume, curve, lake = texts
    assert "energy at 100 W: 6 designs, 6 feasible" in campaign
    assert re.search(r"energy density \d+(\.\d+)? ± \d", best)
    assert "energy density [W.h/L]" in rows
    assert "by cell.assemble_cell" in lineage
    assert volume.startswith("microstructure")
    assert curve.startswith("discharge")
    assert "maximise energy_density: 6 trials" in lake


EXPECTED = {
    "2_query_the_history": ["description", "energy density [W.h/L]", "best value [W.h/L]", "snapshot"],
    "3_reproduce_and_disagree": ["bitwise equal", "final_voltage", "code changed: one, ten", "could not be executed"],
    "4_bring_your_own_data": ["spheres of a notebook", "ohmic_resistance", "CC0-1.0", "(n = 1)"],
    "5_compare_campaigns": ["energy at 300 W: 6 designs", "energy density at 300 W [W.h/L]"],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_notebook_runs_and_shows_what_it_promises(name, first_look, work):
    """In a copy of the folder that the first notebook left."""
    shutil.copytree(first_look[0], work)
    texts = "\n".join(executed(FOLDER / f"{name}.py"))
    for expected in EXPECTED[name]:
        assert expected in texts


def test_every_notebook_is_tested_and_listed():
    """Five notebooks, each linked from the page that introduces them; none has prose without code."""
    names = [path.stem for path in NOTEBOOKS]
    assert names[1:] == list(EXPECTED)
    page = (FOLDER.parent / "NOTEBOOKS.md").read_text(encoding="utf-8")
    assert [name for name in names if f"notebooks/{name}.py" not in page] == []
    for path in NOTEBOOKS:
        kinds = [prose for prose, _ in cells(path)]
        assert kinds[0]
        assert kinds.count(True) >= 4
        assert kinds.count(False) >= 6
