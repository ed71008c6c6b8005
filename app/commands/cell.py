"""`ragone cell`: build a cell, show what it is made of, and write it as a BPX file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.text import Text

from app.tables.answers import plain
from app.tables.cell import cell_table, described
from app.terminal.session import FINE, FOUND, Session
from dataset import Lake
from flows.cell.cells import build_cell, design_of, settings_of
from flows.errors import CellError
from pipelines.cell import bpx_document
from pipelines.files.bpx import read_bpx
from schemas import CellOutcome, CellParameters
from schemas.field import POSITIVE
from schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Build or find the cell; 1 if it cannot be built of this electrode."""
    given = session.arguments
    plan = _plan(given)  # all arguments are read before a lake is made
    recipe = design_of(given.recipe) if given.recipe else None
    with session.lake(create=not given.subject) as lake:
        subject = given.subject if recipe is None else lake.put(recipe)
        name = _stored(lake, subject)
        if name and any(plan.values()):
            raise CellError(
                f"{name} is a cell already: only --to-bpx goes with it. Name an electrode to build another."
            )
        with session.working("building the cell"):
            name = name or build_cell(lake, subject, **plan)
        cell = lake.get(name)
    assert isinstance(cell, CellParameters)
    if given.to_bpx:
        document = bpx_document(cell)
        Path(given.to_bpx).write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        session.advise(f"written to {given.to_bpx}")
    session.answer({"id": name, **plain(cell)}, Group(Text(described(cell)), cell_table(cell), Text(name)))
    return FINE if cell.outcome is CellOutcome.BUILT else FOUND


def _stored(lake: Lake, subject: str) -> str:
    """The id of a cell that the subject already is; empty if it is something else."""
    if not subject:
        return ""
    name = lake.resolve(subject)
    return name if name.startswith(f"{CellParameters.kind}-") else ""


def _plan(given: Any) -> dict[str, Any]:
    if given.recipe and given.subject:
        raise CellError("an id and --recipe say two different things. Leave one out.")
    options = [f"{name}={value}" for name in ("form_factor", "parameter_set") if (value := getattr(given, name))]
    settings = settings_of([*given.settings, *options])
    if given.bpx and given.parameter_set:
        raise CellError("--bpx and --parameter-set say two different things. Leave one out.")
    return {
        "mass_loading": parse_quantity(given.loading, "kg/m^2", "--loading", POSITIVE) if given.loading else None,
        "bpx": read_bpx(given.bpx) if given.bpx else None,
        "half_cell": given.half_cell,
        "ideal": given.ideal,
        "settings": settings,
    }
