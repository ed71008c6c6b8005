"""Whether a parameter set says how transport depends on temperature, and what is refused where it does not.

With constants of one temperature a cell that warms keeps the losses of a cold one, so that heat and rise come out too
large, the more the warmer it gets. A little warming is let pass: up to a current of one nominal capacity per hour.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ragone.pipelines.cell.chemistry import Chemistry
from ragone.pipelines.cell.engine import ARRHENIUS, load_pybamm
from ragone.pipelines.cell.errors import TemperatureLawError
from ragone.schemas import CellParameters

LARGEST_RATE = 1.0  # 1/h: at 1C in still air Chen2020's LG M50 warms by 23 K, with activation energies by 18 K
_WARMER = 20.0  # K
_SAME = 1e-6  # relative change over these kelvins up to which a property is a constant
_TRANSPORT = (
    "Positive particle diffusivity [m2.s-1]",
    "Electrolyte diffusivity [m2.s-1]",
    "Electrolyte conductivity [S.m-1]",
)
_NEGATIVE = "Negative particle diffusivity [m2.s-1]"


def constant_transport(cell: CellParameters) -> tuple[str, ...]:
    """Names of the diffusivities and conductivities that its parameter set gives at one temperature only."""
    return _constant(Chemistry.of(cell))


def require_temperature_laws(cell: CellParameters, largest_current_ampere: float) -> None:
    """Refuse a cell that warms at a high rate while nothing in its particles and electrolyte depends on temperature.

    Raises
    ------
    TemperatureLawError
        If it does.
    """
    rate = largest_current_ampere / cell.nominal_capacity_ampere_hour
    constant = constant_transport(cell)
    if rate <= LARGEST_RATE or not constant:
        return
    raise TemperatureLawError(
        f"{cell.chemistry} gives {', '.join(constant)} at one temperature only, and the current reaches "
        f"{rate:.2g} times the nominal capacity per hour. Above {LARGEST_RATE:g} a cell that warms needs their "
        f"activation energies. Choose {ARRHENIUS} for Chen2020, or another set; or compute it isothermally."
    )


@lru_cache(maxsize=32)
def _constant(chemistry: Chemistry) -> tuple[str, ...]:
    values = chemistry.values()
    names = _TRANSPORT if chemistry.half_cell else (_NEGATIVE, *_TRANSPORT)
    return tuple(name for name in names if _is_constant(values, name))


def _is_constant(values: Any, name: str) -> bool:
    if not callable(values[name]):
        return True
    pybamm = load_pybamm()
    first = 0.5 if "particle" in name else float(values["Initial concentration in electrolyte [mol.m-3]"])
    reference = float(values["Reference temperature [K]"])
    cold, warm = (
        float(values.evaluate(values[name](pybamm.Scalar(first), pybamm.Scalar(reference + rise))))
        for rise in (0.0, _WARMER)
    )
    return abs(warm / cold - 1) < _SAME
