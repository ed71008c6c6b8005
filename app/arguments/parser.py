"""The parser of the command line: usage errors in one block, the options that every command has."""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

from ragone.app.arguments import cells, electrodes, generators, lake, studies
from ragone.app.arguments.words import COMMANDS, DESCRIPTION, FORMATS
from ragone.app.terminal.printable import one_line


class _Parser(argparse.ArgumentParser):
    """Complains in one block: what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        given, separator, known = message.partition(" (choose from ")
        if separator and "invalid choice: " in given:
            word = given.rpartition("invalid choice: ")[2].strip("'\"")
            close = get_close_matches(word, COMMANDS if "command" in given else FORMATS, n=1)
            message = f"{given}; did you mean {close[0]!r}?" if close else f"{given}; known are: {known.rstrip(')')}."
        print(f"ragone: {one_line(message)}\nSee: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="ragone", description=DESCRIPTION, epilog="Ids may be shortened while they are unambiguous.")
    top.add_argument("--version", action="version", version=_version())
    arguments = {
        **studies.ARGUMENTS,
        **electrodes.ARGUMENTS,
        **generators.ARGUMENTS,
        **cells.ARGUMENTS,
        **lake.ARGUMENTS,
    }
    commands = top.add_subparsers(dest="command", metavar="command", required=True, parser_class=_Parser)
    shared = _shared()
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", parents=[shared])
        arguments[name](command)
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
