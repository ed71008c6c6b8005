"""The baseline: a generator judged by its slices, after SliceGAN, with the recipe as a condition.

A network of transposed resolution turns noise on a coarse grid into phase probabilities; critics judge slices across
each axis, the two in-plane directions sharing one. Wasserstein loss with gradient penalty. It is here to be compared
with, trained for as long as what it is compared with; it draws through the same stage.

References
----------
Kench and Cooper 2021, doi 10.1038/s42256-021-00322-1; Gulrajani et al. 2017, arXiv 1704.00028 (gradient penalty).
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.generator import slice_networks
from ragone.models.generator.errors import WeightsError
from ragone.models.generator.phases import Units
from ragone.models.generator.recipe import FIXED
from ragone.models.generator.training_set import TrainingSet
from ragone.models.generator.weights import describe, from_bytes, to_bytes
from ragone.schemas import Generator, Microstructure, Recipe, stage
from ragone.schemas.field import Bounds

if TYPE_CHECKING:
    import torch

SLICE_ARCHITECTURE = "slice_gan"

_COARSE = 16  # voxels per node of the noise grid
_CHANNELS = 16
_MOST_CHANNELS = 256  # of phases or conditions
_WIDTHS = (96, 64, 32, 16)
_CRITIC_WIDTHS = (32, 64, 128, 256)
_CROP = 64
_SLICES = 32
_CRITIC_STEPS = 3
_PENALTY = 10.0
_AVERAGED = 0.995


@stage("generator.train_slices", libraries=("numpy", "torch"), informed_by=("volumes", "recipes"))
def train_slices(
    volumes: tuple[Microstructure, ...],
    recipes: tuple[Recipe, ...],
    *,
    step_count: int,
    seed: int,
    learning_rate: float = 3e-4,
) -> Generator:
    """Train a SliceGAN-style generator.

    Parameters
    ----------
    volumes, recipes
        As for `train_steps`.
    step_count
        Steps of the generating network; the critics take three each.
    seed
        Seed of everything random.
    learning_rate
        Learning rate of Adam, for all networks.
    """
    import torch

    torch.manual_seed(seed)
    data = TrainingSet(volumes, recipes)
    units = data.units()
    conditions, classes = len(data.condition_names), len(data.phase_names)
    maker = slice_networks.maker(_CHANNELS + conditions, classes, _WIDTHS, periodic=False)
    critics = [slice_networks.critic(classes + conditions, _CRITIC_WIDTHS) for _ in range(2)]
    game = slice_networks.Game(maker, critics, learning_rate, _PENALTY, _AVERAGED)
    rng = np.random.Generator(np.random.PCG64(seed))
    losses = []
    for step in range(step_count):
        for _ in range(_CRITIC_STEPS):
            number = int(rng.integers(len(volumes)))
            condition = torch.from_numpy(units.scaled(data.conditions[number]))
            real = torch.from_numpy(data.crop(rng, number, _CROP).astype(np.int64))
            losses.append(game.judge(real, condition, _noise(_CROP, condition, None), _SLICES))
        condition = torch.from_numpy(units.scaled(data.conditions[int(rng.integers(len(volumes)))]))
        game.make(condition, _noise(_CROP, condition, None), _SLICES, rate=1 - step / step_count)
    settings: dict[str, Any] = {
        "granule": _COARSE,
        "member_count": 1,
        "member_excluded": [[]],
        "units": asdict(units),
        "classes": classes,
        **({FIXED: data.fixed} if data.fixed else {}),
    }
    return Generator(
        architecture=SLICE_ARCHITECTURE,
        weights=to_bytes(game.average, SLICE_ARCHITECTURE, settings),
        settings=settings,
        trained_on=tuple(volume.id for volume in volumes),
        phase_names=data.phase_names,
        voxel_size_metre=data.voxel_size_metre,
        condition_names=data.condition_names,
        training_conditions=data.conditions,
        training_step=np.array([float(step_count)]),
        training_loss=np.array([float(np.mean(losses[-_SLICES:]))]),
        seed=seed,
    )


def draw_from_slices(
    generator: Generator, condition: np.ndarray[Any, Any], *, edge: int, seed: int, constrained: bool, periodic: bool
) -> np.ndarray[Any, Any]:
    """Return labels, shape (edge, edge, edge), with the fractions of the condition imposed if asked."""
    import torch

    maker, units = _maker(generator.weights, periodic)
    scaled = torch.from_numpy(units.scaled(condition))
    drawn = -(-edge // _COARSE) * _COARSE
    source = torch.Generator().manual_seed(seed)
    with torch.inference_mode():
        shares = torch.softmax(maker(_noise(drawn, scaled, source)), 1)[0]
    if not constrained:
        labels = shares.argmax(0)
    else:
        labels = torch.zeros(shares.shape[1:], dtype=torch.int64)
        for phase in range(1, len(shares)):
            score = (shares[phase] / shares[0].clamp_min(1e-9)).masked_fill(labels > 0, -torch.inf)
            count = round(float(condition[phase - 1]) * score.numel())
            labels.view(-1)[torch.topk(score.view(-1), count, sorted=False).indices] = phase
    return np.ascontiguousarray(labels.numpy().astype(np.uint8)[:edge, :edge, :edge])


def _noise(edge: int, condition: torch.Tensor, source: torch.Generator | None) -> torch.Tensor:
    """Return noise and the recipe on the coarse grid, shape (1, channels, nodes, nodes, nodes)."""
    import torch

    nodes = edge // _COARSE
    noise = torch.randn((1, _CHANNELS, nodes, nodes, nodes), generator=source)
    spread = condition.reshape(1, -1, 1, 1, 1).expand(1, -1, nodes, nodes, nodes)
    return torch.cat([noise, spread], 1)


@lru_cache(maxsize=4)
def _maker(content: bytes, periodic: bool) -> tuple[Any, Units]:
    settings = describe(content)["settings"]
    tensors, _ = from_bytes(content, SLICE_ARCHITECTURE)
    try:
        units, classes = Units(**settings["units"]), int(settings["classes"])
        Bounds(1, _MOST_CHANNELS).require(max(classes, len(units.condition_middle)), "channels", "1")
        inputs = _CHANNELS + len(units.condition_middle)
        maker = slice_networks.maker(inputs, classes, _WIDTHS, periodic=periodic)
        maker.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as cause:
        raise WeightsError(
            f"the weights do not fit their settings: {' '.join(str(cause).split())[:120]}. Train the generator again."
        ) from cause
    return maker.eval(), units
