"""A table of lives, as other laboratories publish them: a row a cell, with its life, whether it ended, and what it is.

A file is taken whole or not at all. What cannot be a life (a duration of 0, no number, an event that is neither true
nor false, one cell twice, two units) is refused with its row; what limits the conclusions (nobody's life ended) is
noted. Numbers in a column of covariates have a unit or are dimensionless; other columns are texts.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragone.pipelines.ageing.charging_policy import parse_charging_policy
from ragone.pipelines.files.regular import read_regular
from ragone.schemas import CycleLife, LifeOutcome, RagoneError
from ragone.schemas.errors import did_you_mean

LARGEST = 2**26  # bytes of a file
LONGEST = 1000  # characters of a field
UNITS = ("cycle", "equivalent full cycle", "day", "A.h")
_TRUE, _FALSE = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})


class LivesFileError(RagoneError, ValueError):
    """A table of lives cannot be taken as it is."""


@dataclass(frozen=True, slots=True)
class LivesColumns:
    """The columns of a table by what they hold; empty if it has none of it.

    `event` says whether a life ended, `censored` whether it did not; without both `all_ended` says that all did. In
    place of all these and `life`, `lower` and `upper` hold the looks between which each life ended: when the cell was
    last seen alive, and when it was first seen at its end; empty if it was not. `unit` is a unit, or the column that
    holds it. Each covariate is a column, ``:UNIT`` behind it if it holds numbers.
    """

    life: str = ""
    event: str = ""
    censored: str = ""
    all_ended: bool = False
    lower: str = ""
    upper: str = ""
    entry: str = ""
    cell: str = ""
    unit: str = "cycle"
    covariates: tuple[str, ...] = ()
    policy: str = ""


@dataclass(frozen=True, slots=True)
class ImportedLives:
    """Lives of a file, and what was noticed."""

    lives: tuple[CycleLife, ...]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    rows: list[dict[str, str]]

    def column(self, name: str, option: str) -> list[str]:
        """A column; LivesFileError if there is none."""
        known = list(self.rows[0])
        if name not in known:
            raise LivesFileError(f"the table has no column {name!r} for {option}: {did_you_mean(name, known)}")
        return [row[name] for row in self.rows]


def read_lives(
    path: str | Path, columns: LivesColumns, *, criterion: str, source: str = "", licence: str = "unknown"
) -> ImportedLives:
    """Read a table of lives.

    Parameters
    ----------
    path
        A CSV file in UTF-8 with a header.
    columns
        Which column holds what.
    criterion
        At which limit a life ended, for example "capacity below 80 % of nominal".
    source, licence
        Title and address of the data, the file's name if empty; SPDX identifier or unknown.

    Raises
    ------
    LivesFileError
        If the table cannot be taken; the message names the row.
    InputFileError
        If the file cannot be opened, or is too large.
    ChargingPolicyError
        If a charging policy is of no known form.
    """
    table = _Table(_rows(read_regular(path, LARGEST, "a table of lives")))
    spans = _spans(table, columns)
    entries = _numbers(table, columns.entry, "--entry", least=0.0) if columns.entry else [0.0] * len(spans)
    cells = _cells(table, columns.cell)
    unit = _unit(table, columns.unit)
    covariates, findings = _covariates(table, columns)
    for row, ((lower, upper), entry) in enumerate(zip(spans, entries, strict=True)):
        if entry >= (lower or upper or math.inf):
            raise LivesFileError(f"{_at(row)}: {cells[row]!r} came under observation at {entry:g}, after its life of "
                                 f"{lower:g} {unit}. Correct the file.")  # fmt: skip
    lives = tuple(
        CycleLife(
            cell_name=cells[row],
            outcome=LifeOutcome.WITHDRAWN if upper is None else LifeOutcome.CAPACITY,
            unit=unit,
            lower=lower,
            upper=upper,
            entry=entries[row],
            criterion=criterion,
            covariates=covariates[row],
            source=source or Path(path).name,
            licence=licence,
            method="as the table states it",
        )
        for row, (lower, upper) in enumerate(spans)
    )
    return ImportedLives(lives, (*findings, *_concluded([upper is not None for _, upper in spans])))


def _rows(content: bytes) -> list[dict[str, str]]:
    """The rows by the names of their columns."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise LivesFileError(f"the file is no text in UTF-8 (byte {cause.start}). Export it as CSV UTF-8.") from cause
    if "\0" in text:
        raise LivesFileError("the file holds NUL characters: it is no CSV. Export it as CSV UTF-8.")
    try:
        found = [row for row in csv.reader(io.StringIO(text), strict=True) if any(field.strip() for field in row)]
    except csv.Error as cause:
        raise LivesFileError(f"the file is no CSV that can be read ({cause}). Export it again.") from cause
    if len(found) < 2:
        raise LivesFileError(f"the file has {len(found)} lines; a header and one row for each cell are expected.")
    header = [name.strip() for name in found[0]]
    twice = sorted(name for name, count in Counter(header).items() if count > 1)
    if twice:
        raise LivesFileError(f"the header has two columns {twice[0]!r}. Rename one.")
    for row, fields in enumerate(found[1:]):
        if len(fields) != len(header):
            raise LivesFileError(f"{_at(row)} has {len(fields)} fields, the header {len(header)}. Mend the file.")
        if any(len(field) > LONGEST for field in fields):
            raise LivesFileError(f"{_at(row)} has a field of more than {LONGEST} characters. Mend the file.")
    return [dict(zip(header, map(str.strip, fields), strict=True)) for fields in found[1:]]


