"""The networks: what is the clean field of the first phase, given a noisy one; what are the odds of a later phase?

A three-dimensional U-Net on patches of a few voxels, with the recipe (and the noise level) entering every block. The
weights are a flat map of names to tensors, so that what is stored is all there is. Normalisation is over the channels
of one patch alone: no statistic of the volume enters, and a volume of any size is drawn alike.

References
----------
Ronneberger et al. 2015, arXiv 1505.04597 (U-Net); Perez et al. 2018, arXiv 1709.07871 (how conditions enter); Hoogeboom
et al. 2023, arXiv 2301.11093 (most of the work at low resolution); Zheng et al. 2015, doi 10.1109/ICCV.2015.179 (a mean
field as the last layer).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_EMBEDDED = 128  # numbers that carry recipe and noise level into the blocks
_FREQUENCIES = 16
_HIGHEST_FREQUENCY = 200.0
_GAIN = 4.0  # of logits, so that weights of order one give odds of many to one
_SURROUNDINGS = 6  # numbers that describe the neighbours of a voxel

Weights = Mapping[str, "torch.Tensor"]


@dataclass(frozen=True)
class Shape:
    """Numbers that decide the sizes of the weights.

    `widths` and `depths` are channels and blocks per level, finest first; `patch` is the edge of a patch [voxel];
    `mixing` is the edge of the second convolution of a block [patch]: with 1 it only mixes channels, at half the cost.
    """

    context_count: int
    condition_count: int
    widths: tuple[int, ...] = (64, 128)
    depths: tuple[int, ...] = (2, 2)
    patch: int = 4
    mixing: int = 3

    @property
    def by_chance(self) -> bool:
        """Return whether earlier phases and the recipe give the odds of each voxel; else a field is grown."""
        return self.context_count > 0

    @property
    def granule(self) -> int:
        """Return the number of voxels that the edges of a volume must be multiples of."""
        return int(self.patch * 2 ** (len(self.widths) - 1))

    def sizes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each weight, by name."""
        return dict(_sizes(self))


