"""The words of the command line: every command, its arguments and its help. Imports nothing but argparse."""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

COMMANDS = {
    "demo": "run the study of params.yaml in a few minutes and reproduce its best result",
    "run": "run a study, or go on with one that was stopped",
    "import": "bring a segmented TIFF or NPY volume in, and run it through all stages",
    "represent": "say how large a cube, how many of them and how fine a voxel a target needs, with a picture",
    "measure": "measure a microstructure: transport with certified intervals, tensor, geometry, random walkers",
    "query": "answer one SELECT over the lake's tables",
    "show": "show a record; a microstructure as a picture, a discharge as a curve",
    "lineage": "show what an artifact was made of, and what was made of it",
    "reproduce": "compute an artifact again, compare, and store the verdict",
    "why": "say why an artifact was computed, and whether it would be reused",
    "snapshot": "freeze what the lake holds now under one id",
    "drop": "drop the data of computed artifacts, keeping how to make them again",
    "fsck": "check every file of the lake against its name",
    "rebuild": "make all tables again from objects and runs",
    "doctor": "check this installation: versions, telemetry, write access, a self-test",
}
DESCRIPTION = "Designs lithium-ion electrodes in a closed loop, and can reproduce every number it ever printed."
FORMATS = ("table", "json", "csv", "parquet")


