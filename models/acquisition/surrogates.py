"""The surrogates of an acquisition: fitted in a second to some hundreds of candidates, foreign ones where they help.

Foreign candidates are those outside of the present space. They are kept for a response if the surrogate that knows
them expected the values inside better, each left out in turn, than the one that does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragone.models.acquisition.observations import Response
from ragone.models.acquisition.posterior import SMALLEST_VARIANCE
from ragone.models.acquisition.space import Floats
from ragone.models.surrogate import GaussianProcess, fit_gaussian_process

_FITTED = 160  # points that the kernel is fitted to; the process is then one of all
_LEAST = 4  # values inside by which foreign ones are judged

Mask = np.ndarray[Any, np.dtype[np.bool_]]


def surrogate_of(points: Floats, response: Response, inside: Mask) -> GaussianProcess:
    """The surrogate of a response.

    Parameters
    ----------
    points
        Shape (n, axes), n >= 2.
    response
        Of the n candidates.
    inside
        Shape (n,). Whether a candidate is of the present space.
    """
    with_all = fit_to_many(points, response.values, response.variances)
    if inside.all() or inside.sum() < _LEAST:
        return with_all
    variances = None if response.variances is None else response.variances[inside]
    without = fit_to_many(points[inside], response.values[inside], variances)
    own = np.ones(int(inside.sum()), dtype=bool)
    return with_all if expected_density(with_all, inside) >= expected_density(without, own) else without


def fit_to_many(points: Floats, values: Floats, variances: Floats | None) -> GaussianProcess:
    """A Gaussian process whose kernel is fitted to at most some hundreds of points: the best, and others evenly.

    Fitting takes tens of factorisations of a matrix as large as the points are many, the process itself one.
    """
    import botorch
    import torch

    if len(points) <= _FITTED:
        return fit_gaussian_process(points, values, variances)
    chosen = _representative(values)
    part = fit_gaussian_process(points[chosen], values[chosen], None if variances is None else variances[chosen])
    fitted, scale = part.differentiable, part.scale
    noise = None if variances is None else np.maximum(variances / scale.spread**2, SMALLEST_VARIANCE)
    model: Any = botorch.models.SingleTaskGP(
        torch.from_numpy(points),
        torch.from_numpy(scale.standardised(values)).unsqueeze(-1),
        train_Yvar=None if noise is None else torch.from_numpy(noise).unsqueeze(-1),
        covar_module=fitted.covar_module,
        likelihood=fitted.likelihood if noise is None else None,
        outcome_transform=None,
    )
    model.mean_module = fitted.mean_module
    return GaussianProcess(model.eval(), scale)


def expected_density(surrogate: GaussianProcess, judged: Mask) -> float:
    """The mean log density, per value judged, that the other values expect it with; in the unit of the values.

    References
    ----------
    Rasmussen and Williams, 2006, ISBN 0-262-18253-X, equations 5.10 to 5.12.
    """
    import torch

    model: Any = surrogate.differentiable
    with torch.no_grad():
        prior = model.likelihood(model.forward(model.train_inputs[0]), model.train_inputs[0])
        inverse = torch.linalg.inv(prior.covariance_matrix)
        error = (inverse @ (model.train_targets - prior.mean)) / inverse.diagonal()
        variance = 1.0 / inverse.diagonal()
        density = -0.5 * (torch.log(2.0 * torch.pi * variance) + error**2 / variance)
    return float(density.numpy()[judged].mean() - np.log(surrogate.scale.spread))


def _representative(values: Floats) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Numbers of the best half of so many, and of others spread evenly over the ranks."""
    ranked = np.argsort(-values, kind="stable")
    best, others = ranked[: _FITTED // 2], ranked[_FITTED // 2 :]
    even = np.linspace(0, len(others) - 1, _FITTED - len(best)).round().astype(int)
    return np.sort(np.concatenate([best, others[even]]))


def scaled_responses(responses: Sequence[Response], surrogates: Sequence[GaussianProcess]) -> tuple[Response, ...]:
    """The responses, standardised as their surrogates are."""
    return tuple(
        Response(each.goal, each.values, each.variances, surrogate.scale)
        for each, surrogate in zip(responses, surrogates, strict=True)
    )
