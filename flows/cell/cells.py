"""A cell from whatever there is: a measured electrode, a recipe, a parameter set of PyBaMM, or a BPX file."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import Any

from dataset import Lake
from flows.engines import AnyStage, unit_of
from flows.errors import CellError
from flows.parameter_files.parameters import read_quantity
from pipelines.cell import (
    assemble_cell,
    assemble_half_cell,
    housing_of,
    ideal_transport,
    reference_cell,
    require_parameter_set,
)
from pipelines.files.bpx import BpxContent
from schemas import Design, Microstructure, Transport
from schemas.errors import did_you_mean
from schemas.field import Bounds

_LOADING = "mass_loading_kilogram_per_square_metre"


def build_cell(
    lake: Lake,
    subject_id: str = "",
    *,
    mass_loading: float | None = None,
    bpx: BpxContent | None = None,
    half_cell: bool = False,
    ideal: bool = False,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Build a cell, or find the one that was built before; its id.

    Parameters
    ----------
    lake
        Where everything is stored.
    subject_id
        A transport, or a design or microstructure whose transport is taken from the lake; empty for the own cell of
        the parameter set or BPX file.
    mass_loading
        Of one coated side [kg/m^2]; a design's own unless given.
    bpx
        Taken instead of a parameter set.
    half_cell
        Against lithium metal.
    ideal
        Of a design: take the metrics that Bruggeman's relation assumes, instead of measured ones.
    settings
        Further parameters of the stage, as text with their units.

    Raises
    ------
    CellError, UnknownFieldError
        If there is nothing to build a cell of, or a setting, parameter set or form factor is not known.
    StageFailedError
        If the stage refuses what it was given.
    """
    named, stage = settings or {}, assemble_half_cell if half_cell else assemble_cell
    if "parameter_set" in named:
        require_parameter_set(named["parameter_set"], half_cell=half_cell)
    if _LOADING in named:
        raise CellError(f"{_LOADING} is given beside the settings: use --loading.")
    if named.get("form_factor"):
        housing_of(named["form_factor"], pouch_area_square_metre=1.0)
    source: dict[str, Any] = {} if bpx is None else {"parameter_set": bpx.title, "parameters": bpx.document}
    if not subject_id:
        if half_cell or mass_loading is not None or ideal:
            raise CellError("an electrode is needed to build that cell of. Name a transport or a design.")
        given = source | read_settings(reference_cell, named)
        if "parameter_set" not in given:
            raise CellError("there is nothing to build a cell of. Name a transport, a parameter set or a BPX file.")
        return lake.run(reference_cell, **given).id
    transport_id, loading = _electrode(lake, subject_id, ideal)
    given = source | read_settings(stage, named)
    given[_LOADING] = loading if mass_loading is None else mass_loading
    if given[_LOADING] is None:
        raise CellError(f"{subject_id} does not say how thick the electrode is. Give its mass loading.")
    return lake.run(stage, transport=transport_id, **given).id


def design_of(words: str) -> Design:
    """A recipe from text, for example "active_material_weight_fraction=0.96, porosity=30 %, mass_loading=20 mg/cm^2".

    Parameters
    ----------
    words
        Fields of a design, with their units; `binder_adhesion` is 0.5 unless given.

    Raises
    ------
    CellError, MissingFieldError
        If a field is not known, or missing.
    StudyError, BoundsError
        If a value cannot be read, or lies outside its field's bounds.
    """
    fields = Design.fields()
    values: dict[str, Any] = {"binder_adhesion": 0.5}
    for given, text in settings_of(words.split(",")).items():
        name = _LOADING if given == "mass_loading" else given
        if name not in fields:
            raise CellError(f"{given} is no part of a recipe: {did_you_mean(given, [*fields, 'mass_loading'])}")
        values[name] = read_quantity(text, name, fields[name].unit, fields[name].bounds)
    return Design.build(values)


def read_settings(stage: AnyStage, settings: Mapping[str, str]) -> dict[str, Any]:
    """Parameters of a stage as their types: numbers with a unit in the one that the parameter's name ends in.

    Raises
    ------
    CellError
        If the stage has no such parameter.
    StudyError
        If a value cannot be read.
    """
    hints = typing.get_type_hints(stage.function)
    known = [name for name in hints if name not in (*stage.ports, "return", "parameters")]
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in known:
            raise CellError(f"{name} is not a parameter of {stage.name}: {did_you_mean(name, known)}")
        found[name] = value if hints[name] is str else read_quantity(value, name, unit_of(name), Bounds())
    return found


def _electrode(lake: Lake, subject_id: str, ideal: bool) -> tuple[str, float | None]:
    """Id of the transport, and the mass loading of the design if there is one."""
    name = lake.resolve(subject_id)
    record = lake.get(name)
    design = record if isinstance(record, Design) else None
    loading = None if design is None else design.mass_loading_kilogram_per_square_metre
    if isinstance(record, Transport):
        return name, None
    if ideal:
        if design is None:
            raise CellError(f"{name} is no design, so that no porosity is known to assume metrics of.")
        return lake.run(ideal_transport, design=name).id, loading
    if not isinstance(record, Design | Microstructure):
        raise CellError(f"{name} is no electrode. Name a transport, or a design or microstructure that was measured.")
    measured = _measured(lake, name)
    if not measured:
        raise CellError(
            f"no transport was measured of {name}. Measure it (`ragone measure` of a microstructure, `ragone run` of a "
            "study), or let Bruggeman's relation assume it for a design (--ideal)."
        )
    return max(measured, key=lambda each: _weight(lake, each)), loading


def _measured(lake: Lake, name: str) -> list[str]:
    """Ids of the transports made of it; not of those that were assumed."""
    lineage = lake.lineage(name)
    assumed = {edge.child for edge in lineage.edges if edge.stage == ideal_transport.name}
    return [each for each in lineage.descendants if each.startswith(f"{Transport.kind}-") and each not in assumed]


def _weight(lake: Lake, transport_id: str) -> tuple[int, int]:
    """Averages over more and larger cubes come first."""
    record = lake.get(transport_id)
    assert isinstance(record, Transport)
    return record.cube_count, record.edge_voxels


def settings_of(words: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE texts by name.

    Raises
    ------
    CellError
        If one is no such text, or two have one name.
    """
    pairs = [word.partition("=") for word in words]
    for word, (name, _, value) in zip(words, pairs, strict=True):
        if not (name.strip() and value.strip()):
            raise CellError(f"{word!r} is no NAME=VALUE, for example electrolyte_excess=0.2.")
        if sum(other.strip() == name.strip() for other, _, _ in pairs) > 1:
            raise CellError(f"{name.strip()} is given twice. Leave one out.")
    return {name.strip(): value.strip() for name, _, value in pairs}
