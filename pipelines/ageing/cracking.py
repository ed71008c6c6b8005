"""The rate at which cracks grow, kept real where the stress is zero.

PyBaMM raises to a power the stress times whether it is tensile. Where it is zero but for rounding, as in a uniform
particle, the two may be rounded differently: a negative number is raised to the power of 2.2, and the solver is handed
NaN. Here what is raised is not below zero. Elsewhere the rate is the same.
"""

from __future__ import annotations

from typing import Any

from ragone.pipelines.cell.engine import load_pybamm

_GROWS = "crack length"


def keep_rate_real(model: Any) -> None:
    """Change the right-hand sides of the crack lengths of a PyBaMM model that is not yet processed."""
    for variable, rate in list(model.rhs.items()):
        if _GROWS in variable.name:
            model.rhs[variable] = _kept_real(rate)


def _kept_real(symbol: Any) -> Any:
    """The symbol, with what is masked by a sign and raised to a power not below zero."""
    pybamm = load_pybamm()
    if isinstance(symbol, pybamm.Power) and _is_masked(symbol.children[0]):
        return pybamm.maximum(symbol.children[0], 0) ** symbol.children[1]
    if not symbol.children:
        return symbol
    return symbol.create_copy(new_children=[_kept_real(one) for one in symbol.children])


def _is_masked(symbol: Any) -> bool:
    heaviside = load_pybamm().expression_tree.binary_operators._Heaviside
    return any(isinstance(one, heaviside) for one in symbol.pre_order())
