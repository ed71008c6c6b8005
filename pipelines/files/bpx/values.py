"""Whether the numbers of a BPX document can be those of a cell, so that what cannot is named by its path.

The format's own library lets most of it pass: nothing in it has to be positive, a table may be empty. Not checked:
whether values are usual, and functions that the file's user defines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragone.pipelines.files.bpx.format import BpxError, brief, path_text
from ragone.pipelines.files.bpx.formula import read_formula
from ragone.schemas.errors import BoundsError
from ragone.schemas.field import ANY, POSITIVE, Bounds

_PARTS = ("Cell", "Electrolyte", "Negative electrode", "Positive electrode", "Separator")
_ELECTRODES = ("Negative electrode", "Positive electrode")
CONCENTRATION, _CONCENTRATION = 1000.0, "Initial electrolyte concentration [mol.m-3]"  # PyBaMM's, where none is given
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
_CONCENTRATIONS = (0.1, 2.0)  # of the resting one, between which an electrolyte's functions are looked at
_ANY_SIGN = (_OCP, "Entropic change coefficient [V.K-1]")
_SAMPLES, _MOST_ROWS, _LARGEST_WHOLE = 201, 20_000, 10**300


def require_numbers(value: Any, path: tuple[str, ...] = ()) -> None:
    """Refuse what JSON or a float has no number for, and true or false where the library would read 1 or 0.

    Raises
    ------
    BpxError
        At the first place.
    """
    large = isinstance(value, int) and abs(value) > _LARGEST_WHOLE
    if isinstance(value, bool) or large or (isinstance(value, float) and not math.isfinite(value)):
        raise BpxError(f"{path_text(path)} = {brief(value)}: a finite number was expected. Mend its value.")
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
    require_numbers(content["Parameterisation"], ("Parameterisation",))  # once more: some were written as text
    sections = content["Parameterisation"]
    for name in _PARTS:
        _check_section(sections[name], ("Parameterisation", name))
    for name, part in (content.get("State") or {}).items():
        _check_section(part or {}, ("State", name))
    cell = sections["Cell"]
    _require_order(cell, _VOLTAGES, ("Parameterisation", "Cell"))
    for name in _ELECTRODES:
        path, electrode = ("Parameterisation", name), sections[name]
        _check_fractions(electrode, path)
        _require_order(electrode, _LIMITS, path)
        if _is_constant(electrode[_OCP]):
            where = f"{path_text((*path, _OCP))} = {brief(electrode[_OCP])}"
            raise BpxError(f"{where}: a function of x as text, or a table {{x, y}} was expected. Mend its value.")
        _check_functions(electrode, path, [electrode[limit] for limit in _LIMITS])
    rest = ((content.get("State") or {}).get("Initial conditions") or {}).get(_CONCENTRATION) or CONCENTRATION
    _check_functions(sections["Electrolyte"], ("Parameterisation", "Electrolyte"), [s * rest for s in _CONCENTRATIONS])


def _check_section(section: Mapping[str, Any], path: tuple[str, ...]) -> None:
    for name, value in section.items():
        if isinstance(value, Mapping):
            _check_table(value, (*path, name))
        elif isinstance(value, int | float):
            bounds = ANY if "activation energy" in name else _BOUNDS.get(name, POSITIVE)
            try:
                bounds.require(value, path_text((*path, name)), "1")
            except BoundsError as cause:
                where = f"{path_text((*path, name))} = {value:g}"
                raise BpxError(f"{where}: a number in {bounds} was expected. Mend its value.") from cause


def _check_table(table: Mapping[str, Any], path: tuple[str, ...]) -> None:
    places = table.get("x")
    if not isinstance(places, list):
        return  # a map that is no table
    if len(places) < 2 or any(right <= left for left, right in pairwise(places)):
        raise BpxError(f"{path_text(path)}: a table of two rows at least, x increasing, was expected. Mend its rows.")
    if len(places) > _MOST_ROWS:
        raise BpxError(
            f"{path_text(path)}: a table of {len(places):,} rows; {_MOST_ROWS:,} are read at most. Thin it out."
        )


def _require_order(section: Mapping[str, Any], names: tuple[str, str], path: tuple[str, ...]) -> None:
    low, high = (section[name] for name in names)
    if not low < high:
        raise BpxError(f"{path_text((*path, names[0]))} = {low:g} is not below {names[1]} = {high:g}. Exchange them.")


def _check_fractions(electrode: Mapping[str, Any], path: tuple[str, ...]) -> None:
    active = electrode["Surface area per unit volume [m-1]"] * electrode["Particle radius [m]"] / 3
    total = electrode["Porosity"] + active
    if electrode["Porosity"] >= 1 or total > 1 + 1e-6:
        raise BpxError(
            f"{path_text(path)}: porosity {electrode['Porosity']:g} and active material {active:g} (surface area x "
            f"radius / 3) add up to {total:g} of the volume. They must be at most 1 together; mend one of the three."
        )


def _is_constant(value: Any) -> bool:
    return "x" not in read_formula(value).steps if isinstance(value, str) else isinstance(value, int | float)


def _check_functions(section: Mapping[str, Any], path: tuple[str, ...], domain: Sequence[float]) -> None:
    """Refuse functions that are no numbers over the domain, or not positive unless they may have any sign."""
    at = np.linspace(domain[0], domain[1], _SAMPLES)
    for name, value in section.items():
        if not isinstance(value, str | Mapping):
            continue
        values = values_at(value, at)
        wrong = ~np.isfinite(values) | (values <= 0 if name not in _ANY_SIGN else False)
        if wrong.any():
            found, needed = values[wrong][0], "any number" if name in _ANY_SIGN else "a positive number"
            raise BpxError(
                f"{path_text((*path, name))} = {brief(value)} is {f'{found:g}' if np.isfinite(found) else 'no number'} "
                f"at x = {at[wrong][0]:g}: {needed} was expected from x = {domain[0]:g} to {domain[1]:g}. "
                "Mend it there."
            )


def values_at(value: Any, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a formula or table, shape (n,); a table goes on as straight as it ends, as it does in PyBaMM."""
    if isinstance(value, str):
        return read_formula(value).at(at)
    x, y = (np.array(value[axis], np.float64) for axis in ("x", "y"))
    row = np.clip(np.searchsorted(x, at) - 1, 0, len(x) - 2)
    share: NDArray[np.float64] = (at - x[row]) / (x[row + 1] - x[row])
    return y[row] + share * (y[row + 1] - y[row])
