"""Units as names spell them: a name such as ``mass_loading_kilogram_per_square_metre`` ends in its unit, in words.

The words are a small grammar: units one after the other are multiplied, ``square`` and ``cubic`` raise the next one,
``per`` divides by all that follow. A name that ends in no unit is dimensionless.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

_SYMBOLS = {
    "ampere": "A",
    "coulomb": "C",
    "degree": "degree",
    "dollar": "USD",
    "farad": "F",
    "gram": "g",
    "hertz": "Hz",
    "hour": "h",
    "joule": "J",
    "kelvin": "K",
    "kilogram": "kg",
    "litre": "L",
    "metre": "m",
    "mole": "mol",
    "newton": "N",
    "ohm": "ohm",
    "pascal": "Pa",
    "second": "s",
    "siemens": "S",
    "volt": "V",
    "watt": "W",
}
_POWERS = {"square": "^2", "cubic": "^3"}
_PER = "per"


def unit_of(name: str) -> str:
    """The unit that a name ends in, as pint reads it; "1" if in none."""
    return _split(name)[1]


def short_name(name: str) -> str:
    """The name without the unit that it ends in."""
    return _split(name)[0]


@cache
def _split(name: str) -> tuple[str, str]:
    words = name.split("_")
    for start in range(1, len(words)):  # the longest ending first; a name is more than its unit
        unit = _unit(words[start:])
        if unit:
            return "_".join(words[:start]), unit
    return name, "1"


def _unit(words: Sequence[str]) -> str:
    """The unit that the words spell, empty if they spell none."""
    upper, divides, lower = _parted(words)
    above, below = _product(upper), _product(lower)
    if (upper and not above) or (divides and not below) or not (upper or lower):
        return ""
    if not divides:
        return above
    return f"{above or '1'}/{below}" if len(lower) == 1 or "*" not in below else f"{above or '1'}/({below})"


def _parted(words: Sequence[str]) -> tuple[Sequence[str], bool, Sequence[str]]:
    if _PER not in words:
        return words, False, ()
    place = list(words).index(_PER)
    return words[:place], True, words[place + 1 :]


def _product(words: Sequence[str]) -> str:
    factors, power = [], ""
    for word in words:
        if word in _POWERS and not power:
            power = _POWERS[word]
        elif word in _SYMBOLS:
            factors.append(_SYMBOLS[word] + power)
            power = ""
        else:
            return ""
    return "" if power else "*".join(factors)
