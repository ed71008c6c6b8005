"""What is expected of a generator before it draws a design, and what it learns from designs that it was blind to.

The members draw small volumes at equal noise; their disagreement, and how far the design lies outside what they saw,
give the predicted errors. All of it goes through the lake.
"""

from __future__ import annotations

from dataclasses import replace

from dataset import Lake
from dataset.errors import StageFailedError
from flows.design.evaluate import METRICS_STORED, drop_present, is_stored, run_engine
from flows.design.study import Study
from flows.design.trials import Foreseen
from flows.engines import GENERATOR, Engine
from flows.errors import StudyError
from flows.generator.generators import fine_tune_generator
from flows.generator.training_plan import GeneratorPlan, TrainingPlan
from flows.generator.training_volumes import TrainingVolumes, origin_of, simulate_volumes
from flows.generator.trust import SIMULATE, SPREAD_EDGE, Trust, stored_errors, stored_generator
from flows.running.progress import Progress
from flows.running.seeds import cube_seed
from flows.running.workers import lake_at
from models.generator.envelope import place, statement
from models.generator.trust import excluded_by, predict_errors
from schemas import Design, Generator, GeneratorErrors, PredictedErrors

_AT_EQUAL_NOISE = -1


def with_records(lake: Lake, study: Study) -> Study:
    """The study with its generator and calibration stored and named by whole ids; as it is if a simulator draws.

    Raises
    ------
    StudyError
        If they do not belong together.
    """
    if study.trust is None:
        return study
    generator_id = stored_generator(lake, study.engines["manufacture"].inputs[GENERATOR])
    trust = replace(study.trust, errors=stored_errors(lake, study.trust.errors, generator_id))
    return replace(with_generator(study, generator_id), trust=trust)


def with_generator(study: Study, generator_id: str) -> Study:
    """The study with another generator to draw its cubes."""
    engine = replace(study.engines["manufacture"], inputs={GENERATOR: generator_id})
    return replace(study, engines={**study.engines, "manufacture": engine})


def with_oracle(study: Study, trust: Trust) -> Study:
    """The study with the simulator to draw its cubes, whose voxels are kept: a generator learns from them."""
    oracle = Engine("manufacture", trust.oracle)
    return replace(study, engines={**study.engines, "manufacture": oracle}, keep_voxels=True, trust=None)


def foresee(address: str, study: Study, design_id: str) -> Foreseen:
    """How far the study's generator is expected to be off for a design."""
    lake, trust = lake_at(address), study.trust
    assert trust is not None
    generator_id = study.engines["manufacture"].inputs[GENERATOR]
    try:
        transports = equal_noise(
            lake,
            study.engines["manufacture"],
            study.engines["characterise"],
            design_id=design_id,
            edge_voxels=study.resolution.edge_voxels,
            voxel_size_metre=study.resolution.voxel_size_metre,
            seed=study.seed,
        )
        predicted_id = lake.run(
            predict_errors,
            design=design_id,
            generator=generator_id,
            errors=trust.errors,
            transports=transports,
            generator_id=generator_id,
            errors_id=trust.errors,
            largest_error=trust.largest_error,
        ).id
    except StageFailedError as failure:
        return Foreseen(error=str(failure))
    return _told(lake, study, design_id, predicted_id)


def equal_noise(
    lake: Lake,
    engine: Engine,
    characterise: Engine,
    *,
    design_id: str,
    edge_voxels: int,
    voxel_size_metre: float,
    seed: int,
) -> list[str]:
    """Transports of small volumes of a design, one by each member, all of one seed; their voxels are dropped.

    Parameters
    ----------
    lake
        Holds the design and the generator that is the engine's input.
    engine, characterise
        What draws and what measures.
    design_id
        Of the recipe.
    edge_voxels
        Of each volume, at most `SPREAD_EDGE` are drawn.
    voxel_size_metre
        Of each volume [m].
    seed
        From which that of the noise follows.
    """
    generator = lake.get(engine.inputs[GENERATOR])
    assert isinstance(generator, Generator)
    drawn, found = [], []
    for member in range(len(excluded_by(generator))):
        one = replace(engine, parameters={**engine.parameters, "member": member})
        made = run_engine(
            lake,
            one,
            design=design_id,
            edge_voxels=min(SPREAD_EDGE, edge_voxels),
            voxel_size_metre=voxel_size_metre,
            seed=cube_seed(seed, design_id, _AT_EQUAL_NOISE),
        )
        drawn.append(made)
        found.append(run_engine(lake, characterise, microstructure=made))
    drop_present(lake, drawn, METRICS_STORED)
    return found


