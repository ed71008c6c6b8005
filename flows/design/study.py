"""What is to be studied: space, objective, budget, resolution, engines.

Read from a parameter file and checked before anything runs. Every value is converted to the unit of the record that it
enters; bounds are the schema's own. The `definition` is what decides the results; storage and executor decide only how
they are obtained and are not part of it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.design.sampling import read_cubes
from flows.engines import ENGINES, GENERATOR, Engine, choose_engine, default_engine_name
from flows.errors import StudyError
from flows.generator.trust import TRUST_KEYS, Trust
from flows.parameter_files.parameters import Section, changed, read_yaml
from flows.running.execution import EXECUTORS, Execution
from pipelines.characterise.representativity import Target
from pipelines.kpi.delivered import UNITS as KPI_UNITS
from schemas import Design, Microstructure
from schemas.field import POSITIVE

# How a discharge may be run: the engine's parameter, its unit, and the engine that takes it if none is named.
OPERATIONS = {
    "power": ("power_watt", "W", "constant_power"),
    "rate": ("rate_per_hour", "1/h", "constant_current"),
}

_SPACE_KEYS = {name.removesuffix("_kilogram_per_square_metre"): name for name in Design.fields()}
_LARGEST = 10**6
_LARGEST_SEED = 2**32 - 1
_SMALLEST_EDGE, _LARGEST_EDGE = 8, 2048


@dataclass(frozen=True)
class Objective:
    """The KPI to optimise, and how its discharge is run: the engine's parameter for it, and its value.

    `power_watt` is the power of the whole cell [W]; `rate_per_hour` the current over its nominal capacity [1/h].
    """

    kpi: str
    maximise: bool
    operation: Mapping[str, float]

    def definition(self) -> dict[str, Any]:
        """As plain data, for the record of a campaign."""
        return {"kpi": self.kpi, "maximise": self.maximise, **self.operation}


@dataclass(frozen=True)
class Budget:
    """Designs drawn evenly at first, designs in all, and designs suggested at a time."""

    initial: int
    total: int
    batch: int


@dataclass(frozen=True)
class Resolution:
    """Voxels along an edge, their size [m], and cubes per design: all of them, or until the target is met."""

    edge_voxels: int
    voxel_size_metre: float
    cubes: int
    target: Target | None = None

    @property
    def first_cubes(self) -> int:
        """Cubes of a design that are measured before anything is known of it."""
        return self.cubes if self.target is None else self.target.least

    def definition(self) -> dict[str, Any]:
        """As plain data, for the record of a campaign."""
        cubes = self.cubes if self.target is None else vars(self.target).copy()
        return {"edge_voxels": self.edge_voxels, "voxel_size_metre": self.voxel_size_metre, "cubes": cubes}


@dataclass(frozen=True)
class Study:
    """A study; `space` maps a design field to its low and high in the field's unit, `engines` a part to its engine.

    `trust` says what is done about a generator's errors; None if a simulator draws.
    """

    name: str
    seed: int
    space: Mapping[str, tuple[float, float]]
    objective: Objective
    budget: Budget
    resolution: Resolution
    engines: Mapping[str, Engine]
    keep_voxels: bool = False
    execution: Execution = field(default_factory=Execution)
    trust: Trust | None = None

    @classmethod
    def load(cls, path: str | Path, changes: Sequence[str] = ()) -> Study:
        """Read a study from a parameter file; changes such as ``objective.power=10 W`` replace values below study.

        Raises
        ------
        StudyError
            For anything in the file that cannot be used, named by its path.
        """
        return cls.read(changed(read_yaml(path), [f"study.{change}" for change in changes]))

    @classmethod
    def read(cls, content: Any) -> Study:
        """Read a study from the content of a parameter file."""
        keys = ("name", "seed", "space", "objective", "budget", "resolution", "stages", "storage", "executor")
        root = Section(content, "", ["study"]).section("study", keys)
        space, objective = _space(root), _objective(root)
        budget, resolution = _budget(root, space), _resolution(root)
        return cls(
            name=root.text("name"),
            seed=root.integer("seed", 0, _LARGEST_SEED),
            space=space,
            objective=objective,
            budget=budget,
            resolution=resolution,
            engines=_engines(root, _given(space, objective, resolution)),
            keep_voxels=root.section("storage", ["keep_voxels"], {}).flag("keep_voxels", False),
            execution=_execution(root),
            trust=_trust(root),
        )

    def definition(self) -> dict[str, Any]:
        """What decides the results, as plain data in the units of the records."""
        return {
            "name": self.name,
            "seed": self.seed,
            "space": {name: list(bounds) for name, bounds in sorted(self.space.items())},
            "objective": self.objective.definition(),
            "budget": vars(self.budget).copy(),
            "resolution": self.resolution.definition(),
            "stages": {part: engine.definition() for part, engine in sorted(self.engines.items())},
            **({} if self.trust is None else {"trust": self.trust.definition()}),
        }


def _space(root: Section) -> dict[str, tuple[float, float]]:
    section = root.section("space", _SPACE_KEYS)
    return {field_name: _range(section, key, field_name) for key, field_name in _SPACE_KEYS.items()}


def _range(section: Section, key: str, field_name: str) -> tuple[float, float]:
    """Low and high of one field; a single value fixes it."""
    spec = Design.fields()[field_name]
    if not isinstance(section.raw(key), Mapping):
        value = section.quantity(key, spec.unit, spec.bounds)
        return value, value
    ends = section.section(key, ["low", "high"])
    low, high = (ends.quantity(end, spec.unit, spec.bounds) for end in ("low", "high"))
    if low > high:
        raise StudyError(f"{ends.path}: low = {ends.raw('low')!r} is above high = {ends.raw('high')!r}. Exchange them.")
    return low, high


def _objective(root: Section) -> Objective:
    section = root.section("objective", ["kpi", "maximise", *OPERATIONS])
    given = [name for name in OPERATIONS if section.has(name)]
    if len(given) != 1:
        raise StudyError(
            f"{section.path} gives {' and '.join(given) or 'neither power nor rate'}. Give one of them: "
            "power of the whole cell ('power: 40 W'), or current over its nominal capacity ('rate: 1 1/h' for 1C)."
        )
    parameter, unit, _ = OPERATIONS[given[0]]
    value = section.quantity(given[0], unit, POSITIVE)
    return Objective(section.choice("kpi", KPI_UNITS), section.flag("maximise", True), {parameter: value})


def _budget(root: Section, space: Mapping[str, tuple[float, float]]) -> Budget:
    section = root.section("budget", ["initial", "total", "batch"])
    initial = section.integer("initial", 1, _LARGEST)
    total = section.integer("total", initial, _LARGEST)
    if total > 1 and all(low == high for low, high in space.values()):
        raise StudyError(
            f"{section.at('total')} = {total}, but every field of the space is fixed, so that there is one design. "
            "Set initial and total to 1, or give a field a low and a high."
        )
    return Budget(initial, total, section.integer("batch", 1, _LARGEST, 1))


def _resolution(root: Section) -> Resolution:
    section = root.section("resolution", ["edge_voxels", "voxel_size", "cubes"])
    bounds = Microstructure.fields()["voxel_edges_metre"].bounds
    return Resolution(
        section.integer("edge_voxels", _SMALLEST_EDGE, _LARGEST_EDGE),
        section.quantity("voxel_size", "m", bounds),
        *read_cubes(section),
    )


def _given(
    space: Mapping[str, tuple[float, float]], objective: Objective, resolution: Resolution
) -> dict[str, dict[str, Any]]:
    """What the flow itself gives to the engine of each part, so that a study cannot set it twice."""
    loading = "mass_loading_kilogram_per_square_metre"
    suggestion = {"space": dict(space), "count": 1, "maximise": objective.maximise}
    return {
        "manufacture": {
            "edge_voxels": resolution.edge_voxels,
            "voxel_size_metre": resolution.voxel_size_metre,
        },
        "cell": {loading: space[loading][0], "varied": ""},
        "discharge": dict(objective.operation),
        "kpi": {"sample_count": resolution.cubes},
        "start": suggestion,
        "suggest": suggestion,
    }


def _engines(root: Section, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Engine]:
    stages = root.section("stages", ENGINES, {})
    engines = {}
    for part in ENGINES:
        section = stages.section(part, ["engine", "parameters"], {})
        parameters = section.raw("parameters", {})
        if not isinstance(parameters, Mapping):
            raise StudyError(f"{section.path}.parameters must be a map of parameters of the engine.")
        name = section.text("engine", _default_engine(part, given))
        if (part, name) == ("manufacture", GENERATOR):
            parameters = {n: v for n, v in parameters.items() if n not in TRUST_KEYS}
        engines[part] = choose_engine(part, name, parameters, given=given.get(part, {}), path=section.path)
    return engines


def _trust(root: Section) -> Trust | None:
    """What is done about a generator's errors, written among the parameters of the engine."""
    section = root.section("stages", ENGINES, {}).section("manufacture", ["engine", "parameters"], {})
    if section.raw("engine", "") != GENERATOR:
        return None
    parameters = section.raw("parameters", {})
    given = {n: v for n, v in parameters.items() if n in TRUST_KEYS}
    return Trust.read(Section(given, section.at("parameters"), TRUST_KEYS), list(ENGINES["manufacture"]))


def _default_engine(part: str, given: Mapping[str, Mapping[str, Any]]) -> str:
    """The first engine of a part; of the discharge the one that takes the operation wanted."""
    if part != "discharge":
        return default_engine_name(part)
    return next(engine for parameter, _, engine in OPERATIONS.values() if parameter in given[part])


def _execution(root: Section) -> Execution:
    section = root.section("executor", ["kind", "workers", "address"], {})
    return Execution(
        section.choice("kind", EXECUTORS, "serial"),
        section.integer("workers", 1, 4096, os.cpu_count() or 1),
        section.text("address", ""),
    )
