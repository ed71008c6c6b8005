"""Where PyBaMM comes from: imported late, telemetry off, one parameter set at a time.

PyBaMM takes seconds to import, and asks a question on the terminal at its first import unless told not to.
"""

from __future__ import annotations

import os
from typing import Any

from schemas import CellParameters
from schemas.errors import UnknownFieldError, did_you_mean

PARAMETER_SETS = ("Chen2020",)


def load_pybamm() -> Any:
    """The module, with its telemetry off whatever the environment says."""
    os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
    import pybamm

    pybamm.telemetry.disable()
    return pybamm


def parameter_values(parameter_set: str) -> Any:
    """A fresh copy of a parameter set, as PyBaMM's `ParameterValues`.

    Raises
    ------
    UnknownFieldError
        If it is not one of `PARAMETER_SETS`: only those are validated here.

    References
    ----------
    Chen et al. 2020, doi 10.1149/1945-7111/ab9050: LG M50, NMC 811 against graphite-SiOx.
    """
    if parameter_set not in PARAMETER_SETS:
        raise UnknownFieldError(
            f"parameter_set = {parameter_set!r} is not known: {did_you_mean(parameter_set, PARAMETER_SETS)}"
        )
    return load_pybamm().ParameterValues(parameter_set)


def parameter_values_of(cell: CellParameters) -> Any:
    """The parameter set of a cell, a fresh copy."""
    return parameter_values(cell.parameter_set)
