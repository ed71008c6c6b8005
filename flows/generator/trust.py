"""What is done about the errors of a generator that draws volume elements, and where its records come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ragone.dataset import Lake
from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.models.generator.shipped import PLAN, default_errors, default_generator
from ragone.schemas import Generator, GeneratorErrors
from ragone.schemas.field import Bounds

DEFAULT = "default"
FLAG, SIMULATE = "flag", "simulate"
TRUST_KEYS = ("errors", "out_of_distribution", "simulator", "largest_error", "training", "tuning_steps")

_SIMULATOR = "pack_particles"
_MOST_STEPS = 10**6


@dataclass(frozen=True)
class Trust:
    """The extent to which a generator is trusted; the names are those of study files.

    `errors` names its calibration; `out_of_distribution` what is done with a recipe outside of its applicability
    domain: `flag` says so, `simulate` has the `simulator` draw it and continues with the generator fine-tuned on that,
    `tuning_steps` for each network. A recipe whose expected relative error is beyond `largest_error` is out of
    distribution too. `training` is the file whose simulation gives the training volumes again, where
    the lake does not hold them.
    """

    errors: str = DEFAULT
    out_of_distribution: str = FLAG
    simulator: str = _SIMULATOR
    largest_error: float = 0.25
    training: str = str(PLAN)
    tuning_steps: int = 200

    @classmethod
    def read(cls, section: Section, simulators: Sequence[str]) -> Trust:
        """Read the parameters of the step that draws.

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
            out_of_distribution=section.choice("out_of_distribution", (FLAG, SIMULATE), plain.out_of_distribution),
            simulator=section.choice("simulator", simulators, plain.simulator),
            largest_error=largest,
            training=section.text("training", plain.training),
            tuning_steps=section.integer("tuning_steps", 1, _MOST_STEPS, plain.tuning_steps),
        )

    def definition(self) -> dict[str, Any]:
        """Return plain data for the record of a campaign."""
        return {name: value for name, value in asdict(self).items() if name != "training"}


def stored_generator(lake: Lake, name: str) -> Generator:
    """Return a generator of the lake; `default` stores the one that comes with Ragone.

    Raises
    ------
    OtherKindError
        If the name is that of another kind of record.
    """
    return lake.get(lake.put(default_generator()) if name == DEFAULT else name, Generator)


def stored_errors(lake: Lake, name: str, generator: Generator) -> GeneratorErrors:
    """Return a calibration of that generator; `default` stores the one that comes with Ragone.

    Raises
    ------
    OtherKindError
        If the name is that of another kind of record.
    StudyError
        If it is one of another generator.
    """
    errors = lake.get(lake.put(default_errors()) if name == DEFAULT else name, GeneratorErrors)
    if errors.generator_id != generator.id:
        raise StudyError(
            f"errors = {errors.id[:30]} are those of {errors.generator_id[:24]}, but {generator.id[:24]} draws. "
            f"Make its own with: ragone generator calibrate {generator.id[:24]}"
        )
    return errors
