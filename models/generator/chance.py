"""Which voxels hold a phase, once the odds of each are known? Those that a smooth Gaussian field picks.

Odds say how often a voxel is filled, not together with which others. A Gaussian field of unit variance decides: a voxel
is filled where the field's quantile lies below its odds. So each voxel is filled as often as it should be, and
neighbours are filled together over the length of the field, the grain of the phase. The grain is measured: filled
by it, the training volumes have as much surface as they have.

References
----------
Quiblier 1984, doi 10.1016/0021-9797(84)90481-8; Adler et al. 1990, doi 10.1016/0301-9322(90)90025-E (porous media as
truncated Gaussian fields; here the level of the cut is learned, voxel by voxel).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

_GRAINS = np.geomspace(0.5, 8.0, 13)  # voxels
_BEYOND = 6.0  # grains between opposite faces that do not touch


def gaussian_field(
    sizes: Sequence[int], grain: float, source: torch.Generator, *, periodic: bool = True
) -> torch.Tensor:
    """Draw a Gaussian field of unit variance; its correlation at distance r is exp(-r^2 / (4 grain^2)).

    Parameters
    ----------
    sizes
        Voxels along each axis.
    grain
        Standard deviation of the filter that smooths white noise [voxel].
    source
        Generator of the noise; the field lies on its device.
    periodic
        Whether opposite faces touch.

    Returns
    -------
    torch.Tensor
        Shape `sizes`, float32.
    """
    import torch

    margin = 0 if periodic else math.ceil(_BEYOND * grain)
    whole = [size + margin for size in sizes]
    noise = torch.randn(whole, generator=source, device=source.device)
    rates = [torch.fft.fftfreq(size, device=source.device) for size in whole[:-1]]
    rates.append(torch.fft.rfftfreq(whole[-1], device=source.device))
    passed = [torch.exp(-2 * (math.pi * grain * rate) ** 2) for rate in rates]
    power = [part.square() for part in passed]
    power[-1] = power[-1] * (1 + ((rates[-1] > 0) & (rates[-1] < 0.5)))  # those that the transform of reals leaves out
    scale = math.prod(float(part.sum()) / size for part, size in zip(power, whole, strict=True)) ** -0.5
    spectrum = torch.fft.rfftn(noise) * passed[0][:, None, None] * passed[1][:, None] * passed[2]
    field: torch.Tensor = scale * torch.fft.irfftn(spectrum, s=whole)
    return field[tuple(slice(size) for size in sizes)]


def surplus(logit: torch.Tensor, field: torch.Tensor) -> torch.Tensor:
    """Return how far the log odds of a voxel exceed those of the field's quantile there; filled where positive."""
    import torch

    below: torch.Tensor = torch.special.ndtr(field)
    return logit - torch.logit(below)


def likeliest_voxels(logit: torch.Tensor, count: int | None) -> torch.Tensor:
    """Return where the `count` largest logits are, or the positive ones if None."""
    import torch

    if count is None:
        return logit > 0
    chosen = torch.zeros_like(logit, dtype=torch.bool)
    chosen.view(-1)[torch.topk(logit.reshape(-1), count, sorted=False).indices] = True
    return chosen


def grain_length(logits: Sequence[torch.Tensor], phases: Sequence[torch.Tensor], free: Sequence[torch.Tensor]) -> float:
    """Return the grain [voxel] with which a phase filled at those odds has the surface of the volumes.

    Parameters
    ----------
    logits
        Per volume: log odds of each voxel, shape (x, y, z).
    phases, free
        Per volume, of the same shape: where the phase is, and where it could be.

    Returns
    -------
    float
        The grain of least squared logarithm of the ratio of surfaces, summed over the volumes; 0.5 to 8. Volumes whose
        odds leave little to chance hardly weigh: their surface does not depend on it.
    """
    import torch

    misfit = np.zeros(len(_GRAINS))
    for number, (logit, phase, open_) in enumerate(zip(logits, phases, free, strict=True)):
        real, count = _surface(phase, open_), int(phase.sum())
        for place, grain in enumerate(_GRAINS):
            field = gaussian_field(logit.shape, float(grain), torch.Generator(logit.device).manual_seed(number))
            chosen = likeliest_voxels(surplus(logit, field).masked_fill(~open_, -math.inf), count)
            misfit[place] += math.log((1 + _surface(chosen, open_)) / (1 + real)) ** 2
    best = int(np.argmin(misfit))
    if best in (0, len(_GRAINS) - 1):
        return float(_GRAINS[best])
    near = slice(best - 1, best + 2)
    curvature, slope, _ = np.polyfit(np.log(_GRAINS[near]), misfit[near], 2)
    return round(float(np.exp(-slope / (2 * curvature))), 2)


def _surface(phase: torch.Tensor, free: torch.Tensor) -> int:
    """Return the faces between voxels of the phase and free ones that are not."""
    count = 0
    for axis in range(3):
        last = phase.shape[axis] - 1
        ours, theirs = (phase.narrow(axis, at, last) for at in (0, 1))
        both = free.narrow(axis, 0, last) & free.narrow(axis, 1, last)
        count += int(((ours != theirs) & both).sum())
    return count
