"""The words that complete what was begun: ids, tags, tables, columns, saved queries. For the script of a shell.

A lake is looked at, and neither opened nor trusted. Whatever goes wrong there are no words, and nothing is said: a
message would land in the middle of a line. Words of other than harmless characters are left out, for a shell may expand
what it is given.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from ragone.dataset.evaluations.columns import Columns
from ragone.dataset.glance import Glance
from ragone.dataset.views import table_names
from ragone.schemas.kinds import KINDS

_HARMLESS = re.compile(r"[\w.+,/@-]+")


def print_words(arguments: Sequence[str]) -> int:
    """Print the words of a kind that begin as the word that is completed, one a line.

    Parameters
    ----------
    arguments
        What is completed, the beginning of the word, and all words of the line.
    """
    try:
        what, begun, *line = arguments
        before, comma, last = begun.rpartition(",")  # of names between commas the last is completed
        found = _words(what, last, _lake(line))
        whole = dict.fromkeys(f"{before}{comma}{word}" for word in found if word.startswith(last))
        sys.stdout.write("".join(f"{word}\n" for word in whole if _HARMLESS.fullmatch(word)))
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt):  # noqa: BLE001 - whatever is wrong, a line is being typed
        return 1
    return 0


def _lake(line: Sequence[str]) -> str:
    """The lake that the line names; a shell may take ``--lake=DIR`` for three words."""
    place = ""
    for number, word in enumerate(line):
        if word == "--lake":
            place = next((one for one in line[number + 1 :] if one != "="), "")
        elif word.startswith("--lake="):
            place = word.partition("=")[2]
    return os.path.expanduser(place) or os.environ.get("RAGONE_LAKE") or "lake"


def _words(what: str, begun: str, lake: str) -> Iterable[str]:
    what, _, kinds = what.partition(":")
    return WORDS[what](begun, lake, tuple(filter(None, kinds.split(":"))))


def _ids(begun: str, lake: str, kinds: tuple[str, ...]) -> Iterable[str]:
    glance = Glance(lake)
    return [*glance.tags(), *glance.ids(begun, kinds)]


def _tags(begun: str, lake: str, kinds: tuple[str, ...]) -> Iterable[str]:
    return Glance(lake).tags()


def _queries(begun: str, lake: str, kinds: tuple[str, ...]) -> Iterable[str]:
    return Glance(lake).queries()


def _tables(begun: str, lake: str, kinds: tuple[str, ...]) -> Iterable[str]:
    return table_names()


def _columns(begun: str, lake: str, kinds: tuple[str, ...]) -> Iterable[str]:
    """The columns of the evaluations, and those of the KPIs that were computed lately."""
    columns = Columns(KINDS)
    of_kpis = (column for name in Glance(lake).kpis() for column in columns.of_kpi(name).values())
    return [*columns.always, *of_kpis]


WORDS: Mapping[str, Callable[[str, str, tuple[str, ...]], Iterable[str]]] = {
    "ids": _ids,
    "tags": _tags,
    "queries": _queries,
    "tables": _tables,
    "columns": _columns,
}
