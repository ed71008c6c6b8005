"""Which materials is an electrode made of? Those that its volumes were drawn and measured with.

One record goes with an electrode from its drawing to its cell. In lakes of earlier versions the properties stand among
the parameters of the runs that drew and measured. What nothing says is stated by the user who builds the cell, or taken
from elsewhere. Two values of one property are refused, for one of them would be wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from ragone.dataset import Edge, Lake
from ragone.flows.errors import MaterialsError
from ragone.flows.parameter_files.fields import read_fields, settings_of
from ragone.pipelines.cell.catalogue import NAMED_MATERIALS
from ragone.schemas import Materials, Microstructure, Record, Run, Transport
from ragone.schemas.materials import NMC_811

_DRAWN = (  # what decides where a voxel is solid; the rest enters when it is measured
    "active_material_density_kilogram_per_cubic_metre",
    "carbon_binder_density_kilogram_per_cubic_metre",
    "carbon_binder_nanoporosity",
)
_ELECTRONIC = ("active_material_conductivity_siemens_per_metre", "carbon_binder_conductivity_siemens_per_metre")
_MEASURED = (*_ELECTRONIC, "carbon_binder_ionic_conductivity_share")
_UNCERTAIN = tuple(name for name in Materials.fields() if name.endswith("_uncertainty_factor"))
_NAMES = (*_DRAWN, *_MEASURED, *_UNCERTAIN, "active_material")
_OF_VOXELS = tuple(f"{kind.kind}-" for kind in (Microstructure, Transport))
UNNAMED = "not named"
_SAME = 1e-9  # relative difference of what was rounded by a conversion of units


@dataclass(frozen=True)
class Said:
    """A property, its value, who says so, for messages, and the stored record that was named, if one was."""

    name: str
    value: Any
    by: str
    record: Materials | None = None

    def __str__(self) -> str:
        unit = "" if self.value is None else Materials.fields()[self.name].unit
        value = f"{self.value:.9g} [{'-' if unit == '1' else unit}]" if unit else self.value
        return f"{self.name} = {value} by {self.by}"


@dataclass(frozen=True)
class StatedMaterials:
    """Materials as somebody states them: all that a stored record says, and single properties."""

    stored: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, words: Sequence[str]) -> Self:
        """Words such as ``active_material_density=3600 kg/m^3``, and the id or name of a record, which have no ``=``.

        Raises
        ------
        MaterialsError
            If there are two ids.
        UnknownFieldError, ParameterError, UnitError, BoundsError
            If a property is not known, given twice, or cannot be read.
        """
        ids = [word for word in words if not {"=", " "} & set(word.strip())]
        if len(ids) > 1:
            raise MaterialsError(f"{' and '.join(ids)} are two materials. Leave one out.")
        known = [one.short for one in Materials.parameters().values()]
        values = read_fields(Materials, settings_of([word for word in words if word not in ids], known))
        return cls("".join(ids), values)

    def said(self, lake: Lake) -> tuple[Said, ...]:
        """Property by property."""
        named = NAMED_MATERIALS.get(self.stored)
        stored = named or (lake.get(self.stored, Materials) if self.stored else None)
        given = [Said(name, value, "what is given") for name, value in self.values.items()]
        of_record = _all_of(stored, f"{stored.id}, which is given") if stored else ()
        return (*(replace(each, record=stored) for each in of_record), *given)


def materials_of(
    lake: Lake, subject: Transport | Microstructure, stated: Iterable[Said] = (), otherwise: Materials | None = None
) -> Materials:
    """The materials that a volume, or its metrics, are of; a record that the lake may not hold yet.

    Parameters
    ----------
    lake
        Where the subject is.
    subject
        A volume, or a transport: measured, or averaged over several.
    stated
        Properties that somebody names.
    otherwise
        Gives what neither history nor words say.

    Raises
    ------
    MaterialsError
        If a property has two values, or none.
    """
    history, known = _history(lake, subject), [*_solved(subject), *stated]
    records = {each.record.id: each.record for ways in history for each in ways if each.record is not None}
    if not records:
        said = _agreed([one for ways in history for each in ways for one in each.said] + known)
        return materials_from(said.values(), otherwise, subject.id)
    conflicts = {
        name: _conflict(_all_of(record, f"{name}, the materials of {subject.id}"), history, known)
        for name, record in records.items()
    }
    fitting = [records[name] for name, conflict in conflicts.items() if not conflict]
    if not fitting:
        raise MaterialsError(next(iter(conflicts.values())))
    if any(_difference(_all_of(fitting[0], ""), _all_of(other, "")) for other in fitting[1:]):
        raise MaterialsError(
            f"{subject.id} was made with several materials, which make it the same: "
            f"{', '.join(record.id for record in fitting)}. Name one of them with --materials."
        )
    return fitting[0]


def materials_of_volume(lake: Lake, volume: Microstructure, stated: Sequence[Said] = ()) -> Materials:
    """The materials to measure a volume with, stored: those that it was drawn with.

    Of an imported one they are those stated; else those that it was measured with before; else NMC 811 is assumed.

    Raises
    ------
    MaterialsError
        If it was drawn with others than stated, or drawn or measured with several of which none is stated.
    """
    drawn = any(way.said for ways in _history(lake, volume) for way in ways)
    made = {edge.child for edge in lake.lineage(volume.id).children_of(volume.id)}
    measured = [] if drawn or stated else [lake.get(n, Transport) for n in sorted(made) if n.startswith(_OF_VOXELS[1])]
    found = [materials_of(lake, transport, (), NMC_811) for transport in measured]
    if any(_difference(_all_of(found[0], ""), _all_of(other, "")) for other in found[1:]):
        names = ", ".join(dict.fromkeys(each.id for each in found))
        raise MaterialsError(f"{volume.id} was measured with several materials: {names}. Name one with --materials.")
    materials = found[0] if found else materials_of(lake, volume, stated, NMC_811)
    lake.put(materials, note=f"{'stated for' if stated else 'of'} {volume.id}")
    return materials


def materials_from(said: Iterable[Said], otherwise: Materials | None, subject: str) -> Materials:
    """Materials of which some properties are said, the rest those of another record; that itself where nothing differs.

    Raises
    ------
    MaterialsError
        If there is no other record, and a density is missing.
    """
    values, named = {}, otherwise
    for each in said:
        values[each.name], named = each.value, each.record or named
    if named is None:
        missing = [name for name in _DRAWN[:2] if name not in values]
        if missing:
            raise MaterialsError(
                f"nothing says which {' and '.join(missing)} the electrode of {subject} has. State them, for example "
                "active_material_density='2260 kg/m^3'."
            )
        return Materials.build({"active_material": UNNAMED, **values, "sources": _sources(values)})
    base = next((known for known in (named, NMC_811) if not _differing(values, known)), named)
    changed = _differing(values, base)
    if not changed:
        return base
    unnamed = {"active_material": UNNAMED} if _DRAWN[0] in changed else {}
    return replace(base, **(unnamed | changed), sources={**base.sources, **_sources(changed)})


def _differing(values: Mapping[str, Any], record: Materials) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not _same(value, getattr(record, name))}


def _sources(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: "stated, or recorded when the electrode was drawn and measured" for name in values if name in _NAMES}


@dataclass(frozen=True)
class _Way:
    """One way in which something was made: what is said of its materials, and their record if there is one."""

    said: tuple[Said, ...]
    record: Materials | None = None


def _conflict(own: Sequence[Said], history: Iterable[Sequence[_Way]], known: Sequence[Said]) -> str:
    """Explain why materials contradict an electrode: no way in which a part of it was made has them; else empty."""
    for ways in history:
        differences = [_difference(own, way.said) for way in ways]
        if differences and all(differences):
            return differences[0]
    return _difference(own, known)


def _difference(own: Iterable[Said], others: Iterable[Said]) -> str:
    """The first property that is said to have two values, for messages; empty if there is none."""
    by_name = {each.name: each for each in own}
    for other in others:
        first = by_name.setdefault(other.name, other)
        if not _same(first.value, other.value):
            return (
                f"{first}, but {other}. An electrode has one set of materials from drawing to cell: leave out what is "
                "given, or draw and measure it anew with the materials that are meant."
            )
    return ""


def _agreed(said: Sequence[Said]) -> dict[str, Said]:
    """The value of each property on which all sources agree."""
    difference = _difference((), said)
    if difference:
        raise MaterialsError(difference)
    return {each.name: each for each in reversed(said)}


def _same(one: Any, other: Any) -> bool:
    return one == other if isinstance(one, str) or None in (one, other) else math.isclose(one, other, rel_tol=_SAME)


def _history(lake: Lake, subject: Record) -> list[list[_Way]]:
    """The ways in which it, and each volume and transport that it is made of, was made; the nearest first."""
    lineage, line, history = lake.lineage(subject.id), [subject.id], []
    for name in line:
        edges = lineage.parents_of(name)
        history.append([_way(lake, name, run_id, edges) for run_id in dict.fromkeys(edge.run_id for edge in edges)])
        line += dict.fromkeys(e.parent for e in edges if e.parent.startswith(_OF_VOXELS) and e.parent not in line)
    return history


def _way(lake: Lake, subject: str, run_id: str, edges: Iterable[Edge]) -> _Way:
    """The materials that one run names: the record that it was given, or its parameters."""
    kind = f"{Materials.kind}-"
    name = next((edge.parent for edge in edges if edge.run_id == run_id and edge.parent.startswith(kind)), "")
    if name:
        record, drawn = lake.get(name, Materials), subject.startswith(f"{Microstructure.kind}-")
        return _Way(_all_of(record, f"{name}, the materials of {subject}", _DRAWN if drawn else _NAMES[:-1]), record)
    parameters = lake.get(run_id, Run).parameters
    by = f"{run_id}, which made {subject}"
    return _Way(tuple(Said(key, value, by) for key, value in parameters.items() if key in _DRAWN + _MEASURED))


def _solved(subject: Record) -> Iterator[Said]:
    """The conductivities that the metrics hold for; those of electrons are 0 where the metrics are assumed."""
    entered = {name: getattr(subject, name, 0.0) for name in _MEASURED}
    if any(entered[name] for name in _ELECTRONIC):
        yield from (Said(name, value, subject.id) for name, value in entered.items())


def _all_of(record: Materials, by: str, names: Iterable[str] = _NAMES) -> tuple[Said, ...]:
    return tuple(Said(name, getattr(record, name), by) for name in names)
