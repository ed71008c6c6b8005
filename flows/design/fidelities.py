"""Cheaper evaluations of a design, by which a study learns where those that it wants are worth their cost.

    fidelities:
      - {resolution.edge_voxels: 32, resolution.voxel_size: 0.8 um, cost: 0.05}
      - {resolution.volume_elements: 1}

What each leaves as it is, and all of them together leave open, is the target: the study's own resolution and steps. A
cost is in evaluations at the target; one that is not stated is measured: the median time that the designs of the start
took at each fidelity, over that at the target. What was found in the lake counts as it did when it was computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from ragone.dataset import Lake
from ragone.flows.design.chain import Chain
from ragone.flows.design.space import Space, Variable
from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.schemas import Candidate, Microstructure
from ragone.schemas.errors import did_you_mean
from ragone.schemas.field import Bounds
from ragone.schemas.parameter import Parameter, named

RESOLUTION = "resolution"
COST = "cost"
_SMALLEST_COST = 1e-3  # a measured one: a campaign of cheap evaluations alone would not end
_LARGEST = 10**6
_SECONDS = """
SELECT sum(epoch(ended - started)) AS seconds FROM runs
WHERE id IN (SELECT run_id FROM artifacts WHERE id IN (SELECT unnest($ids)))
"""

Row = tuple[str, tuple[str, ...]]  # id of a candidate, ids of its KPIs


@dataclass(frozen=True)
class Fidelities:
    """The values at the target by path, those of each cheaper fidelity, and their costs; None to be measured."""

    target: Mapping[str, Any]
    cheaper: tuple[Mapping[str, Any], ...]
    costs: tuple[float | None, ...]
    parameters: Mapping[str, Parameter]

    def space(self) -> Space:
        """The paths as variables that are fixed at the target."""
        return {path: Variable(path, self.parameters[path], value, value) for path, value in self.target.items()}

    def definition(self) -> list[dict[str, Any]]:
        """Return the cheaper ones as plain data, for the record of a campaign."""
        return [{"values": dict(v), COST: cost} for v, cost in zip(self.cheaper, self.costs, strict=True)]

    def given(self, costs: Sequence[float]) -> list[dict[str, Any]]:
        """All as the optimiser takes them, the target first."""
        return [{"values": dict(v), COST: cost} for v, cost in zip(self._all, costs, strict=True)]

    def number_of(self, candidate: Candidate) -> int:
        """The number of the fidelity of a candidate: 0 of the target, also where it says nothing, or something else."""
        found = {path: candidate.values.get(path, value) for path, value in self.target.items()}
        return self._all.index(found) if found in self._all else 0

    def costs_of(self, lake: Lake, start: Sequence[Row]) -> list[float]:
        """The cost of each, the target first, from the trials of the start where it is not stated."""
        stated = [1.0, *self.costs]
        if None not in stated:
            return [float(cost) for cost in stated if cost is not None]
        times: list[list[float]] = [[] for _ in self._all]
        for candidate_id, kpi_ids in start:
            if kpi_ids:
                times[self.number_of(lake.get(candidate_id, Candidate))].append(_seconds(lake, kpi_ids))
        whole = median(times[0]) if times[0] else 0.0
        return [cost if cost is not None else _ratio(own, whole) for cost, own in zip(stated, times, strict=True)]

    @property
    def _all(self) -> tuple[Mapping[str, Any], ...]:
        return (self.target, *self.cheaper)


def read_fidelities(root: Section, chain: Chain, resolution: Mapping[str, Any], space: Space) -> Fidelities | None:
    """The fidelities of a study; None without any.

    Parameters
    ----------
    root
        The study.
    chain
        Its steps.
    resolution
        Name to value at the target; of what cannot be a fidelity there is none.
    space
        What it varies.

    Raises
    ------
    StudyError
        For anything that cannot be used, named by its path.
    """
    if not root.has("fidelities"):
        return None
    sections = root.sections("fidelities", [*_paths_of(root), COST])
    if not sections:
        raise StudyError(f"{root.at('fidelities')} is empty. Name a cheaper fidelity, or leave it out.")
    known = _known(chain)
    read = [_values(section, known) for section in sections]
    parameters = {path: known[path] for values in read for path in values}
    target = {path: _at_target(root, path, chain, resolution, space, one) for path, one in parameters.items()}
    cheaper = tuple({**target, **values} for values in read)
    for number, (section, values) in enumerate(zip(sections, cheaper, strict=True)):
        if values in (target, *cheaper[:number]):
            raise StudyError(f"{section.path} is the study itself, or one that is given before. Leave it out.")
    return Fidelities(target, cheaper, tuple(_cost(section) for section in sections), parameters)


def _paths_of(root: Section) -> list[str]:
    """Every key of every fidelity: each is looked up with the stages at hand."""
    written = root.raw("fidelities")
    maps = [one for one in written if isinstance(one, Mapping)] if isinstance(written, list) else []
    return [str(key) for one in maps for key in one]


def _known(chain: Chain) -> dict[str, Parameter]:
    """The parameters that can be a fidelity, by path: the resolution, and parameters of steps."""
    edges = Microstructure.fields()["voxel_edges_metre"].bounds
    resolution = (
        Parameter("edge_voxels", int, bounds=Bounds(low=8, high=2048), doc="voxels along an edge"),
        Parameter("voxel_size_metre", float, "m", bounds=edges, doc="edge of a voxel"),
        Parameter("volume_elements", int, bounds=Bounds(low=1, high=_LARGEST), doc="volume elements of a recipe"),
    )
    found = {f"{RESOLUTION}.{one.name}": one for one in resolution}
    for step in chain:
        for name, parameter in step.stage.parameters.items():
            if f"{RESOLUTION}.{name}" not in found and name != "seed":
                found[f"{step.role}.{name}"] = parameter
    return found


def _values(section: Section, known: Mapping[str, Parameter]) -> dict[str, Any]:
    """The values of one fidelity by whole path."""
    found = {}
    for path in section:
        if path == COST:
            continue
        role, _, name = path.partition(".")
        own = {one.partition(".")[2]: each for one, each in known.items() if one.partition(".")[0] == role}
        parameter = named(own, name)
        if parameter is None:
            raise StudyError(f"{section.at(path)} is no parameter of a step: {did_you_mean(path, known)}")
        found[f"{role}.{parameter.name}"] = section.value(path, parameter)
    if not found:
        raise StudyError(f"{section.path} changes nothing. Name what is cheaper, such as resolution.edge_voxels: 32.")
    return found


def _at_target(
    root: Section, path: str, chain: Chain, resolution: Mapping[str, Any], space: Space, parameter: Parameter
) -> Any:
    """The value that the study itself has."""
    role, _, name = path.partition(".")
    if path in space:
        raise StudyError(f"{root.at('fidelities')}: {path} is in the space, too. Leave it out of one of them.")
    if role == RESOLUTION:
        if name not in resolution:
            raise StudyError(
                f"{root.at('fidelities')}: {path} is a fidelity, and the study takes as many as a target needs. Write "
                "a number in study.resolution.volume_elements."
            )
        return resolution[name]
    written = chain.step(role).parameters
    if name not in written and parameter.required:
        raise StudyError(f"study.steps.{role}.{parameter.short} is missing: the value at the target. Add it.")
    return written.get(name, parameter.default)


def _cost(section: Section) -> float | None:
    return section.quantity(COST, "1", Bounds(low=0, low_open=True, high=1)) if section.has(COST) else None


def _ratio(own: Sequence[float], whole: float) -> float:
    """The median time over that at the target; as costly as the target where either is not known."""
    return min(1.0, max(_SMALLEST_COST, median(own) / whole)) if own and whole else 1.0


def _seconds(lake: Lake, kpi_ids: Sequence[str]) -> float:
    """The time of all runs that the KPIs descend from, each once [s]."""
    ids = set(kpi_ids).union(*(lake.lineage(kpi_id).ancestors for kpi_id in kpi_ids))
    return float(lake.sql(_SECONDS, parameters={"ids": sorted(ids)})["seconds"].item() or 0.0)
