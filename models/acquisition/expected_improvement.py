"""Which designs are most worth evaluating next? Those with the largest log expected improvement.

A Gaussian process with a Matern-5/2 kernel is fitted to the trials; the designs that maximise the logarithm of the
noisy expected improvement over them are suggested, one after the other within a batch.

Assumes one objective, a response that is twice differentiable, and trials whose errors are independent and normal:
of the KPI's standard uncertainty where it is known, of one fitted level where none is. It does not handle constraints
(see `observations` for infeasible trials) and, being exact, is meant for up to some hundreds of trials.

The result is repeatable to the last bit on one machine: float64, one thread, seeded restarts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from models.acquisition.observations import Observations, observe
from models.acquisition.sobol import sobol_points
from models.acquisition.space import Floats, UnitCube
from schemas import Design, Kpi, stage

if TYPE_CHECKING:
    import botorch

_SMALLEST_VARIANCE = 1e-6  # of standardised values: keeps the covariance positive definite
_LEAST_FEASIBLE = 2  # one value has no spread to standardise by
_SAME = 1e-6  # largest distance in the unit cube of two points that are one
_SAMPLES = 128
_RESTARTS = 8
_RAW_SAMPLES = 256


@stage(
    "suggest_by_expected_improvement", libraries=("botorch", "gpytorch", "linear_operator", "torch", "scipy", "numpy")
)
def suggest_by_expected_improvement(
    designs: tuple[Design, ...],
    objectives: tuple[Kpi, ...],
    failed: tuple[Design, ...] = (),
    *,
    space: Mapping[str, Any],
    count: int,
    maximise: bool,
    seed: int,
) -> Mapping[str, Design]:
    """The designs with the largest log expected improvement; the Sobol sequence until two trials are feasible.

    A design that was tried before would be found in the lake and teach nothing: the next Sobol point takes its place.

    Parameters
    ----------
    designs, objectives
        The trials so far, parallel; the objectives are one KPI in one unit.
    failed
        Designs whose evaluation failed: they have no KPI and are treated like infeasible ones.
    space
        Design field to its low and high, in the field's unit; a field with low == high is fixed.
    count
        Designs wanted, >= 1.
    maximise
        Whether a larger KPI is better.
    seed
        Of the restarts and of the samples of the acquisition.

    Returns
    -------
    Mapping[str, Design]
        Keyed "0", "1", ... in order.

    References
    ----------
    Ament et al., 2023, arXiv 2310.20708 (the logarithm); Balandat et al., 2020, arXiv 1910.06403 (BoTorch);
    Letham et al., 2019, doi 10.1214/18-BA1110 (noise).
    """
    cube = UnitCube.of(space)
    seen = observe(cube, designs, objectives, failed, maximise=maximise)
    if seen.feasible_count < _LEAST_FEASIBLE or not cube.axes:
        return cube.designs(sobol_points(len(cube.axes), skip=len(seen.values), count=count, seed=seed))
    with _quiet_single_thread(seed):
        promising = _most_promising(_surrogate(seen), seen.points, count, seed)
    return cube.designs(distinct(promising, seen.points, seed))


@contextmanager
def _quiet_single_thread(seed: int) -> Iterator[None]:
    """One thread and a private random state, so that the result repeats; numerical warnings stay here."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def _surrogate(seen: Observations) -> botorch.models.SingleTaskGP:
    """The fitted Gaussian process over standardised values; unfitted, at its prior's mode, where the fit fails."""
    import botorch
    import botorch.exceptions.errors as errors
    import botorch.models.utils.gpytorch_modules as priors
    import gpytorch
    import torch

    spread = float(seen.values.std(ddof=1)) or 1.0
    values = (seen.values - seen.values.mean()) / spread
    noise = None if seen.variances is None else np.maximum(seen.variances / spread**2, _SMALLEST_VARIANCE)
    model = botorch.models.SingleTaskGP(
        torch.from_numpy(seen.points),
        torch.from_numpy(values).unsqueeze(-1),
        train_Yvar=None if noise is None else torch.from_numpy(noise).unsqueeze(-1),
        covar_module=priors.get_covar_module_with_dim_scaled_prior(seen.points.shape[1], use_rbf_kernel=False),
        outcome_transform=None,
    )
    try:
        botorch.fit_gpytorch_mll(gpytorch.mlls.ExactMarginalLogLikelihood(model.likelihood, model))
    except errors.ModelFittingError:
        model.eval()
    return model


def _most_promising(model: botorch.models.SingleTaskGP, points: Floats, count: int, seed: int) -> Floats:
    """Points of the unit cube, shape (count, axes), that maximise the acquisition one after the other."""
    import botorch.acquisition.logei as logei
    import botorch.optim.optimize as optimize
    import botorch.sampling.normal as sampling
    import torch

    axes = points.shape[1]
    acquisition = logei.qLogNoisyExpectedImprovement(
        model, torch.from_numpy(points), sampler=sampling.SobolQMCNormalSampler(torch.Size([_SAMPLES]), seed=seed)
    )
    chosen, _ = optimize.optimize_acqf(
        acquisition,
        bounds=torch.stack([torch.zeros(axes, dtype=torch.float64), torch.ones(axes, dtype=torch.float64)]),
        q=count,
        num_restarts=_RESTARTS,
        raw_samples=_RAW_SAMPLES,
        options={"seed": seed},
        sequential=True,
    )
    return np.asarray(chosen.detach().numpy(), dtype=np.float64)


def distinct(chosen: Floats, tried: Floats, seed: int) -> Floats:
    """The points chosen, those that were tried before (or twice chosen) replaced by points of the Sobol sequence."""
    spare = sobol_points(chosen.shape[1], skip=len(tried), count=len(chosen), seed=seed)
    kept: list[Floats] = list(tried)
    for point, other in zip(chosen, spare, strict=True):
        known = any(np.abs(point - k).max() <= _SAME for k in kept)
        kept.append(other if known else point)
    return np.array(kept[len(tried) :])
