"""Whether the numbers of a BPX document can be those of a cell, so that what cannot is named by its path.

The format's own library lets most of it pass: nothing in it has to be positive, a table may be empty. Not checked:
whether values are usual, and functions other than the open-circuit potentials.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pipelines.cell.bpx_format import BpxError, brief, load_bpx, shown
from schemas.errors import BoundsError
from schemas.field import ANY, POSITIVE, Bounds

_PARTS = ("Cell", "Electrolyte", "Negative electrode", "Positive electrode", "Separator")
_ELECTRODES = ("Negative electrode", "Positive electrode")
_OCP, _LIMITS = "OCP [V]", ("Minimum stoichiometry", "Maximum stoichiometry")
_VOLTAGES = ("Lower voltage cut-off [V]", "Upper voltage cut-off [V]")
_SHARE = Bounds(0, 1)
_BOUNDS = {
    "Cation transference number": _SHARE,
    "Entropic change coefficient [V.K-1]": ANY,
    "Heat transfer coefficient [W.m-2.K-1]": Bounds(low=0),
    "Initial hysteresis state: Negative electrode": ANY,
    "Initial hysteresis state: Positive electrode": ANY,
    "Initial state-of-charge": _SHARE,
    "Porosity": Bounds(0, 1, low_open=True),
    "Transport efficiency": Bounds(0, 1, low_open=True),
    **dict.fromkeys(_LIMITS, _SHARE),
}
_SAMPLES = 5


def require_numbers(value: Any, path: tuple[str, ...] = ()) -> None:
    """Refuse what JSON has no number for, and true or false where the library would read 1 or 0.

    Raises
    ------
    BpxError
        At the first place.
    """
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise BpxError(f"{shown(path)} = {brief(value)}: a finite number was expected. Mend its value.")
    for name, part in value.items() if isinstance(value, dict) else ():
        require_numbers(part, (*path, name))
    for part in value if isinstance(value, list) else ():
        require_numbers(part, path)


def check_values(content: Mapping[str, Any]) -> None:
    """Check the values of a document whose fields are those of the format.

    Raises
    ------
    BpxError
        At the first value that no cell can have.
    """
    sections = content["Parameterisation"]
    for name in _PARTS:
        _check_section(sections[name], ("Parameterisation", name))
    for name, part in (content.get("State") or {}).items():
        _check_section(part or {}, ("State", name))
    cell = sections["Cell"]
    _require_order(cell, _VOLTAGES, ("Parameterisation", "Cell"))
    for name in _ELECTRODES:
        path = ("Parameterisation", name)
        _check_fractions(sections[name], path)
        _require_order(sections[name], _LIMITS, path)
        _check_potential(sections[name], path)


def _check_section(section: Mapping[str, Any], path: tuple[str, ...]) -> None:
    for name, value in section.items():
        if isinstance(value, Mapping):
            _check_table(value, (*path, name))
        elif isinstance(value, int | float):
            bounds = ANY if "activation energy" in name else _BOUNDS.get(name, POSITIVE)
            try:
                bounds.require(value, shown((*path, name)), "1")
            except BoundsError as cause:
                where = f"{shown((*path, name))} = {value:g}"
                raise BpxError(f"{where}: a number in {bounds} was expected. Mend its value.") from cause


def _check_table(table: Mapping[str, Any], path: tuple[str, ...]) -> None:
    places = table.get("x")
    if not isinstance(places, list):
        return  # a map that is no table
    if len(places) < 2 or any(right <= left for left, right in pairwise(places)):
        raise BpxError(f"{shown(path)}: a table of two rows at least, x increasing, was expected. Mend its rows.")


def _require_order(section: Mapping[str, Any], names: tuple[str, str], path: tuple[str, ...]) -> None:
    low, high = (section[name] for name in names)
    if not low < high:
        raise BpxError(f"{shown((*path, names[0]))} = {low:g} is not below {names[1]} = {high:g}. Exchange them.")


def _check_fractions(electrode: Mapping[str, Any], path: tuple[str, ...]) -> None:
    active = electrode["Surface area per unit volume [m-1]"] * electrode["Particle radius [m]"] / 3
    total = electrode["Porosity"] + active
    if electrode["Porosity"] >= 1 or total > 1 + 1e-6:
        raise BpxError(
            f"{shown(path)}: porosity {electrode['Porosity']:g} and active material {active:g} (surface area x radius "
            f"/ 3) add up to {total:g} of the volume. They must be at most 1 together; mend one of the three."
        )


def _check_potential(electrode: Mapping[str, Any], path: tuple[str, ...]) -> None:
    """It must follow the stoichiometry, and be a number between its limits."""
    potential, (low, high) = electrode[_OCP], (electrode[name] for name in _LIMITS)
    where = f"{shown((*path, _OCP))} = {brief(potential)}"
    if isinstance(potential, int | float):
        raise BpxError(f"{where}: a function of x as text, or a table {{x, y}} was expected. Mend its value.")
    if not isinstance(potential, str):
        return
    function = load_bpx().Function(potential).to_python_function()
    for step in range(_SAMPLES):
        x = low + (high - low) * step / (_SAMPLES - 1)
        try:
            finite = math.isfinite(function(x))
        except (ArithmeticError, TypeError, ValueError):
            finite = False
        if not finite:
            raise BpxError(f"{where} is no number at x = {x:g}, which lies between {' and '.join(_LIMITS).lower()}.")
