"""The surrogates of an acquisition: fitted in a second to some hundreds of candidates, foreign ones where they help.

Foreign candidates are those outside of the present space. They are kept for a response if the surrogate that knows
them expected the values inside better, each left out in turn, than the one that does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ragone.models.acquisition.censored import fit_to_censored
from ragone.models.acquisition.many_points import fit_to_many
from ragone.models.acquisition.observations import Response
from ragone.models.acquisition.space import Floats
from ragone.models.surrogate import GaussianProcess

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
    with_all = fit_to_response(points, response)
    judged = inside if response.censored is None else inside & ~response.censored
    if inside.all() or judged.sum() < _LEAST:
        return with_all
    without = fit_to_response(points[inside], response.among(inside))
    own = judged[inside]
    return with_all if expected_density(with_all, judged) >= expected_density(without, own) else without


def fit_to_response(points: Floats, response: Response) -> GaussianProcess:
    """The process of a response at points of shape (n, axes), whether some of it is censored or not."""
    if response.censored is None or not response.censored.any():
        return fit_to_many(points, response.values, response.variances)
    sign = response.goal.sign
    return fit_to_censored(points, response.values, response.variances, response.censored, sign)


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


def scaled_responses(responses: Sequence[Response], surrogates: Sequence[GaussianProcess]) -> tuple[Response, ...]:
    """The responses, standardised as their surrogates are."""
    return tuple(
        replace(each, given_scale=surrogate.scale) for each, surrogate in zip(responses, surrogates, strict=True)
    )
