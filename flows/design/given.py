"""The records that a study gives to its steps: recipe, materials, cell design; what is fixed of them, and what is open.

What a study says nothing of has the record's default; of materials, that of the cell's parameter set, whose active
materials are known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ragone.flows.design.chain import GIVEN, NEGATIVE
from ragone.flows.design.space import Space
from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.pipelines.cell import materials_of_set
from ragone.pipelines.cell.catalogue import NAMED_MATERIALS, require_same_material
from ragone.pipelines.files.bpx import read_bpx
from ragone.schemas import Candidate, CellDesign, Materials, Record
from ragone.schemas.errors import RagoneError, did_you_mean
from ragone.schemas.parameter import named

_CELL, _SET = "cell", "parameter_set"
_NAMED = "named"


@dataclass(frozen=True)
class Given:
    """The kind of each record by role, and the fields that the study fixes."""

    kinds: Mapping[str, type[Record]]
    fixed: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, root: Section, kinds: Mapping[str, type[Record]]) -> Given:
        """Read the given records from the sections of a study that are called as the roles.

        Raises
        ------
        StudyError
            For a field that is not known, or a value that cannot be read.
        """
        for role in GIVEN:
            if root.has(role) and role not in kinds:
                raise StudyError(f"{root.at(role)} is given, and no step that leads to a goal takes it. Leave it out.")
        return cls(kinds, {role: _given(root, role, kind) for role, kind in kinds.items()})

    def wanted(self, candidate: Candidate) -> dict[str, Any]:
        """Kind and fields of each record but for what the candidate says, by role; see `ragone.pipelines.realise`."""
        chosen = candidate.values.get(f"{_CELL}.{_SET}")
        return {
            role: {"kind": kind.kind, "fields": {**self._assumed(role, chosen), **self.fixed[role]}}
            for role, kind in self.kinds.items()
        }

    def decided_by(self, paths: Collection[str]) -> frozenset[str]:
        """Roles of the records that those paths decide: the cell's parameter set decides the materials, too."""
        roles = {path.partition(".")[0] for path in paths}
        materials = {role for role, kind in self.kinds.items() if kind is Materials}
        return frozenset(roles | materials if f"{_CELL}.{_SET}" in paths else roles)

    def require_known_chemistry(self, space: Space) -> None:
        """Refuse a parameter set that is not known, and materials that are not those of the set.

        Raises
        ------
        StudyError
            With the names of both.
        """
        if _CELL not in self.kinds or self.fixed[_CELL].get("parameters"):
            return
        variable = space.get(f"{_CELL}.{_SET}")
        default = self.fixed[_CELL].get(_SET, CellDesign.parameters()[_SET].default)
        for chosen in (default,) if variable is None else variable.choices or (variable.low,):
            for role in (role for role, kind in self.kinds.items() if kind is Materials):
                said = {v.parameter.name: v.middle() for v in space.values() if v.role == role and not v.is_free}
                try:
                    made = Materials.build({**self._assumed(role, chosen), **self.fixed[role], **said})
                    require_same_material(made, chosen, _electrode(role))
                except RagoneError as cause:
                    raise StudyError(f"study.{role} and study.{_CELL}.{_SET}: {cause}") from cause

    def require_complete(self, space: Space) -> None:
        """Refuse a study that leaves a field without a default open.

        Raises
        ------
        StudyError
            If one is neither fixed nor varied, by its path.
        """
        for role, kind in self.kinds.items():
            known = {**self._assumed(role, None), **self.fixed[role]}
            for name, parameter in kind.parameters().items():
                if parameter.required and name not in known and f"{role}.{name}" not in space:
                    raise StudyError(
                        f"study.space.{role}.{parameter.short} is missing. Give a range or a value there, or a value "
                        f"in study.{role}."
                    )

    def definition(self) -> dict[str, Any]:
        """Return them as plain data, for the record of a campaign."""
        return {role: dict(fields) for role, fields in sorted(self.fixed.items()) if fields}

    def _assumed(self, role: str, parameter_set: str | None) -> dict[str, Any]:
        """The materials assumed: those of the cell's parameter set; the default's for a BPX file, which names none."""
        if self.kinds[role] is not Materials:
            return {}
        cell = self.fixed.get(_CELL, {})
        default = CellDesign.parameters()[_SET].default
        chosen = parameter_set or cell.get(_SET, default)
        materials = materials_of_set(default if cell.get("parameters") else chosen, _electrode(role))
        return {name: getattr(materials, name) for name in Materials.fields()}


def _electrode(role: str) -> str:
    return "negative" if role.startswith(NEGATIVE) else "positive"


def _given(root: Section, role: str, kind: type[Record]) -> dict[str, Any]:
    """The fields that a section fixes; of materials their name may stand in its place."""
    if kind is Materials and isinstance(root.raw(role, {}), str):
        return _named_materials(root, role)
    return _fields(root.section(role, None, {}), kind)


def _named_materials(section: Section, key: str) -> dict[str, Any]:
    """Every field of the materials that go by a name."""
    materials = NAMED_MATERIALS[section.choice(key, NAMED_MATERIALS)]
    return {name: getattr(materials, name) for name in Materials.fields()}


def _fields(section: Section, kind: type[Record]) -> dict[str, Any]:
    parameters, found = kind.parameters(), dict[str, Any]()
    if kind is Materials and section.has(_NAMED):
        found |= _named_materials(section, _NAMED)
    for name in section:
        if (kind, name) == (Materials, _NAMED):
            continue
        if (kind, name) == (CellDesign, "bpx"):
            found |= _bpx(section)
            continue
        parameter = named(parameters, name)
        if parameter is None:
            known = [one.short for one in parameters.values()]
            raise StudyError(f"{section.at(name)} is no field of {kind.kind}: {did_you_mean(name, known)}")
        found[parameter.name] = section.value(name, parameter)
    return found


def _bpx(section: Section) -> dict[str, Any]:
    """The electrochemistry of a BPX file instead of a parameter set."""
    try:
        content = read_bpx(section.text("bpx"))
    except RagoneError as cause:
        raise StudyError(f"{section.at('bpx')}: {cause}") from cause
    return {_SET: content.title, "parameters": content.document}
