"""What does Arbin's .res file hold? Its table of samples, through MDB Tools' `mdb-export`, as Arbin's CSV.

A .res file is an Access database; its units are seconds, volts and amperes. Temperatures stand in another table and are
not read.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from ragone.pipelines.files.cyclers.delimited import read_delimited
from ragone.pipelines.files.cyclers.errors import ReaderMissingError, UnreadableMeasurementError
from ragone.pipelines.files.cyclers.table import RawTable

LARGEST_EXPORT = 10**9
_LARGEST_MEMORY, _MOST_SECONDS, _BLOCK = 10**9, 60, 512
_TABLE = "Channel_Normal_Table"
_UNITS = {"time": "s", "voltage": "V", "current": "A"}


def read_arbin_database(path: Path) -> RawTable:
    """Read the samples of a .res file.

    Raises
    ------
    ReaderMissingError
        If `mdb-export` is not installed.
    UnreadableMeasurementError
        If it does not find the table.
    """
    program = shutil.which("mdb-export")
    if program is None:
        raise ReaderMissingError(
            "an Arbin .res file needs mdb-export of MDB Tools (package 'mdbtools' of most Linux distributions). "
            "Or export it as CSV in MITS Pro."
        )
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder) / "samples.csv"
        limits = (f"-f {LARGEST_EXPORT // _BLOCK}", f"-v {_LARGEST_MEMORY // 1024}", f"-t {_MOST_SECONDS}")
        script = " && ".join([*(f"ulimit {limit}" for limit in limits), 'exec "$@"'])
        with exported.open("wb") as file:
            done = subprocess.run(
                ["sh", "-c", script, "sh", program, str(path.resolve()), _TABLE],
                stdout=file,
                stderr=subprocess.PIPE,
                check=False,
            )
        if done.returncode < 0 or exported.stat().st_size > LARGEST_EXPORT - _BLOCK:
            raise UnreadableMeasurementError(
                f"{path}: mdb-export ended at its limits ({LARGEST_EXPORT:,} bytes written, {_LARGEST_MEMORY:,} bytes "
                f"of memory, {_MOST_SECONDS} s). Export it as CSV in MITS Pro."
            )
        if done.returncode or not exported.stat().st_size:
            reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise UnreadableMeasurementError(
                f"{path} cannot be read as Arbin .res: {reason[-1][:200] if reason else 'no table'}."
            )
        table = read_delimited(exported)
    columns = {q: replace(column, unit=_UNITS.get(q, "")) for q, column in table.assignment.columns.items()}
    assignment = replace(table.assignment, columns=columns)
    return RawTable(table.frame, assignment, "Arbin .res", f"mdb-export, {table.reader}", _TABLE, table.notes)
