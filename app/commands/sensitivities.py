"""`ragone sensitivities`: by how many percent the energy of a discharge changes with a percent of each input."""

from __future__ import annotations

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ragone.app.tables.answers import plain, quantity, short, wide_table
from ragone.app.terminal.session import FINE, Session
from ragone.flows.cell.sensitivities import DESIGN_FIELDS, sensitivities_of
from ragone.pipelines.cell import discharge_at_constant_power
from ragone.pipelines.cell.sensitivities import POWER, EnergySensitivities, Sensitivity
from ragone.schemas.unit_names import short_name

_SETTINGS = {"power": "power", "lower_voltage": "lower_voltage", "ambient": "ambient_temperature"}


def execute(session: Session) -> int:
    """Differentiate and print, the largest first."""
    given = session.arguments
    settings = _settings(given)
    with session.lake() as lake, session.working("solving with sensitivities"):
        cell, found = sensitivities_of(lake, given.id, settings)
    energy = quantity(found.energy_watt_hour, "W.h", found.energy_error_watt_hour)
    words = Text(f"{energy} of {short(cell)}; percent for a percent, with the error of the integration in time")
    session.answer({"cell_id": cell, **plain(found)}, Group(words, _table(found)))
    return FINE


def _settings(given: Any) -> dict[str, Any]:
    """Parameters of the discharge that the arguments give."""
    texts = {word: getattr(given, word) for word in _SETTINGS if getattr(given, word)}
    parameters = {word: discharge_at_constant_power.parameter(_SETTINGS[word]) for word in texts}
    return {one.name: one.read(texts[word], f"--{word.replace('_', '-')}") for word, one in parameters.items()}


def _table(found: EnergySensitivities) -> Table:
    ranked = sorted(found.sensitivities, key=lambda one: -abs(one.energy))
    heads = ["input", "of", "energy", "energy density", "specific energy", "error"]
    return wide_table(heads, [_row(one) for one in ranked])


def _row(one: Sensitivity) -> list[str]:
    whose = "discharge" if one.name == POWER else "design" if one.name in DESIGN_FIELDS else "cell"
    values = (one.energy, one.energy_density, one.specific_energy)
    return [short_name(one.name), whose, *(f"{value:+.4f}" for value in values), f"{one.error:.0e}"]
