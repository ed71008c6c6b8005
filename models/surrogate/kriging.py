"""The Gaussian process of `gaussian_process`, kept as arrays: a Matern-5/2 kernel with a length scale for each axis.

The noise of each observation is the variance that is given, of one fitted level where none are.

References
----------
Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, algorithm 2.1 and equation 4.17.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ragone.models.surrogate.gaussian_process import fit_gaussian_process
from ragone.models.surrogate.method import Floats, Tensors
from ragone.models.surrogate.repeatable import repeatable
from ragone.models.surrogate.scale import Scale

_MOST = 1500  # points: the work of a fit grows with their cube


@dataclass(frozen=True)
class FittedKriging:
    """A fitted process of standardised values: `solution` solves the covariance, `cholesky` is its lower factor."""

    points: Floats
    length_scales: Floats
    solution: Floats
    cholesky: Floats
    mean: float
    noise: float
    centre: float
    spread: float

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Means and covariances of the response without noise; see `Fitted`."""
        import scipy.linalg

        across = self._covariance(points, self.points)
        solved = scipy.linalg.solve_triangular(self.cholesky, across.T, lower=True, check_finite=False)
        covariances = self._covariance(points, points) - solved.T @ solved
        return self._means(across), self.spread**2 * covariances

    def predict_means(self, points: Floats) -> Floats:
        """Means; see `Fitted`."""
        return self._means(self._covariance(points, self.points))

    def predict_deviations(self, points: Floats) -> Floats:
        """Standard deviations of an observation of median noise; see `Fitted`."""
        import scipy.linalg

        across = self._covariance(points, self.points)
        solved = scipy.linalg.solve_triangular(self.cholesky, across.T, lower=True, check_finite=False)
        variances = np.maximum(1 - np.sum(solved**2, axis=0), 0.0)
        return np.asarray(self.spread * np.sqrt(variances + self.noise))

    def tensors(self) -> dict[str, Floats]:
        """All that is needed to make it again."""
        numbers = np.array([self.mean, self.noise, self.centre, self.spread])
        names = ("points", "length_scales", "solution", "cholesky")
        return {name: getattr(self, name) for name in names} | {"numbers": numbers}

    def _means(self, across: Floats) -> Floats:
        return np.asarray(self.centre + self.spread * (self.mean + across @ self.solution))

    def _covariance(self, first: Floats, second: Floats) -> Floats:
        return matern(first / self.length_scales, second / self.length_scales)


class Kriging:
    """The method."""

    def largest(self) -> int:
        """Some thousand points."""
        return _MOST

    def fit(self, points: Floats, values: Floats, variances: Floats | None, seed: int) -> FittedKriging:
        """Fit by maximum likelihood under the prior of `fit_gaussian_process`."""
        with repeatable(seed):
            process = fit_gaussian_process(points, values, variances)
            model: Any = process.differentiable
            length_scales = model.covar_module.lengthscale.detach().numpy().reshape(-1)
            mean = float(model.mean_module.constant.detach())
            noise = np.broadcast_to(model.likelihood.noise.detach().numpy(), len(points))
        return _solved(points, process.scale, values, length_scales, noise, mean)

    def fit_given(self, points: Floats, values: Floats, length_scales: Floats, noise: float) -> FittedKriging:
        """Fit the mean alone, by generalised least squares, to length scales and noise that others know.

        Parameters
        ----------
        points, values
            Shapes (n, axes) and (n,).
        length_scales
            In the unit cube, shape (axes,).
        noise
            Variance of the noise of standardised values.
        """
        scale = Scale.of(values)
        every = np.full(len(points), noise)
        weights = np.linalg.solve(_covariance(points, length_scales, every), np.ones(len(points)))
        mean = float(weights @ scale.standardised(values) / weights.sum())
        return _solved(points, scale, values, length_scales, every, mean)

    def load(self, tensors: Tensors) -> FittedKriging:
        """Make a fitted one again."""
        points, length_scales, solution, cholesky = (
            tensors[name] for name in ("points", "length_scales", "solution", "cholesky")
        )
        mean, noise, centre, spread = tensors["numbers"].tolist()
        return FittedKriging(points, length_scales, solution, cholesky, mean, noise, centre, spread)


def _covariance(points: Floats, length_scales: Floats, noise: Floats) -> Floats:
    return matern(points / length_scales, points / length_scales) + np.diag(noise)


def _solved(
    points: Floats, scale: Scale, values: Floats, length_scales: Floats, noise: Floats, mean: float
) -> FittedKriging:
    """The process of these hyper-parameters."""
    cholesky: Floats = np.asarray(np.linalg.cholesky(_covariance(points, length_scales, noise)), dtype=np.float64)
    half = np.linalg.solve(cholesky, scale.standardised(values) - mean)
    solution = np.linalg.solve(cholesky.T, half)
    return FittedKriging(
        points, length_scales, solution, cholesky, mean, float(np.median(noise)), float(scale.centre), scale.spread
    )


def matern(first: Floats, second: Floats) -> Floats:
    """Correlations by the Matern-5/2 kernel between scaled points, shapes (n, axes) and (m, axes), as (n, m)."""
    distance = first @ (-2 * second.T)  # in place from here on: this is where the time of a screening goes
    distance += np.sum(second**2, axis=1)
    distance += np.sum(first**2, axis=1)[:, None]
    np.maximum(distance, 0, out=distance)
    distance *= 5
    root = np.sqrt(distance)
    distance /= 3
    distance += root
    distance += 1
    np.exp(np.negative(root, out=root), out=root)
    distance *= root
    return np.asarray(distance)
