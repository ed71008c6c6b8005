"""A Gaussian process of own values that begins at what sources expect: several tasks, each source scaled by a slope.

A value is the sum of a constant, of every source's response times a slope, and of a remainder of this campaign's own.
The slopes are normal about equal shares of 1, for a KPI is the same quantity everywhere; how far they may lie from
there, how large the remainder is, and over which lengths it varies, is fitted. A source's response is known as its
surrogate knows it: where it is uncertain, so is what is expected here. Its data are not needed, so that a source may
come from somebody who keeps them.

Negative transfer is guarded: of all sources, each alone, and none, those are kept that expect the own values best,
each left out in turn.

References
----------
Kennedy and O'Hagan, 2000, doi 10.1093/biomet/87.1.1 (autoregressive model); Le Gratiet and Garnier, 2014,
doi 10.1615/Int.J.UncertaintyQuantification.2014006914 (one level after the other, the same posterior).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.acquisition.posterior import SMALLEST_VARIANCE, joint_posterior
from ragone.models.acquisition.ranking import scale_over
from ragone.models.acquisition.sources import Source, matern
from ragone.models.acquisition.space import Floats
from ragone.models.acquisition.surrogates import expected_density
from ragone.models.surrogate import GaussianProcess

if TYPE_CHECKING:
    import torch
    from botorch.posteriors.gpytorch import GPyTorchPosterior

_LEAST = 4  # own values by which sources are judged
_REMAINDER = 0.3  # prior median of its standard deviation, in the spread of the sources over the cube
_SLOPE = 0.3  # prior median of the standard deviation of a slope
_NOISE = 0.05  # prior median of an unknown noise, in the spread of the own values
_WIDE, _WIDTH = 1.0, 0.7  # standard deviations of logarithms: of noise and remainder, and of slopes
_STEPS = 50
_DOUBT = 1.0  # log density of all own values together, by which the own process must be better: few values scatter


@dataclass(frozen=True)
class Cokriged:
    """A BoTorch model: own values standardised, at points, by sources.

    `theta` holds the logarithms of length scales, the remainder's deviation, the slopes' deviations, and of the noise
    where no variances are given.
    """

    points: torch.Tensor
    values: torch.Tensor
    variances: torch.Tensor | None
    sources: Sequence[Source]
    centres: Floats
    spread: float
    theta: torch.Tensor

    def posterior(self, X: torch.Tensor, **_: Any) -> GPyTorchPosterior:  # noqa: N803 - BoTorch's
        """The joint normal distribution at points of shape (..., n, axes)."""
        import torch

        both = torch.cat([self.points.expand(*X.shape[:-2], *self.points.shape), X], dim=-2)
        means, covariances = self._prior(both, self.theta)
        count = len(self.points)
        factor = torch.linalg.cholesky(covariances[..., :count, :count] + self._noise(self.theta))
        across = covariances[..., :count, count:]
        solved = torch.cholesky_solve(across, factor)
        error = (self.values - means[..., :count]).unsqueeze(-1)
        mean = means[..., count:] + (solved.mT @ error).squeeze(-1)
        covariance = covariances[..., count:, count:] - across.mT @ solved
        jitter = SMALLEST_VARIANCE * torch.eye(X.shape[-2], dtype=X.dtype)
        return joint_posterior([(mean, (covariance + covariance.mT) / 2 + jitter)])

    def slopes(self) -> Floats:
        """The slope of each source after the own values [-], shape (sources,)."""
        import torch

        with torch.no_grad():
            means, covariances = self._prior(self.points, self.theta)
            heights = self._moments(self.points)[0]
            weights = torch.linalg.solve(covariances + self._noise(self.theta), self.values - means)
            deviations = self._deviations(self.theta)
            return np.asarray((1 / len(self.sources) + deviations**2 * (heights @ weights)).numpy())

    def density(self) -> float:
        """The mean log density that the other values expect each own value with, standardised."""
        import torch

        with torch.no_grad():
            means, covariances = self._prior(self.points, self.theta)
            inverse = torch.linalg.inv(covariances + self._noise(self.theta))
            error, variance = (inverse @ (self.values - means)) / inverse.diagonal(), 1 / inverse.diagonal()
            return float((-0.5 * (torch.log(2 * torch.pi * variance) + error**2 / variance)).mean())

    def fitted(self) -> Cokriged:
        """It with the parameters of largest evidence, their priors included."""
        import scipy.optimize
        import torch

        start = self.theta.numpy()
        moments = self._moments(self.points)

        def loss(theta: Floats) -> tuple[float, Floats]:
            given = torch.from_numpy(theta).requires_grad_()
            value = -self._evidence(given, moments) + self._distance(given, torch.from_numpy(start))
            (gradient,) = torch.autograd.grad(value, given)
            return value.item(), gradient.numpy()

        bounds = [(each - 4.0, each + 4.0) for each in start]
        found = scipy.optimize.minimize(loss, start, jac=True, bounds=bounds, options={"maxiter": _STEPS}).x
        return replace(self, theta=torch.from_numpy(found))

    def _distance(self, theta: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
        import torch

        axes = self.points.shape[-1]
        widths = torch.full_like(start, _WIDE)
        widths[:axes] = 3.0**0.5  # of length scales as Hvarfner et al. have it
        widths[axes + 1 : axes + 1 + len(self.sources)] = _WIDTH
        return (((theta - start) / widths) ** 2).sum() / 2

    def _evidence(self, theta: torch.Tensor, moments: Any) -> torch.Tensor:
        import torch

        means, covariances = self._prior(self.points, theta, moments)
        factor = torch.linalg.cholesky(covariances + self._noise(theta))
        solved = torch.linalg.solve_triangular(factor, (self.values - means).unsqueeze(-1), upper=False)
        evidence: torch.Tensor = -(solved**2).sum() / 2 - factor.diagonal().log().sum()
        return evidence

    def _moments(self, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The heights of sources (..., sources, n) and covariances of their mean (..., n, n), standardised."""
        import torch

        found = [source.moments(points) for source in self.sources]
        heights = [(m - c) / self.spread for (m, _), c in zip(found, self.centres.tolist(), strict=True)]
        covariance = torch.stack([each for _, each in found]).sum(0) / (self.spread * len(found)) ** 2
        return torch.stack(heights, dim=-2), covariance

    def _deviations(self, theta: torch.Tensor) -> torch.Tensor:
        axes = self.points.shape[-1]
        return theta[axes + 1 : axes + 1 + len(self.sources)].exp()

    def _prior(
        self, points: torch.Tensor, theta: torch.Tensor, moments: Any = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Means (..., n) and covariances (..., n, n) before the own values."""
        axes = self.points.shape[-1]
        scaled = points / theta[:axes].exp()
        covariances = 1.0 + (2 * theta[axes]).exp() * matern(scaled, scaled)
        heights, known = moments or self._moments(points)
        sloped = self._deviations(theta).unsqueeze(-1) * heights
        return heights.mean(-2), covariances + known + sloped.mT @ sloped

    def _noise(self, theta: torch.Tensor) -> torch.Tensor:
        import torch

        if self.variances is not None:
            return torch.diag(self.variances)
        return (2 * theta[-1]).exp() * torch.eye(len(self.points), dtype=theta.dtype)


def cokriged(own: GaussianProcess, sources: Sequence[Source]) -> Any:
    """The model of those sources that expect the own values best; the own process's where none do."""
    every = [list(sources), *([one] for one in sources if len(sources) > 1)]
    if len(own.differentiable.train_targets) < _LEAST:
        return _of(own, every[0]).fitted()
    fitted = [_of(own, some).fitted() for some in every]
    densities = [one.density() for one in fitted]
    best = int(np.argmax(densities))
    alone = np.ones(len(own.differentiable.train_targets), dtype=bool)
    without = expected_density(own, alone) + np.log(own.scale.spread)
    return fitted[best] if densities[best] >= without - _DOUBT / len(alone) else own.differentiable


def _of(own: GaussianProcess, sources: Sequence[Source]) -> Cokriged:
    import torch

    model: Any = own.differentiable
    points, values = model.train_inputs[0], model.train_targets
    noise = model.likelihood.noise.detach() if is_known(model) else None
    scales = [scale_over(source, points.numpy()[:0]) for source in sources]
    with torch.no_grad():
        centres = np.array([float(source.moments(points)[0].mean()) for source in sources])
    spread = own.scale.spread
    axes = points.shape[-1]
    usual = float(np.mean([scale.spread for scale in scales])) / spread
    theta = [
        *[2**0.5 + 0.5 * np.log(axes)] * axes,  # the median of Hvarfner et al., 2024, arXiv 2402.02229
        np.log(_REMAINDER * usual),
        *[np.log(_SLOPE)] * len(sources),
        *([] if noise is not None else [np.log(_NOISE)]),
    ]
    return Cokriged(points, values, noise, sources, centres, spread, torch.tensor(theta, dtype=torch.float64))


def is_known(model: Any) -> bool:
    """Whether a process was given the noise of each value."""
    import gpytorch

    return isinstance(model.likelihood, gpytorch.likelihoods.FixedNoiseGaussianLikelihood)
