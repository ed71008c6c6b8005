"""Which sign divides decimals, and is there one that divides thousands? Read off all numbers of a file together.

A comma before exactly three digits may be either. What decides is a number of the same file that can only be one of
them (``0,5``, ``1,234,567``, ``1,234.5``, or any point, which a file with decimal commas does not have). Where nothing
decides, a guess would be wrong by a factor of a thousand: the file is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ragone.pipelines.files.cyclers.errors import BadSampleError

_POINT = r"^[-+]?\d*\.\d*([eE][-+]?\d+)?$"
_DECIMAL = r"^[-+]?\d*,\d+([eE][-+]?\d+)?$"
_THOUSANDS = r"^[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?([eE][-+]?\d+)?$"
_POINTS = r"^[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?$"
_POINTS_AND_COMMA = r"^[-+]?[1-9]\d{0,2}(\.\d{3})+,\d+$"
_ONE_TO_TEN = r"^[-+]?[1-9]\.\d{3}$"
_SURELY_THOUSANDS = r"(,\d{3}){2}|,\d{3}\."


def with_points(frame: pl.DataFrame, headers: Sequence[str]) -> tuple[pl.DataFrame, str]:
    """A table whose decimals are points, without signs between thousands, and what was done; empty if nothing.

    Parameters
    ----------
    frame
        All columns as text.
    headers
        Those that hold numbers.

    Raises
    ------
    BadSampleError
        If the commas may be either.
    """
    numbers = (
        pl.concat([frame[header] for header in headers]).unique(maintain_order=True)
        if headers
        else pl.Series([], dtype=pl.String)
    )
    if numbers.str.contains(_POINTS_AND_COMMA).any():
        chosen = pl.col(list(headers))
        without = pl.when(chosen.str.contains(_POINTS)).then(chosen.str.replace_all(".", "", literal=True))
        frame = frame.with_columns(without.otherwise(chosen)).with_columns(chosen.str.replace(",", ".", literal=True))
        return frame, "points between thousands were left out, decimal commas were read as points"
    commas = numbers.filter(numbers.str.contains(",", literal=True))
    decimal, thousands = commas.str.contains(_DECIMAL), commas.str.contains(_THOUSANDS)
    if not (decimal | thousands).any():
        return frame, ""
    points = bool(numbers.str.contains(_POINT).any())
    as_decimals = bool((decimal & ~thousands).any())
    as_thousands = points or bool(commas.filter(thousands).str.contains(_SURELY_THOUSANDS).any())
    if as_decimals == as_thousands:
        raise BadSampleError(_words(commas, decimal, thousands, both=as_decimals))
    chosen = pl.col(list(headers))
    if as_decimals:
        return frame.with_columns(chosen.str.replace(",", ".", literal=True)), "decimal commas were read as points"
    without = pl.when(chosen.str.contains(_THOUSANDS)).then(chosen.str.replace_all(",", "", literal=True))
    return frame.with_columns(without.otherwise(chosen)), "commas between thousands were left out"


def require_clear_points(millivolts: pl.Series) -> None:
    """Raise `BadSampleError` if a voltage in millivolts may be in thousands: ``3.900`` is 3.9 or 3900 mV."""
    if millivolts.dtype != pl.String:
        return
    written = millivolts.filter(millivolts.fill_null("") != "")
    if len(written) and written.str.contains(_ONE_TO_TEN).all():
        raise BadSampleError(
            f"{millivolts.name!r} is {written[0]!r} and alike in every row: {float(written[0]):g} mV, or thousands of "
            "it? Export again without a sign between thousands; if they are right as they are, name the unit: --units "
            "voltage=mV, or voltage=V."
        )


def _words(commas: pl.Series, decimal: pl.Series, thousands: pl.Series, *, both: bool) -> str:
    example = commas.filter(thousands)[0]
    if both:
        return (
            f"{example!r} has a comma between thousands, {commas.filter(decimal & ~thousands)[0]!r} a decimal comma. "
            "Export again with points as decimals and no sign between thousands."
        )
    return (
        f"every comma stands before exactly three digits, as in {example!r}: decimals, or thousands? Export again with "
        "points as decimals and no sign between thousands, or with more decimals."
    )
