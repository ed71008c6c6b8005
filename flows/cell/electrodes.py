"""Which measured electrode does an id lead to? A transport, or the best one made of a microstructure or a recipe.

A candidate of an optimiser and a design of an earlier version say a recipe, and something of the cell around it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ragone.dataset import Lake
from ragone.flows.electrode.materials import Said, materials_from, materials_of
from ragone.flows.errors import CellError, MaterialsError
from ragone.pipelines.cell import ideal_transport
from ragone.pipelines.characterise import average_with_bruggeman
from ragone.schemas import Candidate, CellDesign, Design, Materials, Microstructure, Recipe, Record, Transport

_ASSUMED = (ideal_transport.short, average_with_bruggeman.short, "perturb")  # no measurements, though of this kind
_KINDS = tuple(f"{kind.kind}-" for kind in (Microstructure, Transport))


@dataclass(frozen=True)
class Electrode:
    """The metrics that a cell is built of, and the materials that they belong to."""

    transport: Transport
    materials: Materials


@dataclass(frozen=True)
class Subject:
    """The facts that an id gives of an electrode: its recipe, if any, and fields of cell design and materials."""

    record: Record
    recipe: Recipe | None = None
    design: Mapping[str, Any] = field(default_factory=dict)
    materials: tuple[Said, ...] = ()


def subject_of(record: Record) -> Subject:
    """Return the facts that a stored record gives of an electrode.

    Raises
    ------
    CellError
        If it is no electrode.
    """
    if isinstance(record, Recipe):
        return Subject(record, record)
    if isinstance(record, Design):
        fields = {name: getattr(record, name) for name in Design.fields()}
        design = {name: fields.pop(name) for name in CellDesign.fields() if name in fields}
        return Subject(record, Recipe.build(fields), design)
    if isinstance(record, Candidate):
        said = [Said(name, value, record.id) for name, value in _values(record, "materials").items()]
        return Subject(record, Recipe.build(_values(record, "recipe")), _values(record, "cell"), tuple(said))
    if isinstance(record, Microstructure | Transport):
        return Subject(record)
    raise CellError(f"{record.id} is no electrode. Name a transport, a microstructure, a recipe or a candidate.")


def measured_electrode(
    lake: Lake, subject: Subject, stated: Iterable[Said] = (), otherwise: Materials | None = None
) -> Electrode:
    """The electrode of a subject as measured: of several transports that over the most and largest volume elements.

    Parameters
    ----------
    lake
        Where it was measured.
    subject
        What it is.
    stated, otherwise
        Of its materials, as `materials_of` takes them.

    Raises
    ------
    CellError
        If it was not measured, or with several materials of which none is stated.
    MaterialsError
        If its materials are not known, or are others than stated.
    """
    stated = (*subject.materials, *stated)
    if isinstance(subject.record, Transport):
        return Electrode(subject.record, materials_of(lake, subject.record, stated, otherwise))
    found, refusals = list[Electrode](), list[MaterialsError]()
    for transport in _measured(lake, subject):
        try:
            found.append(Electrode(transport, materials_of(lake, transport, stated, otherwise)))
        except MaterialsError as refusal:
            refusals.append(refusal)
    if not found:
        raise (
            refusals[0]
            if refusals
            else CellError(
                f"no transport was measured of {subject.record.id}. Measure it (`ragone measure` of a microstructure, "
                "`ragone run` of a study), or let Bruggeman's relation assume it for a recipe (--ideal)."
            )
        )
    of = sorted({each.materials.id for each in found})
    if len(of) > 1:
        raise CellError(
            f"{subject.record.id} was measured with several materials, {', '.join(of)}. Name one of them with "
            "--materials, or a transport."
        )
    return max(found, key=lambda each: (each.transport.volume_element_count, each.transport.edge_voxels))


def assumed_electrode(
    lake: Lake, subject: Subject, stated: Iterable[Said] = (), otherwise: Materials | None = None
) -> Electrode:
    """The electrode of a recipe with the metrics that Bruggeman's relation assumes; stored.

    Raises
    ------
    CellError
        If the subject is no recipe.
    """
    if subject.recipe is None:
        raise CellError(f"{subject.record.id} is no recipe, so that no porosity is known to assume metrics of.")
    materials = materials_from((*subject.materials, *stated), otherwise, subject.record.id)
    run = lake.run(ideal_transport, recipe=lake.put(subject.recipe), materials=lake.put(materials))
    return Electrode(lake.get(run.id, Transport), materials)


def _values(candidate: Candidate, role: str) -> dict[str, Any]:
    """The values of a candidate below one role, by the name of the field."""
    paths = [path.partition(".") for path in candidate.values]
    return {name: candidate.values[f"{role}.{name}"] for of, _, name in paths if of == role}


def _measured(lake: Lake, subject: Subject) -> list[Transport]:
    """The transports measured of it and of its volumes; not what was made of those by learning or optimising."""
    said = dict.fromkeys(record.id for record in (subject.record, subject.recipe) if record is not None)
    line = [name for name in said if lake.holds(name)]
    edges = [edge for name in line for edge in lake.lineage(name).down]
    for name in line:
        made = [e for e in edges if e.parent == name and e.stage.rpartition(".")[2] not in _ASSUMED]
        line += dict.fromkeys(e.child for e in made if e.child.startswith(_KINDS) and e.child not in line)
    return [lake.get(name, Transport) for name in line if name.startswith(_KINDS[-1])]
