"""Can the spectrum be one at all: of a cell that is linear, causal and did not change while it was measured?

The linear Kramers-Kronig test: a series of resistance, inductance, capacity and many R||C elements with fixed time
constants, whose resistances may be negative, obeys the Kramers-Kronig relations; a spectrum that it cannot follow does
not.

Two departures from the paper. It adds elements until their resistances alternate in sign, which on the capacitive tail
of a battery happens long before the elements follow it: here the Bayesian information criterion says how many. And it
judges residuals by eye: here a frequency fails if the mean residual of it and its neighbours exceeds what is allowed
and what the scatter explains. A drift that stays below that passes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from ragone.pipelines.kpi.impedance.elements import Complex, Real

_PERFECT = 1e-5  # relative residual; no instrument and no mesh is better
_FEWEST = 3  # elements
_NEIGHBOURS = 5  # a frequency and two on each side: half a decade, as spectra are measured
_SIGNIFICANT = 4.5  # standard errors: one spectrum of some hundred numbers in a thousand fails by chance


@dataclass(frozen=True, eq=False)
class KramersKronig:
    """Residuals over the modulus, real and imaginary [-], shape (n,) each, and the frequencies that fail."""

    real: Real
    imaginary: Real
    scatter: float
    element_count: int
    failing: tuple[int, ...]

    @property
    def largest(self) -> float:
        """The largest residual [-]."""
        return float(max(np.abs(self.real).max(), np.abs(self.imaginary).max()))


def kramers_kronig(omega: Real, impedance: Complex, *, allowed: float) -> KramersKronig:
    """Test a spectrum.

    Parameters
    ----------
    omega
        Angular frequency [1/s], falling, shape (n,).
    impedance
        Measured [ohm], shape (n,).
    allowed
        Mean residual over neighbouring frequencies that passes anyway [-].

    References
    ----------
    Schoenleber, Klotz, Ivers-Tiffee 2014, doi 10.1016/j.electacta.2014.01.034.
    """
    residual = min(
        (_residual(omega, impedance, count) for count in range(_FEWEST, len(omega) + 1)),
        key=lambda found: _criterion(found, len(omega)),
    )
    scatter = _scatter(residual[0])
    return KramersKronig(
        residual[0].real, residual[0].imag, scatter, residual[1], _failing(residual[0], scatter, allowed)
    )


def _residual(omega: Real, impedance: Complex, count: int) -> tuple[Complex, int]:
    """Relative residual of `count` elements, equally spaced in the logarithm of time, and their number."""
    times = np.geomspace(1 / omega[0], 1 / omega[-1], count)
    relaxations = 1 / (1 + 1j * omega[:, None] * times)
    lumped = np.stack([np.ones_like(omega), 1j * omega, 1 / (1j * omega)], axis=1)
    model: Complex = np.hstack([relaxations, lumped]).astype(np.complex128) / np.abs(impedance)[:, None]
    model /= np.linalg.norm(model, axis=0)
    measured = impedance / np.abs(impedance)
    found, *_ = np.linalg.lstsq(_stacked(model), _stacked(measured), rcond=None)
    return measured - model @ found, count


def _criterion(found: tuple[Complex, int], frequencies: int) -> float:
    """Bayesian information criterion [-]: smaller is better."""
    residual, count = found
    root_mean_square = max(float(np.sqrt(np.mean(np.abs(residual) ** 2) / 2)), _PERFECT)
    return float(4 * frequencies * np.log(root_mean_square) + count * np.log(2 * frequencies))


def _scatter(residual: Complex) -> float:
    """Standard deviation of what differs from neighbour to neighbour, robust against single points."""
    second = np.diff(np.concatenate([np.diff(residual.real, 1), np.diff(residual.imag, 1)]))
    return float(1.4826 * np.median(np.abs(second)) / np.sqrt(6))


def _failing(residual: Complex, scatter: float, allowed: float) -> tuple[int, ...]:
    """Points whose mean over neighbours is more than is allowed and than scatter explains."""
    mean = np.maximum(*(np.abs(uniform_filter1d(part, _NEIGHBOURS)) for part in (residual.real, residual.imag)))
    return tuple(int(i) for i in np.flatnonzero(mean > max(allowed, _SIGNIFICANT * scatter / np.sqrt(_NEIGHBOURS))))


def _stacked(values: Complex) -> Real:
    return np.concatenate([values.real, values.imag])
