"""The stages of the generator as they were when a recipe was a design, and ids were handed on beside records.

The materials were those that a design meant: `NMC_811`. Ids may be left out, since without recipes a present run of a
stage cannot be distinguished from a former one.
"""

from __future__ import annotations

from dataclasses import replace

from ragone.models import generator as present
from ragone.models.generator import trust
from ragone.models.generator.domain import DOMAIN_DISTANCE
from ragone.schemas import (
    Design,
    Generator,
    GeneratorErrors,
    GeneratorTraining,
    Microstructure,
    PredictedErrors,
    Recipe,
    Transport,
    stage,
)
from ragone.schemas.materials import NMC_811

_LOADING = 0.2  # kg/m^2


def recipe_of(design: Design) -> Recipe:
    """Return the recipe that a design holds."""
    return Recipe(
        active_material_weight_fraction=design.active_material_weight_fraction,
        porosity=design.porosity,
        binder_adhesion=design.binder_adhesion,
    )


def former_id(recipe: Recipe) -> str:
    """Return the id that a recipe had as a design, of any loading; its own where a design could not hold it."""
    design = Design(
        active_material_weight_fraction=recipe.active_material_weight_fraction,
        porosity=recipe.porosity,
        binder_adhesion=recipe.binder_adhesion,
        mass_loading_kilogram_per_square_metre=_LOADING,
    )
    return design.id if recipe_of(design).id == recipe.id else recipe.id


@stage("generator.draw", libraries=("numpy", "torch"))
def draw_microstructure(
    design: Design | None,
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
    """Call `ragone.models.generator.draw_microstructure`."""
    return present.draw_microstructure(
        None if design is None else recipe_of(design),
        None if design is None else NMC_811,
        generator,
        edge_voxels=edge_voxels,
        voxel_size_metre=voxel_size_metre,
        seed=seed,
        phase_fractions=phase_fractions,
        constrained=constrained,
        periodic=periodic,
        sampling_steps=sampling_steps,
        member=member,
        device=device,
    )


@stage("generator.train_steps", libraries=("numpy", "scipy", "torch"))
def train_steps(
    volumes: tuple[Microstructure, ...],
    designs: tuple[Design, ...],
    before: GeneratorTraining | None = None,
    *,
    phase: int,
    member: int,
    left_out: tuple[int, ...],
    step_count: int,
    fall_from: int,
    fall_to: int,
    seed: int,
    width: int = 64,
    learning_rate: float = 1.5e-3,
    device: str = "cpu",
) -> GeneratorTraining:
    """Call `ragone.models.generator.train_steps`."""
    return present.train_steps(
        volumes,
        _recipes(designs),
        before,
        phase=phase,
        member=member,
        left_out=left_out,
        step_count=step_count,
        fall_from=fall_from,
        fall_to=fall_to,
        seed=seed,
        width=width,
        learning_rate=learning_rate,
        device=device,
    )


@stage("generator.assemble", libraries=("numpy", "torch"))
def assemble_generator(
    volumes: tuple[Microstructure, ...],
    designs: tuple[Design, ...],
    members: tuple[GeneratorTraining, ...],
    *,
    volume_ids: tuple[str, ...] = (),
    left_out: tuple[tuple[int, ...], ...],
    seed: int,
    snapshot_id: str = "",
) -> Generator:
    """Call `ragone.models.generator.assemble_generator`."""
    made = present.assemble_generator(
        volumes, _recipes(designs), members, left_out=left_out, seed=seed, snapshot_id=snapshot_id
    )
    return replace(made, trained_on=volume_ids) if volume_ids else made


@stage("generator.train_slices", libraries=("numpy", "torch"))
def train_slices(
    volumes: tuple[Microstructure, ...],
    designs: tuple[Design, ...],
    *,
    volume_ids: tuple[str, ...] = (),
    step_count: int,
    seed: int,
    learning_rate: float = 3e-4,
) -> Generator:
    """Call `ragone.models.generator.train_slices`."""
    made = present.train_slices(
        volumes, _recipes(designs), step_count=step_count, seed=seed, learning_rate=learning_rate
    )
    return replace(made, trained_on=volume_ids) if volume_ids else made


@stage("generator.fit_errors", libraries=("numpy", "scipy"))
def fit_errors(
    generator: Generator,
    drawn: tuple[Transport, ...],
    beside: tuple[Transport, ...],
    real: tuple[Transport, ...],
    *,
    generator_id: str = "",
    volumes: tuple[int, ...],
    members: tuple[int, ...],
    blind_distance: float = DOMAIN_DISTANCE,
) -> GeneratorErrors:
    """Call `ragone.models.generator.trust.fit_errors`."""
    made = trust.fit_errors(
        generator, drawn, beside, real, volumes=volumes, members=members, domain_distance=blind_distance
    )
    return replace(made, generator_id=generator_id) if generator_id else made


@stage("generator.predict_errors", libraries=("numpy", "scipy"))
def predict_errors(
    design: Design,
    generator: Generator,
    errors: GeneratorErrors,
    transports: tuple[Transport, ...],
    *,
    generator_id: str,
    errors_id: str,
    largest_error: float = 0.25,
) -> PredictedErrors:
    """Call `ragone.models.generator.trust.predict_errors`."""
    made = trust.predict_errors(recipe_of(design), NMC_811, generator, errors, transports, largest_error=largest_error)
    return replace(made, generator_id=generator_id, errors_id=errors_id)


def _recipes(designs: tuple[Design, ...]) -> tuple[Recipe, ...]:
    return tuple(recipe_of(design) for design in designs)
