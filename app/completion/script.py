"""The completion script of a shell, made of the parser by shtab: commands, options and choices stand in it.

What only a lake knows is asked of ``ragone __words`` when it is needed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

WORDS = "__words"  # the first argument of such a question, which is no command
SHELLS = ("bash", "zsh", "fish")
_FILES, _FOLDERS = "file", "directory"
_BY_METAVAR: Mapping[str, str] = {
    "ID": "ids",
    "A": "ids",
    "B": "ids",
    "ID|FILE": "ids+files",
    "FILE|ID": "ids+files",
    "PARAMS|ID": "ids+files",
    "ID|NAME=VALUE": "ids:materials",
    "CAMPAIGN_ID": "ids:campaign",
    "CELL_ID": "ids:cell_parameters",
    "GENERATOR": "ids:generator",
    "SNAPSHOT": "ids:snapshot",
    "TABLE": "tables",
    "TAG": "tags",
    "QUERY": "queries",
    "COLUMN": "columns",
    "CONDITION": "columns",
    "A,B": "columns",
    "FILE": _FILES,
    "N|FILE": _FILES,
    "PARAMS": _FILES,
    "DIR": _FOLDERS,
    "FOLDER": _FOLDERS,
    "BACKUP": _FOLDERS,
    "DEST": _FOLDERS,
}
_BASH = """
{name}() {{ command ragone {words} {what} "$1" "${{COMP_WORDS[@]}}" 2>/dev/null; {more} }}
"""
_ZSH = """
{name}() {{
  local -a found
  found=(${{(f)"$(command ragone {words} {what} "$PREFIX" $words 2>/dev/null)"}})
  compadd -- $found
  {more}
}}
"""
_FISH = """
function {name}
  command ragone {words} {what} (commandline -ct) (commandline -opc) 2>/dev/null
  {more}
end
"""
_TEMPLATES = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
_MORE = {"bash": 'compgen -f -- "$1";', "zsh": "_files", "fish": "__fish_complete_path (commandline -ct)"}
_NONE = {"bash": "", "zsh": "true", "fish": "true"}


def completion_script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the script that completes the command line of a parser in a shell."""
    import shtab

    known = {_FILES: shtab.FILE, _FOLDERS: shtab.DIRECTORY}
    for action in _actions(parser):
        what = _BY_METAVAR.get(action.metavar) if isinstance(action.metavar, str) else None
        if what:
            action.complete = known.get(what) or _complete(what)  # type: ignore[attr-defined]
    return str(shtab.complete(parser, shell=shell))


def _complete(what: str) -> dict[str, Any]:
    """The function of the script that finds the words of a kind, by its name in each shell, and its source."""
    words, _, files = what.partition("+")
    name = "_ragone_" + what.replace(":", "_of_").replace("+", "_or_")
    functions = {
        shell: template.format(name=name, words=WORDS, what=words, more=(_MORE if files else _NONE)[shell])
        for shell, template in _TEMPLATES.items()
    }
    return {"bash": name, "zsh": name, "fish": f"({name})", "preamble": functions}


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All actions of a parser and of those below it; commands, which help lists in its own way, are made public."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            said = {name: one.description or name for name, one in action.choices.items()}
            action._choices_actions = [action._ChoicesPseudoAction(name, (), text) for name, text in said.items()]
            for below in action.choices.values():
                yield from _actions(below)
