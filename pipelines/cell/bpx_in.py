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
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.cell.bpx_checks import check_document
from pipelines.cell.bpx_format import OPEN_CIRCUIT, BpxError, brief, first_line, load_bpx

TEMPERATURE = 298.15  # K, where a file names none
CONCENTRATION = 1000.0  # mol/m^3, PyBaMM's assumption
_LARGEST_BYTES = 64 * 2**20


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
        if place.stat().st_size > _LARGEST_BYTES:
            raise BpxError(
                f"{place} has {place.stat().st_size:,} bytes; a BPX file has at most {_LARGEST_BYTES:,}. Name another."
            )
        document = json.loads(place.read_text(encoding="utf-8-sig"))
    except OSError as cause:
        raise BpxError(f"{place} cannot be read: {cause.strerror}. Name a BPX file.") from cause
    except BpxError:
        raise
    except (ValueError, RecursionError) as cause:
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
        raise BpxError(f'Header > BPX: {cause} Give the version of the format as text, for example "1.1.0".') from cause
    except (AttributeError, TypeError) as cause:
        raise BpxError("the file is of BPX version 0 and cannot be converted. Export it as BPX 1.1.") from cause
    check_document(content)
    content.pop("Validation", None)
    _complete(content)
    parsed(content)
    return BpxContent(str(content["Header"].get("Title") or otherwise), content)


def parsed(document: Mapping[str, Any]) -> Any:
    """The library's object of a checked document; parsed once per content."""
    return _parsed(json.dumps(document, sort_keys=True))


@lru_cache(maxsize=16)
def _parsed(text: str) -> Any:
    try:
        return load_bpx().parse_bpx_obj(
            json.loads(text), v_tol=math.inf
        )  # the stoichiometries are ours, see `stoichiometry`
    except ValueError as cause:
        raise BpxError(f"the BPX document is refused: {first_line(cause)}. Compare it with bpxstandard.com.") from cause


def _complete(content: dict[str, Any]) -> None:
    """Write down what PyBaMM would assume."""
    sections = content["Parameterisation"]
    cell = sections["Cell"]
    temperature = cell.setdefault("Reference temperature [K]", TEMPERATURE)
    state = content.setdefault("State", {})
    for part in ("Initial conditions", "Thermal environment"):
        state[part] = state.get(part) or {}
    start = state["Initial conditions"]
    start.setdefault("Initial temperature [K]", temperature)
    start.setdefault("Initial electrolyte concentration [mol.m-3]", CONCENTRATION)
    start.pop("Initial state-of-charge", None)  # every stage states its own
    state["Thermal environment"].setdefault("Ambient temperature [K]", temperature)
    own = sections.setdefault("User-defined", {})
    own.setdefault(OPEN_CIRCUIT.format(0), cell["Lower voltage cut-off [V]"])
    own.setdefault(OPEN_CIRCUIT.format(100), cell["Upper voltage cut-off [V]"])
    for name in (OPEN_CIRCUIT.format(0), OPEN_CIRCUIT.format(100), "Contact resistance [Ohm]"):
        if name in own and not isinstance(own[name], int | float):
            raise BpxError(f"Parameterisation > User-defined > {name} = {brief(own[name])}: a number was expected.")