def learn(lake: Lake, study: Study, volumes: TrainingVolumes, progress: Progress) -> str:
    """The id of the study's generator fine-tuned on volumes that it was blind to, besides those it was trained on."""
    assert study.trust is not None
    generator_id = study.engines["manufacture"].inputs[GENERATOR]
    generator = lake.get(generator_id)
    assert isinstance(generator, Generator)
    before = training_volumes(lake, generator, study.trust.training, progress)
    extended = TrainingVolumes(
        (*before.volume_ids, *volumes.volume_ids), (*before.design_ids, *volumes.design_ids), generator.snapshot_id
    )
    phases, steps = len(generator.phase_names) - 1, study.trust.tuning_steps
    plan = TrainingPlan(
        seed=study.seed, member_count=len(excluded_by(generator)), trunk_steps=(), member_steps=(steps,) * phases
    )
    return fine_tune_generator(lake, generator_id, extended, plan, progress)


def training_volumes(lake: Lake, generator: Generator, params: str, progress: Progress) -> TrainingVolumes:
    """What a generator was trained on; simulated again if the lake does not hold it.

    Raises
    ------
    StudyError
        If the simulation gives other volumes.
    """
    missing = [volume_id for volume_id in generator.trained_on if not is_stored(lake, volume_id)]
    if missing:
        plan = GeneratorPlan.load(params)
        made = simulate_volumes(lake, plan.simulation, seed=plan.training.seed, progress=progress)
        if not set(missing) <= set(made.volume_ids):
            raise StudyError(
                f"the lake does not hold {len(missing)} of the generator's {len(generator.trained_on)} training "
                f"volumes, and the simulation of {params} gives others. Name the file they came from in "
                "stages.manufacture.parameters.training, or use the lake that the generator was trained in."
            )
    designs = tuple(origin_of(lake, volume_id) for volume_id in generator.trained_on)
    return TrainingVolumes(generator.trained_on, designs if all(designs) else ())


def proposal(design: Design, study: Study) -> str:
    """The command that simulates a design, so that a generator can learn from it."""
    return (
        f"ragone generate --active-material-weight-fraction {design.active_material_weight_fraction:.6g} "
        f"--porosity {design.porosity:.6g} --binder-adhesion {design.binder_adhesion:.6g} "
        f"--edge {study.resolution.edge_voxels} --simulate"
    )


def _told(lake: Lake, study: Study, design_id: str, predicted_id: str) -> Foreseen:
    trust, design, predicted = study.trust, lake.get(design_id), lake.get(predicted_id)
    generator = lake.get(study.engines["manufacture"].inputs[GENERATOR])
    errors = lake.get(predicted.errors_id) if isinstance(predicted, PredictedErrors) else None
    assert trust is not None
    assert isinstance(design, Design)
    assert isinstance(predicted, PredictedErrors)
    assert isinstance(generator, Generator)
    assert isinstance(errors, GeneratorErrors)
    seen = generator.training_conditions
    where = statement(
        place(predicted.condition, seen),
        predicted.condition,
        seen,
        predicted.condition_names,
        errors.blind_distance,
    )
    return Foreseen(
        predicted_id=predicted_id,
        blind=predicted.blind,
        statement=where,
        largest_error=float(predicted.relative_standard_error.max()),
        simulated=predicted.blind and trust.when_blind == SIMULATE,
        proposal=proposal(design, study) if predicted.blind else "",
    )
