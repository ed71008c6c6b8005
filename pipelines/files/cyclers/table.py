"""A table as a reader found it, before anything is converted or checked."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ragone.pipelines.files.cyclers.vocabulary import Assignment


@dataclass(frozen=True, slots=True)
class RawTable:
    """The columns that are read, under their headers as written, and where they came from.

    `format` is what the file was read as, `reader` with what; `inside` is the sheet, table or path inside the file and
    empty if it holds one series; `notes` say what was noticed while reading.
    """

    frame: pl.DataFrame
    assignment: Assignment
    format: str
    reader: str
    inside: str = ""
    notes: tuple[str, ...] = ()
