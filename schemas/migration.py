"""Small named verbs between two schema versions of a record: forth when an old one is read, back when one is compared.

A record class lists them per version: ``migrations = {1: (renamed("tau", "pore_tortuosity_factor"),)}`` leads
from version 1 to version 2. They change what is read, never what is stored: an old artifact keeps its id. The way
back writes a record as the older version would have, so that a re-run is compared with what was recorded then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from ragone.schemas.errors import SchemaVersionError
from ragone.schemas.field import FieldSpec

Values = dict[str, Any]
_T = TypeVar("_T")
Cells = dict[str, tuple[FieldSpec, Any]]  # what a record holds, and as what, by name


@dataclass(frozen=True, slots=True)
class Verb:
    """One step between two versions; `back` raises SchemaVersionError for what the older one cannot say."""

    forth: Callable[[Values], Values]
    back: Callable[[Cells], Cells]


Migrations = Mapping[int, tuple[Verb, ...]]


def renamed(old: str, new: str) -> Verb:
    """The field is called otherwise."""
    return Verb(lambda values: _called(values, old, new), lambda cells: _called(cells, new, old))


def added(name: str, value: Any) -> Verb:
    """The field is new; old records hold this value.

    A default that states something must still hold for a record to be written without the field. One that states
    nothing (null, or empty) means that it was not kept then.
    """

    def back(cells: Cells) -> Cells:
        spec, present = cells[name]
        if not _empty(value) and not np.array_equal(present, value):
            raise SchemaVersionError(f"{spec.name} = {present!r:.60}; the older version means {value!r:.60}.")
        return {n: cell for n, cell in cells.items() if n != name}

    return Verb(lambda values: {**values, name: value}, back)


def removed(name: str) -> Verb:
    """The field is no longer kept."""

    def back(cells: Cells) -> Cells:
        raise SchemaVersionError(f"the older version needs {name}, which is no longer kept.")

    return Verb(lambda values: {n: v for n, v in values.items() if n != name}, back)


def folded(name: str, into: str, sentence: str) -> Verb:
    """The field, a word or empty, is said at the end of a text instead: the sentence with the word in place of {}."""
    ending = re.compile(re.escape(sentence).replace(re.escape("{}"), r"(\w+)") + r"\Z")

    def forth(values: Values) -> Values:
        said = sentence.format(values[name]) if values[name] else ""
        return {n: v for n, v in values.items() if n != name} | {into: values[into] + said}

    def back(cells: Cells) -> Cells:
        spec, said = cells[into]
        found = ending.search(said)
        older = {name: (replace(spec, name=name), found[1] if found else ""), into: (spec, ending.sub("", said))}
        return {n: cell for m, kept in cells.items() for n, cell in (older if m == into else {m: kept}).items()}

    return Verb(forth, back)


def scaled(name: str, factor: float, unit: str) -> Verb:
    """The field's unit changed; old numbers, in the unit given, are multiplied by the factor."""

    def back(cells: Cells) -> Cells:
        spec, value = cells[name]
        return {**cells, name: (replace(spec, unit=unit), None if value is None else value / factor)}

    return Verb(lambda values: {**values, name: None if values[name] is None else values[name] * factor}, back)


def nulled(name: str, stood_in: Any, *, unless: tuple[str, Any]) -> Verb:
    """The field became optional: null, where old records held a number that stood in for none.

    `unless` names another field and the content with which the field says something.
    """
    other, says = unless

    def forth(values: Values) -> Values:
        return {**values, name: values[name] if values[other] == says else None}

    def back(cells: Cells) -> Cells:
        spec, value = cells[name]
        return {**cells, name: (replace(spec, optional=False), stood_in if value is None else value)}

    return Verb(forth, back)


def repeated(old: str, new: str, count: int) -> Verb:
    """The number became a vector; old records hold as many equal entries."""

    def back(cells: Cells) -> Cells:
        spec, entries = cells[new]
        if len(set(entries.tolist())) != 1:
            raise SchemaVersionError(f"{new} = {entries.tolist()}; the older version has one number for all.")
        return _called({**cells, new: (replace(spec, shape="scalar", length=None), entries[0].item())}, new, old)

    return Verb(lambda values: _called({**values, old: np.full(count, values[old])}, old, new), back)


def stacked(name: str, count: int) -> Verb:
    """The vector became rows of a matrix; old records hold as many equal ones."""

    def back(cells: Cells) -> Cells:
        spec, rows = cells[name]
        if not (rows == rows[0]).all():
            raise SchemaVersionError(f"the rows of {name} differ; the older version has one for all.")
        return {**cells, name: (replace(spec, shape="vector", axes=0), rows[0])}

    return Verb(lambda values: {**values, name: np.tile(values[name], (count, 1))}, back)


def withdrawn(name: str, stand_in: Any, when: Callable[[Values], bool]) -> Verb:
    """The field has no value where an old record, by its values, had a stand-in for none."""

    def back(cells: Cells) -> Cells:
        spec, value = cells[name]
        return {**cells, name: (replace(spec, optional=False), stand_in if value is None else value)}

    return Verb(lambda values: {**values, name: None if when(values) else values[name]}, back)


def annotated(name: str, entry: str) -> Verb:
    """The document may have an entry more, which says nothing that other fields do not; old records have none."""

    def back(cells: Cells) -> Cells:
        spec, tree = cells[name]
        return {**cells, name: (spec, {key: value for key, value in tree.items() if key != entry})}

    return Verb(lambda values: values, back)


def reworded(name: str, old: str, new: str) -> Verb:
    """The words in the text or document are others now; the new ones stood in no old record."""
    return Verb(
        lambda values: {**values, name: _reworded(values[name], old, new)},
        lambda cells: {**cells, name: (cells[name][0], _reworded(cells[name][1], new, old))},
    )


def derived(name: str, of: Callable[[Values], Any]) -> Verb:
    """The field is new, and follows from what old records hold."""
    return Verb(
        lambda values: {**values, name: of(values)},
        lambda cells: {n: cell for n, cell in cells.items() if n != name},
    )


def tabled(old: str, new: str, *, where: str) -> Verb:
    """The vector became a document of rows, of one entry each in old records; null, where it held 0 and a flag said so.

    `where` names the vector of flags, 1 for an entry that counts.
    """

    def forth(values: Values) -> Values:
        rows = [[float(v)] if flag else [None] for v, flag in zip(values[old], values[where], strict=True)]
        return _called({**values, old: rows}, old, new)

    def back(cells: Cells) -> Cells:
        spec, rows = cells[new]
        if any(len(row) != 1 for row in rows):
            raise SchemaVersionError(f"{new} has {max(map(len, rows))} entries a row; the older version has one.")
        numbers = np.array([0.0 if value is None else float(value) for (value,) in rows], dtype=np.float64)
        return _called({**cells, new: (replace(spec, shape="vector", dtype="float64"), numbers)}, new, old)

    return Verb(forth, back)


def _called(fields: dict[str, _T], name: str, new: str) -> dict[str, _T]:
    """The fields with one of them called otherwise, in its place."""
    return {(new if n == name else n): value for n, value in fields.items()}


def _reworded(value: Any, words: str, others: str) -> Any:
    """Return the text, or the document, with other words in place of some."""
    if isinstance(value, str):  # a document is one too while it is read
        return value.replace(words, others)
    return json.loads(json.dumps(value, ensure_ascii=False).replace(words, others))


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, Sized) and not len(value))
