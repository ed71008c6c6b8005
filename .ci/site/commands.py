"""The reference of the command line: every command with all its arguments, as argparse knows them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from markdown_text import plain, table

from ragone.app.arguments import parser

INTRODUCTION = """# Commands

Every command of `ragone` with all its arguments, made from the command line itself; `ragone COMMAND --help` says the
same. Exit codes: 0 fine; 1 something was found (a damaged file, another verdict, no feasible design); 2 the input
cannot be used; 130 stopped. Ids may be shortened while they are unambiguous.
"""

Parser = argparse.ArgumentParser


def page() -> str:
    """Return the page: what every command takes, then each command."""
    commands = list(_commands(parser()))
    shared = _shared([command for command, _, _ in commands])
    arguments = [action for action in commands[0][0]._actions if action.dest in shared]
    parts = [INTRODUCTION, "## Options of every command\n", _table(commands[0][0], arguments)]
    for command, depth, children in commands:
        parts.append(f"{'#' * (depth + 1)} {command.prog}\n")
        parts.append(plain(command.description or "") + "\n")
        if not children:
            parts.append(_table(command, [one for one in command._actions if one.dest not in shared]))
    return "\n".join(part for part in parts if part.strip())


def _commands(top: Parser, depth: int = 1) -> Iterator[tuple[Parser, int, bool]]:
    """Yield the commands below a parser, each with its depth and whether others lie below it."""
    for one in _below(top):
        yield one, depth, bool(_below(one))
        yield from _commands(one, depth + 1)


def _below(top: Parser) -> list[Parser]:
    choices = [one.choices for one in top._actions if isinstance(one, argparse._SubParsersAction)]
    return list(dict.fromkeys(command for each in choices for command in each.values()))


def _shared(commands: list[Parser]) -> set[str]:
    """Return the names of the options that all commands have."""
    leaves = [{one.dest for one in command._actions} for command in commands if not _below(command)]
    return set.intersection(*leaves)


def _table(command: Parser, actions: list[argparse.Action]) -> str:
    return table(("argument", "what it is"), [(_name(one), _help(command, one)) for one in actions])


def _name(action: argparse.Action) -> str:
    """Return how an argument is typed, for example ``--voxels R,R,...``."""
    value = _value(action)
    names = action.option_strings or [value]
    typed = ", ".join(names) + (f" {value}" if action.option_strings and value else "")
    return plain(f"`{typed}{'...' if action.nargs in ('+', '*') else ''}`")


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, tuple):
        return " ".join(action.metavar)
    return action.metavar or ("{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper())


def _help(command: Parser, action: argparse.Action) -> str:
    text = (action.help or "") % {**vars(action), "prog": command.prog}
    needed = "required; " if action.required and action.option_strings else ""
    again = "; may be repeated" if isinstance(action, argparse._AppendAction) and "repeated" not in text else ""
    return plain(f"{needed}{text}{again}")
