"""Which engine stands behind each part of the loop. Replacing a part is one line here, or one word in params.yaml.

An engine is a stage that follows the Protocol of its part in `schemas.protocols`. The first of each part is the
default. An engine may take further input records, which a study names among its parameters: an id, or `default`.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.errors import StudyError
from flows.parameter_files.parameters import read_quantity
from models.acquisition import suggest_by_expected_improvement, suggest_by_sobol
from models.generator import draw_microstructure
from pipelines.cell import (
    assemble_cell,
    assemble_half_cell,
    discharge_at_constant_current,
    discharge_at_constant_power,
)
from pipelines.characterise import (
    average_transport,
    average_with_bruggeman,
    characterise_with_taufactor,
    homogenise,
)
from pipelines.former.kpis import extract_kpis
from pipelines.manufacture import pack_particles
from schemas import Stage
from schemas.errors import RagoneError, did_you_mean
from schemas.field import Bounds
from schemas.stage import SEED

AnyStage = Stage[Any, Any]

GENERATOR = "generator"
DEFAULT = "default"

ENGINES: Mapping[str, dict[str, AnyStage]] = {
    "manufacture": {"particle_packing": pack_particles, GENERATOR: draw_microstructure},
    "characterise": {"homogenisation": homogenise, "taufactor": characterise_with_taufactor},
    "average": {"mean": average_transport, "bruggeman": average_with_bruggeman},
    "cell": {"sized_full_cell": assemble_cell, "half_cell": assemble_half_cell},
    "discharge": {"constant_power": discharge_at_constant_power, "constant_current": discharge_at_constant_current},
    "kpi": {"from_discharge": extract_kpis},
    "start": {"sobol": suggest_by_sobol},
    "suggest": {"expected_improvement": suggest_by_expected_improvement, "sobol": suggest_by_sobol},
}

_UNITS = {
    "_watt_per_square_metre_kelvin": "W/(m^2*K)",
    "_kelvin_per_second": "K/s",
    "_ampere_hour": "A*h",
    "_kilogram_per_cubic_metre": "kg/m^3",
    "_kilogram": "kg",
    "_cubic_metre": "m^3",
    "_kilogram_per_square_metre": "kg/m^2",
    "_square_metre": "m^2",
    "_siemens_per_metre": "S/m",
    "_per_metre": "1/m",
    "_metre": "m",
    "_per_hour": "1/h",
    "_second": "s",
    "_kelvin": "K",
    "_volt": "V",
    "_ampere": "A",
    "_watt": "W",
    "_ohm": "ohm",
}


@dataclass(frozen=True)
class Engine:
    """The engine chosen for a part, by name, the parameters that differ from its defaults, and its further inputs."""

    part: str
    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def stage(self) -> AnyStage:
        """The stage behind the name."""
        return ENGINES[self.part][self.name]

    def definition(self) -> dict[str, Any]:
        """As plain data, for the record of a campaign."""
        inputs = {"inputs": dict(self.inputs)} if self.inputs else {}
        return {"engine": self.name, "parameters": dict(self.parameters), **inputs}


def default_engine_name(part: str) -> str:
    """The first engine of a part."""
    return next(iter(ENGINES[part]))


def choose_engine(
    part: str, name: str, parameters: Mapping[str, Any], *, given: Mapping[str, Any], path: str
) -> Engine:
    """The engine of that name, its parameters checked as far as their names and types go.

    Parameters
    ----------
    part, name
        Which engine.
    parameters
        Those that differ from the engine's defaults, and the ids of its further inputs, by name.
        A text such as "5 um" is converted to the unit that the parameter's name ends in.
    given
        Those that the flow will give; a study must not set them.
    path
        Of the engine in the parameter file, for messages.

    Raises
    ------
    StudyError
        If the engine, or one of its parameters, is not known, or a value has the wrong type.
    """
    if name not in ENGINES[part]:
        raise StudyError(f"{path}.engine = {name!r} is not known: {did_you_mean(name, ENGINES[part])}")
    stage = ENGINES[part][name]
    further = _further_inputs(part, name)
    names = [*further, *_tunable(stage, given)]
    for parameter in parameters:
        if parameter not in names:
            hint = did_you_mean(str(parameter), names) if names else "the engine takes none; remove it."
            raise StudyError(f"{path}.parameters.{parameter} is not a parameter of engine {name!r}: {hint}")
    inputs = {n: _id(parameters.get(n, DEFAULT), f"{path}.parameters.{n}") for n in further}
    chosen = {n: v for n, v in parameters.items() if n not in further}
    values = {n: _converted(stage, n, v, f"{path}.parameters.{n}") for n, v in chosen.items()}
    try:
        stage.bind({**given, **values})
    except RagoneError as cause:
        raise StudyError(f"{path}.parameters: {cause}") from cause
    return Engine(part, name, values, inputs)


def _further_inputs(part: str, name: str) -> list[str]:
    """Input records that an engine needs and its part does not give it."""
    return [GENERATOR] if part == "manufacture" and GENERATOR in ENGINES[part][name].ports else []


def _id(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise StudyError(f"{path} = {value!r} must be the id of a record, or {DEFAULT!r}. Change it.")
    return value.strip()


def _converted(stage: AnyStage, name: str, value: Any, path: str) -> Any:
    """A number with a unit, in the unit that the parameter's name ends in; anything else as it is."""
    if not isinstance(value, str) or typing.get_type_hints(stage.function)[name] not in (float, float | None):
        return value
    return read_quantity(value, path, unit_of(name), Bounds())


def unit_of(parameter: str) -> str:
    """The unit that the name of a parameter ends in; "1" if in none."""
    return next((unit for ending, unit in _UNITS.items() if parameter.endswith(ending)), "1")


def _tunable(stage: AnyStage, given: Mapping[str, Any]) -> list[str]:
    """Names of the parameters that a study may set."""
    names = inspect.signature(stage.function).parameters
    return [n for n in names if n not in stage.ports and n not in given and n != SEED]
