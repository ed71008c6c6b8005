"""A Gaussian process of few own values beside sources that know related ones, each weighed by how it ranks these.

The ensemble's value is the weighted sum of its members' values, each in the units of the own values: a source is
shifted and stretched so that over the own candidates it has their mean and spread, which its ranking does not notice.
A member's weight is the share of joint samples in which it misranks the fewest pairs of own candidates; the own
process predicts each value from the others.

Against dilution, many poor sources that share what a good member should have, a source keeps of its weight only the
share of samples in which it ranks better than the own process; what it loses goes to the own process. This is the
expectation of the paper's random discarding, so that no suggestion hangs on a coin.

References
----------
Feurer, Letham, Hutter and Bakshy, 2018, arXiv 1802.02219 (ranking-weighted ensembles of Gaussian processes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.acquisition.posterior import SMALLEST_VARIANCE, joint_posterior
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.acquisition.sources import Source
from ragone.models.acquisition.space import Floats
from ragone.models.surrogate import GaussianProcess, Scale

if TYPE_CHECKING:
    import torch
    from botorch.posteriors.gpytorch import GPyTorchPosterior

_SAMPLES = 512
_EVEN = 256  # points of the cube over which a source's own spread is measured
_LEAST = 3  # values that can be ranked, each left out in turn
_LEAST_SPREAD = 0.1  # of a source over own candidates, in its spread over the cube
_JITTER = 1e-8

Weights = Floats  # one of each source, then that of the own process; their sum is 1


@dataclass(frozen=True)
class RankedModel:
    """A BoTorch model: the weighted sum of sources, each by its scale, and of the own process, standardised."""

    own: Any
    sources: Sequence[Source]
    scales: Sequence[Scale]
    weights: Weights

    def posterior(self, X: torch.Tensor, **_: Any) -> GPyTorchPosterior:  # noqa: N803 - BoTorch's
        """The joint normal distribution at points of shape (..., n, axes)."""
        import torch

        posterior = self.own.posterior(X)
        own = float(self.weights[-1])
        means, covariances = own * posterior.mean.squeeze(-1), own**2 * posterior.covariance_matrix
        for source, scale, weight in zip(self.sources, self.scales, self.weights.tolist(), strict=False):
            if weight > 0:
                mean, covariance = source.moments(X)
                means = means + weight * (mean - scale.centre) / scale.spread
                covariances = covariances + (weight / scale.spread) ** 2 * covariance
        jitter = SMALLEST_VARIANCE * torch.eye(X.shape[-2], dtype=X.dtype)
        return joint_posterior([(means, covariances + jitter)])


def ranked_model(points: Floats, own: GaussianProcess, sources: Sequence[Source], seed: int) -> RankedModel:
    """The ensemble of an own process, fitted to points of shape (n, axes), and sources of the same response."""
    scales = [scale_over(source, points) for source in sources]
    return RankedModel(own.differentiable, sources, scales, ranking_weights(points, own, sources, seed))


def ranking_weights(points: Floats, own: GaussianProcess, sources: Sequence[Source], seed: int) -> Weights:
    """The weights of the sources and of the own process, shape (sources + 1,); equal ones of fewer than three points.

    Parameters
    ----------
    points
        Shape (n, axes), to which the own process was fitted.
    own, sources
        Of one response.
    seed
        Of the samples.
    """
    import torch

    if len(points) < _LEAST:
        return np.full(len(sources) + 1, 1.0 / (len(sources) + 1))
    values = own.differentiable.train_targets.numpy()
    random = np.random.default_rng(seed)
    at = torch.from_numpy(points)
    with torch.no_grad():
        moments = [source.moments(at) for source in sources]
    draws = [_drawn(mean.numpy(), covariance.numpy(), random) for mean, covariance in moments]
    losses = [misrankings(each, values) for each in [*draws, _left_out(own, random)]]
    return weights_by_loss(np.array(losses))


def misrankings(draws: Floats, values: Floats) -> Floats:
    """Pairs that samples of shape (samples, n) rank otherwise than values of shape (n,), shape (samples,)."""
    above = values[:, None] > values[None, :]
    return np.asarray(((draws[:, :, None] > draws[:, None, :]) != above).sum(axis=(1, 2)), dtype=np.float64)


def weights_by_loss(losses: Floats) -> Weights:
    """Weights by losses of shape (members, samples), the own process last; see the module."""
    best = losses == losses.min(axis=0)
    best[:-1] &= ~best[-1]  # of equals the own process
    shares = (best / best.sum(axis=0)).mean(axis=1)
    better = (losses[:-1] < losses[-1]).mean(axis=1)
    kept = shares[:-1] * better
    return np.append(kept, 1.0 - kept.sum())


def scale_over(source: Source, points: Floats) -> Scale:
    """The mean and spread of a source over points of shape (n, axes), n >= 0, by which it is standardised."""
    import torch

    even = torch.from_numpy(sobol_points(len(source.slopes), skip=0, count=_EVEN, seed=0))
    with torch.no_grad():
        usual = Scale.of(source.moments(even.unsqueeze(1))[0].squeeze(-1).numpy())
        if not len(points):
            return usual
        here = source.moments(torch.from_numpy(points))[0].numpy()
    if len(points) < _LEAST:
        return Scale(float(here.mean()), usual.spread)
    return Scale(float(here.mean()), max(float(here.std(ddof=1)), _LEAST_SPREAD * usual.spread))


def _drawn(means: Floats, covariances: Floats, random: np.random.Generator) -> Floats:
    """Joint samples, shape (samples, n)."""
    largest = max(float(np.trace(covariances)) / len(means), np.finfo(float).tiny)
    factor = np.linalg.cholesky(covariances + _JITTER * largest * np.eye(len(means)))
    return np.asarray(means + random.standard_normal((_SAMPLES, len(means))) @ factor.T)


def _left_out(own: GaussianProcess, random: np.random.Generator) -> Floats:
    """Samples of each own value by the others, shape (samples, n).

    Rasmussen and Williams, 2006, ISBN 0-262-18253-X, equations 5.10 to 5.12.
    """
    import torch

    model: Any = own.differentiable
    with torch.no_grad():
        prior = model.likelihood(model.forward(model.train_inputs[0]), model.train_inputs[0])
        inverse = torch.linalg.inv(prior.covariance_matrix)
        means = (model.train_targets - (inverse @ (model.train_targets - prior.mean)) / inverse.diagonal()).numpy()
        deviations = inverse.diagonal().rsqrt().numpy()
    return np.asarray(means + deviations * random.standard_normal((_SAMPLES, len(means))))
