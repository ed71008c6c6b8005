"""Where does charge transfer end and diffusion begin?

At the valley of -Im Z / |Z| between the arcs and the tail. A spectrum may have several valleys (between a film and the
reaction, between diffusion in liquid and in solid): the one nearest to an expected time is taken, and the expected time
itself where there is no valley within two decades of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from ragone.pipelines.kpi.impedance.elements import Complex, Real

_PROMINENCE = 0.02  # of -Im Z / |Z|: less may be noise
_REACH = 100.0  # farthest from the expected time, as a factor
STILL_GROWING = 0.25  # share of the tail's real part that the last half decade may add
_HALF_DECADE = 10**0.5
_NO_TAIL = 0.02  # of the real part: less than this beyond the border may be noise


@dataclass(frozen=True, slots=True)
class Border:
    """Slower than `time_constant` [s] counts as diffusion; `text` says why."""

    time_constant: float
    text: str


def border_of(omega: Real, impedance: Complex, expected_second: float) -> Border:
    """The border between charge transfer and diffusion; omega falling, shape (n,)."""
    valleys, _ = find_peaks(impedance.imag / np.abs(impedance), prominence=_PROMINENCE)
    times = 1 / omega[valleys]
    distances = np.abs(np.log(times / expected_second))
    if len(times) and distances.min() <= np.log(_REACH):
        time = float(times[np.argmin(distances)])
        return Border(time, f"slower than {time:.3g} s is diffusion: valley of -Im Z/|Z| at {_hertz(time):.3g} Hz")
    return Border(
        expected_second, f"slower than {expected_second:g} s is diffusion: as given, no valley of -Im Z/|Z| near it"
    )


def unfinished(omega: Real, impedance: Complex, limit: Border) -> str:
    """Reason why diffusion has not reached its end within the spectrum; empty if it has.

    What goes on beyond the lowest frequency is a guess, whatever the uncertainty of a fit says.
    """
    if 1 / omega[-1] <= limit.time_constant:
        return "the spectrum ends before diffusion begins; measure at lower frequencies"
    at = [1 / limit.time_constant, omega[-1] * _HALF_DECADE, omega[-1]]
    valley, before, end = np.interp(np.negative(at), -omega, impedance.real)
    if end - valley < _NO_TAIL * end:
        return ""
    share = (end - before) / (end - valley)
    if share <= STILL_GROWING:
        return ""
    return (
        f"the last half decade of frequency adds {share:.0%} of the tail's real part, where {STILL_GROWING:.0%} would "
        "show that diffusion nears its end; measure at lower frequencies"
    )


def _hertz(time_constant: float) -> float:
    return 1 / (2 * np.pi * time_constant)
