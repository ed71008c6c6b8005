"""Reading cell parameters in the Battery Parameter eXchange format, BPX 1.1, and saying where a file is wrong.

What is read is a full cell with one material in each electrode and all that a DFN needs. Files of version 0 are
converted as the `bpx` library does it. The document kept is complete: what PyBaMM would assume with a warning (full
charge, voltage limits, temperatures, 1 mol/L) is written into it, so that it means the same wherever it is read. The
measured curves that a file may hold (Validation) are left out: they are no parameters.
Not checked: whether the values are usual; `bpx_values` refuses what no cell can have.

Reference: Korotkin et al. 2023, "Ten questions", bpxstandard.com; schema of the `bpx` library, 1.1.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ragone.pipelines.files.bpx.checks import check_document
from ragone.pipelines.files.bpx.format import OPEN_CIRCUIT, BpxError, brief, first_line, load_bpx
from ragone.pipelines.files.bpx.functions import USER_DEFINED, section_kinds, without_formulas
from ragone.pipelines.files.bpx.values import CONCENTRATION, values_at
from ragone.pipelines.files.regular import FileMissingError, InputFileError, read_regular
from ragone.schemas.json_text import JsonError, decode_json

TEMPERATURE = 298.15  # K, where a file names none
_SAME, _BEYOND = 2e-5, 0.01  # V, between a voltage limit and that of stoichiometric limits written with few digits
_LARGEST_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class BpxContent:
    """The title of a BPX file and its completed document."""

    title: str
    document: dict[str, Any]


def read_bpx(path: str | Path) -> BpxContent:
    """Read and check a BPX file.

    Raises
    ------
    BpxError
        If the file cannot be read or is no JSON, or a field is missing, unknown or of the wrong kind.
    """
    place = Path(path)
    try:
        document = decode_json(read_regular(place, _LARGEST_BYTES, "a BPX file"), finite=False)
    except FileMissingError as cause:
        raise BpxError(f"{place} cannot be read: No such file or directory. Name a BPX file.") from cause
    except InputFileError as cause:
        raise BpxError(str(cause)) from cause
    except JsonError as cause:
        raise BpxError(f"{place} is not JSON: {cause}. BPX files are JSON documents.") from cause
    return checked_bpx(document, otherwise=place.stem)


def checked_bpx(document: Any, *, otherwise: str = "BPX") -> BpxContent:
    """Check the document of a BPX file, and complete it.

    Parameters
    ----------
    document
        As read from JSON; not changed.
    otherwise
        Title where the header has none.

    Raises
    ------
    BpxError
        As `read_bpx`.
    """
    bpx = load_bpx()
    if not isinstance(document, dict) or not isinstance(document.get("Header"), dict):
        raise BpxError("Header is missing. A BPX document is a map with Header and Parameterisation.")
    content = copy.deepcopy(document)
    try:
        if bpx.is_legacy_bpx(content):
            content = bpx.convert_v0_to_v1(content)
    except ValueError as cause:
        version = brief(content["Header"].get("BPX"))
        raise BpxError(
            f'Header > BPX = {version} is no version: {first_line(cause)}. Give it as text, for example "1.1.0".'
        ) from cause
    except (AttributeError, TypeError) as cause:
        raise BpxError("the file is of BPX version 0 and cannot be converted. Export it as BPX 1.1.") from cause
    check_document(content)
    content.pop("Validation", None)
    _complete(content)
    parsed(content)
    return BpxContent(str(content["Header"].get("Title") or otherwise), content)


def parsed(document: Mapping[str, Any]) -> Any:
    """The library's object of a checked document, but for its formulas."""
    kinds, sections = section_kinds(), document["Parameterisation"]
    plain = {name: without_formulas(section, kinds[name]) for name, section in sections.items()}
    try:  # any difference in voltage is borne, for the stoichiometries are ours, see `stoichiometry`
        return load_bpx().parse_bpx_obj({**document, "Parameterisation": plain}, v_tol=math.inf)
    except ValueError as cause:
        raise BpxError(f"the BPX document is refused: {first_line(cause)}. Compare it with bpxstandard.com.") from cause


def _complete(content: dict[str, Any]) -> None:
    """Write down what PyBaMM would assume."""
    sections = content["Parameterisation"]
    temperature = sections["Cell"].setdefault("Reference temperature [K]", TEMPERATURE)
    state = content.setdefault("State", {})
    for part in ("Initial conditions", "Thermal environment"):
        state[part] = {name: value for name, value in (state.get(part) or {}).items() if value is not None}
    start = state["Initial conditions"]
    start.setdefault("Initial temperature [K]", temperature)
    start.setdefault("Initial electrolyte concentration [mol.m-3]", CONCENTRATION)
    stated = start.pop("Initial state-of-charge", None) is not None  # every stage states its own
    state["Thermal environment"].setdefault("Ambient temperature [K]", temperature)
    own = sections.setdefault(USER_DEFINED, {})
    for charge, voltage in _limits(sections, stated).items():
        own.setdefault(OPEN_CIRCUIT.format(charge), voltage)
    for name in (OPEN_CIRCUIT.format(0), OPEN_CIRCUIT.format(100), "Contact resistance [Ohm]"):
        if name in own and not isinstance(own[name], int | float):
            raise BpxError(f"Parameterisation > User-defined > {name} = {brief(own[name])}: a number was expected.")


def _limits(sections: Mapping[str, Any], charge_stated: bool) -> dict[int, float]:
    """Open-circuit voltage [V] at 0 and 100 % charge, where PyBaMM begins with such a file.

    That is at the cut-offs if the file states an initial charge (as files of version 0 do once they are converted), and
    else between the stoichiometric limits. Limits too coarse for their cut-offs, or beyond them, do not count.
    """
    cell = sections["Cell"]
    low, high = cell["Lower voltage cut-off [V]"], cell["Upper voltage cut-off [V]"]
    if charge_stated:
        return {0: low, 100: high}
    empty, full = (_difference(sections, *ends) for ends in (("Maximum", "Minimum"), ("Minimum", "Maximum")))
    return {
        0: low if abs(empty - low) < _SAME or empty < low - _BEYOND else empty,
        100: high if abs(full - high) < _SAME or full > high + _BEYOND else full,
    }


def _difference(sections: Mapping[str, Any], positive: str, negative: str) -> float:
    """Positive less negative potential [V], each at its "Minimum" or "Maximum" stoichiometry."""
    potentials = (
        values_at(sections[name]["OCP [V]"], np.array([sections[name][f"{limit} stoichiometry"]]))[0]
        for name, limit in (("Positive electrode", positive), ("Negative electrode", negative))
    )
    return float(next(potentials) - next(potentials))
