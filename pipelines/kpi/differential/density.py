"""Differential capacity as a density: how much charge flows at which voltage, smoothed by a bandwidth from the data.

Nothing is divided by a voltage difference, so that noise and plateaus do no harm: the charge between two samples is
spread evenly over the voltages between them, and all of it is smoothed with a Gaussian kernel of width h. Two errors
follow. White noise of the voltage moves every charge by a little: its variance is propagated to first order. Smoothing
flattens peaks: the bias is h^2/2 times the second derivative, and so is the difference to the estimate with h sqrt(2),
which is how it is estimated (for kernels of width h and h sqrt(2) the biases are as 1 to 2). The bandwidth chosen is
the one with the smallest mean squared error, no finer than twice the mean spacing and twice the noise, and between
0.05 % and 5 % of the span of voltages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import fftconvolve

Vector = NDArray[np.float64]
_REACH = 5.0  # bandwidths, beyond which a Gaussian kernel is nothing
_BINS_PER_BANDWIDTH = 4
_GROWTH = 2**0.25
_SMALLEST_SHARE, _LARGEST_SHARE = 5e-4, 0.05  # of the span of voltages


@dataclass(frozen=True, slots=True)
class Charges:
    """Charge [A.h] in each bin of voltage, shape (m,); the sum of its squared parts; and the noise of a voltage [V]."""

    centres: Vector
    mass: Vector
    squares: Vector
    noise: float

    @property
    def step(self) -> float:
        """Width of a bin [V]."""
        return float(self.centres[1] - self.centres[0])

    def density(self, bandwidth: float) -> Vector:
        """Differential capacity [A.h/V] at the centres; the kernel's part beyond the samples is made up for."""
        inside = np.ones_like(self.mass)
        spread, norm = (gaussian_filter1d(a, bandwidth / self.step, mode="constant") for a in (self.mass, inside))
        return np.asarray(spread / self.step / norm)

    def variance(self, bandwidth: float, order: int = 0) -> Vector:
        """Variance of the density by the voltage's noise, or that of its first derivative."""
        reach = min(int(_REACH * bandwidth / self.step), len(self.centres) // 2 - 1)
        u = np.arange(-reach, reach + 1) * self.step / bandwidth
        kernel = np.exp(-(u**2) / 2) / (math.sqrt(2 * math.pi) * bandwidth)
        moved = kernel * (-u / bandwidth if order == 0 else (u**2 - 1) / bandwidth**2)
        return np.asarray(self.noise**2 * np.maximum(fftconvolve(self.squares, moved**2, mode="same"), 0.0))

    def bias(self, bandwidth: float) -> Vector:
        """Height that smoothing, and the noise itself, may have taken off a peak or put into a valley [A.h/V]."""
        wider = self.density(bandwidth * math.sqrt(2)) - self.density(bandwidth)
        return np.asarray(np.abs(wider) * (1 + (self.noise / bandwidth) ** 2))


def charges(voltage: Vector, charge: Vector, noise: float) -> Charges:
    """Spread the charge of a step over its voltages.

    Parameters
    ----------
    voltage, charge
        Shape (n,), n > 2: voltage [V] and charge passed since the start [A.h], increasing.
    noise
        Standard deviation of one voltage [V].
    """
    step = finest(voltage, noise) / _BINS_PER_BANDWIDTH
    edges = np.arange(voltage.min() - step / 2, voltage.max() + 1.5 * step, step)
    parts = np.diff(charge)
    low, high = np.minimum(voltage[1:], voltage[:-1]), np.maximum(voltage[1:], voltage[:-1])
    width = np.maximum(high - low, step / 10)
    knots = np.concatenate([low, low + width])
    order = np.argsort(knots, kind="stable")
    slopes = np.cumsum(np.concatenate([parts / width, -parts / width])[order])
    below = np.concatenate([[0.0], np.cumsum(slopes[:-1] * np.diff(knots[order]))])
    half = (np.append(parts, 0.0) + np.append(0.0, parts)) / 2
    squares, _ = np.histogram(voltage, edges, weights=half**2)
    return Charges((edges[1:] + edges[:-1]) / 2, np.diff(np.interp(edges, knots[order], below)), squares, noise)


def finest(voltage: Vector, noise: float) -> float:
    """The smallest bandwidth that the samples bear [V]."""
    span = float(np.ptp(voltage))
    return max(2 * span / (len(voltage) - 1), 2 * noise, _SMALLEST_SHARE * span)


def chosen_bandwidth(found: Charges) -> float:
    """The bandwidth with the smallest mean squared error over all voltages [V]."""
    low = found.step * _BINS_PER_BANDWIDTH
    high = max(low, _LARGEST_SHARE * float(np.ptp(found.centres)))
    candidates = low * _GROWTH ** np.arange(math.floor(math.log(high / low, _GROWTH)) + 1)
    errors = [float(np.mean(found.variance(h) + found.bias(h) ** 2)) for h in candidates]
    return float(candidates[int(np.argmin(errors))])
