"""`ragone sensitivities`: by how many percent the energy of a discharge changes with a percent of each input."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import plain, quantity, short, wide_table
from ragone.app.terminal.session import FINE, Session
from ragone.flows.cell.sensitivities import sensitivities_of
from ragone.pipelines.cell import discharge_at_constant_power
from ragone.pipelines.cell.energy_sensitivities import DESIGN_FIELDS, RECIPE_FIELDS
from ragone.pipelines.cell.sensitivities import POWER
from ragone.schemas import EnergySensitivities
from ragone.schemas.unit_names import short_name

_SETTINGS = {"power": "power", "lower_voltage": "lower_voltage", "ambient": "ambient_temperature"}
_NUMBERS = ("energy", "energy_density", "specific_energy", "error", "mesh_error")
_OF = {POWER: "discharge", **dict.fromkeys(DESIGN_FIELDS, "design"), **dict.fromkeys(RECIPE_FIELDS, "recipe")}


def execute(session: Session) -> int:
    """Differentiate and print, the largest first."""
    given = session.arguments
    settings = _settings(given)
    with session.lake() as lake, session.working("solving with sensitivities"):
        cell, found = sensitivities_of(lake, given.id, settings)
    energy = quantity(found.energy_watt_hour, "W.h", found.energy_error_watt_hour)
    words = Text(f"{energy} of {short(cell)}; percent for a percent, with the errors of integration and mesh")
    rows = _rows(found)
    answer = {**plain(found), **{name: [row[name] for row in rows] for name in rows[0]}}
    session.answer({"cell_id": cell, "id": found.id, **answer}, Group(words, _table(rows), Text(short(found.id))))
    return FINE


def _settings(given: Any) -> dict[str, Any]:
    """Parameters of the discharge that the arguments give."""
    texts = {word: getattr(given, word) for word in _SETTINGS if getattr(given, word)}
    parameters = {word: discharge_at_constant_power.parameter(_SETTINGS[word]) for word in texts}
    return {one.name: one.read(texts[word], f"--{word.replace('_', '-')}") for word, one in parameters.items()}


def _rows(found: EnergySensitivities) -> list[dict[str, Any]]:
    """One row for each input, the largest first."""
    columns = {"names": found.names, **{name: getattr(found, name).tolist() for name in _NUMBERS}}
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return sorted(rows, key=lambda row: -abs(float(row["energy"])))


def _table(rows: list[dict[str, Any]]) -> Table:
    heads = ["input", "of", "energy", "energy density", "specific energy", "error", "mesh"]
    return wide_table(heads, [_cells(*row.values()) for row in rows])


def _cells(name: str, *values: float) -> list[str]:
    whose = _OF.get(name, "cell")
    *derivatives, error, mesh = values
    return [short_name(name), whose, *(f"{one:+.4f}" for one in derivatives), f"{error:.0e}", f"{mesh:.0e}"]
