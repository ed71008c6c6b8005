"""The boundary between what can be evaluated and what cannot."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from ragone.models.acquisition.boundary import _evidence, _mode, fit_boundary
from ragone.models.acquisition.sobol import sobol_points
from ragone.models.surrogate import repeatable


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Numerical libraries warn when they are imported, and when they compute."""
    with repeatable(0):
        yield


def test_it_separates_what_a_plane_separates() -> None:
    """From 40 labels the side of 200 other points is told for 9 of 10, and the axis that does not matter is long."""
    points, others = sobol_points(3, skip=0, count=40, seed=1), sobol_points(3, skip=64, count=200, seed=2)
    boundary = fit_boundary(points, points[:, 0] + points[:, 1] < 1.1)
    with torch.no_grad():
        odds = boundary.posterior(torch.from_numpy(others)).mean.squeeze(-1).numpy()
    assert ((odds > 0) == (others[:, 0] + others[:, 1] < 1.1)).mean() > 0.9
    scales = boundary.covar_module.base_kernel.lengthscale[0]
    assert scales[2] > 1.5 * scales[:2].max()


def test_the_mode_solves_its_equation() -> None:
    """Log odds less their mean are the covariance times the gradient of the likelihood."""
    covariance, succeeded = torch.eye(3).double() + 0.5, torch.tensor([1.0, 0.0, 1.0]).double()
    mode = _mode(covariance, succeeded, 0.3)
    assert mode - 0.3 == pytest.approx(covariance @ (succeeded - torch.sigmoid(mode)), abs=1e-9)


def test_the_gradient_of_the_evidence_is_that_of_finite_differences() -> None:
    """Also through the mode, which moves with the covariance."""
    points = torch.from_numpy(sobol_points(1, skip=0, count=6, seed=3))
    succeeded = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 0.0]).double()

    def evidence(scale: torch.Tensor) -> torch.Tensor:
        return _evidence(4.0 * torch.exp(-torch.cdist(points, points) / scale), succeeded, 0.2)

    at = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)
    evidence(at).backward()
    step = 1e-5
    slope = (evidence(at.detach() + step) - evidence(at.detach() - step)) / (2 * step)
    assert at.grad is not None
    assert at.grad.item() == pytest.approx(slope.item(), rel=1e-5)


def test_one_kind_of_label_repels_from_where_it_was() -> None:
    """Where everything failed, success is least probable at the failures; a duplicate point does no harm."""
    points = np.array([[0.2, 0.2], [0.2, 0.2], [0.3, 0.1]])
    boundary = fit_boundary(points, np.zeros(3, dtype=bool))
    with torch.no_grad():
        near, far = boundary.posterior(torch.tensor([[0.2, 0.2], [0.9, 0.9]]).double()).mean.squeeze(-1)
    assert near < far
