"""The names of the columns of the evaluations: stable, whatever the lake holds.

A field of a record has its own name, which ends in its unit. Where several kinds have a field of that name it is that
of the kind declared first, and the others are called ``field of kind``. What a study computes more than once for a
design (two discharges) is told apart by the role of its step: ``power_watt of fast``, ``energy_density of fast``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ragone.dataset.tables import column_names, is_column
from ragone.schemas.field import FieldSpec
from ragone.schemas.record import Record
from ragone.schemas.unit_names import unit_of

NEGATIVE = "negative_"  # roles of the records of the electrode opposite begin so
DESIGN = "design"  # of campaigns of before there were candidates: its fields are those of a recipe and a cell

_OWN = {
    "campaign": "name of the campaign; null if none evaluated it",
    "campaign_id": "id of the campaign",
    "trial": "number of the trial in its campaign, from 1, as everywhere",
    "fidelity": "target, or cheaper where the campaign evaluated it less thoroughly than its answer is wanted",
    "outcome": "measured, infeasible or failed, as the campaign judged it",
    "reason": "why it is not measured",
    "feasible": "whether every goal of the campaign is met",
    "objective": "KPI of the campaign's first objective",
    "objective_sense": "maximise or minimise",
    "objective_value": "value of the first objective, in `objective_unit`",
    "objective_unit": "unit of the first objective",
    "created": "when the last KPI was computed",
    "code_id": "the code that computed the KPIs; of several, with commas between them",
    "environment_id": "where the KPIs were computed; of several, with commas between them",
}
OWN = tuple(_OWN)
_OF_KPI = {
    "": "KPI {}, in the unit that stands beside it; or a value of the candidate",
    "standard_uncertainty": "standard uncertainty of {}, in the same unit",
    "lower_bound": "the value that {} is larger than, where the run ended before it was reached; in the same unit",
    "unit": "unit of {}",
    "outcome": "whether {} has a value",
    "id": "id of the KPI {}",
}
_NO_PART = frozenset(
    {"kpi", "run", "code", "environment", "snapshot", "tombstone", "verification", "campaign", "history"}
    | {"annotation", "saved_query"}
)
CANDIDATE = "candidate"
_USUAL = ("recipe", "materials", "cell_design", "microstructure", "transport", "cell_parameters", "discharge")
_SUFFIXES = ("standard_uncertainty", "lower_bound", "unit", "outcome", "id")


class Columns:
    """The name of each field of each kind."""

    def __init__(self, kinds: Mapping[str, type[Record]]) -> None:
        self._names: dict[str, dict[str, str]] = {}
        self._fields: dict[str, FieldSpec] = {}  # of several kinds that of the one declared first
        self._columns: dict[str, FieldSpec] = {}
        self._order: dict[str, int] = {}
        self._taken = set(OWN)
        parts = [kind for kind in kinds if kind not in _NO_PART]
        self._taken.update(f"{kind}_id" for kind in parts)
        for kind in sorted(parts, key=lambda k: k == DESIGN):
            fields = dict(_shown(kinds[kind]))
            self._name(kind, fields)
            self._fields = fields | self._fields
        self._order = {field: number for number, field in enumerate(self._fields)}

    def _name(self, kind: str, fields: Mapping[str, FieldSpec]) -> None:
        plain = {field for field in fields if field not in self._taken or kind == DESIGN}
        self._names[kind] = {field: field if field in plain else f"{field} of {kind}" for field in fields}
        self._columns = {self._names[kind][field]: spec for field, spec in fields.items()} | self._columns
        self._taken |= plain

    @property
    def always(self) -> list[str]:
        """The columns that are there whatever the lake holds: those of every evaluation, and of the usual records."""
        of_records = [column for kind in _USUAL for column in self.of(kind).values()]
        return self.ordered(dict.fromkeys((*OWN, *of_records, *(f"{kind}_id" for kind in (CANDIDATE, *_USUAL)))))

    def ordered(self, names: Iterable[str]) -> list[str]:
        """Columns in order: what every evaluation has, fields of records, KPIs, and last the ids."""
        return sorted(names, key=self._place)

    def _place(self, name: str) -> tuple[int, int, str]:
        field = name.partition(" of ")[0]
        if field in OWN and name == field:
            return (0, OWN.index(field), "")
        if field.endswith("_id"):
            return (3, 0, name)
        if field in self._order:
            return (1, self._order[field], name)
        ending = next((ending for ending in _SUFFIXES if field.endswith(f"_{ending}")), "")
        of_kpi = (field.removesuffix(f"_{ending}"), name.partition(" of ")[2], ending)
        return (2, 0, "\0".join(of_kpi))

    def type_of(self, name: str) -> str:
        """The type of the field that a column shows, as records name it; empty if it shows none."""
        spec = self._spec(name)
        return spec.dtype if spec else ""

    def unit_of(self, name: str) -> str:
        """The unit of a column: that of its field, else the one that its name ends in; empty if it has none."""
        spec = self._spec(name)
        return spec.unit if spec else unit_of(name.partition(" of ")[0]).removeprefix("1")

    def meaning(self, name: str) -> str:
        """The description of a column."""
        field, _, role = name.partition(" of ")
        spec = None if name in _OWN else self._spec(name)
        if spec:
            return f"{spec.doc} ({role})" if role and name not in self._columns else spec.doc
        ending = next((ending for ending in _SUFFIXES if field.endswith(f"_{ending}")), "")
        plain = field.removesuffix(f"_{ending}")
        subject = f"{plain} ({role})" if role else plain
        if ending == "id" and (plain in self._names or plain == CANDIDATE):
            return f"id of the nearest {subject}; of several, with commas between them"
        return _OWN.get(name) or _OF_KPI[ending].format(subject)

    def _spec(self, name: str) -> FieldSpec | None:
        return self._columns.get(name) or self._fields.get(name.partition(" of ")[0])

    @property
    def kinds(self) -> Iterable[str]:
        """The kinds whose fields are shown."""
        return self._names.keys()

    def of(self, kind: str, role: str = "") -> dict[str, str]:
        """The column of each field of a kind; a role other than the first of its kind names all of them."""
        names = self._names[kind]
        return {field: f"{field} of {role}" for field in names} if role else names

    def is_declared(self, name: str) -> bool:
        """Whether a column of that name is a field of a kind, or one that every evaluation has."""
        return name in self._taken

    def of_kpi(self, name: str, role: str = "") -> dict[str, str]:
        """The columns of a KPI: its value, and what belongs to it."""
        role = role or ("kpi" if self.is_declared(name) else "")
        of = f" of {role}" if role else ""
        return {"value": f"{name}{of}"} | {suffix: f"{name}_{suffix}{of}" for suffix in _SUFFIXES}


def _shown(cls: type[Record]) -> Iterator[tuple[str, FieldSpec]]:
    for spec in cls.fields().values():
        if is_column(spec) and spec.shape != "document":
            yield from ((name, spec) for name in column_names(spec))
