"""Which materials is an electrode made of? Those that its volumes were drawn and measured with.

One record goes with an electrode from its drawing to its cell. In lakes of earlier versions the properties stand among
the parameters of the runs that drew and measured. What nothing says is stated by whoever builds the cell, or taken
from elsewhere. Two values of one property are refused, for one of them would be wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from dataset import Edge, Lake
from flows.errors import MaterialsError
from flows.parameter_files.fields import read_fields, settings_of
from schemas import Materials, Microstructure, Run, Transport
from schemas.materials import NMC_811

_DRAWN = (  # what decides where a voxel is solid; the rest enters when it is measured
    "active_material_density_kilogram_per_cubic_metre",
    "carbon_binder_density_kilogram_per_cubic_metre",
    "carbon_binder_nanoporosity",
)
_MEASURED = (
    "active_material_conductivity_siemens_per_metre",
    "carbon_binder_conductivity_siemens_per_metre",
)
_NAMES = ("active_material", *_DRAWN, *_MEASURED)
UNNAMED = "not named"
_SAME = 1e-9  # relative difference of what was rounded by a conversion of units


@dataclass(frozen=True)
class Said:
    """A property, its value, and who says so, for messages."""

    name: str
    value: Any
    by: str

    def __str__(self) -> str:
        unit = Materials.fields()[self.name].unit
        value = f"{self.value:.9g} [{'-' if unit == '1' else unit}]" if unit else self.value
        return f"{self.name} = {value} by {self.by}"


@dataclass(frozen=True)
class StatedMaterials:
    """What somebody states of materials: all that a stored record says, and single properties."""

    stored: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, words: Sequence[str]) -> Self:
        """Words such as ``active_material_density=3600 kg/m^3``, and the id of a record, which has no ``=``.

        Raises
        ------
        MaterialsError
            If there are two ids.
        UnknownFieldError, ParameterError, UnitError, BoundsError
            If a property is not known, given twice, or cannot be read.
        """
        ids = [word for word in words if "=" not in word]
        if len(ids) > 1:
            raise MaterialsError(f"{' and '.join(ids)} are two materials. Leave one out.")
        values = read_fields(Materials, settings_of([word for word in words if "=" in word]))
        return cls("".join(ids), values)

    def said(self, lake: Lake) -> tuple[Said, ...]:
        """Property by property."""
        stored = lake.get(self.stored, Materials) if self.stored else None
        given = [Said(name, value, "what is given") for name, value in self.values.items()]
        return (*(_all_of(stored, f"{stored.id}, which is given") if stored else ()), *given)


def materials_of(
    lake: Lake, transport: Transport, stated: Iterable[Said] = (), otherwise: Materials | None = None
) -> Materials:
    """The materials that a transport is of; a record that the lake may not hold yet.

    Parameters
    ----------
    lake
        Where the transport is.
    transport
        Measured, or averaged over several.
    stated
        Properties that somebody names.
    otherwise
        Gives what neither history nor words say.

    Raises
    ------
    MaterialsError
        If a property has two values, or none.
    """
    edges = tuple(_made_of(lake, transport))
    recorded = _recorded(lake, edges)
    said = _agreed([*_history(lake, edges, recorded), *_solved(transport), *stated])
    first = recorded[0][1] if recorded else None
    if first is not None and all(getattr(first, name) == value for name, value in said.items()):
        return first
    return completed(said, otherwise, transport.id)


def completed(values: Mapping[str, Any], otherwise: Materials | None, subject: str) -> Materials:
    """Materials of some properties, the rest those of another record; that record itself where nothing differs.

    Raises
    ------
    MaterialsError
        If there is no other record, and a density is missing.
    """
    if otherwise is None:
        missing = [name for name in _DRAWN[:2] if name not in values]
        if missing:
            raise MaterialsError(
                f"nothing says which {' and '.join(missing)} the electrode of {subject} has. State them, for example "
                "active_material_density='2260 kg/m^3'."
            )
        return Materials.build({"active_material": UNNAMED, **values, "sources": _sources(values)})
    base = next((known for known in (otherwise, NMC_811) if not _differing(values, known)), otherwise)
    changed = _differing(values, base)
    if not changed:
        return base
    unnamed = {"active_material": UNNAMED} if _DRAWN[0] in changed else {}
    return replace(base, **(unnamed | changed), sources={**base.sources, **_sources(changed)})


def _differing(values: Mapping[str, Any], record: Materials) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not _same(value, getattr(record, name))}


def _sources(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: "stated, or recorded when the electrode was drawn and measured" for name in values if name in _NAMES}


def _agreed(said: Iterable[Said]) -> dict[str, Any]:
    """The first value that is said of each property, if nobody says otherwise."""
    found: dict[str, Said] = {}
    for each in said:
        first = found.setdefault(each.name, each)
        if not _same(first.value, each.value):
            raise MaterialsError(
                f"{first}, but {each}. An electrode has one set of materials from drawing to cell: leave out what is "
                "given, or draw and measure it anew with the materials that are meant."
            )
    return {name: each.value for name, each in found.items()}


def _same(one: Any, other: Any) -> bool:
    return one == other if isinstance(one, str) else math.isclose(one, other, rel_tol=_SAME)


def _history(lake: Lake, edges: Iterable[Edge], recorded: Iterable[tuple[str, Materials]]) -> Iterator[Said]:
    """What was recorded of the materials, the nearest first."""
    for subject, record in recorded:
        names = _DRAWN if subject.startswith(f"{Microstructure.kind}-") else _NAMES
        yield from _all_of(record, f"{record.id}, the materials of {subject}", names)
    for run_id, subject in dict.fromkeys((edge.run_id, edge.child) for edge in edges):
        parameters = lake.get(run_id, Run).parameters
        yield from (
            Said(name, value, f"{run_id}, which made {subject}") for name, value in parameters.items() if name in _NAMES
        )


def _solved(transport: Transport) -> Iterator[Said]:
    """The conductivities that the metrics hold for; they are 0 where the metrics are assumed."""
    for name in _MEASURED:
        if getattr(transport, name):
            yield Said(name, getattr(transport, name), transport.id)


def _recorded(lake: Lake, edges: Iterable[Edge]) -> list[tuple[str, Materials]]:
    """The materials that a transport and its volumes were made with, each with what it made."""
    return [(e.child, lake.get(e.parent, Materials)) for e in edges if e.parent.startswith(f"{Materials.kind}-")]


def _made_of(lake: Lake, transport: Transport) -> Iterator[Edge]:
    """The edges that lead from a transport up to its volumes; not those by which a generator learned."""
    lineage, line = lake.lineage(transport.id), [transport.id]
    for name in line:
        for edge in lineage.parents_of(name):
            yield edge
            if edge.parent.partition("-")[0] in (Transport.kind, Microstructure.kind) and edge.parent not in line:
                line.append(edge.parent)


def _all_of(record: Materials, by: str, names: Iterable[str] = _NAMES) -> tuple[Said, ...]:
    return tuple(Said(name, getattr(record, name), by) for name in names)
