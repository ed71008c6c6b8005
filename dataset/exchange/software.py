"""Which software is behind each stage, in which version, and how is it cited?

The names and versions are those that the runs recorded: the libraries that a stage declares, from its code; Ragone and
Python from the environment. Nothing is read from the installation that exports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ragone.dataset.errors import DroppedError
from ragone.dataset.exchange.citations import ADDRESSES, PARAMETER_SETS, SOFTWARE, Work
from ragone.dataset.exchange.selection import Selection
from ragone.schemas.provenance import Code, Environment

RAGONE, PYTHON = "ragone", "Python"
_NAMING = ("parameter_set", "negative_parameter_set", "electrolyte", "separator")  # fields of designs and cells


@dataclass(frozen=True, slots=True)
class Software:
    """A distribution in one version, the stages that declare it, and the works to cite."""

    name: str
    version: str
    stages: tuple[str, ...]
    works: tuple[Work, ...] = ()

    @property
    def address(self) -> str:
        """The address of its home page; of what is not listed its page in the Python Package Index."""
        if self.name == PYTHON:
            return "https://www.python.org"
        return ADDRESSES.get(self.name, f"https://pypi.org/project/{quote(self.name, safe='')}/")


def software_of(selection: Selection) -> tuple[Software, ...]:
    """Return the software behind a selection: Ragone and Python first, then libraries by name and version."""
    stages: dict[tuple[str, str], set[str]] = {}
    for named, stage in _declared(selection):
        stages.setdefault(named, set()).add(stage)
    first = {RAGONE: 0, PYTHON: 1}
    ordered = sorted(stages, key=lambda named: (first.get(named[0], 2), named))
    return tuple(
        Software(name, version, tuple(sorted(stages[name, version])), SOFTWARE.get(name, ()))
        for name, version in ordered
    )


def parameter_sets_of(selection: Selection) -> tuple[Work, ...]:
    """Return the works that parameter sets and electrolytes of a selection's cells are from, in order of their keys."""
    names = set()
    for artifact in (*selection.of_kind("cell_design"), *selection.of_kind("cell_parameters")):
        try:
            names |= {getattr(selection.get(artifact.id), field, "") for field in _NAMING}
        except DroppedError:
            continue
    works = {work.key: work for name in names & PARAMETER_SETS.keys() for work in PARAMETER_SETS[name]}
    return tuple(works[key] for key in sorted(works))


def _declared(selection: Selection) -> Iterator[tuple[tuple[str, str], str]]:
    """Name and version, and a stage that used them."""
    used = {(name, run.stage) for _, run in selection.runs for name in (run.environment_id, run.code_id) if name}
    for name, stage in sorted(used):
        record = selection.get(name)
        if isinstance(record, Environment):
            yield (PYTHON, record.python), stage
            if RAGONE in (packages := _names(record.packages)):
                yield (RAGONE, packages[RAGONE]), stage
        if isinstance(record, Code):
            yield from ((named, stage) for named in _names(record.libraries).items())


def _names(found: Any) -> dict[str, str]:
    """Names and versions of a document; none if a stranger wrote something else."""
    return {name: str(version) for name, version in found.items()} if isinstance(found, dict) else {}
