"""The arguments of what is shared between owners."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

_FORMS = ("hyper-parameters", "surrogate", "statistics")


def _key(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--key", default="", metavar="FILE", help="your key, made if there is none (default: in ~/.config/ragone)"
    )


def _export(command: argparse.ArgumentParser) -> None:
    command.add_argument("what", metavar="TARGET", help="a KPI or metric of transport; of hyper-parameters also an id")
    command.add_argument("--as", dest="form", required=True, choices=_FORMS, help="the form in which it is shared")
    command.add_argument("--policy", required=True, metavar="FILE", help="what its owner allows to leave")
    command.add_argument("--output", required=True, metavar="FILE", help="the JSON file to write")
    command.add_argument("--epsilon", default="1", metavar="E", help="privacy to spend (default: %(default)s)")
    command.add_argument("--delta", default="1e-6", metavar="D", help="chance beyond epsilon (default: %(default)s)")
    command.add_argument("--where", default="", metavar="CONDITION", help="for example 'porosity < 0.4'")
    command.add_argument("--at", default="", metavar="SNAPSHOT", help="the state of the lake that --where queries")
    command.add_argument("--features", default="", metavar="A,B", help="columns (default: all of the policy)")
    command.add_argument("--degree", type=int, default=1, help="of the surrogate, 1 or 2 (default: %(default)s)")
    command.add_argument(
        "--with",
        dest="together",
        nargs="+",
        default=[],
        metavar="FILE",
        help="keys of other owners, for a sum with them",
    )
    command.add_argument("--round", default="", metavar="NAME", help="of that sum; all owners agree on it")
    command.add_argument("--yes", action="store_true", help="consent without being asked")
    _key(command)


def _import(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="a file that `ragone share export` wrote")
    command.add_argument(
        "--expect", default="", metavar="FINGERPRINT", help="the owner's, as stated by another way than the file"
    )


def _sum(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="+", metavar="FILE", help="the masked files of all owners of a round")
    command.add_argument("--output", required=True, metavar="FILE", help="the JSON file to write, for import")
    _key(command)


def _show_key(command: argparse.ArgumentParser) -> None:
    _key(command)
    command.add_argument("--output", default="", metavar="FILE", help="also write it for sums with other owners")
    command.add_argument("--owner", default="", metavar="'NAME <ORCID>'", help="your name in that file")


ARGUMENTS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "share export": _export,
    "share import": _import,
    "share key": _show_key,
    "share sum": _sum,
}
