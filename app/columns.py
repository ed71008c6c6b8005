"""What the columns of evaluations and other answers mean: the unit of each, and which one is its uncertainty.

A field's name ends in its unit. The unit of a KPI stands in a column of its own beside it, as its uncertainty does;
so does that of a campaign's objective. A role stands last: ``energy_density of fast``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ragone.schemas import KINDS, RagoneError
from ragone.schemas.errors import did_you_mean
from ragone.schemas.unit_names import short_name, unit_of

if TYPE_CHECKING:
    import polars as pl

OF = " of "
_SPREADS = ("standard_uncertainty", "standard_error")
_UNITS = {"objective_value": "objective_unit", "best_value": "objective_unit", "value": "unit"}  # of other names


class ColumnError(RagoneError, ValueError):
    """A column cannot be used: it is not there, or its values do not have one unit."""


def beside(name: str, ending: str) -> str:
    """Return the name of a column that belongs to another one, for example that of its unit."""
    field, of, role = name.partition(OF)
    return f"{field}_{ending}{of}{role}"


def spread_of(frame: pl.DataFrame, name: str) -> str | None:
    """Return the column with the standard uncertainties of another one, if there is one."""
    names = [beside(name, ending) for ending in _SPREADS] if name != "value" else ["standard_uncertainty"]
    return next((one for one in names if one in frame.columns), None)


def unit_column(name: str) -> str:
    """Return the name of the column that holds the unit of another one, where there is such a column."""
    return _UNITS.get(name) or beside(name, "unit")


def unit(frame: pl.DataFrame, name: str) -> str:
    """Return the unit of a column as text, "-" if dimensionless, empty if nothing says what it is.

    Raises
    ------
    ColumnError
        If there is no such column, or its values have several units.
    """
    if name not in frame.columns:
        raise ColumnError(f"there is no column {name!r}: {did_you_mean(name, frame.columns)}")
    column = unit_column(name)
    if column in frame.columns:
        found = frame.filter(frame[name].is_not_null())[column].drop_nulls().unique().sort().to_list()
        if len(found) > 1:
            raise ColumnError(f"{name} has values in {' and in '.join(found)}. Filter the rows to those of one unit.")
        return {"1": "-"}.get(found[0], found[0]) if found else ""
    field = name.partition(OF)[0]
    spelled = unit_of(field)
    return spelled if spelled != "1" else "-" if field in _dimensionless() else ""


@cache
def _dimensionless() -> frozenset[str]:
    """Names of the numbers of records that are declared dimensionless; counts are no quantities."""
    specs = (spec for cls in KINDS.values() for spec in cls.fields().values())
    return frozenset(spec.name for spec in specs if (spec.unit, spec.shape, spec.dtype) == ("1", "scalar", "float64"))


def label(frame: pl.DataFrame, name: str) -> str:
    """Return the name of a column in words, with its unit; of a campaign's objective the name of its KPI."""
    field, of, role = name.partition(OF)
    words = f"{short_name(field)}{of}{role}".replace("_", " ")
    if name == "objective_value" and "objective" in frame.columns:
        words = " or ".join(frame["objective"].drop_nulls().unique().sort().to_list()).replace("_", " ") or words
    spelled = unit(frame, name)
    return f"{words} [{spelled}]" if spelled else words