def _at(row: int) -> str:
    return f"row {row + 1} below the header"


def _numbers(table: _Table, name: str, option: str, *, least: float | None = None) -> list[float]:
    """A column of finite numbers above 0, or not below `least`."""
    found = []
    for row, text in enumerate(table.column(name, option)):
        number = _number(text)
        allowed = number is not None and (number > 0 if least is None else number >= least)
        if number is None or not allowed:
            wanted = "above 0" if least is None else f"not below {least:g}"
            raise LivesFileError(f"{_at(row)}: {name} = {text!r} is no number {wanted}. Correct it, or remove the row.")
        found.append(number)
    return found


def _number(text: str) -> float | None:
    """The finite number that a text is; digits as people write them only."""
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text, re.ASCII):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _spans(table: _Table, columns: LivesColumns) -> list[tuple[float, float | None]]:
    """Earliest and latest end of each life; None if its end was not seen."""
    if bool(columns.life) == bool(columns.lower or columns.upper) or bool(columns.lower) != bool(columns.upper):
        raise LivesFileError(
            "say how long the cells lived by --life COLUMN, or, where ends lie between two looks, by both --lower "
            "COLUMN (last seen alive) and --upper COLUMN (first seen at its end)."
        )
    if columns.life:
        durations = _numbers(table, columns.life, "--life")
        return [(life, life if end else None) for life, end in zip(durations, _ended(table, columns), strict=True)]
    if columns.event or columns.censored or columns.all_ended:
        raise LivesFileError("--upper says which lives ended: leave --event, --censored and --all-ended out.")
    lowers, texts = _numbers(table, columns.lower, "--lower", least=0.0), table.column(columns.upper, "--upper")
    return [
        (lower, _upper(row, lower, text, columns.upper))
        for row, (lower, text) in enumerate(zip(lowers, texts, strict=True))
    ]


def _upper(row: int, lower: float, text: str, name: str) -> float | None:
    """Latest end of a life; None if it was not seen, of a cell that was under observation for some time."""
    upper = _number(text) if text else None
    if text and (upper is None or upper <= 0 or upper < lower):
        raise LivesFileError(f"{_at(row)}: {name} = {text!r} is no number above 0 and not below {lower:g}. Correct it; "
                             "leave it empty if the end was not seen.")  # fmt: skip
    if upper is None and not lower:
        raise LivesFileError(f"{_at(row)}: the cell was never seen alive, and its end was not seen. Remove the row.")
    return upper