class _Parser(argparse.ArgumentParser):
    """Complains in one block: what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        given, separator, known = message.partition(" (choose from ")
        if separator and "invalid choice: " in given:
            word = given.rpartition("invalid choice: ")[2].strip("'\"")
            close = get_close_matches(word, COMMANDS if "command" in given else FORMATS, n=1)
            message = f"{given}; did you mean {close[0]!r}?" if close else f"{given}; known are: {known.rstrip(')')}."
        print(f"ragone: {message}\nSee: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="ragone", description=DESCRIPTION, epilog="Ids may be shortened while they are unambiguous.")
    top.add_argument("--version", action="version", version=_version())
    commands = top.add_subparsers(dest="command", metavar="command", required=True, parser_class=_Parser)
    shared = _shared()
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", parents=[shared])
        _ARGUMENTS[name](command)
    return top


def _version() -> str:
    try:
        return f"ragone {version('ragone')}"
    except PackageNotFoundError:
        return "ragone (not installed)"


def _shared() -> _Parser:
    shared = _Parser(add_help=False)
    group = shared.add_argument_group("everywhere")
    group.add_argument(
        "--lake",
        metavar="DIR",
        default=None,
        help="the lake (default: the environment's RAGONE_LAKE, or ./lake)",
    )
    group.add_argument("--json", action="store_true", help="answer as JSON on standard output")
    group.add_argument("--quiet", action="store_true", help="no progress and no advice")
    return shared


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params", nargs="?", default="params.yaml", metavar="PARAMS", help="the study (default: %(default)s)"
    )
    command.add_argument(
        "--outputs", metavar="DIR", default="demo", help="folder of what it makes (default: %(default)s)"
    )


def _run(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "params", nargs="?", default="params.yaml", metavar="PARAMS", help="the study (default: %(default)s)"
    )
    command.add_argument(
        "--outputs", metavar="DIR", help="also write metrics, trials and lake lock here (what DVC tracks)"
    )
    command.add_argument("--prefect-api", metavar="URL", default="", help="a Prefect server on which the run shows up")


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", metavar="FILE", help="a segmented volume: .tif, .tiff or .npy; axis 0 is through-plane"
    )
    command.add_argument(
        "--voxel-size", required=True, metavar="LENGTH", help="edge of one voxel, for example '0.39 um'"
    )
    command.add_argument(
        "--phases",
        required=True,
        metavar="MAP",
        help="label=phase, for example 0=pore,85=active_material,170=carbon_binder",
    )
    command.add_argument("--source", default="", help="title and address of the data (default: the file's name)")
    command.add_argument("--licence", default="unknown", help="SPDX identifier, for example MIT (default: %(default)s)")
    command.add_argument(
        "--mass-loading", default="20 mg/cm^2", metavar="LOADING", help="of one coated side (default: %(default)s)"
    )
    command.add_argument("--power", default="40 W", help="delivered by the whole cell (default: %(default)s)")
    command.add_argument("--only-store", action="store_true", help="store the volume; run no stage")


def _represent(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "subject",
        nargs="?",
        default="params.yaml",
        metavar="PARAMS|ID",
        help="a study (the middle of its space), a design or a microstructure (default: %(default)s)",
    )
    command.add_argument(
        "--params",
        metavar="FILE",
        help="the study whose engines and executor an id is measured with (default: params.yaml for a design; "
        "default engine and no workers for a microstructure)",
    )
    command.add_argument("--sizes", metavar="N,N,...", help="edges in voxels (default: 32,48,64,96,128)")
    command.add_argument("--cubes", type=int, metavar="N", help="cubes of each size (default: 16)")
    command.add_argument(
        "--cuts", type=int, metavar="N", help="of each size cut from one of the largest cubes of a design (default: 8)"
    )
    command.add_argument(
        "--voxels", metavar="R,R,...", help="voxel sizes over the study's (default: 0.5,1,2; of an image 1,2,4)"
    )
    command.add_argument("--structures", type=int, metavar="N", help="seen at these voxel sizes (default: 4; 0: none)")
    command.add_argument("--voxel-edge", type=int, metavar="N", help="their edge in voxels of the study (default: 64)")
    command.add_argument("--metric", help="a field of transport (default: pore_tortuosity_factor)")
    command.add_argument("--target", metavar="SHARE", help="largest relative error of the mean (default: 1 %%)")
    command.add_argument("--confidence", metavar="SHARE", help="of the target and of all intervals (default: 95 %%)")
    command.add_argument("--fit-from", type=int, metavar="N", help="smaller cubes enter no fit (default: all do)")
    command.add_argument("--cost-exponent", type=float, metavar="P", help="cost of a cube ~ edge^P (default: 3)")
    command.add_argument("--png", metavar="FILE", default="representativity.png", help="default: %(default)s")


def _measure(command: argparse.ArgumentParser) -> None:
    _id(command)
    command.add_argument(
        "--what",
        default="transport,tensor,geometry",
        metavar="NAME,NAME,...",
        help="of transport, tensor, geometry, walk (default: %(default)s)",
    )
    command.add_argument(
        "--periodic", action="store_true", help="the volume repeats itself, as a packing does: full tensor"
    )
    command.add_argument("--seed", type=int, default=0, help="of the random walkers (default: %(default)s)")


def _query(command: argparse.ArgumentParser) -> None:
    command.add_argument("sql", metavar="SQL", help="one SELECT, in DuckDB's dialect")
    command.add_argument("--format", choices=FORMATS, default=None, help="default: table, or what --output ends in")
    command.add_argument("--output", metavar="FILE", help="write the answer to a file")
    command.add_argument("--at", metavar="SNAPSHOT", help="as the lake was at a snapshot")


def _id(command: argparse.ArgumentParser) -> None:
    command.add_argument("id", metavar="ID", help="an artifact or run; may be shortened")


def _show(command: argparse.ArgumentParser) -> None:
    _id(command)
    command.add_argument("--png", metavar="FILE", help="draw a microstructure, discharge or campaign into a PNG file")


def _lineage(command: argparse.ArgumentParser) -> None:
    _id(command)
    way = command.add_mutually_exclusive_group()
    way.add_argument("--up", action="store_true", help="only what it was made of")
    way.add_argument("--down", action="store_true", help="only what was made of it")


def _reproduce(command: argparse.ArgumentParser) -> None:
    _id(command)
    command.add_argument("--deep", action="store_true", help="compute the whole chain again, up to what was given")


def _snapshot(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", nargs="?", default="", metavar="NAME", help="what to call it")


def _drop(command: argparse.ArgumentParser) -> None:
    command.add_argument("ids", nargs="+", metavar="ID", help="computed artifacts; may be shortened")
    command.add_argument("--reason", required=True, help="why, for the tombstone")


def _nothing(command: argparse.ArgumentParser) -> None:
    """The command takes no arguments of its own."""


_ARGUMENTS: dict[str, Any] = {
    "demo": _demo,
    "run": _run,
    "import": _import,
    "represent": _represent,
    "measure": _measure,
    "query": _query,
    "show": _show,
    "lineage": _lineage,
    "reproduce": _reproduce,
    "why": _id,
    "snapshot": _snapshot,
    "drop": _drop,
    "fsck": _nothing,
    "rebuild": _nothing,
    "doctor": _nothing,
}
