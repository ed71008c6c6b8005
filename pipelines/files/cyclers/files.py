"""Which reader is for a file, and may it be read? Its suffix chooses; size and first bytes are looked at first."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from ragone.pipelines.files.cyclers.arbin_database import read_arbin_database
from ragone.pipelines.files.cyclers.delimited import read_delimited
from ragone.pipelines.files.cyclers.errors import (
    FileTooLargeError,
    MeasurementNotFoundError,
    UnreadableMeasurementError,
)
from ragone.pipelines.files.cyclers.matlab import read_matlab
from ragone.pipelines.files.cyclers.parquet import read_parquet
from ragone.pipelines.files.cyclers.signatures import require_signature
from ragone.pipelines.files.cyclers.table import RawTable
from ragone.pipelines.files.cyclers.workbook import read_workbook
from ragone.pipelines.files.regular import FileMissingError, InputFileError, OversizedFileError, open_regular
from ragone.schemas.errors import did_you_mean

LARGEST_BYTES = 10**9
_SINGLE: Mapping[str, Callable[[Path], RawTable]] = {
    ".csv": read_delimited,
    ".txt": read_delimited,
    ".tsv": read_delimited,
    ".mpt": read_delimited,
    ".bdf": read_delimited,
    ".dta": read_delimited,
    ".dat": read_delimited,
    ".parquet": read_parquet,
    ".res": read_arbin_database,
}
_MANY: Mapping[str, Callable[..., RawTable]] = {".mat": read_matlab, ".xlsx": read_workbook}
_NUMBERED = re.compile(r"\.\d{3}")  # Maccor names its files by channel
_REFUSED = {
    ".mpr": "BioLogic's binary format is not read. Export it as text (.mpt) in EC-Lab",
    ".nda": "Neware's binary format is not read. Export it as .csv or .xlsx in BTSDA",
    ".ndax": "Neware's binary format is not read. Export it as .csv or .xlsx in BTSDA",
    ".xls": "the old Excel format is not read. Save it as .xlsx or .csv",
}


def read_table(path: Path, *, inside: str, largest_bytes: int) -> tuple[str, RawTable]:
    """SHA-256 of a file's bytes, and the table in it.

    Parameters
    ----------
    path
        The file; its suffix says the format.
    inside
        Which struct or sheet of it, where there are several.
    largest_bytes
        Larger files are refused unread [byte].

    Raises
    ------
    MeasurementNotFoundError, FileTooLargeError
        If there is no file, or it is too large.
    UnreadableMeasurementError
        If the format is none that is read, not what the suffix claims, or the file changes while it is read.
    """
    suffix = path.suffix.lower()
    if suffix in _REFUSED:
        raise UnreadableMeasurementError(f"{path}: {_REFUSED[suffix]}.")
    if suffix not in (*_SINGLE, *_MANY) and not _NUMBERED.fullmatch(suffix):
        known = did_you_mean(suffix[:20], [*_SINGLE, *_MANY])
        raise UnreadableMeasurementError(f"{path} ends in {suffix!r}, which is no format that is read; {known}")
    digest, before = _digest(path, largest_bytes)
    require_signature(path)
    if inside and suffix not in _MANY:
        raise UnreadableMeasurementError(f"{path} holds one table; --path is for .mat and .xlsx files. Leave it out.")
    table = _MANY[suffix](path, inside=inside) if suffix in _MANY else _SINGLE.get(suffix, read_delimited)(path)
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableMeasurementError(f"{path} was written to while it was read. Import it when the test has ended.")
    return digest, table


def _digest(path: Path, largest_bytes: int) -> tuple[str, os.stat_result]:
    """SHA-256 of a regular file of limited size, and its state."""
    try:
        with open_regular(path, largest_bytes) as file:
            before = os.fstat(file.fileno())
            return hashlib.file_digest(file, "sha256").hexdigest(), before  # type: ignore[arg-type]
    except OversizedFileError as cause:
        size = path.stat().st_size
        raise FileTooLargeError(
            f"{path} has {size:,} bytes; {largest_bytes:,} are read at most. Export fewer rows or columns, "
            f"or raise the limit with --largest-size '{size} byte'."
        ) from cause
    except FileMissingError as cause:
        raise MeasurementNotFoundError(str(cause)) from cause
    except InputFileError as cause:
        raise UnreadableMeasurementError(str(cause)) from cause