def initial_weights(shape: Shape, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Return random weights; those that end a block are zero, so that each block starts as the identity."""
    import torch

    weights = {}
    for name, size in shape.sizes().items():
        if name.endswith(("bias", "second.weight", "film.weight")) or name.startswith(("out", "neighbours")):
            weights[name] = torch.zeros(size)
        else:
            reach = 1 / math.sqrt(math.prod(size[1:]))
            weights[name] = (2 * torch.rand(size, generator=generator) - 1) * reach
    return {name: laid_out(weight) for name, weight in weights.items()}


def clean_field(
    weights: Weights,
    shape: Shape,
    noisy: torch.Tensor,
    noise_level: torch.Tensor,
    condition: torch.Tensor,
    *,
    periodic: bool,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the clean field expected of the first phase, and the logit that a voxel belongs to it.

    Parameters
    ----------
    weights, shape
        Weights of one network, and their shape.
    noisy
        Shape (n, 1, x, y, z); edges are multiples of `shape.granule`.
    noise_level
        Shape (n,), in [0, 1].
    condition
        Shape (n, conditions), scaled.
    periodic
        Whether opposite faces touch; else there is nothing beyond them.

    Returns
    -------
    field, logit
        Shape (n, 1, x, y, z) each, float32.
    """
    import torch

    rates = torch.exp(torch.linspace(0, math.log(_HIGHEST_FREQUENCY), _FREQUENCIES, device=noise_level.device))
    angle = noise_level[:, None] * rates
    embedded = _embedded(weights, torch.cat([angle.sin(), angle.cos(), condition], 1))
    field, logit = _answered(weights, shape, noisy, embedded, periodic).chunk(2, 1)
    return field, _GAIN * logit


def log_odds(
    weights: Weights, shape: Shape, context: torch.Tensor, condition: torch.Tensor, *, periodic: bool
) -> torch.Tensor:
    """Return the log odds that a voxel belongs to a phase, given those placed before it.

    Parameters
    ----------
    weights, shape
        Weights of one network, and their shape.
    context
        Shape (n, contexts, x, y, z): the fields of the earlier phases, positive inside; edges are multiples of
        `shape.granule`.
    condition
        Shape (n, conditions), scaled.
    periodic
        Whether opposite faces touch; else there is nothing beyond them.

    Returns
    -------
    torch.Tensor
        Shape (n, 1, x, y, z), float32; without meaning where an earlier phase lies.
    """
    import torch

    embedded = _embedded(weights, condition)
    logit = _GAIN * _answered(weights, shape, context, embedded, periodic)
    shares = _GAIN * _layered(weights, "neighbours", embedded).float()
    means = _surroundings(logit, (context < 0).all(1, keepdim=True), periodic)
    for share, mean in zip(shares.unbind(1), means, strict=True):
        logit = torch.addcmul(logit, share[:, None, None, None, None], mean)
    return logit


def _answered(
    weights: Weights, shape: Shape, shown: torch.Tensor, embedded: torch.Tensor, periodic: bool
) -> torch.Tensor:
    """Return the U-Net's outputs for every voxel, shape (n, outputs, x, y, z), float32."""
    import torch

    hidden = _into_patches(shown, shape.patch).contiguous(memory_format=torch.channels_last_3d)
    hidden = _convolved(weights, "in", hidden, periodic)
    skipped = []
    for level, depth in enumerate(shape.depths):
        for block in range(depth):
            hidden = _block(weights, f"down.{level}.{block}", hidden, embedded, periodic)
        if level + 1 < len(shape.depths):
            skipped.append(hidden)
            hidden = torch.nn.functional.conv3d(
                hidden, weights[f"coarser.{level}.weight"], weights[f"coarser.{level}.bias"], stride=2
            )
    for level in reversed(range(len(shape.depths) - 1)):
        finer = torch.nn.functional.conv3d(hidden, weights[f"finer.{level}.weight"], weights[f"finer.{level}.bias"])
        hidden = skipped[level] + _out_of_patches(finer, 2).contiguous(memory_format=torch.channels_last_3d)
        for block in range(shape.depths[level]):
            hidden = _block(weights, f"up.{level}.{block}", hidden, embedded, periodic)
    found = torch.nn.functional.conv3d(_normalised(hidden), weights["out.weight"], weights["out.bias"])
    return _out_of_patches(found, shape.patch).float()


def _surroundings(logit: torch.Tensor, open_: torch.Tensor, periodic: bool) -> tuple[torch.Tensor, ...]:
    """Return each voxel's neighbourhood by the odds so far: a mean field of the voxel, of its six and of its 26.

    `_SURROUNDINGS` fields of the logit's shape. A patch has a rule of its own for each of its voxels, and few channels
    to state it, so that single voxels astray pass; this is one rule for all voxels. Voxels of earlier phases count as
    zero.
    """
    import torch

    mean = torch.tanh(logit / 2) * open_
    padded = torch.nn.functional.pad(mean, (1,) * 6, mode="circular" if periodic else "constant")
    six, all_ = torch.zeros_like(mean), padded
    for axis in (4, 3, 2):
        size = mean.shape[axis]
        inner = padded
        for other in {2, 3, 4} - {axis}:
            inner = inner.narrow(other, 1, mean.shape[other])
        six = six + (inner.narrow(axis, 0, size) + inner.narrow(axis, 2, size)) / 6
        all_ = all_.narrow(axis, 0, size) + all_.narrow(axis, 1, size) + all_.narrow(axis, 2, size)
    all_ = all_ / 27
    squared = six * six
    return mean, six, all_, mean * squared, six * squared, all_ * all_ * all_


def _sizes(shape: Shape) -> Iterator[tuple[str, tuple[int, ...]]]:
    voxels, widths = shape.patch**3, shape.widths
    answers, waves = (1, 0) if shape.by_chance else (2, 2 * _FREQUENCIES)
    yield from _layer("in", widths[0], max(1, shape.context_count) * voxels, 3)
    yield from _layer("embed.0", _EMBEDDED, waves + shape.condition_count)
    yield from _layer("embed.1", _EMBEDDED, _EMBEDDED)
    for level, (width, depth) in enumerate(zip(widths, shape.depths, strict=True)):
        sides = ("down", "up") if level + 1 < len(widths) else ("down",)
        for name in (f"{side}.{level}.{block}" for side in sides for block in range(depth)):
            yield from _layer(f"{name}.first", width, width, 3)
            yield from _layer(f"{name}.second", width, width, shape.mixing)
            yield from _layer(f"{name}.film", 2 * width, _EMBEDDED)
        if level + 1 < len(widths):
            yield from _layer(f"coarser.{level}", widths[level + 1], width, 2)
            yield from _layer(f"finer.{level}", 8 * width, widths[level + 1], 1)
    yield from _layer("out", answers * voxels, widths[0], 1)
    if shape.by_chance:
        yield from _layer("neighbours", _SURROUNDINGS, _EMBEDDED)


def _layer(name: str, outputs: int, inputs: int, kernel: int = 0) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Return a convolution with that kernel, or a linear layer if 0."""
    yield f"{name}.weight", (outputs, inputs, *([kernel] * 3 if kernel else []))
    yield f"{name}.bias", (outputs,)


def laid_out(weight: torch.Tensor) -> torch.Tensor:
    """Return the tensor with channels last, as the convolutions need it."""
    import torch

    return weight.contiguous(memory_format=torch.channels_last_3d) if weight.dim() == 5 else weight


def _embedded(weights: Weights, numbers: torch.Tensor) -> torch.Tensor:
    import torch

    for layer in ("embed.0", "embed.1"):
        numbers = torch.nn.functional.silu(_layered(weights, layer, numbers))
    return numbers


def _layered(weights: Weights, name: str, numbers: torch.Tensor) -> torch.Tensor:
    """Apply a linear layer."""
    import torch

    return torch.nn.functional.linear(numbers, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _block(weights: Weights, name: str, hidden: torch.Tensor, embedded: torch.Tensor, periodic: bool) -> torch.Tensor:
    import torch

    inner = _convolved(weights, f"{name}.first", _normalised(hidden), periodic)
    scale, shift = _layered(weights, f"{name}.film", embedded)[:, :, None, None, None].chunk(2, 1)
    inner = torch.nn.functional.silu(torch.addcmul(shift.to(inner.dtype), inner, (1 + scale).to(inner.dtype)))
    return hidden + _convolved(weights, f"{name}.second", inner, periodic)


def _normalised(hidden: torch.Tensor) -> torch.Tensor:
    """Normalise to zero mean and unit variance over the channels of each patch."""
    import torch

    return torch.nn.functional.layer_norm(hidden.permute(0, 2, 3, 4, 1), (hidden.shape[1],)).permute(0, 4, 1, 2, 3)


def _convolved(weights: Weights, name: str, hidden: torch.Tensor, periodic: bool) -> torch.Tensor:
    import torch

    weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    margin = weight.shape[-1] // 2
    if not periodic:
        return torch.nn.functional.conv3d(hidden, weight, bias, padding=margin)
    return torch.nn.functional.conv3d(_wrapped(hidden, margin) if margin else hidden, weight, bias)


def _wrapped(hidden: torch.Tensor, margin: int) -> torch.Tensor:
    """Continue a periodic volume by `margin` beyond each face.

    Torch's circular padding would give up the order of the memory.
    """
    import torch

    sizes = hidden.shape[2:]
    wrapped = torch.empty(
        (*hidden.shape[:2], *(size + 2 * margin for size in sizes)),
        dtype=hidden.dtype,
        device=hidden.device,
        memory_format=torch.channels_last_3d,
    )
    inside = wrapped
    for axis, size in enumerate(sizes, start=2):
        inside = inside.narrow(axis, margin, size)
    inside.copy_(hidden)
    for axis, size in enumerate(sizes, start=2):
        wrapped.narrow(axis, 0, margin).copy_(wrapped.narrow(axis, size, margin))
        wrapped.narrow(axis, size + margin, margin).copy_(wrapped.narrow(axis, margin, margin))
    return wrapped


def _into_patches(volume: torch.Tensor, edge: int) -> torch.Tensor:
    """Reshape (n, c, x, y, z) to (n, c * edge^3, x / edge, y / edge, z / edge)."""
    n, channels, *sizes = volume.shape
    split = volume.reshape(n, channels, *(part for size in sizes for part in (size // edge, edge)))
    return split.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(n, channels * edge**3, *(size // edge for size in sizes))


def _out_of_patches(patches: torch.Tensor, edge: int) -> torch.Tensor:
    """Reverse `_into_patches`."""
    n, channels, *sizes = patches.shape
    split = patches.reshape(n, channels // edge**3, edge, edge, edge, *sizes)
    return split.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(n, channels // edge**3, *(size * edge for size in sizes))


@contextmanager
def reduced_precision(device: torch.device) -> Iterator[None]:
    """Compute convolutions in bfloat16 where the processor or the card has it; weights stay float32."""
    import torch

    able = device.type != "cpu" or torch.cpu._is_avx512_bf16_supported()
    with torch.autocast(device.type, torch.bfloat16, enabled=able):
        yield
