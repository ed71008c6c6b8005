"""Draws a microstructure from a recipe, phase after phase.

Particles, which have a depth, are grown: from noise to a clean field in a few steps. What lies between them is filled
by chance, at the odds of each voxel.

The fraction of each phase is the recipe's, exact to one voxel of what is drawn: of the voxels still free, those with
the largest logits are taken. Unconstrained, a voxel belongs to a phase if its logit is positive.

Which member of the ensemble draws is decided by the seed, so that the scatter between volumes holds the members'.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ragone.models.generator import schedule
from ragone.models.generator.chance import gaussian_field, likeliest_voxels, surplus
from ragone.models.generator.errors import RecipeError
from ragone.models.generator.fields import distance_tensor
from ragone.models.generator.network import clean_field, log_odds, reduced_precision
from ragone.models.generator.networks import ARCHITECTURE, PhaseNetwork, networks_of
from ragone.models.generator.recipe import condition_of, condition_of_fractions, mean_fractions
from ragone.models.generator.slices import SLICE_ARCHITECTURE, draw_from_slices
from ragone.schemas import Generator, Materials, Microstructure, Recipe, stage
from ragone.schemas.electrode import cubic_voxels
from ragone.schemas.particle_sizes import expected_radii

if TYPE_CHECKING:
    import torch

_STEPS = 5  # from noise to the field
_CROWDING = 9.0  # of their noise levels; at much noise it is decided what is drawn
_SAME = 1e-6  # relative difference of voxel sizes that are one
_NOISE_EDGE = 32  # voxels along the edge of the part that is evaluated at pure noise


@stage("generator.draw", libraries=("numpy", "torch"))
def draw_microstructure(
    recipe: Recipe | None,
    materials: Materials | None,
    generator: Generator,
    *,
    edge_voxels: int,
    voxel_size_metre: float,
    seed: int,
    phase_fractions: tuple[float, ...] = (),
    constrained: bool = True,
    periodic: bool = True,
    sampling_steps: int = 0,
    member: int = -1,
    device: str = "cpu",
) -> Microstructure:
    """Draw a volume of the recipe; labels are in the order of the generator's phases.

    Parameters
    ----------
    recipe, materials
        What a generator trained on recipes is to draw; the densities turn weights into volumes.
    generator
        The trained generator.
    edge_voxels
        Edge of the volume drawn; a periodic one needs a multiple of 8, another is cut from one, its fractions with it.
    voxel_size_metre
        Must be that of the training volumes [m].
    seed
        Seed of the noise; equal seeds give equal voxels on one machine.
    phase_fractions
        Instead, for a generator trained without recipes: all fractions, adding up to one [-]; the mean of the
        training volumes if empty.
    constrained
        Whether the fractions are imposed; else they are what the networks make of the recipe.
    periodic
        Whether opposite faces fit together.
    sampling_steps
        Number of denoising steps of the first phase; the generator's own if 0.
    member
        Member of the ensemble that draws; seed modulo their number if -1.
    device
        "cpu", or "cuda" where there is one.

    Raises
    ------
    RecipeError
        If the recipe contradicts itself, or does not fit the generator.
    WeightsError
        If the weights are not what the record says.
    """
    condition = _condition(recipe, materials, generator, phase_fractions)
    _require_drawable(generator, condition, edge_voxels, voxel_size_metre, periodic)
    arguments: dict[str, Any] = {"edge": edge_voxels, "seed": seed, "constrained": constrained, "periodic": periodic}
    if generator.architecture == SLICE_ARCHITECTURE:
        labels = draw_from_slices(generator, condition, **arguments)
    else:
        labels = _drawn(generator, condition, member, sampling_steps, device, **arguments)
    radii = None if recipe is None else expected_radii(recipe)
    return Microstructure(
        labels=labels,
        voxel_edges_metre=cubic_voxels(generator.voxel_size_metre),
        phase_names=generator.phase_names,
        phase_labels=np.arange(len(generator.phase_names), dtype=np.uint8),
        source=f"generated: {generator.architecture}, seed {seed}",
        licence="own",
        particle_diffusion_radius_metre=None if radii is None else radii.diffusion,
        particle_sauter_radius_metre=None if radii is None else radii.sauter,
    )


def _drawn(
    generator: Generator,
    condition: np.ndarray[Any, Any],
    member: int,
    steps: int,
    device: str,
    *,
    edge: int,
    seed: int,
    constrained: bool,
    periodic: bool,
) -> np.ndarray[Any, Any]:
    """Return labels, shape (edge, edge, edge)."""
    import torch

    networks = networks_of(generator, seed if member < 0 else member, device)
    granule = int(generator.settings["granule"])
    drawn = -(-edge // granule) * granule
    source = torch.Generator(device).manual_seed(seed)
    labels = torch.zeros((drawn,) * 3, dtype=torch.uint8, device=device)
    fields = torch.empty((1, 0, drawn, drawn, drawn), device=device)
    for number, network in enumerate(networks):
        count = round(float(condition[number]) * drawn**3) if constrained else None
        given = torch.from_numpy(network.units.scaled(condition))[None].to(device)
        with torch.inference_mode(), reduced_precision(labels.device):
            if network.shape.by_chance:
                phase = _filled(network, fields, given, count, source, periodic)
            else:
                phase = _grown(network, drawn, given, count, steps or _STEPS, source, periodic)
        labels[phase] = number + 1
        if number + 1 < len(networks):
            field = distance_tensor(phase, network.units.field_scales[-1], periodic=periodic)
            fields = torch.cat([fields, field[None, None]], 1)
    return np.ascontiguousarray(labels[:edge, :edge, :edge].cpu().numpy())


def _grown(
    network: PhaseNetwork,
    edge: int,
    condition: torch.Tensor,
    count: int | None,
    steps: int,
    source: torch.Generator,
    periodic: bool,
) -> torch.Tensor:
    """Return where the first phase is: its field is denoised step by step.

    The phase are the `count` likeliest voxels, or what the logits say if None.
    """
    import torch

    noisy = torch.randn((1, 1, edge, edge, edge), generator=source, device=source.device)
    levels = schedule.crowded(torch.linspace(1, 0, steps + 1, device=source.device), _CROWDING)
    before = None
    for level, lower in pairwise(levels):
        pure_noise = level == 1 and lower > 0
        part = noisy[..., :_NOISE_EDGE, :_NOISE_EDGE, :_NOISE_EDGE] if pure_noise else noisy
        field, logit = clean_field(network.weights, network.shape, part, level[None], condition, periodic=periodic)
        if pure_noise:  # all places are alike then, so that one number is expected
            field = field.mean()
        noisy = schedule.stepped(noisy, schedule.ahead(field, before), level, lower)
        before = field
    return likeliest_voxels(logit[0, 0], count)


def _filled(
    network: PhaseNetwork,
    fields: torch.Tensor,
    condition: torch.Tensor,
    count: int | None,
    source: torch.Generator,
    periodic: bool,
) -> torch.Tensor:
    """Return where a phase is that is too thin for a depth: the voxels still free that odds and chance fill."""
    logit = log_odds(network.weights, network.shape, fields, condition, periodic=periodic)
    chance = gaussian_field(fields.shape[2:], network.grain, source, periodic=periodic)
    closed = (fields >= 0).any(1)
    return likeliest_voxels(surplus(logit[0, 0], chance).masked_fill(closed[0], -math.inf), count)


def _condition(
    recipe: Recipe | None, materials: Materials | None, generator: Generator, fractions: tuple[float, ...]
) -> np.ndarray[Any, Any]:
    if recipe is None:
        return condition_of_fractions(fractions or mean_fractions(generator), generator)
    if fractions:
        raise RecipeError("a recipe and phase fractions are two recipes. Give one of them.")
    if materials is None:
        raise RecipeError("a recipe is of weights: without materials it fills no volume. Give the materials too.")
    return condition_of(recipe, materials, generator)


def _require_drawable(
    generator: Generator, condition: np.ndarray[Any, Any], edge: int, voxel_size: float, periodic: bool
) -> None:
    if generator.architecture not in (ARCHITECTURE, SLICE_ARCHITECTURE):
        raise RecipeError(f"architecture {generator.architecture!r} is not known to draw. Train a generator anew.")
    if abs(voxel_size / generator.voxel_size_metre - 1) > _SAME:
        raise RecipeError(
            f"voxel_size_metre = {voxel_size:g} m, but the generator learned voxels of "
            f"{generator.voxel_size_metre:g} m and draws no others. Ask for those."
        )
    placed = condition[: len(generator.phase_names) - 1]
    if placed.min() <= 0 or placed.sum() >= 1:
        raise RecipeError(
            f"the phase fractions {np.round(placed, 4).tolist()} of {generator.phase_names[1:]} leave no pores or no "
            "solid. Correct the recipe."
        )
    granule = int(generator.settings["granule"])
    if edge < granule or (periodic and edge % granule):
        raise RecipeError(
            f"edge_voxels = {edge} is no multiple of {granule}, at least {granule}, which a volume that repeats itself "
            "must be. Change it, or draw one that does not (periodic false)."
        )
