"""How porous does a pressure leave a coating? The compaction law of calendering, from dried to pressed porosity.

The porosity falls exponentially with pressure towards the least that the coating can reach. Heckel wrote this for
powders, with a least porosity of zero and the yield pressure as resistance; Meyer et al. found it for electrodes,
against the line load of the rollers. Here the pressure stands in place of the line load.

What it does not do: no springing back, no speed, temperature or roller; no force between particles enters. The
resistance is a property of one coating: measure two porosities at known pressures and fit it.

References
----------
Heckel 1961, Trans. Metall. Soc. AIME 221, 671. Meyer, Bockholt, Haselrieder, Kwade 2017, J. Mater. Process. Technol.
249, 172, doi 10.1016/j.jmatprotec.2017.05.031.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ragone.schemas.errors import BoundsError

_DIGITS = 12  # the last bits of an exponential shall not move a voxel


@dataclass(frozen=True, slots=True)
class Compaction:
    """Pressure of calendering [Pa], 0 for none; the coating's resistance [Pa]; its least porosity [-]."""

    pressure: float
    resistance: float
    least_porosity: float


def calendered_porosity(dried_porosity: float, compaction: Compaction) -> float:
    """Porosity after calendering [-]; without pressure the porosity given.

    Raises
    ------
    BoundsError
        If the pressure is negative, the resistance is not positive, or the least porosity is outside [0, 1) or, under
        pressure, not below the porosity of the dried coating.
    """
    _require_physical(compaction)
    if compaction.pressure == 0:
        return dried_porosity
    least = compaction.least_porosity
    if not least < dried_porosity:
        raise BoundsError(
            f"recipe.porosity = {dried_porosity:g} [-] is not above least_porosity = {least:g} [-], so that no "
            "pressure can lower it. With a pressure it is the porosity of the dried coating: raise it."
        )
    return round(
        least + (dried_porosity - least) * math.exp(-compaction.pressure / compaction.resistance), ndigits=_DIGITS
    )


def _require_physical(compaction: Compaction) -> None:
    """Refuse a pressure, a resistance or a least porosity that means nothing."""
    pressure, resistance, least = compaction.pressure, compaction.resistance, compaction.least_porosity
    if not 0 <= pressure < math.inf:
        raise BoundsError(
            f"calendering_pressure_pascal = {pressure:g} Pa is outside [0, inf). Give the pressure, or 0 to press to "
            "the porosity of the recipe."
        )
    if not resistance > 0:
        raise BoundsError(f"compaction_resistance_pascal = {resistance:g} Pa is not positive. Give the fitted one.")
    if not 0 <= least < 1:
        raise BoundsError(f"least_porosity = {least:g} [-] is outside [0, 1). Give a volume fraction.")
