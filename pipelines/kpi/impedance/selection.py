"""Which circuit does a spectrum call for: how many arcs, what kind of diffusion, an inductance or not?

For each kind of diffusion and number of arcs the best of several roughly converged fits is finished, and the circuit
with the smallest Bayesian information criterion is chosen among those whose every parameter the data determine. Fits
start from the best circuit with one arc less, a new arc placed anywhere, and from arcs spread evenly, diffusion being
slower than all of them. No search of this kind is sure to find the best circuit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ragone.pipelines.kpi.impedance.circuit import (
    ARC,
    CAPACITOR,
    FINITE_LENGTH,
    FINITE_SPACE,
    INDUCTOR,
    SERIES,
    WARBURG,
    Circuit,
    Element,
    Role,
)
from ragone.pipelines.kpi.impedance.elements import Complex, Real
from ragone.pipelines.kpi.impedance.least_squares import Fit, fit

DIFFUSIONS: dict[str, tuple[Element, ...]] = {
    "none": (),
    "semi-infinite": (WARBURG,),
    "finite length": (FINITE_LENGTH,),
    "finite space": (FINITE_SPACE,),
    "capacity": (CAPACITOR,),
    "finite length and capacity": (FINITE_LENGTH, CAPACITOR),
}
LARGEST_RELATIVE_UNCERTAINTY = 1.0  # of any parameter of an acceptable circuit
_LARGEST_EXPONENT = 1.05  # above 1 an arc is no relaxation; noise may carry it a little beyond
_STARTS = 5  # places where a new arc is tried
_SHARE = 0.3  # of the spectrum's width that a new arc starts with


def choose(omega: Real, impedance: Complex, *, largest_arc_count: int, diffusion: str = "") -> Fit | None:
    """The best circuit, or none if the data determine no circuit.

    Parameters
    ----------
    omega
        Angular frequency [1/s], falling, shape (n,).
    impedance
        Measured [ohm], shape (n,).
    largest_arc_count
        Largest number of arcs.
    diffusion
        One of `DIFFUSIONS`, or all of them if empty.
    """
    kinds = [DIFFUSIONS[diffusion]] if diffusion else list(DIFFUSIONS.values())
    bases = [(SERIES,), (SERIES, INDUCTOR)] if (impedance.imag > 0).any() else [(SERIES,)]
    fits = [
        found
        for base in bases
        for kind in kinds
        for found in _with_more_arcs(omega, impedance, (*base, *kind), largest_arc_count)
    ]
    acceptable = [found for found in fits if determined(found, 1 / omega[-1])]
    return min(acceptable, key=lambda found: found.criterion) if acceptable else None


def determined(found: Fit, slowest_second: float) -> bool:
    """Whether the data determine every parameter, and every arc is a relaxation that ends within the spectrum."""
    exponents = found.circuit.positions(found.circuit.having(Role.ARC), "exponent")
    times = found.circuit.positions(found.circuit.having(Role.ARC), "time_constant")
    return bool(
        np.all(found.relative_uncertainties < LARGEST_RELATIVE_UNCERTAINTY)
        and np.all(np.exp(found.logarithms[exponents]) < _LARGEST_EXPONENT + found.relative_uncertainties[exponents])
        and np.all(np.exp(found.logarithms[times]) < slowest_second)
    )


def _with_more_arcs(omega: Real, impedance: Complex, rest: tuple[Element, ...], most: int) -> Iterator[Fit]:
    """The best fit of the other elements with no arc, with one, and so on, until one more does not pay."""
    best: Fit | None = None
    for count in range(most + 1):
        circuit = Circuit((*rest, *[ARC] * count))
        if len(circuit) > 2 * len(omega) - 1:
            return
        starts = list(_evenly(omega, impedance, rest, count))
        if best is not None:
            starts += [np.concatenate([best.logarithms, _arc(omega, impedance, place)]) for place in _middles(_STARTS)]
        rough = (fit(circuit, omega, impedance, start, rough=True) for start in starts)
        found = fit(circuit, omega, impedance, min(rough, key=lambda found: found.residual).logarithms)
        yield found
        if best is not None and found.criterion > best.criterion:
            return
        best = found


def _evenly(omega: Real, impedance: Complex, rest: tuple[Element, ...], count: int) -> Iterator[Real]:
    """Arcs spread over all of the spectrum, over its fast two thirds and its fast half; diffusion at its slow end."""
    reactance = max(-impedance.imag[-1], 0.01 * abs(impedance[-1]))
    for share, delay in ((1.0, 1.0), (2 / 3, 0.3), (0.5, 3.0)):
        slow = delay / omega[-1]
        parameters = {
            SERIES: [max(impedance.real.min(), 0.1 * np.abs(impedance).min())],
            INDUCTOR: [max(impedance.imag[0], 1e-3 * abs(impedance[0])) / omega[0]],
            WARBURG: [reactance * np.sqrt(2 * omega[-1])],
            CAPACITOR: [1 / (reactance * omega[-1])],
            FINITE_LENGTH: [_SHARE * _width(impedance), slow],
            FINITE_SPACE: [reactance * delay / 3, slow],
        }
        others = np.log([value for element in rest for value in parameters[element]])
        yield np.concatenate([others, *(_arc(omega, impedance, share * place) for place in _middles(count))])


def _middles(count: int) -> Real:
    """The middles of equal parts of [0, 1]."""
    return np.linspace(0, 1, 2 * count + 1)[1::2]


def _arc(omega: Real, impedance: Complex, place: float) -> Real:
    """Logarithms of an arc somewhere between the fastest and the slowest frequency, 0 to 1."""
    time_constant = (1 / omega[0]) ** (1 - place) * (1 / omega[-1]) ** place
    return np.log([_SHARE * _width(impedance), time_constant, 0.9])


def _width(impedance: Complex) -> float:
    return max(float(np.ptp(impedance.real)), 0.01 * float(np.abs(impedance).min()))