def _ended(table: _Table, columns: LivesColumns) -> list[bool]:
    """Whether each life ended."""
    given = [bool(columns.event), bool(columns.censored), columns.all_ended]
    if sum(given) != 1:
        raise LivesFileError(
            "say which lives ended by one of --event COLUMN (true where the life ended), --censored COLUMN (true where "
            "it was stopped before), and --all-ended."
        )
    if columns.all_ended:
        return [True] * len(table.rows)
    name = columns.event or columns.censored
    found = []
    for row, text in enumerate(table.column(name, "--event" if columns.event else "--censored")):
        if text.lower() not in _TRUE | _FALSE:
            raise LivesFileError(
                f"{_at(row)}: {name} = {text!r} is neither true nor false (1, 0, yes, no). Correct it."
            )
        found.append((text.lower() in _TRUE) == bool(columns.event))
    return found


def _cells(table: _Table, name: str) -> list[str]:
    """The name of each cell; of a table without names the number of its row."""
    if not name:
        return [str(row) for row in range(1, len(table.rows) + 1)]
    cells = table.column(name, "--cell")
    first: dict[str, int] = {}
    for row, cell in enumerate(cells):
        if not cell or cell in first:
            wrong = f"{cell!r} is that of row {first[cell] + 1} too" if cell else "the cell has no name"
            raise LivesFileError(
                f"{_at(row)}: {wrong}. One row for each cell is expected: name other columns, or mend."
            )
        first[cell] = row
    return cells


def _unit(table: _Table, given: str) -> str:
    if given in UNITS:
        return given
    if given not in table.rows[0]:
        raise LivesFileError(f"--unit {given!r} is none of {', '.join(UNITS)}, and no column. Choose one.")
    found = sorted(set(table.column(given, "--unit")))
    if len(found) > 1:
        raise LivesFileError(f"the lives are in several units: {', '.join(found)}. Convert them to one.")
    if found[0] not in UNITS:
        raise LivesFileError(f"the unit {found[0]!r} is none of {', '.join(UNITS)}. Convert the lives.")
    return found[0]


def _covariates(table: _Table, columns: LivesColumns) -> tuple[list[dict[str, Any]], list[str]]:
    """The covariates of each row, and what was noticed."""
    found: list[dict[str, Any]] = [{} for _ in table.rows]
    findings: list[str] = []
    for given in columns.covariates:
        column, _, unit = given.rpartition(":") if ":" in given else (given, "", "")
        texts, name = table.column(column, "--covariates"), covariate_name(column)
        numbers = [_number(text) for text in texts]
        if unit and None in numbers:
            row = numbers.index(None)
            raise LivesFileError(f"{_at(row)}: {column} = {texts[row]!r} is no number of {unit!r}. Correct it.")
        plain = None not in numbers
        if not plain and any(number is not None for number in numbers):
            findings.append(f"{column} is taken as text: {texts[numbers.index(None)]!r} is no number")
        for row, text in enumerate(texts):
            found[row][name] = {"value": numbers[row], "unit": unit or "1"} if plain else text
    if columns.policy:
        for row, text in enumerate(table.column(columns.policy, "--policy")):
            found[row] |= {"charging_policy": text, **parse_charging_policy(text).covariates}
    return found, findings


def covariate_name(column: str) -> str:
    """The name of a covariate, as a query can write it: small letters, digits and underscores."""
    return re.sub(r"\W+", "_", column.strip().lower()).strip("_") or "covariate"


def _concluded(ended: Sequence[bool]) -> list[str]:
    """Remarks on conclusions that these lives do not allow."""
    if not any(ended):
        return ["no life ended: lower bounds are known alone, and neither a median nor a hazard can be estimated"]
    if sum(ended) < 5:
        return [f"{sum(ended)} of {len(ended)} lives ended: intervals will be wide"]
    return []
