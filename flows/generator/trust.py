"""What is done about the errors of a generator that draws a study's cubes, and where its records come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dataset import Lake
from flows.engines import DEFAULT, GENERATOR
from flows.errors import StudyError
from flows.parameter_files.parameters import Section
from models.generator.shipped import PLAN, default_errors, default_generator
from schemas import Generator, GeneratorErrors
from schemas.field import Bounds

FLAG, SIMULATE = "flag", "simulate"
TRUST_KEYS = ("errors", "when_blind", "oracle", "largest_error", "training", "tuning_steps")
SPREAD_EDGE = 64  # voxels: of the small volumes by which members are compared

_MOST_STEPS = 10**6


@dataclass(frozen=True)
class Trust:
    """How far a generator is trusted.

    `errors` names the record of how far it was off; `when_blind` what is done with a design that it has not seen the
    like of: `flag` says so, `simulate` has the `oracle` draw it and goes on with the generator fine-tuned on that,
    `tuning_steps` for each network. A relative error expected beyond `largest_error` counts as blind. `training` is
    the file whose simulation gives the training volumes again, where the lake does not hold them.
    """

    errors: str = DEFAULT
    when_blind: str = FLAG
    oracle: str = "particle_packing"
    largest_error: float = 0.25
    training: str = str(PLAN)
    tuning_steps: int = 200

    @classmethod
    def read(cls, section: Section, engines: Sequence[str]) -> Trust:
        """From the parameters of the engine.

        Raises
        ------
        StudyError
            For anything that cannot be used, named by its path.
        """
        plain = cls()
        largest = plain.largest_error
        if section.has("largest_error"):
            largest = section.quantity("largest_error", "1", Bounds(low=0, low_open=True))
        return cls(
            errors=section.text("errors", plain.errors),
            when_blind=section.choice("when_blind", (FLAG, SIMULATE), plain.when_blind),
            oracle=section.choice("oracle", [name for name in engines if name != GENERATOR], plain.oracle),
            largest_error=largest,
            training=section.text("training", plain.training),
            tuning_steps=section.integer("tuning_steps", 1, _MOST_STEPS, plain.tuning_steps),
        )

    def definition(self) -> dict[str, Any]:
        """As plain data, for the record of a campaign."""
        return {name: value for name, value in asdict(self).items() if name != "training"}


def stored_generator(lake: Lake, name: str) -> str:
    """The whole id of a generator; `default` stores the one that comes with Ragone.

    Raises
    ------
    StudyError
        If it is another kind of record.
    """
    found = lake.put(default_generator()) if name == DEFAULT else lake.resolve(name)
    if not isinstance(lake.get(found), Generator):
        raise StudyError(f"{found} is not a generator. Find one with: ragone query 'SELECT id FROM generators'")
    return found


def stored_errors(lake: Lake, name: str, generator_id: str) -> str:
    """The whole id of a calibration of that generator; `default` stores the one that comes with Ragone.

    Raises
    ------
    StudyError
        If it is another kind of record, or of another generator.
    """
    found = lake.put(default_errors()) if name == DEFAULT else lake.resolve(name)
    errors = lake.get(found)
    if not isinstance(errors, GeneratorErrors):
        raise StudyError(f"{found} is no calibration. Make one with: ragone calibrate-generator {generator_id[:24]}")
    if errors.generator_id != generator_id:
        raise StudyError(
            f"errors = {found[:30]} are those of {errors.generator_id[:24]}, but {generator_id[:24]} draws. "
            f"Make its own with: ragone calibrate-generator {generator_id[:24]}"
        )
    return found
