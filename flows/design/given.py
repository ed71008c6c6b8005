"""The records that a study gives to its steps: recipe, materials, cell design; what is fixed of them, and what is open.

What a study says nothing of has the record's default; of materials, that of the parameter set of their electrode, whose
active materials are known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ragone.flows.design.chain import GIVEN, NEGATIVE
from ragone.flows.design.space import Space
from ragone.flows.errors import StudyError
from ragone.flows.parameter_files.parameters import Section
from ragone.pipelines.cell import materials_of_set, require_parameter_set
from ragone.pipelines.cell.catalogue import NAMED_MATERIALS, require_same_material
from ragone.pipelines.cell.electrolytes import require_electrolyte
from ragone.pipelines.cell.separators import require_separator
from ragone.pipelines.files.bpx import read_bpx
from ragone.schemas import Candidate, CellDesign, Materials, Record
from ragone.schemas.errors import RagoneError, did_you_mean
from ragone.schemas.parameter import named

T = TypeVar("T")

_CELL, _SET = "cell", "parameter_set"
_NEGATIVE_SET, _NEGATIVE_CONTENT = "negative_parameter_set", "negative_parameters"
_OF_FILES = {"bpx": (_SET, "parameters"), f"{NEGATIVE}bpx": (_NEGATIVE_SET, _NEGATIVE_CONTENT)}
_NAMES = {"electrolyte": require_electrolyte, "separator": require_separator}  # fields of a cell that name something
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
        chosen = {name: candidate.values.get(f"{_CELL}.{name}") for name in (_SET, _NEGATIVE_SET)}
        return {
            role: {"kind": kind.kind, "fields": {**self._assumed(role, chosen), **self.fixed[role]}}
            for role, kind in self.kinds.items()
        }

    def decided_by(self, paths: Collection[str]) -> frozenset[str]:
        """Roles of the records that those paths decide: the cell's parameter sets decide the materials, too."""
        roles = {path.partition(".")[0] for path in paths}
        chemistry = not {f"{_CELL}.{_SET}", f"{_CELL}.{_NEGATIVE_SET}"}.isdisjoint(paths)
        materials = {role for role, kind in self.kinds.items() if kind is Materials}
        return frozenset(roles | materials if chemistry else roles)

    def require_known_chemistry(self, space: Space) -> None:
        """Refuse parameter sets, electrolytes and separators that are not known, and materials that are not the sets'.

        Raises
        ------
        StudyError
            With the names of both.
        """
        if _CELL not in self.kinds:
            return
        for name, require in _NAMES.items():
            for chosen in filter(None, self._chosen(name, space)):
                _known(f"study.{_CELL}.{name}", require, chosen)
        for name, content in ((_SET, "parameters"), (_NEGATIVE_SET, _NEGATIVE_CONTENT)):
            if not self.fixed[_CELL].get(content):
                for chosen in filter(None, self._chosen(name, space)):
                    self._require_known_set(name, chosen, space)

    def _chosen(self, name: str, space: Space) -> tuple[Any, ...]:
        """The values that a field of the cell can take."""
        variable = space.get(f"{_CELL}.{name}")
        if variable is None:
            return (self.fixed[_CELL].get(name, CellDesign.parameters()[name].default),)
        return variable.choices or (variable.low,)

    def _require_known_set(self, name: str, chosen: str, space: Space) -> None:
        """Refuse a parameter set that is not known, and materials that are not those of its electrodes."""
        where = f"study.{_CELL}.{name}"
        _known(where, require_parameter_set, chosen, half_cell=name == _SET)
        for role in (role for role, kind in self.kinds.items() if kind is Materials):
            electrode = _electrode(role)
            combined = electrode == "negative" and any(self._chosen(_NEGATIVE_SET, space))
            if (name == _NEGATIVE_SET) != combined:
                continue
            said = {v.parameter.name: v.middle() for v in space.values() if v.role == role and not v.is_free}
            assumed = self._assumed(role, {name: chosen})
            made = _known(f"study.{role} and {where}", Materials.build, {**assumed, **self.fixed[role], **said})
            _known(f"study.{role} and {where}", require_same_material, made, chosen, electrode)

    def require_complete(self, space: Space) -> None:
        """Refuse a study that leaves a field without a default open.

        Raises
        ------
        StudyError
            If one is neither fixed nor varied, by its path.
        """
        for role, kind in self.kinds.items():
            known = {**_known(f"study.{role}", self._assumed, role, {}), **self.fixed[role]}
            for name, parameter in kind.parameters().items():
                if parameter.required and name not in known and f"{role}.{name}" not in space:
                    raise StudyError(
                        f"study.space.{role}.{parameter.short} is missing. Give a range or a value there, or a value "
                        f"in study.{role}."
                    )

    def definition(self) -> dict[str, Any]:
        """Return them as plain data, for the record of a campaign."""
        return {role: dict(fields) for role, fields in sorted(self.fixed.items()) if fields}

    def _assumed(self, role: str, chosen: Mapping[str, str | None]) -> dict[str, Any]:
        """Fields that the study need not state: the cell's parameter set, whose default was another once, and the
        materials of their electrode's set; those of the default for a BPX file, which names none.

        `chosen` are parameter sets that a candidate chooses, by the field of the cell.
        """
        default = CellDesign.parameters()[_SET].default
        if self.kinds[role] is not Materials:
            return {_SET: default} if self.kinds[role] is CellDesign else {}
        cell = {**self.fixed.get(_CELL, {}), **{name: each for name, each in chosen.items() if each is not None}}
        electrode = _electrode(role)
        combined = electrode == "negative" and cell.get(_NEGATIVE_SET)
        of, content = (_NEGATIVE_SET, _NEGATIVE_CONTENT) if combined else (_SET, "parameters")
        materials = materials_of_set(default if cell.get(content) else cell.get(of, default), electrode)
        return {name: getattr(materials, name) for name in Materials.fields()}


def _known(where: str, function: Callable[..., T], *given: Any, **further: Any) -> T:
    """The value of a function that refuses what is not known; its refusal begins with the path."""
    try:
        return function(*given, **further)
    except RagoneError as cause:
        raise StudyError(f"{where}: {cause}") from cause


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
        if kind is CellDesign and name in _OF_FILES:
            found |= _bpx(section, name)
            continue
        parameter = named(parameters, name)
        if parameter is None:
            known = [one.short for one in parameters.values()]
            raise StudyError(f"{section.at(name)} is no field of {kind.kind}: {did_you_mean(name, known)}")
        found[parameter.name] = section.value(name, parameter)
    return found


def _bpx(section: Section, key: str) -> dict[str, Any]:
    """The electrochemistry of a BPX file instead of a parameter set."""
    name, document = _OF_FILES[key]
    content = _known(section.at(key), read_bpx, section.text(key))
    return {name: content.title, document: content.document}
