"""The networks of a generator, phase by phase, ready to draw, whatever trained them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ragone.models.generator.errors import WeightsError
from ragone.models.generator.network import Shape, laid_out
from ragone.models.generator.phases import Units, phase_shape
from ragone.models.generator.weights import describe, from_bytes
from ragone.schemas import Generator

if TYPE_CHECKING:
    import torch

ARCHITECTURE = "phase_by_phase"


@dataclass(frozen=True)
class PhaseNetwork:
    """The network of one phase, ready to draw; the grain [voxel] is that of a phase filled by chance."""

    weights: Mapping[str, torch.Tensor]
    shape: Shape
    units: Units
    phase: int
    grain: float


def networks_of(generator: Generator, number: int, device: str) -> tuple[PhaseNetwork, ...]:
    """Return the networks of a member (modulo their number), phase by phase."""
    member = number % int(generator.settings["member_count"])
    return tuple(_network(generator.weights, phase, member, device) for phase in range(1, len(generator.phase_names)))


@lru_cache(maxsize=16)
def _network(content: bytes, phase: int, member: int, device: str) -> PhaseNetwork:
    settings = describe(content)["settings"]
    try:
        units, grain = Units(**settings["units"][phase - 1]), float(settings["grains"][phase - 1])
        sizes = phase_shape(phase, units).sizes()
    except (KeyError, IndexError, TypeError, ValueError) as cause:
        raise WeightsError(
            f"the settings of the weights do not describe phase {phase}. Train the generator again."
        ) from cause
    weights = {name: laid_out(tensor.to(device)) for name, tensor in weights_of(content, phase, member).items()}
    if {name: tuple(tensor.shape) for name, tensor in weights.items()} != sizes:
        raise WeightsError(f"the weights of phase {phase} are not of the shapes in their settings. Copy them again.")
    return PhaseNetwork(weights, phase_shape(phase, units), units, phase, grain)


def weights_of(content: bytes, phase: int, member: int) -> dict[str, torch.Tensor]:
    """Return one network's weights by name: the trunk's and the member's own."""
    return network_tensors(from_bytes(content, ARCHITECTURE)[0], phase, member)


def network_tensors(tensors: Mapping[str, torch.Tensor], phase: int, member: int) -> dict[str, torch.Tensor]:
    """Return the same from a generator's tensors."""
    found: dict[str, torch.Tensor] = {}
    for owner in ("trunk", f"member{member}"):
        start = f"phase{phase}.{owner}."
        found |= {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}
    return found
