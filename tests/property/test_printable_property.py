"""Whatever a text holds, a terminal is shown characters and line breaks, and obeys none of them."""

from __future__ import annotations

import csv
import io

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from ragone.app.pictures.characters import slice_blocks
from ragone.app.query_text import csv_cell, text_parts
from ragone.app.tables.answers import record_table, rows_table, wide_table
from ragone.app.tables.campaigns import trial_line
from ragone.app.tables.kpi import side_by_side
from ragone.app.tables.verdicts import verdict_text
from ragone.app.terminal.console import GuardedConsole
from ragone.app.terminal.printable import Guarded, one_line, printable
from ragone.flows import Trial, TrialOutcome
from ragone.flows.cell.kpis import StageKpis
from ragone.schemas import KINDS, Candidate, Microstructure
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.errors import RagoneError

OBEYED = "\x1b[2J\x9b31m\x07\x08\r\x00\x7f\x85\u2028\u2029\u202e\u2066\u200b\ufeff\u00ad\U000e0041\udc9b"
TEXT = st.text(st.sampled_from(OBEYED + "\n=+-@', a\u00a0é漢") | st.characters(), max_size=20)


def clean(text: str) -> bool:
    """Whether it is lines of characters to be seen."""
    return all(line.isprintable() for line in text.split("\n"))


def shown(*renderables: object) -> str:
    """What a terminal without colours is sent."""
    file = io.StringIO()
    console = GuardedConsole(file=file, width=120, markup=False, emoji=False, highlight=False)
    console.print(*renderables)
    return file.getvalue()


@given(TEXT)
def test_texts(text):
    """Nothing is obeyed, lines stay lines where they may, and a text that can be shown stays as it is."""
    assert clean(printable(text))
    assert printable(text).count("\n") == text.count("\n")
    assert one_line(text).isprintable()
    assert one_line(one_line(text)) == one_line(text)
    if text.isprintable():
        assert printable(text) == one_line(text) == text


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_streams(texts):
    """What is written by whomever passes the guard only as characters to be seen."""
    stream = io.StringIO()
    Guarded(stream).writelines(texts)
    assert stream.getvalue() == "".join(map(printable, texts))


@given(TEXT, TEXT)
@settings(deadline=None)
def test_tables_and_trees(head, text):
    """Tables keep to a line for each row; titles, trees and plain texts hold characters only."""
    for table in (rows_table([head], [(text,), ((text, text),), ({text: [text]},)]), wide_table([head], [[text]])):
        assert clean(shown(table))
    tree = Tree(Text(head))
    tree.add(text)
    assert clean(shown(tree, text, Text(text), Group(head, Text(text))))
    assert shown(wide_table(["h"], [[text], ["last"]])).count("\n") == 3


@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(text=TEXT)
def test_every_text_of_every_record(kind, example, text):
    """Any text in any field of a record is shown as characters."""
    for name, spec in KINDS[kind].fields().items():
        if spec.dtype != "utf8" or spec.choices:
            continue
        value = {"texts": (text, text), "document": {text: text}}.get(spec.shape, text)
        try:
            record = example(kind, **{name: value}).known_as(f"{kind}-{'0' * 64}")
        except RagoneError:  # some fields allow some texts only
            continue
        assert clean(shown(record_table(record)))


@given(TEXT)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_commands_make_of_texts(example, text):
    """Verdicts, KPIs, pictures and trials: what failed and why, and names of phases."""
    note = [{"note": text.encode("utf-8", "replace").decode(), "within": True}]  # a document is Unicode
    verdict = example("verification", deviations=note, error=text, environment_changed=(text,), deep=True)
    assert clean(verdict_text(verdict))
    found = [StageKpis(text, (text,), {}, error=text, run_id=text)]
    assert clean(shown(side_by_side([text], found, {})))
    volume = Microstructure(
        labels=np.zeros((2, 2, 2), np.uint8),
        voxel_edges_metre=cubic_voxels(1e-6),
        phase_names=(text or "-",),
        phase_labels=np.zeros(1, np.uint8),
        source=text,
        licence=text,
    )
    assert clean(shown(slice_blocks(volume, 40, coloured=False)))
    candidate = Candidate(values={"recipe.porosity": text.encode("utf-8", "replace").decode()})
    assert clean(shown(trial_line(Trial(1, candidate, TrialOutcome.FAILED, error=text))))


STORED = TEXT.map(lambda text: text.encode("utf-8", "ignore").decode())  # Arrow holds no lone surrogates


@given(st.lists(STORED, min_size=1, max_size=3), STORED)
@settings(deadline=None)
def test_csv(texts, head):
    """A row is one line of characters, no cell is a formula, and a reader finds as many rows as there are."""
    head = f"{head} of"
    frame = pl.DataFrame({head: texts, "nested": [[text] for text in texts], "number": [-1.5] * len(texts)})
    text = "".join(text_parts(frame, "csv"))
    assert clean(text)
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [csv_cell(head), "nested", "number"]
    assert [row[0] for row in rows[1:]] == [csv_cell(one) for one in texts]
    assert all(row[2] == "-1.5" for row in rows[1:])
    assert clean("".join(text_parts(frame, "table")).replace("\t", ""))


@given(STORED, st.sampled_from("=+-@＝＋－＠"), st.sampled_from(["", " ", "\t", "\u00a0"]))
def test_no_formula(text, sign, before):
    """What a spreadsheet would compute begins with an apostrophe; a number in words stays a number."""
    cell = csv_cell(before + sign + text)
    assert cell.lstrip()[0] not in "=+-@＝＋－＠" or float(cell) is not None


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("-2.5", "-2.5"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"), ("a=b", "a=b"), ("", "")],
)
def test_cells(text, cell):
    """As spreadsheets take them."""
    assert csv_cell(text) == cell
