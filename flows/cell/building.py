"""A cell from whatever there is: a measured electrode, a recipe, a parameter set of PyBaMM, or a BPX file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ragone.dataset import Lake
from ragone.flows.cell.electrodes import Electrode, Subject, assumed_electrode, measured_electrode
from ragone.flows.electrode.materials import StatedMaterials
from ragone.flows.errors import CellError
from ragone.flows.parameter_files.fields import read_fields, settings_of
from ragone.pipelines.cell import (
    assemble_cell,
    assemble_half_cell,
    housing_of,
    materials_of_set,
    reference_cell,
    require_parameter_set,
)
from ragone.pipelines.cell.catalogue import is_of_a_file, require_agreement, set_of
from ragone.pipelines.cell.electrolytes import require_electrolyte
from ragone.pipelines.cell.separators import require_separator
from ragone.pipelines.files.bpx import BpxContent
from ragone.schemas import CellDesign, CellParameters, Materials, Recipe, Record, Stage
from ragone.schemas.errors import RagoneError, did_you_mean
from ragone.schemas.materials import NMC_811
from ragone.schemas.parameter import Parameter, named

_DECIMAL_COMMA = re.compile(r"\b(\d+),(\d+)\b")
LOADING = "mass_loading_kilogram_per_square_metre"


@dataclass(frozen=True, kw_only=True)
class CellPlan:
    """A cell as it was asked for, read before anything is stored.

    `design` are fields of its design, `parameters` those of the stage; what is stated of materials may be nothing.
    `half_cell`: against lithium metal. `ideal`: with the metrics that Bruggeman's relation assumes for a recipe.
    """

    stage: Stage[Any, Any]
    design: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    materials: StatedMaterials = StatedMaterials()
    negative_materials: StatedMaterials = StatedMaterials()
    ideal: bool = False


def plan_cell(
    settings: Mapping[str, str],
    *,
    of_electrode: bool,
    bpx: BpxContent | None = None,
    negative_bpx: BpxContent | None = None,
    half_cell: bool = False,
    ideal: bool = False,
    materials: Sequence[str] = (),
    negative_materials: Sequence[str] = (),
) -> CellPlan:
    """Read what is asked of a cell.

    Parameters
    ----------
    settings
        Fields of the design, of the materials, or parameters of the stage, by name, as text with their units.
    of_electrode
        Whether it is built of an electrode; else it is the parameter set's or BPX file's own.
    bpx, negative_bpx
        Taken instead of a parameter set, of the cell and of its negative electrode.
    half_cell, ideal
        As `CellPlan`.
    materials, negative_materials
        NAME=VALUE, or the id of stored materials.

    Raises
    ------
    CellError, UnknownFieldError
        If a setting, parameter set or form factor is not known, or belongs to a cell of an electrode alone.
    ParameterError, UnitError, BoundsError
        If a value cannot be read.
    """
    stage = (assemble_half_cell if half_cell else assemble_cell) if of_electrode else reference_cell
    of_design, of_stage, of_materials = _parted(
        settings, CellDesign.parameters(), stage.parameters, Materials.parameters()
    )
    design = _of_files(bpx, negative_bpx) | read_fields(CellDesign, of_design)
    _require_known(design, of_design, half_cell=half_cell)
    if design.get("form_factor"):
        housing_of(design["form_factor"], pouch_area_square_metre=1.0)
    parameters = {stage.parameter(name).name: stage.parameter(name).read(text, name) for name, text in of_stage.items()}
    if not of_electrode:
        needing = [*(set(design) - set(stage.parameters)), *of_materials, *materials, *negative_materials]
        if needing or half_cell or ideal:
            raise CellError("an electrode is needed to build that cell of. Name a transport or a recipe.")
        if "parameter_set" not in design:
            raise CellError("there is nothing to build a cell of. Name a transport, a parameter set or a BPX file.")
    return CellPlan(
        stage=stage,
        design=design,
        parameters=parameters,
        materials=StatedMaterials.read([*materials, *(f"{name}={text}" for name, text in of_materials.items())]),
        negative_materials=StatedMaterials.read(negative_materials),
        ideal=ideal,
    )


def build_cell(
    lake: Lake, plan: CellPlan, subject: Subject | None = None, negative: Subject | None = None
) -> CellParameters:
    """Build a cell, or find the one that was built before.

    Parameters
    ----------
    lake
        Where everything is stored.
    plan
        What is asked; the design that the subject itself says gives way to it.
    subject
        The positive electrode; none for the own cell of the parameter set or BPX file.
    negative
        The negative electrode, if it was measured; else it is the parameter set's.

    Raises
    ------
    CellError, MaterialsError, ContradictionError
        If an electrode was not measured, its loading or its materials are not known, or the materials contradict
        each other or the chemistry; before anything is stored.
    StageFailedError
        If the stage refuses what it was given.
    """
    if negative is not None and (subject is None or plan.stage is assemble_half_cell):
        raise CellError("a negative electrode goes with a positive one in a full cell. Name both, or leave it out.")
    if subject is None:
        return _built(lake, plan, plan.design)
    design = cell_design(plan, subject)
    find = assumed_electrode if plan.ideal else measured_electrode
    sides = {"positive": find(lake, subject, plan.materials.said(lake), own_materials(design, "positive"))}
    if negative is not None:
        said, own = plan.negative_materials.said(lake), own_materials(design, "negative")
        sides["negative"] = measured_electrode(lake, negative, said, own)
    for side, electrode in sides.items():
        require_agreement(electrode.materials, electrode.transport, design, side)
    inputs = {name: record for side, electrode in sides.items() for name, record in _inputs(electrode, side).items()}
    stored = {name: lake.put(record) for name, record in {**inputs, "design": design}.items()}
    return _built(lake, plan, stored)


def own_materials(design: CellDesign, side: str) -> Materials | None:
    """The materials of an electrode, "positive" or "negative", of which nothing is known but its chemistry.

    A BPX file does not say what its active materials are: the positive one is taken for NMC 811, the negative is none.
    """
    if not is_of_a_file(design, side):
        return materials_of_set(set_of(design, side), side)
    return NMC_811 if side == "positive" else None


def recipe_of(words: str) -> Subject:
    """A recipe from text, for example "active_material_weight_fraction=0.96, porosity=30 %, mass_loading=20 mg/cm^2".

    Parameters
    ----------
    words
        Fields of a recipe, with their units, and of the cell's design, such as the loading.

    Raises
    ------
    CellError
        If it is written otherwise, a field is not known or missing, or a value cannot be read or is out of bounds; with
        the form expected.
    """
    homes = Recipe.parameters(), CellDesign.parameters()
    try:
        if comma := _DECIMAL_COMMA.search(words):
            raise CellError(f"{comma[0]} has a decimal comma; write {comma[1]}.{comma[2]}.")
        settings = settings_of(words.split(","), [one.short for known in homes for one in known.values()])
        of_recipe, of_design = _parted(settings, *homes)
        recipe = Recipe.build(read_fields(Recipe, of_recipe))
        return Subject(recipe, recipe, read_fields(CellDesign, of_design))
    except RagoneError as cause:
        raise CellError(
            f"the recipe {words!r} cannot be read: {cause} Write fields with their units between commas, for example "
            "'active_material_weight_fraction=0.96, porosity=30 %, mass_loading=20 mg/cm^2'."
        ) from cause


def cell_design(plan: CellPlan, subject: Subject) -> CellDesign:
    """Return the cell design that the plan states, and else that of its electrode.

    Raises
    ------
    CellError
        If neither says the loading.
    """
    values = {**subject.design, **plan.design}
    if LOADING not in values:
        raise CellError(f"{subject.record.id} does not say how thick the electrode is. Give its mass loading.")
    return CellDesign.build(values)


def _of_files(bpx: BpxContent | None, negative: BpxContent | None) -> dict[str, Any]:
    """Fields of a design that BPX files give, of the cell and of its negative electrode."""
    files = {"": bpx, "negative_": negative}
    return {
        f"{side}{name}": value
        for side, file in files.items()
        if file is not None
        for name, value in (("parameter_set", file.title), ("parameters", file.document))
    }


def _require_known(design: Mapping[str, Any], of_design: Mapping[str, str], *, half_cell: bool) -> None:
    """Refuse names that are written and lead to no parameter set, electrolyte or separator, before a lake is made."""
    if "parameter_set" in of_design:
        require_parameter_set(design["parameter_set"], half_cell=half_cell)
    if design.get("negative_parameter_set") and not design.get("negative_parameters"):
        require_parameter_set(design["negative_parameter_set"])
    if design.get("electrolyte"):
        require_electrolyte(design["electrolyte"])
    if design.get("separator"):
        require_separator(design["separator"])


def _inputs(electrode: Electrode, side: str) -> dict[str, Record]:
    """The electrode as inputs of the stage."""
    prefix = "" if side == "positive" else f"{side}_"
    return {f"{prefix}transport": electrode.transport, f"{prefix}materials": electrode.materials}


def _built(lake: Lake, plan: CellPlan, given: Mapping[str, Any]) -> CellParameters:
    return lake.get(lake.run(plan.stage, **given, **plan.parameters).id, CellParameters)


def _parted(words: Mapping[str, str], *homes: Mapping[str, Parameter]) -> list[dict[str, str]]:
    """The words by where their names belong, the first of several homes.

    Raises
    ------
    CellError
        If one belongs nowhere.
    """
    parts: list[dict[str, str]] = [{} for _ in homes]
    for name, text in words.items():
        home = next((number for number, known in enumerate(homes) if named(known, name)), None)
        if home is None:
            names = [one.short for known in homes for one in known.values()]
            raise CellError(f"{name} is not known here: {did_you_mean(name, names)}")
        parts[home][name] = text
    return parts
