"""The parser of the command line: usage errors in one block, the options that every command has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from ragone.app.arguments import (
    cells,
    cycle_life,
    electrodes,
    generators,
    installation,
    lake,
    sharing,
    studies,
    surrogates,
)
from ragone.app.arguments.words import DESCRIPTION, ENDING, GROUPS
from ragone.app.terminal.printable import one_line

_ARGUMENTS = {
    **studies.ARGUMENTS,
    **electrodes.ARGUMENTS,
    **generators.ARGUMENTS,
    **surrogates.ARGUMENTS,
    **sharing.ARGUMENTS,
    **cells.ARGUMENTS,
    **cycle_life.ARGUMENTS,
    **lake.ARGUMENTS,
    **installation.ARGUMENTS,
}


class _Parser(argparse.ArgumentParser):
    """Complains in one block: what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        given, separator, known = message.partition(" (choose from ")
        if separator:
            word = given.rpartition("invalid choice: ")[2].strip("'")
            close = get_close_matches(word, known.rstrip(")").replace("'", "").split(", "), n=1)
            message = f"{given}; did you mean {close[0]!r}?" if close else f"{given}; known are: {known.rstrip(')')}."
        print(f"ragone: {one_line(message)}\nSee: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


if TYPE_CHECKING:
    _Commands: TypeAlias = argparse._SubParsersAction[_Parser]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(
        prog="ragone",
        description=DESCRIPTION,
        epilog="\n".join([*map(_listed, GROUPS, GROUPS.values()), ENDING]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=_version())
    commands, shared = _commands_of(top), _shared()
    for title, group in GROUPS.items():
        _add_group(commands, title, group, shared)
    return top


def _add_group(commands: _Commands, title: str, group: Mapping[str, str], shared: _Parser) -> None:
    """Add the commands of a group; those of two words below their first, which lists them."""
    below: dict[str, _Commands] = {"": commands}
    for name, what in group.items():
        first, _, last = name.rpartition(" ")
        if first not in below:
            listing = argparse.RawDescriptionHelpFormatter
            middle = commands.add_parser(first, formatter_class=listing, epilog=_listed(title, group))
            below[first] = _commands_of(middle)
        command = below[first].add_parser(last, description=what[0].upper() + what[1:] + ".", parents=[shared])
        command.set_defaults(command=name)
        if name in _ARGUMENTS:
            _ARGUMENTS[name](command)


def _commands_of(above: _Parser) -> _Commands:
    what = "one of those below; `command --help` lists its arguments"
    return above.add_subparsers(dest="command", metavar="command", required=True, help=what, parser_class=_Parser)


def _listed(title: str, group: Mapping[str, str]) -> str:
    """Return the commands of a group under its title, one line each."""
    return "\n".join([f"{title}:", *(f"  {name:<20} {what}" for name, what in group.items()), ""])


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
