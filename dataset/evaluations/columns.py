"""The names of the columns of the evaluations: stable, whatever the lake holds.

A field of a record has its own name, which ends in its unit. Where several kinds have a field of that name it is that
of the kind declared first, and the others are called ``field of kind``. What a study computes more than once for a
design (two discharges) is told apart by the role of its step: ``power_watt of fast``, ``energy_density of fast``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ragone.dataset.tables import column_names, is_column
from ragone.schemas.record import Record

NEGATIVE = "negative_"  # roles of the records of the electrode opposite begin so
DESIGN = "design"  # of campaigns of before there were candidates: its fields are those of a recipe and a cell

OWN = (
    *("campaign", "campaign_id", "trial", "outcome", "reason", "feasible"),
    *("objective", "objective_sense", "objective_value", "objective_unit"),
    *("created", "code_id", "environment_id"),
)
_NO_PART = frozenset(
    {"kpi", "run", "code", "environment", "snapshot", "tombstone", "verification", "campaign", "history"}
)
CANDIDATE = "candidate"
_USUAL = ("recipe", "materials", "cell_design", "microstructure", "transport", "cell_parameters", "discharge")
_SUFFIXES = ("standard_uncertainty", "unit", "outcome", "id")


class Columns:
    """The name of each field of each kind."""

    def __init__(self, kinds: Mapping[str, type[Record]]) -> None:
        self._names: dict[str, dict[str, str]] = {}
        self._types: dict[str, str] = {}  # of fields
        self._order: dict[str, int] = {}
        self._taken = set(OWN)
        parts = [kind for kind in kinds if kind not in _NO_PART]
        self._taken.update(f"{kind}_id" for kind in parts)
        for kind in sorted(parts, key=lambda k: k == DESIGN):
            fields = dict(_shown(kinds[kind]))
            self._name(kind, fields)
            self._types = fields | self._types
        self._order = {field: number for number, field in enumerate(self._types)}

    def _name(self, kind: str, fields: Mapping[str, str]) -> None:
        plain = {field for field in fields if field not in self._taken or kind == DESIGN}
        self._names[kind] = {field: field if field in plain else f"{field} of {kind}" for field in fields}
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
        return self._types.get(name.partition(" of ")[0], "")

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


def _shown(cls: type[Record]) -> Iterator[tuple[str, str]]:
    for spec in cls.fields().values():
        if is_column(spec) and spec.shape != "document":
            yield from ((name, spec.dtype) for name in column_names(spec))
