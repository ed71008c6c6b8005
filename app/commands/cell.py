"""`ragone cell`: build a cell, show what it is made of, and write it as a BPX file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.text import Text

from ragone.app.tables.answers import plain
from ragone.app.tables.cell import cell_table, described
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.cell.building import CellPlan, build_cell, plan_cell, recipe_of
from ragone.flows.cell.electrodes import subject_of
from ragone.flows.errors import CellError
from ragone.flows.parameter_files.fields import settings_of
from ragone.pipelines.cell import bpx_document
from ragone.pipelines.files.bpx import read_bpx
from ragone.schemas import CellOutcome, CellParameters

_OF_DESIGN = {
    "loading": "mass_loading",
    "form_factor": "form_factor",
    "parameter_set": "parameter_set",
    "negative_set": "negative_parameter_set",
    "electrolyte": "electrolyte",
}
_OF_ELECTRODES = (
    "settings",
    "bpx",
    "negative_bpx",
    "half_cell",
    "ideal",
    "materials",
    "negative",
    "negative_materials",
)


def execute(session: Session) -> int:
    """Build or find the cell; 1 if it cannot be built of this electrode."""
    given = session.arguments
    plan = _plan(given)  # all arguments are read before a lake is made
    recipe = recipe_of(given.recipe) if given.recipe else None
    with session.lake(create=not given.subject) as lake:
        stored = lake.get(given.subject) if given.subject else None
        if isinstance(stored, CellParameters):
            _require_nothing_else(stored, given)
            cell = stored
        else:
            subject = recipe if stored is None else subject_of(stored)
            negative = subject_of(lake.get(given.negative)) if given.negative else None
            with session.working("building the cell"):
                cell = build_cell(lake, plan, subject, negative)
    if given.to_bpx:
        document = bpx_document(cell)
        Path(given.to_bpx).write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        session.advise(f"written to {given.to_bpx}")
    session.answer({"id": cell.id, **plain(cell)}, Group(Text(described(cell)), cell_table(cell), Text(cell.id)))
    return FINE if cell.outcome is CellOutcome.BUILT else FOUND


def _require_nothing_else(cell: CellParameters, given: Any) -> None:
    if any(getattr(given, name) for name in (*_OF_DESIGN, *_OF_ELECTRODES)):
        raise CellError(f"{cell.id} is a cell already: only --to-bpx goes with it. Name an electrode to build another.")


def _plan(given: Any) -> CellPlan:
    for one, other in (("subject", "recipe"), ("bpx", "parameter_set"), ("negative_bpx", "negative_set")):
        if getattr(given, one) and getattr(given, other):
            words = [f"--{name.replace('_', '-')}" if name != "subject" else "an id" for name in (one, other)]
            raise CellError(f"{' and '.join(words)} say two different things. Leave one out.")
    options = [f"{name}={value}" for word, name in _OF_DESIGN.items() if (value := getattr(given, word))]
    return plan_cell(
        settings_of([*given.settings, *options]),
        of_electrode=bool(given.subject or given.recipe),
        bpx=read_bpx(given.bpx) if given.bpx else None,
        negative_bpx=read_bpx(given.negative_bpx) if given.negative_bpx else None,
        half_cell=given.half_cell,
        ideal=given.ideal,
        materials=given.materials,
        negative_materials=given.negative_materials,
    )
