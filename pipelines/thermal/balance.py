"""At which temperature a heat source that depends on temperature balances a loss that is linear in it.

Cooling wins over a source that falls, or rises less steeply than the loss: one stable balance. Nothing here knows what
the heat comes from.
"""

from __future__ import annotations

from collections.abc import Callable

_COOLER = 50.0  # K below the ambient: farther than reversible heat ever takes a cell
_STEP = 10.0  # K


def balance_temperature(
    heat: Callable[[float], float], *, conductance: float, ambient: float, limit: float, tolerance: float = 1e-4
) -> float | None:
    """Temperature at which heat(T) = conductance (T - ambient).

    Parameters
    ----------
    heat
        Heat generated at a temperature [K -> W].
    conductance
        Heat transfer coefficient times area [W/K], > 0.
    ambient, limit
        Temperature of the surroundings and the highest one to be looked at [K].
    tolerance
        Of the temperature [K].

    Returns
    -------
    float or None
        Temperature [K]; None if heat exceeds loss up to the limit, or falls short of it 50 K below the ambient.
    """
    from scipy.optimize import brentq

    def excess(temperature: float) -> float:
        return heat(temperature) - conductance * (temperature - ambient)

    low, at_low = ambient, heat(ambient)
    high = min(ambient + max(at_low, 0.0) / conductance + _STEP, limit)
    while at_low < 0 and low > ambient - _COOLER:
        high, low = low, low - _STEP
        at_low = excess(low)
    if at_low < 0:
        return None
    if excess(high) > 0:
        high = limit
        if excess(limit) > 0:
            return None
    return float(brentq(excess, low, high, xtol=tolerance))
