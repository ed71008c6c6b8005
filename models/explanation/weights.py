"""Which records does a prediction rest on? The weights of the observations in a Gaussian process's mean.

The mean at a point is the prior's mean plus a weighted sum of how far the observations lie from it. A weight may be
negative; together they need not make one: what is missing is the prior's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ragone.models.acquisition.space import Floats
from ragone.models.surrogate import GaussianProcess


def weights_at(surrogate: GaussianProcess, point: Floats) -> tuple[Floats, Floats, Floats]:
    """Points of the observations, shape (n, axes), their weights, and their distances in length scales, shape (n,).

    Parameters
    ----------
    surrogate
        Fitted to the observations.
    point
        Shape (axes,), in the unit cube.

    References
    ----------
    Rasmussen and Williams, 2006, ISBN 0-262-18253-X, equation 2.25 and section 2.6.
    """
    import torch

    model: Any = surrogate.differentiable
    with torch.no_grad():
        known = model.train_inputs[0]
        prior = model.likelihood(model.forward(known), known).covariance_matrix
        across = model.covar_module(known, torch.from_numpy(point[None])).to_dense()
        weights = torch.linalg.solve(prior, across).squeeze(-1).numpy()
        scales = _length_scales(model).numpy()
        observed = known.numpy()
    distances = np.sqrt((((observed - point) / scales) ** 2).sum(axis=1))
    return observed, np.asarray(weights), np.asarray(distances)


def _length_scales(model: Any) -> Any:
    """The length scales of the kernel, shape (axes,), whether it is scaled by a variance or not."""
    kernel = model.covar_module
    return (kernel.lengthscale if kernel.has_lengthscale else kernel.base_kernel.lengthscale).squeeze()
