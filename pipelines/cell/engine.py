"""Where PyBaMM and its parameter sets come from: imported late, telemetry off, one set at a time.

PyBaMM takes seconds to import, and asks a question on the terminal at its first import unless told not to.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ragone.pipelines.files.bpx.functions import give_functions
from ragone.pipelines.files.bpx.read import checked_bpx, parsed
from ragone.schemas.errors import UnknownFieldError, did_you_mean

ARRHENIUS = "Chen2020_Arrhenius"
PARAMETER_SETS = (
    "Ai2020",
    "Chen2020",
    ARRHENIUS,
    "Ecker2015",
    "Marquis2019",
    "Mohtat2020",
    "NCA_Kim2011",
    "OKane2022",
    "Prada2013",
)
HALF_CELL_SETS = (*PARAMETER_SETS, "Xu2019")
# Chen2020 gives diffusivities and electrolyte at 25 degC only. O'Kane et al. 2022 extend them for the same cell:
# positive particles 25.0 kJ/mol, after Cabanero et al. 2018; negative particles 30.3 and electrolyte 17.0, after Ecker
# et al. 2015.
_EXTENDED = (
    "Negative particle diffusivity [m2.s-1]",
    "Positive particle diffusivity [m2.s-1]",
    "Electrolyte diffusivity [m2.s-1]",
    "Electrolyte conductivity [S.m-1]",
)
_BLEND = "its negative electrode is a blend of two materials, and this cell has one in each electrode"
_GRAPHITE = "it is a graphite electrode against lithium metal, and the electrode designed here is the positive one"
REFUSED_SETS = {
    "Bonkile2024": _BLEND,
    "Chayambuka2022": "it is a sodium-ion cell",
    "Chen2020_composite": _BLEND,
    "ECM_Example": "it is an equivalent circuit, without electrodes",
    "Ecker2015_graphite_halfcell": _GRAPHITE,
    "MSMR_Example": "it gives a multi-species reaction instead of open-circuit potentials",
    "OKane2022_graphite_SiOx_halfcell": _GRAPHITE,
    "ORegan2022": "its electrodes reach 4.24 V, not the 4.4 V that it names as open-circuit voltage at full charge",
    "Ramadass2004": "its positive open-circuit potential has a pole between its voltage limits",
    "Sulzer2019": "it is a lead-acid cell",
    "Xu2019": "it is a half cell against lithium metal, which assemble_half_cell builds",
}


def load_pybamm() -> Any:
    """The module, with its telemetry off whatever the environment says."""
    os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
    import pybamm

    pybamm.telemetry.disable()
    return pybamm


def parameter_values(
    parameter_set: str, parameters: Mapping[str, Any] | None = None, *, half_cell: bool = False
) -> Any:
    """A fresh copy of a parameter set, as PyBaMM's `ParameterValues`.

    Parameters
    ----------
    parameter_set
        One of `PARAMETER_SETS`, or the title of a BPX file; "Chen2020_Arrhenius" is Chen2020 with activation energies.
    parameters
        Content of that BPX file, as `read_bpx` returns it; empty or None for a parameter set of PyBaMM.
    half_cell
        Whether only the positive electrode is wanted: sets of `HALF_CELL_SETS` then.

    Raises
    ------
    UnknownFieldError
        If it is a set without all that is needed, with the reason, or none at all.
    BpxError
        If the BPX content cannot be used.

    References
    ----------
    Chen et al. 2020, doi 10.1149/1945-7111/ab9050 (LG M50, NMC 811 against graphite-SiOx); O'Kane et al. 2022,
    doi 10.1039/d2cp00417h (activation energies); the others are cited in PyBaMM's documentation of
    `pybamm.parameter_sets`.
    """
    if parameters:
        return _bpx_values(json.dumps(parameters, sort_keys=True)).copy()
    require_parameter_set(parameter_set, half_cell=half_cell)
    if parameter_set == ARRHENIUS:
        return _arrhenius()
    return load_pybamm().ParameterValues(parameter_set)


def _arrhenius() -> Any:
    values, laws = (load_pybamm().ParameterValues(name) for name in ("Chen2020", "OKane2022"))
    values.update({name: laws[name] for name in _EXTENDED})
    return values


def require_parameter_set(parameter_set: str, *, half_cell: bool = False) -> None:
    """Refuse a parameter set that cannot be used, with the reason.

    Raises
    ------
    UnknownFieldError
        If it is none of PyBaMM's, or lacks what is needed.
    """
    known = HALF_CELL_SETS if half_cell else PARAMETER_SETS
    if parameter_set in known:
        return
    why = REFUSED_SETS.get(parameter_set)
    reason = f"cannot be used: {why}. Choose one of {', '.join(known)}." if why else None
    raise UnknownFieldError(
        f"parameter_set = {parameter_set!r} {reason or 'is not known: ' + did_you_mean(parameter_set, known)}"
    )


@lru_cache(maxsize=16)
def _bpx_values(text: str) -> Any:
    """Values of a BPX document, read once; it is checked again, since it may come from a stranger's record."""
    document, pybamm = checked_bpx(json.loads(text)).document, load_pybamm()
    content = parsed(document)
    give_functions(content, document, pybamm)
    cell = content.parameterisation.cell
    cell.volume, cell.external_surface_area = cell.volume or 1.0, cell.external_surface_area or 1.0  # never read here
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PyBaMM's own use of pydantic
        return pybamm.ParameterValues._create_from_bpx(content, None)
