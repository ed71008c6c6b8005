"""The arguments of what asks and keeps the lake."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ragone.app.arguments.shared import artifact, particulars, settings
from ragone.app.arguments.words import FORMATS


def _tables(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", nargs="?", default="", metavar="TABLE", help="a table, to list its columns")


def _find(command: argparse.ArgumentParser) -> None:
    command.add_argument("text", metavar="TEXT", help="part of a name, note, source or licence, in any case")


def _tag(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", nargs="?", metavar="ID", help="an artifact or run; without it all tags are listed")
    command.add_argument("names", nargs="*", metavar="TAG", help="tags; without one those that it has are listed")
    way = command.add_mutually_exclusive_group()
    way.add_argument("--remove", action="store_true", help="take these tags from it; all if none is named")
    way.add_argument("--move", action="store_true", help="take these tags from whatever else has them")


def _note(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", nargs="?", metavar="ID", help="an artifact or run; without it all notes are listed")
    command.add_argument("text", nargs="?", metavar="TEXT", help="the note; without it those that it has are listed")
    command.add_argument("--remove", action="store_true", help="take back all notes on it")


def _query(command: argparse.ArgumentParser) -> None:
    command.add_argument("sql", nargs="?", metavar="SQL", help="one SELECT, in DuckDB's dialect")
    way = command.add_mutually_exclusive_group()
    way.add_argument("--save", metavar="NAME", help="keep SQL in the lake under a name; values of --set with it")
    way.add_argument("--saved", metavar="QUERY", help="ask a saved query")
    way.add_argument("--remove", metavar="QUERY", help="remove a saved query")
    way.add_argument("--list", action="store_true", help="list the saved queries")
    settings(command, "the value of a parameter, $name in SQL: a number, true, false or a text; may be repeated")
    command.add_argument("--columns", metavar="A,B", help="only these columns of the answer, in this order")
    _asked(command)


def _evaluations(command: argparse.ArgumentParser) -> None:
    command.add_argument("--where", metavar="CONDITION", help="for example 'porosity < 0.3 AND energy_density > 600'")
    command.add_argument("--sort", metavar="COLUMN", help="order the rows by this column; what has no value is last")
    command.add_argument("--descending", action="store_true", help="with --sort: the largest first")
    command.add_argument(
        "--columns", metavar="A,B", help="show these, or 'all' (default: campaign, trial, outcome, objective)"
    )
    command.add_argument("--limit", type=int, metavar="N", help="show so many rows")
    _asked(command)


def _asked(command: argparse.ArgumentParser) -> None:
    """The form of an answer, its snapshot and its limits."""
    command.add_argument("--format", choices=FORMATS, default=None, help="default: table, or what --output ends in")
    command.add_argument("--output", metavar="FILE", help="write the answer to a file")
    command.add_argument("--records", action="store_true", help="each row as a record: a line for each column")
    command.add_argument("--at", metavar="SNAPSHOT", help="as the lake was at a snapshot")
    command.add_argument(
        "--timeout", default="60 s", metavar="TIME", help="after which it is stopped (default: %(default)s)"
    )
    command.add_argument(
        "--memory",
        metavar="SIZE",
        help="half for the work and half for the answer, for example '4 GB' (default: a quarter of what is free)",
    )


def _show(command: argparse.ArgumentParser) -> None:
    artifact(command)
    command.add_argument("--png", metavar="FILE", help="draw a microstructure, discharge or cycling into a PNG file")
    command.add_argument("--bdf", metavar="FILE", help="write a curve in the Battery Data Format: .csv or .parquet")


def _diff(command: argparse.ArgumentParser) -> None:
    command.add_argument("first", metavar="A", help="a campaign, cell, run, KPI, design, snapshot or other record")
    command.add_argument("second", metavar="B", help="another one of the same kind")
    command.add_argument("--all", action="store_true", help="show also what is alike")


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="CAMPAIGN_ID", help="a campaign; may be shortened")
    command.add_argument("--html", metavar="FILE", default="report.html", help="the page (default: %(default)s)")
    command.add_argument(
        "--choose",
        metavar="RULE",
        default="ideal",
        help="the design of a front: ideal, knee or the number of a design (default: %(default)s)",
    )
    command.add_argument("--pictures", metavar="DIR", help="write its pictures into a folder too, as PNG files")


def _lineage(command: argparse.ArgumentParser) -> None:
    artifact(command)
    way = command.add_mutually_exclusive_group()
    way.add_argument("--up", action="store_true", help="only what it was made of")
    way.add_argument("--down", action="store_true", help="only what was made of it")
    command.add_argument("--informed", action="store_true", help="follow what informed decisions on the way, too")
    command.add_argument("--all", action="store_true", help="draw each of several alike artifacts")


def _reproduce(command: argparse.ArgumentParser) -> None:
    artifact(command)
    command.add_argument("--deep", action="store_true", help="compute the whole chain again, up to what was given")
    command.add_argument(
        "--informed", action="store_true", help="with --deep: also what informed decisions, such as earlier trials"
    )
    command.add_argument(
        "--timeout", default="12 h", metavar="TIME", help="after which it has failed (default: %(default)s)"
    )


def _snapshot(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", nargs="?", default="", metavar="NAME", help="what to call it")


def _drop(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="ID", help="computed artifacts; may be shortened")
    command.add_argument("--reason", required=True, help="why, for the tombstone")


def _backup(command: argparse.ArgumentParser) -> None:
    command.add_argument("destination", metavar="DEST", help="a folder, or an address such as s3://bucket/backup")
    command.add_argument(
        "--link", action="store_true", help="second names for files on the same disk: no space, no safety from the disk"
    )


def _restore(command: argparse.ArgumentParser) -> None:
    command.add_argument("backup", metavar="BACKUP", help="what ragone backup wrote")


def _export(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="a campaign, or any other artifact; may be shortened")
    command.add_argument("destination", metavar="DEST", help="a new folder, or a new file that ends in .zip")
    particulars(command)


def _fair(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="a campaign, or any other artifact; may be shortened")
    particulars(command)


def _licences(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="an artifact; may be shortened")
    command.add_argument("--licence", default="", metavar="SPDX", help="of what is yours (default: none yet)")
    command.add_argument("--all", action="store_true", help="list every artifact, also what has the same licence")


def _import_crate(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="CRATE", help="the folder or ZIP file that ragone export wrote")
    command.add_argument(
        "--expect", default="", metavar="ROOT", help="refuse the crate unless it has this root, as its authors state it"
    )


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "tables": _tables,
    "find": _find,
    "tag": _tag,
    "note": _note,
    "query": _query,
    "evaluations": _evaluations,
    "diff": _diff,
    "show": _show,
    "report": _report,
    "lineage": _lineage,
    "reproduce": _reproduce,
    "why": artifact,
    "snapshot": _snapshot,
    "drop": _drop,
    "backup": _backup,
    "restore": _restore,
    "licences": _licences,
    "fair": _fair,
    "export": _export,
    "import-crate": _import_crate,
}
