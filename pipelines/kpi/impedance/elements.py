"""Elements of equivalent circuits: impedance over angular frequency, and its slope in the logarithm of each parameter.

Every function returns an array of shape (1 + parameters, n): the impedance [ohm] in row 0, its derivative with
respect to the natural logarithm of each parameter, in the order of the arguments, in the rows after it. Angular
frequency omega has shape (n,) [1/s].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Real = NDArray[np.float64]

_LARGEST = 300.0  # of an exponential's argument, so that a search that goes astray does not overflow


def resistor(omega: Real, resistance: float) -> Complex:
    """R."""
    value = np.full(omega.shape, resistance, np.complex128)
    return np.stack([value, value])


def inductor(omega: Real, inductance: float) -> Complex:
    """L, times j omega: leads and windings."""
    value = 1j * omega * inductance
    return np.stack([value, value])


def capacitor(omega: Real, capacity: float) -> Complex:
    """1 / (j omega C): the charge that the cell stores."""
    value = 1 / (1j * omega * capacity)
    return np.stack([value, -value])


def arc(omega: Real, resistance: float, time_constant: float, exponent: float) -> Complex:
    """A resistance beside a constant phase element (ZARC): R / (1 + (j omega tau)^a); exponent 1 is a capacitor."""
    logarithm = np.log(omega * time_constant) + 0.5j * np.pi
    power = np.exp(np.minimum((exponent * logarithm).real, _LARGEST) + 1j * (exponent * logarithm).imag)
    value = resistance / (1 + power)
    slope = -exponent * value * power / (1 + power)
    return np.stack([value, value, slope, slope * logarithm])


def semi_infinite_diffusion(omega: Real, coefficient: float) -> Complex:
    """A / sqrt(j omega) [A in ohm/s^0.5]: diffusion that never reaches its end (Warburg)."""
    value = coefficient / np.sqrt(1j * omega)
    return np.stack([value, value])


def finite_length_diffusion(omega: Real, resistance: float, time_constant: float) -> Complex:
    """R tanh(s) / s, s = sqrt(j omega tau): a layer with constant concentration at its far end; R at zero frequency."""
    s = np.sqrt(1j * omega * time_constant)
    tanh = np.tanh(s)
    value = resistance * tanh / s
    return np.stack([value, value, resistance * (1 - tanh**2 - tanh / s) / 2])


def finite_space_diffusion(omega: Real, resistance: float, time_constant: float) -> Complex:
    """3 R coth(s) / s, s = sqrt(j omega tau): a layer with a tight far end; R and a capacity at zero frequency."""
    s = np.sqrt(1j * omega * time_constant)
    coth = 1 / np.tanh(s)
    value = 3 * resistance * coth / s
    return np.stack([value, value, 3 * resistance * (1 - coth**2 - coth / s) / 2])
