"""What BoTorch asks of a model, for surrogates that only predict means and covariances. Nothing has a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.surrogate import Scale
from ragone.schemas.protocols import Surrogate

if TYPE_CHECKING:
    import torch
    from botorch.posteriors.gpytorch import GPyTorchPosterior

SMALLEST_VARIANCE = 1e-6  # of standardised values, as a Gaussian process takes it: covariances may be singular


@dataclass(frozen=True)
class PredictedModel:
    """Surrogates of independent responses side by side, each standardised by its scale."""

    surrogates: Sequence[Surrogate]
    scales: Sequence[Scale]

    @property
    def num_outputs(self) -> int:
        """Number of responses."""
        return len(self.surrogates)

    @property
    def batch_shape(self) -> torch.Size:
        """The batch shape: none, for there is one model, not several."""
        import torch

        return torch.Size()

    def posterior(self, X: torch.Tensor, **_: Any) -> GPyTorchPosterior:  # noqa: N803 - BoTorch's
        """The joint normal distribution at points of shape (..., n, axes)."""
        return joint_posterior(self._predicted(X))

    def _predicted(self, points: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Means (..., n) and covariances (..., n, n) of each response; every point is predicted once."""
        import torch

        axes = points.shape[-1]
        distinct, place = np.unique(points.detach().numpy().reshape(-1, axes), axis=0, return_inverse=True)
        at = place.reshape(points.shape[:-1])
        found = []
        for surrogate, scale in zip(self.surrogates, self.scales, strict=True):
            means, covariances = surrogate.predict(distinct)
            spread = covariances[at[..., :, None], at[..., None, :]] / scale.spread**2
            spread = spread + SMALLEST_VARIANCE * np.eye(at.shape[-1])
            found.append((torch.from_numpy(scale.standardised(means[at])), torch.from_numpy(spread)))
        return found


def joint_posterior(found: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> GPyTorchPosterior:
    """The joint normal distribution of independent responses, of means (..., n) and covariances (..., n, n) each."""
    import botorch.posteriors.gpytorch as posteriors
    import gpytorch.distributions as distributions

    marginals = [distributions.MultivariateNormal(*each) for each in found]
    joint = (
        marginals[0]
        if len(marginals) == 1
        else distributions.MultitaskMultivariateNormal.from_independent_mvns(marginals)
    )
    return posteriors.GPyTorchPosterior(joint)
